/** Leaf area of every day from half-monthly composites (spec beps.md 1.2). */
import { BadRequest } from '../../errors.ts';

/** First day of each composite; 29 February is not counted. */
export const COMPOSITE_DOYS: readonly number[] = [
  1, 16, 32, 47, 60, 75, 91, 106, 121, 136, 152, 167, 182, 197, 213, 228, 244, 259, 274, 289, 305, 320, 335,
  350,
];

export const COMPOSITES = COMPOSITE_DOYS.length;
const YEAR_DAYS = 365;

/** First and last year whose mean stands for the years before satellites. */
export const NORMAL_YEARS: readonly [number, number] = [1982, 1986];

/** Middle of each composite, in days of the year. */
const MIDDLES: readonly number[] = COMPOSITE_DOYS.map(
  (first, i) => (first + (COMPOSITE_DOYS[i + 1] ?? YEAR_DAYS + 1) - 1) / 2,
);

/** Composite that a day of the year lies in. */
export function compositeOfDay(doy: number): number {
  let i = COMPOSITES - 1;
  while (COMPOSITE_DOYS[i]! > doy) i--;
  return i;
}

/**
 * Daily leaf area of whole years.
 *
 * @param composites 24 a year, years in order; NaN where missing
 * @param form held from the composite's first day on, or along a line between middles (held beyond the first and last)
 * @returns 365 values a year
 * @throws BadRequest where a year has not 24
 */
export function dailyLai(composites: Float64Array, form: 'hold' | 'linear' = 'hold'): Float64Array {
  if (composites.length % COMPOSITES !== 0)
    throw new BadRequest(
      'lai',
      `${composites.length} half-monthly values are no whole years of ${COMPOSITES}.`,
    );
  const years = composites.length / COMPOSITES;
  const daily = new Float64Array(years * YEAR_DAYS);
  for (let year = 0; year < years; year++)
    for (let doy = 1; doy <= YEAR_DAYS; doy++) {
      const at = year * COMPOSITES + compositeOfDay(doy);
      daily[year * YEAR_DAYS + doy - 1] = form === 'hold' ? composites[at]! : between(composites, at, doy);
    }
  return daily;
}

function between(composites: Float64Array, at: number, doy: number): number {
  const middle = MIDDLES[at % COMPOSITES]!;
  const next = doy < middle ? at - 1 : at + 1;
  const other = composites[next];
  if (other === undefined || Number.isNaN(other)) return composites[at]!;
  const apart = middleOf(next) - middleOf(at);
  const share = (doy - middle) / apart;
  return composites[at]! * (1 - share) + other * share;
}

/** Middle of a composite counted over years. */
const middleOf = (index: number): number =>
  Math.floor(index / COMPOSITES) * YEAR_DAYS + MIDDLES[((index % COMPOSITES) + COMPOSITES) % COMPOSITES]!;

/**
 * The mean year of 1982 to 1986: the leaf area of all years before 1982. Missing values do not count.
 *
 * @param composites 24 a year from `firstYear` on
 * @throws BadRequest where none of 1982..1986 is there
 */
export function normalLai(composites: Float64Array, firstYear: number): Float64Array {
  const years = composites.length / COMPOSITES;
  const [from, to] = NORMAL_YEARS;
  const mean = new Float64Array(COMPOSITES).fill(Number.NaN);
  if (to < firstYear || from >= firstYear + years)
    throw new BadRequest(
      'lai',
      `has ${firstYear} to ${firstYear + years - 1}; ${from} to ${to} stand for the past.`,
    );
  for (let i = 0; i < COMPOSITES; i++) {
    let sum = 0;
    let n = 0;
    for (let year = Math.max(from, firstYear); year <= Math.min(to, firstYear + years - 1); year++) {
      const value = composites[(year - firstYear) * COMPOSITES + i]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      n++;
    }
    if (n > 0) mean[i] = sum / n;
  }
  return mean;
}

/** Extinction of Beer's law. */
const BEER_EXTINCTION = 0.5;
/** fAPAR from which on it says nothing any more. */
const MOST_FAPAR = 0.99;

/** Leaf area of absorbed light by Beer's law. @param fapar 0..1 */
export const leafAreaOfFapar = (fapar: number): number =>
  -Math.log(1 - Math.min(MOST_FAPAR, fapar)) / BEER_EXTINCTION;
