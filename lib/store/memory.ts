import { hash } from 'node:crypto';
import { resolveRange } from './byte-range.ts';
import { checkDelete, checkGet, checkPut } from './condition.ts';
import { keyTree } from './key-tree.ts';
import { assertKey, assertPrefix } from './object-key.ts';
import type { ObjectHead, Store } from './store.ts';

interface Entry {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly head: ObjectHead;
}

/** A store for tests and previews: gone with the process. The etag is the MD5 of the bytes, as S3's is. */
export function memoryStore(name = 'memory'): Store {
  const entries = new Map<string, Entry>();
  const keys = keyTree();

  return {
    name,
    async get(key, options = {}) {
      assertKey(key);
      options.signal?.throwIfAborted();
      const entry = entries.get(key);
      if (!entry) return undefined;
      checkGet(`${name}/${key}`, entry.head, options);
      const [start, end] = resolveRange(options.range, entry.head.size, `${name}/${key}`);
      return { ...entry.head, bytes: entry.bytes.slice(start, end) };
    },

    async put(key, bytes, options = {}) {
      assertKey(key);
      options.signal?.throwIfAborted();
      checkPut(`${name}/${key}`, entries.get(key)?.head, options);
      const copy = new Uint8Array(bytes);
      const head = { key, etag: hash('md5', copy), size: copy.length };
      entries.set(key, { bytes: copy, head });
      keys.add(key);
      return head;
    },

    async head(key, { signal } = {}) {
      assertKey(key);
      signal?.throwIfAborted();
      return entries.get(key)?.head;
    },

    async *list(prefix, { signal } = {}) {
      assertPrefix(prefix);
      for (const key of keys.under(prefix)) {
        signal?.throwIfAborted();
        const entry = entries.get(key);
        if (entry) yield entry.head;
      }
    },

    async delete(key, { ifMatch, signal } = {}) {
      assertKey(key);
      signal?.throwIfAborted();
      checkDelete(`${name}/${key}`, entries.get(key)?.head, ifMatch);
      entries.delete(key);
      keys.remove(key);
    },
  };
}
