/** Daily forcing of a tile, and the model's rules for what is wrong with it (spec beps.md 1.1). */
import { BadRequest } from '../../errors.ts';
import { HIGHEST_LAI, LOWEST_LAI } from '../canopy.ts';
import { DRIEST } from '../sun.ts';
import type { Weather } from './day.ts';

/** Daily series; NaN is missing. */
interface DailySeries {
  readonly days: number;
  readonly tempMinC: Float64Array;
  readonly tempMaxC: Float64Array;
  readonly shortwaveMJ: Float64Array;
  /** Relative humidity, 1. */
  readonly humidity: Float64Array;
  readonly rainMm: Float64Array;
  /** One-sided leaf area, m2 m-2. */
  readonly lai: Float64Array;
  /** gN m-2 yr-1 above the reference year's. */
  readonly extraDeposition: Float64Array;
  /** Day of the model's year, 1..365, and CO2, ppm: a value a day for all columns. */
  readonly doy: Uint16Array;
  readonly co2Ppm: Float64Array;
}

/** Forcing of one column: day t lies at `offset + t × stride`, but for day of the year and CO2. */
export interface Forcing extends DailySeries {
  readonly offset: number;
  readonly stride: number;
}

/** Forcing of a block of columns, `[day][column]`. */
export interface BlockForcing extends DailySeries {
  readonly columns: number;
}

/** One column of a block's forcing, seen in place. */
export const columnOf = (forcing: BlockForcing, column: number): Forcing => ({
  ...forcing,
  offset: column,
  stride: forcing.columns,
});

/** Series that have a value a day and column. */
export const COLUMN_SERIES = [
  'tempMinC',
  'tempMaxC',
  'shortwaveMJ',
  'humidity',
  'rainMm',
  'lai',
  'extraDeposition',
] as const;

/** What was done to the forcing of a day, as bits of a flag. */
export const FLAG = Object.freeze({
  /** Something is missing: the day is skipped, its fluxes are NaN. */
  gap: 1,
  /** A value was outside the model's range and set to its end. */
  clipped: 2,
  /** Minimum and maximum temperature were exchanged. */
  swapped: 4,
  /** Leaf area was missing and set to its floor. */
  noLai: 8,
  /** NPP/GPP was held at its bounds. */
  clamped: 16,
});

/** How often each happened. */
export interface Repairs {
  gaps: number;
  clipped: number;
  swapped: number;
  noLai: number;
  clamped: number;
  days: number;
}

export const makeRepairs = (): Repairs => ({
  gaps: 0,
  clipped: 0,
  swapped: 0,
  noLai: 0,
  clamped: 0,
  days: 0,
});

/**
 * The model's range of a variable, and the range beyond which a value is no measurement but a fill (−9999, 1e20):
 * such a value is missing, not clipped.
 */
interface Rule {
  readonly range: readonly [number, number];
  readonly believable: readonly [number, number];
}

const TEMPERATURE: Rule = { range: [-50, 45], believable: [-95, 65] };

export const RULES = Object.freeze({
  tempMinC: TEMPERATURE,
  tempMaxC: TEMPERATURE,
  shortwaveMJ: { range: [0.05, 60], believable: [-1, 120] },
  humidity: { range: [DRIEST, 1], believable: [-0.01, 1.5] },
  rainMm: { range: [0, 1500], believable: [-0.5, 3000] },
  lai: { range: [LOWEST_LAI, HIGHEST_LAI], believable: [0, 25] },
} satisfies Record<string, Rule>);

/** A value within its range, or NaN for a fill. */
const within = (value: number, { range, believable }: Rule): number =>
  value >= believable[0] && value <= believable[1]
    ? Math.min(range[1], Math.max(range[0], value))
    : Number.NaN;

/**
 * The weather of day t by the model's rules.
 *
 * @returns flag of what was done; with `FLAG.gap` the weather is not to be used
 */
