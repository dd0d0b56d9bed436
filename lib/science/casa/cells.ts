/** What a cell is for a whole year: its greenest month, its optimum temperature, its efficiency. */
import type { CasaDesk } from '../kernels/casa.ts';
import type { Inputs, Prepared, Shape, State } from '../model.ts';
import { isOfMeanYear } from './climatology.ts';
import { efficiencies, sharedEfficiency } from './efficiency.ts';
import { greenness } from './limits.ts';
import type { CasaParams } from './params.ts';
import { greenestStep, optimumTemperature } from './stress.ts';

/** Columns of one value a cell. */
export interface CellColumns {
  /** Index of the greenest step, of the year or of the mean year; −1 without one. */
  readonly greenest: Int32Array;
  /** degC, NaN without one. */
  readonly topt: Float64Array;
  /** gC MJ-1, NaN without class or for water and snow. */
  readonly lueMax: Float64Array;
}

export function cellColumns(
  shape: Shape,
  input: Inputs,
  params: CasaParams,
  prepared: Prepared,
  state: State,
  desk?: CasaDesk,
): CellColumns {
  const { cells } = shape;
  const columns: CellColumns = {
    greenest: new Int32Array(cells),
    topt: new Float64Array(cells),
    lueMax: new Float64Array(cells),
  };
  if (isOfMeanYear(params)) takeOptimum(shape, state, columns);
  else if (desk && params.topt.scope === 'pixel') fillOptimumAtDesk(shape, input, params, columns, desk);
  else fillOptimum(shape, input, params, prepared, columns);
  fillEfficiency(cells, input, params, columns.lueMax);
  return columns;
}

/** As it was found from all years. */
function takeOptimum({ steps }: Shape, { topt, toptMonth }: State, columns: CellColumns): void {
  const stepOf = new Map(steps.map(({ month }, t) => [month, t]));
  columns.topt.set(topt!);
  for (const [i, month] of toptMonth!.entries()) columns.greenest[i] = stepOf.get(month) ?? -1;
}

function fillOptimum(
  { steps, cells }: Shape,
  input: Inputs,
  params: CasaParams,
  prepared: Prepared,
  { greenest, topt }: CellColumns,
): void {
  const green = greenness(input, params);
  const tempC = input.temperature as Float64Array;
  const given = input.optimumTemperature as Float64Array | undefined;
  const byType = prepared.optimumC as readonly (number | null)[] | undefined;
  const { scope, minMonths } = params.topt;
  for (let i = 0; i < cells; i++) {
    const step = greenestStep(green, steps.length, cells, i, minMonths);
    greenest[i] = step;
    if (scope === 'pixel') topt[i] = step < 0 ? Number.NaN : optimumTemperature(tempC[step * cells + i]!);
    else if (scope === 'given') topt[i] = optimumTemperature(given![i]!);
    else topt[i] = byType?.[input.vegtype![i]!] ?? Number.NaN;
  }
}

/** `fillOptimum` for an optimum of each cell, by the kernel. */
function fillOptimumAtDesk(
  { steps, cells }: Shape,
  input: Inputs,
  params: CasaParams,
  { greenest, topt }: CellColumns,
  desk: CasaDesk,
): void {
  const green = desk.address('ndvi', greenness(input, params));
  const tempC = desk.address('temperature', input.temperature as Float64Array);
  const [step, optimum] = [desk.row('step', cells), desk.row('topt', cells)];
  desk.run.greenest(
    ...([cells, steps.length, green, tempC, 8 * cells, step.byteOffset, optimum.byteOffset] as const),
    params.topt.minMonths,
  );
  greenest.set(step);
  topt.set(optimum);
}

function fillEfficiency(cells: number, input: Inputs, { eps }: CasaParams, lueMax: Float64Array): void {
  const byType = efficiencies(eps.set, eps.values);
  const vegtype = input.vegtype!;
  const fractions = eps.perPixel === 'fractional' ? (input.typeFractions as Float64Array) : undefined;
  for (let i = 0; i < cells; i++) {
    const majority = byType[vegtype[i]!] ?? Number.NaN;
    // a cell that is mostly water stays empty, whatever its shores grow
    lueMax[i] = fractions && majority >= 0 ? sharedEfficiency(fractions, cells, i, byType) : majority;
  }
}
