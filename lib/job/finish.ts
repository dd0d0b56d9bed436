import { Conflict } from '../errors.ts';
import type { ChunkCoord } from '../grid/region.ts';
import { recordsRoot, runKey } from '../store/keys.ts';
import { openDoorTally, type TurnedAway } from './at-the-door.ts';
import { mapInOrder } from './in-order.ts';
import { type Product, placesOf } from './product.ts';
import { type ChunkRecord, type ChunkState, encodeJson, readRecord } from './record.ts';
import { sweepPyramid } from './sweep-pyramid.ts';
import type { World } from './world.ts';

/** How a run ended. `incomplete` names the chunks that are not there, and why. */
export interface RunSummary {
  readonly run: string;
  readonly product: string;
  readonly state: 'complete' | 'incomplete';
  readonly chunks: Readonly<Record<ChunkState | 'unrecorded', number>>;
  readonly because: readonly { readonly chunk: string; readonly reason: string }[];
  /** Chunks that are not there and not in `because`, which names the first thousand. */
  readonly unnamed?: number;
  /** By input, where something was turned away at the door. */
  readonly inputs?: Readonly<Record<string, TurnedAway>>;
  readonly finishedAt: string;
}

/** Why a place, `y/x`, was given up. An older record that still lies there does not make it done. */
export type GivenUp = ReadonlyMap<string, string>;

/** What a run left undone that its records do not tell. */
export interface Undone {
  readonly givenUp?: GivenUp;
  /** Why there is no statistic of the whole region; without it no chunk was computed. */
  readonly uncounted?: string;
  /** Why no more may be spent on it. */
  readonly unpaid?: string;
}

/** Chunks that a summary names. */
const NAMED = 1000;
const READ_AT_ONCE = 32;
/** Walks of the pyramid until one finds nothing but what records say. */
const WALKS = 3;

/**
 * Reads back every record and says how the product stands. Never silently green.
 * @throws Conflict when others keep changing it
 */
export async function finishRun(
  world: World,
  product: Product,
  run: string,
  undone?: Undone,
): Promise<RunSummary> {
  let tally = openTally(product, undone);
  for (let walk = 1; !(await sweepPyramid(world, product, tally.add)); walk++) {
    if (walk === WALKS)
      throw new Conflict(`${product.id} is written by others while run ${run} ends. Try again.`);
    tally = openTally(product, undone);
  }
  const summary = tally.end(run, world.now());
  await world.store.put(runKey(run), encodeJson(summary));
  return summary;
}

/** How a product stands by its records; builds and writes nothing. */
export async function summarise(world: World, product: Product, run: string): Promise<RunSummary> {
  const tally = openTally(product);
  const read = async (at: ChunkCoord) => ({ at, record: await readRecord(world.store, product.id, 0, at) });
  for await (const { at, record } of mapInOrder(chunksOf(product), READ_AT_ONCE, read)) tally.add(at, record);
  return tally.end(run, world.now());
}

function* chunksOf(product: Product): Generator<ChunkCoord> {
  for (const place of placesOf(product)) for (const { t } of product.windows) yield { t, ...place };
}

/** Counts chunks as they are told, and keeps the reasons of those that are not there. */
function openTally(product: Product, { givenUp = new Map(), uncounted, unpaid }: Undone = {}) {
  const chunks = { computed: 0, 'all-nodata': 0, 'missing-input': 0, failed: 0, unrecorded: 0 };
  const named: { at: ChunkCoord; reason: string }[] = [];
  let lacking = 0;
  const door = openDoorTally();
  return {
    add(at: ChunkCoord, record: ChunkRecord | undefined): void {
      chunks[record?.state ?? 'unrecorded']++;
      door.add(record);
      const reason = whyNot(record, givenUp.get(`${at.y}/${at.x}`));
      if (reason && lacking++ < NAMED) named.push({ at, reason });
    },
    end(run: string, now: number): RunSummary {
      const because = named
        .sort((a, b) => a.at.y - b.at.y || a.at.x - b.at.x || a.at.t - b.at.t)
        .map(({ at, reason }) => ({ chunk: `${product.windows[at.t]!.year} at ${at.y}/${at.x}`, reason }));
      if (uncounted) because.unshift({ chunk: 'the statistic of the whole region', reason: uncounted });
      if (unpaid) because.unshift({ chunk: 'what is not computed yet', reason: unpaid });
      const inputs = door.end();
      return {
        run,
        product: product.id,
        state: because.length === 0 ? 'complete' : 'incomplete',
        chunks,
        because,
        ...(lacking > NAMED && { unnamed: lacking - NAMED }),
        ...(Object.keys(inputs).length > 0 && { inputs }),
        finishedAt: new Date(now).toISOString(),
      };
    },
  };
}

function whyNot(record: ChunkRecord | undefined, givenUp: string | undefined): string | undefined {
  if (givenUp) return givenUp;
  if (!record) return 'not computed yet';
  if (record.state === 'missing-input' || record.state === 'failed')
    return record.reason?.message ?? record.state;
  return undefined;
}

/** Every record of a level that a store holds. */
export async function* recordsOf({ store }: World, product: string, level = 0): AsyncGenerator<ChunkRecord> {
  for await (const { key } of store.list(recordsRoot(product, level))) {
    const object = await store.get(key);
    if (object) yield JSON.parse(new TextDecoder().decode(object.bytes)) as ChunkRecord;
  }
}
