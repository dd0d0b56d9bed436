import { type Estimate, estimateRun } from '../../../lib/job/estimate.ts';
import { pendingTasks } from '../../../lib/job/pending.ts';
import type { Planned } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import { countingStore } from '../../../lib/store/counting.ts';
import { overlayStore } from '../../../lib/store/overlay.ts';

/** What a run would take now. Reads the inputs of some places and writes nothing but memory. */
export async function estimateProduct(world: World, planned: Planned): Promise<Estimate> {
  const { product, plan } = planned;
  const counting = await pendingTasks(world, product, plan.tasks, 'count');
  // What has to be counted again is computed again, as far as anyone can know before.
  const computing = counting.length > 0 ? plan.tasks : await pendingTasks(world, product, plan.tasks, 'run');
  const store = countingStore(overlayStore(world.store));
  const inputs = countingStore(world.inputs);
  const scratch = {
    world: { ...world, store: store.store, inputs: inputs.store },
    take: () => ({ store: store.take(), inputs: inputs.take() }),
  };
  return estimateRun(scratch, planned, counting, computing);
}
