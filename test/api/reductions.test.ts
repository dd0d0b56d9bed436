import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { cellAreas } from '../../lib/grid/area.ts';
import { zonesOnGrid } from '../../lib/grid/zone.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { watchedStore } from '../helpers/watched-store.ts';
import {
  type Answer,
  askOf,
  collection,
  east,
  feature,
  LARGE,
  near,
  PATH,
  polygon,
  SMALL,
  south,
} from './asked.ts';
import { appOver, COUNTRY, countryStore, serveCountry } from './served.ts';

let app: Api;
let store: Store;
beforeAll(async () => {
  ({ app, store } = await serveCountry());
});

const { west, north, rows, cols, pixel } = COUNTRY;
const ask = (body: unknown, from: Api = app): Promise<Answer> => askOf(from, body);

/** Cells of a step of a variable over the whole grid. */
async function cellsOf(variable: string, step: number): Promise<Float64Array> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', variable, { absentChunks: 'fill' });
  const { cells } = await layer.read({ t0: step, t1: step + 1, y0: 0, y1: rows, x0: 0, x1: cols });
  return Float64Array.from(cells);
}

/** Sums over a polygon from its definition, by the zones of the grid floor. */
async function bySum(geometry: unknown, variables: readonly string[], step: number) {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', variables[0]!, { absentChunks: 'fill' });
  const { grid } = layer.facts;
  const [zone] = zonesOnGrid(geometry, grid);
  const window = { y0: 0, y1: rows, x0: 0, x1: cols };
  const [shares, areas] = [zone!.coverage(window), cellAreas(grid, window)];
  const fields = await Promise.all(variables.map((name) => cellsOf(name, step)));
  let area = 0;
  const mass = variables.map(() => 0);
  for (let i = 0; i < shares.length; i++) {
    if (!(shares[i]! > 0) || fields.some((field) => Number.isNaN(field[i]))) continue;
    area += shares[i]! * areas[i]!;
    for (const [f, field] of fields.entries()) mass[f]! += shares[i]! * areas[i]! * field[i]!;
  }
  return { area, mass, polygonArea: zone!.polygonArea };
}

