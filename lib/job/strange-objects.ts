import { Conflict } from '../errors.ts';
import { firstStatesRoot, recordsRoot } from '../store/keys.ts';
import { disown, NotAsRecorded, strangeObject } from './chunk-objects.ts';
import { mapInOrder } from './in-order.ts';
import { mayBeOfDigest } from './object-digest.ts';
import { chunkKeys } from './outputs.ts';
import type { Product } from './product.ts';
import { type ChunkRecord, isDone, parseJson } from './record.ts';
import { type FirstState, firstStateKeys } from './spin-up.ts';
import type { World } from './world.ts';

const ROWS_AT_ONCE = 8;
const READ_AT_ONCE = 16;
/** So many objects that look strange and are not: the store's etags are no MD5s, and listings say nothing. */
const FALSE_ALARMS = 8;

/** A record as a row of them is looked at: what it speaks of, and how it is taken away. */
interface Spoken {
  readonly keys: ReadonlyMap<string, string>;
  readonly objects: ChunkRecord['objects'];
  disown(strange: string): Promise<void>;
}

/**
 * Takes away each record of a product that does not speak of what lies there, so that its chunk or first state counts as
 * not computed. Records are read and compared with listings; no object is read but what looks strange.
 * @returns how many were taken away
 */
export async function disownStrange(world: World, product: Product): Promise<number> {
  let [found, falseAlarms] = [0, 0];
  const look = async (row: Row) => {
    if (falseAlarms >= FALSE_ALARMS) return;
    const spoken = await row.records(world);
    const etags = await etagsOf(world, spoken);
    for (const { keys, objects, disown } of spoken) {
      if ([...keys].every(([name, key]) => mayBeOfDigest(etags.get(key), objects?.[name]))) continue;
      const strange = await strangeObject(world.store, keys, objects);
      if (strange === undefined) falseAlarms++;
      else await disown(strange);
      if (strange !== undefined) found++;
    }
  };
  for await (const _row of mapInOrder(rowsOf(product), ROWS_AT_ONCE, look)) world.signal?.throwIfAborted();
  return found;
}

interface Row {
  records(world: World): Promise<Spoken[]>;
}

function* rowsOf(product: Product): Generator<Row> {
  for (const { level, shards } of product.levels) {
    for (const { t } of product.windows)
      for (let y = 0; y < shards.height; y++)
        yield { records: (world) => chunksOf(world, product, level, t, y) };
  }
  for (let y = 0; product.spinUp && y < product.levels[0]!.shards.height; y++)
    yield { records: (world) => firstStatesOf(world, product, y) };
}

async function chunksOf(world: World, product: Product, level: number, t: number, y: number) {
  const spoken: Spoken[] = [];
  for await (const [, record] of read<ChunkRecord>(world, `${recordsRoot(product.id, level)}${t}/${y}/`)) {
    if (!isDone(record) || !record.objects) continue;
    spoken.push({
      keys: chunkKeys(product, level, record.at),
      objects: record.objects,
      disown: (strange) => disown(world, product, new NotAsRecorded(strange, record)),
    });
  }
  return spoken;
}

async function firstStatesOf(world: World, product: Product, y: number) {
  const spoken: Spoken[] = [];
  const root = `${firstStatesRoot(product.id)}${y}/`;
  for await (const [{ key, etag }, { objects }] of read<FirstState>(world, root)) {
    if (!objects) continue;
    const x = Number(key.slice(root.length, -'.json'.length));
    spoken.push({
      keys: firstStateKeys(product, { y, x }),
      objects,
      disown: async (strange) => {
        world.log.warn({ product: product.id, place: { y, x } }, `${strange} is not the recorded state`);
        await world.stillWanted?.();
        await world.store.delete(key, { ifMatch: etag }).catch(unlessReplaced);
      },
    });
  }
  return spoken;
}

function unlessReplaced(error: unknown): void {
  if (!(error instanceof Conflict)) throw error;
}

async function* read<T>({ store }: World, root: string): AsyncGenerator<[{ key: string; etag: string }, T]> {
  const get = async ({ key }: { readonly key: string }) => store.get(key);
  for await (const object of mapInOrder(store.list(root), READ_AT_ONCE, get))
    if (object) yield [object, parseJson(object.key, object.bytes) as T];
}

/** Etags of all that lies where a row's records say something does: one listing an array and pool. */
async function etagsOf({ store }: World, spoken: readonly Spoken[]): Promise<Map<string, string>> {
  const keys = spoken.flatMap((each) => [...each.keys.values()]);
  const folders = new Set(keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1)));
  const etags = new Map<string, string>();
  const list = async (folder: string) => {
    for await (const { key, etag } of store.list(folder)) etags.set(key, etag);
  };
  await Promise.all([...folders].map(list));
  return etags;
}
