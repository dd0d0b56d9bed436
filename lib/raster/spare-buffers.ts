import { release } from '../grid/cells.ts';

/** Smaller ones are made as fast as they are found; more than a few lie idle. */
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 16 * 2 ** 20;

const spare: ArrayBuffer[] = [];
let kept = 0;

/**
 * Keeps the memory of a decoded chunk for the next one of its size, which then need not be asked of the system and
 * cleared. Nobody may look at the array from here on.
 */
export function keepSpare(cells: { readonly buffer: ArrayBufferLike; readonly byteLength: number }): void {
  const { buffer, byteLength } = cells;
  if (!(buffer instanceof ArrayBuffer) || byteLength !== buffer.byteLength || byteLength < LEAST_BYTES)
    return;
  if (kept + byteLength > MOST_BYTES) {
    release(cells);
    return;
  }
  kept += byteLength;
  spare.push(buffer);
}

/** Bytes to be written over, all of them: they hold what an earlier chunk left. */
export function takeSpare(length: number): Uint8Array<ArrayBuffer> | undefined {
  const at = spare.findLastIndex(({ byteLength }) => byteLength === length);
  if (at < 0) return undefined;
  const [buffer] = spare.splice(at, 1);
  kept -= length;
  return new Uint8Array(buffer!);
}
