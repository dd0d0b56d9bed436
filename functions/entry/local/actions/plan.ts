import { notesOf } from '../../../../lib/job/notes.ts';
import { pendingTasks } from '../../../../lib/job/pending.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import { memoryLimit } from '../../../runtime/env.ts';
import { openJob } from '../open-job.ts';
import { planTable } from '../plan-table.ts';
import { tableOptions } from '../terminal.ts';

export interface Options {
  readonly json?: boolean;
}

export async function showPlan(specPath: string, options: Options, store: string): Promise<void> {
  const { spec, world } = await openJob(specPath, store);
  const { product, plan } = await planProduct(world, spec, memoryLimit());
  const counting = await pendingTasks(world, product, plan.tasks, 'count');
  const computing = await pendingTasks(world, product, plan.tasks, 'run');
  if (options.json)
    console.log(
      JSON.stringify({ ...plan, pending: { counting, computing }, notes: notesOf(product, plan) }, null, 2),
    );
  else console.log(planTable(product, plan, counting, computing, tableOptions()));
}