describe('a reduction over a polygon', () => {
  it('weighs each pixel by the exact share of its area, to nine digits of the definition', async () => {
    const { zones } = await ask({ zones: SMALL, variables: ['npp_a', 'rh_a', 'nep_a'], time: '2022' });
    const expected = await bySum(SMALL, ['npp_a', 'rh_a', 'nep_a'], 1);
    const [period] = zones[0]!.periods;
    near(period!.validArea, expected.area);
    near(zones[0]!.polygonArea, expected.polygonArea);
    near(period!.validShare, expected.area / expected.polygonArea);
    for (const [f, name] of ['npp_a', 'rh_a', 'nep_a'].entries()) {
      const { mean, total } = period!.variables[name]!;
      near(mean!, expected.mass[f]! / expected.area, expected.mass[0]! / expected.area);
      near(total!.gC, expected.mass[f]!, expected.mass[0]!);
      near(total!.KtC, expected.mass[f]! / 1e9, expected.mass[0]! / 1e9);
      near(total!.tCO2e, ((expected.mass[f]! / 1e6) * 44) / 12, expected.mass[0]!);
    }
    near(period!.ratio!.rhOverNpp, expected.mass[1]! / expected.mass[0]!);
    expect(period!.ratio!.balance).toBe(['sink', 'at risk', 'source'][period!.ratio!.flag]);
  });

  it('takes whole chunks from their records and reads only those on the outline', async () => {
    const watched = watchedStore(store);
    const own = appOver(watched.store);
    const fast = await ask({ zones: LARGE, variables: ['npp_a'] }, own);
    const shards = watched
      .take()
      .filter((request) => request.startsWith('get') && /npp_a\/c\//.test(request));
    expect(fast.method.read.wholeBlocks).toBeGreaterThan(0);
    expect(new Set(shards.map((request) => /c\/[\d/]+/.exec(request)![0])).size).toBe(
      2 * fast.method.read.pixelChunks,
    );
    const every = await ask({ zones: LARGE, variables: ['npp_a'], path: 'pixels' }, own);
    expect(every.method.read.wholeBlocks).toBe(0);
    expect(every.method.read.pixelChunks).toBeGreaterThan(fast.method.read.pixelChunks);
    expect(fast.zones[0]!.periods.map(({ n, pixels }) => [n, pixels])).toEqual(
      every.zones[0]!.periods.map(({ n, pixels }) => [n, pixels]),
    );
  });

  it('answers the same by the short way as pixel by pixel, over random polygons', async () => {
    const between = (a: number, b: number) =>
      fc.integer({ min: 0, max: 1e9 }).map((n) => a + ((b - a) * n) / 1e9);
    const place = fc.tuple(between(west, east), between(south, north));
    const star = fc.tuple(
      place,
      fc.array(between(0.5, 4), { minLength: 3, maxLength: 12 }),
      fc.constantFrom('coverage', 'centre'),
      fc.constantFrom(['npp'], ['nep'], ['npp', 'rh', 'nep']),
    );
    let blocks = 0;
    await fc.assert(
      fc.asyncProperty(star, async ([[x, y], radii, weights, variables]) => {
        const ring = radii.map((r, i): [number, number] => {
          const turn = (2 * Math.PI * i) / radii.length;
          return [x + r * Math.cos(turn), y + r * Math.sin(turn)];
        });
        const body = {
          zones: polygon(...ring),
          weights,
          variables,
          time: '2021-06/2022-02',
        };
        const [short, long] = [await ask(body), await ask({ ...body, path: 'pixels' })];
        blocks += short.method.read.wholeBlocks;
        const [a, b] = [short.zones[0]!, long.zones[0]!];
        expect([a.status, a.reason, a.periods.length]).toEqual([b.status, b.reason, b.periods.length]);
        for (const [p, period] of a.periods.entries()) {
          const other = b.periods[p]!;
          expect([period.n, period.pixels]).toEqual([other.n, other.pixels]);
          near(period.validArea, other.validArea);
          for (const name of variables) {
            const [found, expected] = [period, other].map((q) => q.variables[name]!.total!.gC);
            // What a balance of nearly 0 is measured by: 1 g of each m2.
            near(found!, expected!, Math.max(Math.abs(expected!), other.validArea));
          }
        }
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(blocks).toBeGreaterThan(50);
  }, 60_000);

  it('adds up: parts of a polygon make the whole', async () => {
    const half = (a: number, b: number) => polygon([a, south], [b, south], [b, north], [a, north]);
    const cut = 11.137;
    const { zones } = await ask({
      zones: collection(...[half(west, cut), half(cut, east), half(west, east)].map((part) => feature(part))),
      variables: ['nep_a'],
      time: '2022',
    });
    const totals = zones.map(({ periods }) => periods[0]!.variables.nep_a!.total!.gC);
    near(totals[0]! + totals[1]!, totals[2]!, Math.abs(totals[0]!) + Math.abs(totals[1]!));
  });

  it('gives a pixel centre to one of two neighbours, and counts it once', async () => {
    const cut = west + 5.5 * pixel;
    const half = (a: number, b: number) => feature(polygon([a, south], [b, south], [b, north], [a, north]));
    const { zones } = await ask({
      zones: collection(half(west, cut), half(cut, east)),
      weights: 'centre',
      variables: ['npp_a'],
      time: '2022',
    });
    expect(zones.map(({ periods }) => periods[0]!.pixels)).toEqual([6 * rows, (cols - 6) * rows]);
  });
});

describe('what else it tells', () => {
  it('finds least, greatest, spread, quantiles and histogram of a map of one zone', async () => {
    const box = polygon([west, south], [east, south], [east, north], [west, north]);
    const { zones } = await ask({
      zones: box,
      variables: ['npp_a'],
      time: '2022',
      statistics: ['mean', 'min', 'max', 'std', 'quantiles', 'histogram'],
      quantiles: [0, 0.5, 1],
      histogram: { bins: 4 },
    });
    const field = zones[0]!.periods[0]!.variables.npp_a! as unknown as {
      min: number;
      max: number;
      mean: number;
      std: number;
      quantiles: Record<string, number>;
      histogram: { edges: number[]; area: number[] };
    };
    const values = await cellsOf('npp_a', 1);
    const valid = [...values].filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
    expect([field.min, field.max]).toEqual([valid[0], valid.at(-1)]);
    expect([field.quantiles.q0, field.quantiles.q100]).toEqual([valid[0], valid.at(-1)]);
    expect(field.quantiles.q50).toBeGreaterThanOrEqual(valid[Math.floor(valid.length * 0.45)]!);
    expect(field.quantiles.q50).toBeLessThanOrEqual(valid[Math.ceil(valid.length * 0.55)]!);
    const areas = cellAreas(
      (await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' })).facts.grid,
      { y0: 0, y1: rows, x0: 0, x1: cols },
    );
    let [area, sum, squares] = [0, 0, 0];
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      area += areas[i]!;
      sum += areas[i]! * (value - field.mean);
      squares += areas[i]! * (value - field.mean) ** 2;
    }
    expect(Math.abs(sum / area)).toBeLessThan(1e-9);
    near(field.std, Math.sqrt(squares / area));
    near(
      field.histogram.area.reduce((a, b) => a + b, 0),
      area,
    );
  });

  it('sums months into a period in which only pixels count that are valid throughout', async () => {
    const { zones } = await ask({ zones: SMALL, variables: ['npp'], time: '2022', over: 'sum' });
    const months = await ask({ zones: SMALL, variables: ['npp'], time: '2022' });
    const [period] = zones[0]!.periods;
    expect(period!.period).toBe('2022-01/2022-12');
    expect(period!.n).toBeLessThanOrEqual(Math.min(...months.zones[0]!.periods.map(({ n }) => n)));
    const annual = await ask({ zones: SMALL, variables: ['npp_a'], time: '2022' });
    expect(period!.n).toBe(annual.zones[0]!.periods[0]!.n);
    // The annual map is stored in float32.
    expect(
      period!.variables.npp!.total!.gC / annual.zones[0]!.periods[0]!.variables.npp_a!.total!.gC,
    ).toBeCloseTo(1, 6);
  });

  it('gives the mean of years, as a year: of a pixel, and of the pixels that are valid in each', async () => {
    const [first, second] = [await cellsOf('npp_a', 0), await cellsOf('npp_a', 1)];
    const cell = first.findIndex((value, i) => !Number.isNaN(value + second[i]!));
    const place = [west + ((cell % cols) + 0.5) * pixel, north - (Math.floor(cell / cols) + 0.5) * pixel];
    const about = { variables: ['npp_a'], time: '2021/2022' };
    const point = await ask({ ...about, point: place, over: 'mean' });
    expect(point.zones[0]!.periods.map(({ period }) => period)).toEqual(['2021/2022']);
    near(point.zones[0]!.periods[0]!.variables.npp_a!.mean!, (first[cell]! + second[cell]!) / 2);
    const [mean, sum] = [
      await ask({ ...about, zones: SMALL, over: 'mean' }),
      await ask({ ...about, zones: SMALL, over: 'sum' }),
    ];
    const [ofMean, ofSum] = [mean, sum].map(({ zones }) => zones[0]!.periods[0]!);
    expect(ofMean!.n).toBe(ofSum!.n);
    near(ofMean!.variables.npp_a!.total!.gC, ofSum!.variables.npp_a!.total!.gC / 2);
    const unitsOf = ({ method }: typeof mean) =>
      (method.variables as Record<string, { units: string }>).npp_a!.units;
    expect([mean, sum].map(unitsOf)).toEqual(['g m-2 year-1', 'g m-2']);
  });

  it('says the unit of a sum by the steps that were asked for', async () => {
    const units = async (time: string) => {
      const { method } = await ask({ zones: SMALL, variables: ['npp'], time, over: 'sum' });
      return (method.variables as Record<string, { units: string }>).npp!.units;
    };
    expect(await units('2022')).toBe('g m-2 year-1');
    expect(await units('2022-03/2022-05')).toBe('g m-2');
    expect(await units('2021/2022')).toBe('g m-2');
  });

  it('answers for a point with its pixel and for a box with its pixels', async () => {
    const [lon, lat] = [west + 5.5 * pixel, north - 6.5 * pixel];
    const { zones } = await ask({ point: [lon, lat], variables: ['npp_a'], time: '2022' });
    const values = await cellsOf('npp_a', 1);
    expect(zones[0]!.periods[0]!.variables.npp_a!.mean).toBe(values[6 * cols + 5]);
    const box = [west + pixel, north - 3 * pixel, west + 3 * pixel, north - pixel];
    const answer = (await (
      await app.request(`${PATH}?bbox=${box.join(',')}&variable=npp_a&time=2022`)
    ).json()) as Answer;
    expect(answer.zones[0]!.periods[0]!.pixels).toBe(4);
  });

  it('stands by its numbers: the same digest for the same sources, another when a chunk changed', async () => {
    const own = await countryStore();
    const other = appOver(own);
    const digest = async () =>
      (await ask({ zones: LARGE, variables: ['npp_a'] }, other)).method.digests.sources;
    const before = await digest();
    expect(await digest()).toBe(before);
    const key = 'products/tiny/records/0/1/0/0.json';
    const record = JSON.parse(Buffer.from((await own.get(key))!.bytes).toString());
    await own.put(key, Buffer.from(JSON.stringify({ ...record, digest: 'other' })));
    expect(await digest()).not.toBe(before);
  });
});
