/**
 * Rows of CASA, respiration and balance: one month of a block, two cells at a time. Each function is the SIMD form of
 * a TypeScript loop, which is its oracle and says what the numbers mean. A row is doubles, `[cell]`; addresses are
 * those of its first cell. The last cell of an odd row is worked out alone, so that nothing behind a row is written.
 */
import { add, clip, expOf, half, isNumber, lnOf, mul, mulAdd, one, sub } from './math';

/** Two cells of a row at byte `i`. Behind the last of an odd row lies another row or a gap: it may be read. */
@inline
function pair(row: usize, i: usize): v128 {
  return v128.load(row + i);
}

@inline
function put(row: usize, i: usize, last: usize, value: v128): void {
  if (i < last) v128.store(row + i, value);
  else v128.store64_lane(row + i, value, 0);
}

@inline
function lastOf(n: i32): usize {
  return (<usize>n << 3) - 8;
}

/**
 * W of a month from evaporation and its potential (wetness-rows.ts).
 * @param known wetness of the last month that had one, brought up to date
 */
export function wetness(
  n: i32, evaporation: usize, potential: usize, tempC: usize, known: usize, out: usize,
  frozenC: f64, noDemandMm: f64,
): void {
  const frozen = f64x2.splat(frozenC);
  const noDemand = f64x2.splat(noDemandMm);
  const h = half();
  const w1 = one();
  const zero = sub(h, h);
  const last = lastOf(n);
  for (let i: usize = 0; i <= last; i += 16) {
    const e = pair(evaporation, i);
    const ep = pair(potential, i);
    const temp = pair(tempC, i);
    const before = pair(known, i);
    const demand = v128.and(f64x2.gt(temp, frozen), f64x2.gt(ep, noDemand));
    const share = clip(mulAdd(h, f64x2.div(e, ep), h), h, w1);
    const sum = add(add(e, ep), temp);
    const kept = v128.bitselect(v128.bitselect(before, w1, isNumber(before)), sum, isNumber(sum));
    const w = v128.bitselect(share, kept, demand);
    put(out, i, last, w);
    put(known, i, last, v128.bitselect(w, before, f64x2.gt(w, zero)));
  }
}

/** The n-th of a list of numbers, twice. */
@inline
function constant(list: usize, n: usize): v128 {
  return v128.load64_splat(list + (n << 3));
}

/**
 * NPP of a month (npp-rows.ts).
 *
 * @param columns rows of what holds for a year: low, high, slope, bend, base of the FPAR curve, gain, T_opt;
 *   `stride` bytes apart
 * @param list pole of FPAR, T_ε2/k outside its range, e⁻², e⁻³, 0.1 K⁻¹, no growth at degC, too warm and too cold by K
 * @returns a flux below zero, or 0
 */
export function npp(
  n: i32, green: usize, solar: usize, tempC: usize, wet: usize, columns: usize, stride: usize, list: usize, out: usize,
): f64 {
  const pole = constant(list, 0);
  const outside = constant(list, 1);
  const e2 = constant(list, 2);
  const e3 = constant(list, 3);
  const perKelvin = constant(list, 4);
  const noGrowth = constant(list, 5);
  const tooWarm = constant(list, 6);
  const tooCold = constant(list, 7);
  const w1 = one();
  let lowest = sub(w1, w1);
  const last = lastOf(n);
  for (let i: usize = 0; i <= last; i += 16) {
    let column = columns;
    const low = pair(column, i);
    const high = pair((column += stride), i);
    const slope = pair((column += stride), i);
    const bend = pair((column += stride), i);
    const base = pair((column += stride), i);
    const gain = pair((column += stride), i);
    const topt = pair((column += stride), i);
    const c = clip(pair(green, i), low, high);
    const fpar = add(mulAdd(slope, c, f64x2.div(bend, sub(pole, c))), base);
    const temp = pair(tempC, i);
    const above = sub(temp, topt);
    const x = expOf(mul(perKelvin, above));
    const x2 = mul(x, x);
    const bell = f64x2.div(x2, mul(add(x2, e2), mulAdd(mul(e3, x2), x, w1)));
    const outOfBell = v128.or(
      f64x2.gt(temp, add(topt, tooWarm)),
      f64x2.lt(temp, add(topt, tooCold)),
    );
    const heat = v128.andnot(v128.bitselect(outside, bell, outOfBell), f64x2.le(temp, noGrowth));
    const flux = mul(mul(mul(pair(solar, i), fpar), mul(gain, heat)), pair(wet, i));
    lowest = f64x2.pmin(lowest, i < last ? flux : f64x2.splat(f64x2.extract_lane(flux, 0)));
    put(out, i, last, flux);
  }
  return min(f64x2.extract_lane(lowest, 0), f64x2.extract_lane(lowest, 1));
}

