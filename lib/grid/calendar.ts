/** A day of the proleptic Gregorian calendar; months and days count from 1, the year 0 exists (astronomical count). */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** January first; dates count months from 1. */
export const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const DAYS_400_YEARS = 146_097;
const DAYS_0000_03_01_TO_1970 = 719_468;

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** @returns 28..31 */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export const daysInYear = (year: number): number => (isLeapYear(year) ? 366 : 365);

/** Days from 1 March to the first of the month, in a year that begins in March: 31 30 31 30 31 repeats every 153 days. */
const daysSinceMarch = (month: number): number => Math.floor((153 * ((month + 9) % 12) + 2) / 5);

/**
 * Days since 1970-01-01 of a date of the proleptic Gregorian calendar. The year is taken to begin in March, so that
 * the leap day is its last.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + daysSinceMarch(month) + day - 1 - DAYS_0000_03_01_TO_1970;
}

/** Days since 1970-01-01 (proleptic Gregorian) of a date of the Julian calendar, as `standard` uses it before 1582-10-15. */
export function daysFromJulian(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  return 365 * y + Math.floor(y / 4) + daysSinceMarch(month) + day - 3 - DAYS_0000_03_01_TO_1970;
}

/** The date of a day number; a fraction of a day is ignored. */
export function civilFromDays(days: number): CivilDate {
  const z = Math.floor(days) + DAYS_0000_03_01_TO_1970;
  const cycle = Math.floor(z / DAYS_400_YEARS);
  const d = z - cycle * DAYS_400_YEARS;
  // 1460, 36524 and 146096 are the last days of 4, 100 and 400 years, where a leap day has been added or left out.
  const y = Math.floor((d - Math.floor(d / 1460) + Math.floor(d / 36_524) - Math.floor(d / 146_096)) / 365);
  const inYear = d - (365 * y + Math.floor(y / 4) - Math.floor(y / 100));
  const m = Math.floor((5 * inYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  const day = inYear - Math.floor((153 * m + 2) / 5) + 1;
  return { year: y + cycle * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** @returns 1..366 */
export const dayOfYear = (year: number, month: number, day: number): number =>
  daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1) + 1;

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

/** `2021-03-09`; years outside 0..9999 get a sign and six digits, as ISO 8601 wants. */
export function isoDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  const y = year >= 0 && year <= 9999 ? pad(year, 4) : `${year < 0 ? '-' : '+'}${pad(Math.abs(year), 6)}`;
  return `${y}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `2021-03` */
export const isoMonth = (days: number): string => isoDate(days).replace(/-\d{2}$/, '');

/** `2021-03-09T06:00:00Z`, to the nearest second. */
export function isoDateTime(days: number): string {
  const seconds = Math.round(days * 86_400);
  const day = Math.floor(seconds / 86_400);
  const s = seconds - day * 86_400;
  const clock = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map((n) => pad(n, 2)).join(':');
  return `${isoDate(day)}T${clock}Z`;
}
