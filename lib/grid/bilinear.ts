import { COAST_SEARCH_DEGREES, CoastSearch } from './coast.ts';
import type { GeoGrid } from './geo-grid.ts';
import { Mended } from './mended.ts';
import type { PixelWindow, Warp } from './warp.ts';

/** Corners that hold less than this share of the weight do not speak for a pixel (spec casa.md 1.7). */
export const MIN_CORNER_WEIGHT = 0.25;

/**
 * Bilinear interpolation over the corners that hold a value, with their weights made to sum to one.
 *
 * @param fx share of the way from the left corners to the right ones, 0..1
 * @param fy share of the way from the first row to the second, 0..1
 * @returns NaN when the corners with a value hold less than `minWeight` of the weight
 * @see spec casa.md 1.7
 */
export function bilinear(
  v00: number,
  v10: number,
  v01: number,
  v11: number,
  fx: number,
  fy: number,
  minWeight = MIN_CORNER_WEIGHT,
): number {
  const whole = (1 - fy) * ((1 - fx) * v00 + fx * v10) + fy * ((1 - fx) * v01 + fx * v11);
  if (!Number.isNaN(whole)) return whole;
  const w00 = Number.isNaN(v00) ? 0 : (1 - fx) * (1 - fy);
  const w10 = Number.isNaN(v10) ? 0 : fx * (1 - fy);
  const w01 = Number.isNaN(v01) ? 0 : (1 - fx) * fy;
  const w11 = Number.isNaN(v11) ? 0 : fx * fy;
  const weight = w00 + w10 + w01 + w11;
  if (weight === 0 || weight < minWeight) return Number.NaN;
  const sum = (w00 && w00 * v00) + (w10 && w10 * v10) + (w01 && w01 * v01) + (w11 && w11 * v11);
  return sum / weight;
}

export type Field = Float32Array | Float64Array;

/** Corners and weights of the pixels of some rows of the target. Indices count in the read window. */
export interface Places {
  /** Another number each time that rows are prepared. */
  readonly version: number;
  readonly length: number;
  /** Columns of the read window. */
  readonly width: number;
  /** Index of the first corner of each pixel; -1 where not all four corners lie in the window. */
  readonly base: Int32Array;
  readonly fx: Float64Array;
  readonly fy: Float64Array;
}

/**
 * Interpolates where all corners have a value, and writes NaN elsewhere.
 * @returns whether there is an elsewhere; undefined when this is not its case, and nothing was written
 */
export type Interpolate = (places: Places, field: Field, out: Field, at: number) => boolean | undefined;

export interface BilinearOptions {
  /** How far to look for a valid cell where too few corners have a value, degrees of great circle; 0 not at all. */
  readonly coastDegrees?: number;
  /** A faster loop than the one in TypeScript, giving the same bits. */
  readonly interpolate?: Interpolate | undefined;
}

/**
 * Bilinear interpolation from a window of a source to a window of a target, prepared strip by strip: the corners and
 * weights of a strip's pixels are found once and serve any number of fields, each with its own missing cells.
 */
export interface Bilinear {
  readonly width: number;
  /** Rows of the target that make a strip that the processor's cache can hold. */
  readonly stripRows: number;
  /** Prepares rows [y, y + n) of the target grid, within the window. */
  prepare(y: number, n: number): void;
  /**
   * Interpolates the prepared rows of one field.
   *
   * @param field cells of the read window, row-major, NaN where missing
   * @param out n × width numbers from `at` on, written
   */
  apply(field: Field, out: Field, at?: number): void;
}

const STRIP_PIXELS = 4096;

/**
 * @param read the window of the source that fields hold, as `sourceWindow` gave it
 */
export function prepareBilinear(
  warp: Warp,
  source: GeoGrid,
  read: PixelWindow,
  { coastDegrees = COAST_SEARCH_DEGREES, interpolate }: BilinearOptions = {},
): Bilinear {
  const width = warp.window.x1 - warp.window.x0;
  const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / width));
  const strip = new Strip(warp, source, read);
  const coast = coastDegrees > 0 ? new CoastSearch(source, read, warp.turn, coastDegrees) : undefined;
  return {
    width,
    stripRows,
    prepare: (y, n) => strip.prepare(y, n),
    apply(field, out, at = 0) {
      const missing = interpolate?.(strip, field, out, at) ?? interpolateAll(strip, field, out, at);
      if (missing) strip.mend(field, out, at, coast);
    },
  };
}

function interpolateAll({ base, fx, fy, width: w, length }: Places, field: Field, out: Field, at: number) {
  let missing = false;
  for (let i = 0; i < length; i++) {
    const k = base[i]!;
    const u = fx[i]!;
    if (k < 0) {
      missing = true;
      out[at + i] = Number.NaN;
      continue;
    }
    const upper = field[k]! + u * (field[k + 1]! - field[k]!);
    const lower = field[k + w]! + u * (field[k + w + 1]! - field[k + w]!);
    const value = upper + fy[i]! * (lower - upper);
    if (Number.isNaN(value)) missing = true;
    out[at + i] = value;
  }
  return missing;
}

