import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorityOf } from '../../lib/view/class-tally.ts';
import { type ClassInput, reduceClasses } from '../../lib/view/land-cover.ts';
import { denseZone } from '../../lib/view/zone-weights.ts';
import { memoryLayer, sinusoidalGrid } from './memory-layer.ts';
import { V17 } from './vectors.ts';

const { inputs, outputs, intermediates } = V17;
const KEPT = ['forest', 'cropland', 'grassland', 'built', 'bare'] as const;
const legend = { classes: inputs.classes, excluded: ['water', 'snow'] };
const grid = sinusoidalGrid(2, 2);
const area = inputs.pixel_area_m2;
/** `[class][cell]` */
const fractions = inputs.classes.flatMap((_, c) => inputs.fractions.map((pixel) => pixel[c]!));
const nep = memoryLayer(grid, [...inputs.NEP]);
const fractionLayer = (cells: readonly number[]) =>
  memoryLayer(grid, cells, { units: '1', times: inputs.classes.map((_, c) => c) });
const classOf = Object.fromEntries(inputs.classes.map((name, c) => [10 * (c + 1), name]));
const majority = [...majorityOf(fractions, 7)];
const codeLayer = memoryLayer(
  grid,
  majority.map((c) => 10 * (c + 1)),
  { units: '1' },
);

const reduce = (cover: ClassInput['cover'], rest: Partial<ClassInput> = {}) =>
  reduceClasses({ values: nep, cover, legend, ...rest });
const byMajority = { by: 'majority', layer: codeLayer, classOf } as const;
const byFractions = { by: 'fractions', layer: fractionLayer(fractions) } as const;

describe('land cover by majority (V17)', () => {
  it('takes the largest fraction, and the first of equal ones', () => {
    expect(majority.map((c) => inputs.classes[c])).toEqual(intermediates.majority_class);
  });

  it('gives totals and shares of the classes without water and snow', async () => {
    const { classes } = await reduce(byMajority);
    expect(classes.map(({ name }) => name)).toEqual(KEPT);
    for (const row of classes) {
      const name = row.name as (typeof KEPT)[number];
      expect(row.total.KtC).toBeCloseTo(outputs.majority_total_KtC[name], 14);
      expect(row.share).toBeCloseTo(outputs.majority_share[name], 12);
    }
  });

  it('reports a class that the legend does not name as unclassified, not as a class', async () => {
    const strange = memoryLayer(grid, [10, 40, 999, NaN]);
    const { unclassified, total } = await reduce({ by: 'majority', layer: strange, classOf });
    expect(unclassified.area).toBeCloseTo(2 * area, 6);
    expect(unclassified.total.gC).toBeCloseTo((-40 + 120) * area, 6);
    expect(total.gC).toBeCloseTo((600 + 50) * area, 6);
  });
});

describe('land cover by fractions (V17)', () => {
  it('gives area, mean, total and share of each class', async () => {
    const { classes } = await reduce(byFractions);
    for (const row of classes) {
      const name = row.name as (typeof KEPT)[number];
      // Fractions come from a float32 layer.
      expect(row.total.KtC).toBeCloseTo(outputs.fractional_total_KtC[name], 8);
      expect(row.area / 1e6).toBeCloseTo(outputs.fractional_area_km2[name], 7);
      expect(row.mean).toBeCloseTo(outputs.fractional_mean_gC_m2[name], 4);
      expect(row.share).toBeCloseTo(outputs.fractional_share[name], 6);
    }
  });

  it('reports the water part of mixed pixels as dropped, so that nothing is lost', async () => {
    const { dropped, total } = await reduce(byFractions);
    expect(dropped.total.KtC).toBeCloseTo(outputs.fractional_dropped_water_KtC, 8);
    const all = inputs.NEP.reduce((sum, v) => sum + v * area, 0);
    expect(total.gC + dropped.total.gC).toBeCloseTo(all, 0);
  });

  it('spreads the water part over the land classes when asked to', async () => {
    const { dropped, total, classes } = await reduce(byFractions, {
      legend: { ...legend, renormalise: true },
    });
    expect(dropped.total.gC).toBe(0);
    expect(total.gC / area).toBeCloseTo(730, 4);
    const forest = classes[0]!;
    expect(forest.area / area).toBeCloseTo(0.7 / 0.95 + 0.2 + 0.1 / 0.3, 6);
  });

  it('reports the area of a class where the flux is missing', async () => {
    const values = memoryLayer(grid, [NaN, 50, -40, 120]);
    const { classes } = await reduce(byFractions, { values });
    expect(classes[0]!.missingArea / area).toBeCloseTo(0.7, 6);
    expect(classes[0]!.area / area).toBeCloseTo(0.3, 6);
  });

  it('has no shares where sink and source cancel out', async () => {
    const values = memoryLayer(grid, [0, 0, 0, 0]);
    const { classes } = await reduce(byFractions, { values });
    expect(classes.map(({ share }) => share)).toEqual([NaN, NaN, NaN, NaN, NaN]);
  });

  it('counts only what lies in a zone', async () => {
    const at = { y0: 0, y1: 1, x0: 0, x1: 2 };
    const within = denseZone({ id: 'a', name: 'A', polygonArea: area }, at, [0.5, 0]);
    const { total, dropped } = await reduce(byFractions, { within });
    expect((total.gC + dropped.total.gC) / area).toBeCloseTo(300, 4);
  });

  it('closes for any fractions and fluxes: classes, dropped and unclassified make up the whole', async () => {
    const cell = fc.float({ min: 0, max: 1, noNaN: true });
    const flux = fc.oneof(fc.float({ min: -500, max: 1500, noNaN: true }), fc.constant(NaN));
    const cells = (count: number) => fc.array(cell, { minLength: count, maxLength: count });
    await fc.assert(
      fc.asyncProperty(cells(28), fc.array(flux, { minLength: 4, maxLength: 4 }), async (raw, values) => {
        const sums = [0, 1, 2, 3].map((i) => raw.reduce((s, v, k) => (k % 4 === i ? s + v : s), 0));
        const shares = raw.map((v, k) => (sums[k % 4]! > 0 ? v / sums[k % 4]! : 0));
        const layer = fractionLayer(shares);
        const { total, dropped, unclassified } = await reduce(
          { by: 'fractions', layer },
          { values: memoryLayer(grid, values), areas: () => Float64Array.of(100, 102, 101, 103) },
        );
        const want = values.reduce((s, v, i) => s + (v || 0) * (100 + (i >> 1) + 2 * (i % 2)), 0);
        expect(total.gC + dropped.total.gC + unclassified.total.gC).toBeCloseTo(want, 0);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe('refusals', () => {
  it('refuses a cover on another grid, by name', async () => {
    const layer = memoryLayer(sinusoidalGrid(2, 3), new Array(6).fill(10), { title: 'cover.tif' });
    await expect(reduce({ by: 'majority', layer, classOf })).rejects.toThrow(
      'cover.tif is not on the grid of',
    );
  });

  it('refuses fractions that are not one a class', async () => {
    const layer = memoryLayer(grid, new Array(8).fill(0.5), { times: [0, 1] });
    await expect(reduce({ by: 'fractions', layer })).rejects.toThrow(
      'has 2 fractions; the legend has 7 classes',
    );
  });

  it('refuses to sum a temperature', async () => {
    const values = memoryLayer(grid, [1, 2, 3, 4], { units: 'degC' });
    await expect(reduce(byMajority, { values })).rejects.toThrow('"degC", which has no total');
  });
});
