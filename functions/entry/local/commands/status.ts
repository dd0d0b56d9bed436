import type { Command } from 'commander';
import { summarise } from '../../../../lib/job/finish.ts';
import { pendingTasks } from '../../../../lib/job/pending.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import { memoryLimit } from '../../../runtime/env.ts';
import { EXIT } from '../exit.ts';
import { openJob } from '../open-job.ts';
import { summaryText } from '../summary.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('say which chunks are there, which are stale and why some are missing')
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'as JSON')
    .action(async (specPath: string, options: { json?: boolean }) => {
      const { spec, world } = await openJob(specPath, program.opts().store);
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
    });
}
