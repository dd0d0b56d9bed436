import { isoDate } from '../grid/time.ts';
import type { SeriesSource } from './binding.ts';
import type { Product } from './product.ts';

/** Of their usual distance: composites that begin anew with the year, or with the month, come a day or two off. */
const LATE = 1.5;
/** Gaps that a note names. */
const NAMED = 3;

/**
 * Places in a series where composites do not follow each other as they do elsewhere in it: a file may be missing although
 * each month has another one.
 */
export function compositeGaps({ windows }: Product, name: string, source: SeriesSource): string[] {
  const { title } = source.facts;
  const years = windows.map(({ t, steps }) => {
    const first = steps[0]!.start;
    const starts = source.composites[t]!.map(({ startDoy }) => first + startDoy - 1).sort((a, b) => a - b);
    return { first, end: steps.at(-1)!.end, starts };
  });
  const usual = Math.max(source.composite.period, median(years.flatMap(({ starts }) => distances(starts))));
  const late = (days: number): boolean => days >= LATE * usual;
  const gaps = years.flatMap(({ first, end, starts }) => [
    ...(starts[0]! - first >= usual ? [`before ${isoDate(starts[0]!)}`] : []),
    ...starts.flatMap((start, i) =>
      late((starts[i + 1] ?? end) - start) ? [`after ${isoDate(start)}`] : [],
    ),
  ]);
  if (gaps.length === 0) return [];
  const more = gaps.length > NAMED ? ` and ${gaps.length - NAMED} more` : '';
  const named = gaps.slice(0, NAMED).join(', ');
  return [`${name}: ${title} has no composite ${named}${more}, where one is due after ${usual} days`];
}

const distances = (starts: readonly number[]): number[] =>
  starts.slice(1).map((start, i) => start - starts[i]!);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
