import { summarise } from '../../../../lib/job/finish.ts';
import { pendingTasks } from '../../../../lib/job/pending.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import { memoryLimit } from '../../../runtime/env.ts';
import { EXIT } from '../exit.ts';
import { openJob } from '../open-job.ts';
import { summaryText } from '../summary.ts';

export interface Options {
  readonly json?: boolean;
}

export async function showStatus(specPath: string, options: Options, store: string): Promise<void> {
  const { spec, world } = await openJob(specPath, store);
  const { product, plan } = await planProduct(world, spec, memoryLimit());
  const summary = await summarise(world, product, 'status');
  const stale = await pendingTasks(world, product, plan.tasks, 'run');
  if (options.json)
    console.log(JSON.stringify({ ...summary, staleColumns: stale.map(({ place }) => place) }, null, 2));
  else {
    const todo = `${stale.length} of ${plan.tasks.length} columns have something to do: chunkflux run`;
    console.log(summaryText(summary, stale.length === 0 ? 'Nothing is stale.' : ''));
    if (stale.length > 0) console.log(todo);
  }
  if (summary.state === 'incomplete') process.exitCode = EXIT.incomplete;
}
