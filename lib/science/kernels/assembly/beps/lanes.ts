/** Two tiles, or two days, side by side: what the parts of the BEPS kernel have in common. */

import { add, mul, mulAdd, sub } from '../math';

/** 1/ln 2, the magic number that rounds to an integer + 1023, ln 2; (e^r − 1 − r)/r² by Chebyshev fit over |r| ≤ ln 2/2. */
const EXP = memory.data<f64>([
  1.4426950408889634, 6755399441056767.0, 0.6931471805599453,
  0.4999999999995511, 0.16666666666662586, 0.04166666678626573, 0.00833333334420298,
  0.0013888839110572009, 0.00019841224599656011, 0.000024867870179687727, 0.0000027617564785876086, 1.0,
]);

@inline
function e(n: usize): v128 {
  return v128.load64_splat(EXP + (n << 3));
}

/** e^x for −708 ≤ x ≤ 709, to 1e-13: two degrees shorter than that of math.ts, and as good as the tables of the oracle. */
@inline
export function expOf(x: v128): v128 {
  const shifted = mulAdd(x, e(0), e(1));
  const r = sub(x, mul(sub(shifted, e(1)), e(2)));
  const r2 = mul(r, r);
  let even = mulAdd(e(9), r2, e(7));
  let odd = mulAdd(e(10), r2, e(8));
  even = mulAdd(even, r2, e(5));
  odd = mulAdd(odd, r2, e(6));
  even = mulAdd(even, r2, e(3));
  odd = mulAdd(odd, r2, e(4));
  return mul(add(mulAdd(mulAdd(odd, r, even), r2, r), e(11)), i64x2.shl(shifted, 52));
}

/** (2 artanh(√z)/√z − 2)/z by Chebyshev fit over z of [0, ((√2 − 1)/(√2 + 1))²]; one, ln 2, 2^52 + 1023. */
const LN = memory.data<f64>([
  0.6666666666737509, 0.3999999879733759, 0.2857175453591449, 0.22191400830308503, 0.19362653714202008, 1.0, 0.6931471805599453, 4503599627371519.0,
]);

/** One less √½, mask of the exponent, one, 2^52, as bits. */
const LN_BITS = memory.data<u64>([
  0x3ff0000000000000 - 0x3fe6a09e667f3bcd,
  0xfff0000000000000,
  0x3ff0000000000000,
  0x4330000000000000,
]);

@inline
function l(n: usize): v128 {
  return v128.load64_splat(LN + (n << 3));
}

@inline
function bits(n: usize): v128 {
  return v128.load64_splat(LN_BITS + (n << 3));
}

/** ln x of a positive normal x, to 1e-13: shorter than that of math.ts, and as good as the tables of the oracle. */
@inline
export function lnOf(x: v128): v128 {
  const lifted = i64x2.add(x, bits(0));
  const exponent = sub(v128.or(i64x2.shr_u(lifted, 52), bits(3)), l(7));
  const m = i64x2.add(i64x2.sub(x, v128.and(lifted, bits(1))), bits(2));
  const f = sub(m, l(5));
  const s = f64x2.div(f, add(m, l(5)));
  const z = mul(s, s);
  const z2 = mul(z, z);
  const even = mulAdd(mulAdd(l(4), z2, l(2)), z2, l(0));
  const series = mulAdd(mulAdd(l(3), z2, l(1)), z, even);
  return mulAdd(exponent, l(6), sub(f, mul(s, sub(f, mul(z, series)))));
}

/** A constant in both lanes, from memory: V8 would build a literal anew at each use. */
@inline
export function k(constant: usize): v128 {
  return v128.load64_splat(constant);
}

@inline
export function select(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

@inline
export function min(a: v128, b: v128): v128 {
  return f64x2.pmin(a, b);
}

@inline
export function max(a: v128, b: v128): v128 {
  return f64x2.pmax(a, b);
}

@inline
export function div(a: v128, b: v128): v128 {
  return f64x2.div(a, b);
}

@inline
export function clip(x: v128, low: v128, high: v128): v128 {
  return f64x2.pmin(f64x2.pmax(x, low), high);
}

/** The n-th number of a row of pairs. */
@inline
export function at(row: usize, n: usize): v128 {
  return v128.load(row + (n << 4));
}

@inline
export function put(row: usize, n: usize, value: v128): void {
  v128.store(row + (n << 4), value);
}

@inline
export function any(mask: v128): bool {
  return v128.any_true(mask);
}
