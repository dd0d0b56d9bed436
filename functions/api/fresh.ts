import { UnsupportedInput } from '../../lib/errors.ts';
import type { ChunkCoord } from '../../lib/grid/region.ts';
import { worldOf } from '../../lib/job/inputs-of.ts';
import { type Plan, planRun, type Task } from '../../lib/job/plan.ts';
import { readPrepared, statisticFrom } from '../../lib/job/prepare.ts';
import type { Product } from '../../lib/job/product.ts';
import { type ChunkOutcome, runTask } from '../../lib/job/run-task.ts';
import { readPlanInput } from '../../lib/job/start.ts';
import { carriesState } from '../../lib/job/state.ts';
import type { World } from '../../lib/job/world.ts';
import { OverLimit } from './errors.ts';
import type { Limits } from './options.ts';
import type { ServedProduct } from './served-product.ts';

/**
 * Brings one chunk up to its inputs as they are now, and the coarser ones above it: plans from headers and listings,
 * and computes what the plan's digest says is missing or stale.
 *
 * @throws OverLimit when planning or reading would be more than a request may do
 * @throws UnsupportedInput when a statistic of the whole region has to be made anew first
 */
export async function freshen(
  world: World,
  served: ServedProduct,
  at: ChunkCoord,
  memoryLimit: number,
  limits: Limits,
): Promise<ChunkOutcome['state']> {
  const { spec, levels, windows } = served.product;
  const { height, width } = levels[0]!.shards;
  const chunks = height * width * windows.length;
  if (chunks > limits.freshChunks)
    throw new OverLimit('freshChunks', limits.freshChunks, chunks, 'Run the product instead.');
  const own = worldOf(world, spec);
  const input = await readPlanInput(own, spec, memoryLimit);
  const plan = planRun(input);
  const task = taskOf(plan, input.product, at);
  const bytes = task.windows.reduce((sum, window) => sum + window.bytes, task.spinUp?.bytes ?? 0);
  if (bytes > limits.freshBytes)
    throw new OverLimit('freshBytes', limits.freshBytes, bytes, 'Run the product instead.');
  await checkPrepared(own, plan, input.product, task);
  const outcomes = await runTask(own, plan, input.product, task);
  for (const { at: done } of outcomes) served.forget(done);
  return outcomes.at(-1)!.state;
}

/** The chunk's own window; where a window starts from what the one before left, those before it too. */
function taskOf({ tasks }: Plan, product: Product, { t, y, x }: ChunkCoord): Task {
  const task = tasks.find(({ place }) => place.y === y && place.x === x)!;
  const windows = task.windows.filter((window) => window.t === t || (carriesState(product) && window.t < t));
  return { ...task, windows };
}

async function checkPrepared(world: World, plan: Plan, product: Product, { windows }: Task): Promise<void> {
  for (const { t } of windows) {
    const prepared = await readPrepared(world.store, product, t);
    if (prepared?.from === statisticFrom(product, plan.counts, t)) continue;
    throw new UnsupportedInput(
      `fresh: ${product.model.prepare!.id} of ${product.windows[t]!.year} is a statistic of the whole region, and its inputs, or the model, have changed: no chunk can be made without it, and one of the new beside others of the old would be a mixture. Run the product (chunkflux run, or redrive): only what is stale is computed.`,
    );
  }
}
