import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStore } from '../../../lib/store/file.ts';

/** Puts too much on a disk of 2 MiB, and tells what came of it. */
const root = process.argv[2]!;
const store = fileStore(root);
const text = (s: string) => new TextEncoder().encode(s);
const tooMuch = new Uint8Array(8 << 20).fill(1);

const { etag } = await store.put('a', text('old'));
const work = [
  () => store.put('a', tooMuch),
  () => store.put('a', tooMuch, { ifMatch: etag }),
  () => store.put('b', tooMuch, { onlyIfAbsent: true }),
];
const failures: unknown[] = [];
for (const put of work) {
  await put().catch(({ code, transient, message }) => failures.push({ code, transient, message }));
}

const objects: Record<string, string> = {};
for await (const { key } of store.list('')) {
  objects[key] = new TextDecoder().decode((await store.get(key))?.bytes);
}
const found = await readdir(join(root, '.chunkflux'), { recursive: true });
const leftovers = found.filter((name) => name.includes('/'));
await store.put('c', text('a small object still fits'));
const afterwards = new TextDecoder().decode((await store.get('c'))?.bytes);
console.log(JSON.stringify({ failures, objects, leftovers, afterwards }));
