import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { PaletteImage } from '../../lib/view/palette-png.ts';

type Encode = typeof import('@jsquash/webp/encode.js').default;

let encoder: Promise<Encode> | undefined;

/** Compiled when the first picture is asked for: who wants no WebP does not wait for it. */
async function loadEncoder(): Promise<Encode> {
  const { default: encode, init } = await import('@jsquash/webp/encode.js');
  const { resolve } = createRequire(import.meta.url);
  const wasmBinary = await readFile(resolve('@jsquash/webp/codec/enc/webp_enc_simd.wasm'));
  await init({ wasmBinary } as object);
  return encode;
}

/** A picture of palette entries as lossless WebP: the very colours of its legend. @see RFC 9649 */
export async function encodeWebp({
  width,
  height,
  pixels,
  colors,
  alphas,
}: PaletteImage): Promise<Uint8Array> {
  encoder ??= loadEncoder().catch((error: unknown) => {
    encoder = undefined; // the next request tries again
    throw error;
  });
  const encode = await encoder;
  const data = new Uint8ClampedArray(4 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const entry = pixels[i]!;
    data[4 * i] = colors[3 * entry]!;
    data[4 * i + 1] = colors[3 * entry + 1]!;
    data[4 * i + 2] = colors[3 * entry + 2]!;
    data[4 * i + 3] = alphas[entry]!;
  }
  const image = { data, width, height, colorSpace: 'srgb', pixelFormat: 'rgba-unorm8' } as const;
  return new Uint8Array(await encode(image as Parameters<Encode>[0], FASTEST));
}

/** Maps have few colours: harder work makes them 3 % smaller in five times the time. */
const FASTEST = { lossless: 1, quality: 0, method: 0 } as const;
