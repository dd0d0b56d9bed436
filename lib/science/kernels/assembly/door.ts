/**
 * Loops of the door: from what sources hold to what a model reads, over the pixels of a strip. Each is the SIMD form of a
 * TypeScript loop, which is its oracle. This kernel has no constants, so that it may share a memory with another.
 */
/**
 * Bilinear interpolation where all four corners have a value (bilinear.ts); NaN elsewhere.
 *
 * @param runs of neighbours with the same corners: from, to, index of the first corner or −1, three words each
 * @param fx, fy shares of the way from corner to corner, doubles, a pixel each
 * @param field doubles, rows of `width`
 * @param out doubles, a pixel each
 * @returns 1 if any pixel has no value
 */
export function interpolate(
  runs: usize, count: i32, fx: usize, fy: usize, field: usize, width: i32, out: usize,
): i32 {
  let missing = 0;
  for (let k = 0; k < count; k++, runs += 12) {
    let i: usize = <usize>load<u32>(runs) << 3;
    const end: usize = <usize>load<u32>(runs, 4) << 3;
    const base = load<i32>(runs, 8);
    const upper: usize = field + (<usize>base << 3);
    const lower: usize = upper + (<usize>width << 3);
    let a: f64 = NaN, b: f64 = NaN, c: f64 = NaN, d: f64 = NaN;
    if (base >= 0) {
      a = load<f64>(upper);
      b = load<f64>(upper, 8) - a;
      c = load<f64>(lower);
      d = load<f64>(lower, 8) - c;
    }
    if (isNaN(b + d)) missing = 1;
    const v00 = f64x2.splat(a), v10 = f64x2.splat(b), v01 = f64x2.splat(c), v11 = f64x2.splat(d);
    for (; i + 8 < end; i += 16) {
      v128.store(out + i, blend(v00, v10, v01, v11, v128.load(fx + i), v128.load(fy + i)));
    }
    if (i < end) {
      const value = blend(v00, v10, v01, v11, v128.load64_splat(fx + i), v128.load64_splat(fy + i));
      v128.store64_lane(out + i, value, 0);
    }
  }
  return missing;
}

/** @param v10, v11 by how much the right corner is more than the left one */
@inline
function blend(v00: v128, v10: v128, v01: v128, v11: v128, u: v128, v: v128): v128 {
  const above = f64x2.add(v00, f64x2.mul(u, v10));
  const below = f64x2.add(v01, f64x2.mul(u, v11));
  return f64x2.add(above, f64x2.mul(v, f64x2.sub(below, above)));
}

/** No code: smaller than all that are valid. */
const NONE: i16 = -32768;

/**
 * The best composite of a month by maximum value (composite.ts), eight pixels at a time; rows have room for eight more.
 *
 * @param codes rows of stored int16, `pitch` pixels apart
 * @param quality rows of bytes, `pitch` apart; 0 where all count alike
 * @param ranks 16 bytes by quality: −1 where it counts; and 16 more where it counts when nothing else does
 * @param low, high codes that are values, both ends
 * @param missing the code that says that there is none
 * @param best row of int16, written: the code, or −32768 for none
 * @param flags row of bytes, written: `degraded` where the second try gave it
 * @param lost row of bytes: one is added where there is none
 * @returns how many codes are neither values nor `missing`
 */
