import { readCurrent } from '../../lib/job/current.ts';
import type { Task } from '../../lib/job/plan.ts';
import { readPrepared } from '../../lib/job/prepare.ts';
import { type ChunkRecord, parseJson } from '../../lib/job/record.ts';
import { chunkDigest } from '../../lib/job/run-task.ts';
import { readFirstState } from '../../lib/job/spin-up.ts';
import type { World } from '../../lib/job/world.ts';
import { tasksKey } from '../../lib/store/keys.ts';
import { newestRun } from './product-news.ts';
import type { ServedProduct } from './served-product.ts';

/** Tasks by `y/x`. */
type Tasks = ReadonlyMap<string, Task>;
const kept = new WeakMap<ServedProduct, { readonly run: string; readonly tasks: Tasks }>();

/**
 * Tells of native records of a window whether they are out of date: whether the newest plan of the product wants them
 * made from something else. Where no plan is known, none is.
 */
export async function staleTest(
  world: World,
  product: ServedProduct,
  t: number,
): Promise<(record: ChunkRecord) => Promise<boolean>> {
  return staleAgainst(world, product, t, await plannedTasks(world, product));
}

/** The same against the tasks of a plan at hand. */
export async function staleAgainst(
  world: World,
  product: ServedProduct,
  t: number,
  tasks: Tasks,
): Promise<(record: ChunkRecord) => Promise<boolean>> {
  const prepared = await readPrepared(world.store, product.product, t);
  return async ({ at: { y, x }, digest }) => {
    const task = tasks.get(`${y}/${x}`);
    const window = task?.windows.find((w) => w.t === t);
    if (!task || !window) return false;
    return digest !== chunkDigest(window, prepared?.digest, await stateBefore(world, product, task, t));
  };
}

/** The state that a window starts from: that which the one before it left, or the first one. */
async function stateBefore(
  world: World,
  product: ServedProduct,
  { place, windows, spinUp }: Task,
  t: number,
): Promise<string | undefined> {
  const before = windows[windows.findIndex((window) => window.t === t) - 1];
  if (before) return (await product.record(world, 0, { t: before.t, ...place }))?.stateOut;
  return spinUp && (await readFirstState(world.store, product.id, place))?.stateOut;
}

async function plannedTasks(world: World, product: ServedProduct): Promise<Tasks> {
  const run = await runOf(world, product);
  const known = kept.get(product);
  if (run === undefined) return new Map();
  if (known?.run === run) return known.tasks;
  const key = tasksKey(run);
  const object = await world.store.get(key, world.signal ? { signal: world.signal } : {});
  if (!object) return new Map();
  const list = parseJson(key, object.bytes) as readonly Task[];
  const tasks = new Map(list.map((task) => [`${task.place.y}/${task.place.x}`, task]));
  kept.set(product, { run, tasks });
  return tasks;
}

/** The run that events made current, else the newest of the journal. */
async function runOf(world: World, { id }: ServedProduct): Promise<string | undefined> {
  const { current } = await readCurrent(world, id);
  if (current) return current.run;
  const journal = await newestRun(world, id);
  return journal && /([^/]+)\.json$/.exec(journal)?.[1];
}
