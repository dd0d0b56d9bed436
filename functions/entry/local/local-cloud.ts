import { Piscina } from 'piscina';
import type { DeadLetter, Item } from '../../../lib/job/queue.ts';
import type { Log } from '../../../lib/job/world.ts';
import type { Message } from '../../messages.ts';
import type { EventAnswer, EventMessage } from './event-worker.ts';
import type { Locations } from './task-worker.ts';

/** Queues, handlers on threads and a clock, in one process. Queues are in memory: the first sweep of the next start mends. */
export interface LocalCloud {
  /** A notification as S3 would send it. */
  notify(body: string): void;
  sweep(): Promise<void>;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
  readonly dead: readonly DeadLetter[];
  close(): Promise<void>;
}

export interface CloudOptions {
  readonly threads: number;
  readonly log: Log;
  /** Told when an item is done. */
  readonly onDone?: (item: string) => void;
}

/** Notifications that come within it make one batch, ms. */
const WINDOW_MS = 300;
const BATCH = 1000;
const SWEEP_MS = 60_000;
/** How long a stage may stand still before it is sent again; items are never lost here but with the process. */
const PATIENCE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 500;

export function openCloud(at: Locations, { threads, log, onDone = () => {} }: CloudOptions): LocalCloud {
  const pool = new Piscina<EventMessage, EventAnswer>({
    filename: new URL('./event-worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    workerData: {},
  });
  const uploads: Message[] = [];
  const dead: DeadLetter[] = [];
  const underWay = new Set<Promise<void>>();
  let ids = 0;
  let window: NodeJS.Timeout | undefined;
  let closed = false;

  const track = (work: Promise<void>): Promise<void> => {
    const tracked = work
      .catch((error: Error) => {
        if (!closed) log.error({ name: error.name }, error.message);
      })
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  };

  const hand = async (kind: 'input' | 'items', messages: readonly Message[]): Promise<void> => {
    const answer = await pool.run({ kind, at, messages }).catch((error: Error): EventAnswer => {
      log.error({ kind }, `a worker died: ${error.message}`);
      return { again: messages.map(({ id }) => id), sent: [], dead: [] };
    });
    keep(answer);
    const again = messages.filter(({ id }) => answer.again.includes(id));
    if (kind === 'items') for (const { id, body } of messages) if (!answer.again.includes(id)) onDone(body);
    for (const message of again) track(later(kind, message));
  };

  const later = async (kind: 'input' | 'items', message: Message): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (message.attempt - 1)));
    await hand(kind, [{ ...message, attempt: message.attempt + 1 }]);
  };

  const keep = (answer: EventAnswer): void => {
    dead.push(...answer.dead);
    for (const { reason } of answer.dead) log.error({}, `given up: ${reason}`);
    for (const item of answer.sent) track(hand('items', [messageOf(item)]));
  };

  const messageOf = (item: Item): Message => ({ id: String(ids++), body: JSON.stringify(item), attempt: 1 });

  const flush = (): void => {
    window = undefined;
    while (uploads.length > 0) track(hand('input', uploads.splice(0, BATCH)));
  };

  const sweep = (): Promise<void> =>
    track(pool.run({ kind: 'sweep', at, patience: PATIENCE_MS }).then((answer) => keep(answer)));

  const clock = setInterval(sweep, SWEEP_MS);
  return {
    dead,
    notify(body) {
      uploads.push({ id: String(ids++), body, attempt: 1 });
      window ??= setTimeout(flush, WINDOW_MS);
    },
    sweep,
    async idle() {
      while (underWay.size > 0 || window) {
        await Promise.race([...underWay, new Promise((resolve) => setTimeout(resolve, WINDOW_MS))]);
      }
    },
    async close() {
      closed = true;
      clearInterval(clock);
      clearTimeout(window);
      await pool.close({ force: true });
    },
  };
}
