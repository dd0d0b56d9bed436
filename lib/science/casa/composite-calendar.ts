/** Which month a composite belongs to (spec casa.md 1.4, V20). Pure day counting within one year. */
import { daysInMonth } from '../../grid/calendar.ts';

/** First day of the year of each month and of the month after December, from 1. */
export function monthStarts(year: number): readonly number[] {
  const starts = [1];
  for (let month = 1; month <= 12; month++) starts.push(starts[month - 1]! + daysInMonth(year, month));
  return starts;
}

/** Month, from 0, that a day of the year lies in; days beyond the year count to December. */
export function monthOfDay(year: number, day: number): number {
  const starts = monthStarts(year);
  let month = 11;
  while (month > 0 && starts[month]! > day) month--;
  return month;
}

/** Days from the start of a composite to its middle: 7 of 16 days, 3 of 8. */
export const middleOf = (period: number): number => Math.floor((period - 1) / 2);

/** Month, from 0, that holds the middle of a composite. */
export const monthOfComposite = (year: number, startDoy: number, period: number): number =>
  monthOfDay(year, startDoy + middleOf(period));

/** Last day of a composite: its period, cut at the end of the year, so that years never mix. */
export const lastDayOf = (year: number, startDoy: number, period: number): number =>
  Math.min(startDoy + period - 1, monthStarts(year)[12]! - 1);

/** Days that a composite shares with a month (from 0). */
export function overlapDays(year: number, startDoy: number, period: number, month: number): number {
  const starts = monthStarts(year);
  const first = Math.max(startDoy, starts[month]!);
  const last = Math.min(lastDayOf(year, startDoy, period), starts[month + 1]! - 1);
  return Math.max(0, last - first + 1);
}
