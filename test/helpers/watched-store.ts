import type { Store } from '../../lib/store/store.ts';

export interface WatchedStore {
  readonly store: Store;
  /** Every request since the last look, in order: `put products/a`, `get a @0+64`. Looking forgets. */
  take(): string[];
}

/** A store that remembers what was asked of it, request by request. */
export function watchedStore(inner: Store): WatchedStore {
  let log: string[] = [];
  const store: Store = {
    name: inner.name,
    get(key, options) {
      const range = options?.range;
      const part = !range
        ? ''
        : 'suffix' in range
          ? ` @-${range.suffix}`
          : ` @${range.offset}+${range.length}`;
      log.push(`get ${key}${part}`);
      return inner.get(key, options);
    },
    put(key, bytes, options) {
      log.push(`put ${key}`);
      return inner.put(key, bytes, options);
    },
    head(key, options) {
      log.push(`head ${key}`);
      return inner.head(key, options);
    },
    list(prefix, options) {
      log.push(`list ${prefix}`);
      return inner.list(prefix, options);
    },
    delete(key, options) {
      log.push(`delete ${key}`);
      return inner.delete(key, options);
    },
  };
  return {
    store,
    take() {
      const taken = log;
      log = [];
      return taken;
    },
  };
}

/** Keys of one kind of request, each once, in order of the alphabet. */
export const keysOf = (requests: readonly string[], verb: string): string[] =>
  [...new Set(requests.filter((r) => r.startsWith(`${verb} `)).map((r) => r.slice(verb.length + 1)))].sort();
