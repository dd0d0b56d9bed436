/** Enough to know percentiles to a fraction of a per cent. */
const MOST_SAMPLES = 250_000;

/** Finite values of some fields, evenly thinned out when they are many, in rising order. */
export function sortedSample(fields: readonly ArrayLike<number>[]): Float64Array {
  const cells = fields.reduce((sum, { length }) => sum + length, 0);
  const every = Math.max(1, Math.ceil(cells / MOST_SAMPLES));
  const out = new Float64Array(fields.reduce((sum, { length }) => sum + Math.ceil(length / every), 0));
  let n = 0;
  for (const field of fields) {
    for (let i = 0; i < field.length; i += every) {
      const value = field[i]!;
      if (Number.isFinite(value)) out[n++] = value;
    }
  }
  return out.subarray(0, n).sort();
}

/** Order statistic by linear interpolation (type 7) of sorted values; NaN of none. */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const [a, b] = [sorted[below] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return a + (b - a) * (at - below);
}

/** Least and greatest finite value; undefined of none. */
export function extremes(fields: readonly ArrayLike<number>[]): [low: number, high: number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) {
      const value = field[i]!;
      if (value < low && value > -Infinity) low = value;
      if (value > high && value < Infinity) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}
