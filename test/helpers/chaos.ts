import { StoreFailure } from '../../lib/errors.ts';
import type { EventWorld, Queue } from '../../lib/job/queue.ts';
import type { Store } from '../../lib/store/store.ts';

/** Numbers in 0..1 that follow from the seed alone (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Killed extends Error {}

/** What befalls a worker at one of its requests. */
export type Blow = 'killed before' | 'killed after' | 'answer lost' | 'refused' | 'frozen' | 'last gasp';

/** Blows after which a worker waits for `thaw`. A last gasp is a request that arrives long after its worker has died. */
export const isFrozen = (blow: Blow | undefined): boolean => blow === 'frozen' || blow === 'last gasp';

export interface Worker {
  readonly world: EventWorld;
  /** Requests so far. */
  readonly asked: () => number;
  readonly struck: () => boolean;
  /** Goes on after it was frozen. */
  thaw(): void;
}

/**
 * A worker of its own: all that it asks of stores and queues goes through here, in a random order with other workers'
 * requests, and at its `nth` request it is dealt a blow. A killed one asks nothing any more.
 *
 * @param aimed counts only puts of such keys
 */
export function worker(world: EventWorld, next: () => number, blow?: Blow, nth = 0, aimed?: RegExp): Worker {
  let asked = 0;
  let dead = false;
  let struck = false;
  let thaw = () => {};
  const frozen = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const request = async <T>(go: () => Promise<T>, put?: string): Promise<T> => {
    for (let turns = Math.floor(3 * next()); turns > 0; turns--) await new Promise(setImmediate);
    if (dead) throw new Killed();
    if (aimed && !(put !== undefined && aimed.test(put))) return go();
    if (++asked !== nth || !blow) return go();
    struck = true;
    if (isFrozen(blow)) await frozen;
    if (blow === 'frozen') return go();
    if (blow === 'refused') throw new StoreFailure('503 Slow Down (scripted)', true);
    if (blow === 'killed before') dead = true;
    const answer = dead ? undefined : await go();
    if (blow === 'answer lost') throw new StoreFailure('the connection was reset (scripted)', true);
    dead = true;
    throw new Killed(String(answer));
  };
  const of = (store: Store): Store => ({
    name: store.name,
    get: (key, options) => request(() => store.get(key, options)),
    put: (key, bytes, options) => request(() => store.put(key, bytes, options), key),
    head: (key, options) => request(() => store.head(key, options)),
    delete: (key, options) => request(() => store.delete(key, options)),
    async *list(prefix, options) {
      yield* await request(async () => store.list(prefix, options));
    },
  });
  const queue = <T>({ send }: Queue<T>): Queue<T> => ({ send: (items) => request(() => send(items)) });
  return {
    world: {
      ...world,
      store: of(world.store),
      inputs: of(world.inputs),
      queue: queue(world.queue),
      dead: queue(world.dead),
    },
    asked: () => asked,
    struck: () => struck,
    thaw,
  };
}
