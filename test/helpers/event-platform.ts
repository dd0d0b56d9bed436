import { onChunks } from '../../functions/on-chunks.ts';
import { onFinish } from '../../functions/on-finish.ts';
import { onInput } from '../../functions/on-input.ts';
import type { DeadLetter, EventWorld, Item } from '../../lib/job/queue.ts';
import type { Log } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { tinyWorld } from './tiny-product.ts';

/** A message on its way: of the input queue (`keys`) or of the chunk queue (`item`). */
export type Message =
  | { readonly id: string; readonly keys: readonly string[]; attempt: number }
  | { readonly id: string; readonly item: Item; attempt: number };

/** The handlers with queues that a test holds in its hands: nothing moves unless the test says so. */
export interface EventPlatform {
  readonly world: EventWorld;
  readonly inputs: Store;
  readonly waiting: Message[];
  readonly dead: DeadLetter[];
  readonly logged: string[];
  upload(...keys: string[]): void;
  /** Hands one message to its handler. @returns false when it comes again */
  deliver(message: Message, world?: EventWorld): Promise<boolean>;
  sweep(): ReturnType<typeof onFinish>;
  /** Delivers, in order, until nothing waits. */
  drain(limit?: number): Promise<void>;
}

export interface PlatformOptions {
  readonly store?: Store;
  readonly tries?: number;
  readonly patience?: number;
  readonly shift?: number;
}

export function eventPlatform(inputs: Store, options: PlatformOptions = {}): EventPlatform {
  const waiting: Message[] = [];
  const dead: DeadLetter[] = [];
  const logged: string[] = [];
  let id = 0;
  const log: Log = {
    info: (_facts, message) => void logged.push(message),
    warn: (_facts, message) => void logged.push(message),
    error: (_facts, message) => void logged.push(message),
  };
  const world: EventWorld = {
    ...tinyWorld(inputs, options.store ?? memoryStore('product')),
    log,
    queue: {
      send: async (items) =>
        void waiting.push(...items.map((item) => ({ id: String(id++), item, attempt: 0 }))),
    },
    dead: { send: async (letters) => void dead.push(...letters) },
    memoryLimit: 2 ** 32,
    tries: options.tries ?? 5,
    patience: options.patience ?? 0,
    ...(options.shift !== undefined && { shift: options.shift }),
  };
  const platform: EventPlatform = {
    world,
    inputs,
    waiting,
    dead,
    logged,
    upload: (...keys) => void waiting.push({ id: String(id++), keys, attempt: 0 }),
    async deliver(message, as = world) {
      message.attempt++;
      if ('keys' in message) return (await onInput(as, message.keys)).again.size === 0;
      return (await onChunks(as, [message])).again.length === 0;
    },
    sweep: () => onFinish(world),
    async drain(limit = 10_000) {
      for (let message = waiting.shift(); message; message = waiting.shift()) {
        if (limit-- === 0) throw new Error('the queue does not run dry');
        if (!(await platform.deliver(message))) waiting.push(message);
      }
    },
  };
  return platform;
}
