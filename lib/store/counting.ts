import type { Store } from './store.ts';

/** Requests asked of a store, also those that failed, and bytes of objects that went through. */
export interface Counts {
  get: number;
  put: number;
  head: number;
  list: number;
  delete: number;
  bytesRead: number;
  bytesWritten: number;
}

export interface CountingStore {
  readonly store: Store;
  /** Live: goes on counting. */
  readonly counts: Readonly<Counts>;
  /** The counts as they are now. */
  snapshot(): Counts;
  reset(): void;
  /** What was counted since the last `take`: a snapshot and a reset. */
  take(): Counts;
}

const NOTHING: Counts = { get: 0, put: 0, head: 0, list: 0, delete: 0, bytesRead: 0, bytesWritten: 0 };

/** The same store, with what was asked of it counted. A listing counts as one, however many pages it takes. */
export function countingStore(inner: Store): CountingStore {
  const counts: Counts = { ...NOTHING };
  const store: Store = {
    name: inner.name,
    async get(key, options) {
      counts.get++;
      const object = await inner.get(key, options);
      counts.bytesRead += object?.bytes.length ?? 0;
      return object;
    },
    async put(key, bytes, options) {
      counts.put++;
      const head = await inner.put(key, bytes, options);
      counts.bytesWritten += bytes.length;
      return head;
    },
    head(key, options) {
      counts.head++;
      return inner.head(key, options);
    },
    list(prefix, options) {
      counts.list++;
      return inner.list(prefix, options);
    },
    delete(key, options) {
      counts.delete++;
      return inner.delete(key, options);
    },
  };
  const snapshot = () => ({ ...counts });
  const reset = () => void Object.assign(counts, NOTHING);
  const take = () => {
    const taken = snapshot();
    reset();
    return taken;
  };
  return { store, counts, snapshot, reset, take };
}
