/**
 * Loops over the cells of chunks. Each is the SIMD form of a TypeScript loop, which is its oracle. This kernel has no
 * constants, so that it may share a memory with another.
 */

/**
 * Blosc's byte shuffle of elements of four bytes (shuffle.ts): first bytes of all, then second bytes, and so on.
 *
 * @param n elements, a multiple of 16
 * @param planes written: four planes of `n` bytes
 */
export function shuffle(n: i32, elements: usize, planes: usize): void {
  const plane: usize = <usize>n;
  for (let i: usize = 0; i < plane; i += 16, elements += 64, planes += 16) {
    const a = byPlane(v128.load(elements));
    const b = byPlane(v128.load(elements, 16));
    const c = byPlane(v128.load(elements, 32));
    const d = byPlane(v128.load(elements, 48));
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(planes, v128.shuffle<i64>(ab, cd, 0, 2));
    v128.store(planes + plane, v128.shuffle<i64>(ab, cd, 1, 3));
    v128.store(planes + 2 * plane, v128.shuffle<i64>(ab2, cd2, 0, 2));
    v128.store(planes + 3 * plane, v128.shuffle<i64>(ab2, cd2, 1, 3));
  }
}

/** Four elements by the places of their bytes. */
@inline
function byPlane(v: v128): v128 {
  return i8x16.shuffle(v, v, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/** The inverse of `shuffle`. */
export function unshuffle(n: i32, planes: usize, elements: usize): void {
  const plane: usize = <usize>n;
  for (let i: usize = 0; i < plane; i += 16, elements += 64, planes += 16) {
    const a = v128.load(planes);
    const b = v128.load(planes + plane);
    const c = v128.load(planes + 2 * plane);
    const d = v128.load(planes + 3 * plane);
    const ab = v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const ab2 = v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const cd = v128.shuffle<i8>(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const cd2 = v128.shuffle<i8>(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(elements, v128.shuffle<i16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(elements, v128.shuffle<i16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    v128.store(elements, v128.shuffle<i16>(ab2, cd2, 0, 8, 1, 9, 2, 10, 3, 11), 32);
    v128.store(elements, v128.shuffle<i16>(ab2, cd2, 4, 12, 5, 13, 6, 14, 7, 15), 48);
  }
}

/**
 * One coarse row of means of 2 x 2 cells, weighted by their area with data (pyramid.ts).
 *
 * @param cols fine columns; an odd last one is a coarse one of its own
 * @param upper, lower rows of floats, NaN is nodata
 * @param areaUpper, areaLower doubles, m2: one for the whole row, or one a cell
 * @param byCell whether it is one a cell
 * @param mean floats, written; NaN without data
 * @param validArea doubles, written
 */
export function halveRow(
  cols: i32, upper: usize, lower: usize, areaUpper: usize, areaLower: usize, byCell: bool,
  mean: usize, validArea: usize,
): void {
  let aboveLeft = v128.load64_splat(areaUpper), belowLeft = v128.load64_splat(areaLower);
  let aboveRight = aboveLeft, belowRight = belowLeft;
  const nothing = f64x2.splat(NaN), zero = f64x2.splat(0);
  let col = 0;
  for (; col + 4 <= cols; col += 4, upper += 16, lower += 16, mean += 8, validArea += 16) {
    if (byCell) {
      const a = v128.load(areaUpper), b = v128.load(areaUpper, 16);
      const c = v128.load(areaLower), d = v128.load(areaLower, 16);
      aboveLeft = v128.shuffle<i64>(a, b, 0, 2);
      aboveRight = v128.shuffle<i64>(a, b, 1, 3);
      belowLeft = v128.shuffle<i64>(c, d, 0, 2);
      belowRight = v128.shuffle<i64>(c, d, 1, 3);
      areaUpper += 32;
      areaLower += 32;
    }
    const up = v128.load(upper), low = v128.load(lower);
    const v00 = f64x2.promote_low_f32x4(v128.shuffle<i32>(up, up, 0, 2, 0, 2));
    const v10 = f64x2.promote_low_f32x4(v128.shuffle<i32>(up, up, 1, 3, 1, 3));
    const v01 = f64x2.promote_low_f32x4(v128.shuffle<i32>(low, low, 0, 2, 0, 2));
    const v11 = f64x2.promote_low_f32x4(v128.shuffle<i32>(low, low, 1, 3, 1, 3));
    const is00 = f64x2.eq(v00, v00), is10 = f64x2.eq(v10, v10);
    const is01 = f64x2.eq(v01, v01), is11 = f64x2.eq(v11, v11);
    const area = f64x2.add(
      f64x2.add(f64x2.add(v128.and(aboveLeft, is00), v128.and(aboveRight, is10)), v128.and(belowLeft, is01)),
      v128.and(belowRight, is11),
    );
    const above = f64x2.add(
      v128.and(f64x2.mul(v00, aboveLeft), is00), v128.and(f64x2.mul(v10, aboveRight), is10),
    );
    const sum = f64x2.add(
      f64x2.add(above, v128.and(f64x2.mul(v01, belowLeft), is01)), v128.and(f64x2.mul(v11, belowRight), is11),
    );
    const value = v128.bitselect(f64x2.div(sum, area), nothing, f64x2.gt(area, zero));
    v128.store64_lane(mean, f32x4.demote_f64x2_zero(value), 0);
    v128.store(validArea, area);
  }
  const step: usize = byCell ? 8 : 0;
  for (; col < cols; col += 2, upper += 8, lower += 8, mean += 4, validArea += 8) {
    const hasRight = col + 1 < cols;
    const v00: f64 = load<f32>(upper), v01: f64 = load<f32>(lower);
    const v10: f64 = hasRight ? load<f32>(upper, 4) : NaN, v11: f64 = hasRight ? load<f32>(lower, 4) : NaN;
    const a00 = load<f64>(areaUpper), a01 = load<f64>(areaLower);
    const a10 = hasRight ? load<f64>(areaUpper + step) : 0, a11 = hasRight ? load<f64>(areaLower + step) : 0;
    const area = known(v00, a00) + known(v10, a10) + known(v01, a01) + known(v11, a11);
    const sum = known(v00, v00 * a00) + known(v10, v10 * a10) + known(v01, v01 * a01) + known(v11, v11 * a11);
    store<f32>(mean, area > 0 ? <f32>(sum / area) : <f32>NaN);
    store<f64>(validArea, area);
    areaUpper += 2 * step;
    areaLower += 2 * step;
  }
}

/** What a cell gives: nothing where it has no data. */
@inline
function known(value: f64, gives: f64): f64 {
  return isNaN(value) ? 0 : gives;
}