export function compose(
  n: i32, count: i32, codes: usize, quality: usize, pitch: i32, ranks: usize, low: i32, high: i32,
  missing: i32, best: usize, flags: usize, lost: usize, degraded: i32,
): i32 {
  const none = i16x8.splat(NONE);
  const lowest = i16x8.splat(<i16>low);
  const highest = i16x8.splat(<i16>high);
  const fill = i16x8.splat(<i16>missing);
  let refused = 0;
  const flag = i8x16.splat(<i8>degraded);
  const firstRanks = v128.load(ranks);
  const secondRanks = v128.load(ranks, 16);
  for (let i = 0; i < n; i += 8) {
    let first = none;
    let second = none;
    const lanes = n - i < 8 ? (1 << (n - i)) - 1 : 0xff;
    for (let k = 0; k < count; k++) {
      const at = k * pitch + i;
      const code = v128.load(codes + (<usize>at << 1));
      const isValue = v128.and(i16x8.ge_s(code, lowest), i16x8.le_s(code, highest));
      const value = v128.bitselect(code, none, isValue);
      const isKnown = v128.or(isValue, i16x8.eq(code, fill));
      refused += popcnt(~i16x8.bitmask(isKnown) & lanes);
      if (quality === 0) {
        first = i16x8.max_s(first, value);
        continue;
      }
      const q = v128.load64_zero(quality + <usize>at);
      const isFirst = i16x8.extend_low_i8x16_s(i8x16.swizzle(firstRanks, q));
      const isSecond = i16x8.extend_low_i8x16_s(i8x16.swizzle(secondRanks, q));
      first = i16x8.max_s(first, v128.bitselect(value, none, isFirst));
      second = i16x8.max_s(second, v128.bitselect(value, none, isSecond));
    }
    const noFirst = i16x8.eq(first, none);
    const found = v128.bitselect(second, first, noFirst);
    const isLost = i16x8.eq(found, none);
    v128.store(best + (<usize>i << 1), found);
    const isDegraded = v128.andnot(noFirst, isLost);
    const bytes = i8x16.narrow_i16x8_s(isDegraded, isLost);
    v128.store64_lane(flags + <usize>i, v128.and(bytes, flag), 0);
    const before = v128.load64_zero(lost + <usize>i);
    const more = i8x16.shuffle(bytes, bytes, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    v128.store64_lane(lost + <usize>i, i8x16.sub(before, more), 0);
  }
  return refused;
}

/** What each code means: `out[i] = table[codes[i] + 32768]`. */
export function lookUp(n: i32, codes: usize, table: usize, out: usize): void {
  const zero: usize = table + (32768 << 3);
  for (let i: usize = 0; i < <usize>n; i++) {
    store<f64>(out + (i << 3), load<f64>(zero + (<usize>load<i16>(codes + (i << 1)) << 3)));
  }
}

/** Neumaier's sum of two at a time: what an addition drops goes to `lost`. */
@inline
function dropped(sum: v128, term: v128, next: v128): v128 {
  const part = f64x2.sub(next, sum);
  return f64x2.add(f64x2.sub(sum, f64x2.sub(next, part)), f64x2.sub(term, part));
}

/**
 * Sums of some cells of one step (sums.ts), two at a time.
 *
 * @param values floats, NaN = nodata
 * @param areas doubles
 * @param sums vectors of two doubles, brought up to date: total of value times area, what it lost, area, what it lost,
 *   least value, largest value; and one of words, in which the first and third count the cells
 */
export function sumCells(n: i32, values: usize, areas: usize, sums: usize): void {
  let total = v128.load(sums);
  let lost = v128.load(sums, 16);
  let area = v128.load(sums, 32);
  let areaLost = v128.load(sums, 48);
  let least = v128.load(sums, 64);
  let largest = v128.load(sums, 80);
  let count = v128.load(sums, 96);
  const even = n & ~1;
  for (let i = 0; i < n; i += 2) {
    const floats = i < even ? v128.load64_zero(values + (<usize>i << 2)) : lastFloat(values + (<usize>i << 2));
    const value = f64x2.promote_low_f32x4(floats);
    const isThere = f64x2.eq(value, value);
    if (!v128.any_true(isThere)) continue;
    const cell = v128.and(v128.load(areas + (<usize>i << 3)), isThere);
    const term = v128.and(f64x2.mul(value, cell), isThere);
    const next = f64x2.add(total, term);
    lost = f64x2.add(lost, dropped(total, term, next));
    total = next;
    const nextArea = f64x2.add(area, cell);
    areaLost = f64x2.add(areaLost, dropped(area, cell, nextArea));
    area = nextArea;
    least = f64x2.pmin(least, value);
    largest = f64x2.pmax(largest, value);
    count = i32x4.sub(count, isThere);
  }
  v128.store(sums, total);
  v128.store(sums, lost, 16);
  v128.store(sums, area, 32);
  v128.store(sums, areaLost, 48);
  v128.store(sums, least, 64);
  v128.store(sums, largest, 80);
  v128.store(sums, count, 96);
}

/** The last float of an odd number, and NaN. */
@inline
function lastFloat(at: usize): v128 {
  return f32x4.replace_lane(f32x4.splat(NaN), 0, load<f32>(at));
}
