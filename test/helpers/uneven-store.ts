import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '../../lib/store/store.ts';
import { noise } from './tiny-inputs.ts';

/**
 * A store whose answers take unequally long, so that what runs at once interleaves in another way for each seed, and
 * always in the same way for one.
 */
export function unevenStore(inner: Store, seed: number, turns = 12): Store {
  let count = 0;
  const after = async <T>(work: () => Promise<T>): Promise<T> => {
    const nth = ++count;
    await wait(noise(seed, nth, 1), turns);
    const answer = await work();
    await wait(noise(seed, nth, 2), turns);
    return answer;
  };
  return {
    name: inner.name,
    get: (key, options) => after(() => inner.get(key, options)),
    put: (key, bytes, options) => after(() => inner.put(key, bytes, options)),
    head: (key, options) => after(() => inner.head(key, options)),
    delete: (key, options) => after(() => inner.delete(key, options)),
    list: (prefix, options) => inner.list(prefix, options),
  };
}

/** Mostly not at all, now and then for long. */
async function wait(share: number, turns: number): Promise<void> {
  for (let n = Math.floor(share ** 4 * turns); n > 0; n--) await turn();
}
