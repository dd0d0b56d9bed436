import { hash, uniform } from './hash.ts';

/** Points on one parallel, evenly spaced: a row of a geographic grid, and of a sinusoidal one. Degrees. */
export interface Parallel {
  readonly lat: number;
  /** Longitude of the first point. */
  readonly lon: number;
  readonly step: number;
  readonly count: number;
}

export interface Noise {
  readonly seed: number;
  /** Size of the largest features, degrees of longitude. */
  readonly scale: number;
  /** Each further octave has half the size and half the height. */
  readonly octaves: number;
}

/** At 23 degrees north a degree of latitude is this much longer than one of longitude, so that features are round. */
const LAT_TO_LON = 1 / Math.cos((22.9 * Math.PI) / 180);

/**
 * Adds fractal value noise to `out` along a parallel: smooth, with mean 0 and a standard deviation of 0.43·`height`
 * for one octave, 0.5·`height` for many; never outside ±2·`height`.
 */
export function addNoise(out: Float32Array, at: Parallel, noise: Noise, height = 1): void {
  for (let octave = 0; octave < noise.octaves; octave++) {
    const scale = noise.scale / 2 ** octave;
    addOctave(out, at, noise.seed + octave, scale, height / 2 ** octave);
  }
}

/** Noise alone, in an array that is reused. */
export function noiseRow(out: Float32Array, at: Parallel, noise: Noise, height = 1): Float32Array {
  out.fill(0, 0, at.count);
  addNoise(out, at, noise, height);
  return out;
}

/** Uniform in [0, 1) over blocks of `size` degrees, as fields and ponds are laid out: a step at each edge. */
export function blockRow(out: Float32Array, at: Parallel, seed: number, size: number): Float32Array {
  const j = Math.floor((at.lat * LAT_TO_LON) / size);
  let i = Number.NaN;
  let value = 0;
  for (let k = 0; k < at.count; k++) {
    const cell = Math.floor((at.lon + k * at.step) / size);
    if (cell !== i) value = uniform(seed, cell, j);
    i = cell;
    out[k] = value;
  }
  return out;
}

/**
 * Values at the corners of a lattice, joined smoothly. What is constant over a cell is worked out once a cell, and cells
 * are counted from the first, so that cutting a positive number to an integer finds them.
 */
function addOctave(out: Float32Array, at: Parallel, seed: number, scale: number, height: number): void {
  const v = (at.lat * LAT_TO_LON) / scale;
  const j = Math.floor(v);
  const ty = smooth(v - j);
  const first = Math.floor(at.lon / scale);
  const start = at.lon / scale - first;
  const step = at.step / scale;
  let cell = -1;
  let right = edge(seed, first, j, ty);
  let low = 0;
  let rise = 0;
  for (let k = 0; k < at.count; k++) {
    const u = start + k * step;
    const c = u | 0;
    if (c !== cell) {
      const left = c === cell + 1 ? right : edge(seed, first + c, j, ty);
      right = edge(seed, first + c + 1, j, ty);
      low = height * left;
      rise = height * (right - left);
      cell = c;
    }
    const t = u - c;
    out[k] = out[k]! + low + rise * (t * t * (3 - 2 * t));
  }
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

function edge(seed: number, i: number, j: number, ty: number): number {
  const a = corner(seed, i, j);
  return a + (corner(seed, i, j + 1) - a) * ty;
}

/** Uniform in [-1, 1). */
const corner = (seed: number, i: number, j: number): number => hash(seed, i, j) / 2 ** 31 - 1;