class Strip implements Places {
  readonly #warp: Warp;
  readonly #read: PixelWindow;
  readonly #height: number;
  readonly width: number;
  readonly #turn: number;
  readonly #sourceHeight: number;
  /** The rows that are prepared. */
  #first = Number.NaN;
  #count = 0;
  length = 0;
  version = 0;
  #cols = new Float64Array(0);
  #rows = new Float64Array(0);
  fx = new Float64Array(0);
  fy = new Float64Array(0);
  /** Index of the first corner; -1 where not all four corners lie in the window. */
  base = new Int32Array(0);
  /** Pixels that take a value though they have not four valid corners. */
  #mended = new Mended(0);
  /** Whether they are those of the last field's mask. */
  #isMended = false;

  constructor(warp: Warp, source: GeoGrid, read: PixelWindow) {
    this.#warp = warp;
    this.#read = read;
    this.#height = read.y1 - read.y0;
    this.width = read.x1 - read.x0;
    this.#turn = warp.turn;
    this.#sourceHeight = source.height;
  }

  /** Makes room for strips of so many pixels, once. */
  #reserve(pixels: number): void {
    if (pixels <= this.base.length) return;
    this.#cols = new Float64Array(pixels);
    this.#rows = new Float64Array(pixels);
    this.fx = new Float64Array(pixels);
    this.fy = new Float64Array(pixels);
    this.base = new Int32Array(pixels);
    this.#mended = new Mended(pixels);
  }

  prepare(y: number, n: number): void {
    if (y === this.#first && n === this.#count) return;
    [this.#first, this.#count] = [y, n];
    const width = this.#warp.window.x1 - this.#warp.window.x0;
    this.#reserve(n * width);
    for (let j = 0; j < n; j++) {
      const [from, to] = [j * width, (j + 1) * width];
      this.#warp.row(y + j, this.#cols.subarray(from, to), this.#rows.subarray(from, to));
    }
    this.length = n * width;
    this.version++;
    this.#isMended = false;
    const [x0, y0, lastX, lastY] = [
      this.#read.x0 + 0.5,
      this.#read.y0 + 0.5,
      this.width - 1,
      this.#height - 1,
    ];
    for (let i = 0; i < this.length; i++) {
      const x = this.#cols[i]! - x0;
      const yy = this.#rows[i]! - y0;
      const left = Math.floor(x);
      const top = Math.floor(yy);
      this.fx[i] = x - left;
      this.fy[i] = yy - top;
      const inside = left >= 0 && left < lastX && top >= 0 && top < lastY;
      this.base[i] = inside ? top * this.width + left : -1;
    }
  }

  /** Where a corner is missing: the others, or the nearest valid cell. */
  mend(field: Field, out: Field, at: number, coast: CoastSearch | undefined): void {
    const otherMask = coast?.begin(field) ?? true;
    if (otherMask || !this.#isMended) this.#findMended(field, out, at, coast);
    this.#mended.apply(field, out, at);
  }

  #findMended(field: Field, out: Field, at: number, coast: CoastSearch | undefined): void {
    const mended = this.#mended;
    mended.clear();
    for (let i = 0; i < this.length; i++) {
      if (!Number.isNaN(out[at + i]!) || Number.isNaN(this.#cols[i]!)) continue;
      const weight = this.#addCorners(field, i);
      if (weight >= MIN_CORNER_WEIGHT) mended.finish(i, weight);
      else {
        mended.drop();
        const cell = coast ? coast.nearest(this.#cols[i]!, this.#rows[i]!) : -1;
        if (cell < 0) continue;
        mended.add(cell, 1);
        mended.finish(i, 1);
      }
    }
    this.#isMended = true;
  }

  /** Adds the corners with a value, and their weights. @returns their sum. @see bilinear */
  #addCorners(field: Field, pixel: number): number {
    const x = Math.floor(this.#cols[pixel]! - 0.5);
    const y = Math.floor(this.#rows[pixel]! - 0.5);
    const [fx, fy] = [this.fx[pixel]!, this.fy[pixel]!];
    let sum = 0;
    for (let corner = 0; corner < 4; corner++) {
      const [right, down] = [corner & 1, corner >> 1];
      const weight = (right ? fx : 1 - fx) * (down ? fy : 1 - fy);
      const cell = this.#cellAt(x + right, y + down);
      if (cell < 0 || !(weight > 0) || Number.isNaN(field[cell]!)) continue;
      this.#mended.add(cell, weight);
      sum += weight;
    }
    return sum;
  }

  /** Index of a cell of the source in the read window; -1 outside. */
  #cellAt(x: number, y: number): number {
    if (y < 0 || y >= this.#sourceHeight) return -1;
    const turned = this.#turn > 0 ? x - this.#turn * Math.floor(x / this.#turn) : x;
    const [i, j] = [turned - this.#read.x0, y - this.#read.y0];
    return i >= 0 && i < this.width && j >= 0 && j < this.#height ? j * this.width + i : -1;
  }
}
