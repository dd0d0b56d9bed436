import { beforeEach, describe, expect, it } from 'vitest';
import { refusals } from '../../lib/job/refusal.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { collect } from '../helpers/collect.ts';
import { type EventPlatform, eventPlatform } from '../helpers/event-platform.ts';
import {
  productionFields,
  putEventInputs,
  putSpec,
  respirationFields,
  specOf,
} from '../helpers/event-products.ts';
import { warm } from '../helpers/event-uploads.ts';
import { putClimate, tinyInputs } from '../helpers/tiny-inputs.ts';
import { runTiny, stateOf, tinyWorld } from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

let inputs: Store;
let product: ReturnType<typeof watchedStore>;
let platform: EventPlatform;

beforeEach(async () => {
  inputs = await putEventInputs(memoryStore('s3://bucket/in'));
  product = watchedStore(memoryStore('product'));
  platform = eventPlatform(inputs, { store: product.store });
});

async function isClean(fields: object): Promise<void> {
  const clean = tinyWorld(inputs);
  await runTiny(clean, { ...specOf(fields), inputs: '.' });
  expect(await stateOf(product.store)).toEqual(await stateOf(clean.store));
}

const runs = async (): Promise<string[]> =>
  (await collect(product.store.list('runs/journal/'))).map(({ key }) =>
    key.slice('runs/journal/'.length, -5),
  );

const summaryOf = async (run: string) => {
  const object = await product.store.get(`runs/${run}/run.json`);
  return object && JSON.parse(new TextDecoder().decode(object.bytes));
};

describe('a spec that is put among the inputs', () => {
  it.each([
    ['computes its product', respirationFields],
    ['counts first where the model needs a statistic of the map', productionFields],
  ])('%s, to the same bytes as the command line', async (_title, fields) => {
    platform.upload(await putSpec(inputs, fields()));
    await platform.drain();
    await isClean(fields());
    const [run] = await runs();
    expect(await summaryOf(run!)).toMatchObject({ state: 'complete', chunks: { computed: 4 } });
  });

  it('with a mistake is refused, with the field and the remedy where its uploader finds them, until it is mended', async () => {
    platform.upload(await putSpec(inputs, respirationFields({ outputs: ['rhh'] })));
    await platform.drain();
    expect(await collect(refusals(platform.world))).toMatchObject([
      { spec: 'specs/spec.yaml', code: 'BadRequest', message: expect.stringContaining('did you mean "rh"') },
    ]);
    platform.upload(await putSpec(inputs, respirationFields()));
    await platform.drain();
    expect(await collect(refusals(platform.world))).toEqual([]);
    await isClean(respirationFields());
  });

  it('that is no YAML, too large, or for a product that another spec keeps, is refused and keeps nobody else', async () => {
    await putSpec(inputs, respirationFields());
    await inputs.put('specs/broken.yaml', new TextEncoder().encode('product: [oh'));
    await inputs.put('specs/huge.yaml', new Uint8Array(300_000).fill(32));
    const second = await putSpec(inputs, respirationFields({ title: 'Another' }), 'z.yaml');
    platform.upload('specs/spec.yaml', 'specs/broken.yaml', 'specs/huge.yaml', second);
    await platform.drain();
    const found = await collect(refusals(platform.world));
    expect(found.map(({ spec }) => spec)).toEqual(['specs/broken.yaml', 'specs/huge.yaml', 'specs/z.yaml']);
    await isClean(respirationFields());
  });

  it('with shards of odd sides, which no coarser level fits, is refused', async () => {
    const grid = { ...respirationFields().grid, shard: [1, 1], chunk: [1, 1] };
    platform.upload(await putSpec(inputs, respirationFields({ grid })));
    await platform.drain();
    expect((await collect(refusals(platform.world)))[0]?.message).toMatch(/spec\.grid\.shard: 1x1: say even/);
  });

  it.each(['../..', '/etc', 's3://other/data', '../../s3://bucket/in'])(
    'that reads from %s, outside the configured inputs, is refused before anything is read',
    async (outside) => {
      const key = 'specs/spec.yaml';
      await inputs.put(
        key,
        new TextEncoder().encode(JSON.stringify({ ...respirationFields(), inputs: outside })),
      );
      platform.upload(key);
      await platform.drain();
      expect((await collect(refusals(platform.world)))[0]?.message).toMatch(/lies outside s3:\/\/bucket\/in/);
      expect(await runs()).toEqual([]);
    },
  );

  it('before its inputs waits for them', async () => {
    const late = memoryStore('late');
    await late.put('specs/spec.yaml', (await (await putSpecOnly(inputs)).get('specs/spec.yaml'))!.bytes);
    const waiting = eventPlatform(late, { store: product.store });
    waiting.upload('specs/spec.yaml');
    await waiting.drain();
    expect(await collect(refusals(waiting.world))).toHaveLength(1);
    for await (const { key } of inputs.list('data/')) await late.put(key, (await inputs.get(key))!.bytes);
    waiting.upload('data/era5.zarr/t2m/.zarray');
    await waiting.drain();
    expect(await collect(refusals(waiting.world))).toEqual([]);
    await isClean(respirationFields());
  });
});

