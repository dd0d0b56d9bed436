import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { BadRequest } from '../../lib/errors.ts';
import type { DeadLetter, EventWorld, Item } from '../../lib/job/queue.ts';
import type { Log } from '../../lib/job/world.ts';
import type { Message } from '../messages.ts';
import { countedWorld } from './counted-world.ts';
import { budget, FUNCTIONS, hiddenFor, memoryLimit, NAMES, receivesOf, shiftOf } from './env.ts';
import { sqsClient, sqsQueue } from './sqs.ts';
import { openStore } from './stores.ts';

/** What a function of this deploy is given, from the names that the deploy set. */
export function awsWorld(name: 'input' | 'chunks' | 'finish'): EventWorld {
  const client = sqsClient();
  const limit = budget();
  return countedWorld({
    store: openStore(required(NAMES.store)),
    inputs: openStore(required(NAMES.inputs)),
    now: Date.now,
    log: powertoolsLog(),
    queue: sqsQueue<Item>(client, required(NAMES.chunkQueue)),
    dead: sqsQueue<DeadLetter>(client, required(NAMES.deadLetters)),
    memoryLimit: memoryLimit(),
    ...(limit !== undefined && { budget: limit }),
    tries: name === 'input' ? FUNCTIONS.input.tries : FUNCTIONS.chunks.tries,
    shift: shiftOf(FUNCTIONS.chunks),
    longest: 1000 * FUNCTIONS.chunks.timeoutS,
    // As long as a message may go round before the platform takes it away.
    patience: 1000 * hiddenFor(FUNCTIONS.chunks) * receivesOf(FUNCTIONS.chunks),
  });
}

/** @throws BadRequest naming the variable */
export function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new BadRequest(name, 'is not set; the deploy sets it');
}

export function messagesOf({ Records }: SQSEvent): Message[] {
  return Records.map(({ messageId, body, attributes }) => ({
    id: messageId,
    body,
    attempt: Number(attributes.ApproximateReceiveCount),
  }));
}

export const failuresOf = ({ again }: { readonly again: readonly string[] }): SQSBatchResponse => ({
  batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })),
});

function powertoolsLog(): Log {
  const level = (process.env[NAMES.log] ?? 'info').toUpperCase() as 'INFO';
  const logger = new Logger({ logLevel: level });
  return {
    info: (facts, message) => logger.info(message, { ...facts }),
    warn: (facts, message) => logger.warn(message, { ...facts }),
    error: (facts, message) => logger.error(message, { ...facts }),
  };
}

const metrics = new Metrics();

/** Counts something for the alarms and the dashboards, in the function's own log. */
export function count(facts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(facts)) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
