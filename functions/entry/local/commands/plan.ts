import type { Command } from 'commander';
import { notesOf } from '../../../../lib/job/notes.ts';
import { pendingTasks } from '../../../../lib/job/pending.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import { memoryLimit } from '../../../runtime/env.ts';
import { openJob } from '../open-job.ts';
import { planTable } from '../plan-table.ts';
import { tableOptions } from '../terminal.ts';

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description('say what a run would read, compute and need; writes nothing, reads no pixel')
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'the whole plan as JSON')
    .action(async (specPath: string, options: { json?: boolean }) => {
      const { spec, world } = await openJob(specPath, program.opts().store);
      const { product, plan } = await planProduct(world, spec, memoryLimit());
      const counting = await pendingTasks(world, product, plan.tasks, 'count');
      const computing = await pendingTasks(world, product, plan.tasks, 'run');
      if (options.json)
        console.log(
          JSON.stringify(
            { ...plan, pending: { counting, computing }, notes: notesOf(product, plan.bindings) },
            null,
            2,
          ),
        );
      else console.log(planTable(product, plan, counting, computing, tableOptions()));
    });
}
