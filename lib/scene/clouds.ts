import { seedOf, uniform } from './hash.ts';
import { noiseRow, type Parallel } from './noise.ts';

/** Ranks of MOD13's pixel reliability (spec casa.md 1.3). */
export const RELIABILITY = { fill: -1, good: 0, marginal: 1, snow: 2, cloudy: 3 } as const;

/** How cloudy a month is over the delta, January first: a wet spring, the monsoon, a clear autumn. */
const CLOUDINESS = [0.2, 0.32, 0.42, 0.46, 0.5, 0.52, 0.36, 0.36, 0.24, 0.06, 0.04, 0.1] as const;

/** What clouds do to one composite. */
export interface Sky {
  readonly seed: number;
  readonly level: number;
}

export function skyOf(seed: number, year: number, dayOfYear: number): Sky {
  const month = Math.min(11, Math.floor((dayOfYear + 7) / 30.5));
  const jitter = uniform(seedOf(seed, 'sky'), year, dayOfYear) - 0.5;
  return { seed: seedOf(seed, `clouds ${year} ${dayOfYear}`), level: CLOUDINESS[month]! + 0.3 * jitter };
}

/** Thickness of cloud left in the best day of the composite, 0 = none, in clumps of some ten kilometres. */
export function cloudRow(out: Float32Array, grain: Float32Array, at: Parallel, sky: Sky): Float32Array {
  noiseRow(out, at, { seed: sky.seed, scale: 0.55, octaves: 5 });
  noiseRow(grain, at, { seed: sky.seed + 99, scale: 0.011, octaves: 2 }, 0.22);
  for (let k = 0; k < at.count; k++) out[k] = out[k]! + grain[k]! + sky.level - 0.62;
  return out;
}

/** Above these thicknesses a pixel is marginal, cloudy, missing. */
const THICK = { marginal: 0, cloudy: 0.22, missing: 0.74 } as const;

export function reliabilityOf(thickness: number): number {
  if (thickness > THICK.missing) return RELIABILITY.fill;
  if (thickness > THICK.cloudy) return RELIABILITY.cloudy;
  return thickness > THICK.marginal ? RELIABILITY.marginal : RELIABILITY.good;
}

/** NDVI seen through what is left of the cloud, whose own is 0.06. */
export function throughCloud(ndvi: number, thickness: number): number {
  const share = Math.min(0.85, Math.max(0, 1.1 * (thickness + 0.06)));
  return ndvi + (0.06 - ndvi) * share;
}
