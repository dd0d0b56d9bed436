import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import type { TaskMessage, TaskReply } from './task-worker.ts';
import type { ThreadAnswer } from './worker.ts';
import { WorkerFailure } from './worker-failure.ts';

/** Worker threads, one a core; each keeps its stores, plans and layers open between tasks. */
export interface Pool {
  readonly threads: number;
  /** @throws FluxError with the code that the worker gave it */
  run(message: TaskMessage, signal?: AbortSignal): Promise<TaskReply>;
  close(): Promise<void>;
}

export interface ThreadPool extends Pool {
  /** Has the threads load their code, where it is already known that there will be work. */
  start(): void;
}

/**
 * A thread's heap is small, but chunks pass through it in large buffers, which V8 counts as if they were heap: it would
 * mark the whole heap several times a chunk, a quarter of all work as measured. It starts to do so here, in MB.
 */
const COLLECT_FROM_MB = 1024;

/** Space for new objects of a thread, MB; V8 would let it grow to 64. Chunks are not there, but in buffers. */
const NEW_SPACE_MB = 4;

/** What V8 is told before threads start. */
export const THREAD_FLAGS: readonly string[] = [
  `--initial-old-space-size=${COLLECT_FROM_MB}`,
  `--min-semi-space-size=${NEW_SPACE_MB}`,
  `--max-semi-space-size=${NEW_SPACE_MB}`,
];

/** Threads start with the first task, if not before: a run that has nothing to do starts none. */
export function openPool(threads = availableParallelism()): ThreadPool {
  let pool: Piscina<TaskMessage, ThreadAnswer> | undefined;
  // Piscina lets go of threads that start while a task waits for them; the process must not end before they answer.
  const awake = setInterval(() => {}, 2 ** 30);
  const started = () => {
    if (pool) return pool;
    for (const flag of THREAD_FLAGS) setFlagsFromString(flag); // for the threads that start from here on
    pool = new Piscina<TaskMessage, ThreadAnswer>({
      filename: new URL('./worker.ts', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      // geotiff's web-worker takes a thread without workerData for one of its own.
      workerData: {},
    });
    return pool;
  };
  return {
    threads,
    start: () => void started(),
    async run(message, signal) {
      const answer = await started().run(message, signal ? { signal } : {});
      if ('failure' in answer) throw new WorkerFailure(answer.failure);
      return answer.reply;
    },
    async close() {
      clearInterval(awake);
      await pool?.close({ force: true });
    },
  };
}
