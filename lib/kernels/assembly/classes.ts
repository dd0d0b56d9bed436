/**
 * Counts the fine pixels of a class map in the coarse pixels that hold their centres; class-tally.ts has the
 * loops that are its oracle. This kernel has no constants, so that it may share a memory with another.
 */

/** Doubles from here on have no digits behind the point: their lowest bits are a whole number. */
const WHOLE: f64 = 4503599627370496;
/** A crossing that is no nearer to a pixel, pixels, lies on the side where it was computed: below 2^26 columns. */
const NEAR: f64 = 1e-4;
/** Steps of lines whose crossings are computed so. */
const SHORTEST: f64 = 1.0 / 1024;
const LONGEST: f64 = 0.5;
/** Neighbours that are looked at together. */
const TOGETHER: i32 = 64;

/**
 * Counts the fine pixels of one cell of a control net, row by row: each row is a line of equal steps (control-net.ts).
 *
 * @param corners eight doubles: column and row on the coarse grid at (i0, j0), (i1, j0), (i0, j1), (i1, j1)
 * @param x0, x1, y0, y1 the pixels of the cell that are counted
 * @param codes bytes, of the pixel (x0, y0) and on; rows `pitch` apart, and room for 65 more behind the last
 * @param left, right, top, bottom the window on the coarse grid
 * @param counts words, `[pixel of the window][stride]`
 * @param places words by code: which count of a pixel it adds to; negative, less one, where the legend does not know it
 * @param unknown words by code: pixels that the legend does not know, counted besides
 */
export function countCell(
  corners: usize, i0: i32, i1: i32, j0: i32, j1: i32, x0: i32, x1: i32, y0: i32, y1: i32, codes: usize, pitch: i32,
  left: i32, right: i32, top: i32, bottom: i32, counts: usize, stride: i32, places: usize, unknown: usize,
): void {
  const p0 = load<f64>(corners), q0 = load<f64>(corners, 8), p2 = load<f64>(corners, 16), q2 = load<f64>(corners, 24);
  const p4 = load<f64>(corners, 32), q4 = load<f64>(corners, 40), p6 = load<f64>(corners, 48), q6 = load<f64>(corners, 56);
  const n = <f64>(i1 - i0);
  // a single pixel stands for itself: its other corners may lie outside
  const single = i1 - i0 == 1 && j1 - j0 == 1;
  const first = x0 - i0, end = x1 - i0;
  const across = right - left;
  for (let j = y0; j < y1; j++, codes += <usize>pitch) {
    const v = <f64>(j - j0) / <f64>(j1 - j0);
    const col = single ? p0 : p0 + v * (p4 - p0);
    const row = single ? q0 : q0 + v * (q4 - q0);
    const colStep = single ? 0 : (p2 + v * (p6 - p2) - col) / n;
    const rowStep = single ? 0 : (q2 + v * (q6 - q2) - row) / n;
    const c0 = col + <f64>first * colStep, c1 = col + <f64>(end - 1) * colStep;
    const r0 = row + <f64>first * rowStep, r1 = row + <f64>(end - 1) * rowStep;
    const cMin = min(c0, c1), cMax = max(c0, c1), rMin = min(r0, r1), rMax = max(r0, r1);
    if (!(cMax >= <f64>left && cMin < <f64>right && rMax >= <f64>top && rMin < <f64>bottom)) continue;
    const inside = cMin >= <f64>left && cMax < <f64>right && rMin >= <f64>top && rMax < <f64>bottom;
    const steps = abs(colStep) >= SHORTEST && abs(colStep) <= LONGEST && end - first <= TOGETHER;
    if (inside && steps && <i32>r0 == <i32>r1) {
      const at = counts + <usize>((((<i32>r0 - top) * across - left) * stride) << 2);
      countLine(codes, first, end - first, col, colStep, at, stride << 2, places, unknown);
      continue;
    }
    for (let k = first; k < end; k++) {
      const c = col + <f64>k * colStep, r = row + <f64>k * rowStep;
      if (!(c >= <f64>left && c < <f64>right && r >= <f64>top && r < <f64>bottom)) continue;
      const at = counts + <usize>((((<i32>r - top) * across + <i32>c - left) * stride) << 2);
      countCode(load<u8>(codes + <usize>(k - first)), 1, at, places, unknown);
    }
  }
}

