import { beforeAll, describe, expect, it } from 'vitest';
import type { Spec } from '../../lib/job/spec.ts';
import type { World } from '../../lib/job/world.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import {
  putComposite,
  putNdviZarr,
  putTinyInputs,
  type TinyInputs,
  tinyInputs,
} from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  runPlanned,
  runTiny,
  stateOf,
  tinySources,
  tinySpec,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';
import { pixelYears } from './tiny-truth.ts';

const inputs = tinyInputs();
const { rows, cols } = inputs;

const spec = (topt: object, patch: object = {}): Spec =>
  tinySpec({
    params: { fpar: { range: 'table' }, topt },
    outputs: ['npp', 'topt', 'topt_month'],
    ...patch,
  });
const OF_MEAN_YEAR = { year: 'climatology' };

interface Started {
  readonly world: World;
  readonly files: Store;
  /** Runs again; the records that were put, level 0. */
  again(): Promise<string[]>;
  isClean(): Promise<void>;
}

async function started(of: Spec, from: TinyInputs = inputs): Promise<Started> {
  const files = memoryStore('inputs');
  await putTinyInputs(files, from);
  await putNdviZarr(files, from);
  const product = watchedStore(memoryStore('product'));
  const world = tinyWorld(files, product.store);
  await runTiny(world, of);
  return {
    world,
    files,
    async again() {
      const planned = await planTiny(world, of);
      product.take();
      await runPlanned(world, planned);
      return keysOf(product.take(), 'put').filter((key) => /records\/0|state|prepared/.test(key));
    },
    async isClean() {
      const clean = tinyWorld(files);
      await runTiny(clean, of);
      expect(await stateOf(world.store)).toEqual(await stateOf(clean.store));
    },
  };
}

async function stored(
  { store }: World,
  name: string,
): Promise<(t: number, row: number, col: number) => number> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', name, { absentChunks: 'fill' });
  const { cells } = await layer.read({
    t0: 0,
    t1: layer.facts.times!.length,
    y0: 0,
    y1: rows,
    x0: 0,
    x1: cols,
  });
  return (t, row, col) => cells[(t * rows + row) * cols + col]!;
}

/** A change of one composite of 2022, in all cells. */
const july22 = inputs.composites.find(({ year, month }) => year === 2022 && month === 7)!;
const changed = (by: number) => ({ ...july22, ndvi: july22.ndvi.map((v) => (v === -3000 ? v : v + by)) });
const PLACES = ['0/0', '0/1', '1/0', '1/1'];
const records = (t: number) => PLACES.map((at) => `products/tiny/records/0/${t}/${at}.json`);

describe('a product whose T_opt is that of the mean year', () => {
  let run: Started;
  beforeAll(async () => {
    run = await started(spec(OF_MEAN_YEAR));
  });

  it('has in every pixel the T_opt, its month and the NPP that all files together give on paper', async () => {
    const [npp, topt, month] = await Promise.all(
      ['npp', 'topt', 'topt_month'].map((name) => stored(run.world, name)),
    );
    let own = 0;
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        const each = pixelYears(inputs, row, col);
        for (const [t, year] of pixelYears(inputs, row, col, true).entries()) {
          expect(topt!(t, row, col)).toBeCloseTo(year.topt, 4);
          expect(month!(t, row, col)).toBe(year.toptMonth);
          for (const [m, value] of year.npp.entries())
            expect(npp!(12 * t + m, row, col)).toBeCloseTo(value, 4);
          if (each[t]!.toptMonth !== year.toptMonth) own++;
        }
      }
    }
    expect(own, 'years with another greenest month of their own').toBeGreaterThan(0);
  });

  it('has nothing to do when nothing has changed', async () => {
    expect(await run.again()).toEqual([]);
  });

  it('with an NDVI file of one year changed that leaves T_opt alone computes that year, not the other', async () => {
    const { startDoy, year } = july22;
    const lesser = inputs.composites.filter(
      (c) => c.year === year && c.month === 2 && c.startDoy !== startDoy,
    );
    await putComposite(run.files, inputs, {
      ...lesser[0]!,
      ndvi: lesser[0]!.ndvi.map((v) => (v < 0 ? v : v - 1)),
    });
    const puts = await run.again();
    expect(puts.filter((key) => key.includes('/records/0/'))).toEqual(records(1));
    expect(puts.filter((key) => key.includes('/state/first/'))).toHaveLength(4);
    await run.isClean();
  });

  it('with one that changes it computes the other year too, there where T_opt has changed', async () => {
    const composites = inputs.composites.map((c) => (c === july22 ? changed(2500) : c));
    const places = new Set<string>();
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        const [before, after] = [inputs, { ...inputs, composites }].map(
          (of) => pixelYears(of, row, col, true)[0]!,
        );
        if (before!.topt !== after!.topt) places.add(`${row >> 2}/${col >> 2}`);
      }
    }
    expect([...places].sort(), 'where July becomes the greenest').toEqual(PLACES.slice(0, 3));
    await putComposite(run.files, inputs, changed(2500));
    const puts = await run.again();
    expect(puts.filter((key) => key.includes('/records/0/'))).toEqual([
      ...records(0).slice(0, 3),
      ...records(1),
    ]);
    await run.isClean();
  });

  it('names what is missing of any year in every year of the place', async () => {
    const ndvi = { zarr: 'ndvi.zarr', variable: 'ndvi', composite: { period: 16, qa: 'off' } };
    const ofZarr = await started(spec(OF_MEAN_YEAR, { sources: tinySources({ ndvi }) }));
    await ofZarr.files.delete('ndvi.zarr/ndvi/1.0.0');
    await ofZarr.again();
    const said = async (t: number) =>
      JSON.parse(
        new TextDecoder().decode(
          (await ofZarr.world.store.get(`products/tiny/records/0/${t}/0/0.json`))!.bytes,
        ),
      );
    expect(await said(0)).toMatchObject({
      state: 'missing-input',
      reason: { message: expect.stringMatching(/ndvi\/1\.0\.0 should be there.* the mean year that T_opt/) },
    });
    expect((await said(1)).state).toBe('missing-input');
    await putNdviZarr(ofZarr.files, inputs);
    await ofZarr.again();
    await ofZarr.isClean();
  });
});

