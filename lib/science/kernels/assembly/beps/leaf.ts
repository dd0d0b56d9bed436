/** The one conductance at which Ball–Berry and photosynthesis agree: beps/coupling.ts in lanes (spec beps.md 3.2 to 3.5). */
import { add, mul, mulAdd, sub } from '../math';
import { LEAF } from './layout';
import { any, at, div, k, lnOf, put, select } from './lanes';

const LEAST = memory.data<f64>([0.005]);
const BOUNDARY = memory.data<f64>([0.08]);
const CUTICLE = memory.data<f64>([5e-5]);
const SHAPE = memory.data<f64>([1.2732395447351628]);
const HALF = memory.data<f64>([0.5]);
const ONE = memory.data<f64>([1]);
const FOUR = memory.data<f64>([4]);
const PPFD = memory.data<f64>([0.546]); // 0.24 · 4.55/2
const J_LEAST = memory.data<f64>([29.1]);
const J_PER_VM = memory.data<f64>([1.64]);
const DARK = memory.data<f64>([0.015]);
const PER_ELECTRON = memory.data<f64>([0.2222222222222222]);
const FOUR_LEAST = memory.data<f64>([0.02]);
const SETTLED = memory.data<f64>([1e-4]);
const WITHIN = memory.data<f64>([0.3]);
const USUAL_MEAN = memory.data<f64>([0.9]);
/** Drop of CO2 across stomata times Ball–Berry's slope and the usual mean, Pa: 1.6 · 101325 · 1e-6/0.9. */
const DROP = memory.data<f64>([0.18013333333333334]);
const FEW = memory.data<f64>([0.125]);

/** 1/2 to 1/15: −ln(1 − x) − x = x² (1/2 + x/3 + …). */
const SERIES = memory.data<f64>([
  0.5, 0.3333333333333333, 0.25, 0.2, 0.16666666666666666, 0.14285714285714285, 0.125,
  0.1111111111111111, 0.1, 0.09090909090909091, 0.08333333333333333, 0.07692307692307693,
  0.07142857142857142, 0.06666666666666667,
]);

@inline
function term(n: usize): v128 {
  return v128.load64_splat(SERIES + (n << 3));
}

@inline
function series(x: v128): v128 {
  const x2 = mul(x, x);
  let even = term(12);
  let odd = term(13);
  even = mulAdd(even, x2, term(10));
  odd = mulAdd(odd, x2, term(11));
  even = mulAdd(even, x2, term(8));
  odd = mulAdd(odd, x2, term(9));
  even = mulAdd(even, x2, term(6));
  odd = mulAdd(odd, x2, term(7));
  even = mulAdd(even, x2, term(4));
  odd = mulAdd(odd, x2, term(5));
  even = mulAdd(even, x2, term(2));
  odd = mulAdd(odd, x2, term(3));
  even = mulAdd(even, x2, term(0));
  odd = mulAdd(odd, x2, term(1));
  return mul(x2, mulAdd(odd, x, even));
}

/** D = (h g − s)² + 4 h g d, whose root is in A. */
@inline
function discriminant(hg: v128, s: v128, d: v128): v128 {
  const apart = sub(hg, s);
  return mulAdd(mul(k(FOUR), hg), d, mul(apart, apart));
}

/** Mean of a day, (4/π)/g ∫ A dg'. @param x A/r @param d s − r */
@inline
function meanOf(hg: v128, s: v128, r: v128, d: v128, a: v128, x: v128): v128 {
  const inside = mul(a, sub(s, a));
  const w = div(k(ONE), mul(hg, inside));
  const few = f64x2.le(x, k(FEW));
  let excess = sub(lnOf(mul(mul(mul(hg, hg), r), w)), x);
  if (any(few)) excess = select(few, series(x), excess);
  const lost = mulAdd(mul(d, r), excess, mul(mul(k(HALF), a), a));
  return mul(k(SHAPE), sub(a, mul(lost, mul(inside, w))));
}

/** Where the search begins, as `firstGuess` of beps/coupling.ts. */
@inline
function guess(h: v128, s: v128, r: v128, slope: v128, high: v128): v128 {
  const low = k(LEAST);
  const inside = sub(h, div(k(DROP), slope));
  const a = sub(s, div(mul(sub(s, r), h), inside));
  const first = mulAdd(mul(slope, k(USUAL_MEAN)), v128.and(a, f64x2.gt(inside, f64x2.splat(0))), low);
  const within = v128.and(f64x2.gt(first, low), f64x2.lt(first, high));
  return select(within, first, mulAdd(k(WITHIN), sub(high, low), low));
}

