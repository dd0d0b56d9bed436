/**
 * Days of BEPS tiles, two to a vector: the SIMD form of beps/block-days.ts, which is its oracle and says what the numbers
 * mean. `airDays` works out what the weather of a place decides for all of its tiles, `tileDays` the tiles.
 */
import { AIR, AIR_BYTES, airOf } from './beps/air-row';
import { growth, production, respire } from './beps/carbon';
import { DAY, LEAF, STATE, SUM, TILE } from './beps/layout';
import { any, at, put } from './beps/lanes';
import { lightAndLeaves } from './beps/light';
import { settleLeaves, waterConductance } from './beps/leaf';
import { morningShares, nitrogen } from './beps/nitrogen';
import { water } from './beps/water';

export { airDays } from './beps/air';

const TILE_BYTES: usize = TILE.length << 4;
const STATE_BYTES: usize = STATE.length << 4;
const DAY_BYTES: usize = DAY.length << 4;
const LEAF_BYTES: usize = LEAF.length << 4;
const SUM_BYTES: usize = SUM.length << 4;

/** Room for four pairs of tiles, which are advanced together: their searches hide each other's latency. */
const DAYS = memory.data(4 * 14 * 16);
const LEAVES = memory.data(8 * 20 * 16);
/** A state before a day that one of its tiles skips, and N:C of the morning. */
const KEPT = memory.data(29 * 16);
const WOOD_SHARE = memory.data(16);
const LEAF_SHARE = memory.data(16);

/** The state of a lane that has no weather today stays what it was. */
@inline
function keep(state: usize, known: v128): void {
  for (let n: usize = 0; n < STATE.length; n++)
    put(state, n, v128.bitselect(at(state, n), at(KEPT, n), known));
}

function save(state: usize): void {
  for (let n: usize = 0; n < STATE.length; n++) put(KEPT, n, at(state, n));
}

/** Which lanes have weather today. */
@inline
function knownOf(a: usize, b: usize): v128 {
  const temp = airOf(a, b, AIR.tempDay);
  return f64x2.eq(temp, temp);
}

function moisten(tile: usize, state: usize, known: v128): void {
  for (let n: usize = 0; n < 3; n++)
    put(state, STATE.theta + n, v128.bitselect(at(tile, TILE.fieldCapacity + n), at(state, STATE.theta + n), known));
}

/** A period with a gap has no sums, but for the count of clamps. */
function spoil(sums: usize, known: v128): void {
  for (let n: usize = 0; n < SUM.clamped; n++)
    put(sums, n, v128.bitselect(at(sums, n), f64x2.splat(NaN), known));
}

/** From the search on: water, carbon, nitrogen. */
function restOfDay(tile: usize, state: usize, a: usize, b: usize, day: usize, leaf: usize, sums: usize, carbon: bool): void {
  const known = knownOf(a, b);
  const gaps = !i64x2.all_true(known);
  if (gaps) save(state);
  water(tile, state, a, b, day, sums, waterConductance(leaf), waterConductance(leaf + LEAF_BYTES));
  const gpp = production(a, b, day, sums, leaf, leaf + LEAF_BYTES);
  if (carbon) {
    const full = any(f64x2.gt(at(tile, TILE.fullNitrogen), f64x2.splat(0)));
    if (full) morningShares(state, WOOD_SHARE, LEAF_SHARE);
    const npp = growth(tile, state, a, b, day, sums, gpp);
    respire(tile, state, day, sums, npp);
    if (full) nitrogen(tile, state, a, b, day, v128.load(WOOD_SHARE), v128.load(LEAF_SHARE));
  }
  if (gaps) {
    keep(state, known);
    spoil(sums, known);
  }
}

/**
 * Days of up to four pairs of tiles.
 *
 * @param rows address of the first day's air of each tile, i32
 * @param sums of periods, `[period][pair][SUM]`; @param periods number of each day's, i32
 * @param states of each day, `[day][pair][STATE]`, or 0
 */
export function tileDays(
  days: i32, pairs: i32, tiles: usize, state: usize, rows: usize, periods: usize, sums: usize,
  carbon: bool, moist: bool, states: usize,
): void {
  const n = <usize>pairs;
  const end = LEAVES + 2 * n * LEAF_BYTES;
  for (let d = 0; d < days; d++) {
    const shift = <usize>d * AIR_BYTES;
    for (let p: usize = 0; p < n; p++) {
      const tile = tiles + p * TILE_BYTES;
      const row = state + p * STATE_BYTES;
      const leaf = LEAVES + 2 * p * LEAF_BYTES;
      const a = <usize>load<u32>(rows + (p << 3)) + shift;
      const b = <usize>load<u32>(rows + (p << 3) + 4) + shift;
      if (moist) moisten(tile, row, knownOf(a, b));
      lightAndLeaves(tile, row, a, b, DAYS + p * DAY_BYTES, leaf, leaf + LEAF_BYTES);
    }
    settleLeaves(LEAVES, end);
    const period = sums + <usize>load<i32>(periods + (<usize>d << 2)) * n * SUM_BYTES;
    for (let p: usize = 0; p < n; p++)
      restOfDay(
        tiles + p * TILE_BYTES, state + p * STATE_BYTES,
        <usize>load<u32>(rows + (p << 3)) + shift, <usize>load<u32>(rows + (p << 3) + 4) + shift,
        DAYS + p * DAY_BYTES, LEAVES + 2 * p * LEAF_BYTES, period + p * SUM_BYTES, carbon,
      );
    if (states) {
      memory.copy(states, state, n * STATE_BYTES);
      states += n * STATE_BYTES;
    }
  }
}
