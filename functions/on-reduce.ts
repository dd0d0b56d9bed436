import type { ReduceItem } from '../lib/job/queue.ts';
import type { World } from '../lib/job/world.ts';
import type { Store } from '../lib/store/store.ts';
import { reducePart } from './api/reduction-runs/work.ts';
import { Shelf } from './api/shelf.ts';

/** Products stay open between the items of one process. */
const shelves = new WeakMap<Store, Shelf>();

/** Does a part of a reduction that someone asked for over HTTP. */
export function onReduce(world: World, item: ReduceItem): Promise<void> {
  const shelf = shelves.get(world.store) ?? new Shelf();
  shelves.set(world.store, shelf);
  return reducePart(world, shelf, item);
}
