/** Pools at rest, by linear algebra (spec beps.md 6.5). */
import type { PftParams } from '../pft.ts';
import { type Rates, rateMatrix } from './decomposition.ts';
import { AT, SOIL_POOLS } from './state.ts';

const POOLS = SOIL_POOLS.length;
const YEAR_DAYS = 365;

/**
 * Solves A x = y by elimination with row pivots; A and y are used up.
 *
 * @param matrix row-major n × n, not singular
 * @returns y, which now is x
 */
export function solve(matrix: Float64Array, y: Float64Array): Float64Array {
  const n = y.length;
  for (let k = 0; k < n; k++) {
    swapRows(matrix, y, k, pivotRow(matrix, n, k));
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i * n + k]! / matrix[k * n + k]!;
      if (factor === 0) continue;
      for (let j = k; j < n; j++) matrix[i * n + j]! -= factor * matrix[k * n + j]!;
      y[i]! -= factor * y[k]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i]!;
    for (let j = i + 1; j < n; j++) sum -= matrix[i * n + j]! * y[j]!;
    y[i] = sum / matrix[i * n + i]!;
  }
  return y;
}

function pivotRow(matrix: Float64Array, n: number, k: number): number {
  let best = k;
  for (let i = k + 1; i < n; i++)
    if (Math.abs(matrix[i * n + k]!) > Math.abs(matrix[best * n + k]!)) best = i;
  return best;
}

function swapRows(matrix: Float64Array, y: Float64Array, a: number, b: number): void {
  if (a === b) return;
  const n = y.length;
  for (let j = 0; j < n; j++) {
    const kept = matrix[a * n + j]!;
    matrix[a * n + j] = matrix[b * n + j]!;
    matrix[b * n + j] = kept;
  }
  const kept = y[a]!;
  y[a] = y[b]!;
  y[b] = kept;
}

/** Daily input of the soil pools when litter equals NPP all year, gC m-2 d-1. @param annualNpp gC m-2 yr-1 */
export function steadyInput({ allocation, metabolic }: PftParams, annualNpp: number): Float64Array {
  const { stem, croot, leaf, froot } = allocation;
  const perDay = annualNpp / YEAR_DAYS;
  const input = new Float64Array(POOLS);
  input[0] = perDay * (1 - metabolic) * leaf;
  input[1] = perDay * metabolic * leaf;
  input[2] = perDay * (1 - metabolic) * froot;
  input[3] = perDay * metabolic * froot;
  input[4] = perDay * (stem + croot);
  return input;
}

/** A at a factor, d-1. */
export function scaledMatrix(rates: Rates, factor: number): Float64Array {
  return rateMatrix(rates).map((rate) => rate * factor);
}

/**
 * Soil pools x of A x + b = 0, gC m-2: heterotrophic respiration is NPP.
 *
 * @param factor mean of `decompositionFactor` over the climate
 */
export const steadySoil = (rates: Rates, factor: number, input: Float64Array): Float64Array =>
  solve(
    scaledMatrix(rates, factor),
    input.map((b) => -b),
  );

/**
 * Biomass at rest, C = f NPP/t, gC m-2; pools that get nothing are empty.
 *
 * @param annualNpp gC m-2 yr-1
 * @param state its biomass is set
 */
export function setSteadyBiomass(
  { allocation, turnover }: PftParams,
  annualNpp: number,
  state: Float64Array,
): void {
  state[AT.biomass] = (allocation.stem * annualNpp) / turnover.stem;
  state[AT.biomass + 1] = (allocation.croot * annualNpp) / turnover.croot;
  state[AT.biomass + 2] = (allocation.leaf * annualNpp) / turnover.leaf;
  state[AT.biomass + 3] = (allocation.froot * annualNpp) / turnover.froot;
}
