import zlib from 'node:zlib';
import { allocate, bytesPerCell, type Cells, release, viewBytes } from '../grid/cells.ts';
import type { ChunkCoord } from '../grid/region.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import { encodeBlosc } from './blosc.ts';
import { cStrides } from './codecs.ts';
import { copyBox, type Strided } from './copy-box.ts';
import type { Json } from './json.ts';
import { assembleShard } from './shard.ts';
import { jsonNumber } from './zarr-meta.ts';
import { joinKey } from './zarr-tree.ts';

export type Dimension = 'time' | 'day' | 'year' | 'y' | 'x';

/** One array of a product, as it is stored: sharded, its unwritten cells equal to `fill`. */
export interface ArraySpec {
  /** 0 is native; each further one is half as fine. */
  readonly level: number;
  readonly name: string;
  readonly dims: readonly Dimension[];
  readonly shape: readonly number[];
  /** Cells of one object along each dimension; a multiple of `chunk`. */
  readonly shard: readonly number[];
  /** Cells of one inner chunk, the unit of reading. */
  readonly chunk: readonly number[];
  readonly dtype: 'float32' | 'float64' | 'uint8';
  /** Nodata. */
  readonly fill: number;
  readonly attributes: Json;
}

/** zstd's level; ADR 0004 has the measurement. */
const LEVEL = 1;

/** Floats go shuffled through Blosc, bytes through plain zstd: what every reader of Zarr v3 has. */
export const codecsOf = (dtype: ArraySpec['dtype']): readonly object[] =>
  dtype === 'uint8'
    ? [{ name: 'bytes' }, { name: 'zstd', configuration: { level: LEVEL, checksum: false } }]
    : [
        { name: 'bytes', configuration: { endian: 'little' } },
        {
          name: 'blosc',
          configuration: {
            typesize: bytesPerCell(dtype),
            cname: 'zstd',
            clevel: LEVEL,
            shuffle: 'shuffle',
            blocksize: 0,
          },
        },
      ];

/** The array's zarr.json. */
export function arrayDocument(array: ArraySpec): Json {
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: array.shape,
    data_type: array.dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: array.shard } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: jsonNumber(array.fill),
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: array.chunk,
          codecs: codecsOf(array.dtype),
          index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }],
          index_location: 'end',
        },
      },
    ],
    attributes: array.attributes,
    dimension_names: array.dims,
  };
}

export const arrayKey = (root: string, array: ArraySpec): string =>
  joinKey(root, String(array.level), array.name);

/** Key of the shard at a place; `coord.t` counts windows of steps, or of years. */
export function shardKey(root: string, array: ArraySpec, coord: ChunkCoord): string {
  return joinKey(arrayKey(root, array), 'c', placeOf(array, coord).join('/'));
}

/** Cells that a shard really has: less than `array.shard` at the far edges. */
export function shardExtent(array: ArraySpec, coord: ChunkCoord): number[] {
  const place = placeOf(array, coord);
  return array.shard.map((size, i) => Math.max(0, Math.min(size, array.shape[i]! - place[i]! * size)));
}

const placeOf = (array: ArraySpec, { t, y, x }: ChunkCoord): number[] =>
  array.dims.map((dim) => (dim === 'y' ? y : dim === 'x' ? x : t));

/**
 * Encodes a shard. Inner chunks lie place by place, all steps of one place side by side, so that a time series at a
 * place is one range; those without any data are left out.
 * @param cells row-major, `extent` cells along each dimension (at the far edges less than the shard)
 * @returns undefined when all cells are nodata
 */
export function encodeShard(
  array: ArraySpec,
  cells: Cells,
  extent: readonly number[] = array.shard,
): Uint8Array<ArrayBuffer> | undefined {
  checkCells(array, cells, extent);
  const { chunk } = array;
  const counts = array.shard.map((size, i) => size / chunk[i]!);
  const places = Array.from({ length: product(counts) }, (_, i) => placeAt(i, counts));
  const order = fileOrder(array.dims, places);
  const strides = cStrides(extent);
  const encode = chunkEncoder(array);
  const encoded: (Uint8Array | undefined)[] = places.map(() => undefined);
  for (const i of order) {
    const start = places[i]!.map((p, k) => p * chunk[k]!);
    const size = start.map((s, k) => Math.min(chunk[k]!, extent[k]! - s));
    if (size.some((n) => n <= 0)) continue;
    const offset = start.reduce((n, s, k) => n + s * strides[k]!, 0);
    encoded[i] = encode({ cells, offset, strides }, size);
  }
  const shard = assembleShard(encoded, order);
  for (const bytes of new Set(encoded)) if (bytes) release(bytes);
  return shard;
}

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

