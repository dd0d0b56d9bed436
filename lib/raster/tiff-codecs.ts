import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { CorruptInput, UnsupportedInput } from '../errors.ts';
import { messageOf } from './cog-header.ts';
import { decodeLzw } from './tiff-lzw.ts';

export const COMPRESSION = {
  none: 1,
  lzw: 5,
  deflate: 8,
  packbits: 32773,
  oldDeflate: 32946,
  lerc: 34887,
  zstd: 50000,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  2: 'CCITT modified Huffman',
  3: 'CCITT group 3 fax',
  4: 'CCITT group 4 fax',
  6: 'old-style JPEG',
  7: 'JPEG',
  9: 'JBIG (T.85)',
  10: 'JBIG (T.43)',
  32771: 'CCITT RLE, word aligned',
  32766: 'NeXT RLE',
  32809: 'ThunderScan',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv 24',
  34712: 'JPEG 2000',
  34925: 'LZMA',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

/** @throws UnsupportedInput for a compression that is not read, by its name */
export function assertReadable(key: string, compression: number): void {
  if ((Object.values(COMPRESSION) as number[]).includes(compression)) return;
  const name = NAMES[compression] ?? 'unknown';
  throw new UnsupportedInput(
    `${key}: compression ${compression} (${name}) is not read. Write the file as deflate, zstd, LZW or LERC.`,
  );
}

/** Codecs that a predictor may precede; with the others libtiff ignores the tag, and so do all its files. */
export const takesPredictor = (compression: number): boolean =>
  compression === COMPRESSION.lzw ||
  compression === COMPRESSION.deflate ||
  compression === COMPRESSION.oldDeflate ||
  compression === COMPRESSION.zstd;

/**
 * Decompresses one block.
 *
 * @param wanted bytes that the block must have
 * @param most bytes that it may have: a last strip is sometimes stored at full height. Never more is allocated
 * @param where names file and block in messages
 * @throws CorruptInput when the bytes are garbled, too few or inflate to too many
 */
export function decompress(
  compression: number,
  bytes: Uint8Array,
  wanted: number,
  most: number,
  where: string,
): Uint8Array {
  const out = unpack(compression, bytes, most, where);
  if (out.byteLength < wanted) {
    throw new CorruptInput(
      `${where} holds ${out.byteLength} of ${wanted} bytes. The file is truncated or garbled.`,
    );
  }
  return out.byteLength === wanted ? out : out.subarray(0, wanted);
}

function unpack(compression: number, bytes: Uint8Array, most: number, where: string): Uint8Array {
  try {
    switch (compression) {
      case COMPRESSION.deflate:
      case COMPRESSION.oldDeflate:
        return inflate(bytes, most);
      case COMPRESSION.zstd:
        return unzstd(bytes, most);
      case COMPRESSION.lzw:
        return unlzw(bytes, most, where);
      case COMPRESSION.packbits:
        return unpackBytes(bytes, most);
      default:
        return bytes;
    }
  } catch (error) {
    if (error instanceof UnsupportedInput) throw error;
    throw new CorruptInput(`${where} cannot be decompressed: ${messageOf(error)}.`, { cause: error });
  }
}

// One output buffer with room to spare: Node then neither grows it nor copies it together.
const capped = (most: number) => ({ maxOutputLength: most, chunkSize: most + 64 });

/** zlib's deflate, never to more than `most` bytes. */
export const inflate = (bytes: Uint8Array, most: number): Uint8Array => inflateSync(bytes, capped(most));

/** One zstd frame, never to more than `most` bytes. */
export const unzstd = (bytes: Uint8Array, most: number): Uint8Array =>
  zstdDecompressSync(bytes, capped(most));

function unlzw(bytes: Uint8Array, most: number, where: string): Uint8Array {
  if (bytes[0] === 0 && (bytes[1]! & 1) === 1) {
    throw new UnsupportedInput(`${where}: LZW of before TIFF 6.0 (least significant bit first) is not read.`);
  }
  const out = new Uint8Array(most);
  return out.subarray(0, decodeLzw(bytes, out));
}

/** @see TIFF 6.0, section 9 */
function unpackBytes(bytes: Uint8Array, most: number): Uint8Array {
  const out = new Uint8Array(most);
  let written = 0;
  for (let i = 0; i < bytes.length && written < most; ) {
    const code = bytes[i++]!;
    if (code === 128) continue;
    const run = code > 128;
    const length = run ? 257 - code : code + 1;
    const end = Math.min(written + length, most);
    if (i + (run ? 1 : length) > bytes.length) throw new RangeError('a PackBits run is cut off');
    if (run) out.fill(bytes[i]!, written, end);
    else out.set(bytes.subarray(i, i + end - written), written);
    i += run ? 1 : length;
    written = end;
  }
  return out.subarray(0, written);
}
