import { BadRequest, UnsupportedInput } from '../errors.ts';
import { civilFromDays, daysFromCivil, daysFromJulian, daysInMonth } from './calendar.ts';

export * from './calendar.ts';

/** One calendar month as half-open days `[start, end)` since 1970-01-01. */
export interface MonthStep {
  readonly year: number;
  readonly month: number;
  readonly days: number;
  readonly start: number;
  readonly end: number;
}

/** The months from `start` to `end`, both included, written `2021-01` or `202101`. */
export function monthSteps(start: string, end: string): MonthStep[] {
  const first = parseMonth(start, 'start');
  const last = parseMonth(end, 'end');
  if (last < first) throw new BadRequest('end', `month ${end} lies before the start ${start}`);
  return Array.from({ length: last - first + 1 }, (_, i) => monthStep(first + i));
}

/** The month that contains a day. */
export function monthOfDay(days: number): MonthStep {
  const { year, month } = civilFromDays(days);
  return monthStep(12 * year + month - 1);
}

function monthStep(monthsFromYear0: number): MonthStep {
  const year = Math.floor(monthsFromYear0 / 12);
  const month = monthsFromYear0 - 12 * year + 1;
  const start = daysFromCivil(year, month, 1);
  const days = daysInMonth(year, month);
  return { year, month, days, start, end: start + days };
}

function parseMonth(text: string, field: string): number {
  const match = /^(\d{4})-?(\d{2})$/.exec(text);
  const month = Number(match?.[2]);
  if (!match || month < 1 || month > 12) {
    throw new BadRequest(field, `"${text}" is not a month; write it as 2021-01`);
  }
  return 12 * Number(match[1]) + month - 1;
}

/** Days since 1970-01-01T00:00Z, with the time of day as fraction, of one value of a CF time axis; NaN stays NaN. */
export type TimeDecoder = (value: number) => number;

const UNITS_PER_DAY: Readonly<Record<string, number>> = {
  d: 1,
  day: 1,
  h: 24,
  hr: 24,
  hour: 24,
  min: 1440,
  minute: 1440,
  s: 86_400,
  sec: 86_400,
  second: 86_400,
  ms: 86_400e3,
  msec: 86_400e3,
  millisecond: 86_400e3,
  microsecond: 86_400e6,
  nanosecond: 86_400e9,
};

const NOLEAP_DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const;
const FIRST_GREGORIAN_DAY = daysFromCivil(1582, 10, 15);

interface Reference {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Time of day in UTC as a fraction of a day; outside 0..1 when the zone crosses midnight. */
  readonly clock: number;
}

/**
 * Makes the decoder of a CF time axis, `days since 1900-01-01 00:00` and the like. In `standard` (also `gregorian`)
 * a reference before 1582-10-15 is a Julian date. `noleap` (also `365_day`) gives the real date of the same name,
 * so that 1 March stays 1 March.
 *
 * @throws UnsupportedInput on months and years as units, on other calendars and on a reference that is no date
 * @see CF conventions 1.11, 4.4
 */
export function decodeCfTime(units: string, calendar = 'standard'): TimeDecoder {
  const [, unit = '', since = ''] = /^\s*([A-Za-z]+)\s+since\s+(.+?)\s*$/i.exec(units) ?? [];
  const name = unit.toLowerCase();
  const unitsPerDay = UNITS_PER_DAY[name] ?? UNITS_PER_DAY[name.replace(/s$/, '')];
  if (unitsPerDay === undefined) {
    throw new UnsupportedInput(
      `time units "${units}" are not read; write seconds, minutes, hours or days since a date.`,
    );
  }
  const reference = parseReference(since, units);
  switch (calendar.toLowerCase()) {
    case 'standard':
    case 'gregorian':
      return realCalendar(mixedDay(reference, units) + reference.clock, unitsPerDay);
    case 'proleptic_gregorian':
      return realCalendar(gregorianDay(reference, units) + reference.clock, unitsPerDay);
    case 'noleap':
    case '365_day':
      return noleapCalendar(reference, unitsPerDay, units);
    default:
      throw new UnsupportedInput(
        `calendar "${calendar}" has no real dates; convert the file's time axis to standard or noleap first.`,
      );
  }
}

const realCalendar =
  (start: number, unitsPerDay: number): TimeDecoder =>
  (value) =>
    start + value / unitsPerDay;

function noleapCalendar(reference: Reference, unitsPerDay: number, units: string): TimeDecoder {
  const { year, month, day, clock } = reference;
  if (day > NOLEAP_DAYS_BEFORE[month]! - NOLEAP_DAYS_BEFORE[month - 1]!) throw notADate(units);
  const start = 365 * year + NOLEAP_DAYS_BEFORE[month - 1]! + day - 1 + clock;
  return (value) => {
    const total = start + value / unitsPerDay;
    if (!Number.isFinite(total)) return Number.NaN;
    const y = Math.floor(total / 365);
    const inYear = total - 365 * y;
    let m = 1;
    while (inYear >= NOLEAP_DAYS_BEFORE[m]!) m++;
    return daysFromCivil(y, m, 1) + inYear - NOLEAP_DAYS_BEFORE[m - 1]!;
  };
}

function gregorianDay({ year, month, day }: Reference, units: string): number {
  if (day > daysInMonth(year, month)) throw notADate(units);
  return daysFromCivil(year, month, day);
}

function mixedDay(reference: Reference, units: string): number {
  const { year, month, day } = reference;
  const gregorian = daysFromCivil(year, month, day);
  if (gregorian >= FIRST_GREGORIAN_DAY) return gregorianDay(reference, units);
  const julian = daysFromJulian(year, month, day);
  const leap = month === 2 && year % 4 === 0 ? 29 : daysInMonth(1, month);
  // 5 to 14 October 1582 were never days.
  if (day > leap || julian >= FIRST_GREGORIAN_DAY) throw notADate(units);
  return julian;
}

function parseReference(text: string, units: string): Reference {
  const match =
    /^([+-]?\d{1,6})-(\d{1,2})-(\d{1,2})(?:[T ]\s*(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}(?:\.\d*)?))?)?\s*(.*)$/i.exec(
      text,
    );
  if (!match) throw notADate(units);
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second >= 61) throw notADate(units);
  const clock = (hour * 3600 + (minute - zoneMinutes(match[7] ?? '', units)) * 60 + second) / 86_400;
  return { year, month, day, clock };
}

/** Minutes that the zone is ahead of UTC: `Z`, `UTC`, `+02:00`, `-6`, `+0530`. */
function zoneMinutes(zone: string, units: string): number {
  if (/^(Z|UTC|GMT|)$/i.test(zone)) return 0;
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone);
  if (!match) throw notADate(units);
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

const notADate = (units: string): UnsupportedInput =>
  new UnsupportedInput(
    `the reference in time units "${units}" is not a date; write it as 1970-01-01 00:00:00.`,
  );