export function readDay(forcing: Forcing, t: number, today: Weather): number {
  const at = forcing.offset + t * forcing.stride;
  const low = forcing.tempMinC[at]!;
  const high = forcing.tempMaxC[at]!;
  const light = forcing.shortwaveMJ[at]!;
  const humidity = forcing.humidity[at]!;
  const rain = forcing.rainMm[at]!;
  const lai = forcing.lai[at]!;
  today.doy = forcing.doy[t]!;
  today.co2Ppm = forcing.co2Ppm[t]!;
  today.extraDeposition = forcing.extraDeposition[at]!;
  const swapped = low > high;
  today.tempMinC = within(swapped ? high : low, TEMPERATURE);
  today.tempMaxC = within(swapped ? low : high, TEMPERATURE);
  today.shortwaveMJ = within(light, RULES.shortwaveMJ);
  today.humidity = within(humidity, RULES.humidity);
  today.rainMm = within(rain, RULES.rainMm);
  const leaves = within(lai, RULES.lai);
  const bare = Number.isNaN(leaves);
  today.lai = bare ? LOWEST_LAI : leaves;
  if (hasGap(today)) return FLAG.gap;
  const clipped =
    (swapped ? high : low) !== today.tempMinC ||
    (swapped ? low : high) !== today.tempMaxC ||
    light !== today.shortwaveMJ ||
    humidity !== today.humidity ||
    rain !== today.rainMm ||
    (!bare && lai !== today.lai);
  return (clipped ? FLAG.clipped : 0) | (swapped ? FLAG.swapped : 0) | (bare ? FLAG.noLai : 0);
}

const hasGap = (today: Weather): boolean =>
  Number.isNaN(
    today.tempMinC +
      today.tempMaxC +
      today.shortwaveMJ +
      today.humidity +
      today.rainMm +
      today.extraDeposition,
  ) || !(today.co2Ppm > 0);

/** Adds a day's flag to the counts. */
export function countRepairs(flag: number, repairs: Repairs): void {
  repairs.days++;
  if (flag & FLAG.gap) repairs.gaps++;
  if (flag & FLAG.clipped) repairs.clipped++;
  if (flag & FLAG.swapped) repairs.swapped++;
  if (flag & FLAG.noLai) repairs.noLai++;
  if (flag & FLAG.clamped) repairs.clamped++;
}

/**
 * Refuses forcing whose series have different lengths, or days that are none of the year.
 *
 * @throws BadRequest that names the series
 */
export function checkForcing(forcing: Forcing): void {
  const { days, offset, stride } = forcing;
  const needed = days === 0 ? 0 : offset + (days - 1) * stride + 1;
  for (const name of COLUMN_SERIES) checkLength(name, forcing[name].length, needed);
  for (const name of ['doy', 'co2Ppm'] as const) checkLength(name, forcing[name].length, days);
  for (let t = 0; t < days; t++) {
    const doy = forcing.doy[t]!;
    if (doy < 1 || doy > 365)
      throw new BadRequest('doy', `day ${t} is day ${doy} of its year; the model's year has 1 to 365.`);
  }
}

function checkLength(name: string, found: number, needed: number): void {
  if (found < needed) throw new BadRequest(name, `has ${found} values; the run needs ${needed}.`);
}

/**
 * Refuses a climate that is no whole number of the model's years: a cycle that is repeated, or a run by years.
 *
 * @throws BadRequest that names the first year that is too long or too short
 */
export function checkWholeYears({ doy, days }: Forcing): void {
  let expected = 1;
  for (let t = 0; t < days; t++) {
    if (doy[t] !== expected)
      throw new BadRequest(
        'doy',
        `day ${t} is day ${doy[t]} of its year and follows day ${expected === 1 ? 365 : expected - 1}. ` +
          'Give every day of every year once, without 29 February.',
      );
    expected = expected === 365 ? 1 : expected + 1;
  }
  if (days === 0 || expected !== 1)
    throw new BadRequest('doy', `the last year ends after ${days === 0 ? 0 : expected - 1} of its 365 days.`);
}
