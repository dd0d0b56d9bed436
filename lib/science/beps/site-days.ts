/** From a tower's rows to the days of the model (spec beps.md 1, 1.3). */
import { CorruptInput } from '../../errors.ts';
import { civilFromDays, dayOfYear, isLeapYear } from '../../grid/calendar.ts';
import { relativeHumidity, saturationKPa } from '../sun.ts';
import type { Forcing } from './forcing.ts';
import { leafAreaOfFapar } from './lai.ts';
import { believable, believed, type ColumnMap, checkNeeded, type Quantity, toModel } from './site-columns.ts';
import { placeOf, type SiteTable } from './site-table.ts';

/** Share of a day's rows that must have a value; else the day has none. */
export const ROWS_NEEDED = 0.9;

/** PPFD of 1 W m-2 of shortwave, umol m-2 s-1: the model's own ratio. */
const PPFD_OF_SHORTWAVE = 4.55 * 0.5;

export interface DayOptions {
  /** Hours to add to the table's clock to get local time: 8 for UTC stamps at 120 E. */
  readonly clockOffsetHours?: number;
  /** CO2 where the table has none, ppm. */
  readonly co2Ppm?: number;
  /** Leaf area by day where the table has none: of every day that `dates` will have. */
  readonly lai?: (day: number) => number;
  /** Nitrogen deposition above the reference year's, gN m-2 yr-1. */
  readonly extraDeposition?: number;
}

export interface SiteDays {
  /** Days since 1970-01-01, without 29 February. */
  readonly days: Int32Array;
  readonly forcing: Forcing;
  /** Days of 29 February that were left out. */
  readonly leapDays: number;
  /** Days between first and last that the table does not have at all. */
  readonly absent: number;
  /** Whether there is rain; without it the soil is held at field capacity. */
  readonly hasRain: boolean;
}

/** Rows of a table by day: `first[d]` to `first[d + 1]`. */
interface Rows {
  readonly firstDay: number;
  readonly first: Int32Array;
  /** Rows of a whole day. */
  readonly perDay: number;
}

/**
 * Daily forcing of a table; half-hourly and hourly rows become days of local time.
 *
 * Minimum and maximum temperature are those of the rows; light is their mean, rain their mean rate; humidity is mean
 * vapour pressure over saturation at mean temperature. A day with less than 90 % of its rows has a gap.
 *
 * @throws MissingInput for a quantity that is not there, CorruptInput for rows of uneven steps
 */
export function daysOfTable(table: SiteTable, columns: ColumnMap, options: DayOptions = {}): SiteDays {
  const rows = groupRows(table, (options.clockOffsetHours ?? 0) / 24);
  checkNeeded(options.lai ? { ...columns, lai: { column: '', unit: '1' } } : columns, rows.perDay === 1);
  for (const quantity of Object.keys(columns) as Quantity[])
    checkColumn(table, columns, quantity, rows.perDay);
  const all = rows.first.length - 1;
  const kept = keptDays(rows.firstDay, all);
  const series = (of: (day: number) => number) => Float64Array.from(kept, (day) => of(day - rows.firstDay));
  const read = reader(table, columns, rows);
  const extremes = temperatures(read, rows.perDay, columns);
  return {
    days: Int32Array.from(kept),
    leapDays: all - kept.length,
    absent: kept.filter((day) => rowsOn(rows, day - rows.firstDay) === 0).length,
    hasRain: columns.rain !== undefined,
    forcing: {
      days: kept.length,
      offset: 0,
      stride: 1,
      tempMinC: series(extremes.tempMin),
      tempMaxC: series(extremes.tempMax),
      shortwaveMJ: series((d) => 0.0864 * shortwave(read, columns, d)),
      humidity: series((d) => humidity(read, columns, d, extremes)),
      rainMm: series((d) => (columns.rain ? read('rain', d) : 0)),
      lai: Float64Array.from(kept, (day) => leafArea(read, columns, day, day - rows.firstDay, options)),
      doy: Uint16Array.from(kept, modelDoy),
      co2Ppm: series((d) => (columns.co2 ? read('co2', d) : (options.co2Ppm ?? Number.NaN))),
      extraDeposition: new Float64Array(kept.length).fill(options.extraDeposition ?? 0),
    },
  };
}

const rowsOn = ({ first }: Rows, d: number): number => first[d + 1]! - first[d]!;

/** Day of the model's year, 1..365. */
export function modelDoy(day: number): number {
  const { year, month, day: date } = civilFromDays(day);
  const doy = dayOfYear(year, month, date);
  return isLeapYear(year) && doy > 59 ? doy - 1 : doy;
}

const isLeapDay = (day: number): boolean => {
  const { month, day: date } = civilFromDays(day);
  return month === 2 && date === 29;
};

const keptDays = (firstDay: number, all: number): number[] =>
  Array.from({ length: all }, (_, d) => firstDay + d).filter((day) => !isLeapDay(day));

/** A minute, by which stamps may be off. */
const SLACK = 1 / 1440;

function groupRows({ time }: SiteTable, clockOffset: number): Rows {
  const local = (row: number) => Math.floor(time[row]! + clockOffset + SLACK / 2);
  const perDay = rowsPerDay(time);
  const firstDay = local(0);
  const days = local(time.length - 1) - firstDay + 1;
  const first = new Int32Array(days + 1);
  for (let row = 0; row < time.length; row++) first[local(row) - firstDay + 1]!++;
  for (let d = 0; d < days; d++) first[d + 1]! += first[d]!;
  return { firstDay, first, perDay };
}