/** Both limits of a leaf class, and the start of the search in the one that binds where stomata are widest. */
@inline
export function startLeaf(
  leaf: usize, onLeaf: v128, vm: v128, slope: v128, metres: v128, toCo2: v128,
  hC: v128, openC: v128, shutC: v128, hJ: v128, openJ: v128, shutJ: v128,
): void {
  const light = mul(k(PPFD), onLeaf);
  const jMax = mulAdd(k(J_PER_VM), vm, k(J_LEAST));
  const j = div(mul(light, jMax), f64x2.sqrt(mulAdd(light, light, mul(jMax, jMax))));
  const alpha = mul(j, k(PER_ELECTRON));
  const rd = mul(k(DARK), vm);
  const rC = sub(mul(vm, openC), rd);
  const rJ = sub(mul(alpha, openJ), rd);
  const lightFirst = f64x2.le(rJ, rC);
  const sC = sub(vm, rd);
  const sJ = sub(alpha, rd);
  const h = select(lightFirst, hJ, hC);
  const s = select(lightFirst, sJ, sC);
  const r = select(lightFirst, rJ, rC);
  const active = f64x2.gt(r, f64x2.splat(0));
  const high = mulAdd(mul(slope, k(SHAPE)), r, k(LEAST));
  put(leaf, LEAF.h, h);
  put(leaf, LEAF.s, s);
  put(leaf, LEAF.r, r);
  put(leaf, LEAF.low, k(LEAST));
  put(leaf, LEAF.high, high);
  put(leaf, LEAF.here, select(active, guess(h, s, r, slope, high), k(LEAST)));
  put(leaf, LEAF.done, v128.not(active));
  put(leaf, LEAF.slope, slope);
  put(leaf, LEAF.metres, metres);
  put(leaf, LEAF.toCo2, toCo2);
  put(leaf, LEAF.otherH, hC);
  put(leaf, LEAF.otherS, sC);
  put(leaf, LEAF.otherR, rC);
  // The limits cross once at most, and Rubisco's lies lower at low CO2 only: where light is the lower one down to the
  // compensation point, or Rubisco at the CO2 of the air, the other binds nowhere.
  const crosses = f64x2.lt(mul(vm, shutJ), mul(alpha, shutC));
  put(leaf, LEAF.mayBind, v128.and(v128.and(active, lightFirst), crosses));
}

/** First part of a step: photosynthesis at a conductance, and how it rises. */
@inline
function open(leaf: usize): void {
  const s = at(leaf, LEAF.s);
  const r = at(leaf, LEAF.r);
  const stomatal = mul(at(leaf, LEAF.here), at(leaf, LEAF.metres));
  const shut = add(k(CUTICLE), stomatal);
  const all = add(k(BOUNDARY), shut);
  const per = div(k(ONE), mul(all, shut));
  const share = mul(k(BOUNDARY), per);
  const hg = mul(mul(mul(at(leaf, LEAF.h), at(leaf, LEAF.toCo2)), mul(shut, shut)), share);
  const root = f64x2.sqrt(discriminant(hg, s, sub(s, r)));
  const sum = add(add(hg, s), root);
  const both = div(hg, mul(root, sum));
  const x = mul(add(both, both), root);
  put(leaf, LEAF.hg, hg);
  put(leaf, LEAF.share, x);
  put(leaf, LEAF.rise, mul(mul(both, sum), mul(r, sub(k(ONE), x))));
  put(leaf, LEAF.elasticity, mul(share, stomatal));
  put(leaf, LEAF.bend, sub(k(ONE), mul(mul(stomatal, per), add(all, shut))));
}

/** Second part: its mean over the day. */
@inline
function average(leaf: usize): void {
  const s = at(leaf, LEAF.s);
  const r = at(leaf, LEAF.r);
  const x = at(leaf, LEAF.share);
  put(leaf, LEAF.mean, meanOf(at(leaf, LEAF.hg), s, r, sub(s, r), mul(r, x), x));
}

/**
 * Third part: the root of a hyperbola with value and slope of the mean, and a correction for how it bends otherwise. A
 * step of relative length m leaves an error of some hundredths of m³.
 */
