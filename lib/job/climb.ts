import type { ChunkCoord } from '../grid/region.ts';
import { isAsRecorded } from './chunk-objects.ts';
import { buildCoarse, type CoarseChunk, childrenOf, coarseChunk, isCurrent } from './coarse-chunk.ts';
import type { Product } from './product.ts';
import { type ChunkRecord, readRecord } from './record.ts';
import type { World } from './world.ts';

/**
 * Completion climbs the pyramid: whoever records the last of four siblings builds the chunk above them, and goes on
 * from there. No counter and no polling; two who see the last one at once build the same bytes.
 *
 * @param known the record of the chunk that is climbed from, where it is at hand
 */
export async function climb(
  world: World,
  product: Product,
  { level, at }: Pick<ChunkRecord, 'level' | 'at'>,
  known?: ChunkRecord,
): Promise<void> {
  let below = known;
  for (let above = level + 1, { t, y, x } = at; above < product.levels.length; above++) {
    [y, x] = [y >> 1, x >> 1];
    const found = await lookAbove(world, product, above, { t, y, x }, below);
    if (!found) return;
    if (await stands(world, product, found)) below = found.before;
    else if (found.before && (await isToChange(world, product, found, at))) return;
    else below = await buildCoarse(world, product, found);
    if (!below) return;
  }
}

const stands = async (world: World, product: Product, found: CoarseChunk): Promise<boolean> =>
  isCurrent(found) && (!world.doubts || isAsRecorded(world, product, found.before!));

/** Whether the run has yet to come to a sibling; the last place below it, in the order of sending, stands for all. */
async function isToChange(
  { isPending }: World,
  { levels }: Product,
  { level, children }: CoarseChunk,
  from: { readonly y: number; readonly x: number },
): Promise<boolean> {
  if (!isPending) return false;
  const side = 2 ** (level - 1);
  const { height, width } = levels[0]!.shards;
  const isOwn = ({ at }: ChunkRecord) =>
    at.y === Math.floor(from.y / side) && at.x === Math.floor(from.x / side);
  const others = children.filter((child) => !isOwn(child));
  const pending = others.map(({ at }) =>
    isPending({ y: Math.min((at.y + 1) * side, height) - 1, x: Math.min((at.x + 1) * side, width) - 1 }),
  );
  return (await Promise.all(pending)).includes(true);
}

/**
 * A coarser chunk with its children. Most climbs end here, at a sibling that is not recorded yet: one is asked for
 * first, and the others together if it is there.
 * @returns undefined when a child is not recorded yet
 */
async function lookAbove(
  { store }: World,
  product: Product,
  level: number,
  at: ChunkCoord,
  known: ChunkRecord | undefined,
): Promise<CoarseChunk | undefined> {
  const read = (child: ChunkCoord) => readRecord(store, product.id, level - 1, child);
  const isKnown = (child: ChunkCoord) => child.y === known?.at.y && child.x === known.at.x;
  const all = childrenOf(product, level, at);
  const first = all.findLast((child) => !isKnown(child));
  const firstRecord = first && (await read(first));
  if (first && !firstRecord) return undefined;
  const [before, ...children] = await Promise.all([
    readRecord(store, product.id, level, at),
    ...all.map((child) => (isKnown(child) ? known : child === first ? firstRecord : read(child))),
  ]);
  if (!children.every((record) => record !== undefined)) return undefined;
  return coarseChunk(product, level, at, before, children);
}
