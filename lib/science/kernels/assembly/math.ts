/**
 * exp, ln and power of two doubles at once, for the inner loops of kernels.
 *
 * `exp`, `ln` and `pow` take every double; `expOf` and `lnOf` leave out the edges, for arguments that are known to lie
 * inside. All are good to a few 1e-16 relative, and NaN stays NaN. Multiplication and addition are rounded apart (no
 * fused forms), so that every processor gives the same bits.
 *
 * Constants are loaded from memory where they are used: V8 builds a `v128.const` anew at each use, which costs more
 * than the load; and binaryen cannot fold a load back into a constant.
 */

/** Polynomials by Chebyshev fit in 60 digits, over |r| ≤ ln 2/2 and over z of [0, ((√2 − 1)/(√2 + 1))²]. */
const TABLE: usize = memory.data<f64>([
  // 0: 1/ln 2, the magic number that rounds to an integer, ln 2 in two parts, the first with 32 zero bits at its end
  1.4426950408889634, 6755399441055744.0, 0.6931467056274414, 4.7493250390316726e-7,
  // 4: (e^r − 1 − r)/r² of degree 9, from r⁰ up
  0.5, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062, 0.0013888888917213717,
  0.00019841269863053618, 2.4801521295954376e-5, 2.7557268459997064e-6, 2.7620088445409746e-7, 2.510038549551032e-8,
  // 14: (2 artanh(√z)/√z − 2)/z of degree 6, from z⁰ up
  0.666666666666667, 0.39999999999899444, 0.2857142862600327, 0.22222211130259878, 0.18182889455674947,
  0.15331710618210773, 0.14616585424888623,
  // 21: one, half, two
  1.0, 0.5, 2.0,
  // 24: where exp has reached 0 and infinity, the smallest normal double, 2^54, 54
  -746.0, 710.0, 2.2250738585072014e-308, 18014398509481984.0, 54.0,
  // 29: 2^52 + 1023, infinity, NaN, the magic number + 1023
  4503599627371519.0, Infinity, NaN, 6755399441056767.0,
]);

/** The n-th number of the table, twice. */
@inline
function at(n: usize): v128 {
  return v128.load64_splat(TABLE + (n << 3));
}

/** Bit patterns, twice each: one less √½, mask of exponent, one, 2^52, mask without sign, mask without 27 low bits. */
const BITS: usize = memory.data<u64>([
  0x3ff0000000000000 - 0x3fe6a09e667f3bcd,
  0xfff0000000000000,
  0x3ff0000000000000,
  0x4330000000000000,
  0x7fffffffffffffff,
  0xfffffffff8000000,
]);

@inline
function bits(n: usize): v128 {
  return v128.load64_splat(BITS + (n << 3));
}

/** 1, twice. */
@inline
export function one(): v128 {
  return at(21);
}

/** ½, twice. */
@inline
export function half(): v128 {
  return at(22);
}

@inline
export function isNumber(value: v128): v128 {
  return f64x2.eq(value, value);
}

/** Keeps NaN: pmax and pmin take their second argument only when it is larger, or smaller. */
@inline
export function clip(value: v128, low: v128, high: v128): v128 {
  return f64x2.pmin(f64x2.pmax(value, low), high);
}

@inline
export function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

@inline
export function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

@inline
export function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

/** a·b + c, rounded twice. */
@inline
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

/** e^r for |r| ≤ ln 2/2. Even and odd powers run side by side: half the latency of one chain. */
@inline
function expReduced(r: v128): v128 {
  const r2 = mul(r, r);
  let even = mulAdd(r2, at(12), at(10));
  let odd = mulAdd(r2, at(13), at(11));
  even = mulAdd(even, r2, at(8));
  odd = mulAdd(odd, r2, at(9));
  even = mulAdd(even, r2, at(6));
  odd = mulAdd(odd, r2, at(7));
  even = mulAdd(even, r2, at(4));
  odd = mulAdd(odd, r2, at(5));
  return add(mulAdd(mulAdd(odd, r, even), r2, r), at(21));
}

/** e^x for −708 ≤ x ≤ 709; NaN for NaN. */
@inline
export function expOf(x: v128): v128 {
  const shifted = mulAdd(x, at(0), at(32)); // n + 1023, the exponent of 2^n, stands in the low bits
  const n = sub(shifted, at(32));
  const r = sub(sub(x, mul(n, at(2))), mul(n, at(3)));
  return mul(expReduced(r), i64x2.shl(shifted, 52));
}

/** 2^n·y, for n of −1080..1030: in two steps, because 2^n itself can lie outside the doubles. */
@inline
function scale(y: v128, n: v128): v128 {
  const first = mulAdd(n, at(22), at(32));
  const second = add(sub(n, sub(first, at(32))), at(32));
  return mul(mul(y, i64x2.shl(first, 52)), i64x2.shl(second, 52));
}

/** e^(x + small), |small| far below 1. */
@inline
function expSum(x: v128, small: v128): v128 {
  // the order keeps NaN: pmin(a, b) = b < a ? b : a
  const inside = f64x2.pmax(f64x2.pmin(x, at(25)), at(24));
  const n = sub(mulAdd(inside, at(0), at(1)), at(1));
  const r = add(sub(sub(inside, mul(n, at(2))), mul(n, at(3))), small);
  return scale(expReduced(r), n);
}

