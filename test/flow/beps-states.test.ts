import { describe, expect, it } from 'vitest';
import type { Affine } from '../../lib/grid/affine.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { QA } from '../../lib/science/beps/grid-outputs.ts';
import { relativeHumidity, saturationKPa, vapourPressure } from '../../lib/science/sun.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import {
  bepsSources,
  cellsOf,
  type FieldName,
  LAT,
  LON,
  onCells,
  putWeather,
  weatherOf,
} from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, tinyWorld } from '../helpers/tiny-product.ts';
import { putV2 } from '../raster/zarr-made.ts';

/** Of `onCells`. */
const CELLS = 6;

const params = (patch: Readonly<Record<string, unknown>> = {}) => ({
  tiles: { types: ['ENF', 'GRA'], shares: 'layers' },
  spinUp: { from: 1983, to: 1983, years: 1, most: 1 },
  ...patch,
});

const sources = (patch: Readonly<Record<string, unknown>> = {}) => {
  const { landcover: _, ...others } = bepsSources({
    lai: { constant: 2.5 },
    share_enf: { constant: 0.4 },
    share_gra: { constant: 0.35 },
    ...patch,
  });
  return others;
};

type Value = (name: FieldName, year: number, doy: number, y: number, x: number) => number;

/** Runs and gives a reader of what was written: `at(name)[step · CELLS + cell]`. */
async function run(spec: ReturnType<typeof onCells>, weather: Value = weatherOf) {
  const inputs = memoryStore('inputs');
  await putWeather(inputs, [1983, 1984], undefined, weather);
  const world = tinyWorld(inputs);
  const summary = await runPlanned(world, await planTiny(world, spec));
  expect(summary).toMatchObject({ state: 'complete', because: [] });
  return (name: string) => cellsOf(world.store, name);
}

describe('water of a map', () => {
  it('closes: rain on what has plants is evaporation, runoff and what the soil keeps', async () => {
    const spec = onCells({
      params: params(),
      sources: sources({ precipitation: { constant: 2.5 } }),
      outputs: ['et_a', 'runoff_a', 'water_a', 'share_enf', 'share_gra', 'nep_a', 'biomass_a', 'soil_a'],
    });
    const at = await run(spec);
    const [et, runoff, water] = [await at('et_a'), await at('runoff_a'), await at('water_a')];
    const [nep, biomass, soil] = [await at('nep_a'), await at('biomass_a'), await at('soil_a')];
    for (let cell = 0; cell < CELLS; cell++) {
      const next = CELLS + cell;
      const rain = 365 * 2.5 * 0.75; // a quarter of the cell has no plants, and no water
      const kept = water[next]! - water[cell]!;
      expect(Math.abs(rain - et[next]! - runoff[next]! - kept)).toBeLessThan(5e-4);
      const stock = (i: number) => biomass[i]! + soil[i]!;
      expect(Math.abs(stock(next) - stock(cell) - nep[next]!)).toBeLessThan(8e-3);
    }
  });
});

describe('crops that are watered', () => {
  it.each([true, false])(
    'have in their balance what they are given, and no more (irrigation: %s)',
    async (irrigation) => {
      const { share_enf: _enf, share_gra: _gra, ...others } = sources({ precipitation: { constant: 0.3 } });
      const spec = onCells({
        params: params({ tiles: { types: ['CRO'], shares: 'layers' }, beps: { irrigation } }),
        sources: { ...others, share_cro: { constant: 0.75 } },
        outputs: ['et_a', 'runoff_a', 'irrigation_a', 'irrigation_d', 'water_a'],
      });
      const at = await run(spec);
      const [et, runoff, given] = [await at('et_a'), await at('runoff_a'), await at('irrigation_a')];
      const [water, days] = [await at('water_a'), await at('irrigation_d')];
      for (let cell = 0; cell < CELLS; cell++) {
        const next = CELLS + cell;
        const gained = 365 * 0.3 * 0.75 + given[next]!;
        expect(Math.abs(gained - et[next]! - runoff[next]! - (water[next]! - water[cell]!))).toBeLessThan(
          5e-4,
        );
        if (irrigation) expect(given[next]).toBeGreaterThan(10);
        else expect(given[next]).toBe(0);
        const ofDays = [...days].filter((_, i) => i >= 365 * CELLS && i % CELLS === cell);
        expect(Math.abs(ofDays.reduce((a, b) => a + b) - given[next]!)).toBeLessThan(1e-3);
      }
    },
  );
});

