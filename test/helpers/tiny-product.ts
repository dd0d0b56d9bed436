import { createHash } from 'node:crypto';
import type { Pool } from '../../functions/entry/local/pool.ts';
import { runProduct } from '../../functions/entry/local/run-product.ts';
import { taskWorker } from '../../functions/entry/local/task-worker.ts';
import type { RunSummary } from '../../lib/job/finish.ts';
import { checkSpec, type Spec } from '../../lib/job/spec.ts';
import { type Planned, planProduct } from '../../lib/job/start.ts';
import { silentLog, type World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';

type Patch = Readonly<Record<string, unknown>>;

/** The spec of a product of the tiny inputs, 5 x 6 pixels in shards of 4 x 4 and chunks of 2 x 4; `patch` lies over it. */
export const tinyFields = (patch: Patch = {}) => ({
  product: 'tiny',
  title: 'NEP of a tiny country',
  model: 'casa-nep',
  grid: { like: 'ndvi', shard: [4, 4], chunk: [2, 4] },
  time: { from: '2021-01', to: '2022-12' },
  sources: tinySources(),
  outputs: ['npp', 'rh', 'nep', 'npp_a', 'rh_a', 'nep_a', 'ratio_a', 'flag_a', 'we', 'qa'],
  ...patch,
});

export function tinySources(patch: Patch = {}): Record<string, unknown> {
  const climate = (variable: string, more: Patch = {}) => ({ zarr: 'era5.zarr', variable, ...more });
  const water = { accumulation: 'per_day', positive: 'down' };
  return {
    ndvi: {
      files: 'ndvi/ndvi_{YYYY}{DDD}.tif',
      composite: { period: 16, quality: { files: 'ndvi/rel_{YYYY}{DDD}.tif' } },
    },
    temperature: climate('t2m'),
    solar: climate('ssrd', { accumulation: 'per_day' }),
    precipitation: climate('tp', { accumulation: 'per_day' }),
    evaporation: climate('e', water),
    potentialEvaporation: climate('pev', water),
    vegtype: { file: 'classes.tif', legend: 'glc-fcs30' },
    ...patch,
  };
}

export const tinySpec = (patch: Patch = {}): Spec => checkSpec(tinyFields(patch), 'tiny');

/** Few outputs and no histograms, for tests that run it many times; still every stage of a run. */
export const quickSpec = (patch: Patch = {}): Spec =>
  tinySpec({
    params: { fpar: { range: 'table' } },
    outputs: ['npp', 'rh', 'nep', 'nep_a', 'flag_a'],
    ...patch,
  });

/** A world whose clock ticks a second a look, so that no two runs share a name. */
export function tinyWorld(inputs: Store, store: Store = memoryStore('product')): World {
  return { store, inputs, now: () => clock.next(), log: silentLog };
}

const clock = {
  at: Date.UTC(2026, 0, 1),
  next: () => {
    clock.at += 1000;
    return clock.at;
  },
};

export const planTiny = (world: World, spec: Spec = tinySpec()): Promise<Planned> =>
  planProduct(world, spec, 2 ** 32);

/** The very orchestration of the command line, with the tasks done in this thread. */
export async function runPlanned(world: World, planned: Planned, threads = 1): Promise<RunSummary> {
  const quiet = { begin() {}, done() {}, end() {} };
  return runProduct(world, planned, poolHere(world, threads), { store: '', inputs: '' }, quiet);
}

export async function runTiny(world: World, spec: Spec = tinySpec(), threads = 1): Promise<RunSummary> {
  return runPlanned(world, await planTiny(world, spec), threads);
}

export function poolHere(world: World, threads: number): Pool {
  const work = taskWorker(() => world);
  return { threads, run: (message) => work(message), close: async () => {} };
}

/** Every object of the products in a store as a hash by key: two states are equal when these are. */
export async function stateOf(store: Store, prefix = 'products/'): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for await (const { key } of store.list(prefix)) {
    const object = await store.get(key);
    state[key] = createHash('sha1').update(object!.bytes).digest('hex');
  }
  return state;
}

/** The keys of a state that end in data of the product: shards and records. */
export const isData = (key: string): boolean =>
  /data\.zarr\/\d+\/(?!time|year|x\/|y\/|spatial_ref)[a-z_]+\/c\//.test(key) || key.includes('/records/');
