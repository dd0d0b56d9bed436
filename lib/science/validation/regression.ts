/** Agreement of two series: y is what is judged, x what it is judged by (spec casa.md 6). */

export interface Agreement {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  /** Ordinary least squares y = intercept + slope·x. */
  readonly slope: number;
  readonly intercept: number;
  /** Pearson's r, and its square. */
  readonly r: number;
  readonly r2: number;
  /** Root of the mean (y − x)², not of the residuals of the fit. */
  readonly rmse: number;
  /** Mean of y − x. */
  readonly bias: number;
  readonly mae: number;
}

const MIN_PAIRS = 3;

const NONE = { slope: NaN, intercept: NaN, r: NaN, r2: NaN, rmse: NaN, bias: NaN, mae: NaN };

/** Only pairs where both are numbers count; fewer than three say nothing, and a constant has no slope and no r. */
export function agreement(x: ArrayLike<number>, y: ArrayLike<number>): Agreement {
  const used = pairs(x, y);
  const n = used.length;
  const meanX = mean(used.map(([a]) => a));
  const meanY = mean(used.map(([, b]) => b));
  if (n < MIN_PAIRS) return { n, meanX, meanY, ...NONE };
  const sxx = variance(
    used.map(([a]) => a),
    meanX,
  );
  const syy = variance(
    used.map(([, b]) => b),
    meanY,
  );
  const sxy = mean(used.map(([a, b]) => (a - meanX) * (b - meanY)));
  const slope = sxx > 0 ? sxy / sxx : Number.NaN;
  const r = sxx > 0 && syy > 0 ? sxy / Math.sqrt(sxx * syy) : Number.NaN;
  const differences = used.map(([a, b]) => b - a);
  return {
    n,
    meanX,
    meanY,
    slope,
    intercept: meanY - slope * meanX,
    r,
    r2: r * r,
    rmse: Math.sqrt(mean(differences.map((d) => d * d))),
    bias: mean(differences),
    mae: mean(differences.map(Math.abs)),
  };
}

/** 0 of equal values, though their mean may be a rounding away from them. */
const variance = (values: readonly number[], middle: number): number =>
  values.every((v) => v === values[0]) ? 0 : mean(values.map((v) => (v - middle) ** 2));

function pairs(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < x.length; i++)
    if (Number.isFinite(x[i]!) && Number.isFinite(y[i]!)) found.push([x[i]!, y[i]!]);
  return found;
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