describe('what is wrong with the weather of a map', () => {
  const JUNE = 5;
  /** Cell 1 lacks a day of June 1984; cell 2 has its temperatures exchanged in a March; cell 4 lacks a day of the spin-up. */
  const torn: Value = (name, year, doy, y, x) => {
    const cell = 3 * y + x;
    if (cell === 1 && year === 1984 && doy === 160 && name === 'rad') return Number.NaN;
    if (cell === 4 && year === 1983 && doy === 10 && name === 'pr') return Number.NaN;
    if (cell === 5 && year === 1984 && doy === 200 && name === 'rh') return -9999;
    const value = weatherOf(name, year, doy, y, x);
    return cell === 2 && year === 1984 && doy === 70 && name === 'tmin' ? value + 40 : value;
  };

  it('empties a month and its year, or is mended, and always says so', async () => {
    const outputs = ['nep', 'nep_a', 'nep_d', 'qa', 'qa_a', 'nep_a_gra'];
    const at = await run(onCells({ params: params(), sources: sources(), outputs }), torn);
    const [nep, year, days, qa, qaYear] = [
      await at('nep'),
      await at('nep_a'),
      await at('nep_d'),
      await at('qa'),
      await at('qa_a'),
    ];
    const month = (m: number, cell: number) => (12 + m) * CELLS + cell;
    expect(nep[month(JUNE, 1)]).toBeNaN();
    expect(nep[month(JUNE + 1, 1)]).not.toBeNaN();
    expect(year[CELLS + 1]).toBeNaN();
    expect(year[1]).not.toBeNaN();
    expect(qa[month(JUNE, 1)]! & QA.gap).toBe(QA.gap);
    expect(qa[month(JUNE + 1, 1)]! & QA.gap).toBe(0);
    // 1984 is a leap year: its day 160 is the model's 159th
    const missing = [...days].flatMap((value, i) => (Number.isNaN(value) && i % CELLS === 1 ? [i] : []));
    expect(missing.map((i) => Math.floor(i / CELLS))).toEqual([365 + 158]);
    expect(qa[month(2, 2)]! & QA.swapped).toBe(QA.swapped);
    expect(year[CELLS + 2]).not.toBeNaN();
    expect(qa[month(6, 5)]! & QA.gap, 'a fill value is missing, not −99.99').toBe(QA.gap);
    for (const t of [0, 1]) {
      expect(year[t * CELLS + 4], 'no first state, no year').toBeNaN();
      expect(qaYear[t * CELLS + 4]! & QA.noState).toBe(QA.noState);
    }
    expect(Number.isNaN(year[CELLS + 3]!)).toBe(false);
  });

  const ofRadiation = {
    lai: { zarr: 'met.zarr', variable: 'rad', units: '1', scale: 0.01 },
    shortwave: { constant: 12 },
  };
  /** Leaf area that nobody believes on the first days of each year. */
  const leaflessUntil =
    (day: number): Value =>
    (name, year, doy, y, x) =>
      name === 'rad' && x === 1 && doy < day ? 4000 : weatherOf(name, year, doy, y, x);

  it('and leaf area that is missing is the least there is, with a flag', async () => {
    const spec = onCells({ params: params(), sources: sources(ofRadiation), outputs: ['gpp_a', 'qa_a'] });
    const at = await run(spec, leaflessUntil(60));
    expect((await at('qa_a'))[1]! & QA.noLai).toBe(QA.noLai);
    expect((await at('qa_a'))[0]! & QA.noLai).toBe(0);
    expect((await at('gpp_a'))[1]).toBeGreaterThan(100);
  });

  it('but a cell that never has any has no value, unless the spec calls it bare', async () => {
    const outputs = ['gpp_a', 'qa_a'];
    const at = await run(
      onCells({ params: params(), sources: sources(ofRadiation), outputs }),
      leaflessUntil(400),
    );
    expect((await at('gpp_a'))[1]).toBeNaN();
    expect((await at('qa_a'))[1]! & QA.noLai).toBe(QA.noLai);
    expect((await at('gpp_a'))[0]).toBeGreaterThan(100);
    const bare = params({ forcing: { leafless: 'bare' } });
    const other = await run(
      onCells({ params: bare, sources: sources(ofRadiation), outputs }),
      leaflessUntil(400),
    );
    expect((await other('gpp_a'))[1]).toBeLessThan(100);
  });
});

describe('humidity', () => {
  it('of specific humidity and pressure is that of the model’s own curve', async () => {
    const outputs = ['gpp_a', 'et_a'];
    const humid: Value = (name, year, doy, y, x) => {
      if (name !== 'rh') return weatherOf(name, year, doy, y, x);
      const mean =
        (Math.fround(weatherOf('tmin', year, doy, y, x)) +
          Math.fround(weatherOf('tmax', year, doy, y, x)) -
          273.15) /
        2;
      return 100 * relativeHumidity(0.006, mean, 95);
    };
    const relative = await run(onCells({ params: params(), sources: sources(), outputs }), humid);
    const { relativeHumidity: _, ...others } = sources({
      specificHumidity: { constant: 0.006 },
      pressure: { constant: 95 },
    }) as Record<string, unknown>;
    const specific = await run(
      onCells({ params: params({ forcing: { humidity: 'specific' } }), sources: others, outputs }),
      humid,
    );
    for (const name of outputs) {
      const [a, b] = [await relative(name), await specific(name)];
      for (let cell = 0; cell < CELLS; cell++) expect(Math.abs(a[cell]! / b[cell]! - 1)).toBeLessThan(1e-6);
    }
  });
});

