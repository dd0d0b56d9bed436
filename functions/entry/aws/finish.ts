import { CURRENT } from '../../../lib/store/keys.ts';
import { sweepAll } from '../../api/reduction-runs/sweep.ts';
import { onFinish } from '../../on-finish.ts';
import { awsWorld, count } from '../../runtime/aws.ts';
import { METRICS } from '../../runtime/env.ts';

const world = awsWorld('finish');

export async function handler() {
  const swept = await onFinish(world);
  count({ [METRICS.staleProducts]: swept.stale.length });
  await sweepAll(world, await keptUpToDate());
  return swept;
}

async function keptUpToDate(): Promise<string[]> {
  const products: string[] = [];
  for await (const { key } of world.store.list(CURRENT))
    products.push(key.slice(CURRENT.length, -'.json'.length));
  return products;
}
