/** Carbon of two tiles on a day: beps/carbon-day.ts in lanes (spec beps.md 5, 6.4). */
import { add, mul, mulAdd, sub } from '../math';
import { AIR, airOf } from './air-row';
import { DAY, STATE, SUM, TILE } from './layout';
import { at, div, k, max, min, put, select } from './lanes';
import { assimilation } from './leaf';

const ONE = memory.data<f64>([1]);
const KEPT = memory.data<f64>([0.75]);
const LEAST_BIOMASS = memory.data<f64>([0.001]);

@inline
function sum(sums: usize, n: usize, value: v128): void {
  put(sums, n, add(at(sums, n), value));
}

/** GPP of a day, gC m-2. */
@inline
export function production(a: usize, b: usize, day: usize, sums: usize, sun: usize, shade: usize): v128 {
  const bySun = mul(assimilation(sun), at(day, DAY.laiSun));
  const grown = mulAdd(assimilation(shade), at(day, DAY.laiShade), bySun);
  const gpp = mul(grown, airOf(a, b, AIR.carbonSeconds));
  sum(sums, SUM.gpp, gpp);
  return gpp;
}

/** Maintenance respiration at the pools of the morning, gC m-2. */
@inline
function maintenance(tile: usize, state: usize, a: usize, b: usize): v128 {
  const wood = airOf(a, b, AIR.woodFactor);
  const stem = at(state, STATE.biomass);
  const linear = f64x2.gt(at(tile, TILE.linearStem), f64x2.splat(0));
  const sap = div(stem, select(linear, k(ONE), add(at(tile, TILE.sapwoodHalf), stem)));
  const croot = mul(at(tile, TILE.crootRespiration), at(state, STATE.biomass + 1));
  const roots = mulAdd(at(tile, TILE.frootRespiration), at(state, STATE.biomass + 3), croot);
  const woody = mul(wood, mulAdd(at(tile, TILE.stemRespiration), sap, roots));
  const leaf = mul(at(tile, TILE.leafRespiration), at(state, STATE.biomass + 2));
  return mulAdd(leaf, airOf(a, b, AIR.leafFactor), woody);
}

/** A pool after growth and litter; NPP below 0 eats no more than there is. */
@inline
function grow(tile: usize, state: usize, pool: usize, npp: v128, hungry: v128, litter: v128): void {
  const before = at(state, STATE.biomass + pool);
  const after = add(before, sub(mul(at(tile, TILE.allocation + pool), npp), litter));
  const floor = select(hungry, min(before, k(LEAST_BIOMASS)), after);
  put(state, STATE.biomass + pool, max(after, floor));
}

/** NPP, growth and litter. @returns NPP, gC m-2 */
@inline
export function growth(tile: usize, state: usize, a: usize, b: usize, day: usize, sums: usize, gpp: v128): v128 {
  const none = f64x2.splat(0);
  const free = sub(mul(k(KEPT), gpp), maintenance(tile, state, a, b));
  const bound = min(max(free, mul(at(tile, TILE.leastNpp), gpp)), mul(at(tile, TILE.mostNpp), gpp));
  const grows = f64x2.ne(gpp, none);
  const npp = v128.and(bound, grows);
  const clamped = v128.and(f64x2.gt(gpp, none), f64x2.ne(npp, free));
  sum(sums, SUM.npp, npp);
  sum(sums, SUM.ar, sub(gpp, npp));
  sum(sums, SUM.clamped, v128.and(clamped, k(ONE)));
  const doy = airOf(a, b, AIR.doy);
  const sheds = v128.and(f64x2.ge(doy, at(tile, TILE.firstDoy)), f64x2.le(doy, at(tile, TILE.lastDoy)));
  const stem = mul(at(tile, TILE.turnover), at(state, STATE.biomass));
  const croot = mul(at(tile, TILE.turnover + 1), at(state, STATE.biomass + 1));
  const leaf = v128.and(mul(at(tile, TILE.turnover + 2), at(state, STATE.biomass + 2)), sheds);
  const froot = v128.and(mul(at(tile, TILE.turnover + 3), at(state, STATE.biomass + 3)), sheds);
  const hungry = f64x2.lt(npp, none);
  grow(tile, state, 0, npp, hungry, stem);
  grow(tile, state, 1, npp, hungry, croot);
  grow(tile, state, 2, npp, hungry, leaf);
  grow(tile, state, 3, npp, hungry, froot);
  put(day, DAY.litterLeaf, leaf);
  put(day, DAY.litterFroot, froot);
  put(day, DAY.litterWood, add(stem, croot));
  return npp;
}

