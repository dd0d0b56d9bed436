import { MissingInput } from '../errors.ts';
import { type Cells, release } from '../grid/cells.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import { type BlockIndex, blockGrid, indexOf } from './block-index.ts';
import type { TiffImage } from './cog-image.ts';
import { shortAnswer } from './cog-source.ts';
import { type PlannedRead, planReads } from './read-plan.ts';
import { COMPRESSION, decompress } from './tiff-codecs.ts';
import { decodeLerc, loadLerc } from './tiff-lerc.ts';
import { blockBytes, type SampleForm, samplesOf } from './tiff-samples.ts';

/** Rows and columns of an image, half-open. */
export interface PixelWindow {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** One block that a window needs: its number in the index, row and column, and place in the file. */
export interface Block {
  readonly index: number;
  readonly row: number;
  readonly col: number;
  readonly offset: number;
  readonly length: number;
}

/** Where a window's cells go: `cells` and `valid` are written from `at`, row by row. */
export interface Target {
  readonly cells: Cells;
  readonly at: number;
  /** The array for validity, made (all valid) when first asked for. */
  valid(): Uint8Array;
}

/** @param band from 0 */
export function blocksOf(image: TiffImage, index: BlockIndex, window: PixelWindow, band: number): Block[] {
  const { across, down } = blockGrid(image);
  const plane = image.planar ? band * across * down : 0;
  const blocks: Block[] = [];
  for (let row = Math.floor(window.y0 / image.blockHeight); row * image.blockHeight < window.y1; row++) {
    for (let col = Math.floor(window.x0 / image.blockWidth); col * image.blockWidth < window.x1; col++) {
      const i = plane + row * across + col;
      blocks.push({ index: i, row, col, offset: index.offsets[i]!, length: index.lengths[i]! });
    }
  }
  return blocks;
}

/** A window of one band of one image, planned: what to fetch, and what is not stored at all. */
export interface WindowPlan {
  readonly object: ObjectHead;
  readonly image: TiffImage;
  readonly window: PixelWindow;
  readonly band: number;
  readonly reads: readonly PlannedRead<Block>[];
  readonly sparse: readonly Block[];
}

export function planWindow(
  object: ObjectHead,
  image: TiffImage,
  window: PixelWindow,
  band: number,
): WindowPlan {
  const blocks = blocksOf(image, indexOf(image), window, band);
  const stored = blocks.filter((block) => block.length > 0);
  return {
    object,
    image,
    window,
    band,
    reads: planReads(stored),
    sparse: blocks.filter((block) => block.length === 0),
  };
}

export const plannedBytes = (plan: WindowPlan): number =>
  plan.reads.reduce((sum, { length }) => sum + length, 0);

/** Does one request of a plan and decodes its blocks into the target. */
export async function readBlocks(
  store: Store,
  plan: WindowPlan,
  read: PlannedRead<Block>,
  target: Target,
  signal?: AbortSignal,
): Promise<void> {
  const { key, etag } = plan.object;
  const range = { offset: read.offset, length: read.length };
  if (plan.image.compression === COMPRESSION.lerc) await loadLerc();
  const got = await store.get(key, { range, ifMatch: etag, ...(signal && { signal }) });
  if (!got) throw new MissingInput(`${key} is no longer in ${store.name}.`);
  if (got.bytes.byteLength !== range.length) throw shortAnswer(key, range, got.bytes.byteLength);
  for (const block of read.parts) {
    const from = block.offset - read.offset;
    const bytes = got.bytes.subarray(from, from + block.length);
    const decoded = decodeBlock(plan, block, bytes);
    placeBlock(plan, block, decoded, target);
    if (plan.image.compression !== COMPRESSION.lerc) release(decoded.cells);
  }
}

interface DecodedBlock {
  readonly cells: Cells;
  /** Like `cells`; 0 where LERC's own mask says that there is no cell. */
  readonly mask?: Uint8Array;
}

function decodeBlock({ object, image }: WindowPlan, block: Block, stored: Uint8Array): DecodedBlock {
  const where = `${object.key}, block ${block.index} (row ${block.row}, column ${block.col})`;
  const bytes = image.bitsReversed ? stored.map(reverseBits) : stored;
  const form = formOf(image, block);
  if (image.compression === COMPRESSION.lerc) return decodeLerc(bytes, form, image.lercOuter, where);
  const most = blockBytes({ ...form, rows: image.blockHeight });
  const plain = decompress(image.compression, bytes, blockBytes(form), most, where);
  // Byte order is undone in place, which must not touch a block that another may share bytes with.
  return { cells: samplesOf(plain === bytes ? plain.slice() : plain, form) };
}

function formOf(image: TiffImage, block: Block): SampleForm {
  const stride = image.planar ? 1 : image.samples;
  const left = image.height - block.row * image.blockHeight;
  return {
    rowSamples: image.blockWidth * stride,
    rows: image.tiled ? image.blockHeight : Math.min(image.blockHeight, left),
    stride,
    bits: image.bits,
    dtype: image.dtype,
    predictor: image.predictor,
    littleEndian: image.littleEndian,
  };
}

const reverseBits = (byte: number): number =>
  (((((byte * 0x0802) & 0x22110) | ((byte * 0x8020) & 0x88440)) * 0x10101) >> 16) & 0xff;

/** Copies the part of a block that the window holds. */
function placeBlock(plan: WindowPlan, block: Block, decoded: DecodedBlock, target: Target): void {
  const { image, window, band } = plan;
  const stride = image.planar ? 1 : image.samples;
  const lane = image.planar ? 0 : band;
  const { top, bottom, left, right } = overlap(image, window, block);
  const width = window.x1 - window.x0;
  // in a window as wide as its blocks, what is wanted of one lies in one piece on both sides
  const inOnePiece = stride === 1 && width === image.blockWidth && right - left === width;
  const end = inOnePiece ? top + 1 : bottom;
  const count = inOnePiece ? (bottom - top) * width : right - left;
  for (let y = top; y < end; y++) {
    const from =
      ((y - block.row * image.blockHeight) * image.blockWidth + left - block.col * image.blockWidth) * stride;
    const to = target.at + (y - window.y0) * width + left - window.x0;
    copyRow(decoded.cells, from + lane, stride, target.cells, to, count);
    if (decoded.mask) maskRow(decoded.mask, from + lane, stride, target, to, count);
  }
}

function copyRow(from: Cells, start: number, stride: number, to: Cells, at: number, n: number): void {
  if (stride === 1) {
    to.set(from.subarray(start, start + n), at);
    return;
  }
  for (let i = 0; i < n; i++) to[at + i] = from[start + i * stride]!;
}

function maskRow(
  mask: Uint8Array,
  start: number,
  stride: number,
  target: Target,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) if (mask[start + i * stride] === 0) target.valid()[at + i] = 0;
}

/** Fills what a plan's sparse blocks would hold. */
export function fillSparse(plan: WindowPlan, fill: number, target: Target): void {
  const { image, window } = plan;
  const width = window.x1 - window.x0;
  for (const block of plan.sparse) {
    const { top, bottom, left, right } = overlap(image, window, block);
    for (let y = top; y < bottom; y++) {
      const at = target.at + (y - window.y0) * width - window.x0;
      target.cells.fill(fill, at + left, at + right);
    }
  }
}

function overlap(image: TiffImage, window: PixelWindow, block: Block) {
  const y = block.row * image.blockHeight;
  const x = block.col * image.blockWidth;
  return {
    top: Math.max(window.y0, y),
    bottom: Math.min(window.y1, y + image.blockHeight),
    left: Math.max(window.x0, x),
    right: Math.min(window.x1, x + image.blockWidth),
  };
}
