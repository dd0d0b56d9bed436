import { describe, expect, it } from 'vitest';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { bepsSources, cellsOf, LAT, LON, onCells, putWeather } from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, tinyWorld } from '../helpers/tiny-product.ts';
import { json, putV2 } from '../raster/zarr-made.ts';

/** Hours since 1 January 1983 UTC: `value(hour, column)`. */
async function putHours(
  store: Store,
  name: string,
  units: string,
  hours: readonly number[],
  value: (hour: number, x: number) => number,
): Promise<void> {
  const cells = Float32Array.from(
    hours.flatMap((hour) => LAT.flatMap(() => LON.map((_, x) => value(hour, x)))),
  );
  await putV2(store, `hours.zarr/${name}`, {
    cells,
    shape: [hours.length, LAT.length, LON.length],
    chunks: [500, LAT.length, LON.length],
    dims: ['time', 'lat', 'lon'],
    attrs: { units },
  });
  const first = daysFromCivil(1983, 1, 1);
  for (const [dim, values, unit] of [
    ['time', hours.map((hour) => 24 * first + hour), 'hours since 1970-01-01'],
    ['lat', LAT, 'degrees_north'],
    ['lon', LON, 'degrees_east'],
  ] as const)
    await putV2(store, `hours.zarr/${dim}`, {
      cells: Float64Array.from(values),
      shape: [values.length],
      dims: [dim],
      attrs: { units: unit },
    });
  await store.put('hours.zarr/.zgroup', json({ zarr_format: 2 }));
}

describe('hours become days at the door', () => {
  const YEAR = Array.from({ length: 8760 }, (_, hour) => hour);

  async function run(hours: readonly number[], patch: Readonly<Record<string, unknown>>) {
    const inputs = memoryStore('inputs');
    await putHours(
      inputs,
      't2m',
      'K',
      hours,
      (hour) => 283.15 + 8 * Math.sin((2 * Math.PI * (hour - 9)) / 24),
    );
    await putHours(
      inputs,
      'ssrd',
      'J m**-2',
      hours,
      (hour) => 1e6 * Math.max(0, Math.sin((2 * Math.PI * ((hour % 24) - 6.5)) / 24)),
    );
    const world = tinyWorld(inputs);
    const t2m = { zarr: 'hours.zarr', variable: 't2m', ...patch };
    const spec = onCells({
      time: { from: '1983-01', to: '1983-12' },
      outputs: ['gpp_d', 'et_d', 'qa'],
      params: { tiles: { types: ['GRA'] }, spinUp: null, forcing: { humidity: 'minimum' } },
      sources: {
        tempMin: t2m,
        tempMax: t2m,
        shortwave: { zarr: 'hours.zarr', variable: 'ssrd', accumulation: 'per_step', stamp: 'end', ...patch },
        precipitation: { constant: 2 },
        lai: { constant: 3 },
        co2: { series: { '1983': 343 } },
        landcover: { constant: 'GRA' },
      },
    });
    const summary = await runPlanned(world, await planTiny(world, spec));
    return { summary, world };
  }

  /** The same from days that somebody else has made. */
  async function runOnDays(shortwave: (day: number) => number) {
    const inputs = memoryStore('inputs');
    await putWeather(inputs, [1983], ['tmin', 'tmax', 'rad'], (name, _year, doy) =>
      name === 'tmin' ? 2 : name === 'tmax' ? 291.15 : shortwave(doy),
    );
    const world = tinyWorld(inputs);
    const { tempMin, tempMax, shortwave: rad } = bepsSources();
    const spec = onCells({
      time: { from: '1983-01', to: '1983-12' },
      outputs: ['gpp_d', 'et_d', 'qa'],
      params: { tiles: { types: ['GRA'] }, spinUp: null, forcing: { humidity: 'minimum' } },
      sources: {
        tempMin,
        tempMax,
        shortwave: rad,
        precipitation: { constant: 2 },
        lai: { constant: 3 },
        co2: { constant: 343 },
        landcover: { constant: 'GRA' },
      },
    });
    await runPlanned(world, await planTiny(world, spec));
    return world;
  }

  const dailyJoules = YEAR.slice(0, 24).reduce(
    (sum, hour) => sum + Math.fround(1e6 * Math.max(0, Math.sin((2 * Math.PI * (hour - 6.5)) / 24))),
    0,
  );

  it('by minimum, maximum and sum, with stamps at either end', async () => {
    const { summary, world } = await run(YEAR, {});
    expect(summary).toMatchObject({ state: 'complete', because: [] });
    const days = await runOnDays(() => dailyJoules / 86_400);
    const [hourly, daily] = [await cellsOf(world.store, 'gpp_d'), await cellsOf(days.store, 'gpp_d')];
    let worst = 0;
    const whole = hourly.length - 6; // the last hour of the year is stamped in the next
    for (let i = 0; i < whole; i++) worst = Math.max(worst, Math.abs(hourly[i]! - daily[i]!));
    expect(hourly[6 * 180]).toBeGreaterThan(0.5);
    expect(worst).toBeLessThan(1e-5); // hours are stored in single precision
  });

  it('by the longitude of each cell', async () => {
    // the country lies at 9 to 13 degrees east: local time is an hour ahead
    const { summary } = await run(YEAR, { utcOffset: 'solar' });
    expect(summary).toMatchObject({ state: 'complete', because: [] });
  });

  it('also where the first hour of the record is missing, as in ERA5', async () => {
    const { summary } = await run(YEAR.slice(1), {});
    expect(summary.because).toEqual([]);
  });

  it('but not where a day lacks more than a tenth of its hours', async () => {
    const hours = YEAR.filter((hour) => hour < 2400 || hour > 2404);
    await expect(run(hours, {})).rejects.toThrow('t2m has 19 of 24 steps on 1983-04-11');
  });

  it('and not where an hour is there twice', async () => {
    await expect(run([...YEAR.slice(0, 50), 49, ...YEAR.slice(50)], {})).rejects.toThrow(
      'after the one before',
    );
  });

  it('has no respiration and no pools to tell of without a spin-up', async () => {
    const { world } = await run(YEAR, {});
    expect((await cellsOf(world.store, 'et_d')).every((value) => value >= 0)).toBe(true);
  });
});
