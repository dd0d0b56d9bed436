/*
 * Small arrays as parts of larger ones. The outline of one small polygon is a handful of numbers; for thousands of them
 * an array with memory of its own each costs more than to lay the polygon on a grid.
 */

/** Below the size that `release` gives back: what others hold a part of must stay. */
const SLAB_BYTES = 64 * 1024;
/** Larger ones have their own memory, so that no slab is left half empty. */
const LARGEST_PART = SLAB_BYTES / 8;

let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

/** @returns where a part of so many bytes begins in `slab` */
function take(bytes: number): number {
  if (used + bytes > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  const start = used;
  used += Math.ceil(bytes / 8) * 8;
  return start;
}

/** Zeros. */
export function smallFloats(length: number): Float64Array {
  if (8 * length > LARGEST_PART) return new Float64Array(length);
  const start = take(8 * length);
  return new Float64Array(slab, start, length);
}

/** Zeros. */
export function smallInts(length: number): Int32Array {
  if (4 * length > LARGEST_PART) return new Int32Array(length);
  const start = take(4 * length);
  return new Int32Array(slab, start, length);
}
