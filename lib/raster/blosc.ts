import zlib from 'node:zlib';
import { release } from '../grid/cells.ts';
import { shuffle, unshuffle } from './shuffle.ts';

const HEADER = 16;
const ZSTD = 4;
const FLAG = { shuffle: 0x01, stored: 0x02, bitShuffle: 0x04, unsplit: 0x10 } as const;
/** c-blosc splits a full block into one stream a byte of the element only when each stream has this many bytes. */
const MIN_SPLIT_STREAM = 128;
const MAX_SPLITS = 16;

export interface BloscHeader {
  readonly flags: number;
  readonly compressor: number;
  readonly elementSize: number;
  /** Bytes once decoded. */
  readonly rawBytes: number;
  readonly blockBytes: number;
  /** Bytes of the whole frame. */
  readonly frameBytes: number;
}

/** @throws Error when the frame's header contradicts its own length or asks for more than `maxBytes` */
export function bloscHeader(frame: Uint8Array, maxBytes: number): BloscHeader {
  if (frame.length < HEADER) throw new Error(`Blosc frame of ${frame.length} bytes has no header`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = frame[2]!;
  const header = {
    flags,
    compressor: flags >> 5,
    elementSize: frame[3]! || 1,
    rawBytes: view.getUint32(4, true),
    blockBytes: view.getUint32(8, true),
    frameBytes: view.getUint32(12, true),
  };
  if (header.frameBytes !== frame.length) {
    throw new Error(`Blosc frame is ${frame.length} bytes, its header says ${header.frameBytes}`);
  }
  if (header.rawBytes > maxBytes) {
    throw new Error(`Blosc frame claims ${header.rawBytes} bytes; the chunk can have at most ${maxBytes}`);
  }
  const stored = (flags & FLAG.stored) !== 0;
  if (stored && frame.length < HEADER + header.rawBytes) throw new Error('Blosc frame is cut short');
  if (!stored && header.rawBytes > 0 && (header.blockBytes === 0 || header.blockBytes > header.rawBytes)) {
    throw new Error(`Blosc frame of ${header.rawBytes} bytes claims blocks of ${header.blockBytes}`);
  }
  return header;
}

/** Bit-shuffled frames and those of other compressors than zstd are left to C-Blosc. */
export const isNativeFrame = ({ flags, compressor }: BloscHeader): boolean =>
  (flags & FLAG.stored) !== 0 || (compressor === ZSTD && (flags & FLAG.bitShuffle) === 0);

/**
 * Decodes a Blosc 1 frame of zstd blocks with Node's own zstd.
 * @param into as long as the raw bytes; what is shuffled is put there, and spares an allocation a chunk
 * @throws Error when a block lies outside the frame or does not decode to its size
 * @see c-blosc README_CHUNK_FORMAT
 */
export function decodeBlosc(
  frame: Uint8Array,
  header: BloscHeader,
  into?: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { flags, elementSize, rawBytes, blockBytes } = header;
  if (flags & FLAG.stored) return frame.slice(HEADER, HEADER + rawBytes);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const blocks = Math.ceil(rawBytes / blockBytes);
  const out = new Uint8Array(blocks === 1 ? 0 : rawBytes);
  if (HEADER + 4 * blocks > frame.length) throw new Error('Blosc frame is shorter than its table of blocks');
  for (let i = 0; i < blocks; i++) {
    const length = Math.min(blockBytes, rawBytes - i * blockBytes);
    const block = decodeBlock(frame, view.getUint32(HEADER + 4 * i, true), length, header);
    const unshuffled =
      flags & FLAG.shuffle && elementSize > 1
        ? unshuffle(block, elementSize, blocks === 1 ? into : undefined)
        : block;
    if (unshuffled !== block) release(block);
    if (blocks === 1) return unshuffled;
    out.set(unshuffled, i * blockBytes);
  }
  return out;
}

function decodeBlock(
  frame: Uint8Array,
  start: number,
  length: number,
  { flags, elementSize, blockBytes }: BloscHeader,
): Uint8Array<ArrayBuffer> {
  const split =
    !(flags & FLAG.unsplit) &&
    elementSize <= MAX_SPLITS &&
    blockBytes / elementSize >= MIN_SPLIT_STREAM &&
    length === blockBytes;
  const streams = split ? elementSize : 1;
  if (length % streams !== 0) throw new Error(`Blosc block of ${length} bytes is split in ${streams}`);
  const streamBytes = length / streams;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const block = new Uint8Array(streams === 1 ? 0 : length);
  let at = start;
  for (let s = 0; s < streams; s++) {
    if (at + 4 > frame.length) throw new Error('Blosc block lies outside its frame');
    const size = view.getUint32(at, true);
    at += 4;
    if (size > frame.length - at) throw new Error('Blosc block runs past the end of its frame');
    const body = frame.subarray(at, at + size);
    at += size;
    const raw = size === streamBytes ? body : inflate(body, streamBytes);
    if (streams === 1) return raw === body ? body.slice() : (raw as Uint8Array<ArrayBuffer>);
    block.set(raw, s * streamBytes);
  }
  return block;
}

function inflate(body: Uint8Array, expected: number): Uint8Array<ArrayBuffer> {
  const raw = zlib.zstdDecompressSync(body, {
    maxOutputLength: expected,
    chunkSize: Math.max(64, expected),
  });
  if (raw.length !== expected) {
    throw new Error(`Blosc block decodes to ${raw.length} bytes, not to ${expected}`);
  }
  return new Uint8Array(raw.buffer, raw.byteOffset, raw.length);
}

export interface BloscOptions {
  readonly elementSize: number;
  /** zstd's own level, 1..22; see ADR 0004. */
  readonly level: number;
  /** As long as the raw bytes; spares an allocation a chunk. */
  readonly scratch?: Uint8Array<ArrayBuffer>;
}

/** Writes one shuffled zstd block as a Blosc 1 frame; bytes that do not shrink are stored as they are. */
export function encodeBlosc(
  raw: Uint8Array,
  { elementSize, level, scratch }: BloscOptions,
): Uint8Array<ArrayBuffer> {
  const shuffled = elementSize > 1;
  const body = zlib.zstdCompressSync(shuffled ? shuffle(raw, elementSize, scratch) : raw, {
    params: { [zlib.constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: raw.length,
    chunkSize: Math.max(64, raw.length), // one buffer, not many to join
  });
  const stored = body.length + 8 >= raw.length;
  const frame = new Uint8Array(HEADER + (stored ? raw.length : 8 + body.length));
  const view = new DataView(frame.buffer);
  frame[0] = 2; // version of the Blosc format
  frame[1] = 1; // version of the zstd format
  frame[2] = (ZSTD << 5) | FLAG.unsplit | (stored ? FLAG.stored : shuffled ? FLAG.shuffle : 0);
  frame[3] = elementSize;
  view.setUint32(4, raw.length, true);
  view.setUint32(8, raw.length, true);
  view.setUint32(12, frame.length, true);
  if (stored) {
    frame.set(raw, HEADER);
  } else {
    view.setUint32(HEADER, HEADER + 4, true); // where the only block starts
    view.setUint32(HEADER + 4, body.length, true);
    frame.set(body, HEADER + 8);
  }
  release(body);
  return frame;
}
