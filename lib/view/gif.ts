import * as gifenc from 'gifenc';
import type { PaletteImage } from './palette-png.ts';

/** Its builds differ in where they keep what they export. */
const openGif = gifenc.GIFEncoder ?? gifenc.default.GIFEncoder;

/** A picture that moves, for programs that show no animated PNG; frames of one size and one palette. @see GIF89a */
export function encodeGif(frames: readonly PaletteImage[], frameMs: number): Uint8Array {
  const first = frames[0];
  if (!first) throw new RangeError('an animation without a frame');
  const palette = Array.from({ length: first.colors.length / 3 }, (_, i) =>
    Array.from(first.colors.subarray(3 * i, 3 * i + 3)),
  );
  const gif = openGif();
  for (const [i, { pixels, width, height }] of frames.entries()) {
    const look = { transparent: true, transparentIndex: 0, dispose: 2, delay: frameMs };
    gif.writeFrame(pixels, width, height, i === 0 ? { ...look, palette, repeat: 0 } : look);
  }
  gif.finish();
  return gif.bytes();
}
