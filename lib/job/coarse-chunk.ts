import { release } from '../grid/cells.ts';
import type { ChunkCoord } from '../grid/region.ts';
import { disown, NotAsRecorded, recordedStore } from './chunk-objects.ts';
import {
  type CoarseArrays,
  coarsenOutput,
  coarseRatio,
  isPartOfRatio,
  newArrays,
  ratiosLast,
} from './coarsen.ts';
import { digestOf } from './digest.ts';
import { writeOutputs } from './outputs.ts';
import { type Product, regionOf } from './product.ts';
import { type ChunkRecord, type ChunkState, isDone, type Sums } from './record.ts';
import { replaceChunk } from './replace-chunk.ts';
import type { World } from './world.ts';

/** Of what a coarser record says: another one has all of them built again. */
const FORM = 2;

/** A coarser chunk as it stands, and the children that it should be made of. */
export interface CoarseChunk {
  readonly level: number;
  readonly at: ChunkCoord;
  readonly children: readonly ChunkRecord[];
  /** Of the children as they are now. */
  readonly digest: string;
  readonly before: ChunkRecord | undefined;
}

export function coarseChunk(
  product: Product,
  level: number,
  at: ChunkCoord,
  before: ChunkRecord | undefined,
  children: readonly ChunkRecord[],
): CoarseChunk {
  const of = children.map(({ state, digest }) => [state, digest]);
  return { level, at, children, before, digest: digestOf({ product: product.digest, of, form: FORM }) };
}

export const isCurrent = ({ before, digest }: CoarseChunk): boolean => before?.digest === digest;

export function childrenOf({ levels }: Product, level: number, { t, y, x }: ChunkCoord): ChunkCoord[] {
  const { height, width } = levels[level - 1]!.shards;
  const four = [0, 1].flatMap((dy) => [0, 1].map((dx) => ({ t, y: 2 * y + dy, x: 2 * x + dx })));
  return four.filter((child) => child.y < height && child.x < width);
}

/**
 * Builds a coarser chunk from its children. Where none of them is done it is recorded as missing, and what an earlier
 * time left there stays, as it does in the children: no record claims it.
 * @returns its record; undefined when a child is not what its own record says, which is then taken away
 */
export async function buildCoarse(
  world: World,
  product: Product,
  { level, at, children, digest, before }: CoarseChunk,
): Promise<ChunkRecord | undefined> {
  const done = children.filter(isDone);
  const lacking = children.reduce((sum, child) => sum + lackingOf(product, child), 0);
  const base = { level, at, region: regionOf(product, at, level), digest };
  try {
    return await replaceChunk(world, product, base, before, async (fenced) => ({
      ...base,
      state: await coarsen(fenced, product, level, at, done),
      sums: addSums(done.map(({ sums }) => sums)),
      inputs: {},
      lacking,
    }));
  } catch (error) {
    if (!(error instanceof NotAsRecorded)) throw error;
    await disown(world, product, error);
    return undefined;
  }
}

/** Chunks of level 0 that a child leaves out: all below it when it is not done itself. */
function lackingOf({ levels }: Product, child: ChunkRecord): number {
  if (isDone(child)) return child.lacking ?? 0;
  const { level, at } = child;
  const [side, { height, width }] = [2 ** level, levels[0]!.shards];
  const rows = Math.min(height, (at.y + 1) * side) - at.y * side;
  const cols = Math.min(width, (at.x + 1) * side) - at.x * side;
  return rows * cols;
}

async function coarsen(
  world: World,
  product: Product,
  level: number,
  at: ChunkCoord,
  done: readonly ChunkRecord[],
): Promise<ChunkState> {
  if (done.length === 0) return 'missing-input';
  return (await coarsenOutputs(world, product, level, at, done)) ? 'computed' : 'all-nodata';
}

/**
 * One output after the other, so that only one is in memory besides a child's shard; ratios come last, as they are made
 * of two others.
 * @returns whether any cell of any output is valid
 */
async function coarsenOutputs(
  world: World,
  product: Product,
  level: number,
  at: ChunkCoord,
  children: readonly ChunkRecord[],
): Promise<boolean> {
  const kept: CoarseArrays = {};
  return writeOutputs(world, product, level, at, async (write) => {
    for (const name of ratiosLast(product)) {
      const arrays = await coarsenOne(world, product, level, at, children, name);
      coarseRatio(product, { ...kept, ...arrays }, name);
      for (const [array, cells] of Object.entries(arrays)) await write(array, cells);
      if (isPartOfRatio(product, name)) Object.assign(kept, arrays);
      else Object.values(arrays).forEach(release);
    }
  });
}

async function coarsenOne(
  world: World,
  product: Product,
  level: number,
  at: ChunkCoord,
  children: readonly ChunkRecord[],
  name: string,
): Promise<CoarseArrays> {
  const covered = children.length === childrenOf(product, level, at).length;
  const arrays = newArrays(product, level, at, name, covered);
  for (const child of children) {
    const store = recordedStore(world.store, product, child);
    await coarsenOutput({ ...world, store }, product, level, at, child, name, arrays);
  }
  return arrays;
}

/** Sums of a chunk are the sums of its children. One that is still of another choice of outputs lacks some; it is built again. */
function addSums(parts: readonly Readonly<Record<string, Sums>>[]): Record<string, Sums> {
  const names = Object.keys(parts[0] ?? {}).filter((name) => parts.every((part) => name in part));
  return Object.fromEntries(names.map((name) => [name, parts.map((part) => part[name]!).reduce(addTwo)]));
}

function addTwo(a: Sums, b: Sums): Sums {
  const add = (p: readonly number[], q: readonly number[]) => p.map((value, i) => value + q[i]!);
  const pick = (p: number | null, q: number | null, of: (...values: number[]) => number) =>
    p === null ? q : q === null ? p : of(p, q);
  return {
    valid: add(a.valid, b.valid),
    area: add(a.area, b.area),
    total: add(a.total, b.total),
    min: pick(a.min, b.min, Math.min),
    max: pick(a.max, b.max, Math.max),
  };
}
