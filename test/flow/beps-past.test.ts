import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../lib/errors.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { bepsSources, cellsOf, halfMonths, LAT, LON, onCells, putWeather } from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, tinyWorld } from '../helpers/tiny-product.ts';
import { json, putV2 } from '../raster/zarr-made.ts';

/** Years long before any satellite (spec beps.md 1.2): what stands for their leaf area and nitrogen deposition. */

const CELLS = LAT.length * LON.length;
const FIRST = [1901, 1902, 1903, 1904];
const SATELLITE = [1982, 1983, 1984, 1985, 1986];
const LATER = [1996, 1997];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

const leaves = (year: number, k: number, cell: number) =>
  0.5 + 2 * Math.sin((Math.PI * k) / 24) + 0.3 * ((year * 7) % 5) + 0.1 * (cell % 3);
const falls = (year: number, cell: number) => 3 + (year - 1996) + 0.5 * (cell % 2);
const TREND = { 1904: 0.8, 1902: 0.2 };
/** Of what TREND says: before its first year it is as in that, between them on a line. */
const FACTORS: Record<number, number> = { 1901: 0.2, 1902: 0.2, 1903: 0.5, 1904: 0.8 };

async function put(
  store: Store,
  root: string,
  times: readonly number[],
  value: (t: number, cell: number) => number,
) {
  await putV2(store, `${root}/value`, {
    cells: Float64Array.from({ length: times.length * CELLS }, (_, i) =>
      value(Math.floor(i / CELLS), i % CELLS),
    ),
    shape: [times.length, LAT.length, LON.length],
    dims: ['time', 'lat', 'lon'],
    attrs: { units: root === 'n.zarr' ? 'g m-2 yr-1' : '1' },
  });
  for (const [dim, values, units] of [
    ['time', times, 'days since 1970-01-01'],
    ['lat', LAT, 'degrees_north'],
    ['lon', LON, 'degrees_east'],
  ] as const)
    await putV2(store, `${root}/${dim}`, {
      cells: Float64Array.from(values),
      shape: [values.length],
      dims: [dim],
      attrs: { units },
    });
  await store.put(`${root}/.zgroup`, json({ zarr_format: 2 }));
}

const putLeaves = (store: Store, years: readonly number[], of: typeof leaves) =>
  put(store, 'leaves.zarr', years.flatMap(halfMonths), (t, cell) =>
    of(years[Math.floor(t / 24)]!, t % 24, cell),
  );
const putFalls = (store: Store, years: readonly number[], of: typeof falls) =>
  put(
    store,
    'n.zarr',
    years.map((year) => daysFromCivil(year, 7, 1)),
    (t, cell) => of(years[t]!, cell),
  );

const { landcover: _, ...others } = bepsSources();
const specOf = (more: { readonly lai?: object; readonly nDeposition?: object }) =>
  onCells({
    params: {
      tiles: { types: ['DBF', 'GRA'], shares: 'layers' },
      spinUp: { from: 1901, to: 1901, years: 2, most: 2 },
    },
    time: { from: '1901-01', to: '1904-12' },
    sources: {
      ...others,
      lai: { zarr: 'leaves.zarr', variable: 'value', ...more.lai },
      nDeposition: { zarr: 'n.zarr', variable: 'value', ...more.nDeposition },
      co2: { series: { 1901: 296, 1902: 296.4, 1903: 296.8, 1904: 297.2 } },
      share_dbf: { constant: 0.5 },
      share_gra: { constant: 0.4 },
    },
    outputs: ['gpp_a', 'nep_a', 'nitrogen_a'],
  });

const PAST = { lai: { past: [1982, 1986] }, nDeposition: { past: [1996, 1997], trend: TREND } };

async function run(inputs: Store, spec: ReturnType<typeof onCells>) {
  const world = tinyWorld(inputs);
  expect((await runPlanned(world, await planTiny(world, spec))).because).toEqual([]);
  const read = async (name: string) => [...(await cellsOf(world.store, name))].map(Number);
  return { gpp: await read('gpp_a'), nep: await read('nep_a'), nitrogen: await read('nitrogen_a') };
}

