import zlib from 'node:zlib';
import { NotFound, UnsupportedInput } from '../errors.ts';
import { allocate, type Cells, type DType, viewBytes } from '../grid/cells.ts';
import type { Store } from '../store/store.ts';
import { encodeBlosc } from './blosc.ts';
import { numbers } from './cf.ts';
import { cStrides } from './codecs.ts';
import { asciiJson, type Json } from './json.ts';
import { ZarrArray } from './zarr-array.ts';
import { type ArrayMeta, cellType, fillNumber, jsonNumber } from './zarr-meta.ts';
import { joinKey, openTree, type ZarrTree } from './zarr-tree.ts';

export interface ExportOptions {
  /** Level of the product; 0, the native one, unless said. */
  readonly level?: number;
  /** zlib (the default) is what every build of GDAL reads; blosc is smaller and faster. */
  readonly compressor?: 'zlib' | 'blosc';
  /** Names of the variables to take; all unless said. Coordinates always go along. */
  readonly variables?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onChunk?: (done: number, total: number) => void;
}

/**
 * Copies one level of a product as Zarr v2, flat and consolidated, which GDAL >= 3.4, zarr-python 2 and older
 * software read. Chunks are one step of one shard's rows and columns; those without data are left out.
 *
 * @param from where the product lies, and the key of its group
 * @returns how many objects were written
 * @throws NotFound when there is no such product or variable
 */
export async function exportV2(
  from: { readonly store: Store; readonly root: string },
  to: { readonly store: Store; readonly root: string },
  options: ExportOptions = {},
): Promise<number> {
  const group = joinKey(from.root, String(options.level ?? 0));
  const tree = await openTree(from.store, group, cancel(options));
  const arrays = await chosen(tree, group, options.variables);
  const metadata: Record<string, Json> = {
    '.zgroup': { zarr_format: 2 },
    '.zattrs': await groupAttributes(tree),
  };
  const total = arrays.reduce((n, { meta }) => n + chunkStarts(meta.shape, chunkOf(meta)).length, 0);
  let done = 0;
  let written = 0;
  for (const { name, meta } of arrays) {
    metadata[`${name}/.zarray`] = arrayV2(meta, options.compressor ?? 'zlib');
    metadata[`${name}/.zattrs`] = attributesV2(meta);
    for await (const stored of copyChunks(from.store, joinKey(group, name), meta, { ...to, name }, options)) {
      written += stored;
      options.onChunk?.(++done, total);
    }
  }
  const documents = { ...metadata, '.zmetadata': { metadata, zarr_consolidated_format: 1 } };
  for (const [key, document] of Object.entries(documents)) {
    await to.store.put(joinKey(to.root, key), asciiJson(document), cancel(options));
    written++;
  }
  return written;
}

const cancel = ({ signal }: ExportOptions): { signal?: AbortSignal } => (signal ? { signal } : {});

interface Named {
  readonly name: string;
  readonly meta: ArrayMeta;
}

async function chosen(tree: ZarrTree, group: string, variables?: readonly string[]): Promise<Named[]> {
  if (!tree.consolidated) throw new UnsupportedInput(`${group}: not a product (no consolidated metadata).`);
  const found = await Promise.all(
    tree.consolidated.map(async (name) => ({ name, meta: (await tree.array(name))! })),
  );
  const missing = variables?.find((name) => !found.some((array) => array.name === name));
  if (missing)
    throw new NotFound(`${group}: no variable ${missing}; it has ${tree.consolidated.join(', ')}.`);
  return found.filter(({ name, meta }) => !variables || variables.includes(name) || !meta.shard);
}

/** CF's attributes stay; the conventions of Zarr v3 go. */
async function groupAttributes(tree: ZarrTree): Promise<Json> {
  return withoutV3(await tree.groupAttributes(''));
}

const withoutV3 = (attributes: Json): Json =>
  Object.fromEntries(
    Object.entries(attributes).filter(
      ([key]) => !/^(spatial:|proj:)|^(zarr_conventions|multiscales)$/.test(key),
    ),
  );

