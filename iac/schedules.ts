import { SCHEDULES } from '../functions/runtime/env.ts';
import type { Buckets } from './buckets.ts';
import type { Queues } from './queues.ts';
import { worker } from './workers.ts';

/** One function that looks after runs, called every quarter of an hour and, for new inputs nobody announced, every year. */
export function makeSchedules(buckets: Buckets, queues: Queues): $util.Output<string> {
  const finish = new sst.aws.Function('Finish', worker('finish', buckets, queues, queues.chunks));
  for (const [name, { when, event }] of Object.entries(SCHEDULES)) {
    new sst.aws.CronV2(name[0]!.toUpperCase() + name.slice(1), {
      function: finish.arn,
      schedule: when,
      event,
      retries: 2,
      dlq: queues.chunks.dead.arn,
    });
  }
  return finish.name;
}
