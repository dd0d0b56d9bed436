import { FUNCTIONS, hiddenFor, receivesOf } from '../functions/runtime/env.ts';
import type { Buckets } from './buckets.ts';

/** A queue with the one that takes what it could not get done. */
export interface QueuePair {
  readonly queue: sst.aws.Queue;
  readonly dead: sst.aws.Queue;
}

export interface Queues {
  /** What S3 says about the inputs. */
  readonly input: QueuePair;
  /** Places to do. */
  readonly chunks: QueuePair;
}

export function makeQueues(buckets: Buckets): Queues {
  const queues = {
    input: makePair('Input', FUNCTIONS.input),
    chunks: makePair('Chunks', FUNCTIONS.chunks),
  };
  notify(buckets.inputs, queues.input.queue);
  return queues;
}

interface Worker {
  readonly timeoutS: number;
  readonly windowS: number;
  readonly tries: number;
}

const FOURTEEN_DAYS = 14 * 86_400; // the most that SQS keeps

function makePair(name: string, worker: Worker): QueuePair {
  const kept = { sqsManagedSseEnabled: true, messageRetentionSeconds: FOURTEEN_DAYS };
  const dead = new sst.aws.Queue(`${name}Dead`, { transform: { queue: kept } });
  const queue = new sst.aws.Queue(name, {
    visibilityTimeout: `${hiddenFor(worker)} seconds`,
    dlq: { queue: dead.arn, retry: receivesOf(worker) },
    transform: { queue: kept },
  });
  return { queue, dead };
}

/**
 * By hand and not by `bucket.notify`, whose policy lets every bucket of every account send. A change of an input is seen
 * by looking at it, so that only creations need to be told.
 */
function notify(bucket: sst.aws.Bucket, queue: sst.aws.Queue): void {
  const account = aws.getCallerIdentityOutput().accountId;
  const policy = new aws.sqs.QueuePolicy('InputQueuePolicy', {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ['sqs:SendMessage'],
          resources: [queue.arn],
          principals: [{ type: 'Service', identifiers: ['s3.amazonaws.com'] }],
          conditions: [
            { test: 'ArnEquals', variable: 'aws:SourceArn', values: [bucket.arn] },
            { test: 'StringEquals', variable: 'aws:SourceAccount', values: [account] },
          ],
        },
      ],
    }).json,
  });
  new aws.s3.BucketNotification(
    'InputsNotification',
    { bucket: bucket.name, queues: [{ queueArn: queue.arn, events: ['s3:ObjectCreated:*'] }] },
    { dependsOn: [policy] },
  );
}