@inline
function move(leaf: usize): void {
  const here = at(leaf, LEAF.here);
  const slope = at(leaf, LEAF.slope);
  const before = at(leaf, LEAF.done);
  const mean = at(leaf, LEAF.mean);
  const elasticity = at(leaf, LEAF.elasticity);
  const lag = sub(mul(mul(k(SHAPE), at(leaf, LEAF.r)), at(leaf, LEAF.share)), mean);
  const rise = mul(lag, elasticity);
  const flat = sub(mean, rise);
  const per = div(k(ONE), mul(mean, flat));
  const perFlat = mul(mean, per);
  const half = mul(mul(here, rise), perFlat);
  const b = sub(mulAdd(mul(slope, mul(mean, mean)), perFlat, k(LEAST)), half);
  const near = mul(k(HALF), add(b, f64x2.sqrt(mulAdd(k(FOUR_LEAST), half, mul(b, b)))));
  // what the mean bends by ln gs, less what the hyperbola does
  const bent = mul(mul(elasticity, elasticity), sub(mul(k(SHAPE), at(leaf, LEAF.rise)), lag));
  const bends = mulAdd(rise, at(leaf, LEAF.bend), bent);
  const excess = sub(add(bends, rise), mul(mul(mul(add(rise, rise), rise), flat), per));
  const step = sub(near, here);
  const sum = add(near, here);
  const reach = mul(mul(near, add(half, near)), mul(step, step));
  const scale = mul(mul(sum, sum), mulAdd(near, near, mul(k(LEAST), half)));
  const next = mulAdd(mul(mul(slope, excess), add(reach, reach)), div(k(ONE), scale), near);
  const above = f64x2.lt(mulAdd(slope, mean, k(LEAST)), here);
  const low = select(above, at(leaf, LEAF.low), here);
  const high = select(above, here, at(leaf, LEAF.high));
  const small = v128.not(f64x2.gt(f64x2.abs(sub(next, here)), mul(k(SETTLED), here)));
  const inside = v128.and(f64x2.gt(next, low), f64x2.lt(next, high));
  const tried = select(v128.or(small, inside), next, mul(k(HALF), add(low, high)));
  put(leaf, LEAF.low, low);
  put(leaf, LEAF.high, high);
  put(leaf, LEAF.here, select(before, here, tried));
  put(leaf, LEAF.done, v128.or(before, small));
}

const BYTES: usize = LEAF.length << 4;

/** A step of all leaves, part by part: leaves do not wait for each other, and each part is short enough to overlap. */
function step(leaves: usize, end: usize): void {
  for (let leaf = leaves; leaf < end; leaf += BYTES) open(leaf);
  for (let leaf = leaves; leaf < end; leaf += BYTES) average(leaf);
  for (let leaf = leaves; leaf < end; leaf += BYTES) move(leaf);
}

const MOST_STEPS = 100;

/** Steps until all leaves of a row have settled: two of all, and more of those that need them. */
@inline
function settle(leaves: usize, end: usize): void {
  step(leaves, end);
  step(leaves, end);
  for (let leaf = leaves; leaf < end; leaf += BYTES)
    for (let n = 2; n < MOST_STEPS && !i64x2.all_true(at(leaf, LEAF.done)); n++) step(leaf, leaf + BYTES);
}

/** Turns to Rubisco where it binds at the root of light. @returns whether it does anywhere */
@inline
function turn(leaf: usize): bool {
  const may = at(leaf, LEAF.mayBind);
  if (!any(may)) return false;
  const here = at(leaf, LEAF.here);
  const h = at(leaf, LEAF.otherH);
  const s = at(leaf, LEAF.otherS);
  const r = at(leaf, LEAF.otherR);
  const d = sub(s, r);
  const hg = mul(h, mul(waterConductance(leaf), at(leaf, LEAF.toCo2)));
  const x = div(add(hg, hg), add(add(hg, s), f64x2.sqrt(discriminant(hg, s, d))));
  const mean = meanOf(hg, s, r, d, mul(r, x), x);
  const binds = v128.and(may, f64x2.lt(mean, assimilation(leaf)));
  if (!any(binds)) return false;
  put(leaf, LEAF.h, select(binds, h, at(leaf, LEAF.h)));
  put(leaf, LEAF.s, select(binds, s, at(leaf, LEAF.s)));
  put(leaf, LEAF.r, select(binds, r, at(leaf, LEAF.r)));
  put(leaf, LEAF.low, k(LEAST));
  put(leaf, LEAF.high, here);
  put(leaf, LEAF.here, select(binds, guess(h, s, r, at(leaf, LEAF.slope), here), here));
  put(leaf, LEAF.done, v128.not(binds));
  return true;
}

/** Conductance and mean photosynthesis of all leaves of a row. */
export function settleLeaves(leaves: usize, end: usize): void {
  settle(leaves, end);
  for (let leaf = leaves; leaf < end; leaf += BYTES)
    if (turn(leaf)) settle(leaf, leaf + BYTES);
}

/** Mean photosynthesis of a settled leaf, umol m-2 s-1: what Ball–Berry makes of its conductance. */
@inline
export function assimilation(leaf: usize): v128 {
  return div(sub(at(leaf, LEAF.here), k(LEAST)), at(leaf, LEAF.slope));
}

/** Conductance of a settled leaf to water, m s-1. */
@inline
export function waterConductance(leaf: usize): v128 {
  const shut = mulAdd(at(leaf, LEAF.here), at(leaf, LEAF.metres), k(CUTICLE));
  return div(mul(k(BOUNDARY), shut), add(k(BOUNDARY), shut));
}