describe('relative humidity between the cells of its weather', () => {
  /** As much vapour everywhere, in warm and cold places side by side. */
  const vapour = vapourPressure(0.003, 95);
  const patchy: Value = (name, year, doy, y, x) => {
    const warmer = 3 * (x % 2);
    if (name !== 'rh') return weatherOf(name, year, doy, y, x) + (name.startsWith('t') ? warmer : 0);
    const mean = (patchy('tmin', year, doy, y, x) + patchy('tmax', year, doy, y, x) - 273.15) / 2;
    return (100 * vapour) / saturationKPa(mean);
  };
  const outputs = ['gpp_a', 'et_a'];
  const between = (patch: Readonly<Record<string, unknown>>) => {
    const spec = onCells({ outputs, ...patch });
    const [a, b, c, d, e, f] = (spec.grid as { readonly transform: Affine }).transform;
    return { ...spec, grid: { ...spec.grid, transform: [a, b, c + a / 2, d, e, f + e / 2] } } as typeof spec;
  };

  it('is that of the vapour there, not the mean of the shares around it', async () => {
    const relative = await run(between({ params: params(), sources: sources() }), patchy);
    const { relativeHumidity: _, ...others } = sources({
      specificHumidity: { constant: 0.003 },
      pressure: { constant: 95 },
    }) as Record<string, unknown>;
    const specific = await run(
      between({ params: params({ forcing: { humidity: 'specific' } }), sources: others }),
      patchy,
    );
    for (const name of outputs) {
      const [a, b] = [await relative(name), await specific(name)];
      for (let cell = 0; cell < CELLS; cell++) expect(Math.abs(a[cell]! / b[cell]! - 1)).toBeLessThan(1e-6);
    }
  });
});

describe('nitrogen that falls', () => {
  /** gN m-2 of 1983 and of 1984, everywhere. */
  async function npp(falls?: readonly [number, number]): Promise<number[]> {
    const inputs = memoryStore('inputs');
    await putWeather(inputs, [1983, 1984]);
    const cells = (falls ?? [0, 0]).flatMap((value) =>
      new Array<number>(LAT.length * LON.length).fill(value),
    );
    await putV2(inputs, 'n.zarr/n', {
      cells: Float32Array.from(cells),
      shape: [2, LAT.length, LON.length],
      dims: ['time', 'lat', 'lon'],
      attrs: { units: 'g m-2 yr-1' },
    });
    await putV2(inputs, 'n.zarr/time', {
      cells: Float64Array.from([1983, 1984], (year) => daysFromCivil(year, 7, 1)),
      shape: [2],
      dims: ['time'],
      attrs: { units: 'days since 1970-01-01' },
    });
    for (const axis of ['lat', 'lon', '.zgroup'])
      for await (const { key } of inputs.list(`met.zarr/${axis}`))
        await inputs.put(key.replace('met.zarr', 'n.zarr'), (await inputs.get(key))!.bytes);
    const world = tinyWorld(inputs);
    const nDeposition = falls ? { nDeposition: { zarr: 'n.zarr', variable: 'n' } } : {};
    const spec = onCells({
      params: params(),
      sources: sources(nDeposition),
      outputs: ['npp_a', 'nitrogen_a'],
    });
    expect((await runPlanned(world, await planTiny(world, spec))).because).toEqual([]);
    return [...(await cellsOf(world.store, 'npp_a')), ...(await cellsOf(world.store, 'nitrogen_a'))];
  }

  it('counts above what fell in the first year of the spin-up', async () => {
    const none = await npp();
    expect(await npp([2, 2]), 'what falls as it always did changes nothing').toEqual(none);
    const more = await npp([2, 7]);
    const nitrogen = 2 * CELLS; // behind the two years of NPP
    expect(more.slice(0, CELLS)).toEqual(none.slice(0, CELLS));
    for (let cell = 0; cell < CELLS; cell++) {
      const gained = more[nitrogen + CELLS + cell]! - none[nitrogen + CELLS + cell]!;
      // 0.8 of 5 gN m-2 reach the soil of the three quarters that have plants; C:N limits take and give some
      expect(gained).toBeGreaterThan(1);
      expect(gained).toBeLessThan(0.8 * 5 * 0.75 + 0.5);
    }
  });
});

describe('numbers that no place on Earth has', () => {
  it.each([
    [
      'temperature in kelvin that is called degrees',
      { tempMax: { zarr: 'met.zarr', variable: 'tmax', units: 'degC' } },
      /tmax.*outside/,
    ],
    [
      'watts that are called megajoules',
      { shortwave: { zarr: 'met.zarr', variable: 'rad', units: 'MJ m-2 day-1' } },
      /rad/,
    ],
    [
      'a fraction that is called per cent',
      { relativeHumidity: { zarr: 'met.zarr', variable: 'rh', scale: 0.01 } },
      /rh.*mean of the year/,
    ],
  ])('%s is refused, and the chunk says why', async (_, patch, message) => {
    const inputs = memoryStore('inputs');
    await putWeather(inputs, [1983, 1984]);
    const world = tinyWorld(inputs);
    const spec = onCells({ params: params(), sources: sources(patch), outputs: ['gpp_a'] });
    const summary = await runPlanned(world, await planTiny(world, spec));
    expect(summary.state).toBe('incomplete');
    expect(summary.because[0]!.reason).toMatch(message);
  });
});
