import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import { landCoverStats } from '../../functions/entry/local/land-cover-stats.ts';
import type { OpenProduct } from '../../functions/entry/local/open-product.ts';
import { refusals } from '../../lib/job/refusal.ts';
import type { World } from '../../lib/job/world.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { typeIndex, VEGETATION_TYPES } from '../../lib/science/landcover/classes.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';
import { eventPlatform } from '../helpers/event-platform.ts';
import { putSpec } from '../helpers/event-products.ts';
import { putClasses, putTinyInputs, type TinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  runPlanned,
  runTiny,
  stateOf,
  tinyFields,
  tinySources,
  tinySpec,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';
import { majorityType, monthlyNdvi, pixelYears } from './tiny-truth.ts';

const first = tinyInputs();
const { rows, cols } = first;
/** The second year: crops have become grass, and the deciduous forest is built up. */
const GROWN: Readonly<Record<number, number>> = { 10: 130, 61: 190 };
const second = { ...first, classes: first.classes.map((code) => GROWN[code] ?? code) };
/** The third map, to come. */
const third = { ...first, classes: first.classes.map((code) => (code === 10 ? 51 : code)) };
const of = (year: number) => (year === 2021 ? first : second);

const SERIES = { files: 'glc_{YYYY}.tif', legend: 'glc-fcs30' };
const PATCH = {
  outputs: ['npp', 'npp_a', 'vegtype'],
  params: { fpar: { range: 'table' } },
  sources: tinySources({ vegtype: SERIES }),
};
const spec = tinySpec(PATCH);

async function putAll(store: Store): Promise<Store> {
  await putTinyInputs(store, first);
  await store.delete('classes.tif');
  await putClasses(store, first, 'glc_2021.tif');
  await putClasses(store, second, 'glc_2022.tif');
  return store;
}

async function cellsOf({ store }: World, name: string): Promise<(t: number, cell: number) => number> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', name, { absentChunks: 'fill' });
  const { cells } = await layer.read({
    t0: 0,
    t1: layer.facts.times!.length,
    y0: 0,
    y1: rows,
    x0: 0,
    x1: cols,
  });
  return (t, cell) => cells[t * rows * cols + cell]!;
}

const CELLS = Array.from({ length: rows * cols }, (_, cell) => cell);
const typesOf = (inputs: TinyInputs) =>
  CELLS.map((cell) => majorityType(inputs, Math.floor(cell / cols), cell % cols));
const json = async (store: Store, key: string) =>
  JSON.parse(new TextDecoder().decode((await store.get(key))!.bytes));

describe('a product with a map of land cover a year', () => {
  let files: Store;
  let world: World;
  let product: ReturnType<typeof watchedStore>;
  beforeAll(async () => {
    files = await putAll(memoryStore('inputs'));
    product = watchedStore(memoryStore('product'));
    world = tinyWorld(files, product.store);
    await runTiny(world, spec);
  });

  it('has in each year the types of that year, and the NPP that follows from them on paper', async () => {
    const [types, npp] = [await cellsOf(world, 'vegtype'), await cellsOf(world, 'npp')];
    expect(typesOf(first)).not.toEqual(typesOf(second));
    for (const [t, year] of [2021, 2022].entries()) {
      expect(CELLS.map((cell) => types(t, cell))).toEqual(typesOf(of(year)).map(typeIndex));
      for (const cell of CELLS) {
        const truth = pixelYears(of(year), Math.floor(cell / cols), cell % cols)[t]!;
        for (const [m, value] of truth.npp.entries()) expect(npp(12 * t + m, cell)).toBeCloseTo(value, 4);
      }
    }
  });

  it('says in each record which year’s map it was', async () => {
    const mapOf = async (t: number) =>
      (await json(world.store, `products/tiny/records/0/${t}/1/1.json`)).inputs.vegtype.mapOf;
    expect([await mapOf(0), await mapOf(1)]).toEqual([2021, 2022]);
  });

  it('tells classes apart by the map of the year that is asked for, says which, and refuses two at once', async () => {
    const app = createApp(tinyWorld(files, world.store), { freshMs: 0, auth: { loopback: true } });
    const ask = (query: string) => app.request(`/products/tiny/landcover?variable=npp_a&${query}`);
    const areaOf = async (year: number, by: string) => {
      const { zones, method } = (await (await ask(`time=${year}&by=${by}`)).json()) as {
        method: { landCoverMap: string };
        zones: { periods: { classes: { name: string; area: number; missingArea: number }[] }[] }[];
      };
      expect(method.landCoverMap).toBe(String(year));
      const row = zones[0]!.periods[0]!.classes.find(({ name }) => name === 'cropland')!;
      return row.area + row.missingArea;
    };
    const crops = (year: number) => typesOf(of(year)).filter((type) => type === 'crop').length;
    expect([crops(2021) > 0, crops(2022)]).toEqual([true, 0]);
    for (const by of ['majority', 'fractions']) {
      expect(await areaOf(2021, by), by).toBeGreaterThan(0);
      expect(await areaOf(2022, by), by).toBe(0);
    }
    const opened = { id: 'tiny', world: tinyWorld(files, world.store) } as unknown as OpenProduct;
    const options = { variable: ['npp_a'], classes: 'majority', format: 'table' } as const;
    expect(await landCoverStats(opened, undefined, { ...options, time: '2021' })).toMatch(
      /, land cover of 2021/,
    );
    await expect(landCoverStats(opened, undefined, options)).rejects.toThrow(/a year at a time/);
    const both = await ask('time=2021/2022');
    expect(both.status).toBe(400);
    expect(await both.text()).toMatch(
      /those of 2021 and 2022 differ: tell its classes apart a year at a time/,
    );
  });

  it('with the map of one year changed computes that year alone', async () => {
    await putClasses(files, third, 'glc_2022.tif');
    const planned = await planTiny(world, spec);
    product.take();
    await runPlanned(world, planned);
    const puts = keysOf(product.take(), 'put');
    expect(puts.filter((key) => key.includes('/records/0/'))).toEqual(
      ['0/0', '0/1', '1/0', '1/1'].map((at) => `products/tiny/records/0/1/${at}.json`),
    );
    expect(puts.filter((key) => key.includes('/prepared/vegtype/'))).toEqual(
      ['0/0', '0/1', '1/0', '1/1'].map((at) => `products/tiny/prepared/vegtype/2022/${at}.json`),
    );
    const clean = tinyWorld(files);
    await runTiny(clean, spec);
    const own = Object.entries(await stateOf(world.store)).filter(
      ([key]) => !key.includes('/vegtype-shares/'),
    );
    expect(Object.fromEntries(own), 'but for the shares that the API keeps').toEqual(
      await stateOf(clean.store),
    );
  });
});

