import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CorruptInput } from '../../../lib/errors.ts';
import { digestOf } from '../../../lib/job/digest.ts';
import { encodeJson, parseJson } from '../../../lib/job/record.ts';
import type { World } from '../../../lib/job/world.ts';
import { weightsKey, weightsRoot } from '../../../lib/store/keys.ts';
import type { Block } from '../../../lib/view/chunk-cover.ts';
import { type PixelLists, type SparseWeights, WeightLists } from '../../../lib/view/sparse-weights.ts';
import { meet, type PixelWindow } from '../../../lib/view/zone-weights.ts';
import type { ServedProduct } from '../served-product.ts';
import { coverOf } from './plan.ts';
import type { AskedZone } from './zones.ts';

/** Of what is kept: another one has all of it made anew. */
const FORM = 1;

/** A zone of a stored set, as it lies on a product: all that a reduction needs but the weights themselves. */
interface KeptZone {
  readonly id: string;
  readonly name: string;
  readonly problem?: string;
  readonly polygonArea?: number;
  readonly window?: PixelWindow;
  readonly whole?: readonly Block[];
  /** `[y, x]` of the chunks on its outline. */
  readonly rim?: readonly (readonly [y: number, x: number])[];
}

/** Weights of a stored set of zones on a product's pixels, made once. */
export interface KeptWeights {
  readonly zones: readonly AskedZone[];
  /** Weights in a chunk by a zone's place in the set; none for a zone that holds all of it. */
  chunk(world: World, at: { readonly y: number; readonly x: number }): Promise<KeptChunk>;
}

export interface KeptChunk {
  readonly window: PixelWindow;
  readonly weights: ReadonlyMap<number, SparseWeights>;
}

/** A set as it is now, on a product as it is now. */
export interface SetVersion {
  readonly product: ServedProduct;
  readonly set: string;
  readonly etag: string;
}

/** Names the weights by all that they follow from. */
function digestFor({ product, etag }: SetVersion): string {
  const { crs, transform, height, width } = product.grid();
  return digestOf({
    form: FORM,
    etag,
    crs: crs.proj4,
    transform,
    height,
    width,
    shard: product.product.shard,
  });
}

/** @returns undefined when nobody has made them yet */
export async function readKept(world: World, version: SetVersion): Promise<KeptWeights | undefined> {
  const { product, set } = version;
  const root = weightsRoot(product.id, set, digestFor(version));
  const key = `${root}index.json`;
  const object = await world.store.get(key, signalOf(world));
  if (!object) return undefined;
  const zones = (parseJson(key, object.bytes) as { zones: KeptZone[] }).zones.map(askedZone);
  return { zones, chunk: (own, at) => readChunk(own, weightsKey(root, at)) };
}

function askedZone(kept: KeptZone, index: number): AskedZone {
  const { id, name, problem, polygonArea = Number.NaN, window, whole = [], rim = [] } = kept;
  const base = { index, id, name, feature: undefined };
  if (problem !== undefined) return { ...base, problem };
  const zone = { id, name, polygonArea, window, weights: notKept };
  return { ...base, zone, kept: { whole, rim: rim.map(([y, x]) => ({ level: 0, y, x })) } };
}

const notKept = (): never => {
  throw new RangeError('kept zones have their weights by chunk');
};

/** Makes and keeps the weights of a set's zones; the index comes last. */
export async function keepWeights(
  world: World,
  version: SetVersion,
  zones: readonly AskedZone[],
): Promise<void> {
  const { product, set } = version;
  const root = weightsRoot(product.id, set, digestFor(version));
  const chunks = new Map<string, { y: number; x: number; zones: number[] }>();
  const index: KeptZone[] = zones.map((asked, i) => {
    const { id, name, zone, problem } = asked;
    if (!zone) return { id, name, problem: problem ?? 'it is no polygon' };
    const { whole, rim } = coverOf(product, asked, false);
    for (const { y, x } of rim) {
      const chunk = chunks.get(`${y},${x}`) ?? { y, x, zones: [] };
      chunks.set(`${y},${x}`, chunk);
      chunk.zones.push(i);
    }
    const { polygonArea, window } = zone;
    return { id, name, polygonArea, ...(window && { window }), whole, rim: rim.map(({ y, x }) => [y, x]) };
  });
  const lists = new WeightLists();
  for (const { y, x, zones: within } of chunks.values()) {
    world.signal?.throwIfAborted();
    const window = product.chunkRegion(0, { t: 0, y, x });
    lists.begin(window);
    const found = within.flatMap((i) => {
      const zone = zones[i]!.zone!;
      const part = meet(zone.window!, window);
      return part ? [[i, lists.add(zone, part)] as const] : [];
    });
    await world.store.put(weightsKey(root, { y, x }), encodeChunk(window, found, lists.lists));
    await new Promise((resolve) => setImmediate(resolve)); // others want to be answered too
  }
  await world.store.put(`${root}index.json`, encodeJson({ zones: index }));
}

type Ranges = Omit<SparseWeights, 'lists'>;

interface Head {
  readonly window: PixelWindow;
  /** `[zone, cell0, cell1, run0, run1, pixels]` */
  readonly zones: readonly (readonly [number, number, number, number, number, number])[];
}

function encodeChunk(
  { y0, y1, x0, x1 }: PixelWindow,
  zones: readonly (readonly [number, Ranges])[],
  { cells, shares, from, to }: PixelLists,
): Uint8Array {
  const last = zones.at(-1)?.[1] ?? { cell1: 0, run1: 0 };
  const head: Head = {
    window: { y0, y1, x0, x1 },
    zones: zones.map(([i, r]) => [i, r.cell0, r.cell1, r.run0, r.run1, r.pixels]),
  };
  const text = Buffer.from(JSON.stringify(head));
  const parts = [cells.subarray(0, last.cell1), from.subarray(0, last.run1), to.subarray(0, last.run1)];
  const sizes = Uint32Array.of(text.length, last.cell1, last.run1);
  const own = shares.subarray(0, last.cell1);
  const bytes = [sizes, own, ...parts].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength));
  return zstdCompressSync(Buffer.concat([...bytes, text]));
}

async function readChunk(world: World, key: string): Promise<KeptChunk> {
  const object = await world.store.get(key, signalOf(world));
  if (!object) throw new CorruptInput(`${key} is gone. Store the zones again.`);
  const { buffer } = Uint8Array.from(zstdDecompressSync(object.bytes)); // at the start of a buffer of its own
  const [textLength = 0, cellCount = 0, runCount = 0] = new Uint32Array(buffer, 0, 3);
  let at = 12;
  const take = (bytes: number): number => {
    const start = at;
    at += bytes;
    return start;
  };
  const shares = new Float64Array(buffer.slice(take(8 * cellCount), at));
  const cells = new Int32Array(buffer, take(4 * cellCount), cellCount);
  const from = new Int32Array(buffer, take(4 * runCount), runCount);
  const to = new Int32Array(buffer, take(4 * runCount), runCount);
  const head = JSON.parse(Buffer.from(buffer, at, textLength).toString()) as Head;
  const lists = { cells, shares, from, to };
  const weights = head.zones.map(([i, cell0, cell1, run0, run1, pixels]): [number, SparseWeights] => [
    i,
    { lists, cell0, cell1, run0, run1, pixels },
  ]);
  return { window: head.window, weights: new Map(weights) };
}

const signalOf = ({ signal }: World): { signal?: AbortSignal } => (signal ? { signal } : {});
