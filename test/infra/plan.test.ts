import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deploys, planDeploys } from './offline/deploy.ts';
import { unlessSst } from './offline/plan.ts';
import { plannedAlarms } from './planned/alarms.ts';
import { plannedApi } from './planned/api.ts';
import { plannedBuckets } from './planned/buckets.ts';
import { plannedFunctions } from './planned/functions.ts';
import { plannedQueues } from './planned/queues.ts';
import { plannedRights } from './planned/rights.ts';

/** Planned once: SST bundles all functions each time. */
const deploys = {} as Deploys;

describe.skipIf(unlessSst)(`what a deploy would create${unlessSst}`, () => {
  beforeAll(() => planDeploys(deploys), 480_000);
  afterAll(() => {
    deploys.test?.plan.remove();
    deploys.production?.plan.remove();
  });

  plannedBuckets(deploys);
  plannedQueues(deploys);
  plannedFunctions(deploys);
  plannedRights(deploys);
  plannedApi(deploys);
  plannedAlarms(deploys);

  it('names everything after its stage', () => {
    // SST shortens the name of the app where AWS allows only 64 characters
    for (const stage of ['test', 'production'] as const) {
      for (const type of [
        's3/bucket:Bucket',
        'sqs/queue:Queue',
        'lambda/function:Function',
        'iam/role:Role',
      ]) {
        for (const { inputs } of deploys[stage].all(type)) {
          expect(inputs.bucket ?? inputs.name).toMatch(new RegExp(`^ch[a-z]*-${stage}-`));
        }
      }
    }
  });
});