function checkCells(array: ArraySpec, cells: Cells, extent: readonly number[]): void {
  const expected = product(extent);
  const type = allocate(array.dtype, 0).constructor;
  if (cells.length !== expected || cells.constructor !== type) {
    throw new RangeError(
      `${array.name}: ${cells.length} cells of ${cells.constructor.name} for a shard of ${extent.join(' x ')} ${array.dtype}`,
    );
  }
}

function placeAt(index: number, counts: readonly number[]): number[] {
  return cStrides(counts).map((stride, i) => Math.floor(index / stride) % counts[i]!);
}

/** Rows and columns outside, steps inside. */
function fileOrder(dims: readonly Dimension[], places: readonly (readonly number[])[]): number[] {
  const isStep = dims.map((dim) => dim !== 'y' && dim !== 'x');
  const rank = (place: readonly number[], steps: boolean): number[] =>
    place.filter((_, i) => isStep[i] === steps);
  const before = (a: readonly number[], b: readonly number[]): number => {
    const [p, q] = [
      [...rank(a, false), ...rank(a, true)],
      [...rank(b, false), ...rank(b, true)],
    ];
    const i = p.findIndex((v, k) => v !== q[k]);
    return i < 0 ? 0 : p[i]! - q[i]!;
  };
  return places.map((_, i) => i).sort((a, b) => before(places[a]!, places[b]!));
}

function isNodata(cells: Cells, fill: number): boolean {
  if (Number.isNaN(fill)) {
    for (let i = 0; i < cells.length; i++) if (!Number.isNaN(cells[i])) return false;
  } else {
    for (let i = 0; i < cells.length; i++) if (cells[i] !== fill) return false;
  }
  return true;
}

/**
 * Encodes one chunk at each call; undefined where it has no data. One that equals the chunk before it, as the valid areas
 * of most months do, is not encoded again: the two share their bytes.
 */
function chunkEncoder({
  dtype,
  chunk,
  fill,
}: ArraySpec): (from: Strided, size: readonly number[]) => Uint8Array | undefined {
  const encode = cellsEncoder(dtype, product(chunk) * bytesPerCell(dtype));
  let inner = allocate(dtype, product(chunk));
  let before: Cells | undefined;
  let encoded: Uint8Array | undefined;
  return (from, size) => {
    if (size.some((n, i) => n < chunk[i]!)) inner.fill(fill);
    copyBox(from, { cells: inner, offset: 0, strides: cStrides(chunk) }, size);
    if (before && Buffer.compare(viewBytes(inner), viewBytes(before)) === 0) return encoded;
    encoded = isNodata(inner, fill) ? undefined : encode(inner);
    [inner, before] = [before ?? allocate(dtype, product(chunk)), inner];
    return encoded;
  };
}

function cellsEncoder(dtype: ArraySpec['dtype'], length: number): (cells: Cells) => Uint8Array {
  const scratch = new Uint8Array(length);
  if (dtype !== 'uint8') {
    const options = { elementSize: bytesPerCell(dtype), level: LEVEL, scratch };
    return (cells) => encodeBlosc(viewBytes(cells), options);
  }
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL };
  // Readers in Python want the frame to tell its size.
  return (cells) => zlib.zstdCompressSync(viewBytes(cells), { params, pledgedSrcSize: length });
}

interface Options {
  readonly signal?: AbortSignal;
}

/**
 * Writes a shard in one put. A shard without data is not stored; one that lay there is deleted.
 * @param cells row-major, of `shardExtent`
 * @returns the object, or undefined when all cells are nodata
 */
export function writeShard(
  store: Store,
  root: string,
  array: ArraySpec,
  coord: ChunkCoord,
  cells: Cells,
  options: Options = {},
): Promise<ObjectHead | undefined> {
  return putShard(store, root, array, coord, encodeShard(array, cells, shardExtent(array, coord)), options);
}

/** The same of a shard that is encoded, whose bytes are freed once they are stored; undefined where it has no data. */
export async function putShard(
  store: Store,
  root: string,
  array: ArraySpec,
  coord: ChunkCoord,
  shard: Uint8Array<ArrayBuffer> | undefined,
  options: Options = {},
): Promise<ObjectHead | undefined> {
  const key = shardKey(root, array, coord);
  if (!shard) {
    await store.delete(key, options);
    return undefined;
  }
  const head = await store.put(key, shard, options);
  release(shard);
  return head;
}
