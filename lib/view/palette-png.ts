import zlib from 'node:zlib';

export interface PaletteImage {
  readonly width: number;
  readonly height: number;
  /** One entry of the palette a pixel, row-major. */
  readonly pixels: Uint8Array;
  /** Red, green and blue of each entry. */
  readonly colors: Uint8Array;
  /** Opacity of each entry, 0..255; those that are not said are opaque. */
  readonly alphas: Uint8Array;
}

/** @internal */
export const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Runs of one colour are what maps are made of: this is the fastest and hardly larger. */
const DEFLATE = { level: 1, strategy: zlib.constants.Z_RLE } as const;

/** A PNG of 8-bit palette entries. @see PNG specification, third edition, 11.2 */
export function encodePalettePng(image: PaletteImage): Uint8Array {
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', headerOf(image)),
    chunk('PLTE', image.colors),
    chunk('tRNS', image.alphas),
    chunk('IDAT', zlib.deflateSync(rowsOf(image), DEFLATE)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** @internal */
export function headerOf({ width, height }: PaletteImage): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // bits, palette
  return header;
}

/** @internal Each row begins with its filter: none. */
export function rowsOf({ width, height, pixels }: PaletteImage): Uint8Array {
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return rows;
}

/** @internal */
export function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(zlib.crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
