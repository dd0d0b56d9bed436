/** The acceptance tests of spec beps.md 16.2 that no other file has: over all types, soils and random inputs. */
import { describe, expect, it } from 'vitest';
import { areaChanges, attribute, type Conversions } from '../../../lib/science/beps/attribution.ts';
import { ballBerrySlope, coupleLeaf, makeLeaf } from '../../../lib/science/beps/coupling.ts';
import { airRates, rateMatrix, ratesOf } from '../../../lib/science/beps/decomposition.ts';
import { scaledMatrix, steadyInput, steadySoil } from '../../../lib/science/beps/equilibrium.ts';
import { kineticsAt, makeKinetics } from '../../../lib/science/leaf.ts';
import { PFTS, pftParams } from '../../../lib/science/pft.ts';
import { randomOf } from './weather.ts';

const VEGETATED = PFTS.filter((pft) => pft !== 'NVG');
const TEXTURES = [0.02, 0.2, 0.45, 0.9].flatMap((clay) =>
  [0.02, 0.3, 0.9].filter((silt) => clay + silt <= 0.98).map((silt) => ({ clay, silt })),
);

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

describe.each(VEGETATED)('Soil carbon of %s', (pft) => {
  const params = pftParams(pft)!;

  it('goes somewhere: shares of what leaves a pool sum to 1, columns of A to what the air gets (T4)', () => {
    for (const { clay, silt } of TEXTURES)
      for (const flow of ['century', 'code'] as const) {
        const rates = ratesOf(params, clay, silt, flow);
        const A = rateMatrix(rates);
        airRates(rates).forEach((air, j) => {
          const column = Array.from({ length: 9 }, (_, i) => A[9 * i + j]!);
          const given = total(column.filter((_, i) => i !== j)) + air;
          expect(given / -column[j]!).toBeCloseTo(1, 14);
          expect(Math.abs(total(column) + air)).toBeLessThan(1e-16);
          expect(column.every((rate, i) => i === j || rate >= 0)).toBe(true);
        });
      }
  });

  it('rests: A x + b is below 1e-12, and heterotrophic respiration is NPP (T5)', () => {
    for (const { clay, silt } of TEXTURES)
      for (const factor of [0.0075, 0.18, 1]) {
        const rates = ratesOf(params, clay, silt);
        const b = steadyInput(params, 600);
        const x = steadySoil(rates, factor, b);
        const A = scaledMatrix(rates, factor);
        for (let i = 0; i < 9; i++) {
          const row = Array.from({ length: 9 }, (_, j) => A[9 * i + j]! * x[j]!);
          expect(Math.abs(total(row) + b[i]!)).toBeLessThan(1e-12);
        }
        const hr = 365 * factor * total(airRates(rates).map((rate, i) => rate * x[i]!));
        expect(hr / 600).toBeCloseTo(1, 9);
        expect(x.every((pool) => pool >= 0)).toBe(true);
      }
  });
});

describe('The conductance of a leaf', () => {
  it('is a root, to 1e-9 mol m-2 s-1, for 1e5 random inputs (T6)', () => {
    const random = randomOf(6);
    const kinetics = makeKinetics();
    const leaf = makeLeaf();
    let worst = 0;
    let open = 0;
    for (let i = 0; i < 1e5; i++) {
      const tempC = -50 + 95 * random();
      const co2Ppm = 250 + 750 * random();
      const slope = ballBerrySlope(10, 0.15 + 0.85 * random(), 0.01 + 0.99 * random(), co2Ppm);
      kineticsAt(tempC, 10 + 90 * random(), kinetics);
      coupleLeaf(kinetics, 2500 * random(), { tempC, co2Ppm, slope }, leaf);
      worst = Math.max(worst, Math.abs(0.005 + slope * leaf.assimilation - leaf.stomatalMol));
      if (leaf.assimilation > 0) open++;
    }
    expect(worst).toBeLessThan(1e-9);
    expect(open).toBeGreaterThan(5e4);
  });
});

