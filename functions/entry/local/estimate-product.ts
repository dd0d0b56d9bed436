import { type Estimate, estimateRun } from '../../../lib/job/estimate.ts';
import { startMeter } from '../../../lib/job/meter.ts';
import { pendingTasks } from '../../../lib/job/pending.ts';
import type { Planned } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import { overlayStore } from '../../../lib/store/overlay.ts';
import { countedWorld } from '../../runtime/counted-world.ts';

/** What a run would take now. Reads the inputs of some places and writes nothing but memory. */
export async function estimateProduct(world: World, planned: Planned): Promise<Estimate> {
  const { product, plan } = planned;
  const scratch = countedWorld({ ...world, store: overlayStore(world.store) });
  const meter = startMeter(scratch);
  const counting = await pendingTasks(scratch, product, plan.tasks, 'count');
  const pending = await pendingTasks(scratch, product, plan.tasks, 'run');
  // What has to be counted again is computed again, as far as anyone can know before.
  const computing = counting.length > 0 ? plan.tasks : pending;
  return estimateRun(scratch, planned, counting, computing, meter.read());
}
