import { moneyOf } from '../../../../lib/job/cost.ts';
import { wholeOf } from '../../../../lib/job/estimate.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import { memoryLimit } from '../../../runtime/env.ts';
import { ASSUMPTIONS, estimateText } from '../cost-table.ts';
import { estimateProduct } from '../estimate-product.ts';
import { openJob } from '../open-job.ts';

export interface Options {
  readonly json?: boolean;
}

export async function showEstimate(specPath: string, options: Options, store: string): Promise<void> {
  const { spec, world } = await openJob(specPath, store);
  const estimate = await estimateProduct(world, await planProduct(world, spec, memoryLimit()));
  if (!options.json) return console.log(estimateText(estimate));
  const usd = moneyOf(wholeOf(estimate));
  console.log(JSON.stringify({ ...estimate, usd, assumptions: ASSUMPTIONS }, null, 2));
}
