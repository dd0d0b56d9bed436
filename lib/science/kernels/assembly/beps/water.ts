/** Water of two tiles on a day, and what it leaves for decomposition: beps/water-day.ts in lanes (spec beps.md 4.3, 6.3). */
import { add, mul, mulAdd, sub } from '../math';
import { AIR, airOf } from './air-row';
import { DAY, STATE, SUM, TILE } from './layout';
import { any, at, clip, div, expOf, k, lnOf, max, min, put, select } from './lanes';

const ONE = memory.data<f64>([1]);
const HALF = memory.data<f64>([0.5]);
const THOUSAND = memory.data<f64>([1000]);
const SOIL_G = memory.data<f64>([0.01]);
const SOIL_DRY = memory.data<f64>([0.0005]);
const HEAVY = memory.data<f64>([0.005]);
const RUNS_FROM = memory.data<f64>([0.75]);
const LEAST_DECAY = memory.data<f64>([0.0075]);
const HUNDRED = memory.data<f64>([100]);
const LEAST_FILLED = memory.data<f64>([1e-6]);
const QUARTER = memory.data<f64>([0.25]);
const THREE_QUARTERS = memory.data<f64>([0.75]);
const DEEPEST = memory.data<f64>([-700]);

/** Energy that evaporates, W m-2 times the slope. */
@inline
function energy(net: v128, air: v128, a: usize, b: usize): v128 {
  return mulAdd(airOf(a, b, AIR.slope), net, mul(airOf(a, b, AIR.drying), air));
}

/** Evaporation of a day by Penman and Monteith, m: e/(slope + γ (1 + air/surface)), never negative. */
@inline
function evaporated(e: v128, air: v128, surface: v128, slope: v128, psychro: v128, seconds: v128): v128 {
  const resisted = mulAdd(add(slope, psychro), surface, mul(psychro, air));
  return max(mul(div(mul(e, surface), resisted), seconds), f64x2.splat(0));
}

/** A layer's filling after what falls on it. @returns what overflows, m */
@inline
function fill(tile: usize, state: usize, layer: usize, falling: v128): v128 {
  const filled = mulAdd(falling, at(tile, TILE.perDepth + layer), at(state, STATE.theta + layer));
  const full = at(tile, TILE.porosity + layer);
  put(state, STATE.theta + layer, min(filled, full));
  return mul(max(sub(filled, full), f64x2.splat(0)), at(tile, TILE.depth + layer));
}

/** What a layer can give above half its wilting point, m. */
@inline
function left(tile: usize, state: usize, layer: usize): v128 {
  const above = sub(at(state, STATE.theta + layer), at(tile, TILE.halfWilting + layer));
  return max(mul(above, at(tile, TILE.depth + layer)), f64x2.splat(0));
}

@inline
function lose(tile: usize, state: usize, layer: usize, lost: v128): void {
  const theta = at(state, STATE.theta + layer);
  put(state, STATE.theta + layer, sub(theta, mul(lost, at(tile, TILE.perDepth + layer))));
}

/** Conductivity of a layer at its filling, m d-1. */
@inline
function flow(tile: usize, theta: v128, layer: usize, thaw: v128): v128 {
  const filled = mul(theta, at(tile, TILE.perPorosity + layer));
  const power = expOf(max(mul(at(tile, TILE.power + layer), lnOf(filled)), k(DEEPEST)));
  return mul(mul(thaw, at(tile, TILE.conductivity + layer)), power);
}

