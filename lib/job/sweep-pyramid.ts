import pLimit from 'p-limit';
import type { ChunkCoord } from '../grid/region.ts';
import { buildCoarse, childrenOf, coarseChunk, isCurrent } from './coarse-chunk.ts';
import { mapInOrder } from './in-order.ts';
import type { Product } from './product.ts';
import { type ChunkRecord, readRecord } from './record.ts';
import type { World } from './world.ts';

/** Told of every chunk of level 0, with its record where it has one. */
export type Told = (at: ChunkCoord, record: ChunkRecord | undefined) => void;

/** Below this level, records are asked for together: 64 chunks and the 21 above them. */
const AT_ONCE = 3;

/**
 * Builds every coarser chunk that is not current: what a crash between a record and its climb left. Walks each window's
 * pyramid once, so that each record is read once, and holds no more of them than one branch.
 *
 * @returns false when a chunk was not what its record said: its record is gone, after `told` was told of it
 */
export async function sweepPyramid(world: World, product: Product, told: Told = () => {}): Promise<boolean> {
  const oneByOne = pLimit(1); // building takes a task's memory, looking next to none
  let whole = true;

  const visit = async (level: number, at: ChunkCoord): Promise<ChunkRecord | undefined> => {
    world.signal?.throwIfAborted();
    const own = readRecord(world.store, product.id, level, at);
    if (level === 0) {
      const record = await own;
      told(at, record);
      return record;
    }
    const [before, children] = await Promise.all([own, visitAll(level, childrenOf(product, level, at))]);
    if (!children.every((record) => record !== undefined)) return before;
    const found = coarseChunk(product, level, at, before, children);
    if (isCurrent(found)) return before;
    const built = await oneByOne(() => buildCoarse(world, product, found));
    if (!built) whole = false;
    return built;
  };

  const visitAll = async (level: number, children: readonly ChunkCoord[]) => {
    const atOnce = level <= AT_ONCE ? children.length : 1;
    const records: (ChunkRecord | undefined)[] = [];
    for await (const record of mapInOrder(children, atOnce, (child) => visit(level - 1, child)))
      records.push(record);
    return records;
  };

  const top = product.levels.length - 1;
  for (const { t } of product.windows) await visit(top, { t, y: 0, x: 0 });
  return whole;
}
