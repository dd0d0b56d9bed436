import { beforeAll, describe, expect, it } from 'vitest';
import { countTask, mergeCounts } from '../../lib/job/prepare.ts';
import { runTask } from '../../lib/job/run-task.ts';
import { type Planned, startRun } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { tinyFiles } from '../helpers/tiny-files.ts';
import { planTiny, quickSpec, tinySources, tinyWorld } from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

const OUTPUTS = ['npp', 'nep', 'nep_a'];
const spec = quickSpec({ outputs: OUTPUTS, sources: tinySources({ vegtype: { constant: 'crop' } }) });

let files: Store;
let base: World;
let planned: Planned;

beforeAll(async () => {
  files = await tinyFiles();
  base = tinyWorld(files);
  planned = await planTiny(base, spec);
  await startRun(base, planned);
  const { plan, product } = planned;
  for (const task of plan.tasks) await countTask(base, plan, product, task);
  await mergeCounts(base, product, () => plan.tasks, plan.counts);
});

/** Does one column and says what it asked of both stores. */
async function requestsOf(store: Store, place = 0): Promise<{ product: string[]; inputs: string[] }> {
  const [product, inputs] = [watchedStore(store), watchedStore(files)];
  const world = tinyWorld(inputs.store, product.store);
  await runTask(world, planned.plan, planned.product, planned.plan.tasks[place]!);
  return { product: product.take(), inputs: inputs.take() };
}

async function copyOf(store: Store): Promise<Store> {
  const copy = memoryStore();
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key))!.bytes);
  return copy;
}

const of = (requests: readonly string[], verb: string): string[] =>
  requests.filter((r) => r.startsWith(`${verb} `));

describe('a column of two years, done for the first time,', () => {
  it('puts each shard, state and record once, the record last, and nothing else', async () => {
    const { product } = await requestsOf(await copyOf(base.store));
    const chunk = (t: number) => [
      ...OUTPUTS.map((name) => `put products/tiny/data.zarr/0/${name}/c/${t}/0/0`),
      `put products/tiny/state/wetness/${t}/0/0`,
      `put products/tiny/records/0/${t}/0/0.json`,
    ];
    const puts = of(product, 'put');
    expect(puts.toSorted()).toEqual([...chunk(0), ...chunk(1)].toSorted());
    for (const t of [0, 1]) {
      const last = puts.indexOf(`put products/tiny/records/0/${t}/0/0.json`);
      const own = puts.filter((put) => put.includes(`/${t}/0/0`));
      expect(puts.indexOf(own.at(-1)!)).toBe(last);
    }
    expect(of(product, 'delete')).toEqual([]);
    expect(of(product, 'head')).toEqual([]);
  });

  it('gets of the product, a year: statistic, old record, accepted spec, one sibling that is not there yet', async () => {
    const { product } = await requestsOf(await copyOf(base.store));
    const ofYear = (t: number) => [
      `get products/tiny/prepared/ndvi-limits/${t}.json`,
      `get products/tiny/records/0/${t}/0/0.json`,
      'get products/tiny/product.json',
      `get products/tiny/records/0/${t}/1/1.json`,
    ];
    const expected = [...ofYear(0), ...ofYear(1), 'get products/tiny/state/wetness/0/0/0'];
    expect(of(product, 'get').toSorted()).toEqual(expected.toSorted());
  });

  it('gets of the inputs, a year: each chunk of climate and each composite with its quality once', async () => {
    const { inputs } = await requestsOf(await copyOf(base.store));
    const climate = ['e', 'pev', 'ssrd', 't2m', 'tp'].flatMap((name) =>
      [0, 1].flatMap((t) =>
        [0, 1, 2].flatMap((y) => [0, 1, 2].map((x) => `get era5.zarr/${name}/${t}.${y}.${x}`)),
      ),
    );
    expect(
      of(inputs, 'get')
        .filter((r) => r.includes('era5'))
        .toSorted(),
    ).toEqual(climate.toSorted());
    const composites = of(inputs, 'get').filter((r) => r.includes('ndvi/'));
    expect(composites).toHaveLength(2 * 24 * 2);
    expect(new Set(composites).size).toBe(composites.length);
    expect(inputs).toHaveLength(climate.length + composites.length);
  });
});

describe('a column that is done already', () => {
  it('gets a statistic and a record a year, and nothing of the inputs', async () => {
    const store = await copyOf(base.store);
    await requestsOf(store);
    const { product, inputs } = await requestsOf(store);
    expect(inputs).toEqual([]);
    expect(keysOf(product, 'put')).toEqual([]);
    expect(product.toSorted()).toEqual(
      [0, 1]
        .flatMap((t) => [
          `get products/tiny/prepared/ndvi-limits/${t}.json`,
          `get products/tiny/records/0/${t}/0/0.json`,
        ])
        .toSorted(),
    );
  });
});

describe('the last column of a product', () => {
  it('builds the chunk above from the shards of its four, once a year', async () => {
    const store = await copyOf(base.store);
    for (const place of [0, 1, 2]) await requestsOf(store, place);
    const { product } = await requestsOf(store, 3);
    const coarse = of(product, 'put').filter((r) => r.includes('/data.zarr/1/') || r.includes('/records/1/'));
    expect(coarse.toSorted()).toEqual(
      [0, 1]
        .flatMap((t) => [
          ...OUTPUTS.flatMap((name) => [name, `${name}_valid_area`]).map(
            (name) => `put products/tiny/data.zarr/1/${name}/c/${t}/0/0`,
          ),
          `put products/tiny/records/1/${t}/0/0.json`,
        ])
        .toSorted(),
    );
    const shards = of(product, 'get').filter((r) => r.includes('/data.zarr/0/'));
    expect(shards).toHaveLength(2 * 4 * OUTPUTS.length);
    expect(new Set(shards).size).toBe(shards.length);
  });
});
