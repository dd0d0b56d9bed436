import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCost } from '../../lib/job/run-cost.ts';
import { runTask } from '../../lib/job/run-task.ts';
import { checkSpec, type Spec } from '../../lib/job/spec.ts';
import { acceptProduct } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { collect } from '../helpers/collect.ts';
import { eventPlatform } from '../helpers/event-platform.ts';
import { putSpec } from '../helpers/event-products.ts';
import { Died, dieAfter, dieBefore, faultyStore } from '../helpers/faulty-store.ts';
import { bepsSources, LAT, LON, putWeather } from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, runTiny, stateOf, tinyWorld } from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

/** Cells of an eighth of a degree, in one place: grass alone, in groups of 64, in strips of 128. */
const fields = (patch: Readonly<Record<string, unknown>> = {}) => ({
  product: 'tiny',
  title: 'BEPS on many cells',
  model: 'beps',
  params: {
    tiles: { types: ['GRA'], shares: 'layers' },
    spinUp: { from: 1983, to: 1983, years: 1, most: 1 },
  },
  grid: {
    crs: 'EPSG:4326',
    transform: [0.125, 0, LON[1]!, 0, -0.125, LAT[1]!],
    shape: [16, 16],
    shard: [16, 16],
    chunk: [8, 8],
  },
  time: { from: '1983-01', to: '1984-12' },
  outputs: ['nep_a'],
  sources: { ...sources },
  ...patch,
});

const { landcover: _, ...others } = bepsSources({ lai: { constant: 2.5 } });
const sources = { ...others, share_gra: { constant: 0.75 } };
const GROUPS = 256 / 64;

const inputs = memoryStore('inputs');
let spec: Spec;
let clean: unknown;

/** A world in which every look at the clock finds it a minute later, so that every group of tiles is a part. */
const slow = (store: Store): World => {
  const world = tinyWorld(inputs, store);
  let at = world.now();
  const now = () => {
    at += 61_000;
    return at;
  };
  return { ...world, now };
};

const partsOf = (store: Store) => collect(store.list('products/tiny/state/parts/'));
const isPart = (key: string) => key.includes('/state/parts/');

beforeAll(async () => {
  await putWeather(inputs, [1983, 1984]);
  spec = checkSpec(fields());
  const watched = watchedStore(memoryStore('product'));
  await runTiny(tinyWorld(inputs, watched.store), spec);
  expect(keysOf(watched.take(), 'put').filter(isPart), 'a quick spin-up is not put down on its way').toEqual(
    [],
  );
  clean = await stateOf(watched.store);
});

