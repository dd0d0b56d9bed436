import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import { StoreFailure } from '../../lib/errors.ts';
import type { Queue } from '../../lib/job/queue.ts';

/** What SQS takes in one request. */
const A_BATCH = 10;
const BATCHES_AT_ONCE = 16;
const TRIES = 4;
const FIRST_PAUSE_MS = 100;

export const sqsClient = (
  endpoint = process.env.AWS_ENDPOINT_URL_SQS || process.env.AWS_ENDPOINT_URL,
): SQSClient => new SQSClient(endpoint ? { endpoint, useQueueUrlAsEndpoint: false } : {});

/** A queue of SQS; items go as JSON. @throws StoreFailure when it does not take them */
export function sqsQueue<T>(client: SQSClient, url: string): Queue<T> {
  return {
    async send(items) {
      const limit = pLimit(BATCHES_AT_ONCE);
      const batches = Array.from({ length: Math.ceil(items.length / A_BATCH) }, (_, i) =>
        items.slice(i * A_BATCH, (i + 1) * A_BATCH).map((item) => JSON.stringify(item)),
      );
      await Promise.all(batches.map((bodies) => limit(() => sendBatch(client, url, bodies))));
    },
  };
}

/** A batch is taken in part when the queue is busy: what it did not take goes again. */
async function sendBatch(client: SQSClient, url: string, bodies: readonly string[]): Promise<void> {
  let left = bodies;
  for (let attempt = 1; left.length > 0; attempt++) {
    const Entries = left.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    const { Failed = [] } = await client
      .send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))
      .catch((cause: Error) => {
        throw new StoreFailure(`${url}: ${cause.name}: ${cause.message}`, true, { cause });
      });
    left = Failed.map(({ Id }) => left[Number(Id)]!);
    if (left.length === 0) return;
    const [first] = Failed;
    if (attempt === TRIES || first!.SenderFault) {
      throw new StoreFailure(
        `${url} did not take ${left.length} messages: ${first!.Message}`,
        !first!.SenderFault,
      );
    }
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}
