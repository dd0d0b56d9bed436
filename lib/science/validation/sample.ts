/** Sampling that depends on nothing but a seed: same points in any order of chunks and any language (spec casa.md 6). */

const MASK = 0xffff_ffff_ffff_ffffn;

/** Output function of SplitMix64. @see Steele, Lea & Flood 2014; V22 */
export function mix64(value: bigint): bigint {
  let x = (value + 0x9e37_79b9_7f4a_7c15n) & MASK;
  x = ((x ^ (x >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK;
  x = ((x ^ (x >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK;
  return x ^ (x >> 31n);
}

/** Key of a candidate: the n smallest are the sample. @param index row-major index, not negative */
export const sampleKey = (seed: number | bigint, index: number | bigint): bigint =>
  mix64(BigInt(seed) ^ mix64(BigInt(index)));

/** Row-major index of a 500 m pixel within its MODIS tile. */
export const pixelIndex = (row: number, col: number): number => row * 2400 + col;

/** Index over several tiles, h and v 0..35: far below 2⁵³. */
export const tilePixelIndex = (v: number, h: number, row: number, col: number): number =>
  ((v * 36 + h) * 2400 + row) * 2400 + col;

const WORD = 2 ** 32;
/** Keys looked at before sorting, over the number that is wanted: the smallest of all are among them but by bad luck. */
const SLACK = 1.25;

/** Pixels that may be drawn. A million of them and a hundred seeds: so the keys are in halves of 32 bits, not bigints. */
export class Candidates {
  readonly #indices: ArrayLike<number>;
  /** `mix64` of each index, which is the same for all seeds. */
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  /** @param indices row-major, 0 to 2⁵³, each once */
  constructor(indices: ArrayLike<number>) {
    this.#indices = indices;
    this.#high = new Uint32Array(indices.length);
    this.#low = new Uint32Array(indices.length);
    for (let i = 0; i < indices.length; i++) {
      mixHalves(Math.floor(indices[i]! / WORD), indices[i]! >>> 0);
      this.#high[i] = mixedHigh;
      this.#low[i] = mixedLow;
    }
  }

  /**
   * The n candidates with the smallest key, in order of their keys; all of them when there are fewer.
   *
   * @param seed a whole number, 0 to 2⁵³
   * @returns places in the list of indices
   * @see spec casa.md 6, V22
   */
  sample(seed: number, n: number): Int32Array {
    const count = this.#indices.length;
    for (let bound = (SLACK * n * WORD) / count + WORD / count; ; bound *= 4) {
      const found = this.#below(seed, bound);
      if (found.length < Math.min(n, count)) continue;
      found.sort((a, b) => a.high - b.high || a.low - b.low || this.#indices[a.at]! - this.#indices[b.at]!);
      return Int32Array.from(found.slice(0, n), ({ at }) => at);
    }
  }

  /** Those whose key begins below a bound. */
  #below(seed: number, bound: number): { high: number; low: number; at: number }[] {
    const [seedHigh, seedLow] = [Math.floor(seed / WORD), seed >>> 0];
    const found: { high: number; low: number; at: number }[] = [];
    for (let at = 0; at < this.#high.length; at++) {
      mixHalves((this.#high[at]! ^ seedHigh) >>> 0, (this.#low[at]! ^ seedLow) >>> 0);
      if (mixedHigh < bound) found.push({ high: mixedHigh, low: mixedLow, at });
    }
    return found;
  }
}

let mixedHigh = 0;
let mixedLow = 0;

/** `mix64` of a value in two halves, left in `mixedHigh` and `mixedLow`: it runs a hundred million times. */
function mixHalves(high: number, low: number): void {
  const sum = low + 0x7f4a_7c15;
  let l = sum >>> 0;
  let h = (high + 0x9e37_79b9 + (sum >= WORD ? 1 : 0)) >>> 0;
  let x = (l ^ ((l >>> 30) | (h << 2))) >>> 0;
  h = (h ^ (h >>> 30)) >>> 0;
  l = Math.imul(x, 0x1ce4_e5b9) >>> 0;
  h = (highOf(x, 0x1ce4_e5b9) + Math.imul(h, 0x1ce4_e5b9) + Math.imul(x, 0xbf58_476d)) >>> 0;
  x = (l ^ ((l >>> 27) | (h << 5))) >>> 0;
  h = (h ^ (h >>> 27)) >>> 0;
  l = Math.imul(x, 0x1331_11eb) >>> 0;
  h = (highOf(x, 0x1331_11eb) + Math.imul(h, 0x1331_11eb) + Math.imul(x, 0x94d0_49bb)) >>> 0;
  mixedLow = (l ^ ((l >>> 31) | (h << 1))) >>> 0;
  mixedHigh = (h ^ (h >>> 31)) >>> 0;
}

/** Upper half of a product of two 32-bit numbers. */
function highOf(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + Math.floor(middle / 65_536) + Math.floor(other / 65_536);
}
