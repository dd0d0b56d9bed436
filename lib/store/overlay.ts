import pLimit from 'p-limit';
import { checkDelete, checkPut } from './condition.ts';
import { memoryStore } from './memory.ts';
import type { ObjectHead, Store } from './store.ts';

/**
 * A store to try things on: what is put or deleted stays in memory, everything else is read from the store below, which is
 * never written.
 */
export function overlayStore(below: Store): Store {
  const above = memoryStore(`a trial on ${below.name}`);
  const gone = new Set<string>();
  const oneByOne = pLimit(1); // a condition and what it allows belong together
  const head = async (key: string, options?: { readonly signal?: AbortSignal }) =>
    (await above.head(key, options)) ?? (gone.has(key) ? undefined : below.head(key, options));
  return {
    name: above.name,
    head,
    async get(key, options) {
      if (await above.head(key, options)) return above.get(key, options);
      return gone.has(key) ? undefined : below.get(key, options);
    },
    put(key, bytes, { signal, ...condition } = {}) {
      return oneByOne(async () => {
        if (Object.keys(condition).length > 0) checkPut(`${above.name}/${key}`, await head(key), condition);
        return above.put(key, bytes, signal ? { signal } : {});
      });
    },
    async *list(prefix, options) {
      const keys = new Map<string, ObjectHead>();
      for await (const each of below.list(prefix, options)) if (!gone.has(each.key)) keys.set(each.key, each);
      for await (const each of above.list(prefix, options)) keys.set(each.key, each);
      yield* [...keys.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    },
    delete(key, { ifMatch, signal } = {}) {
      return oneByOne(async () => {
        if (ifMatch !== undefined) checkDelete(`${above.name}/${key}`, await head(key), ifMatch);
        await above.delete(key, signal ? { signal } : {});
        gone.add(key);
      });
    },
  };
}