/** Counts pixels of one code in the coarse pixel whose counts are given. */
@inline
function countCode(code: usize, pixels: i32, counts: usize, places: usize, unknown: usize): void {
  let place = load<i32>(places + (code << 2));
  if (place < 0) {
    place = -1 - place;
    const other = unknown + (code << 2);
    store<i32>(other, load<i32>(other) + pixels);
  }
  const at = counts + (<usize>place << 2);
  store<i32>(at, load<i32>(at) + pixels);
}

/**
 * Counts up to 64 neighbours that lie in one row of the coarse window, those of one code in one coarse pixel at once.
 * Pixel k, from `first` on, lies in column floor(col + k * step); steps are so short that none is skipped.
 *
 * @param counts of column 0, `pitch` bytes a column
 */
@inline
function countLine(
  codes: usize, first: i32, n: i32, col: f64, step: f64, counts: usize, pitch: i32, places: usize, unknown: usize,
): void {
  const column = <i32>(col + <f64>first * step);
  const columnEnds = endsOfColumns(first, n, col, step, column);
  const move = step > 0 ? pitch : -pitch;
  const last = <u64>1 << <u64>(n - 1);
  let at: usize = counts + <usize>(column * pitch);
  let ends = (endsOfCodes(codes) | columnEnds | last) & (last | (last - 1));
  for (let start = 0; ends != 0; ends &= ends - 1) {
    const i = <i32>ctz(ends);
    countCode(load<u8>(codes + <usize>i), i + 1 - start, at, places, unknown);
    at += <usize>(move & -(<i32>(columnEnds >> <u64>i) & 1));
    start = i + 1;
  }
}

/** Bit i where pixel first + i and the next lie in different columns. */
@inline
function endsOfColumns(first: i32, n: i32, col: f64, step: f64, from: i32): u64 {
  const to = <i32>(col + <f64>(first + n - 1) * step);
  const up = step > 0;
  const by = up ? 1 : -1;
  const perStep = 1 / step;
  const low = up ? 1 : 0;
  let ends: u64 = 0;
  for (let column = from; column != to; column += by) {
    const bound = <f64>(column + low);
    const crossing = (bound - col) * perStep;
    const rounded = crossing + 0.5 + WHOLE;
    let k = <i32>reinterpret<i64>(rounded);
    if (abs(rounded - WHOLE - crossing - 0.5) > 0.5 - NEAR) k = firstBeyond(bound, first, n, col, step);
    ends |= <u64>1 << <u64>(k - first - 1);
  }
  return ends;
}

/** The first pixel beyond a bound, as rounding has it. */
function firstBeyond(bound: f64, first: i32, n: i32, col: f64, step: f64): i32 {
  const up = step > 0;
  let k = first;
  while (k < first + n - 1 && (col + <f64>k * step >= bound) != up) k++;
  return k;
}

/** Bit i where code i and the next differ, of 64. */
@inline
function endsOfCodes(codes: usize): u64 {
  const a = i8x16.bitmask(i8x16.ne(v128.load(codes), v128.load(codes, 1)));
  const b = i8x16.bitmask(i8x16.ne(v128.load(codes, 16), v128.load(codes, 17)));
  const c = i8x16.bitmask(i8x16.ne(v128.load(codes, 32), v128.load(codes, 33)));
  const d = i8x16.bitmask(i8x16.ne(v128.load(codes, 48), v128.load(codes, 49)));
  return <u64>a | (<u64>b << 16) | (<u64>c << 32) | (<u64>d << 48);
}
