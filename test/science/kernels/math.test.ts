import { beforeAll, describe, expect, it } from 'vitest';
import { compileKernel } from '../../../functions/entry/local/compile-kernel.ts';
import { KernelCode, KernelMemory, memoryBytes } from '../../../lib/kernels/kernel.ts';
import { uniform } from '../../bench/kernel-data.ts';

const N = 20_000;

/** Every edge: both zeros, subnormals, the ends of range, infinities, NaN, NaN with a payload, and −2.5. */
const EDGES = [
  ...[0, -0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-17, 0.5, 1, 2, 1e300, Number.MAX_VALUE],
  ...[-5e-324, -1e-310, -1, -2.5, -1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ...[709.78, 709.79, 710, 1e5, -708.4, -745.13, -745.14, -746, -1e5, 6755399441055744],
];

type Each = (...addresses: number[]) => void;
type EachExports = Record<'expEach' | 'expOfEach' | 'lnEach' | 'lnOfEach' | 'powEach', Each>;

let run: EachExports;
let x: Float64Array;
let y: Float64Array;
let out: Float64Array;

beforeAll(async () => {
  const code = await compileKernel('test/science/kernels/assembly/each.ts');
  const memory = new KernelMemory(memoryBytes([8 * N, 8 * N, 8 * N]));
  run = new KernelCode<EachExports>(Buffer.from(code).toString('base64')).on(memory);
  [x, y, out] = [memory.float64(N), memory.float64(N), memory.float64(N)];
});

/** Fills the first argument, and the second, with seeded numbers. */
function draw(seed: number, first: (u: number) => number, second?: (u: number) => number): void {
  const next = uniform(seed);
  for (let i = 0; i < N; i++) x[i] = first(next());
  for (let i = 0; second && i < N; i++) y[i] = second(next());
}

/** Largest error relative to Math's answer; infinite where one is NaN, infinite or 0 and the other is not. */
function worst(name: keyof EachExports, truth: (x: number, y: number) => number): number {
  const arrays = name === 'powEach' ? [x, y, out] : [x, out];
  run[name](...arrays.map((array) => array.byteOffset), N);
  let error = 0;
  for (let i = 0; i < N; i++) error = Math.max(error, difference(out[i]!, truth(x[i]!, y[i]!)));
  return error;
}

function difference(found: number, wanted: number): number {
  if (Object.is(found, wanted)) return 0;
  const unit = Math.max(Math.abs(wanted), 5e-324 * 2 ** 52); // the step between subnormals is not relative
  const error = Math.abs(found - wanted) / unit;
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

const between = (low: number, high: number) => (u: number) => low + (high - low) * u;
const decades = (low: number, high: number) => (u: number) => 2 ** between(low, high)(u);

describe('exp, ln and power of two doubles at once', () => {
  it('give e^x to 3e-16 over all that does not overflow', () => {
    for (const reach of [1e-9, 1, 40, 700, 745]) {
      draw(1, between(-reach, reach > 709 ? 709.7 : reach));
      expect(worst('expEach', Math.exp)).toBeLessThan(3e-16);
    }
  });

  it('give e^x to 3e-16 within −708..709 in the short form', () => {
    for (const reach of [1e-9, 1, 40, 708]) {
      draw(2, between(-reach, reach));
      expect(worst('expOfEach', Math.exp)).toBeLessThan(3e-16);
    }
  });

  it('give ln x to 3e-16 from the smallest subnormal to the largest double', () => {
    draw(3, decades(-1074, 1024));
    expect(worst('lnEach', Math.log)).toBeLessThan(3e-16);
    for (const width of [1e-12, 1e-6, 0.3]) {
      draw(4, between(1 - width, 1 + width));
      expect(worst('lnEach', Math.log)).toBeLessThan(3e-16);
      expect(worst('lnOfEach', Math.log)).toBeLessThan(3e-16);
    }
    draw(5, decades(-1022, 1024));
    expect(worst('lnOfEach', Math.log)).toBeLessThan(3e-16);
  });

  it('give x^y to 1e-15, however large the power', () => {
    draw(6, decades(-1074, 1024), between(-1, 1));
    expect(worst('powEach', Math.pow)).toBeLessThan(1e-15);
    draw(7, between(0, 10), between(-20, 20));
    expect(worst('powEach', Math.pow)).toBeLessThan(1e-15);
    draw(8, between(0.9, 1.1), between(-6700, 6700));
    expect(worst('powEach', Math.pow)).toBeLessThan(1e-15);
  });

  it('are Math at the edges of the doubles', () => {
    x.fill(1);
    x.set(EDGES);
    expect(worst('expEach', Math.exp)).toBeLessThan(3e-16);
    expect(worst('lnEach', Math.log)).toBeLessThan(3e-16);
    x.fill(1);
    y.fill(1);
    EDGES.forEach((base, i) => {
      x.fill(base, i * EDGES.length, (i + 1) * EDGES.length);
      y.set(EDGES, i * EDGES.length);
    });
    const power = (base: number, exponent: number) =>
      base < 0 && exponent !== 0 ? Number.NaN : Math.abs(base) ** exponent;
    expect(worst('powEach', power)).toBeLessThan(1e-15);
  });

  it('keep NaN, whatever bits it carries', () => {
    const words = new Uint32Array(x.buffer, x.byteOffset, 2 * N);
    for (let i = 0; i < N; i++) [words[2 * i], words[2 * i + 1]] = [i * 2654435, 0x7ff8_0000 + (i % 256)];
    y.fill(2);
    for (const name of ['expEach', 'expOfEach', 'lnEach', 'lnOfEach', 'powEach'] as const)
      expect(worst(name, () => Number.NaN)).toBe(0);
  });
});