describe('the NDVI percentiles of a product with a map a year', () => {
  it('count the cells of each year by the map of that year', async () => {
    const files = await putAll(memoryStore('inputs'));
    const large = { ...PATCH, params: {}, outputs: ['npp'] };
    const world = tinyWorld(files);
    await runTiny(world, tinySpec(large));
    for (const [t, year] of [2021, 2022].entries()) {
      const samples = new Map<string, number>();
      for (const [cell, type] of typesOf(of(year)).entries()) {
        const valid = monthlyNdvi(first, year, cell).filter((v) => !Number.isNaN(v)).length;
        samples.set(type, (samples.get(type) ?? 0) + valid);
      }
      const { value } = await json(world.store, `products/tiny/prepared/ndvi-limits/${t}.json`);
      for (const type of VEGETATION_TYPES) {
        if (!value.limits[type] || value.limits[type].source === 'grass_crop') continue;
        if (['urban', 'bare'].includes(type)) continue; // those of grass and crop together
        expect(value.limits[type].samples, `${type} ${year}`).toBe(samples.get(type) ?? 0);
      }
    }
  });
});

describe('a map of a year that comes later', () => {
  it('is waited for, and computes what waited for it', async () => {
    const inputs = memoryStore('s3://bucket/in');
    const data = await putAll(memoryStore('data'));
    await data.delete('glc_2022.tif');
    for await (const { key } of data.list('')) await inputs.put(key, (await data.get(key))!.bytes);
    const platform = eventPlatform(inputs);
    platform.upload(await putSpec(inputs, tinyFields(PATCH)));
    await platform.drain();
    expect((await collect(refusals(platform.world)))[0]?.message).toMatch(/has no map of 2022; it has 2021/);
    await putClasses(inputs, second, 'glc_2022.tif');
    platform.upload('glc_2022.tif');
    await platform.drain();
    expect(await collect(refusals(platform.world))).toEqual([]);
    const clean = tinyWorld(await putAll(memoryStore('inputs')));
    await runTiny(clean, spec);
    expect(await stateOf(platform.world.store)).toEqual(await stateOf(clean.store));
  });

  it('takes the place of one that was held for it, in its year alone', async () => {
    const files = await putAll(memoryStore('inputs'));
    await files.delete('glc_2022.tif');
    const held = tinySpec({ ...PATCH, sources: tinySources({ vegtype: { ...SERIES, hold: 'before' } }) });
    const product = watchedStore(memoryStore('product'));
    const world = tinyWorld(files, product.store);
    await runTiny(world, held);
    expect((await json(world.store, 'products/tiny/records/0/1/0/0.json')).inputs.vegtype.mapOf).toBe(2021);
    await putClasses(files, second, 'glc_2022.tif');
    product.take();
    await runTiny(world, held);
    const puts = keysOf(product.take(), 'put').filter((key) => key.includes('/records/0/'));
    expect(puts.map((key) => key.split('/')[4])).toEqual(['1', '1', '1', '1']);
    expect((await json(world.store, 'products/tiny/records/0/1/0/0.json')).inputs.vegtype.mapOf).toBe(2022);
  });
});