/** Rows of a day, from the smallest step between rows. */
function rowsPerDay(time: Float64Array): number {
  let step = time.length > 1 ? Number.POSITIVE_INFINITY : 1;
  for (let row = 1; row < time.length; row++) step = Math.min(step, time[row]! - time[row - 1]!);
  if (step > 1.5)
    throw new CorruptInput(
      `Rows are ${Math.round(step)} days apart; the model needs days, or hours of them.`,
    );
  const perDay = Math.round(1 / step);
  if (Math.abs(perDay * step - 1) > 0.02 || perDay > 1440)
    throw new CorruptInput(`Rows are ${(step * 24).toFixed(3)} h apart, which does not divide a day.`);
  return perDay;
}

/**
 * A column that is asked for has numbers, and most of them can be meant.
 *
 * @throws CorruptInput that names the column, its unit and the first line that is wrong
 */
function checkColumn(table: SiteTable, columns: ColumnMap, quantity: Quantity, perDay: number): void {
  const { column, unit } = columns[quantity]!;
  const word = table.words?.[column];
  if (word)
    throw new CorruptInput(`${placeOf(table, word.row)}, column "${column}": "${word.cell}" is no number.`);
  const [factor, offset] = toModel(quantity, unit, perDay);
  let known = 0;
  let strange = 0;
  let first = -1;
  table.values[column]!.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    known++;
    if (!Number.isNaN(believable(quantity, factor * value + offset))) return;
    strange++;
    if (first < 0) first = row;
  });
  if (strange * 2 <= known) return;
  const { low, high, unit: ours } = believed(quantity);
  throw new CorruptInput(
    `${placeOf(table, first)}, column "${column}": ${table.values[column]![first]} ${unit} is no ${quantity}, ` +
      `which lies within ${low} to ${high} ${ours}; so are ${strange} of ${known} values. Is the unit right?`,
  );
}

type Extremes = ReturnType<typeof temperatures>;

type Read = (quantity: Quantity, d: number, how?: 'mean' | 'min' | 'max') => number;

/** Reads a quantity of a day in the model's unit; NaN where too few rows have it. */
function reader({ values }: SiteTable, columns: ColumnMap, rows: Rows): Read {
  return (quantity, d, how = 'mean') => {
    const { column, unit } = columns[quantity]!;
    const [factor, offset] = toModel(quantity, unit, rows.perDay);
    const of = (row: number) => believable(quantity, factor * values[column]![row]! + offset);
    return dayValue(of, rows, d, how);
  };
}

function dayValue(
  of: (row: number) => number,
  { first, perDay }: Rows,
  d: number,
  how: 'mean' | 'min' | 'max',
): number {
  let n = 0;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = first[d]!; row < first[d + 1]!; row++) {
    const value = of(row);
    if (Number.isNaN(value)) continue;
    n++;
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (n < ROWS_NEEDED * perDay) return Number.NaN;
  return how === 'mean' ? sum / n : how === 'min' ? least : most;
}

function temperatures(read: Read, perDay: number, columns: ColumnMap) {
  if (columns.tempMin && columns.tempMax)
    return { tempMin: (d: number) => read('tempMin', d), tempMax: (d: number) => read('tempMax', d) };
  if (perDay === 1) {
    const [day, night] = [(d: number) => read('tempDay', d), (d: number) => read('tempNight', d)];
    return {
      tempMin: (d: number) => extremesOf(day(d), night(d))[0],
      tempMax: (d: number) => extremesOf(day(d), night(d))[1],
    };
  }
  return { tempMin: (d: number) => read('temp', d, 'min'), tempMax: (d: number) => read('temp', d, 'max') };
}

/**
 * Minimum and maximum of a day whose daytime and night-time means are known: the model makes these means of them again.
 * A night is no warmer than its day.
 */
export function extremesOf(day: number, night: number): readonly [min: number, max: number] {
  const min = 2 * Math.min(day, night) - day;
  return [min, (day - 0.394 * min) / 0.606]; // Td = Tm + 0.212 (Tmax − Tm), Tn = (Td + Tmin)/2
}

/** W m-2, mean of the day. */
const shortwave = (read: Read, columns: ColumnMap, d: number): number =>
  columns.shortwave ? read('shortwave', d) : read('ppfd', d) / PPFD_OF_SHORTWAVE;

const tempMean = (read: Read, columns: ColumnMap, d: number, extremes: Extremes): number =>
  columns.temp ? read('temp', d) : 0.5 * (extremes.tempMin(d) + extremes.tempMax(d));

/** Relative humidity of a day, 1: from RH, from VPD, or from specific humidity and pressure. */
function humidity(read: Read, columns: ColumnMap, d: number, extremes: Extremes): number {
  if (columns.rh) return read('rh', d);
  const tempC = tempMean(read, columns, d, extremes);
  if (columns.vpd) return Math.min(1, 1 - read('vpd', d) / saturationKPa(tempC));
  return relativeHumidity(read('specificHumidity', d), tempC, read('pressure', d));
}

/** Leaf area: given, or from fAPAR by Beer's law, LAI = −ln(1 − fAPAR)/0.5. */
function leafArea(read: Read, columns: ColumnMap, day: number, d: number, { lai }: DayOptions): number {
  if (lai) return lai(day);
  if (columns.lai) return read('lai', d);
  return leafAreaOfFapar(read('fapar', d));
}
