import pRetry from 'p-retry';
import { StoreFailure } from '../../../lib/errors.ts';
import type { World } from '../../../lib/job/world.ts';
import { WorkerFailure } from './worker-failure.ts';

/** How often something that failed in passing is done again. */
const RETRIES = 3;
const FIRST_PAUSE_MS = 200;

/**
 * Does what may be done twice, again when the store failed in passing. Input or product that changed under us is not
 * worth another try: the plan is what has aged.
 */
export function tryAgain<T>({ log, signal }: World, what: string, work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: RETRIES,
    minTimeout: FIRST_PAUSE_MS,
    shouldRetry: ({ error }) => hasPassed(error),
    onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
      if (retriesLeft > 0 && hasPassed(error)) log.warn({ what, attempt: attemptNumber }, error.message);
    },
    ...(signal && { signal }),
  });
}

function hasPassed(error: unknown): error is StoreFailure | WorkerFailure {
  const named = error instanceof StoreFailure || error instanceof WorkerFailure;
  return named && error.code === 'StoreFailure' && error.transient;
}
