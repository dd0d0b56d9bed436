import zlib from 'node:zlib';
import { CorruptInput, UnsupportedInput } from '../errors.ts';
import { allocate, bytesPerCell, type Cells, release, viewCells } from '../grid/cells.ts';
import type { ChunkCoord } from '../grid/region.ts';
import type { Store } from '../store/store.ts';
import { bloscHeader, decodeBlosc } from './blosc.ts';
import { cStrides } from './codecs.ts';
import { copyBox, fillBox } from './copy-box.ts';
import { indexRange, parseIndex, type ShardIndex } from './shard.ts';
import { type ArraySpec, shardExtent, shardKey } from './write.ts';

interface Options {
  readonly signal?: AbortSignal;
}

/**
 * Reads a shard of a product back, row-major, of `shardExtent`; nodata where none was written.
 * @throws CorruptInput naming the object
 */
export async function readShard(
  store: Store,
  root: string,
  array: ArraySpec,
  coord: ChunkCoord,
  options: Options = {},
): Promise<Cells> {
  const extent = shardExtent(array, coord);
  if (extent.includes(0)) throw new UnsupportedInput(`${array.name}: no shard ${JSON.stringify(coord)}.`);
  const key = shardKey(root, array, coord);
  const object = await store.get(key, options);
  if (!object) return allocate(array.dtype, product(extent)).fill(array.fill);
  const cells = decodeShard(array, object.bytes, extent, key);
  release(object.bytes);
  return cells;
}

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

/**
 * The inverse of `encodeShard`: chunk after chunk through the same memory, where the reader of foreign arrays makes each
 * chunk anew.
 *
 * @param key names the object in messages
 * @throws CorruptInput when the bytes are not a shard of this array
 */
export function decodeShard(
  array: ArraySpec,
  bytes: Uint8Array,
  extent: readonly number[],
  key: string,
): Cells {
  const { chunk } = array;
  const counts = array.shard.map((size, i) => size / chunk[i]!);
  const meta = { shape: array.shard, indexAt: 'end', indexBigEndian: false, indexChecked: true } as const;
  const range = indexRange(meta, product(counts), bytes.length, key);
  const index = parseIndex(bytes.subarray(range.offset), meta, bytes.length, key);
  const cells = allocate(array.dtype, product(extent));
  const strides = cStrides(extent);
  const decode = chunkDecoder(array, key);
  for (const i of inOrderOfOffset(index)) {
    const entry = index[i];
    const start = cStrides(counts).map((stride, k) => (Math.floor(i / stride) % counts[k]!) * chunk[k]!);
    const size = start.map((s, k) => Math.min(chunk[k]!, extent[k]! - s));
    if (size.some((n) => n <= 0)) continue;
    const target = { cells, offset: start.reduce((n, s, k) => n + s * strides[k]!, 0), strides };
    if (!entry) fillBox(target, size, array.fill);
    else {
      const inner = decode(bytes.subarray(entry.offset, entry.offset + entry.length));
      copyBox({ cells: inner, offset: 0, strides: cStrides(chunk) }, target, size);
    }
  }
  return cells;
}

/** Places of chunks as they lie in the object: the steps of a place one after the other. */
const inOrderOfOffset = (index: ShardIndex): number[] =>
  [...index.keys()].sort((a, b) => (index[a]?.offset ?? -1) - (index[b]?.offset ?? -1));

/** Decodes one chunk at each call, into the memory of the one before; that holds it already where their bytes are equal. */
function chunkDecoder(array: ArraySpec, key: string): (bytes: Uint8Array) => Cells {
  const raw = new Uint8Array(product(array.chunk) * bytesPerCell(array.dtype));
  const inner = viewCells(array.dtype, raw);
  const decode = (bytes: Uint8Array): Uint8Array => {
    if (bytesPerCell(array.dtype) > 1) return decodeBlosc(bytes, bloscHeader(bytes, raw.length), raw);
    return zlib.zstdDecompressSync(bytes, {
      maxOutputLength: raw.length,
      chunkSize: Math.max(64, raw.length),
    });
  };
  let before: Uint8Array | undefined;
  return (bytes) => {
    if (before && Buffer.compare(bytes, before) === 0) return inner;
    try {
      const plain = decode(bytes);
      if (plain.length !== raw.length) throw new Error(`${plain.length} bytes, not ${raw.length}`);
      if (plain !== raw) {
        raw.set(plain);
        release(plain);
      }
      before = bytes;
      return inner;
    } catch (cause) {
      throw new CorruptInput(`${key}: a chunk of it does not decode: ${(cause as Error).message}.`, {
        cause,
      });
    }
  };
}
