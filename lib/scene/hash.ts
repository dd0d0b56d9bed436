/**
 * Randomness of the synthetic scene: a hash of where and what, never a stream. Any order of evaluation and any split
 * into jobs give the same bytes.
 */

/** Uniform 32 bits of a seed and two integers; each step is a bijection that mixes high bits into low ones. */
export function hash(seed: number, i: number, j: number): number {
  return mix(mix(mix(seed ^ 0x9e3779b9) ^ i) ^ j) >>> 0;
}

/** Uniform in [0, 1). */
export const uniform = (seed: number, i: number, j: number): number => hash(seed, i, j) / 2 ** 32;

/** A seed of its own for each thing that is drawn. */
export function seedOf(seed: number, name: string): number {
  let h = mix(seed);
  for (let k = 0; k < name.length; k++) h = mix(h ^ name.charCodeAt(k));
  return h | 0;
}

/** Murmur3's finaliser (Appleby, public domain): every input bit flips every output bit with a chance near one half. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) + 0x6d2b79f5;
}
