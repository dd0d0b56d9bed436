/** Temperature stress of light-use efficiency (spec casa.md 2.3, 2.4; eqs. 5 and 6). */
import { clip } from './fpar.ts';

/** Constant of T_ε2 in the Chinese CASA literature; 1.1814 in Potter et al. 1993, 1.1919 in GTMM. */
export const SEASON_STRESS_K = 1.184;

/** At or below this temperature nothing grows. */
export const NO_GROWTH_C = -10;

/** T_ε2 is set to half its value at T_opt this far above, and below, T_opt. */
export const TOO_WARM_K = 10;
export const TOO_COLD_K = -13;

/** Months with NDVI that a year needs for an optimum temperature. */
export const TOPT_MIN_MONTHS = 8;

/**
 * T_ε1: how well the habitat's optimum suits photosynthesis at all.
 *
 * @param tempC monthly mean air temperature, degC
 * @param tempOptC temperature of the greenest month, degC, 0..35
 * @returns 1, 0..1; 0 at −10 degC and below
 * @see Potter et al. 1993; spec casa.md eq. 5
 */
export function habitatStress(tempC: number, tempOptC: number): number {
  if (Number.isNaN(tempC + tempOptC)) return Number.NaN;
  if (tempC <= NO_GROWTH_C) return 0;
  return clip(0.8 + 0.02 * tempOptC - 0.0005 * tempOptC * tempOptC, 0, 1);
}

/** The two-sided bell around T_opt, without the half-value rule. */
function bell(tempC: number, tempOptC: number, k: number): number {
  const cold = 1 + Math.exp(0.2 * (tempOptC - 10 - tempC));
  const warm = 1 + Math.exp(0.3 * (-tempOptC - 10 + tempC));
  return k / cold / warm;
}

/**
 * T_ε2: how far the month is from the optimum. More than 10 K above or 13 K below (strictly), it is half its value at
 * the optimum; the jump there belongs to the model.
 *
 * @param tempC monthly mean air temperature, degC
 * @param tempOptC temperature of the greenest month, degC
 * @returns 1, 0..1 (1.0000333 for k = 1.1919)
 * @see Potter et al. 1993; Pan et al. 2017; spec casa.md eq. 6
 */
export function seasonStress(tempC: number, tempOptC: number, k: number = SEASON_STRESS_K): number {
  if (tempC > tempOptC + TOO_WARM_K || tempC < tempOptC + TOO_COLD_K)
    return 0.5 * bell(tempOptC, tempOptC, k);
  return bell(tempC, tempOptC, k);
}

/**
 * Index of the greenest step of a year, the earliest of equals; −1 when fewer than `minMonths` have a value.
 *
 * @param green NDVI or FPAR, `[step][cell]`
 * @see spec casa.md 2.4
 */
export function greenestStep(
  green: Float64Array,
  steps: number,
  cells: number,
  cell: number,
  minMonths: number = TOPT_MIN_MONTHS,
): number {
  const end = steps * cells;
  let greenest = Number.NEGATIVE_INFINITY;
  let best = -1;
  let sum = 0;
  for (let q = cell; q < end; q += cells) {
    const value = green[q]!;
    sum += value;
    if (value > greenest) {
      greenest = value;
      best = q;
    }
  }
  const valid = Number.isNaN(sum) ? countValid(green, end, cells, cell) : steps;
  return valid < minMonths ? -1 : (best - cell) / cells;
}

function countValid(green: Float64Array, end: number, cells: number, cell: number): number {
  let valid = 0;
  for (let q = cell; q < end; q += cells) if (!Number.isNaN(green[q]!)) valid++;
  return valid;
}

/** T_opt is never below freezing. @see spec casa.md 2.4 */
export const optimumTemperature = (tempC: number): number => (tempC < 0 ? 0 : tempC);
