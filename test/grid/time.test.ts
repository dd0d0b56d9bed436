import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRequest, UnsupportedInput } from '../../lib/errors.ts';
import {
  civilFromDays,
  dayOfYear,
  daysFromCivil,
  daysInMonth,
  decodeCfTime,
  isoDate,
  isoDateTime,
  isoMonth,
  monthOfDay,
  monthSteps,
} from '../../lib/grid/time.ts';

const platformDay = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
};

describe('calendar', () => {
  it('counts days as the platform clock does, and back, over ten thousand years', () => {
    const anyDay = fc.tuple(
      fc.integer({ min: -2000, max: 9000 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 31 }),
    );
    fc.assert(
      fc.property(anyDay, ([year, month, d]) => {
        const day = Math.min(d, daysInMonth(year, month));
        const days = daysFromCivil(year, month, day);
        expect(days).toBe(platformDay(year, month, day));
        expect(civilFromDays(days)).toEqual({ year, month, day });
        expect(civilFromDays(days + 0.999)).toEqual({ year, month, day });
      }),
      { numRuns: 2000 },
    );
  });

  it('knows every day around the ends of 4, 100 and 400 years', () => {
    for (const year of [1600, 1696, 1700, 1899, 1900, 1999, 2000, 2001, 2100, -400, -1, 0]) {
      for (let d = daysFromCivil(year, 1, 1); d <= daysFromCivil(year + 1, 1, 1); d++) {
        const { year: y, month, day } = civilFromDays(d);
        expect(platformDay(y, month, day)).toBe(d);
      }
    }
  });

  it('gives 1900 no leap day and 2000 one', () => {
    expect([daysInMonth(1900, 2), daysInMonth(2000, 2), daysInMonth(2023, 2), daysInMonth(2024, 2)]).toEqual([
      28, 29, 28, 29,
    ]);
    expect(dayOfYear(2024, 12, 31)).toBe(366);
    expect(dayOfYear(2021, 10, 16)).toBe(289);
  });

  it('writes days, months and moments in ISO 8601', () => {
    expect(isoDate(0)).toBe('1970-01-01');
    expect(isoDate(-719_528)).toBe('0000-01-01');
    expect(isoDate(daysFromCivil(-44, 3, 15))).toBe('-000044-03-15');
    expect(isoMonth(daysFromCivil(2021, 2, 28))).toBe('2021-02');
    expect(isoDateTime(daysFromCivil(2022, 6, 30) + 0.75)).toBe('2022-06-30T18:00:00Z');
    expect(isoDateTime(-1 / 86_400)).toBe('1969-12-31T23:59:59Z');
  });
});

describe('month steps', () => {
  it('lists the months of a range with their true lengths, end included', () => {
    const steps = monthSteps('2023-11', '202402');
    expect(steps.map((s) => `${s.year}-${s.month}:${s.days}`)).toEqual([
      '2023-11:30',
      '2023-12:31',
      '2024-1:31',
      '2024-2:29',
    ]);
    expect(steps[0]!.start).toBe(daysFromCivil(2023, 11, 1));
    for (const [i, s] of steps.entries()) if (i > 0) expect(s.start).toBe(steps[i - 1]!.end);
    expect(monthOfDay(steps[3]!.end - 0.001)).toEqual(steps[3]);
  });

  it.each(['2021-13', '2021-0', '2021', '21-01', 'May 2021'])('refuses "%s" as a month', (text) => {
    expect(() => monthSteps(text, '2022-01')).toThrow(BadRequest);
  });

  it('refuses a range that ends before it starts', () => {
    expect(() => monthSteps('2021-02', '2021-01')).toThrow(/before the start/);
  });
});

describe('CF time', () => {
  // Expected moments: the definitions of CF 1.11 section 4.4, worked by hand.
  it.each([
    ['hours since 1900-01-01 00:00:00.0', 'gregorian', 1_060_680, '2021-01-01T00:00:00Z'],
    ['days since 1850-1-1', 'proleptic_gregorian', 62_822.5, '2022-01-01T12:00:00Z'],
    ['seconds since 1970-01-01T00:00:00Z', 'standard', 1_640_995_200, '2022-01-01T00:00:00Z'],
    ['minutes since 2000-01-01 06:30', 'standard', 90, '2000-01-01T08:00:00Z'],
    ['hours since 2000-01-01 00:00:00 +02:00', 'standard', 1, '1999-12-31T23:00:00Z'],
    ['hours since 2000-01-01 00:00 -6', 'standard', 0, '2000-01-01T06:00:00Z'],
    ['h since 2000-01-01 00 UTC', 'standard', 0, '2000-01-01T00:00:00Z'],
    ['milliseconds since 2020-02-28', 'standard', 86_400_000, '2020-02-29T00:00:00Z'],
    ['days since 0001-01-01 00:00:00', 'standard', 737_792, '2021-01-01T00:00:00Z'],
    ['days since 0001-01-01 00:00:00', 'proleptic_gregorian', 737_790, '2021-01-01T00:00:00Z'],
    ['days since 1582-10-04', 'gregorian', 1, '1582-10-15T00:00:00Z'],
    ['days since 2000-01-01', 'noleap', 59, '2000-03-01T00:00:00Z'],
    ['days since 2000-01-01', '365_day', 365 * 4 + 364.25, '2004-12-31T06:00:00Z'],
    ['days since 2000-01-01', 'noleap', -1, '1999-12-31T00:00:00Z'],
  ])('reads "%s" (%s): %d is %s', (units, calendar, value, iso) => {
    expect(isoDateTime(decodeCfTime(units, calendar)(value))).toBe(iso);
  });

  it('keeps NaN as NaN', () => {
    for (const calendar of ['standard', 'noleap']) {
      expect(decodeCfTime('days since 2000-01-01', calendar)(Number.NaN)).toBeNaN();
    }
  });

  it.each([
    ['days since 2000-01-01', '360_day', /calendar "360_day".*convert/],
    ['days since 2000-01-01', 'julian', /calendar "julian"/],
    ['months since 2000-01-01', 'standard', /"months since/],
    ['days', 'standard', /time units "days"/],
    ['days since yesterday', 'standard', /not a date/],
    ['days since 2001-02-29', 'standard', /not a date/],
    ['days since 2000-02-29', 'noleap', /not a date/],
    ['days since 1582-10-10', 'standard', /not a date/],
    ['days since 2000-01-01 10:00 Mars', 'standard', /not a date/],
    ['days since 2000-13-01', 'standard', /not a date/],
  ])('refuses "%s" in calendar %s', (units, calendar, message) => {
    expect(() => decodeCfTime(units, calendar)).toThrow(UnsupportedInput);
    expect(() => decodeCfTime(units, calendar)).toThrow(message);
  });
});
