import zlib from 'node:zlib';
import { type Cells, viewBytes } from '../../lib/grid/cells.ts';
import { cStrides } from '../../lib/raster/codecs.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';

export type Json = Record<string, unknown>;

const V2 = new Map<unknown, string>([
  [Uint8Array, '|u1'],
  [Int8Array, '|i1'],
  [Int16Array, '<i2'],
  [Int32Array, '<i4'],
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [BigInt64Array, '<i8'],
]);

export interface MadeArray {
  readonly cells: Cells | BigInt64Array;
  readonly shape: readonly number[];
  readonly chunks?: readonly number[];
  readonly dims?: readonly string[];
  readonly attrs?: Json;
  readonly fill?: unknown;
}

export const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Writes a plain Zarr v2 array (zlib) by hand, chunk by chunk, so that no code of ours is asked what is right. */
export async function putV2(store: Store, path: string, array: MadeArray): Promise<void> {
  const { cells, shape, chunks = shape, dims, attrs = {}, fill = null } = array;
  const document = {
    zarr_format: 2,
    shape,
    chunks,
    dtype: V2.get(cells.constructor),
    compressor: { id: 'zlib', level: 1 },
    fill_value: fill,
    filters: null,
    order: 'C',
  };
  await store.put(`${path}/.zarray`, json(document));
  await store.put(`${path}/.zattrs`, json({ ...(dims && { _ARRAY_DIMENSIONS: dims }), ...attrs }));
  for (const place of placesOf(shape, chunks)) {
    const chunk = cut(cells, shape, chunks, place);
    await store.put(`${path}/${place.join('.') || '0'}`, zlib.deflateSync(viewBytes(chunk as Cells)));
  }
}

function placesOf(shape: readonly number[], chunks: readonly number[]): number[][] {
  const counts = shape.map((n, i) => Math.ceil(n / chunks[i]!));
  const total = counts.reduce((a, b) => a * b, 1);
  const strides = cStrides(counts);
  return Array.from({ length: total }, (_, n) => strides.map((s, i) => Math.floor(n / s) % counts[i]!));
}

function cut(
  cells: MadeArray['cells'],
  shape: readonly number[],
  chunks: readonly number[],
  place: readonly number[],
): MadeArray['cells'] {
  const size = chunks.reduce((a, b) => a * b, 1);
  const out = cells.slice(0, 0).constructor as new (n: number) => typeof cells;
  const chunk = new out(size);
  const [inner, outer] = [cStrides(chunks), cStrides(shape)];
  for (let n = 0; n < size; n++) {
    const at = inner.map((s, i) => (Math.floor(n / s) % chunks[i]!) + place[i]! * chunks[i]!);
    if (at.every((v, i) => v < shape[i]!))
      chunk[n] = cells[at.reduce((sum, v, i) => sum + v * outer[i]!, 0)]!;
  }
  return chunk;
}

export interface MadeCube {
  /** Values by step, row from the top, column. */
  readonly value?: (t: number, row: number, col: number) => number;
  readonly lat?: readonly number[];
  readonly lon?: readonly number[];
  readonly times?: readonly number[];
  readonly attrs?: Json;
  readonly timeAttrs?: Json;
  readonly chunks?: readonly number[];
  readonly fill?: unknown;
}

export const LAT = [22.95, 22.85, 22.75, 22.65, 22.55] as const;
export const LON = [113.05, 113.15, 113.25, 113.35, 113.45, 113.55] as const;
export const ALL = { t0: 0, t1: 3, y0: 0, y1: 5, x0: 0, x1: 6 } as const;
export const cellValue = (t: number, row: number, col: number): number => 100 * t + 10 * row + col;

/** A cube of three months on 5 x 6 cells in chunks of 2 x 4 x 4, at `cube/t2m`. */
export async function madeCube(made: MadeCube = {}): Promise<Store> {
  const store = memoryStore();
  const { value = cellValue, lat = LAT, lon = LON, times = [18_993, 19_024, 19_052] } = made;
  const cells = new Float32Array(times.length * lat.length * lon.length);
  for (let t = 0, i = 0; t < times.length; t++)
    for (let y = 0; y < lat.length; y++) for (let x = 0; x < lon.length; x++) cells[i++] = value(t, y, x);
  await store.put('cube/.zgroup', json({ zarr_format: 2 }));
  await putV2(store, 'cube/t2m', {
    cells,
    shape: [times.length, lat.length, lon.length],
    chunks: made.chunks ?? [2, 4, 4],
    dims: ['time', 'lat', 'lon'],
    attrs: { units: 'K', ...made.attrs },
    fill: made.fill ?? 'NaN',
  });
  await putV2(store, 'cube/lat', {
    cells: Float64Array.from(lat),
    shape: [lat.length],
    dims: ['lat'],
    attrs: { units: 'degrees_north' },
  });
  await putV2(store, 'cube/lon', {
    cells: Float64Array.from(lon),
    shape: [lon.length],
    dims: ['lon'],
    attrs: { units: 'degrees_east' },
  });
  await putV2(store, 'cube/time', {
    cells: Float64Array.from(times),
    shape: [times.length],
    dims: ['time'],
    attrs: { units: 'days since 1970-01-01', ...made.timeAttrs },
  });
  return store;
}

/** The cells of `ALL` as `cellValue` makes them. */
export const allCells = (): number[] =>
  Array.from({ length: 90 }, (_, i) => cellValue(Math.floor(i / 30), Math.floor((i % 30) / 6), i % 6));
