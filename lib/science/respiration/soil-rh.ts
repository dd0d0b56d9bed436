/** The model of soil heterotrophic respiration: declaration and loops, row by row. */

import { temperatureInputs } from '../air-temperature.ts';
import { inBlocks } from '../blocks.ts';
import { PRECIPITATION, VEGTYPE } from '../casa/inputs.ts';
import { FLUX_NAMES, SUM_OVER_TIME } from '../cf-names.ts';
import { type Bits, fastExp, fastLn, makeBits } from '../fast-math.ts';
import { BLOCK_CELLS, type CasaDesk } from '../kernels/casa.ts';
import { casaDesk, casaRoom } from '../kernels/desk.ts';
import { isExcluded, VEGETATION_TYPES } from '../landcover/classes.ts';
import { defineModel, type Inputs, type InputVariable, type OutputVariable, type Shape } from '../model.ts';
import { type Rows, storeRow } from '../rows.ts';
import { type RhParams, rhParams } from './params.ts';
import {
  bondLamberty2004,
  bondLamberty2010,
  lloydTaylorFactor,
  PEI_RAIN,
  peiScale,
  q10Respiration,
  raichSoilRespiration,
  subkeShare,
} from './rh.ts';

const RH: OutputVariable = {
  title: 'Heterotrophic respiration, carbon',
  standardName: FLUX_NAMES.rh,
  units: 'g m-2 month-1',
  dims: 'tyx',
  range: [0, 1000],
  cellMethods: SUM_OVER_TIME,
  positive: 'up',
};

/** 0 for types that have respiration, NaN for water, snow and none: added to a flux, it leaves it or empties it. */
const MASK = Float64Array.from({ length: 256 }, (_, index) => {
  const type = VEGETATION_TYPES[index];
  return type === undefined || isExcluded(type) ? Number.NaN : 0;
});

const needsRain = ({ rh: { formula } }: RhParams): boolean => formula === 'pei' || formula === 'raich2002';

/** Coefficients of a month. */
interface Pei {
  readonly a: number;
  readonly perUnit: number;
  readonly scale: number;
}

const peiOf = (ofStep: number, { a, days, precipUnit }: RhParams['rh']): Pei => ({
  a,
  perUnit: PEI_RAIN * (precipUnit === 'mm_per_day' ? 1 / ofStep : 1),
  scale: peiScale(days === 'actual' ? ofStep : days),
});

function peiRows(
  { steps, cells }: Shape,
  tempC: Float64Array,
  rainMm: Float64Array,
  mask: Float64Array,
  rh: RhParams['rh'],
): Rows {
  const bits = makeBits();
  const row = new Float64Array(cells);
  return (t) => {
    fillPei(t, peiOf(steps[t]!.days, rh), tempC, rainMm, mask, bits, row);
    return row;
  };
}

/** `peiRows` by the kernel. */
function peiRowsAtDesk(
  { steps, cells }: Shape,
  tempC: Float64Array,
  rainMm: Float64Array,
  mask: Float64Array,
  rh: RhParams['rh'],
  desk: CasaDesk,
): Rows {
  const row = desk.row('rh', cells);
  const maskRow = desk.row('mask', cells);
  maskRow.set(mask);
  const tempAt = desk.address('temperature', tempC);
  const rainAt = desk.address('precipitation', rainMm);
  return (t) => {
    const { a, perUnit, scale } = peiOf(steps[t]!.days, rh);
    const from = 8 * t * cells;
    desk.run.respiration(
      ...([cells, tempAt + from, rainAt + from, maskRow.byteOffset, row.byteOffset] as const),
      ...([a, perUnit, scale] as const),
    );
    return row;
  };
}

/** The loop unrolls `peiRespiration`, its oracle in the tests. */
function fillPei(
  t: number,
  { a, perUnit, scale }: Pei,
  tempC: Float64Array,
  rainMm: Float64Array,
  mask: Float64Array,
  bits: Bits,
  row: Float64Array,
): void {
  for (let i = 0, q = t * row.length; i < row.length; i++, q++) {
    const rain = rainMm[q]!;
    const wet = rain < 0 ? 1 : perUnit * rain + 1;
    row[i] = scale * (fastExp(a * tempC[q]!) + fastLn(wet, bits)) + mask[i]!;
  }
}

/** Heterotrophic share of a year's soil respiration, 1; the year has none when it does not respire. */
function annualShare(annualSoil: number, share: RhParams['rh']['share']): number {
  if (annualSoil === 0) return 0;
  if (share === 'subke_2006') return subkeShare(annualSoil);
  const rh = share === 'bond_lamberty_2004' ? bondLamberty2004(annualSoil) : bondLamberty2010(annualSoil);
  return rh / annualSoil;
}

