import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { putTinyInputs, type TinyInputs, tinyInputs } from './tiny-inputs.ts';

/** The usual tiny inputs, as numbers. */
export const tiny: TinyInputs = tinyInputs();

let made: Promise<Store> | undefined;

/** The usual tiny inputs as files in a store of one's own: encoded once, copied from then on. */
export async function tinyFiles(into: Store = memoryStore('inputs')): Promise<Store> {
  made ??= make();
  const original = await made;
  for await (const { key } of original.list('')) await into.put(key, (await original.get(key))!.bytes);
  return into;
}

async function make(): Promise<Store> {
  const store = memoryStore('inputs');
  await putTinyInputs(store, tiny);
  return store;
}
