import pLimit from 'p-limit';
import { countsKey } from '../store/keys.ts';
import { countsDigest, type Plan, type Task } from './plan.ts';
import { readPrepared } from './prepare.ts';
import type { Product } from './product.ts';
import { isDone, parseJson, readRecord } from './record.ts';
import { chunkDigest } from './run-task.ts';
import { isFirstStateCurrent, readFirstState } from './spin-up.ts';
import type { World } from './world.ts';

const READ_AT_ONCE = 32;

/** The tasks that have something to do: digests against records, no pixel read. */
export async function pendingTasks(
  world: World,
  product: Product,
  tasks: readonly Task[],
  kind: 'count' | 'run',
): Promise<Task[]> {
  const limit = pLimit(READ_AT_ONCE);
  const counts = product.model.prepare && product.windows.map(({ t }) => countsDigest(tasks, t));
  const isPending = await pendingTest(world, product, kind, counts);
  const pending = await Promise.all(tasks.map((task) => limit(() => isPending(task))));
  return tasks.filter((_, i) => pending[i]);
}

type Test = (task: Task) => Promise<boolean>;

/** Asks of one task after the other whether it has something to do. @param counts those of the plan */
export const pendingTest = (
  world: World,
  product: Product,
  kind: 'count' | 'run',
  counts: Plan['counts'],
): Promise<Test> => (kind === 'count' ? countPending(world, product, counts) : runPending(world, product));

async function countPending(world: World, product: Product, counts: Plan['counts']): Promise<Test> {
  const { prepare } = product.model;
  if (!prepare) return async () => false;
  const stale = new Set<number>();
  for (const { t } of product.windows) {
    const prepared = await readPrepared(world.store, product, t);
    if ((prepared?.own ?? prepared?.from) !== counts?.[t]) stale.add(t);
  }
  return async ({ place, windows }) => {
    for (const { t, countDigest } of windows) {
      if (!stale.has(t)) continue;
      const key = countsKey(product.id, prepare.id, { t, ...place });
      const object = await world.store.get(key);
      if (!object || (parseJson(key, object.bytes) as { digest?: string }).digest !== countDigest)
        return true;
    }
    return false;
  };
}

async function runPending(world: World, product: Product): Promise<Test> {
  const prepared = new Map(
    await Promise.all(
      product.windows.map(
        async ({ t }) => [t, (await readPrepared(world.store, product, t))?.digest] as const,
      ),
    ),
  );
  return async (task) => {
    const { place, windows, spinUp } = task;
    const first = spinUp && (await readFirstState(world.store, product.id, place));
    if (!isFirstStateCurrent(task, first)) return true;
    let stateIn = first?.stateOut;
    for (const window of windows) {
      const record = await readRecord(world.store, product.id, 0, { t: window.t, ...place });
      if (!record || !isDone(record)) return true;
      if (record.digest !== chunkDigest(window, prepared.get(window.t), stateIn)) return true;
      stateIn = record.stateOut;
    }
    return false;
  };
}
