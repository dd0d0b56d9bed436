import type { Parallel } from './noise.ts';

/** A box in degrees. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Nodes of a smooth field: row 0 is the southernmost parallel. */
export interface Lattice {
  readonly box: Box;
  /** Degrees between nodes, both ways. */
  readonly step: number;
  readonly rows: number;
  readonly cols: number;
}

export function latticeOver(box: Box, step: number): Lattice {
  const west = Math.floor(box.west / step) * step;
  const south = Math.floor(box.south / step) * step;
  const cols = Math.ceil((box.east - west) / step) + 2;
  const rows = Math.ceil((box.north - south) / step) + 2;
  return { box: { ...box, west, south }, step, rows, cols };
}

export const parallelOf = (lattice: Lattice, row: number): Parallel => ({
  lat: lattice.box.south + row * lattice.step,
  lon: lattice.box.west,
  step: lattice.step,
  count: lattice.cols,
});

/** Fills a field row by row. */
export function fieldOn(lattice: Lattice, fill: (out: Float32Array, at: Parallel, row: number) => void) {
  const field = new Float32Array(lattice.rows * lattice.cols);
  for (let row = 0; row < lattice.rows; row++) {
    fill(field.subarray(row * lattice.cols, (row + 1) * lattice.cols), parallelOf(lattice, row), row);
  }
  return field;
}

/** Bilinear values along a parallel; beyond the lattice its edge goes on. */
export function sampleRow(
  out: Float32Array,
  lattice: Lattice,
  field: Float32Array,
  at: Parallel,
): Float32Array {
  const { box, step, rows, cols } = lattice;
  const v = Math.min(Math.max((at.lat - box.south) / step, 0), rows - 1.001);
  const row = Math.floor(v);
  const ty = v - row;
  const low = row * cols;
  const start = (at.lon - box.west) / step;
  const stride = at.step / step;
  const last = cols - 1.001;
  let cell = -1;
  let left = 0;
  let rise = 0;
  for (let k = 0; k < at.count; k++) {
    const free = start + k * stride;
    const u = free < 0 ? 0 : free > last ? last : free;
    const c = u | 0;
    if (c !== cell) {
      const p = low + c;
      left = field[p]! + (field[p + cols]! - field[p]!) * ty;
      rise = field[p + 1]! + (field[p + cols + 1]! - field[p + 1]!) * ty - left;
      cell = c;
    }
    out[k] = left + rise * (u - c);
  }
  return out;
}