describe('a spin-up that takes long', () => {
  it('is put down every minute, and leaves the bytes of one that does not', async () => {
    const watched = watchedStore(memoryStore('product'));
    await runTiny(slow(watched.store), spec);
    expect(keysOf(watched.take(), 'put').filter(isPart)).toHaveLength(GROUPS - 1);
    expect(await stateOf(watched.store)).toEqual(clean);
  });

  it.each([
    ['before a part is put', 'put', /parts\/0\/0\/64$/, dieBefore, 1],
    ['after a part is put', 'put', /parts\/0\/0\/64$/, dieAfter, 2],
    ['at the border of a strip', 'put', /parts\/0\/0\/128$/, dieBefore, 2],
    ['before the state is put', 'put', /state\/tiles\/first\/0\/0$/, dieBefore, GROUPS - 1],
    ['while its parts are swept', 'delete', /parts\/0\/0\/64$/, dieBefore, GROUPS - 1],
  ] as const)('and is killed %s goes on behind the last part', async (_, on, key, fault, there) => {
    const store = memoryStore('product');
    const faulty = faultyStore(store, [{ on, key, nth: 1, fault }]);
    await expect(runTiny(slow(faulty.store), spec)).rejects.toThrow(Died);
    expect(faulty.struck).toHaveLength(1);
    const watched = watchedStore(store);
    expect((await runTiny(slow(watched.store), spec)).state).toBe('complete');
    const again = keysOf(watched.take(), 'put').filter(isPart);
    expect(again).toHaveLength(GROUPS - 1 - there);
    expect(await stateOf(store)).toEqual(clean);
  });

  /** What is left of a spin-up that was killed at its end, with its second part changed. */
  async function withChanged(change: (bytes: Uint8Array) => Uint8Array): Promise<Store> {
    const store = memoryStore('product');
    const faulty = faultyStore(store, [{ on: 'put', key: 'state/tiles/first/0/0', fault: dieBefore }]);
    await expect(runTiny(slow(faulty.store), spec)).rejects.toThrow(Died);
    const key = 'products/tiny/state/parts/0/0/64';
    await store.put(key, change((await store.get(key))!.bytes));
    return store;
  }

  const inside = (change: (raw: Buffer) => Buffer) => (bytes: Uint8Array) =>
    zstdCompressSync(change(zstdDecompressSync(bytes)));

  it.each([
    ['lost a bit', inside((raw) => raw.fill(raw.at(-1)! ^ 1, raw.length - 1))],
    ['were cut short', (bytes: Uint8Array) => bytes.slice(0, 100)],
    [
      'belong to another spin-up',
      inside((raw) => Buffer.from(raw.toString('latin1').replace('"digest":"', '"digest":"0'), 'latin1')),
    ],
  ])('does not trust parts that %s', async (_, change) => {
    const store = await withChanged(change);
    const watched = watchedStore(store);
    await runTiny(slow(watched.store), spec);
    const again = keysOf(watched.take(), 'put').filter(isPart);
    expect(again, 'those before it are taken').toHaveLength(GROUPS - 1 - 1);
    expect(again.some((key) => key.endsWith('/0'))).toBe(false);
    expect(await stateOf(store)).toEqual(clean);
  });

  it('begins anew when a parameter has changed meanwhile, and leaves nothing of the old', async () => {
    const store = memoryStore('product');
    const faulty = faultyStore(store, [{ on: 'put', key: 'state/tiles/first/0/0', fault: dieBefore }]);
    await expect(runTiny(slow(faulty.store), spec)).rejects.toThrow(Died);
    const params = { ...fields().params, pft: { GRA: { vcmax25: 60 } } };
    const other = checkSpec(fields({ params }));
    const world = tinyWorld(inputs, store);
    await runTiny(world, other);
    expect(await partsOf(store)).toEqual([]);
    const whole = tinyWorld(inputs);
    await runTiny(whole, other);
    expect(await stateOf(store)).toEqual(await stateOf(whole.store));
  });
});

describe('a worker whose time is up', () => {
  it('leaves the rest of a column to the next, and none of them begins from nothing', async () => {
    const store = memoryStore('product');
    const world = { ...tinyWorld(inputs, store), isTired: () => true };
    const planned = await planTiny(world, spec);
    await acceptProduct(world, planned.product);
    const { windows } = planned.product;
    const [task] = planned.plan.tasks;
    let hands = 1;
    while ((await runTask(world, planned.plan, planned.product, task!)).length < windows.length) hands++;
    expect(hands).toBe(GROUPS + windows.length - 1);
    await runPlanned(tinyWorld(inputs, store), planned);
    expect(await stateOf(store)).toEqual(clean);
  });

  it('hands it on as a new message, so that no try is counted, and the place’s receipt tells of all of them', async () => {
    const bucket = memoryStore('s3://bucket/in');
    await putWeather(bucket, [1983, 1984]);
    const platform = eventPlatform(bucket, { shift: 0, tries: 1 });
    platform.upload(await putSpec(bucket, fields()));
    await platform.drain();
    expect(platform.dead).toEqual([]);
    const handed = platform.logged.filter((message) => message === 'handed on').length;
    expect(handed, 'after each group and after the first year').toBe(GROUPS);
    const [run] = (await collect(platform.world.store.list('runs/journal/'))).map(({ key }) =>
      key.slice(13, -5),
    );
    expect((await readCost(platform.world, run!, 'run')).calls).toBe(handed + 1);
    expect(await claimedState(platform.world.store, 'tiny')).toEqual(
      await claimedState(await cleanOf(fields()), 'tiny'),
    );
  });
});

async function cleanOf(of: object): Promise<Store> {
  const world = tinyWorld(inputs);
  await runTiny(world, { ...checkSpec(of), inputs: '.' });
  return world.store;
}