/** Monthly soil respiration by Raich, times the share that the year's sum has; a missing month empties the year. */
function raichRows(
  { steps, cells }: Shape,
  tempC: Float64Array,
  rainMm: Float64Array,
  { share }: RhParams['rh'],
): Rows {
  const soil = tempC.map(
    (temp, q) => raichSoilRespiration(temp, rainMm[q]! / 10) * steps[Math.floor(q / cells)]!.days,
  );
  const shares = new Float64Array(cells);
  for (let q = 0; q < soil.length; q++) shares[q % cells]! += soil[q]!;
  for (let i = 0; i < cells; i++) shares[i] = annualShare(shares[i]!, share);
  return (t) => soil.subarray(t * cells, (t + 1) * cells).map((perMonth, i) => perMonth * shares[i]!);
}

/** RH of a day from temperature alone, by `q10` or `lloyd_taylor`. */
function temperatureRows({ steps, cells }: Shape, tempC: Float64Array, rh: RhParams['rh']): Rows {
  const { formula, rate, q10, referenceC } = rh;
  const perDay =
    formula === 'q10'
      ? (temp: number) => q10Respiration(temp, rate, q10, referenceC)
      : (temp: number) => rate * lloydTaylorFactor(temp);
  return (t) => tempC.subarray(t * cells, (t + 1) * cells).map((temp) => perDay(temp) * steps[t]!.days);
}

function formulaRows(
  shape: Shape,
  input: Inputs,
  mask: Float64Array,
  { rh }: RhParams,
  desk: CasaDesk | undefined,
): Rows {
  const tempC = input.temperature as Float64Array;
  const rainMm = input.precipitation as Float64Array;
  if (rh.formula === 'pei' && desk) return peiRowsAtDesk(shape, tempC, rainMm, mask, rh, desk);
  if (rh.formula === 'pei') return peiRows(shape, tempC, rainMm, mask, rh);
  const rows =
    rh.formula === 'raich2002' ? raichRows(shape, tempC, rainMm, rh) : temperatureRows(shape, tempC, rh);
  return (t) => rows(t).map((flux, i) => flux + mask[i]!);
}

/** Rows of RH, gC m-2 month-1: missing where nothing respires, 0 where the product says that soil is frozen. */
export function rhRows(shape: Shape, input: Inputs, params: RhParams, desk?: CasaDesk): Rows {
  const vegtype = input.vegtype!;
  const mask = new Float64Array(shape.cells);
  for (let i = 0; i < shape.cells; i++) mask[i] = MASK[vegtype[i]!]!;
  const rows = formulaRows(shape, input, mask, params, desk);
  const cutoff = params.rh.frozenCutoffC;
  if (cutoff === null) return rows;
  return (t) => {
    const row = rows(t);
    freeze(row, input.temperature as Float64Array, t * shape.cells, cutoff);
    return row;
  };
}

function freeze(row: Float64Array, tempC: Float64Array, from: number, cutoffC: number): void {
  for (let i = 0; i < row.length; i++) if (tempC[from + i]! <= cutoffC) row[i]! *= 0; // keeps NaN
}

export const rhInputs = (params: RhParams): Readonly<Record<string, InputVariable>> => ({
  ...temperatureInputs(params),
  ...(needsRain(params) ? { precipitation: PRECIPITATION } : {}),
  vegtype: VEGTYPE,
});

export const RH_OUTPUTS = { rh: RH } as const;

export const RH_VERSION = '2';

export const RH_CITE = [
  'Pei, Z. et al. (2010), as in Li, Y. et al. (2022) ChinaXiv 202209.00152V1',
  'Raich, J. W. et al. (2002) Global Change Biology 8(8), 800-812',
] as const;

export const soilRh = defineModel<RhParams>({
  id: 'soil-rh',
  version: RH_VERSION,
  title: 'Heterotrophic respiration of the soil',
  cite: RH_CITE,
  params: rhParams,
  window: 'year',
  inputs: rhInputs,
  outputs: RH_OUTPUTS,
  room: casaRoom,
  computeChunk(whole, inputs, params, _prepared, states, outputs) {
    const desk = casaDesk(whole.steps.length);
    inBlocks(whole, inputs, states, outputs, BLOCK_CELLS, (shape, input, _state, output) => {
      const rows = rhRows(shape, input, params, desk);
      for (let t = 0; t < shape.steps.length; t++) storeRow(output.rh, t, rows(t), desk);
    });
  },
});
