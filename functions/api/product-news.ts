import { createHash } from 'node:crypto';
import { isoDate } from '../../lib/grid/time.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { parseJson } from '../../lib/job/record.ts';
import { readTodo } from '../../lib/job/stage.ts';
import type { World } from '../../lib/job/world.ts';
import {
  JOURNAL,
  journalKey,
  receiptsRoot,
  recordsRoot,
  runKey,
  type Stage,
  stepsRoot,
} from '../../lib/store/keys.ts';
import type { ServedProduct } from './served-product.ts';

/** A run that has not ended. One that was killed looks the same, until another run of the product begins. */
export interface RunNews {
  readonly id: string;
  readonly startedAt: string;
  /** `counting` what the model needs of the whole map first, or `computing`. */
  readonly stage: 'counting' | 'computing';
  /** Places done in this stage. */
  readonly done: number;
  /** Places that this stage has to do, where the run wrote it down. */
  readonly of?: number;
}

export interface ProductNews {
  /** Changes whenever a chunk of any level is recorded anew. */
  readonly version: string;
  /** Native chunks with a record, and all there are. */
  readonly recorded: number;
  readonly all: number;
  /** A mark of each native record, by `t/y/x`; absent where there are more than `MOST_MARKS`. */
  readonly marks?: Readonly<Record<string, string>>;
  readonly run?: RunNews;
}

const MOST_MARKS = 2000;
/** Runs that began earlier are not looked for: the journal is listed by day. */
const DAYS_BACK = 2;
const DAY_MS = 86_400_000;

interface Kept {
  readonly at: number;
  readonly news: Promise<ProductNews>;
}
const kept = new WeakMap<ServedProduct, Kept>();

/**
 * What is new of a product, from listings alone: no record is read, so that it may be asked for again and again. Who
 * asks at the same moment shares one look.
 *
 * @param freshMs how long an earlier look may be believed
 */
export function newsOf(world: World, product: ServedProduct, freshMs: number): Promise<ProductNews> {
  const now = world.now();
  const known = kept.get(product);
  if (known && now - known.at < freshMs) return known.news;
  const { signal: _, ...lasting } = world; // others may wait for the same look
  const news = look(lasting, product);
  kept.set(product, { at: now, news });
  news.catch(() => kept.delete(product));
  return news;
}

async function look(world: World, product: ServedProduct): Promise<ProductNews> {
  const { levels, windows } = product.product;
  const [native = [], ...coarser] = await Promise.all(
    levels.map(({ level }) => marksUnder(world, recordsRoot(product.id, level))),
  );
  const { height, width } = levels[0]!.shards;
  const run = await runningRun(world, product);
  return {
    version: digest(JSON.stringify([native, ...coarser])),
    recorded: native.length,
    all: windows.length * height * width,
    ...(native.length <= MOST_MARKS && { marks: Object.fromEntries(native) }),
    ...(run && { run }),
  };
}

/** Name and mark of each record, in order. */
async function marksUnder({ store }: World, root: string): Promise<[string, string][]> {
  const marks: [string, string][] = [];
  for await (const { key, etag } of store.list(root)) {
    marks.push([key.slice(root.length, -'.json'.length), digest(etag).slice(0, 8)]);
  }
  return marks;
}

const digest = (text: string): string => createHash('sha1').update(text).digest('base64url').slice(0, 22);

async function runningRun(world: World, { id }: ServedProduct): Promise<RunNews | undefined> {
  const key = await newestBegun(world, id);
  const object = key === undefined ? undefined : await world.store.get(key);
  if (!object) return undefined;
  const { run, startedAt } = parseJson(object.key, object.bytes) as { run: string; startedAt: string };
  if (await world.store.head(runKey(run))) return undefined;
  const stage = (await count(world, run, 'run')) > 0 ? 'run' : 'count';
  const [done, todo] = await Promise.all([count(world, run, stage), readTodo(world, run, stage)]);
  return {
    id: run,
    startedAt,
    stage: stage === 'run' ? 'computing' : 'counting',
    done,
    ...(todo && { of: todo.places }),
  };
}

/** Two plans may be made at once: the one that another got ahead of is in the journal too, and never begins. */
async function newestBegun(world: World, product: string): Promise<string | undefined> {
  const key = await newestRun(world, product);
  const { current } = key === undefined ? {} : await readCurrent(world, product);
  if (!current || key === journalKey(current.run)) return key;
  const run = key!.slice(JOURNAL.length, -'.json'.length);
  for await (const _ of world.store.list(`${stepsRoot(run)}plan-`)) return key;
  return journalKey(current.run);
}

/** Key of the newest run in the journal: names of runs begin with their time, so the last in order is the newest. */
export async function newestRun({ store, now }: World, product: string): Promise<string | undefined> {
  const name = new RegExp(`^${JOURNAL}\\d{8}T\\d{6}-${product}-[0-9a-f]+\\.json$`);
  const today = Math.floor(now() / DAY_MS);
  for (let back = 0; back <= DAYS_BACK; back++) {
    let newest: string | undefined;
    const day = isoDate(today - back).replaceAll('-', '');
    for await (const { key } of store.list(`${JOURNAL}${day}`)) if (name.test(key)) newest = key;
    if (newest !== undefined) return newest;
  }
  return undefined;
}

async function count({ store }: World, run: string, stage: Stage): Promise<number> {
  let places = 0;
  for await (const _ of store.list(receiptsRoot(run, stage))) places++;
  return places;
}
