/**
 * Fraction of photosynthetically active radiation that the canopy absorbs, from NDVI (spec casa.md 2.2, eq. 3).
 */

export const FPAR_MIN = 0.001;
export const FPAR_MAX = 0.95;

/** NDVI limits are capped here: the simple ratio has a pole at NDVI = 1. */
export const NDVI_LIMIT_CAP = 0.98;

export type FparMode = 'zhu2007' | 'ndvi' | 'sr';

/** Weight α of the NDVI form; the rest is the simple-ratio form. */
export const FPAR_ALPHA: Readonly<Record<FparMode, number>> = { zhu2007: 0.5, ndvi: 1, sr: 0 };

/** Simple ratio of near infrared to red, 1. @param ndvi below 1 */
export const simpleRatio = (ndvi: number): number => (1 + ndvi) / (1 - ndvi);

/** Keeps NaN, as Math.min and Math.max chained would too; V8 compiles those to more. */
export const clip = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;

/** Straight line from (low, FPAR_MIN) to (high, FPAR_MAX). */
const scale = (value: number, low: number, high: number): number =>
  ((value - low) / (high - low)) * (FPAR_MAX - FPAR_MIN) + FPAR_MIN;

/** Whether a pair of NDVI limits can scale anything. */
export const usableLimits = (ndviMin: number, ndviMax: number): boolean => ndviMax > ndviMin && ndviMax < 1;

/**
 * FPAR = α·FPAR_NDVI + (1 − α)·FPAR_SR of NDVI clipped to the limits of its vegetation type.
 *
 * @param ndvi monthly NDVI, 1, −0.2..1
 * @param ndviMin lower limit of the type, 1
 * @param ndviMax upper limit of the type, 1, below 1
 * @param alpha weight of the NDVI form, 0..1
 * @returns 1, 0.001..0.95; NaN for limits that cannot scale
 * @see Zhu et al. 2007; Pan et al. 2017; spec casa.md 2.2
 */
export function fparFromNdvi(ndvi: number, ndviMin: number, ndviMax: number, alpha: number): number {
  if (!usableLimits(ndviMin, ndviMax)) return Number.NaN;
  const c = clip(ndvi, ndviMin, ndviMax);
  const fromNdvi = scale(c, ndviMin, ndviMax);
  const fromRatio = scale(simpleRatio(c), simpleRatio(ndviMin), simpleRatio(ndviMax));
  return clip(alpha * fromNdvi + (1 - alpha) * fromRatio, FPAR_MIN, FPAR_MAX);
}

/**
 * FPAR by the simple ratio alone, as the first CASA had it.
 *
 * @param ratio simple ratio, 1
 * @param ratioMax simple ratio of the fully green canopy of the biome, 4.14..6.17
 * @returns 1, at most 0.95
 * @see Potter et al. 1993; Los et al. 1994; spec casa.md 9, V25
 */
export const fparPotter = (ratio: number, ratioMax: number): number =>
  Math.min((ratio - 1.08) / (ratioMax - 1.08), FPAR_MAX);

/**
 * FPAR as a fixed line of NDVI.
 * @returns 1, 0..1
 * @see FAO WaPOR practice; spec casa.md 9, V25
 */
export const fparLinear = (ndvi: number): number => clip(1.257 * ndvi - 0.161, 0, 1);

/** FPAR of a leaf area index by Beer's law. @param lai m2 m-2, 0 or more @see spec casa.md 9 */
export const fparBeer = (lai: number, extinction = 0.5): number => 1 - Math.exp(-extinction * lai);

/**
 * The same FPAR as `slope·c + bend/(pole − c) + base` with `c = clip(NDVI, low, high)`: one division a cell and step,
 * since SR = 2/(1 − NDVI) − 1.
 */
export interface FparCurve {
  readonly low: number;
  readonly high: number;
  readonly slope: number;
  readonly bend: number;
  readonly base: number;
}

/** Where the curve would divide by zero: NDVI = 1 for the simple ratio. */
export const FPAR_POLE = 1;

/** Of limits that cannot scale, or of no type. */
export const NO_CURVE: FparCurve = {
  low: 0,
  high: 0,
  slope: Number.NaN,
  bend: Number.NaN,
  base: Number.NaN,
};

/** The curve of `fparFromNdvi` for one vegetation type; all NaN for limits that cannot scale. */
export function fparCurve(ndviMin: number, ndviMax: number, alpha: number): FparCurve {
  if (!usableLimits(ndviMin, ndviMax)) return NO_CURVE;
  const span = FPAR_MAX - FPAR_MIN;
  const perNdvi = span / (ndviMax - ndviMin);
  const ratioMin = simpleRatio(ndviMin);
  const perRatio = span / (simpleRatio(ndviMax) - ratioMin);
  return {
    low: ndviMin,
    high: ndviMax,
    slope: alpha * perNdvi,
    bend: (1 - alpha) * 2 * perRatio,
    base: FPAR_MIN - alpha * perNdvi * ndviMin - (1 - alpha) * perRatio * (1 + ratioMin),
  };
}
