/** The functions of math.ts over arrays, for its test. Addresses are those of even numbers of doubles. */
import { exp, expOf, ln, lnOf, pow } from '../../../../lib/science/kernels/assembly/math';

export function expEach(x: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 16) v128.store(out + i, exp(v128.load(x + i)));
}

export function expOfEach(x: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 16) v128.store(out + i, expOf(v128.load(x + i)));
}

export function lnEach(x: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 16) v128.store(out + i, ln(v128.load(x + i)));
}

export function lnOfEach(x: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 16) v128.store(out + i, lnOf(v128.load(x + i)));
}

export function powEach(x: usize, y: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 16) v128.store(out + i, pow(v128.load(x + i), v128.load(y + i)));
}