/** `_FillValue` is the array's own fill value in v2. */
function attributesV2(meta: ArrayMeta): Json {
  const { _FillValue: _, ...attributes } = withoutV3(meta.attributes);
  return { _ARRAY_DIMENSIONS: meta.dims ?? [], ...attributes };
}

const V2_NAMES: Partial<Record<DType, string>> = {
  uint8: '|u1',
  int16: '<i2',
  int32: '<i4',
  float32: '<f4',
  float64: '<f8',
};

function arrayV2(meta: ArrayMeta, compressor: 'zlib' | 'blosc'): Json {
  const dtype = cellType(meta.type);
  const name = V2_NAMES[dtype];
  if (!name) throw new UnsupportedInput(`Zarr v2 export of ${dtype} cells is not there.`);
  return {
    zarr_format: 2,
    shape: meta.shape,
    chunks: chunkOf(meta),
    dtype: name,
    order: 'C',
    filters: null,
    fill_value: nodataOf(meta),
    compressor:
      compressor === 'zlib'
        ? { id: 'zlib', level: 5 }
        : { id: 'blosc', cname: 'zstd', clevel: 1, shuffle: 1, blocksize: 0 },
  };
}

/** Null where 0 is a value: a v2 reader would mask it. */
function nodataOf(meta: ArrayMeta): string | number | null {
  const [fill] = numbers(meta.attributes._FillValue, '_FillValue');
  return meta.shard && fill !== undefined ? jsonNumber(fill) : null;
}

/** One step of a shard's rows and columns; coordinates stay in one chunk. */
const chunkOf = (meta: ArrayMeta): number[] => {
  const isStep = (i: number): boolean => ['time', 'year'].includes(String(meta.dims?.[i]));
  return meta.shard ? meta.shard.shape.map((size, i) => (isStep(i) ? 1 : size)) : [...meta.chunk];
};

function chunkStarts(shape: readonly number[], chunk: readonly number[]): number[][] {
  let starts: number[][] = [[]];
  for (const [i, size] of shape.entries()) {
    const count = Math.ceil(size / chunk[i]!);
    starts = starts.flatMap((start) => Array.from({ length: count }, (_, k) => [...start, k * chunk[i]!]));
  }
  return starts;
}

/** Copies chunk by chunk; yields 1 for each that is stored and 0 for each without data. */
async function* copyChunks(
  store: Store,
  base: string,
  meta: ArrayMeta,
  to: { readonly store: Store; readonly root: string; readonly name: string },
  options: ExportOptions,
): AsyncGenerator<0 | 1> {
  const heads = new Map();
  for await (const head of store.list(`${base}/c`, cancel(options))) heads.set(head.key, head);
  const array = new ZarrArray(store, base, meta, { title: base, heads, absentChunks: 'fill' });
  const chunk = chunkOf(meta);
  const nodata = nodataOf(meta);
  for (const start of chunkStarts(meta.shape, chunk)) {
    const cells = allocate(
      cellType(meta.type),
      chunk.reduce((n, d) => n * d, 1),
    );
    cells.fill(meta.fill === null ? 0 : fillNumber(meta.fill)); // past the edge
    const stop = start.map((s, i) => Math.min(meta.shape[i]!, s + chunk[i]!));
    await array.read({ start, stop }, { cells, offset: 0, strides: cStrides(chunk) }, options.signal);
    if (nodata !== null && cells.every((v) => Object.is(v, Number(nodata)))) {
      yield 0;
      continue;
    }
    const place = start.map((s, i) => s / chunk[i]!).join('.') || '0';
    await to.store.put(joinKey(to.root, to.name, place), encode(cells, options), cancel(options));
    yield 1;
  }
}

function encode(cells: Cells, { compressor }: ExportOptions): Uint8Array {
  const bytes = viewBytes(cells);
  if (compressor === 'blosc') return encodeBlosc(bytes, { elementSize: cells.BYTES_PER_ELEMENT, level: 1 });
  return new Uint8Array(zlib.deflateSync(bytes, { level: 5 }));
}