/** e^x, as Math.exp. */
@inline
export function exp(x: v128): v128 {
  return expSum(x, f64x2.splat(0));
}

/** Exponent of a positive normal double x = 2^e·m with m of [√½, √2), as a double. */
@inline
function exponent(x: v128): v128 {
  const lifted = i64x2.add(x, bits(0));
  return sub(v128.or(i64x2.shr_u(lifted, 52), bits(3)), at(29));
}

@inline
function mantissa(x: v128): v128 {
  const lifted = i64x2.add(x, bits(0));
  return i64x2.add(i64x2.sub(x, v128.and(lifted, bits(1))), bits(2));
}

/** Σ of the table's ln polynomial at z. */
@inline
function lnSeries(z: v128): v128 {
  const z2 = mul(z, z);
  let even = mulAdd(z2, at(20), at(18));
  let odd = mulAdd(z2, at(19), at(17));
  even = mulAdd(even, z2, at(16));
  odd = mulAdd(odd, z2, at(15));
  return mulAdd(odd, z, mulAdd(even, z2, at(14)));
}

/** e·ln 2 + ln m. */
@inline
function lnParts(e: v128, m: v128): v128 {
  const f = sub(m, at(21));
  const s = f64x2.div(f, add(m, at(21)));
  const z = mul(s, s);
  // ln m = 2s + s·z·L(z) = f − s·(f − z·L(z)): the leading term is exact
  const tail = mul(s, sub(f, mul(z, lnSeries(z))));
  return add(mul(e, at(2)), sub(f, sub(tail, mul(e, at(3)))));
}

/** ln x for positive normal x; NaN for NaN. */
@inline
export function lnOf(x: v128): v128 {
  return v128.bitselect(lnParts(exponent(x), mantissa(x)), x, f64x2.eq(x, x));
}

/** x, or x·2^54 where it is below the normal doubles; and what its exponent then lacks. */
@inline
function isSmall(x: v128): v128 {
  return f64x2.lt(x, at(26));
}

@inline
function normal(x: v128, small: v128): v128 {
  return v128.bitselect(mul(x, at(27)), x, small);
}

/** What ln is outside the positive finite doubles: −∞ at 0, NaN below, x itself at infinity and NaN. */
@inline
function lnEdge(x: v128): v128 {
  const zero = f64x2.splat(0);
  const notAbove = v128.bitselect(f64x2.neg(at(30)), at(31), f64x2.eq(x, zero));
  return v128.bitselect(notAbove, x, f64x2.le(x, zero));
}

@inline
function isPlain(x: v128): v128 {
  return v128.and(f64x2.gt(x, f64x2.splat(0)), f64x2.lt(x, at(30)));
}

/** ln x, as Math.log. */
@inline
export function ln(x: v128): v128 {
  const small = isSmall(x);
  const y = normal(x, small);
  const e = sub(exponent(y), v128.and(small, at(28)));
  return v128.bitselect(lnParts(e, mantissa(y)), lnEdge(x), isPlain(x));
}

/** Leading 26 bits of the mantissa. */
@inline
function upper(x: v128): v128 {
  return v128.and(x, bits(5));
}

/** What a·b, rounded to p, lacks (Dekker 1971). */
@inline
function productError(a: v128, b: v128, p: v128): v128 {
  const ah = upper(a);
  const bh = upper(b);
  const al = sub(a, ah);
  const bl = sub(b, bh);
  return mulAdd(al, bl, mulAdd(al, bh, mulAdd(ah, bl, sub(mul(ah, bh), p))));
}

/**
 * x^y for x ≥ 0, as Math.pow; NaN for x < 0, whatever y, and +0 for −0. The logarithm is carried in two doubles: its error,
 * multiplied by y·ln x in a plain e^(y ln x), stays below 1e-15.
 */
@inline
export function pow(x: v128, y: v128): v128 {
  const small = isSmall(x);
  const b = normal(x, small);
  const e = sub(exponent(b), v128.and(small, at(28)));
  const m = mantissa(b);
  // ln m = 2s + 2·(what s lacks) + s·z·L(z)
  const f = sub(m, at(21));
  const d = add(m, at(21));
  const dLow = sub(m, sub(d, at(21)));
  const s = f64x2.div(f, d);
  const sd = mul(s, d);
  const remainder = sub(sub(sub(f, sd), productError(s, d, sd)), mul(s, dLow));
  const z = mul(s, s);
  const tail = mulAdd(at(23), f64x2.div(remainder, d), mul(mul(s, z), lnSeries(z)));
  const s2 = mul(s, at(23));
  // e·ln 2 is larger than ln m, or 0
  const big = mul(e, at(2));
  const sum = add(big, s2);
  const low = add(add(sub(s2, sub(sum, big)), tail), mul(e, at(3)));
  const high = add(sum, low);
  const rest = add(sub(sum, high), low);
  const plain = isPlain(x);
  const lnHigh = v128.bitselect(high, lnEdge(x), plain);
  const p = mul(y, lnHigh);
  const pLow = mulAdd(y, rest, productError(y, lnHigh, p));
  const inReach = v128.and(plain, f64x2.lt(v128.and(p, bits(4)), f64x2.splat(1000)));
  const power = expSum(p, v128.and(pLow, inReach));
  return v128.bitselect(at(21), power, f64x2.eq(y, f64x2.splat(0)));
}
