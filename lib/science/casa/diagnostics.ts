/** Diagnostic layers, worked out only when the product names them. */
import { EXCLUDED_TYPES, typeIndex } from '../landcover/classes.ts';
import type { Inputs, Outputs, Prepared, Shape } from '../model.ts';
import type { CellColumns } from './cells.ts';
import type { FparForm } from './coefficients.ts';
import { absorbedPar } from './equations.ts';
import { clip, NO_CURVE } from './fpar.ts';
import { usedLimits } from './limits.ts';
import { NDVI_FLAG, QA, QA_YEAR } from './outputs.ts';
import { type CasaParams, scalesNdvi } from './params.ts';
import { habitatStress, seasonStress } from './stress.ts';
import { keepsWetness } from './water.ts';

type Stored = Float64Array | Float32Array | Uint8Array;

/** What the diagnostics look at beside the inputs. */
export interface Worked {
  readonly green: Float64Array;
  readonly wet: Float64Array;
  readonly columns: CellColumns;
  readonly form: FparForm;
}

/** Fills the diagnostics that are wanted. */
export function fillDiagnostics(
  shape: Shape,
  input: Inputs,
  params: CasaParams,
  prepared: Prepared,
  worked: Worked,
  output: Outputs,
): void {
  fillMonthly(shape, input, params, worked, output);
  if (output.qa) fillQa(shape, input, params, worked, output.qa);
  fillYearly(shape, input, params, prepared, worked, output);
}

/** Writes one value a step and cell. */
function each({ steps, cells }: Shape, out: Stored, value: (q: number, i: number) => number): void {
  for (let t = 0; t < steps.length; t++)
    for (let i = 0; i < cells; i++) out[t * cells + i] = value(t * cells + i, i);
}

function fparAt(green: number, type: number, { form }: Worked): number {
  const { low, high, slope, bend, base } = form.curves[type] ?? NO_CURVE;
  const c = clip(green, low, high);
  return clip(slope * c + bend / (form.pole - c) + base, form.lowest, form.highest);
}

/** Fills the diagnostics among `output` that have a value a month. */
function fillMonthly(shape: Shape, input: Inputs, params: CasaParams, worked: Worked, output: Outputs): void {
  const solar = input.solar as Float64Array;
  const tempC = input.temperature as Float64Array;
  const vegtype = input.vegtype!;
  const { topt, lueMax } = worked.columns;
  // Excluded and unknown types have no efficiency; their stress would be a number without a meaning.
  const here = (i: number, value: number) => (Number.isNaN(lueMax[i]!) ? Number.NaN : value);
  if (output.fpar) each(shape, output.fpar, (q, i) => here(i, fparAt(worked.green[q]!, vegtype[i]!, worked)));
  if (output.apar)
    each(shape, output.apar, (q, i) =>
      here(i, absorbedPar(solar[q]!, fparAt(worked.green[q]!, vegtype[i]!, worked))),
    );
  if (output.te1) each(shape, output.te1, (q, i) => here(i, habitatStress(tempC[q]!, topt[i]!)));
  if (output.te2)
    each(shape, output.te2, (q, i) => here(i, seasonStress(tempC[q]!, topt[i]!, params.stress.k)));
  if (output.we) each(shape, output.we, (q, i) => here(i, worked.wet[q]!));
}

const EXCLUDED = EXCLUDED_TYPES.map(typeIndex);

/** Bits of the class: none, or one that is left out. */
function typeBits(type: number, lueMax: number, bits: { noType: number; excluded: number }): number {
  if (EXCLUDED.includes(type)) return bits.excluded;
  return Number.isNaN(lueMax) ? bits.noType : 0;
}

/** Whether the wetness of a month was taken over from an earlier one. */
function carries(input: Inputs, { water: { mode } }: CasaParams, q: number): boolean {
  if (mode === 'one' || mode === 'lswi') return false;
  const tempC = (input.temperature as Float64Array)[q]!;
  // In the other modes demand is zero in frost and next to nothing in hundredths of a degree above: temperature tells.
  return keepsWetness(input.potentialEvaporation?.[q] ?? Number.POSITIVE_INFINITY, tempC);
}

/** Why a month is empty or degraded; spec casa.md 1.4, 2.4, 2.5, 2.8. */
function fillQa(shape: Shape, input: Inputs, params: CasaParams, worked: Worked, qa: Stored): void {
  const { topt, lueMax } = worked.columns;
  const solar = input.solar as Float64Array;
  const tempC = input.temperature as Float64Array;
  each(shape, qa, (q, i) => {
    const ndviFlags = input.ndviFlags?.[q] ?? 0;
    let bits = typeBits(input.vegtype![i]!, lueMax[i]!, QA);
    if (Number.isNaN(worked.green[q]!)) bits |= QA.noNdvi;
    if (ndviFlags & NDVI_FLAG.filled) bits |= QA.ndviFilled;
    if (ndviFlags & NDVI_FLAG.degraded) bits |= QA.ndviDegraded;
    if (Number.isNaN(solar[q]! + tempC[q]! + worked.wet[q]!)) bits |= QA.climateMissing;
    else if (carries(input, params, q)) bits |= QA.wetnessCarried;
    if (Number.isNaN(topt[i]!)) bits |= QA.noOptimum;
    return bits;
  });
}

/** Fills the diagnostics among `output` that have a value a year. */
function fillYearly(
  shape: Shape,
  input: Inputs,
  params: CasaParams,
  prepared: Prepared,
  { columns, form }: Worked,
  output: Outputs,
): void {
  const { cells, steps } = shape;
  const { greenest, topt, lueMax } = columns;
  if (output.topt) for (let i = 0; i < cells; i++) output.topt[i] = topt[i]!;
  if (output.eps_max) for (let i = 0; i < cells; i++) output.eps_max[i] = lueMax[i]!;
  if (output.vegtype) for (let i = 0; i < cells; i++) output.vegtype[i] = input.vegtype![i]!;
  const valid = input.landcoverValid;
  if (output.landcover_valid)
    for (let i = 0; i < cells; i++) output.landcover_valid[i] = valid?.[i] ?? Number.NaN;
  if (output.topt_month)
    for (let i = 0; i < cells; i++) output.topt_month[i] = steps[greenest[i]!]?.month ?? 255;
  if (output.qa_a) fillYearQa(cells, input, params, prepared, columns, form, output.qa_a);
}

function fillYearQa(
  cells: number,
  input: Inputs,
  params: CasaParams,
  prepared: Prepared,
  { greenest, topt, lueMax }: CellColumns,
  form: FparForm,
  qa: Stored,
): void {
  const limits = scalesNdvi(params) ? usedLimits(prepared, params) : [];
  for (let i = 0; i < cells; i++) {
    const type = input.vegtype![i]!;
    let bits = typeBits(type, lueMax[i]!, QA_YEAR);
    if (greenest[i]! < 0) bits |= QA_YEAR.fewMonths;
    else if (Number.isNaN(topt[i]!)) bits |= QA_YEAR.optimumMissing;
    if (limits[type]?.source === 'table' && params.fpar.range === 'percentile')
      bits |= QA_YEAR.limitsFromTable;
    if (bits === 0 && Number.isNaN(form.curves[type]?.slope ?? 0)) bits |= QA_YEAR.limitsUnusable;
    qa[i] = bits;
  }
}
