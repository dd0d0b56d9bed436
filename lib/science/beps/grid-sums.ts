/** Fluxes of a strip by day, weighed by cell, and their months and years. NaN on one day is NaN for its month and year. */
import type { Outputs, Step } from '../model.ts';
import type { BlockSeries } from './block.ts';
import { FLUXES, type Flux, SUFFIX } from './grid-outputs.ts';

/** Name that a flux has in the kernels. */
export const SERIES_OF: Readonly<Record<Flux, BlockSeries>> = {
  gpp: 'gpp',
  ra: 'ar',
  npp: 'npp',
  rh: 'hr',
  nep: 'nep',
  et: 'et',
  runoff: 'runoff',
  irrigation: 'irrigation',
};

/** The days of a window and their months: what is written follows from days, whatever of it is wanted. */
export interface Periods {
  readonly days: number;
  readonly months: number;
  /** Month of each day, from 0. */
  readonly monthOf: Uint16Array;
}

export function periodsOf(steps: readonly Step[]): Periods {
  const months = steps.flatMap(({ month, days }, m) => new Array<number>(month === 2 ? 28 : days).fill(m));
  return { days: months.length, months: steps.length, monthOf: Uint16Array.from(months) };
}

/** `[day][column]` by flux. */
export type FluxSums = Readonly<Record<Flux, Float64Array>>;

export const makeFluxSums = (length: number): FluxSums =>
  Object.fromEntries(FLUXES.map((flux) => [flux, new Float64Array(length)])) as unknown as FluxSums;

/** Adds a tile's sums to its cell's, by its share. */
export function addTile(
  cellSums: FluxSums,
  tileSums: FluxSums,
  { days }: Periods,
  at: { readonly cell: number; readonly cells: number; readonly tile: number; readonly tiles: number },
  share: number,
): void {
  for (const flux of FLUXES) {
    const [to, from] = [cellSums[flux], tileSums[flux]];
    for (let d = 0; d < days; d++) to[d * at.cells + at.cell]! += share * from[d * at.tiles + at.tile]!;
  }
}

/** Sets all days of a column. */
export function fillColumn(sums: FluxSums, columns: number, column: number, value: number): void {
  for (const flux of FLUXES)
    for (let at = column; at < sums[flux].length; at += columns) sums[flux][at] = value;
}

/**
 * Writes one column of the sums as one cell of the outputs that are wanted. A year is the sum of its months.
 *
 * @param tail of the outputs' names: empty, or a type's
 */
export function writeColumn(
  output: Outputs,
  tail: string,
  sums: FluxSums,
  { days, months, monthOf }: Periods,
  at: { readonly column: number; readonly columns: number; readonly cell: number; readonly cells: number },
): void {
  const monthly = new Float64Array(months);
  for (const flux of FLUXES) {
    const daily = output[flux + SUFFIX.day + tail];
    const outMonth = output[flux + tail];
    const outYear = output[flux + SUFFIX.year + tail];
    if (!daily && !outMonth && !outYear) continue;
    monthly.fill(0);
    for (let d = 0; d < days; d++) {
      const value = sums[flux][d * at.columns + at.column]!;
      monthly[monthOf[d]!]! += value;
      if (daily) daily[d * at.cells + at.cell] = value;
    }
    let year = 0;
    for (let m = 0; m < months; m++) {
      year += monthly[m]!;
      if (outMonth) outMonth[m * at.cells + at.cell] = monthly[m]!;
    }
    if (outYear) outYear[at.cell] = year;
  }
}
