/** Light, soil water and leaves of two tiles on a day, up to the search for conductance (spec beps.md 2.3 to 2.5, 3.1, 4.4). */
import { add, mul, mulAdd, sub } from '../math';
import { AIR, airOf } from './air-row';
import { DAY, STATE, TILE } from './layout';
import { any, at, clip, div, expOf, k, max, put, select } from './lanes';
import { startLeaf } from './leaf';

const ONE = memory.data<f64>([1]);
const GROUND_TAKES = memory.data<f64>([0.8]);
const LEAF_TAKES = memory.data<f64>([0.75]);
const FROM_LEAVES = memory.data<f64>([3.5714285714285716]); // 0.25/0.07
const LEAST_SCALAR = memory.data<f64>([0.01]);
const LEAST_F = memory.data<f64>([0.45]);

/** Leaf classes and the light on them. @returns nothing; fills `day` and starts both leaves */
@inline
export function lightAndLeaves(tile: usize, state: usize, a: usize, b: usize, day: usize, sun: usize, shade: usize): void {
  const clumping = at(tile, TILE.clumping);
  const beamReach = airOf(a, b, AIR.beamReach);
  const sunReach = airOf(a, b, AIR.sunReach);
  const beam = expOf(mul(clumping, beamReach));
  let lit = beam;
  if (!i64x2.all_true(f64x2.eq(beamReach, sunReach))) lit = expOf(mul(clumping, sunReach));
  const lai = airOf(a, b, AIR.lai);
  const laiSun = mul(airOf(a, b, AIR.twoCos), sub(k(ONE), lit));
  const diffuse = airOf(a, b, AIR.diffuse);
  const under = mul(diffuse, expOf(mul(clumping, airOf(a, b, AIR.underReach))));
  const scattered = mul(clumping, airOf(a, b, AIR.scattered));
  const taken = mul(sub(diffuse, under), airOf(a, b, AIR.perLai));
  const onShade = add(taken, scattered);
  const onSun = add(airOf(a, b, AIR.onLeafDirect), onShade);
  const gap = expOf(mul(clumping, airOf(a, b, AIR.gapReach)));
  const longLeaf = mul(airOf(a, b, AIR.longwaveLeaf), sub(k(ONE), gap));
  const longGround = mulAdd(airOf(a, b, AIR.skyLessLeaf), gap, airOf(a, b, AIR.leafLessGround));
  const netShade = add(mulAdd(k(FROM_LEAVES), scattered, taken), longLeaf);
  const ground = mulAdd(airOf(a, b, AIR.direct), beam, under);
  put(day, DAY.laiSun, laiSun);
  put(day, DAY.laiShade, sub(lai, laiSun));
  put(day, DAY.netSun, mulAdd(k(LEAF_TAKES), onSun, netShade));
  put(day, DAY.netShade, netShade);
  put(day, DAY.netGround, mulAdd(k(GROUND_TAKES), ground, longGround));
  put(day, DAY.beam, beam);
  const scalar = waterScalar(tile, state, day);
  const slope = mul(mul(at(tile, TILE.ballBerry), scalar), airOf(a, b, AIR.humidPerCo2));
  const vm = mul(vcmax(tile, state), airOf(a, b, AIR.vmByTemp));
  const metres = airOf(a, b, AIR.metres);
  const toCo2 = airOf(a, b, AIR.toCo2);
  const hC = airOf(a, b, AIR.hRubisco);
  const openC = airOf(a, b, AIR.openRubisco);
  const shutC = airOf(a, b, AIR.shutRubisco);
  const hJ = airOf(a, b, AIR.hLight);
  const openJ = airOf(a, b, AIR.openLight);
  const shutJ = airOf(a, b, AIR.shutLight);
  startLeaf(sun, onSun, vm, slope, metres, toCo2, hC, openC, shutC, hJ, openJ, shutJ);
  startLeaf(shade, onShade, vm, slope, metres, toCo2, hC, openC, shutC, hJ, openJ, shutJ);
}

/** Rubisco capacity at 25 degC with the nitrogen of this morning. */
@inline
function vcmax(tile: usize, state: usize): v128 {
  const fixed = at(tile, TILE.fixedVcmax);
  const full = f64x2.gt(at(tile, TILE.fullNitrogen), f64x2.splat(0));
  if (!any(full)) return fixed;
  const carbon = add(at(state, STATE.biomass + 2), at(state, STATE.biomass + 3));
  const nitrogen = at(state, STATE.leafN);
  const none = f64x2.splat(0);
  const there = v128.and(f64x2.gt(carbon, none), f64x2.gt(nitrogen, none));
  const limited = clip(mul(at(tile, TILE.criticalCn), div(nitrogen, carbon)), k(LEAST_F), k(ONE));
  return select(v128.and(full, there), mul(at(tile, TILE.vcmax), limited), fixed);
}

/** Scalar of a layer. */
@inline
function layerScalar(tile: usize, theta: v128, layer: usize, crop: v128): v128 {
  const above = sub(theta, at(tile, TILE.fieldCapacity + layer));
  const x = mul(sub(theta, at(tile, TILE.wiltingPoint + layer)), at(tile, TILE.perSpan + layer));
  const dry = select(crop, mul(x, sub(add(k(ONE), k(ONE)), x)), x);
  const wet = sub(k(ONE), mul(above, at(tile, TILE.wetFall + layer)));
  const least = k(LEAST_SCALAR);
  const scalar = max(select(f64x2.gt(above, f64x2.splat(0)), wet, dry), least);
  return scalar;
}

/** ψ, and the shares of the uptake. */
@inline
function waterScalar(tile: usize, state: usize, day: usize): v128 {
  const none = f64x2.splat(0);
  const crop = f64x2.gt(at(tile, TILE.crop), none);
  const tree = f64x2.gt(at(tile, TILE.tree), none);
  const f0 = layerScalar(tile, at(state, STATE.theta), 0, crop);
  const f1 = layerScalar(tile, at(state, STATE.theta + 1), 1, crop);
  const f2 = layerScalar(tile, at(state, STATE.theta + 2), 2, crop);
  const r0 = at(tile, TILE.root);
  const r1 = at(tile, TILE.root + 1);
  const r2 = at(tile, TILE.root + 2);
  const sum = add(add(mul(r0, f0), mul(r1, f1)), mul(r2, f2));
  const per = div(k(ONE), select(tree, sum, k(ONE)));
  const w0 = mul(mul(r0, select(tree, f0, k(ONE))), per);
  const w1 = mul(mul(r1, select(tree, f1, k(ONE))), per);
  const w2 = mul(mul(r2, select(tree, f2, k(ONE))), per);
  put(day, DAY.uptake, w0);
  put(day, DAY.uptake + 1, w1);
  put(day, DAY.uptake + 2, w2);
  const scalar = clip(add(add(mul(w0, f0), mul(w1, f1)), mul(w2, f2)), none, k(ONE));
  put(day, DAY.scalar, scalar);
  return scalar;
}
