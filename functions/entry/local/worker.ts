import { isFluxError } from '../../../lib/errors.ts';
import { openStore } from '../../runtime/stores.ts';
import { localLog } from './log.ts';
import { type TaskMessage, type TaskReply, taskWorker } from './task-worker.ts';
import { type FailureFacts, failureFacts } from './worker-failure.ts';

/** What a thread answers; named failures as plain facts. */
export type ThreadAnswer = { readonly reply: TaskReply } | { readonly failure: FailureFacts };

const ALONE = { mayWait: true }; // a thread does one task after the other

const work = taskWorker(({ store, inputs }) => ({
  store: openStore(store, ALONE),
  inputs: openStore(inputs, ALONE),
  now: Date.now,
  log: localLog(),
}));

export default async function answer(message: TaskMessage): Promise<ThreadAnswer> {
  try {
    return { reply: await work(message) };
  } catch (error) {
    if (isFluxError(error)) return { failure: failureFacts(error) };
    throw error;
  }
}