/**
 * RH of a month by Pei's equation (soil-rh.ts).
 * @param mask 0 where soil respires, NaN elsewhere
 */
export function respiration(
  n: i32, tempC: usize, rainMm: usize, mask: usize, out: usize,
  perKelvin: f64, perMm: f64, scale: f64,
): void {
  const a = f64x2.splat(perKelvin);
  const b = f64x2.splat(perMm);
  const s = f64x2.splat(scale);
  const w1 = one();
  const zero = sub(w1, w1);
  const last = lastOf(n);
  for (let i: usize = 0; i <= last; i += 16) {
    const rain = f64x2.pmax(pair(rainMm, i), zero);
    const warmth = expOf(mul(a, pair(tempC, i)));
    const flux = mul(s, add(warmth, lnOf(mulAdd(b, rain, w1))));
    put(out, i, last, add(flux, pair(mask, i)));
  }
}

/**
 * Adds a month to the year where it has both fluxes (nep-balance.ts).
 *
 * @param sums rows: NPP and RH of the year, months without; `stride` bytes apart
 * @param net NEP of the month, written
 */
export function balance(n: i32, gain: usize, loss: usize, sums: usize, stride: usize, net: usize): void {
  const w1 = one();
  const last = lastOf(n);
  const rhSums = sums + stride;
  const lost = rhSums + stride;
  for (let i: usize = 0; i <= last; i += 16) {
    const npp = pair(gain, i);
    const rh = pair(loss, i);
    const nep = sub(npp, rh);
    const known = isNumber(nep);
    put(net, i, last, nep);
    put(sums, i, last, add(pair(sums, i), v128.and(npp, known)));
    put(rhSums, i, last, add(pair(rhSums, i), v128.and(rh, known)));
    put(lost, i, last, add(pair(lost, i), v128.andnot(w1, known)));
  }
}

/** NaN of a float, twice in two lanes: what is computed may carry any bits. */
const NAN: usize = memory.data<u32>([0x7fc00000]);

/** Rounds a row to floats, all NaN alike. */
export function round(n: i32, row: usize, out: usize): void {
  const nan = v128.load32_splat(NAN);
  const last = lastOf(n);
  for (let i: usize = 0; i <= last; i += 16) {
    const rounded = f32x4.demote_f64x2_zero(pair(row, i));
    const floats = v128.bitselect(rounded, nan, f32x4.eq(rounded, rounded));
    if (i < last) v128.store64_lane(out + (i >> 1), floats, 0);
    else v128.store32_lane(out + (i >> 1), floats, 0);
  }
}

/**
 * The greenest step of a year, the earliest of equals, and the temperature then (stress.ts, cells.ts).
 *
 * @param stride bytes from one step to the next, of both
 * @param step index of it, −1 where fewer than `minSteps` have a value
 * @param topt temperature then, not below 0; NaN without one
 */
export function greenest(
  n: i32, steps: i32, green: usize, tempC: usize, stride: usize, step: usize, topt: usize, minSteps: f64,
): void {
  const w1 = one();
  const zero = sub(w1, w1);
  const none = f64x2.neg(w1);
  const least = f64x2.splat(minSteps);
  const nan = f64x2.div(zero, zero);
  const lowest = f64x2.div(none, zero);
  const last = lastOf(n);
  for (let i: usize = 0; i <= last; i += 16) {
    let best = lowest;
    let at = none;
    let temp = nan;
    let valid = zero;
    let t = zero;
    for (let q: usize = 0, s = 0; s < steps; s++, q += stride) {
      const value = pair(green + q, i);
      const greener = f64x2.gt(value, best);
      best = v128.bitselect(value, best, greener);
      at = v128.bitselect(t, at, greener);
      temp = v128.bitselect(pair(tempC + q, i), temp, greener);
      valid = add(valid, v128.and(w1, isNumber(value)));
      t = add(t, w1);
    }
    const enough = f64x2.ge(valid, least);
    put(step, i, last, v128.bitselect(at, none, enough));
    put(topt, i, last, v128.bitselect(f64x2.pmax(temp, zero), nan, enough));
  }
}