/** Drainage of a layer into the next. */
@inline
function seep(tile: usize, state: usize, layer: usize, thaw: v128): void {
  const theta = at(state, STATE.theta + layer);
  const above = sub(theta, at(tile, TILE.fieldCapacity + layer));
  const drains = f64x2.gt(above, f64x2.splat(0));
  if (!any(drains)) return;
  const next = at(state, STATE.theta + layer + 1);
  const empty = sub(at(tile, TILE.porosity + layer + 1), next);
  const room = max(mul(empty, at(tile, TILE.depth + layer + 1)), f64x2.splat(0));
  const most = min(min(flow(tile, theta, layer, thaw), mul(above, at(tile, TILE.depth + layer))), room);
  const moved = v128.and(most, drains);
  lose(tile, state, layer, moved);
  put(state, STATE.theta + layer + 1, mulAdd(moved, at(tile, TILE.perDepth + layer + 1), next));
}

/** @returns baseflow, m */
@inline
function baseflow(tile: usize, state: usize, thaw: v128): v128 {
  const theta = at(state, STATE.theta + 2);
  const above = sub(theta, at(tile, TILE.fieldCapacity + 2));
  const drains = f64x2.gt(above, f64x2.splat(0));
  if (!any(drains)) return f64x2.splat(0);
  const lost = v128.and(min(flow(tile, theta, 2, thaw), mul(above, at(tile, TILE.depth + 2))), drains);
  lose(tile, state, 2, lost);
  return lost;
}

/** Moisture factor of a layer, by its weight. */
@inline
function moisture(tile: usize, state: usize, layer: usize): v128 {
  const theta = mul(at(state, STATE.theta + layer), k(HUNDRED));
  const filled = clip(mul(theta, at(tile, TILE.perPorosity + layer)), k(LEAST_FILLED), k(HUNDRED));
  const ln = lnOf(filled);
  const curve = at(tile, TILE.curve + layer);
  const flat = f64x2.eq(curve, f64x2.splat(0));
  const power = select(flat, ln, expOf(mul(curve, ln)));
  const apart = mul(sub(power, at(tile, TILE.atOptimum + layer)), at(tile, TILE.span + layer));
  const ends = max(mul(at(tile, TILE.lnAtEnds + layer), mul(apart, apart)), k(DEEPEST));
  return mul(at(tile, TILE.weight + layer), mulAdd(k(THREE_QUARTERS), expOf(ends), k(QUARTER)));
}

/** λ, the factor on decomposition, from the water of the evening. */
@inline
function decay(tile: usize, state: usize, a: usize, b: usize): v128 {
  const wet = add(add(moisture(tile, state, 0), moisture(tile, state, 1)), moisture(tile, state, 2));
  const daylight = airOf(a, b, AIR.daylight);
  const byDay = max(mul(airOf(a, b, AIR.decayDay), wet), k(LEAST_DECAY));
  const byNight = max(mul(airOf(a, b, AIR.decayNight), wet), k(LEAST_DECAY));
  return mulAdd(byNight, sub(k(ONE), daylight), mul(byDay, daylight));
}

