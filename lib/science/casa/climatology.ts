/**
 * Optimum temperature of each cell from the mean year of all years of the product (spec casa.md 2.4, option
 * `topt.year: climatology`; how the mean year is made is a decision, ADR 6).
 */
import { temperatureInputs } from '../air-temperature.ts';
import type { Climatology } from '../model.ts';
import { greenness, greennessName } from './limits.ts';
import type { CasaParams } from './params.ts';
import { greenestStep, optimumTemperature } from './stress.ts';

const MONTHS = 12;

/** Of greenness and of temperature: a sum and a count for each month. */
const BYTES_PER_CELL = 2 * MONTHS * (8 + 2);

/** Whether T_opt is of the mean year, cell by cell. */
export const isOfMeanYear = ({ topt: { scope, year } }: CasaParams): boolean =>
  scope === 'pixel' && year === 'climatology';

/** The mean of each calendar month over the years that have a value, `[month][cell]`. */
class MeanYear {
  readonly #cells: number;
  readonly #sums: Float64Array;
  readonly #counts: Uint16Array;

  constructor(cells: number) {
    this.#cells = cells;
    this.#sums = new Float64Array(MONTHS * cells);
    this.#counts = new Uint16Array(MONTHS * cells);
  }

  /** @param values `[month][cell]` of `cells` cells, the first of which is the cell `from` */
  add(month: number, values: Float64Array, from: number): void {
    const first = (month - 1) * this.#cells + from;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      this.#sums[first + i]! += value;
      this.#counts[first + i]! += 1;
    }
  }

  /** Turns sums into means, in place; NaN for a month without a value in any year. */
  finish(): Float64Array {
    for (let q = 0; q < this.#sums.length; q++) this.#sums[q]! /= this.#counts[q]!;
    return this.#sums;
  }
}

/**
 * T_opt is the mean temperature, over all years, of the calendar month whose mean greenness over all years is highest:
 * the earliest of equals, NaN with fewer than `topt.minMonths` calendar months that have a greenness in any year or
 * where that month has no temperature, not below 0 degC. Of one year it is that year's, to the bit.
 */
export const casaClimatology: Climatology<CasaParams> = {
  title: 'the mean year that T_opt is taken from',
  inputs: (params) =>
    isOfMeanYear(params) ? [greennessName(params), ...Object.keys(temperatureInputs(params))] : [],
  uses: ({ fpar: { mode }, topt, climate }) => ({ product: mode === 'product', topt, climate }),
  bytesPerCell: BYTES_PER_CELL,
  open(cells, params) {
    const [green, tempC] = [new MeanYear(cells), new MeanYear(cells)];
    return {
      add({ steps, cells: some }, input, from) {
        for (const [t, { month }] of steps.entries()) {
          const row = (values: Float64Array) => values.subarray(t * some, (t + 1) * some);
          green.add(month, row(greenness(input, params)), from);
          tempC.add(month, row(input.temperature as Float64Array), from);
        }
      },
      finish: ({ topt, toptMonth }) =>
        fillOptimum(cells, green.finish(), tempC.finish(), params.topt.minMonths, topt!, toptMonth!),
    };
  },
};

function fillOptimum(
  cells: number,
  green: Float64Array,
  tempC: Float64Array,
  minMonths: number,
  topt: Float64Array,
  toptMonth: Float64Array,
): void {
  for (let i = 0; i < cells; i++) {
    const step = greenestStep(green, MONTHS, cells, i, minMonths);
    topt[i] = step < 0 ? Number.NaN : optimumTemperature(tempC[step * cells + i]!);
    toptMonth[i] = step < 0 ? Number.NaN : step + 1;
  }
}
