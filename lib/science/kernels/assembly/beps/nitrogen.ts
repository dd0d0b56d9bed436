/** Nitrogen of two tiles on a day: beps/nitrogen.ts in lanes (spec beps.md 6.6). */
import { add, mul, mulAdd, sub } from '../math';
import { AIR, airOf } from './air-row';
import { decompose } from './carbon';
import { DAY, STATE, TILE } from './layout';
import { at, clip, div, expOf, k, lnOf, max, min, put, select } from './lanes';

const ONE = memory.data<f64>([1]);
const TWO = memory.data<f64>([2]);
/** N:C that pools refer to, 1/250 and 1/34. */
const WOOD_NC = memory.data<f64>([0.004]);
const LEAF_NC = memory.data<f64>([0.029411764705882353]);
const DRIVE = memory.data<f64>([0.2]); // 120/600
const STARVING = memory.data<f64>([120]);
const TINY = memory.data<f64>([1e-300]);
const SOFT = memory.data<f64>([8e-5]);
const MUCH = memory.data<f64>([13000]);
const MUCH_SPAN = memory.data<f64>([1e-4]);
const DEEPEST = memory.data<f64>([-700]);

/** N:C, or that of the reference where there is nothing. */
@inline
function share(carbon: v128, nitrogen: v128, reference: v128): v128 {
  const none = f64x2.splat(0);
  const there = v128.and(f64x2.gt(carbon, none), f64x2.gt(nitrogen, none));
  return select(there, div(nitrogen, carbon), reference);
}

/** C:N over its reference to the fourth. */
@inline
function hunger(carbon: v128, nitrogen: v128, reference: v128): v128 {
  const none = f64x2.splat(0);
  const there = v128.and(f64x2.gt(carbon, none), f64x2.gt(nitrogen, none));
  const over = select(there, div(mul(carbon, reference), nitrogen), k(ONE));
  const square = mul(over, over);
  return mul(square, square);
}

@inline
function woodCarbon(state: usize): v128 {
  return add(at(state, STATE.biomass), at(state, STATE.biomass + 1));
}

@inline
function leafCarbon(state: usize): v128 {
  return add(at(state, STATE.biomass + 2), at(state, STATE.biomass + 3));
}

/** N:C of wood and of leaves in the morning, kept in `day` for their litter. */
@inline
export function morningShares(state: usize, wood: usize, leaf: usize): void {
  v128.store(wood, share(woodCarbon(state), at(state, STATE.woodN), k(WOOD_NC)));
  v128.store(leaf, share(leafCarbon(state), at(state, STATE.leafN), k(LEAF_NC)));
}

/** Holds a pool's C:N within half and twice its reference. @returns mineral nitrogen after it */
@inline
function limit(state: usize, pool: usize, carbon: v128, reference: v128, mineral: v128): v128 {
  const held = at(state, pool);
  const per = mul(carbon, reference);
  const within = min(max(held, mul(per, f64x2.splat(0.5))), mul(per, k(TWO)));
  put(state, pool, within);
  return max(sub(mineral, sub(within, held)), f64x2.splat(0));
}

/** Demand over supply of roots' uptake, gN m-2. */
@inline
function uptake(a: usize, b: usize, mineral: v128, starvation: v128, soft: v128): v128 {
  const none = f64x2.splat(0);
  const drive = min(mul(mineral, k(DRIVE)), mul(clip(starvation, k(ONE), k(TWO)), k(STARVING)));
  const ln = sub(lnOf(max(drive, k(TINY))), mul(k(SOFT), soft));
  const power = expOf(max(mul(airOf(a, b, AIR.uptakePower), ln), k(DEEPEST)));
  const below = airOf(a, b, AIR.cold);
  const heap = add(k(ONE), mul(sub(soft, k(MUCH)), k(MUCH_SPAN)));
  const peat = v128.and(f64x2.gt(below, none), f64x2.gt(soft, k(MUCH)));
  const cold = select(peat, mul(add(k(ONE), below), heap), k(ONE));
  const wanted = mul(mul(airOf(a, b, AIR.uptake), cold), power);
  return v128.and(min(wanted, mineral), f64x2.gt(mineral, none));
}

/** Litter, mineralisation, uptake and the limits of C:N. @param woodShare, leafShare N:C of the morning */
@inline
export function nitrogen(tile: usize, state: usize, a: usize, b: usize, day: usize, woodShare: v128, leafShare: v128): void {
  const leaf = mul(at(day, DAY.litterLeaf), leafShare);
  const froot = mul(at(day, DAY.litterFroot), leafShare);
  const wood = mul(at(day, DAY.litterWood), woodShare);
  put(state, STATE.leafN, sub(at(state, STATE.leafN), add(leaf, froot)));
  put(state, STATE.woodN, sub(at(state, STATE.woodN), wood));
  const freed = decompose(tile, state, STATE.soilN, at(day, DAY.decay), leaf, froot, wood);
  const mineral = add(at(state, STATE.mineralN), add(freed, airOf(a, b, AIR.deposition)));
  const none = f64x2.splat(0);
  const carbonWood = woodCarbon(state);
  const carbonLeaf = leafCarbon(state);
  const woodN = at(state, STATE.woodN);
  const leafN = at(state, STATE.leafN);
  const held = add(woodN, leafN);
  const needed = add(mul(carbonWood, k(WOOD_NC)), mul(carbonLeaf, k(LEAF_NC)));
  const starvation = select(f64x2.gt(held, none), div(needed, held), k(ONE));
  let soft = at(state, STATE.soil);
  for (let pool: usize = 1; pool < 8; pool++) soft = add(soft, at(state, STATE.soil + pool));
  const allWood = add(at(tile, TILE.allocation), at(tile, TILE.allocation + 1));
  const allLeaf = add(at(tile, TILE.allocation + 2), at(tile, TILE.allocation + 3));
  const byWood = mul(allWood, hunger(carbonWood, woodN, k(WOOD_NC)));
  const byLeaf = mul(allLeaf, hunger(carbonLeaf, leafN, k(LEAF_NC)));
  const both = add(byWood, byLeaf);
  const taken = v128.and(uptake(a, b, mineral, starvation, soft), f64x2.gt(both, none));
  const per = v128.and(div(taken, both), f64x2.gt(both, none));
  put(state, STATE.woodN, mulAdd(per, byWood, woodN));
  put(state, STATE.leafN, mulAdd(per, byLeaf, leafN));
  let kept = sub(mineral, taken);
  kept = limit(state, STATE.woodN, carbonWood, k(WOOD_NC), kept);
  kept = limit(state, STATE.leafN, carbonLeaf, k(LEAF_NC), kept);
  for (let pool: usize = 0; pool < 9; pool++)
    kept = limit(state, STATE.soilN + pool, at(state, STATE.soil + pool), k(pool == 4 ? WOOD_NC : LEAF_NC), kept);
  put(state, STATE.mineralN, kept);
}
