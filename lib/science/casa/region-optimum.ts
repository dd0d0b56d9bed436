/** Optimum temperature of a class or of the whole region, from sums that add exactly (spec casa.md 2.4). */
import { VEGETATION_TYPES } from '../landcover/classes.ts';
import type { Shape } from '../model.ts';
import { optimumTemperature } from './stress.ts';

const TYPES = VEGETATION_TYPES.length;
const MONTHS = 12;
const SUMS = 3;

/** Integers of 10⁻⁴: sums stay exact up to 10¹⁰ cells. */
const SCALE = 10_000;

/** Counters: `[type][month][count, Σ NDVI·10⁴, Σ T·10⁴]`. */
export const OPTIMUM_COUNTERS = TYPES * MONTHS * SUMS;

/** Adds the months of a block that have both greenness and temperature. */
export function countOptimum(
  { steps, cells }: Shape,
  green: Float64Array,
  tempC: Float64Array,
  vegtype: ArrayLike<number>,
  study: ArrayLike<number> | undefined,
  counts: Float64Array,
): void {
  for (let cell = 0; cell < cells; cell++) {
    const type = vegtype[cell]!;
    if (!(type < TYPES) || (study && study[cell] !== 1)) continue;
    for (let t = 0; t < steps.length; t++) {
      const greenValue = green[t * cells + cell]!;
      const temp = tempC[t * cells + cell]!;
      if (Number.isNaN(greenValue + temp)) continue;
      const at = (type * MONTHS + steps[t]!.month - 1) * SUMS;
      counts[at]! += 1;
      counts[at + 1]! += Math.round(greenValue * SCALE);
      counts[at + 2]! += Math.round(temp * SCALE);
    }
  }
}

/** Counters of several years as one. */
export function addOptima(years: readonly (readonly number[])[]): Float64Array {
  const total = new Float64Array(OPTIMUM_COUNTERS);
  for (const counts of years) for (let i = 0; i < total.length; i++) total[i]! += counts[i]!;
  return total;
}

/** All types as one. */
function pool(counts: Float64Array): Float64Array {
  const one = new Float64Array(MONTHS * SUMS);
  for (let i = 0; i < counts.length; i++) one[i % one.length]! += counts[i]!;
  return one;
}

/** Mean temperature of the month with the highest mean greenness, the earliest of equals; null with too few months. */
function optimumOf(sums: Float64Array, minMonths: number): number | null {
  let greenest = Number.NEGATIVE_INFINITY;
  let optimum: number | null = null;
  let months = 0;
  for (let month = 0; month < MONTHS; month++) {
    const n = sums[month * SUMS]!;
    if (n === 0) continue;
    months++;
    const green = sums[month * SUMS + 1]! / n;
    if (green <= greenest) continue;
    greenest = green;
    optimum = optimumTemperature(sums[month * SUMS + 2]! / n / SCALE);
  }
  return months < minMonths ? null : optimum;
}

/**
 * Optimum temperature by type index, degC; the same for each when the region is one.
 * @param minMonths calendar months that must have data in any cell
 */
export function finishOptimum(
  counts: Float64Array,
  asOne: boolean,
  minMonths = 1,
): readonly (number | null)[] {
  if (asOne) return new Array<number | null>(TYPES).fill(optimumOf(pool(counts), minMonths));
  const width = MONTHS * SUMS;
  return VEGETATION_TYPES.map((_, type) =>
    optimumOf(counts.subarray(type * width, (type + 1) * width), minMonths),
  );
}