@inline
function rate(tile: usize, n: usize): v128 {
  return at(tile, TILE.rate + n);
}

@inline
function loss(tile: usize, n: usize): v128 {
  return at(tile, TILE.loss + n);
}

/**
 * A day of the nine pools, of carbon or of nitrogen: `decompose` of beps/decomposition.ts. Rates are in the order of `Rates`.
 *
 * @param first pool in the state
 * @returns what goes to the air, or becomes mineral
 */
@inline
export function decompose(
  tile: usize, state: usize, first: usize, factor: v128, leaf: v128, froot: v128, wood: v128,
): v128 {
  const metabolic = at(tile, TILE.metabolic);
  const structural = sub(k(ONE), metabolic);
  const ssd = mul(at(state, first), factor);
  const smd = mul(at(state, first + 1), factor);
  const fsd = mul(at(state, first + 2), factor);
  const fmd = mul(at(state, first + 3), factor);
  const cd = mul(at(state, first + 4), factor);
  const sm = mul(at(state, first + 5), factor);
  const m = mul(at(state, first + 6), factor);
  const s = mul(at(state, first + 7), factor);
  const p = mul(at(state, first + 8), factor);
  const toSm = mulAdd(ssd, rate(tile, 1), mul(smd, rate(tile, 4)));
  const litterM = add(mulAdd(fsd, rate(tile, 6), mul(fmd, rate(tile, 9))), mul(cd, rate(tile, 11)));
  const toM = add(litterM, mulAdd(s, rate(tile, 20), mul(p, rate(tile, 22))));
  const litterS = add(mulAdd(ssd, rate(tile, 2), mul(fsd, rate(tile, 7))), mul(cd, rate(tile, 12)));
  const toS = add(litterS, mulAdd(sm, rate(tile, 14), mul(m, rate(tile, 17))));
  const toP = mulAdd(m, rate(tile, 16), mul(s, rate(tile, 19)));
  change(state, first, mul(structural, leaf), ssd, loss(tile, 0));
  change(state, first + 1, mul(metabolic, leaf), smd, loss(tile, 1));
  change(state, first + 2, mul(structural, froot), fsd, loss(tile, 2));
  change(state, first + 3, mul(metabolic, froot), fmd, loss(tile, 3));
  change(state, first + 4, wood, cd, loss(tile, 4));
  change(state, first + 5, toSm, sm, loss(tile, 5));
  change(state, first + 6, toM, m, loss(tile, 6));
  change(state, first + 7, toS, s, loss(tile, 7));
  change(state, first + 8, toP, p, loss(tile, 8));
  const litterAir = add(mulAdd(ssd, rate(tile, 0), mul(smd, rate(tile, 3))), mulAdd(fsd, rate(tile, 5), mul(fmd, rate(tile, 8))));
  const woodAir = mulAdd(cd, rate(tile, 10), mul(sm, rate(tile, 13)));
  const humusAir = add(mul(m, rate(tile, 15)), mulAdd(s, rate(tile, 18), mul(p, rate(tile, 21))));
  return add(litterAir, add(woodAir, humusAir));
}

@inline
function change(state: usize, pool: usize, gained: v128, moving: v128, rate: v128): void {
  put(state, pool, add(at(state, pool), sub(gained, mul(moving, rate))));
}

/** Heterotrophic respiration and the balance. */
@inline
export function respire(tile: usize, state: usize, day: usize, sums: usize, npp: v128): void {
  const litterLeaf = at(day, DAY.litterLeaf);
  const litterFroot = at(day, DAY.litterFroot);
  const litterWood = at(day, DAY.litterWood);
  const hr = decompose(tile, state, STATE.soil, at(day, DAY.decay), litterLeaf, litterFroot, litterWood);
  sum(sums, SUM.hr, hr);
  sum(sums, SUM.nep, sub(npp, hr));
}
