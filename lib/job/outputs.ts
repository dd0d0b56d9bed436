import pLimit from 'p-limit';
import { Conflict } from '../errors.ts';
import { cellAreas } from '../grid/area.ts';
import type { Cells } from '../grid/cells.ts';
import type { ChunkCoord } from '../grid/region.ts';
import type { ArraySpec } from '../raster/write.ts';
import { encodeShard, putShard, shardExtent, shardKey } from '../raster/write.ts';
import {
  type ProductVariable,
  productArrays,
  productObjects,
  validAreaName,
  type ZarrProduct,
} from '../raster/zarr-product.ts';
import type { OutputVariable } from '../science/model.ts';
import { dataRoot, stateKey } from '../store/keys.ts';
import type { PutOptions, Store } from '../store/store.ts';
import { stepCount } from './compute.ts';
import { canonicalJson } from './digest.ts';
import { daysIn, daysOfWindow, type Product, poolsAt, regionOf } from './product.ts';
import type { Sums } from './record.ts';
import type { Source } from './spec.ts';
import { checkStillAccepted } from './start.ts';
import { sumChunk } from './sums.ts';
import type { World } from './world.ts';

const VERSION = '0.1.0';
const REQUESTS_AT_ONCE = 16;
/** A run of the same spec may write the same bytes at the same moment. */
const METADATA_TRIES = 3;

/** The product's group as the Zarr writer needs it. */
export function zarrOf(product: Product): ZarrProduct {
  const { spec, grid, windows, model, shard, chunk, levels, outputs } = product;
  const { institution, references, comment, license } = spec.about;
  const hasDays = Object.values(outputs).some(({ dims }) => dims === 'dyx');
  return {
    grid,
    steps: windows.flatMap(({ steps }) => steps.map(({ start, end }) => [start, end] as const)),
    ...(hasDays && { days: windows.flatMap(daysOfWindow) }),
    years: windows.map(({ year }) => year),
    variables: Object.entries(outputs).map(([name, variable]) => variableOf(product, name, variable)),
    levels: levels.length,
    shard: {
      time: windows[0]!.steps.length,
      day: daysIn(windows[0]!),
      year: 1,
      y: shard.height,
      x: shard.width,
    },
    chunk: { y: chunk.height, x: chunk.width },
    attributes: {
      title: spec.title,
      source: `chunkflux ${VERSION}, model ${model.id} ${model.version}, parameters ${JSON.stringify(product.params)}, inputs ${canonicalJson(choicesOf(spec))}`,
      references: [references, ...model.cite].filter(Boolean).join('; '),
      ...(institution && { institution }),
      ...(comment && { comment }),
      ...(license && { license }),
    },
  };
}

/** How each input is read, as the spec has it: what is chosen there is part of the numbers' meaning. */
function choicesOf({ sources, zones }: Product['spec']): object {
  const short = (source: Source) =>
    'series' in source ? { ...source, series: `${Object.keys(source.series).length} values` } : source;
  return {
    ...Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, short(source)])),
    ...(zones && { study: { file: zones.file } }),
  };
}

const TIME_AXIS = { tyx: 'time', dyx: 'day', yx: 'year' } as const;

function variableOf({ outputs }: Product, name: string, variable: OutputVariable): ProductVariable {
  const {
    dims,
    dtype = 'float32',
    fill,
    title,
    units,
    standardName,
    flags,
    cellMethods,
    positive,
  } = variable;
  const qa = dims === 'yx' ? 'qa_a' : 'qa';
  return {
    name,
    dims: [TIME_AXIS[dims], 'y', 'x'],
    dtype,
    fill: dtype === 'float32' ? Number.NaN : (fill ?? 255),
    longName: title,
    ...(!flags && { units }),
    ...(standardName && { standardName }),
    ...(flags && { flags }),
    ...(cellMethods && { cellMethods }),
    ...(positive && { attributes: { positive } }),
    ...(outputs[qa] && dims !== 'dyx' && name !== qa && { ancillary: [qa] }),
  };
}

const arraysByProduct = new WeakMap<Product, ReadonlyMap<string, ArraySpec>>();

/** One array of the product. The arrays are worked out once a product: they only follow from it. */
export function arrayNamed(product: Product, level: number, name: string): ArraySpec {
  let arrays = arraysByProduct.get(product);
  if (!arrays) {
    arrays = new Map(productArrays(zarrOf(product)).map((array) => [`${array.level}/${array.name}`, array]));
    arraysByProduct.set(product, arrays);
  }
  const array = arrays.get(`${level}/${name}`);
  if (!array) throw new RangeError(`no array ${level}/${name} in ${product.id}`);
  return array;
}

