/** The inner loop of NPP. The equations it unrolls are fpar.ts, stress.ts and equations.ts, its oracle in the tests. */
import { fastExp } from '../fast-math.ts';
import type { CasaDesk } from '../kernels/casa.ts';
import type { Rows } from '../rows.ts';
import { CURVE, type LoopCoefficients } from './coefficients.ts';
import { NO_GROWTH_C, seasonStress, TOO_COLD_K, TOO_WARM_K } from './stress.ts';

/** Rounding may go this far below zero before it is a fault of the program. */
const SLACK = -1e-9;

/** T_ε2/k outside its range, the same for every optimum. */
const HALF = 0.5 * seasonStress(0, 0, 1);

/** e⁻² and e⁻³: with x = exp(0.1(T − T_opt)), T_ε2 = k·x²/((x² + e⁻²)(1 + e⁻³·x³)). */
const E2 = Math.exp(-2);
const E3 = Math.exp(-3);

/** Of x, K-1. */
const PER_KELVIN = 0.1;

/** What the loop reads, `[step][cell]`. */
export interface NppForcing {
  readonly green: Float64Array;
  readonly solar: Float64Array;
  readonly tempC: Float64Array;
}

/**
 * Rows of NPP, gC m-2 month-1.
 * @throws RangeError from a row whose flux is negative beyond rounding: an input outside its range got through
 */
export function nppRows(
  forcing: NppForcing,
  vegtype: Uint8Array,
  coefficients: LoopCoefficients,
  wetness: Rows,
  desk?: CasaDesk,
): Rows {
  if (desk) return rowsAtDesk(forcing, vegtype, coefficients, wetness, desk);
  const row = new Float64Array(coefficients.gain.length);
  return (t) => {
    refuseNegative(fillNpp(t, forcing, vegtype, coefficients, wetness(t), row));
    return row;
  };
}

function refuseNegative(flux: number): void {
  if (flux < SLACK) throw new RangeError(`NPP of ${flux} gC m-2 month-1: an input is outside its range.`);
}

/** The same by the kernel. */
function rowsAtDesk(
  { green, solar, tempC }: NppForcing,
  vegtype: Uint8Array,
  coefficients: LoopCoefficients,
  wetness: Rows,
  desk: CasaDesk,
): Rows {
  const cells = coefficients.gain.length;
  const row = desk.row('npp', cells);
  const columns = columnsAtDesk(vegtype, coefficients, desk);
  const list = desk.row('list', 8);
  list.set([coefficients.pole, HALF, E2, E3, PER_KELVIN, NO_GROWTH_C, TOO_WARM_K, TOO_COLD_K]);
  const greenAt = desk.address('ndvi', green);
  const solarAt = desk.address('solar', solar);
  const tempAt = desk.address('temperature', tempC);
  return (t) => {
    let wet = wetness(t);
    if (!desk.holds(wet)) {
      desk.row('wet', cells).set(wet);
      wet = desk.row('wet', cells);
    }
    const from = 8 * t * cells;
    const flux = desk.run.npp(
      ...([cells, greenAt + from, solarAt + from, tempAt + from, wet.byteOffset] as const),
      ...([columns.byteOffset, 8 * cells, list.byteOffset, row.byteOffset] as const),
    );
    refuseNegative(flux);
    return row;
  };
}

/** What holds for a year, a row each: low, high, slope, bend, base of the FPAR curve, gain, optimum temperature. */
function columnsAtDesk(
  vegtype: Uint8Array,
  { curves, gain, topt }: LoopCoefficients,
  desk: CasaDesk,
): Float64Array {
  const cells = gain.length;
  const columns = desk.row('columns', (CURVE + 2) * cells);
  for (let i = 0; i < cells; i++) {
    const curve = vegtype[i]! * CURVE;
    for (let k = 0; k < CURVE; k++) columns[k * cells + i] = curves[curve + k]!;
  }
  columns.set(gain, CURVE * cells);
  columns.set(topt, (CURVE + 1) * cells);
  return columns;
}

/** @returns the lowest flux below zero, or 0; what rounding leaves below zero is stored as 0 */
function fillNpp(
  t: number,
  { green, solar, tempC }: NppForcing,
  vegtype: Uint8Array,
  { curves, pole, gain, topt }: LoopCoefficients,
  wet: Float64Array,
  npp: Float64Array,
): number {
  let negative = 0;
  for (let i = 0, q = t * npp.length; i < npp.length; i++, q++) {
    const curve = vegtype[i]! * CURVE;
    const low = curves[curve]!;
    const high = curves[curve + 1]!;
    const ndvi = green[q]!;
    // clip(ndvi, low, high) without a branch: NDVI is half random, and V8 branches even in Math.min
    const c = 0.5 * (low + high + Math.abs(ndvi - low) - Math.abs(ndvi - high));
    const fpar = curves[curve + 2]! * c + curves[curve + 3]! / (pole - c) + curves[curve + 4]!;
    const temp = tempC[q]!;
    const tempOptC = topt[i]!;
    let heat = HALF;
    if (temp <= NO_GROWTH_C) heat = 0;
    else if (!(temp > tempOptC + TOO_WARM_K || temp < tempOptC + TOO_COLD_K)) {
      const x = fastExp(PER_KELVIN * (temp - tempOptC));
      const x2 = x * x;
      heat = x2 / ((x2 + E2) * (1 + E3 * x2 * x));
    }
    const flux = solar[q]! * fpar * gain[i]! * heat * wet[i]!;
    if (flux < negative) negative = flux;
    npp[i] = flux < 0 ? 0 : flux;
  }
  return negative;
}
