import { civilFromDays, isoDate, isoDateTime } from '../grid/time.ts';

/** The steps of a layer in words. */
export interface TimeAxis {
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** `monthly`, `daily`, `every 8 days`, `irregular`. */
  readonly step: string;
  /** Days after which the next step comes later than the usual distance tells. */
  readonly gaps: readonly { readonly after: string; readonly days: number }[];
}

const SHORTEST_MONTH = 28;

/** @param times days since 1970-01-01, rising */
export function timeAxis(times: readonly number[]): TimeAxis | undefined {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const name = times.every(Number.isInteger) ? isoDate : isoDateTime;
  const distances = times.slice(1).map((t, i) => t - times[i]!);
  const usual = median(distances);
  const monthly = times.length > 1 && isMonthly(times);
  const gaps = monthly
    ? []
    : distances.flatMap((days, i) => (days > 1.5 * usual ? { after: name(times[i]!), days } : []));
  return {
    count: times.length,
    first: name(first),
    last: name(last),
    step: monthly ? 'monthly' : stepName(distances, usual),
    gaps,
  };
}

/** Whether each step lies in the month after that of the one before, some weeks later. */
export function isMonthly(times: readonly number[]): boolean {
  if (times.some((t, i) => i > 0 && t - times[i - 1]! < SHORTEST_MONTH)) return false;
  const months = times.map((t) => {
    const { year, month } = civilFromDays(t);
    return 12 * year + month;
  });
  return months.slice(1).every((m, i) => m === months[i]! + 1);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function stepName(distances: readonly number[], usual: number): string {
  if (distances.length === 0) return 'one step';
  if (distances.every((d) => d >= 365 && d <= 366)) return 'yearly';
  const regular = distances.filter((d) => Math.abs(d - usual) < 1e-6).length;
  if (regular < 0.8 * distances.length) return 'irregular';
  if (Math.abs(usual - 1) < 1e-6) return 'daily';
  const hours = usual * 24;
  if (hours < 24) return Math.abs(hours - 1) < 1e-6 ? 'hourly' : `every ${Number(hours.toFixed(2))} hours`;
  return `every ${Number(usual.toFixed(2))} days`;
}
