import { onFinish } from '../../on-finish.ts';
import { awsWorld, count } from '../../runtime/aws.ts';
import { METRICS } from '../../runtime/env.ts';

const world = awsWorld('finish');

export async function handler() {
  const swept = await onFinish(world);
  count({ [METRICS.staleProducts]: swept.stale.length });
  return swept;
}
