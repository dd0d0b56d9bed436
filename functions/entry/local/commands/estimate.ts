import type { Command } from 'commander';
import { moneyOf } from '../../../../lib/job/cost.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import { memoryLimit } from '../../../runtime/env.ts';
import { ASSUMPTIONS, estimateText } from '../cost-table.ts';
import { estimateProduct } from '../estimate-product.ts';
import { openJob } from '../open-job.ts';

export function addEstimate(program: Command): void {
  program
    .command('estimate')
    .description(
      'say what a run would take: requests, bytes, GB-s, money; does some columns in memory to know',
    )
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'as JSON')
    .action(async (specPath: string, options: { json?: boolean }) => {
      const { spec, world } = await openJob(specPath, program.opts().store);
      const estimate = await estimateProduct(world, await planProduct(world, spec, memoryLimit()));
      if (!options.json) return console.log(estimateText(estimate));
      const usd = moneyOf(estimate.counting) + moneyOf(estimate.computing);
      console.log(JSON.stringify({ ...estimate, usd, assumptions: ASSUMPTIONS }, null, 2));
    });
}
