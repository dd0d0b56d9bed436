import { DEPLOY_NAMES, FUNCTIONS, NAMES, taskMemoryMB } from '../functions/runtime/env.ts';
import type { Buckets } from './buckets.ts';
import { lambda } from './lambda.ts';
import type { QueuePair, Queues } from './queues.ts';
import { mayReadInputs, maySend, mayWriteStore } from './rights.ts';

type FunctionName = $util.Output<string>;

/** The two functions behind queues: one plans what an upload changes, one does the places. */
export function makeWorkers(buckets: Buckets, queues: Queues): Record<'input' | 'chunks', FunctionName> {
  const concurrency = Number(process.env[DEPLOY_NAMES.concurrency] ?? FUNCTIONS.chunks.concurrency);
  const batches = { ...FUNCTIONS.chunks, concurrency };
  return {
    input: subscribe(queues.input, FUNCTIONS.input, worker('input', buckets, queues, queues.input)),
    chunks: subscribe(queues.chunks, batches, worker('chunks', buckets, queues, queues.chunks)),
  };
}

/**
 * Left to itself, Lambda lets V8 keep 88 MB for each half of the space for new objects, which no plan counts: a place held 216 MB
 * instead of 197, for the same processor time (docs/bench-aws.md). Lambda sets neither of V8's sizes when one is said, so both are.
 */
const HEAP = `--max-semi-space-size=4 --max-old-space-size=${taskMemoryMB}`;

/** A function that may do everything that a run needs. `own` takes what it gives up. */
export function worker(
  name: 'input' | 'chunks' | 'finish',
  buckets: Buckets,
  queues: Queues,
  own: QueuePair,
) {
  return lambda({
    handler: `functions/entry/aws/${name}.handler`,
    size: FUNCTIONS[name],
    permissions: [
      ...mayReadInputs(buckets),
      ...mayWriteStore(buckets),
      maySend(queues.chunks.queue, own.dead),
    ],
    environment: {
      [NAMES.store]: $interpolate`s3://${buckets.store.name}`,
      [NAMES.inputs]: $interpolate`s3://${buckets.inputs.name}`,
      [NAMES.chunkQueue]: queues.chunks.queue.url,
      [NAMES.deadLetters]: own.dead.url,
      [NAMES.memoryMB]: String(taskMemoryMB),
      NODE_OPTIONS: HEAP,
      [NAMES.budget]: process.env[NAMES.budget] ?? '',
    },
  });
}

interface Batches {
  readonly batch: number;
  readonly windowS: number;
  readonly concurrency: number;
}

/** One message that failed does not take its batch with it; no more than `concurrency` workers run, whatever is queued. */
function subscribe({ queue }: QueuePair, batches: Batches, args: sst.aws.FunctionArgs): FunctionName {
  const subscriber = queue.subscribe(args, {
    batch: { size: batches.batch, window: `${batches.windowS} seconds`, partialResponses: true },
    transform: {
      eventSourceMapping: { scalingConfig: { maximumConcurrency: batches.concurrency } },
    },
  });
  return subscriber.nodes.function.name;
}
