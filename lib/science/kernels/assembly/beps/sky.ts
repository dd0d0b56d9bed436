/** Light above a canopy and its reach within, and longwave, of two days (spec beps.md 2.4, 2.5). */
import { add, mul, mulAdd, sub } from '../math';
import { AIR, putAir } from './air-row';
import { clip, div, expOf, k, lnOf, max, min, select } from './lanes';

const ONE = memory.data<f64>([1]);
const HALF = memory.data<f64>([0.5]);
const MINUS_HALF = memory.data<f64>([-0.5]);
const TENTH = memory.data<f64>([0.1]);

const SHORTEST_S = memory.data<f64>([1800]);
const LOWEST_COS = memory.data<f64>([0.01]);
const MOST_BEAM = memory.data<f64>([20]);
const MEGA = memory.data<f64>([1e6]);
const PER_SOLAR = memory.data<f64>([0.0007315288953913679]);
const CLEAR = memory.data<f64>([0.75]);
const CLEAR_SHARE = memory.data<f64>([0.15]);
const D0 = memory.data<f64>([0.943]);
const D1 = memory.data<f64>([0.732]);
const D2 = memory.data<f64>([-4.9]);
const D3 = memory.data<f64>([1.796]);
const D4 = memory.data<f64>([2.058]);
const SCATTER = memory.data<f64>([0.07]);
const SCATTER_FULL = memory.data<f64>([1.1]);
const UNDER_A = memory.data<f64>([0.537]);
const GAP_A = memory.data<f64>([0.573]);
const REACH_B = memory.data<f64>([0.025]);

/** Light above and the reach of light in a canopy of clumping 1. @returns which days are dark */
@inline
export function light(out: usize, megajoules: v128, seconds: v128, cosine: v128, lai: v128): v128 {
  const none = f64x2.splat(0);
  const low = f64x2.lt(cosine, k(LOWEST_COS));
  const dark = v128.or(f64x2.lt(seconds, k(SHORTEST_S)), low);
  const mean = v128.andnot(div(mul(megajoules, k(MEGA)), seconds), dark);
  const perCos = div(k(ONE), max(cosine, k(LOWEST_COS)));
  const clear = mul(mul(mean, perCos), k(PER_SOLAR));
  let share = mulAdd(clear, k(D4), k(D3));
  share = mulAdd(clear, share, k(D2));
  share = mulAdd(clear, share, k(D1));
  share = clip(mulAdd(clear, share, k(D0)), none, k(ONE));
  share = select(f64x2.gt(clear, k(CLEAR)), k(CLEAR_SHARE), share);
  const diffuse = mul(mean, share);
  const direct = sub(mean, diffuse);
  const half = mul(k(MINUS_HALF), lai);
  const thick = mul(k(REACH_B), lai);
  const scattered = mul(mul(k(SCATTER), direct), sub(k(SCATTER_FULL), mul(k(TENTH), lai)));
  putAir(out, AIR.twoCos, v128.andnot(add(cosine, cosine), low));
  putAir(out, AIR.sunReach, mul(half, perCos));
  const underSpan = add(k(UNDER_A), thick);
  const gapSpan = add(k(GAP_A), thick);
  const perSpans = div(half, mul(underSpan, gapSpan));
  putAir(out, AIR.beamReach, mul(half, min(perCos, k(MOST_BEAM))));
  putAir(out, AIR.underReach, mul(perSpans, gapSpan));
  putAir(out, AIR.gapReach, mul(perSpans, underSpan));
  putAir(out, AIR.diffuse, diffuse);
  putAir(out, AIR.direct, direct);
  putAir(out, AIR.onLeafDirect, mul(mul(k(HALF), direct), perCos));
  putAir(out, AIR.scattered, mul(scattered, expOf(f64x2.neg(cosine))));
  return dark;
}

const SIGMA = memory.data<f64>([5.67e-8]);
const SKY = memory.data<f64>([1.72]);
const SEVENTH = memory.data<f64>([0.14285714285714285]);
const LEAF_EMITS = memory.data<f64>([0.98]);
const GROUND_EMITS = memory.data<f64>([0.95]);
const BARE = memory.data<f64>([0.01]);

/** Longwave of sky, leaves and ground at the air's temperature. */
@inline
export function longwave(out: usize, tempK: v128, perK: v128, vapour: v128, lai: v128, perLai: v128): void {
  const black = mul(mul(mul(mul(k(SIGMA), tempK), tempK), tempK), tempK);
  const clear = mul(k(SKY), expOf(mul(lnOf(mul(vapour, perK)), k(SEVENTH))));
  const sky = mul(min(clear, k(ONE)), black);
  const leaf = mul(k(LEAF_EMITS), black);
  const ground = mul(k(GROUND_EMITS), black);
  const gained = mul(sub(add(sky, ground), add(leaf, leaf)), perLai);
  putAir(out, AIR.longwaveLeaf, v128.andnot(gained, f64x2.le(lai, k(BARE))));
  putAir(out, AIR.skyLessLeaf, sub(sky, leaf));
  putAir(out, AIR.leafLessGround, sub(leaf, ground));
}