describe('a plan with T_opt of the mean year', () => {
  const planOf = (patch: object, files: Store) => planTiny(tinyWorld(files), spec(OF_MEAN_YEAR, patch));
  const first = async (patch: object, files: Store) =>
    (await planOf(patch, files)).plan.tasks.map(({ spinUp }) => spinUp!.digest);
  let files: Store;
  beforeAll(async () => {
    files = (await started(spec({ year: 'each' }))).files;
  });

  it('wants it anew with NDVI of any year, and not with what it is not made from', async () => {
    const before = await first({}, files);
    const respiration = { fpar: { range: 'table' }, topt: OF_MEAN_YEAR, rh: { days: 'actual' } };
    expect(await first({ params: respiration, outputs: ['rh'] }, files)).toEqual(before);
    const months = { fpar: { range: 'table' }, topt: { ...OF_MEAN_YEAR, minMonths: 10 } };
    expect(await first({ params: months }, files)).not.toEqual(before);
    await putComposite(files, inputs, changed(1));
    const after = await first({}, files);
    expect(after.every((digest, i) => digest !== before[i])).toBe(true);
  });

  it('reads the files of all years for it and holds one year at a time', async () => {
    const long = tinyInputs({ years: [2019, 2020, 2021, 2022] });
    const more = memoryStore('inputs');
    await putTinyInputs(more, long);
    const [two, four] = [
      await planOf({ time: { from: '2021-01', to: '2022-12' } }, more),
      await planOf({ time: { from: '2019-01', to: '2022-12' } }, more),
    ].map(({ plan }) => plan.tasks[0]!);
    expect(four!.spinUp!.bytes).toBeGreaterThan(1.9 * two!.spinUp!.bytes);
    expect(four!.memory).toBe(two!.memory);
  });

  it('has none where each year has its own', async () => {
    const { plan } = await planTiny(tinyWorld(files), spec({ year: 'each' }));
    expect(plan.tasks.some(({ spinUp }) => spinUp)).toBe(false);
  });
});

describe('a product whose T_opt is that of the mean year of each class', () => {
  const ofClass = spec({ scope: 'class', ...OF_MEAN_YEAR });
  const preparedOf = async ({ store }: World, t: number) =>
    JSON.parse(
      new TextDecoder().decode((await store.get(`products/tiny/prepared/ndvi-limits/${t}.json`))!.bytes),
    );

  it('has the same in both years, of both years', async () => {
    const run = await started(ofClass);
    const [first, second] = [await preparedOf(run.world, 0), await preparedOf(run.world, 1)];
    expect(first.value.optimumC).toEqual(second.value.optimumC);
    expect(first.value.optimumSums).not.toEqual(second.value.optimumSums);
    const one = await started(
      spec({ scope: 'class', ...OF_MEAN_YEAR }, { time: { from: '2021-01', to: '2021-12' } }),
    );
    expect((await preparedOf(one.world, 0)).value.optimumC).not.toEqual(first.value.optimumC);
    expect(await run.again()).toEqual([]);
  });

  it('counts a changed year alone, and computes the other only where T_opt has changed', async () => {
    const run = await started(ofClass);
    const before = (await preparedOf(run.world, 0)).value.optimumC;
    await putComposite(run.files, inputs, changed(1));
    const puts = await run.again();
    expect((await preparedOf(run.world, 0)).value.optimumC).toEqual(before);
    expect(puts.filter((key) => /prepared\/ndvi-limits\/\d\/\d/.test(key))).toHaveLength(4);
    expect(puts.filter((key) => key.includes('/records/0/'))).toEqual(records(1));
    await run.isClean();
    const away = { ...july22, ndvi: july22.ndvi.map(() => -2000) };
    const other = inputs.composites.filter((c) => c.year === 2022 && c.month === 7 && c !== july22)[0]!;
    for (const composite of [away, { ...away, startDoy: other.startDoy }])
      await putComposite(run.files, inputs, { ...composite, ndvi: Int16Array.from(composite.ndvi) });
    const all = await run.again();
    expect((await preparedOf(run.world, 0)).value.optimumC).not.toEqual(before);
    expect(all.filter((key) => key.includes('/records/0/'))).toEqual([...records(0), ...records(1)]);
    await run.isClean();
  });
});
