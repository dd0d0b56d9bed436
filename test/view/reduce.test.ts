import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Zone } from '../../lib/grid/zone.ts';
import { type ReduceInput, reduceZones } from '../../lib/view/reduce.ts';
import { zoneTable } from '../../lib/view/tables.ts';
import type { PixelWindow } from '../../lib/view/zone-weights.ts';
import { farZone, memoryLayer, memoryZone, sinusoidalGrid } from './memory-layer.ts';
import { V16 } from './vectors.ts';

const PIXEL_AREA = 53664.66833372575;

const zoneOf = (id: string, window: PixelWindow, weights: number[], polygonArea?: number): Zone => {
  const area = polygonArea ?? weights.reduce((a, b) => a + b, 0) * PIXEL_AREA;
  return memoryZone({ id, name: `City ${id}`, polygonArea: area }, window, weights);
};

/** 1000 m2 in the first row, 2000 in the second, and so on. */
const rowAreas = ({ y0, y1, x0, x1 }: PixelWindow): Float64Array =>
  Float64Array.from({ length: (y1 - y0) * (x1 - x0) }, (_, i) => 1000 * (y0 + Math.floor(i / (x1 - x0)) + 1));

const reduce = (rest: Partial<ReduceInput> & Pick<ReduceInput, 'layers' | 'zones'>) =>
  reduceZones({ membership: 'coverage', ...rest });

describe('the worked example of the paper (V16)', () => {
  const { inputs, outputs } = V16;
  const numbers = (cells: readonly (number | null)[]): number[] => cells.map((v) => v ?? NaN);
  const grid = sinusoidalGrid(2, 3);
  const layers = { npp: memoryLayer(grid, numbers(inputs.NPP)), rh: memoryLayer(grid, numbers(inputs.RH)) };
  const zones = [1, 2].map((id) =>
    zoneOf(
      String(id),
      { y0: 0, y1: 2, x0: 0, x1: 3 },
      inputs.zone.map((z) => Number(z === id)),
    ),
  );

  it.each(['1', '2'] as const)('gives area, means, totals and the ratio of totals of zone %s', async (id) => {
    const { zones: rows } = await reduce({ layers, zones });
    const row = rows.find((zone) => zone.id === id)!;
    const want = outputs[id];
    expect(row.n).toBe(want.n_valid);
    expect(row.validArea / 1e6).toBeCloseTo(want.area_km2, 12);
    for (const [field, key] of [
      ['npp', 'NPP'],
      ['rh', 'RH'],
      ['nep', 'NEP'],
    ] as const) {
      expect(row.fields[field]!.mean).toBeCloseTo(want[`mean_${key}`], 9);
      expect(row.fields[field]!.total!.KtC).toBeCloseTo(want[`total_${key}_KtC`], 14);
    }
    expect(row.ratio).toBeCloseTo(want.ratio_of_totals, 12);
    expect(row.ratio).not.toBeCloseTo(want.mean_of_pixel_ratios_DO_NOT_USE ?? -1, 4);
  });

  it('calls a zone that respires more than it grows a source', async () => {
    const { zones: rows } = await reduce({ layers, zones });
    expect(rows.map((row) => row.flag)).toEqual([0, 2]);
  });

  it('drops a pixel from NPP, RH and NEP alike when one of them is missing', async () => {
    const nep = memoryLayer(grid, [650, 540, 999, 20, -390, NaN]);
    const { zones: rows } = await reduce({ layers: { ...layers, nep }, zones });
    expect(rows.map((row) => row.n)).toEqual([2, 2]);
    expect(rows[1]!.fields.npp!.mean).toBe(200);
    expect(rows[1]!.fields.npp!.min).toBe(0);
    expect(rows[1]!.fields.npp!.max).toBe(400);
  });

  it('warns when less than nine tenths of the polygon hold a number', async () => {
    const { zones: rows } = await reduce({ layers, zones });
    expect(rows.map((row) => row.coverage)).toEqual([expect.closeTo(2 / 3, 12), expect.closeTo(1, 12)]);
    expect(rows.map((row) => row.lowCoverage)).toEqual([true, false]);
  });
});

