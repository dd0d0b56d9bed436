import { Conflict } from '../errors.ts';
import { recordKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { isOfDigest, objectDigest } from './object-digest.ts';
import { chunkKeys } from './outputs.ts';
import type { Product } from './product.ts';
import { type ChunkRecord, isDone, parseJson, sameRecord } from './record.ts';
import type { World } from './world.ts';

/**
 * A fence asks before it puts; a put that was on its way when its worker died arrives unasked, and S3 takes it when the
 * object happens to be what it was (its ETag is of the bytes). So a record names its objects by digests, and whoever
 * has a reason to doubt compares.
 */
export class NotAsRecorded extends Conflict {
  readonly record: ChunkRecord;
  constructor(key: string, record: ChunkRecord) {
    super(strangeness(key));
    this.record = record;
  }
}

const strangeness = (key: string): string => `${key} is not the object that its chunk's record speaks of.`;

/** The store with a note of what is put: the digest of each object, by the name that its record has for it. */
export function notingStore(
  inner: Store,
  keys: ReadonlyMap<string, string>,
): { readonly store: Store; readonly noted: Readonly<Record<string, string>> } {
  const names = new Map([...keys].map(([name, key]) => [key, name]));
  const noted: Record<string, string> = {};
  const put: Store['put'] = async (key, bytes, options) => {
    const head = await inner.put(key, bytes, options);
    const name = names.get(key);
    if (name !== undefined) noted[name] = objectDigest(bytes);
    return head;
  };
  return { store: { ...callsOf(inner), put }, noted };
}

/** The store as a chunk's record speaks of it: whoever reads another object of the chunk gets `NotAsRecorded`. */
export function recordedStore(inner: Store, product: Product, record: ChunkRecord): Store {
  const names = new Map([...chunkKeys(product, record.level, record.at)].map(([name, key]) => [key, name]));
  const get: Store['get'] = async (key, options) => {
    const object = await inner.get(key, options);
    const name = names.get(key);
    if (name === undefined || !record.objects || options?.range) return object;
    if (!isOfDigest(object?.bytes, record.objects[name])) throw new NotAsRecorded(key, record);
    return object;
  };
  return { ...callsOf(inner), get };
}

/** Whether all that a chunk consists of is what its record says; reads all of it. */
export async function isAsRecorded(world: World, product: Product, record: ChunkRecord): Promise<boolean> {
  if (!isDone(record)) return true; // it speaks of no object
  const keys = chunkKeys(product, record.level, record.at);
  const strange = await strangeObject(world.store, keys, record.objects);
  if (strange === undefined) return true;
  world.log.warn({ product: product.id, level: record.level, at: record.at }, strangeness(strange));
  return false;
}

/** The first of some objects that is not of its recorded digest; reads them. Records of old have no digests. */
export async function strangeObject(
  store: Store,
  keys: ReadonlyMap<string, string>,
  objects: ChunkRecord['objects'],
): Promise<string | undefined> {
  for (const [name, key] of objects ? keys : []) {
    if (!isOfDigest((await store.get(key))?.bytes, objects![name])) return key;
  }
  return undefined;
}

/** Takes a record away that does not speak of what is there, so that the chunk counts as not computed. */
export async function disown(
  world: World,
  { id }: Product,
  { record, message }: NotAsRecorded,
): Promise<void> {
  const key = recordKey(id, record.level, record.at);
  world.log.warn({ product: id, level: record.level, at: record.at }, message);
  const there = await world.store.get(key);
  // It may have been read in the middle of being replaced: then the record that is there now is another one.
  if (!there || !sameRecord(parseJson(key, there.bytes) as ChunkRecord, record)) return;
  await world.stillWanted?.();
  try {
    await world.store.delete(key, { ifMatch: there.etag });
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

const callsOf = (inner: Store): Store => ({
  name: inner.name,
  get: (key, options) => inner.get(key, options),
  put: (key, bytes, options) => inner.put(key, bytes, options),
  head: (key, options) => inner.head(key, options),
  list: (prefix, options) => inner.list(prefix, options),
  delete: (key, options) => inner.delete(key, options),
});