/** A day's water, and the factor on decomposition. @param sun, shade conductances to water, m s-1 */
@inline
export function water(tile: usize, state: usize, a: usize, b: usize, day: usize, sums: usize, sun: v128, shade: v128): void {
  const none = f64x2.splat(0);
  const temp = airOf(a, b, AIR.tempDay);
  const slope = airOf(a, b, AIR.slope);
  const psychro = airOf(a, b, AIR.psychro);
  const seconds = airOf(a, b, AIR.secondsPerHeat);
  const air = at(tile, TILE.air);
  const laiSun = at(day, DAY.laiSun);
  const laiShade = at(day, DAY.laiShade);
  const netSun = at(day, DAY.netSun);
  const netShade = at(day, DAY.netShade);
  // leaves and snow
  const canopy = mulAdd(netSun, laiSun, mul(netShade, laiShade));
  const wet = div(energy(canopy, air, a, b), mulAdd(psychro, at(tile, TILE.wetLeaf), slope));
  const intercepted = min(max(mul(wet, seconds), none), airOf(a, b, AIR.held));
  const through = sub(airOf(a, b, AIR.rain), intercepted);
  const warm = f64x2.gt(temp, none);
  const pack = add(at(state, STATE.snow), v128.andnot(through, warm));
  const melting = mulAdd(at(tile, TILE.melt), temp, airOf(a, b, AIR.meltByLight));
  const melt = v128.and(min(melting, pack), warm);
  const subliming = mul(airOf(a, b, AIR.sublimeByLight), at(day, DAY.beam));
  const sublimed = v128.andnot(min(subliming, pack), warm);
  const snow = sub(sub(pack, melt), sublimed);
  put(state, STATE.snow, snow);
  // what soil and leaves would lose
  const theta = at(state, STATE.theta);
  const dryness = mul(sub(theta, at(tile, TILE.wiltingPoint)), at(tile, TILE.perDrySpan));
  const soilMs = mul(k(SOIL_G), clip(dryness, k(SOIL_DRY), k(ONE)));
  const halfAir = mul(k(HALF), air);
  const ground = evaporated(energy(at(day, DAY.netGround), halfAir, a, b), halfAir, soilMs, slope, psychro, seconds);
  const covered = v128.or(f64x2.lt(temp, none), f64x2.gt(snow, none));
  const fromSun = evaporated(energy(netSun, air, a, b), air, sun, slope, psychro, seconds);
  const fromShade = evaporated(energy(netShade, air, a, b), air, shade, slope, psychro, seconds);
  const wanted = mulAdd(fromSun, laiSun, mul(fromShade, laiShade));
  // into the soil
  const income = add(v128.and(through, warm), melt);
  const heavy = f64x2.ge(income, k(HEAVY));
  const runs = v128.and(heavy, f64x2.gt(theta, mul(k(RUNS_FROM), at(tile, TILE.fieldCapacity))));
  const share = mul(theta, at(tile, TILE.perPorosity));
  const offSurface = v128.and(mul(income, mul(mul(share, share), share)), runs);
  let falling = fill(tile, state, 0, sub(income, offSurface));
  falling = fill(tile, state, 1, falling);
  falling = fill(tile, state, 2, falling);
  // out of it
  const left0 = left(tile, state, 0);
  const fromSoil = min(v128.andnot(ground, covered), left0);
  const taken0 = min(mul(wanted, at(day, DAY.uptake)), sub(left0, fromSoil));
  const taken1 = min(mul(wanted, at(day, DAY.uptake + 1)), left(tile, state, 1));
  const taken2 = min(mul(wanted, at(day, DAY.uptake + 2)), left(tile, state, 2));
  lose(tile, state, 0, add(fromSoil, taken0));
  lose(tile, state, 1, taken1);
  lose(tile, state, 2, taken2);
  const thaw = airOf(a, b, AIR.thaw);
  seep(tile, state, 0, thaw);
  seep(tile, state, 1, thaw);
  const based = baseflow(tile, state, thaw);
  let watered = none;
  for (let layer: usize = 0; layer < 3; layer++) {
    const before = at(state, STATE.theta + layer);
    const moist = max(before, at(tile, TILE.lowest + layer));
    put(state, STATE.theta + layer, moist);
    watered = mulAdd(sub(moist, before), at(tile, TILE.depth + layer), watered);
  }
  const factor = decay(tile, state, a, b);
  put(day, DAY.decay, factor);
  const transpired = add(add(taken0, taken1), taken2);
  const et = add(add(intercepted, sublimed), add(fromSoil, transpired));
  put(sums, SUM.et, mulAdd(k(THOUSAND), et, at(sums, SUM.et)));
  put(sums, SUM.runoff, mulAdd(k(THOUSAND), add(add(offSurface, falling), based), at(sums, SUM.runoff)));
  put(sums, SUM.irrigation, mulAdd(k(THOUSAND), watered, at(sums, SUM.irrigation)));
  put(sums, SUM.scalar, add(at(sums, SUM.scalar), at(day, DAY.scalar)));
  put(sums, SUM.decay, add(at(sums, SUM.decay), factor));
}