/** Everything that a chunk consists of, but its record: keys by the names of arrays and pools. */
export function chunkKeys(product: Product, level: number, at: ChunkCoord): Map<string, string> {
  const arrays = Object.entries(product.outputs).flatMap(([name, { dtype = 'float32' }]) =>
    level > 0 && dtype === 'float32' ? [name, validAreaName(name)] : [name],
  );
  const root = dataRoot(product.id);
  const shards = arrays.map((name) => [name, shardKey(root, arrayNamed(product, level, name), at)] as const);
  const pools = level === 0 ? poolsAt(product, at.t) : [];
  return new Map([
    ...shards,
    ...pools.map((pool) => [`state/${pool}`, stateKey(product.id, pool, at)] as const),
  ]);
}

/** Encodes one array of a chunk and has it put; nobody's cells are looked at once it has answered. */
export type WriteArray = (name: string, cells: Cells) => Promise<void>;

/**
 * Writes the shards of a chunk one after the other, each one while the next is made.
 * @param work gives the arrays, in the order in which they are put
 * @returns whether any cell of any output is valid
 */
export async function writeOutputs(
  { store, signal }: World,
  product: Product,
  level: number,
  at: ChunkCoord,
  work: (write: WriteArray) => Promise<void>,
): Promise<boolean> {
  const root = dataRoot(product.id);
  let any = false;
  let last: Promise<unknown> = Promise.resolve();
  const write: WriteArray = async (name, cells) => {
    const array = arrayNamed(product, level, name);
    const shard = encodeShard(array, cells, shardExtent(array, at));
    if (shard && array.dtype === 'float32') any = true;
    await last;
    last = putShard(store, root, array, at, shard, signal ? { signal } : {});
    last.catch(() => {}); // it is awaited below, perhaps after the next array has failed
  };
  try {
    await work(write);
    await last;
    return any;
  } finally {
    await Promise.allSettled([last]);
  }
}

/** Sums of every float output of a chunk, with the true areas of its cells. */
export function sumOutputs(
  product: Product,
  at: ChunkCoord,
  arrays: Readonly<Record<string, Cells>>,
): Record<string, Sums> {
  const areas = cellAreas(product.grid, regionOf(product, at));
  const window = product.windows[at.t]!;
  return Object.fromEntries(
    Object.entries(product.outputs)
      .filter(([, { dtype = 'float32' }]) => dtype === 'float32')
      .map(([name, variable]) => [name, sumChunk(arrays[name]!, stepCount(variable, window), areas)]),
  );
}

/** Metadata and coordinate objects of a product. */
export const countMetadata = (product: Product): number =>
  [...productObjects(zarrOf(product), dataRoot(product.id))].length;

/**
 * Puts every metadata and coordinate object of the product that is not there as it should be.
 * @throws Conflict when the product was accepted anew with another spec
 */
export async function writeMetadata(world: World, product: Product): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await putStaleMetadata(world, product);
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === METADATA_TRIES) throw error;
    }
  }
}

async function putStaleMetadata(world: World, product: Product): Promise<void> {
  const { store } = world;
  const limit = pLimit(REQUESTS_AT_ONCE);
  const objects = [...productObjects(zarrOf(product), dataRoot(product.id))];
  const before = await Promise.all(objects.map(([key]) => limit(() => store.get(key))));
  const stale = objects.flatMap(([key, bytes], i) => {
    const there = before[i];
    if (there && Buffer.from(there.bytes).equals(bytes)) return [];
    return [{ key, bytes, condition: there ? { ifMatch: there.etag } : { onlyIfAbsent: true } }];
  });
  if (stale.length === 0) return;
  await checkStillAccepted(world, product);
  await Promise.all(
    stale.map(({ key, bytes, condition }) => limit(() => putOrMeet(store, key, bytes, condition))),
  );
}

/** Another run of the same spec may be first: what lies there then is what was to be put. */
async function putOrMeet(store: Store, key: string, bytes: Uint8Array, condition: PutOptions): Promise<void> {
  try {
    await store.put(key, bytes, condition);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const there = await store.get(key);
    if (!there || !Buffer.from(there.bytes).equals(bytes)) throw error;
  }
}
