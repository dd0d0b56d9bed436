import { isoDate } from '../grid/time.ts';
import type { SeriesSource } from './binding.ts';
import type { Product } from './product.ts';

/** Of its period: composites that begin anew with the year, or with the month, come a day or two off. */
const LATE = 1.5;

/** Years whose composites do not follow each other: a file may be missing although each month has another one. */
export function compositeGaps({ windows }: Product, name: string, source: SeriesSource): string[] {
  const { title } = source.facts;
  const { period } = source.composite;
  return windows.flatMap(({ t, year, steps }) => {
    const newYear = steps[0]!.start;
    const ends = [...source.composites[t]!.map(({ startDoy }) => startDoy).sort((a, b) => a - b)];
    const length = steps.at(-1)!.end - newYear;
    const starts = [1 - period, ...ends, length + 1];
    return starts.slice(1).flatMap((start, i) => {
      const before = starts[i]!;
      if (start - before < LATE * period) return [];
      const from =
        i === 0 ? `before ${isoDate(newYear + start - 1)}` : `after ${isoDate(newYear + before - 1)}`;
      return [`${name}: ${title} has no composite ${from} of ${year} where one of ${period} days is due`];
    });
  });
}
