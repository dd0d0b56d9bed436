import { BadRequest } from '../../../lib/errors.ts';
import { type Budget, openBudget } from '../../../lib/job/budget.ts';
import { moneyOf } from '../../../lib/job/cost.ts';
import type { Planned } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import { estimateProduct } from './estimate-product.ts';

/**
 * What a run on this machine may cost, by what the same would cost on AWS: as `--budget` says, else the spec.
 * @throws BadRequest when that is no sum
 */
export async function budgetFor(world: World, planned: Planned, said?: string): Promise<Budget | undefined> {
  const limit = said === undefined ? planned.product.spec.budget : Number(said);
  if (limit === undefined) return undefined;
  if (!(limit > 0)) throw new BadRequest('--budget', `"${said}" is no sum of USD`);
  const { counting, computing, counted, computed, finishing } = await estimateProduct(world, planned);
  const expected = Math.max(moneyOf(counting) / (counted || 1), moneyOf(computing) / (computed || 1));
  return openBudget(limit, expected, moneyOf(finishing));
}
