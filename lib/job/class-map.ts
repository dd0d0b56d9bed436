import { deflateSync, inflateSync } from 'node:zlib';
import { viewBytes, viewCells } from '../grid/cells.ts';
import type { ChunkCoord } from '../grid/region.ts';
import { classesKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { Binding } from './binding.ts';
import { type ClassSource, mapOf } from './binding-classes.ts';
import { digestOf } from './digest.ts';
import type { DoorContext } from './door.ts';
import { fencedStore } from './fence.ts';
import { type PixelWindow, storedSteps } from './footprint.ts';
import { encodeJson, parseJson } from './record.ts';

/** Class of each cell of a chunk, and how many fine pixels have codes that the legend does not know. */
export interface ClassMap {
  readonly types: Uint8Array;
  readonly unknown: Readonly<Record<string, number>>;
}

/** Shares in each cell of a chunk: of each class, `[class][cell]`, NaN where too little is known, or one alone. */
export interface FractionMap {
  readonly shares: Float32Array;
  readonly unknown: ClassMap['unknown'];
}

interface KeptClasses {
  readonly digest: string;
  /** Deflated, base64. */
  readonly types: string;
  readonly unknown: ClassMap['unknown'];
}

type ClassBinding = Binding & { readonly source: ClassSource };

/**
 * A class map as it was kept, or made and kept. It is the same for the count and for every year that reads it, and to
 * count the 10 m pixels of a chunk costs more than the model.
 */
export const keptClassMap = (
  context: DoorContext,
  binding: ClassBinding,
  read: PixelWindow,
  make: () => Promise<ClassMap>,
): Promise<ClassMap> =>
  kept(context, binding, binding.name, read, async () => {
    const { types, unknown } = await make();
    return { bytes: types, unknown };
  }).then(({ bytes, unknown }) => ({ types: bytes, unknown }));

/** The same of the shares of classes, or of all pixels that have one. */
export const keptFractionMap = (
  context: DoorContext,
  binding: ClassBinding,
  part: 'shares' | 'valid',
  read: PixelWindow,
  make: () => Promise<FractionMap>,
): Promise<FractionMap> =>
  kept(context, binding, `${binding.name}-${part}`, read, async () => {
    const { shares, unknown } = await make();
    return { bytes: viewBytes(shares), unknown };
  }).then(({ bytes, unknown }) => ({ shares: viewCells('float32', bytes.slice()) as Float32Array, unknown }));

interface KeptBytes {
  readonly bytes: Uint8Array;
  readonly unknown: ClassMap['unknown'];
}

async function kept(
  context: DoorContext,
  { source }: ClassBinding,
  name: string,
  read: PixelWindow,
  make: () => Promise<KeptBytes>,
): Promise<KeptBytes> {
  const { world, product, region, window } = context;
  const { height, width } = product.shard;
  const place = { y: Math.floor(region.y0 / height), x: Math.floor(region.x0 / width) };
  const key = classesKey(product.id, name, place, mapOf(source, window.t)?.year);
  const digest = mapDigest(context, source, read);
  const object = await world.store.get(key);
  const before = object && (parseJson(key, object.bytes) as KeptClasses);
  if (before?.digest === digest) {
    return {
      bytes: new Uint8Array(inflateSync(Buffer.from(before.types, 'base64'))),
      unknown: before.unknown,
    };
  }
  const { bytes, unknown } = await make();
  const fenced = fencedStore(world, product, before ? [key] : []);
  await fenced.put(
    key,
    encodeJson({ digest, types: deflateSync(bytes, { level: 1 }).toString('base64'), unknown }),
  );
  return { bytes, unknown };
}

/** All that a class map follows from: the map's objects and grid, its legend, and the product's cells. */
function mapDigest({ product, region, window, open }: DoorContext, source: ClassSource, read: PixelWindow) {
  const { facts, legend } = source;
  const { y0, y1, x0, x1 } = region;
  const [step] = storedSteps(source, window.t);
  const versions = open(facts)
    .dependencies({ ...read, t0: step!, t1: step! + 1 })
    .map(({ key, etag }) => [key, etag]);
  return digestOf({
    cells: [product.grid.crs.proj4, product.grid.transform, y0, y1, x0, x1],
    map: [facts.title, facts.grid.crs.proj4, facts.grid.transform, facts.nodata ?? [], legend],
    versions,
  });
}

/**
 * The class of each cell of a chunk, row-major, as an index of `VEGETATION_TYPES`; undefined where none was kept.
 * @param year of the map, where there is one a year
 */
export async function readClassMap(
  store: Store,
  product: string,
  input: string,
  place: Pick<ChunkCoord, 'y' | 'x'>,
  year?: number,
): Promise<Uint8Array | undefined> {
  const key = classesKey(product, input, place, year);
  const object = await store.get(key);
  if (!object) return undefined;
  const { types } = parseJson(key, object.bytes) as KeptClasses;
  return new Uint8Array(inflateSync(Buffer.from(types, 'base64')));
}
