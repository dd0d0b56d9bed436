import { isFluxError } from '../../../lib/errors.ts';
import { fileStore } from '../../../lib/store/file.ts';

/** Increments `count` so many times, against whoever else does, and tries to be the one who creates `first`. */
const [root, times] = process.argv.slice(2) as [string, string];
const store = fileStore(root);
const text = (s: string) => new TextEncoder().encode(s);

async function increment(): Promise<void> {
  const { bytes, etag } = (await store.get('count'))!;
  const next = String(Number(new TextDecoder().decode(bytes)) + 1);
  await store.put('count', text(next), { ifMatch: etag }).catch((error) => {
    if (!isFluxError(error) || !error.transient) throw error;
    return increment();
  });
}

for (let i = 0; i < Number(times); i++) await increment();
await store.put('first', text(String(process.pid)), { onlyIfAbsent: true }).then(
  () => console.log('created'),
  (error) => {
    if (error.code !== 'Conflict') throw error;
  },
);
