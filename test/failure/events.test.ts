import { describe, expect, it } from 'vitest';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { wantedProduct } from '../../lib/job/follow.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { random } from '../helpers/chaos.ts';
import { claimedState } from '../helpers/claimed-state.ts';
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
import { drown, warm } from '../helpers/event-uploads.ts';
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
const MILLIS = 10_000;

const copyOf = async (store: Store): Promise<Store> => {
  const copy = memoryStore('inputs');
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key))!.bytes);
  return copy;
};

type Fields = (patch?: object) => object;

/** One to four things that happen to a product's inputs while runs are under way. */
function uploadsOf(seed: number, fields: Fields, of: TinyInputs): Upload[] {
  const next = random(seed ^ 0x5eed);
  const spec: Upload = async (inputs) => [await putSpec(inputs, fields())];
  const changes: Upload[] = [
    async (inputs) => warm(inputs, 1 + Math.floor(next() * 3), of),
    async (inputs) => [await putSpec(inputs, fields({ title: 'The same, by another name' }))],
    async (inputs) => {
      await inputs.delete('data/era5.zarr/t2m/0.1.1');
      return ['data/era5.zarr/t2m/0.1.1'];
    },
    (inputs) => warm(inputs, 0, of),
    (inputs) => drown(inputs, of),
  ];
  const count = Math.floor(4 * next());
  return [spec, ...Array.from({ length: count }, () => changes[Math.floor(next() * changes.length)]!)];
}

async function playAll(fields: Fields, of: TinyInputs, schedules: number) {
  const product = specOf(fields()).product;
  const first = await putEventInputs(memoryStore('inputs'), of);
  const seen = { schedules: 0, blows: 0, redriven: 0, dead: 0 };
  const wanted = new Map<string, Promise<Record<string, string>>>();
  for (let seed = FIRST; seed < FIRST + schedules; seed++) {
    const inputs = await copyOf(first);
    const { platform, blows, redriven } = await play(seed, inputs, product, uploadsOf(seed, fields, of));
    const key = JSON.stringify(await stateOf(inputs, ''));
    if (!wanted.has(key)) wanted.set(key, cleanRun(inputs, product));
    const { current } = await readCurrent(platform.world, product);
    const summary = await readSummary(platform.world, current!.run);
    const isWhole = await inputs.head('data/era5.zarr/t2m/0.1.1');
    expect(summary?.state, `seed ${seed}`).toBe(isWhole ? 'complete' : 'incomplete');
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
    ['a product that is computed at once', respirationFields],
    ['a product that is counted first', productionFields],
    ['a product whose places are looked at through all years first', meanYearFields('pixel'), twoYears],
    ['a product whose statistic is of all years together', meanYearFields('class'), twoYears],
    [
      'a product with a budget, sent bit by bit',
      (patch = {}) => productionFields({ budget: 1000, ...patch }),
    ],
  ])(
    'leave the bytes of one clean run, records included: %s',
    { timeout: MILLIS * SCHEDULES },
    async (_title, fields, of = events) => {
      const seen = await playAll(fields, of, of === events ? SCHEDULES : Math.ceil(SCHEDULES / OF_LONG));
      console.info(`${seen.schedules} schedules, ${seen.blows} blows, ${seen.dead} dead letters`);
      expect(seen.blows).toBeGreaterThan(seen.schedules);
    },
  );
});