/** A made-up region: shares of conversions from classes that do not change, and NEP that does. */
function region(seed: number, dynamicDiffers: boolean): Conversions & { readonly first: Float64Array } {
  const random = randomOf(seed);
  const [cells, years, classes] = [5, 4, 6];
  const first = Float64Array.from({ length: cells * classes }, random);
  for (let cell = 0; cell < cells; cell++) {
    const sum = total(first.subarray(cell * classes, (cell + 1) * classes));
    for (let k = 0; k < classes; k++) first[cell * classes + k]! /= sum;
  }
  const shares = new Float64Array(years * cells * classes * classes);
  for (let row = 0; row < years * cells * classes; row++) {
    const to = Float64Array.from({ length: classes }, random);
    const share = first[(Math.floor(row / classes) % cells) * classes + (row % classes)]!;
    to.forEach((value, k) => {
      shares[row * classes + k] = (share * value) / total(to);
    });
  }
  const fixed = Float64Array.from({ length: years * cells * classes }, () => 400 * random() - 150);
  const dynamic = dynamicDiffers ? fixed.map((nep) => nep + 20 * random()) : fixed;
  const areas = Float64Array.from({ length: cells }, () => 3e7 + 3e7 * random());
  return { cells, years, classes, shares, fixed, dynamic, areas, first };
}

describe('Attribution to conversions', () => {
  it.each([
    ['E', false],
    ['T', true],
  ])('adds up to what whole cells change by, in mode %s (T9: A1, A2)', (_, differs) => {
    const block = region(9, differs);
    const { cells, years, classes, shares, fixed, dynamic, first } = block;
    const { byCell } = attribute(block);
    for (let cell = 0; cell < cells; cell++) {
      let whole = 0;
      let diagonal = 0;
      for (let year = 0; year < years; year++) {
        const at = year * cells + cell;
        for (let k = 0; k < classes; k++) {
          const now = total(
            Array.from({ length: classes }, (_, i) => shares[(at * classes + i) * classes + k]!),
          );
          whole += now * dynamic[at * classes + k]! - first[cell * classes + k]! * fixed[at * classes + k]!;
          const kept = shares[(at * classes + k) * classes + k]!;
          diagonal += kept * (dynamic[at * classes + k]! - fixed[at * classes + k]!);
        }
      }
      expect((byCell[cell]! + diagonal) / whole).toBeCloseTo(1, 9);
      if (!differs) expect(diagonal).toBe(0);
    }
  });

  it('has one sum, by years, conversions, cells and regions; gains and losses are its parts (T9: A3 to A6)', () => {
    const block = region(10, true);
    const { byCell, byYear, byConversion, gain, loss } = attribute(block);
    const sum = total(byYear);
    expect(total(byConversion) / sum).toBeCloseTo(1, 9);
    expect(total(byCell.map((nep, cell) => nep * block.areas[cell]!)) / sum).toBeCloseTo(1, 9);
    expect((gain + loss) / sum).toBeCloseTo(1, 9);
    const part = (cells: readonly number[]) => {
      const take = (series: Float64Array, length: number) =>
        Float64Array.from(
          Array.from({ length: block.years }, (_, year) =>
            cells.flatMap((cell) => [
              ...series.subarray((year * block.cells + cell) * length).subarray(0, length),
            ]),
          ).flat(),
        );
      const { classes } = block;
      return total(
        attribute({
          ...block,
          cells: cells.length,
          shares: take(block.shares, classes * classes),
          fixed: take(block.fixed, classes),
          dynamic: take(block.dynamic, classes),
          areas: Float64Array.from(cells, (cell) => block.areas[cell]!),
        }).byYear,
      );
    };
    expect((part([0, 3]) + part([1, 2, 4])) / sum).toBeCloseTo(1, 9);
    for (let k = 0; k < block.classes; k++) expect(byConversion[k * block.classes + k]).toBe(0);
  });

  it('moves area and makes none: net changes of the classes sum to 0 (T11)', () => {
    const block = region(11, false);
    const { gain, loss } = areaChanges(block);
    for (let year = 0; year < block.years; year++) {
      const of = (series: Float64Array) => series.subarray(year * block.classes, (year + 1) * block.classes);
      expect(total(of(gain)) / total(of(loss))).toBeCloseTo(1, 12);
      for (let k = 0; k < block.classes; k++) {
        const now = (shareOf: (i: number) => number) =>
          total(Array.from({ length: block.classes }, (_, i) => shareOf(i)));
        let net = 0;
        for (let cell = 0; cell < block.cells; cell++) {
          const at = (year * block.cells + cell) * block.classes;
          const share = now((i) => block.shares[(at + i) * block.classes + k]!);
          net += (share - block.first[cell * block.classes + k]!) * block.areas[cell]!;
        }
        expect(Math.abs(of(gain)[k]! - of(loss)[k]! - net)).toBeLessThan(1e-6);
      }
    }
    expect(total(gain)).toBeGreaterThan(1e8);
  });
});
