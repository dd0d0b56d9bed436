import { describe, expect, it } from 'vitest';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { wantedProduct } from '../../lib/job/follow.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { random } from '../helpers/chaos.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import {
  bepsFields,
  leafOut,
  noNights,
  putBepsEventInputs,
  putOtherCover,
  warmNights,
} from '../helpers/event-beps.ts';
import {
  events,
  meanYearFields,
  productionFields,
  putEventInputs,
  putSpec,
  respirationFields,
  specOf,
  twoYears,
} from '../helpers/event-products.ts';
import { drown, green, warm } from '../helpers/event-uploads.ts';
import { play, type Upload } from '../helpers/schedule.ts';
import type { TinyInputs } from '../helpers/tiny-inputs.ts';
import { runTiny, stateOf, tinyWorld } from '../helpers/tiny-product.ts';

/** Schedules of each product: the same ones everywhere. Thousands were played by these two variables. */
const SCHEDULES = Number(process.env.CHUNKFLUX_SCHEDULES ?? 60);
/** A product of several years takes as much longer to play: this part of the schedules is for it. */
const OF_LONG = 3;
/** Seeds go on from here; a failure names its own. */
const FIRST = Number(process.env.CHUNKFLUX_SEED ?? 1);
/** A schedule that takes longer hangs. */
const MILLIS = 20_000;

const copyOf = async (store: Store): Promise<Store> => {
  const copy = memoryStore('inputs');
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key))!.bytes);
  return copy;
};

/** A product that events keep up to date, and what may happen to its inputs while runs are under way. */
interface Played {
  readonly fields: (patch?: object) => object;
  readonly put: (store: Store) => Promise<Store>;
  /** Objects that may go: without one of them the product is incomplete. */
  readonly needed: readonly string[];
  readonly changes: (next: () => number) => readonly Upload[];
  /** Requests within which a worker is struck; 60 unless said. */
  readonly requests?: number;
  /** Of the schedules that are played of each product; all unless said. */
  readonly share?: number;
}

const monthly = (fields: Played['fields'], of: TinyInputs = events): Played => ({
  fields,
  put: (store) => putEventInputs(store, of),
  needed: ['data/era5.zarr/t2m/0.1.1'],
  changes: (next) => [
    async (inputs) => warm(inputs, 1 + Math.floor(next() * 3), of),
    async (inputs) => green(inputs, Math.floor(next() * 3), of),
    (inputs) => warm(inputs, 0, of),
    (inputs) => drown(inputs, of),
  ],
  share: of === events ? 1 : 1 / OF_LONG,
});

/** A first state and two years in order: other nights change all of them, other leaves the second year alone. */
const daily: Played = {
  fields: bepsFields,
  put: putBepsEventInputs,
  needed: ['data/met.zarr/tmin/2.0.0', 'data/met.zarr/tmin/9.0.0'],
  changes: (next) => [
    async (inputs) => warmNights(inputs, 1 + Math.floor(next() * 3)),
    async (inputs) => leafOut(inputs, Math.floor(next() * 3)),
    (inputs) => warmNights(inputs, 0),
    noNights,
    (inputs) => putOtherCover(inputs, next() < 0.5),
  ],
  requests: 120,
  share: 0.2,
};

/** One to four things that happen to a product's inputs. */
function uploadsOf(seed: number, { fields, needed, changes }: Played): Upload[] {
  const next = random(seed ^ 0x5eed);
  const spec: Upload = async (inputs) => [await putSpec(inputs, fields())];
  const all: Upload[] = [
    ...changes(next),
    async (inputs) => [await putSpec(inputs, fields({ title: 'The same, by another name' }))],
    ...needed.map((key) => async (inputs: Store) => {
      await inputs.delete(key);
      return [key];
    }),
  ];
  const count = Math.floor(4 * next());
  return [spec, ...Array.from({ length: count }, () => all[Math.floor(next() * all.length)]!)];
}

async function playAll(played: Played) {
  const { fields, put, needed, requests, share = 1 } = played;
  const product = specOf(fields()).product;
  const first = await put(memoryStore('inputs'));
  const seen = { schedules: 0, blows: 0, redriven: 0, dead: 0 };
  const wanted = new Map<string, Promise<Record<string, string>>>();
  for (let seed = FIRST; seed < FIRST + Math.ceil(share * SCHEDULES); seed++) {
    const inputs = await copyOf(first);
    const uploads = uploadsOf(seed, played);
    const { platform, blows, redriven } = await play(seed, inputs, product, uploads, requests);
    const key = JSON.stringify(await stateOf(inputs, ''));
    if (!wanted.has(key)) wanted.set(key, cleanRun(inputs, product));
    const { current } = await readCurrent(platform.world, product);
    const summary = await readSummary(platform.world, current!.run);
    const there = await Promise.all(needed.map((each) => inputs.head(each)));
    expect(summary?.state, `seed ${seed}`).toBe(there.every(Boolean) ? 'complete' : 'incomplete');
    expect(await claimedState(platform.world.store, product), `seed ${seed}`).toEqual(await wanted.get(key));
    seen.schedules++;
    seen.blows += blows;
    seen.redriven += Number(redriven);
    seen.dead += platform.dead.length;
  }
  return seen;
}

/** What one run of the command line makes of the same inputs in an empty store. */
async function cleanRun(inputs: Store, product: string): Promise<Record<string, string>> {
  const world = tinyWorld(inputs);
  const wanted = await wantedProduct(world as never, product);
  await runTiny(world, wanted!.spec);
  return claimedState(world.store, product);
}

describe('events that come twice, late, in any order or not at all, and workers that die at any request', () => {
  it.each([
    ['a product that is computed at once', monthly(respirationFields)],
    ['a product that is counted first', monthly(productionFields)],
    [
      'a product whose places are looked at through all years first',
      monthly(meanYearFields('pixel'), twoYears),
    ],
    ['a product whose statistic is of all years together', monthly(meanYearFields('class'), twoYears)],
    [
      'a product with a budget, sent bit by bit',
      monthly((patch = {}) => productionFields({ budget: 1000, ...patch })),
    ],
    ['a product of days, spun up, whose years go on from each other', daily],
  ])(
    'leave the bytes of one clean run, records included: %s',
    { timeout: MILLIS * SCHEDULES },
    async (_title, played) => {
      const seen = await playAll(played);
      console.info(`${seen.schedules} schedules, ${seen.blows} blows, ${seen.dead} dead letters`);
      expect(seen.blows).toBeGreaterThan(seen.schedules);
    },
  );
});