async function putSpecOnly(store: Store): Promise<Store> {
  await putSpec(store, respirationFields());
  return store;
}

it('a changed object computes the chunks that depend on it, and no others', async () => {
  const large = tinyInputs({ rows: 9, cols: 10, years: [2021] });
  inputs = await putEventInputs(memoryStore('s3://bucket/in'), large);
  platform = eventPlatform(inputs, { store: product.store });
  const { grid } = respirationFields();
  const fields = respirationFields({ grid: { ...grid, shape: [9, 10], shard: [4, 4], chunk: [4, 4] } });
  platform.upload(await putSpec(inputs, fields));
  await platform.drain();
  product.take();
  const data = memoryStore();
  const { lat, lon, fields: climate } = large.climate;
  const t2m = climate.t2m.slice();
  t2m[2 * lon.length + 2]! += 1; // north-west of the map: one of its nine chunks interpolates from that object
  await putClimate(data, { ...large, climate: { lat, lon, fields: { ...climate, t2m } } }, 't2m');
  const key = 'era5.zarr/t2m/0.0.0';
  await inputs.put(`data/${key}`, (await data.get(key))!.bytes);
  platform.upload(`data/${key}`);
  await platform.drain();
  const records = keysOf(product.take(), 'put').filter((each) => each.includes('/records/0/'));
  expect(records).toEqual(['products/soil/records/0/0/0/0.json']);
  await isClean(fields);
});

it('an input that is taken away leaves its numbers, but the records say that it is missing, until it is back', async () => {
  platform.upload(await putSpec(inputs, respirationFields()));
  await platform.drain();
  const key = 'data/era5.zarr/t2m/0.1.1';
  const bytes = (await inputs.get(key))!.bytes;
  await inputs.delete(key);
  await platform.sweep();
  await platform.drain();
  expect(await summaryOf((await runs()).at(-1)!)).toMatchObject({ state: 'incomplete' });
  const clean = tinyWorld(inputs);
  await runTiny(clean, { ...specOf(respirationFields()), inputs: '.' });
  expect(await claimedState(product.store, 'soil')).toEqual(await claimedState(clean.store, 'soil'));
  await inputs.put(key, bytes);
  platform.upload(key);
  await platform.drain();
  await isClean(respirationFields());
});

describe('a changed input', () => {
  beforeEach(async () => {
    platform.upload(await putSpec(inputs, respirationFields()));
    await platform.drain();
    product.take();
  });

  it('that is told of a hundred times, in twenty batches, starts one run', async () => {
    const keys = await warm(inputs, 2);
    for (let batch = 0; batch < 20; batch++) platform.upload(...keys, ...keys.toReversed());
    await platform.drain();
    expect(await runs()).toHaveLength(2);
    await isClean(respirationFields());
  });

  it('that has the same bytes as before starts none', async () => {
    platform.upload(...(await warm(inputs, 0)));
    await platform.drain();
    expect(await runs()).toHaveLength(1);
  });

  it('whose event was lost is found by the sweep', async () => {
    await warm(inputs, 2);
    expect((await platform.sweep()).started).toHaveLength(1);
    await platform.drain();
    expect(await runs()).toHaveLength(2);
    await isClean(respirationFields());
  });

  it('while a run is under way overtakes it; what is left of the first does the work of the second', async () => {
    platform.upload(...(await warm(inputs, 2)));
    await platform.deliver(platform.waiting.shift()!);
    expect(platform.waiting).toHaveLength(4);
    const late = platform.waiting.splice(0);
    platform.upload(...(await warm(inputs, 3)));
    await platform.deliver(platform.waiting.shift()!);
    platform.waiting.length = 0; // all of the second run's own items are lost
    platform.waiting.push(...late);
    await platform.drain();
    expect(await summaryOf((await runs()).at(-1)!)).toMatchObject({ state: 'complete' });
    await isClean(respirationFields());
  });

  it('nobody reads is ignored with a line in the log', async () => {
    platform.upload('data/other.tif', 'era5.zarr/t2m/0.0.0', 'README.txt');
    await platform.drain();
    expect(platform.logged.at(-1)).toMatch(/keys that no product reads were ignored/);
    expect(await runs()).toHaveLength(1);
    expect(product.take().filter((request) => request.startsWith('put'))).toEqual([]);
  });
});