describe('closure', () => {
  const grid = sinusoidalGrid(5, 6);
  const cells = fc.array(fc.oneof(fc.float({ min: -50, max: 2000, noNaN: true }), fc.constant(NaN)), {
    minLength: 30,
    maxLength: 30,
  });
  const whole = { y0: 0, y1: 5, x0: 0, x1: 6 };

  it('gives a union the totals of the zones that part it, and mean times area is the total', async () => {
    await fc.assert(
      fc.asyncProperty(
        cells,
        cells,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 }),
        async (npp, rh, share) => {
          const zones = [
            zoneOf('a', whole, share),
            zoneOf(
              'b',
              whole,
              share.map((s) => 1 - s),
            ),
          ];
          const layers = { npp: memoryLayer(grid, npp), rh: memoryLayer(grid, rh) };
          const areas = { of: rowAreas, basis: 'areas that grow from row to row' };
          const parts = await reduce({ layers, zones, areas });
          const union = await reduce({
            layers,
            zones: [
              zoneOf(
                'u',
                whole,
                share.map(() => 1),
              ),
            ],
            areas,
          });
          for (const field of ['npp', 'rh', 'nep']) {
            const all = union.zones[0]!;
            expect(parts.totals[0]!.fields[field]!.total!.gC).toBeCloseTo(all.fields[field]!.total!.gC, 5);
            expect(all.fields[field]!.mean * all.validArea).toBeCloseTo(all.fields[field]!.total!.gC, 5);
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it('gives the same numbers in windows of one block as in one window', async () => {
    const values = Array.from({ length: 30 }, (_, i) => (i % 7 === 0 ? NaN : 100 * Math.sin(i)));
    const zones = [zoneOf('a', { y0: 1, y1: 5, x0: 1, x1: 6 }, new Array(20).fill(0.5))];
    const [small, large] = [memoryLayer(grid, values), memoryLayer(grid, values)];
    const inBlocks = await reduce({ layers: { npp: small }, zones, maxCells: 16 });
    const atOnce = await reduce({ layers: { npp: large }, zones });
    expect(small.reads).toHaveLength(4);
    expect(large.reads).toHaveLength(1);
    expect(inBlocks.zones[0]!.fields.npp!.total!.gC).toBeCloseTo(atOnce.zones[0]!.fields.npp!.total!.gC, 8);
    expect(inBlocks.zones[0]!.n).toBe(atOnce.zones[0]!.n);
  });

  it('finds the cells of each zone in a window that several share', async () => {
    const layer = memoryLayer(
      grid,
      Array.from({ length: 30 }, (_, i) => i),
    );
    const zones = [
      zoneOf('a', { y0: 1, y1: 2, x0: 2, x1: 4 }, [1, 1]),
      zoneOf('b', { y0: 3, y1: 5, x0: 1, x1: 2 }, [1, 1]),
    ];
    const { zones: rows } = await reduce({ layers: { npp: layer }, zones });
    expect(layer.reads).toHaveLength(1);
    expect(rows.map(({ fields }) => [fields.npp!.min, fields.npp!.max])).toEqual([
      [8, 9],
      [19, 25],
    ]);
  });

  it('reads no window that no zone touches, and never more cells than it may', async () => {
    const layer = memoryLayer(grid, new Array(30).fill(1));
    const zones = [
      zoneOf('a', { y0: 0, y1: 1, x0: 0, x1: 1 }, [1]),
      zoneOf('b', { y0: 4, y1: 5, x0: 5, x1: 6 }, [1]),
    ];
    await reduce({ layers: { npp: layer }, zones, maxCells: 16 });
    expect(layer.reads.map(({ y0, x0 }) => [y0, x0])).toEqual([
      [0, 0],
      [4, 5],
    ]);
  });

  it('shares out the total of all zones', async () => {
    const zones = [
      zoneOf('a', { y0: 0, y1: 1, x0: 0, x1: 3 }, [1, 1, 1]),
      zoneOf('b', { y0: 1, y1: 2, x0: 0, x1: 1 }, [1]),
    ];
    const { zones: rows } = await reduce({
      layers: { npp: memoryLayer(grid, new Array(30).fill(250)) },
      zones,
    });
    expect(rows.map((row) => row.fields.npp!.share)).toEqual([0.75, 0.25]);
  });
});

describe('zones without a number', () => {
  const grid = sinusoidalGrid(2, 3);
  const whole = { y0: 0, y1: 2, x0: 0, x1: 3 };
  const npp = memoryLayer(grid, [NaN, NaN, NaN, 1, 2, 3]);

  it('says so for a zone whose pixels are all missing, and gives no zero', async () => {
    const { zones: rows } = await reduce({
      layers: { npp, rh: npp },
      zones: [zoneOf('a', whole, [1, 1, 1, 0, 0, 0])],
    });
    expect(rows[0]).toMatchObject({
      n: 0,
      pixels: 3,
      validArea: 0,
      coverage: 0,
      lowCoverage: true,
      flag: 255,
    });
    expect(rows[0]!.note).toBe('no valid pixel in the zone');
    expect(rows[0]!.fields.npp).toMatchObject({ mean: NaN, min: NaN, max: NaN });
    expect(rows[0]!.fields.npp!.total!.gC).toBeNaN();
  });

  it('says so for a zone that lies outside the grid, and reads nothing for it', async () => {
    const { zones: rows } = await reduce({ layers: { npp }, zones: [farZone('x')] });
    expect(rows[0]).toMatchObject({ n: 0, pixels: 0, note: 'the zone lies outside the grid' });
    expect(npp.reads.every(({ y1 }) => y1 === 2)).toBe(true);
  });
});

describe('months', () => {
  const grid = sinusoidalGrid(1, 2);
  const times = Array.from({ length: 24 }, (_, i) => 18628 + Math.round(i * 30.4375) + 3);
  const months = Array.from({ length: 48 }, (_, i) => (i === 5 ? NaN : 10));
  const npp = memoryLayer(grid, months, { times, units: 'g m-2 month-1' });
  const zones = [zoneOf('a', { y0: 0, y1: 1, x0: 0, x1: 2 }, [1, 1])];

  it('reduces each month on its own', async () => {
    const { zones: rows, method } = await reduce({ layers: { npp }, zones, steps: { t0: 0, t1: 3 } });
    expect(rows.map((row) => row.period.label)).toEqual(['2021-01', '2021-02', '2021-03']);
    expect(rows.map((row) => row.n)).toEqual([2, 2, 1]);
    expect(method.variables.npp!.units).toBe('g m-2 month-1');
  });

  it('sums a year from the pixels that have all of its months', async () => {
    const { zones: rows, method } = await reduce({
      layers: { npp },
      zones,
      steps: { t0: 0, t1: 12 },
      over: 'sum',
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ n: 1, period: { label: '2021', steps: 12 } });
    expect(rows[0]!.fields.npp!.mean).toBe(120);
    expect(method.variables.npp!.units).toBe('g m-2 year-1');
    expect(method.mask).toContain('in every step');
  });

  it('takes the mean of two years from the pixels that have both, in the unit of one', async () => {
    const units = 'g m-2 year-1';
    const years = { times: [18628, 18993], timeName: 'year', units };
    const layers = {
      npp: memoryLayer(grid, [400, 900, 800, NaN], years),
      rh: memoryLayer(grid, [300, 100, 500, 100], years),
    };
    const { zones: rows, totals, method } = await reduce({ layers, zones, over: 'mean' });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ n: 1, period: { label: '2021..2022', steps: 2 } });
    expect(rows[0]!.fields.npp!.mean).toBe(600);
    expect(rows[0]!.fields.nep!.mean).toBe(200);
    expect(rows[0]!.fields.npp!.total!.gC).toBeCloseTo(600 * PIXEL_AREA, 3);
    expect(totals[0]!.ratio).toBeCloseTo(400 / 600, 12);
    expect(method.variables.npp!.units).toBe(units);
    expect(zoneTable({ method, zones: rows, totals })).toMatch(/^Zones, mean of 2021\.\.2022\n/);
  });
});

describe('refusals and facts', () => {
  const zones = [zoneOf('a', { y0: 0, y1: 1, x0: 0, x1: 1 }, [1])];

  it('refuses layers of different grids by name', async () => {
    const layers = {
      npp: memoryLayer(sinusoidalGrid(2, 3), new Array(6).fill(1)),
      rh: memoryLayer(sinusoidalGrid(2, 4), new Array(8).fill(1), { title: 'test.zarr/rh' }),
    };
    await expect(reduce({ layers, zones })).rejects.toThrow(/test.zarr\/rh and test.zarr\/npp differ/);
  });

  it('refuses steps that the layer does not have', async () => {
    const layers = { npp: memoryLayer(sinusoidalGrid(2, 3), new Array(6).fill(1)) };
    await expect(reduce({ layers, zones, steps: { t0: 0, t1: 2 } })).rejects.toThrow(
      '[0, 2) does not lie in the 1 steps',
    );
  });

  it('gives no total to a temperature', async () => {
    const layers = { t2m: memoryLayer(sinusoidalGrid(2, 3), new Array(6).fill(20), { units: 'degC' }) };
    const { zones: rows, method } = await reduce({ layers, zones });
    expect(rows[0]!.fields.t2m).toEqual({ mean: expect.closeTo(20, 12), min: 20, max: 20 });
    expect(method.total).toContain('none');
  });

  it('tells sign, weights, mask and area of the numbers', async () => {
    const layer = memoryLayer(sinusoidalGrid(2, 3), new Array(6).fill(1));
    const { method } = await reduce({
      layers: { npp: layer, rh: layer },
      zones,
    });
    expect(method.sign).toContain('NEP > 0 is uptake by land');
    expect(method.mask).toContain('npp, rh are all valid');
    expect(method).toMatchObject({
      area: 'true area of each pixel, the same all over the equal-area grid (MODIS sinusoidal)',
      coverageWarningBelow: 0.9,
    });
    expect(method.grid).toEqual({ crs: 'MODIS sinusoidal', height: 2, width: 3 });
  });
});
