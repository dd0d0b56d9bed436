import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CorruptInput } from '../errors.ts';
import { type Directory, TAG } from './cog-header.ts';
import type { TiffImage } from './cog-image.ts';
import { COMPRESSION } from './tiff-codecs.ts';
import { blockBytes } from './tiff-samples.ts';

/** Offset and length of every block, row by row; both 0 where nothing is stored (sparse). */
export interface BlockIndex {
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

type Blocks = Pick<
  TiffImage,
  'width' | 'height' | 'blockWidth' | 'blockHeight' | 'tiled' | 'samples' | 'planar'
>;

/** Columns and rows of blocks, and how many planes of them there are. */
export const blockGrid = (image: Blocks): { across: number; down: number; planes: number } => ({
  across: Math.ceil(image.width / image.blockWidth),
  down: Math.ceil(image.height / image.blockHeight),
  planes: image.planar ? image.samples : 1,
});

/** @throws CorruptInput when the blocks do not fit the image or the file */
export function readIndex(
  at: string,
  size: number,
  directory: Directory,
  image: Blocks & { compression: number; form: { rowSamples: number; rows: number; bits: number } },
): BlockIndex {
  const { across, down, planes } = blockGrid(image);
  const blocks = across * down * planes;
  // Some old writers list tiles by the tags of strips; libtiff reads them, too.
  const byTileTags = image.tiled && directory.has(TAG.TileOffsets);
  const offsets = directory.numbers(byTileTags ? TAG.TileOffsets : TAG.StripOffsets);
  const lengths = directory.numbers(byTileTags ? TAG.TileByteCounts : TAG.StripByteCounts);
  if (offsets.length < blocks || (lengths.length < blocks && lengths.length > 0)) {
    throw new CorruptInput(
      `${at}: it needs ${blocks} blocks, but lists ${offsets.length} offsets and ${lengths.length} lengths.`,
    );
  }
  const index = { offsets: new Float64Array(blocks), lengths: new Float64Array(blocks) };
  const raw = blockBytes(image.form);
  for (let i = 0; i < blocks; i++) {
    const offset = offsets[i]!;
    const last =
      !image.tiled && (i + 1) % down === 0 ? image.height - (down - 1) * image.blockHeight : undefined;
    const whole = last === undefined ? raw : (raw / image.form.rows) * last;
    // Only uncompressed blocks have a length that can be known without the tag.
    const length = lengths[i] ?? (image.compression === COMPRESSION.none ? whole : Number.NaN);
    checkBlock(at, size, i, offset, length, raw);
    index.offsets[i] = offset;
    index.lengths[i] = image.compression === COMPRESSION.none ? Math.min(length, raw) : length;
  }
  return index;
}

function checkBlock(at: string, size: number, i: number, offset: number, length: number, raw: number): void {
  if (offset === 0 && length === 0) return;
  if (!(offset > 0 && length > 0 && offset + length <= size)) {
    throw new CorruptInput(
      `${at}: block ${i} would be ${length} bytes at ${offset} of a file of ${size} bytes. The file is truncated or garbled.`,
    );
  }
  if (length > 4 * raw + 65_536) {
    throw new CorruptInput(`${at}: block ${i} takes ${length} bytes for ${raw} bytes of cells.`);
  }
}

/** Text of a few bytes per block: gaps and lengths of blocks in file order repeat, and so deflate well. */
export function packIndex({ offsets, lengths }: BlockIndex): string {
  const pairs = new Float64Array(2 * offsets.length);
  let end = 0;
  for (let i = 0; i < offsets.length; i++) {
    pairs[2 * i] = offsets[i]! - end;
    pairs[2 * i + 1] = lengths[i]!;
    end = offsets[i]! + lengths[i]!;
  }
  return deflateRawSync(new Uint8Array(pairs.buffer)).toString('base64');
}

const unpacked = new WeakMap<TiffImage, BlockIndex>();

/** The block index of an image, unpacked once. */
export function indexOf(image: TiffImage): BlockIndex {
  const known = unpacked.get(image);
  if (known) return known;
  const index = unpackIndex(image.index);
  unpacked.set(image, index);
  return index;
}

function unpackIndex(packed: string): BlockIndex {
  const bytes = new Uint8Array(inflateRawSync(Buffer.from(packed, 'base64')));
  const pairs = new Float64Array(bytes.buffer);
  const offsets = new Float64Array(pairs.length / 2);
  const lengths = new Float64Array(pairs.length / 2);
  let end = 0;
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = pairs[2 * i]! + end;
    lengths[i] = pairs[2 * i + 1]!;
    end = offsets[i]! + lengths[i]!;
  }
  return { offsets, lengths };
}
