/// <reference path="./.sst/platform/config.d.ts" />

/** What runs on AWS. `npm run deploy -- --stage NAME` makes it; docs/operations.md says how. */
export default $config({
  app({ stage }) {
    return {
      name: 'chunkflux',
      removal: stage === 'production' ? 'retain' : 'remove',
      protect: stage === 'production',
      home: process.env.SST_OFFLINE ? 'local' : 'aws', // test/infra plans without an account
      providers: { aws: { region: process.env.AWS_REGION ?? 'eu-central-1' } },
    };
  },
  async run() {
    const { makeBuckets } = await import('./iac/buckets.ts');
    const { makeQueues } = await import('./iac/queues.ts');
    const { makeWorkers } = await import('./iac/workers.ts');
    const { makeSchedules } = await import('./iac/schedules.ts');
    const { makeApi } = await import('./iac/api.ts');
    const { makeAlarms } = await import('./iac/alarms.ts');

    const buckets = makeBuckets();
    const queues = makeQueues(buckets);
    const workers = makeWorkers(buckets, queues);
    const finish = makeSchedules(buckets, queues);
    const api = makeApi(buckets, queues);
    makeAlarms(queues, { ...workers, finish, api: api.server });
    return {
      inputs: $interpolate`s3://${buckets.inputs.name}`,
      store: $interpolate`s3://${buckets.store.name}`,
      chunkQueue: queues.chunks.queue.url,
      chunkDeadLetters: queues.chunks.dead.url,
      inputDeadLetters: queues.input.dead.url,
      api: api.url,
    };
  },
});
