/** How warm and moist soil decomposes faster (spec beps.md 6.3). */
import { expOf, lnOf } from './powers.ts';

/** Offset of the Lloyd–Taylor form in the lineage's code, K; 46.02 in the literature (Q19). */
export const LLOYD_TAYLOR_OFFSET = 46.32;

/** Decomposition never stops. */
const LEAST = 0.0075;

/** Temperature factor, 0.03..1: 1 at 35 degC and above. @see Lloyd & Taylor 1994, referenced to 35 degC */
export function soilTempFactor(tempC: number, offset: number = LLOYD_TAYLOR_OFFSET): number {
  if (tempC > 35) return 1;
  if (tempC < -4) return 0.03;
  return expOf(308.56 * (1 / (35 + offset) - 1 / (tempC + offset)));
}

/** Moisture factor of a layer, whose coefficients depend on its field capacity alone. */
export interface MoistureCurve {
  readonly m: number;
  /** w_opt^m, and 1/(w_opt^m − 100^m); with m = 0 their limits in logarithms. */
  readonly atOptimum: number;
  readonly span: number;
  readonly lnAtEnds: number;
}

/** |m| below which the curve takes its limit at m = 0, f = 72.3 % (Q18). */
const FLAT = 1e-6;

const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** @param fieldCapacityPct 100 FC/porosity, clipped to 10..90 % */
export function moistureCurve(fieldCapacityPct: number): MoistureCurve {
  const f = clip(fieldCapacityPct, 10, 90);
  const m = -0.0008 * f * f + 0.0603 * f - 0.1769;
  const optimum = -0.0062 * f * f + 1.0745 * f + 26.515;
  const flat = Math.abs(m) < FLAT;
  const atOptimum = flat ? Math.log(optimum) : optimum ** m;
  return {
    m: flat ? 0 : m,
    atOptimum,
    span: 1 / (atOptimum - (flat ? Math.log(100) : 100 ** m)),
    lnAtEnds: Math.log(-0.00006 * f * f + 0.0124 * f + 0.0994),
  };
}

/**
 * Moisture factor, 0.25..1: 1 at the optimum.
 *
 * @param filledPct 100 θ/porosity
 * @see the public code; spec beps.md 6.3
 */
export function soilMoistureFactor(
  filledPct: number,
  { m, atOptimum, span, lnAtEnds }: MoistureCurve,
): number {
  const ln = lnOf(clip(filledPct, 1e-6, 100));
  const distance = ((m === 0 ? ln : expOf(m * ln)) - atOptimum) * span;
  return 0.25 + 0.75 * expOf(lnAtEnds * distance * distance);
}

/**
 * Factor on every rate of decomposition, day and night together.
 *
 * @param moisture weighted mean of the layers' moisture factors
 * @param daylight share of the day that is light, 0..1
 */
export function decompositionFactor(
  tempDayC: number,
  tempNightC: number,
  moisture: number,
  daylight: number,
  offset: number = LLOYD_TAYLOR_OFFSET,
): number {
  const day = Math.max(LEAST, soilTempFactor(tempDayC, offset) * moisture);
  const night = Math.max(LEAST, soilTempFactor(tempNightC, offset) * moisture);
  return day * daylight + night * (1 - daylight);
}
