/** What the inner loop of NPP reads of a cell, worked out once a year. */
import { VEGETATION_TYPES } from '../landcover/classes.ts';
import type { Prepared } from '../model.ts';
import type { CellColumns } from './cells.ts';
import { PAR_SHARE } from './equations.ts';
import { FPAR_ALPHA, FPAR_MAX, FPAR_MIN, FPAR_POLE, type FparCurve, fparCurve } from './fpar.ts';
import { usedLimits } from './limits.ts';
import type { CasaParams } from './params.ts';
import { habitatStress } from './stress.ts';

/** How FPAR follows from greenness. */
export interface FparForm {
  /** By type index. */
  readonly curves: readonly FparCurve[];
  readonly pole: number;
  readonly lowest: number;
  readonly highest: number;
}

/** 1.257·NDVI − 0.161 between the NDVI where it is 0 and where it is 1. */
const BARE_NDVI = 0.161 / 1.257;
const LINEAR: FparCurve = {
  low: BARE_NDVI,
  high: 1.161 / 1.257,
  slope: 1.257,
  bend: 0,
  base: -1.257 * BARE_NDVI,
};
const GIVEN: FparCurve = { low: 0, high: 1, slope: 1, bend: 0, base: 0 };

/** The same curve for every type; the pole is out of reach, so that `bend/(pole − c)` is 0. */
const sameForAll = (curve: FparCurve): FparForm => ({
  curves: VEGETATION_TYPES.map(() => curve),
  pole: 2,
  lowest: 0,
  highest: 1,
});

/** @throws BadRequest when percentiles are wanted and nothing was prepared */
export function fparForm(params: CasaParams, prepared: Prepared): FparForm {
  const { mode } = params.fpar;
  if (mode === 'linear') return sameForAll(LINEAR);
  if (mode === 'product') return sameForAll(GIVEN);
  const limits = usedLimits(prepared, params);
  const curves = limits.map(({ low, high }) => fparCurve(low, high, FPAR_ALPHA[mode]));
  return { curves, pole: FPAR_POLE, lowest: FPAR_MIN, highest: FPAR_MAX };
}

/** Numbers of a curve in `LoopCoefficients.curves`: NDVI limits (0, 1), slope (2), bend (3), base (4). */
export const CURVE = 5;

/** Every index that a `vegtype` cell can hold. */
const INDICES = 256;

/** What the inner loop reads beside the forcing. */
export interface LoopCoefficients {
  /** FPAR curves, `[type index][CURVE]`; all NaN where a type has none. */
  readonly curves: Float64Array;
  readonly pole: number;
  /** ε*·T_ε1·r·k by cell, gC MJ-1. */
  readonly gain: Float64Array;
  /** Optimum temperature by cell, degC. */
  readonly topt: Float64Array;
}

function curveTable(curves: readonly FparCurve[]): Float64Array {
  const table = new Float64Array(INDICES * CURVE).fill(Number.NaN);
  curves.forEach(({ low, high, slope, bend, base }, type) => {
    table.set([low, high, slope, bend, base], type * CURVE);
  });
  return table;
}

export function loopCoefficients(
  { topt, lueMax }: CellColumns,
  { curves, pole }: FparForm,
  k: number,
): LoopCoefficients {
  const gain = new Float64Array(topt.length);
  for (let i = 0; i < gain.length; i++)
    gain[i] = lueMax[i]! * habitatStress(topt[i]!, topt[i]!) * PAR_SHARE * k;
  return { curves: curveTable(curves), pole, gain, topt };
}
