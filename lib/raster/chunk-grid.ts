import type { Strided } from './copy-box.ts';
import type { ArrayMeta } from './zarr-meta.ts';

/** Cells `[start, stop)` along each dimension, as stored. */
export interface Box {
  readonly start: readonly number[];
  readonly stop: readonly number[];
}

/** A chunk's key below its array. */
export function chunkKey(keys: ArrayMeta['keys'], place: readonly number[]): string {
  if (keys.style === 'default') return ['c', ...place].join(keys.separator);
  return place.join(keys.separator) || '0';
}

/** Places of a regular grid of `size` that a box touches, in C order. */
export function placesOf({ start, stop }: Box, size: readonly number[]): number[][] {
  let places: number[][] = [[]];
  for (let i = 0; i < start.length; i++) {
    const first = Math.floor(start[i]! / size[i]!);
    const count = stop[i]! > start[i]! ? Math.ceil(stop[i]! / size[i]!) - first : 0;
    places = places.flatMap((place) => Array.from({ length: count }, (_, k) => [...place, first + k]));
  }
  return places;
}

/** The part of a chunk that lies in a box. */
export function meet(
  start: readonly number[],
  size: readonly number[],
  box: Box,
): { start: number[]; shape: number[] } {
  const from = start.map((s, i) => Math.max(s, box.start[i]!));
  return { start: from, shape: from.map((f, i) => Math.min(start[i]! + size[i]!, box.stop[i]!) - f) };
}

/** Moves a target of a box to where the cell at `start` goes. */
export const shifted = (target: Strided, box: Box, start: readonly number[]): Strided => ({
  ...target,
  offset: start.reduce((n, s, i) => n + (s - box.start[i]!) * target.strides[i]!, target.offset),
});
