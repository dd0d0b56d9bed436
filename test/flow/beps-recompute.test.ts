import { beforeEach, describe, expect, it } from 'vitest';
import { MissingInput } from '../../lib/errors.ts';
import { pendingTasks } from '../../lib/job/pending.ts';
import type { Spec } from '../../lib/job/spec.ts';
import { planProduct } from '../../lib/job/start.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { Died, dieBefore, faultyStore } from '../helpers/faulty-store.ts';
import {
  bepsParams,
  bepsSources,
  bepsSpec,
  leafArea,
  putBepsInputs,
  putLeafArea,
  putWeather,
  weatherOf,
} from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, runTiny, stateOf, tinyWorld } from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

const YEARS = [1983, 1984, 1985];
const OUTPUTS = ['nep', 'nep_a'];
const spec = (patch: Parameters<typeof bepsSpec>[0] = {}): Spec =>
  bepsSpec({ outputs: OUTPUTS, time: { from: '1983-01', to: '1985-12' }, ...patch });

interface Started {
  readonly inputs: Store;
  readonly store: Store;
  /** Runs again; years (and `first`, the first state) that something was put for. */
  again(of?: Spec): Promise<string[]>;
  isClean(of?: Spec): Promise<void>;
}

async function started(first: Spec): Promise<Started> {
  const inputs = memoryStore('inputs');
  await putBepsInputs(inputs, YEARS);
  const watched = watchedStore(memoryStore('product'));
  const world = tinyWorld(inputs, watched.store);
  await runTiny(world, first);
  watched.take();
  return {
    inputs,
    store: watched.store,
    async again(of = first) {
      const summary = await runTiny(world, of);
      expect(summary.because).toEqual([]);
      const keys = keysOf(watched.take(), 'put').filter((key) => /\/(state|records\/0)\//.test(key));
      return [...new Set(keys.map(yearOf))].sort();
    },
    async isClean(of = first) {
      const clean = tinyWorld(inputs);
      await runTiny(clean, of);
      expect(await stateOf(watched.store)).toEqual(await stateOf(clean.store));
    },
  };
}

/** Of a state or a record: which window it belongs to. */
const yearOf = (key: string): string => {
  const [, window] = /\/(?:state\/(?!first)[^/]+|state|records\/0)\/(first|\d+)\//.exec(key)!;
  return window === 'first' ? 'first' : String(YEARS[Number(window)]);
};

describe('a column of BEPS', () => {
  let run: Started;
  beforeEach(async () => {
    run = await started(spec());
  });

  it('computes from the changed year on when its leaf area changes', async () => {
    await putLeafArea(run.inputs, YEARS, (year, k, i) => leafArea(year, k, i) + (year === 1984 ? 1 : 0));
    expect(await run.again()).toEqual(['1984', '1985']);
    await run.isClean();
    await putLeafArea(run.inputs, YEARS, (year, k, i) => leafArea(year, k, i) + (year >= 1984 ? 1 : 0));
    expect(await run.again()).toEqual(['1985']);
    await run.isClean();
  });

  it('makes its first state anew when a year of the spin-up changes', async () => {
    await putWeather(
      run.inputs,
      YEARS,
      ['rad'],
      (name, year, doy, y, x) => weatherOf(name, year, doy, y, x) + (year === 1983 ? 20 : 0),
    );
    expect(await run.again()).toEqual(['1983', '1984', '1985', 'first']);
    await run.isClean();
  });

  it('keeps its first state, and computes every year, when other outputs are wanted', async () => {
    const of = spec({ outputs: ['nep', 'nep_a', 'gpp_a'] });
    expect(await run.again(of)).toEqual(['1983', '1984', '1985']);
    await run.isClean(of);
  });

  it('makes all anew when a parameter of a type changes', async () => {
    const of = spec({ params: bepsParams({ pft: { GRA: { vcmax25: 60 } } }) });
    expect(await run.again(of)).toEqual(['1983', '1984', '1985', 'first']);
  });
});

describe('a run of BEPS that stops', () => {
  it('goes on from the year at which its product ended', async () => {
    const short = spec({ time: { from: '1983-01', to: '1984-12' } });
    const run = await started(short);
    expect(await run.again(spec())).toEqual(['1985']);
    await run.isClean(spec());
  });

  it.each([
    ['before the first state is put', /state\/tiles\/first\/0\/0$/],
    ['before the record of the first state is put', /state\/first\/0\/0\.json$/],
    ['in the middle of a column', /state\/tiles\/1\/0\/0$/],
    ['before a year is recorded', /records\/0\/2\/0\/0\.json$/],
  ])('%s ends, run again, as if it had not', async (_, key) => {
    const inputs = memoryStore('inputs');
    await putBepsInputs(inputs, YEARS);
    const store = memoryStore('product');
    const faulty = faultyStore(store, [{ on: 'put', key, nth: 1, fault: dieBefore }]);
    await expect(runTiny(tinyWorld(inputs, faulty.store), spec())).rejects.toThrow(Died);
    expect(faulty.struck).toHaveLength(1);
    const watched = watchedStore(store);
    const world = tinyWorld(inputs, watched.store);
    const planned = await planTiny(world, spec());
    expect(await pendingTasks(world, planned.product, planned.plan.tasks, 'run')).toHaveLength(4);
    expect((await runPlanned(world, planned)).state).toBe('complete');
    const clean = tinyWorld(inputs);
    await runTiny(clean, spec());
    expect(await stateOf(store)).toEqual(await stateOf(clean.store));
  });
});

describe('what BEPS refuses before it reads', () => {
  const inputs = memoryStore('inputs');

  it.each([
    [
      'a day that is not there, by its date',
      { time: { from: '1983-01', to: '1986-12' } },
      /met\.zarr\/tmin has 0 of 1 steps on 1985-01-01/,
    ],
    [
      'leaf area that does not reach back, unless the spec says what stands for it',
      { time: { from: '1983-01', to: '1984-12' }, params: bepsParams({ spinUp: { from: 1982, to: 1982 } }) },
      /1982-01-01|1982/,
    ],
    [
      'an amount whose period is not said',
      { sources: bepsSources({ shortwave: { zarr: 'met.zarr', variable: 'rad', units: 'J m-2' } }) },
      /per_step/,
    ],
    [
      'humidity that is not given',
      { params: bepsParams({ forcing: { humidity: 'specific' } }) },
      /relativeHumidity/,
    ],
    [
      'a type of plants that does not exist',
      { sources: bepsSources({ landcover: { constant: 'OAK' } }) },
      /"OAK" is no plant functional type/,
    ],
    [
      'shares of growth that do not sum to 1',
      { params: bepsParams({ pft: { GRA: { allocation: { stem: 1, croot: 0, leaf: 1, froot: 0 } } } }) },
      /must sum to 1/,
    ],
    [
      'CO2 by cell',
      { sources: bepsSources({ co2: { zarr: 'met.zarr', variable: 'rad' } }) },
      /one series for the whole region/,
    ],
    [
      'CO2 of a year that its series does not have',
      { sources: bepsSources({ co2: { series: { 1983: 343 } } }) },
      /no value for 1984-01/,
    ],
    [
      'hours of local time of what has days',
      { sources: bepsSources({ tempMin: { zarr: 'met.zarr', variable: 'tmin', utcOffset: 8 } }) },
      /utcOffset/,
    ],
  ])('%s', async (_, patch, message) => {
    await putBepsInputs(inputs, [1983, 1984]);
    await expect(
      planTiny(tinyWorld(inputs), spec({ time: { from: '1983-01', to: '1984-12' }, ...patch })),
    ).rejects.toThrow(message);
  });

  it('a plan that needs more memory than a worker has, saying how much', async () => {
    await putBepsInputs(inputs, [1983, 1984]);
    const planned = planProduct(
      tinyWorld(inputs),
      spec({ time: { from: '1983-01', to: '1984-12' } }),
      2 ** 27,
    );
    await expect(planned).rejects.toThrow(/needs \d+ MiB; a worker may have 128 MiB/);
  });
});

it('leaf area of years before the first comes from the years that stand for them', async () => {
  const inputs = memoryStore('inputs');
  await putBepsInputs(inputs, YEARS);
  await putLeafArea(inputs, [1984, 1985]);
  const without = spec();
  await expect(planTiny(tinyWorld(inputs), without)).rejects.toThrow(MissingInput);
  const sources = bepsSources({ lai: { zarr: 'lai.zarr', variable: 'lai', past: [1984, 1985] } });
  const world = tinyWorld(inputs);
  expect((await runTiny(world, spec({ sources }))).state).toBe('complete');
  // the same as a file in which 1983 is the mean of both
  const whole = memoryStore('inputs');
  await putBepsInputs(whole, YEARS);
  await putLeafArea(whole, YEARS, (year, k, i) =>
    year === 1983 ? (leafArea(1984, k, i) + leafArea(1985, k, i)) / 2 : leafArea(year, k, i),
  );
  const other = tinyWorld(whole);
  await runTiny(other, spec());
  const [a, b] = await Promise.all([nepOf(world.store), nepOf(other.store)]);
  const land = a.flatMap((value, i) => (Number.isNaN(value) ? [] : [Math.abs(value - b[i]!)]));
  expect(land.length).toBeGreaterThan(36 * 25);
  expect(Math.max(...land), 'the mean is rounded to single precision in the file alone').toBeLessThan(1e-3);
});

async function nepOf(store: Store): Promise<number[]> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'nep', { absentChunks: 'fill' });
  const { height, width } = layer.facts.grid;
  return [...(await layer.read({ t0: 0, t1: 36, y0: 0, y1: height, x0: 0, x1: width })).cells].map(Number);
}
