import { percentile } from '../../lib/view/value-range.ts';

export interface StatisticsOptions {
  readonly percentiles?: readonly number[];
  readonly bins?: number;
  readonly range?: readonly [number, number];
  /** The histogram counts these values, or all that occur when there is none, instead of bins. */
  readonly categories?: readonly number[];
  readonly description?: string;
  /** Weight of each value; 1 when absent. */
  readonly weights?: ArrayLike<number>;
}

/** Statistics of one band under the names of rio-tiler's BandStatistics. */
export function bandStatistics(
  values: ArrayLike<number>,
  options: StatisticsOptions = {},
): Record<string, unknown> {
  const { percentiles = [2, 98], bins = 10, weights, categories, range, description = '' } = options;
  const valid: number[] = [];
  let [count, sum, squares, all] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights?.[i] ?? 1;
    if (!(weight > 0)) continue;
    all += weight;
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    valid.push(value);
    count += weight;
    sum += weight * value;
    squares += weight * value * value;
  }
  const sorted = Float64Array.from(valid).sort();
  const mean = sum / count;
  const { majority, minority, unique } = frequencies(sorted);
  return {
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    mean,
    count,
    sum,
    std: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    median: percentile(sorted, 0.5),
    majority,
    minority,
    unique,
    histogram: categories ? counts(sorted, categories) : histogram(sorted, bins, range),
    valid_percent: all > 0 ? (100 * count) / all : 0,
    masked_pixels: all - count,
    valid_pixels: count,
    description,
    ...Object.fromEntries(percentiles.map((p) => [`percentile_${p}`, percentile(sorted, p / 100)])),
  };
}

/** How often each value occurs. */
function counts(sorted: Float64Array, wanted: readonly number[]): [number[], number[]] {
  const found = new Map<number, number>(wanted.map((value) => [value, 0]));
  for (const value of sorted)
    if (wanted.length === 0 || found.has(value)) found.set(value, (found.get(value) ?? 0) + 1);
  return [[...found.values()], [...found.keys()]];
}

/** Counts and edges, as numpy has them: the last bin holds its upper edge too. */
export function histogram(
  sorted: ArrayLike<number>,
  bins: number,
  range?: readonly [number, number],
): [number[], number[]] {
  const [low, high] = range ?? [sorted[0] ?? 0, sorted[sorted.length - 1] ?? 1];
  const width = high > low ? (high - low) / bins : 1;
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + i * width);
  const counts = new Array<number>(bins).fill(0);
  const end = edges[bins]!;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i]!;
    if (value < low || value > end) continue;
    counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
  }
  return [counts, edges];
}

function frequencies(sorted: Float64Array): { majority: number; minority: number; unique: number } {
  let [majority, minority, unique, most, least] = [Number.NaN, Number.NaN, 0, 0, Infinity];
  for (let i = 0; i < sorted.length; ) {
    let end = i + 1;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    unique++;
    if (end - i > most) [most, majority] = [end - i, sorted[i]!];
    if (end - i < least) [least, minority] = [end - i, sorted[i]!];
    i = end;
  }
  return { majority, minority, unique };
}