describe('a run from 1901', () => {
  const satellites = memoryStore('inputs');
  const ready = (async () => {
    await putWeather(satellites, FIRST);
    await putLeaves(satellites, SATELLITE, leaves);
    await putFalls(satellites, LATER, falls);
  })();

  it('has the leaves of 1982–86 half-month by half-month, and deposition along a trend, as if files said so', async () => {
    await ready;
    const whole = memoryStore('inputs');
    await putWeather(whole, FIRST);
    await putLeaves(whole, FIRST, (_year, k, cell) => mean(SATELLITE.map((year) => leaves(year, k, cell))));
    await putFalls(whole, FIRST, (year, cell) => FACTORS[year]! * mean(LATER.map((at) => falls(at, cell))));
    const [a, b] = [await run(satellites, specOf(PAST)), await run(whole, specOf({}))];
    for (const name of ['gpp', 'nep', 'nitrogen'] as const) {
      const far = a[name].map((value, i) => Math.abs(value - b[name][i]!));
      expect(a[name].every(Number.isFinite)).toBe(true);
      expect(Math.max(...far), name).toBeLessThan(2e-3);
    }
    expect(Math.min(...a.gpp)).toBeGreaterThan(200);
  });

  it('changes with the trend alone where deposition rises', async () => {
    await ready;
    const [rising, steady] = [
      await run(satellites, specOf(PAST)),
      await run(satellites, specOf({ ...PAST, nDeposition: { past: [1996, 1997] } })),
    ];
    const gained = rising.nitrogen.slice(-6).map((value, i) => value - steady.nitrogen.at(i - 6)!);
    // 0.8 of (0.3 + 0.6) of 3.5 to 4 gN m-2 reach what has plants, nine tenths of the cell
    for (const more of gained) expect(more).toBeGreaterThan(0.5);
    expect(rising.gpp.slice(0, 6), 'in the year that it is counted from nothing is extra').toEqual(
      steady.gpp.slice(0, 6),
    );
  });

  it.each([
    [
      'without the years that it is a trend of',
      { ...PAST, nDeposition: { trend: TREND } },
      /trend: say in past/,
    ],
    [
      'of leaf area',
      { ...PAST, lai: { past: [1982, 1986], trend: TREND } },
      /lai\.trend: lai has no amounts a year/,
    ],
  ])('refuses a trend %s', async (_title, more, message) => {
    await ready;
    const planned = planTiny(tinyWorld(satellites), specOf(more));
    await expect(planned).rejects.toThrow(message);
    await expect(planned).rejects.toThrow(BadRequest);
  });
});

describe('rain of coarse weather', () => {
  /** A wet day in every second column of the weather, in a product of cells a quarter as wide. */
  it('keeps its wet days and its sum as means over areas; interpolated it drizzles between', async () => {
    const inputs = memoryStore('inputs');
    await putWeather(inputs, [1983], undefined, (name, _year, doy, _y, x) =>
      name === 'pr'
        ? doy % 5 === 0 && x % 2 === 0
          ? 20 / 86_400
          : 0
        : name === 'tmax'
          ? 293.15
          : name === 'tmin'
            ? 10
            : name === 'rad'
              ? 150
              : 60,
    );
    const sources = (resampling: object) => ({
      ...others,
      precipitation: { zarr: 'met.zarr', variable: 'pr', ...resampling },
      lai: { constant: 3 },
      share_gra: { constant: 1 },
    });
    const of = async (resampling: object) => {
      const spec = onCells({
        params: { tiles: { types: ['GRA'], shares: 'layers' }, spinUp: null },
        grid: {
          crs: 'EPSG:4326',
          transform: [0.125, 0, LON[1]! - 0.25, 0, -0.125, LAT[1]! + 0.25],
          shape: [2, 16],
          shard: [2, 16],
          chunk: [2, 16],
        },
        time: { from: '1983-01', to: '1983-12' },
        sources: sources(resampling),
        outputs: ['et_a', 'runoff_a', 'water_a'],
      });
      const world = tinyWorld(inputs);
      const planned = await planTiny(world, spec);
      expect((await runPlanned(world, planned)).because).toEqual([]);
      const read = async (name: string) => {
        const layer = await openZarr(world.store, 'products/tiny/data.zarr/0', name, {
          absentChunks: 'fill',
        });
        return (await layer.read({ t0: 0, t1: 1, y0: 0, y1: 1, x0: 0, x1: 16 })).cells;
      };
      return { et: await read('et_a'), digest: planned.plan.tasks[0]!.windows[0]!.digest };
    };
    const [usual, bilinear, areas] = [
      await of({}),
      await of({ resampling: 'bilinear' }),
      await of({ resampling: 'mean' }),
    ];
    expect(usual.digest, 'what is the default changes nothing').toBe(bilinear.digest);
    expect(areas.digest).not.toBe(usual.digest);
    // four cells of one cell of the weather have the same rain, hence the same water
    for (let x = 0; x < 16; x++) expect(areas.et[x]).toBe(areas.et[x - (x % 4)]);
    expect(usual.et.some((et, x) => et !== usual.et[x - (x % 4)])).toBe(true);
  });

  it('cannot be asked of what is not interpolated', async () => {
    const inputs = memoryStore('inputs');
    await putWeather(inputs, [1983, 1984]);
    const of = (patch: object) =>
      planTiny(
        tinyWorld(inputs),
        onCells({
          params: { tiles: { types: ['GRA'], shares: 'layers' }, spinUp: null },
          sources: { ...others, lai: { constant: 3 }, share_gra: { constant: 1 }, ...patch },
        }),
      );
    await expect(
      of({ relativeHumidity: { zarr: 'met.zarr', variable: 'rh', resampling: 'mean' } }),
    ).rejects.toThrow(/relativeHumidity\.resampling.*as vapour/);
  });
});
