import type { Cells } from './cells.ts';
import { ClassTally, canMeet } from './class-tally.ts';
import type { GeoGrid } from './geo-grid.ts';
import { type PixelWindow, reachOf, type Warp, warpWindow } from './warp.ts';

/** A cell with less than this share of its fine pixels valid has no fractions (spec casa.md 1.7). */
export const MIN_VALID_FRACTION = 0.5;
/** Fine pixels go to the coarse pixel that holds their centre: to 1/200 of a coarse pixel. */
const ASSIGNMENT_ERROR = 0.005;

/**
 * Counts fine pixels by class in the pixels of a coarse window. A fine pixel belongs to the coarse pixel that holds
 * its centre. Feed it the fine source band by band, each band once; every fine pixel is visited once.
 *
 * @see spec casa.md 1.7
 */
export class ClassCounts {
  readonly classes: number;
  readonly width: number;
  readonly height: number;
  readonly #target: GeoGrid;
  readonly #window: PixelWindow;
  readonly #source: GeoGrid;
  readonly #tally: ClassTally;
  readonly #counts: Uint32Array;
  readonly #stride: number;
  #warp: Warp | undefined;

  constructor(target: GeoGrid, window: PixelWindow, source: GeoGrid, classes: number) {
    this.classes = classes;
    this.width = window.x1 - window.x0;
    this.height = window.y1 - window.y0;
    this.#target = target;
    this.#window = window;
    this.#source = source;
    this.#tally = new ClassTally(window, classes);
    this.#counts = this.#tally.counts;
    this.#stride = this.#tally.stride;
    for (const band of beyondSource(reachOf(target, window, source), window, source))
      this.#tally.visit(this.#warpOf(band), band);
  }

  /**
   * The columns of a band whose pixels can fall into the window: on a slanting grid, not all that its box holds.
   * @returns the band without the others; undefined when none falls in
   */
  narrow(band: PixelWindow): PixelWindow | undefined {
    const { cells } = this.#warpOf(band);
    if (!cells) return band;
    let [x0, x1] = [band.x1, band.x0];
    cells(band, (cell, part) => {
      if (!canMeet(this.#window, cell, part)) return;
      x0 = Math.min(x0, part.x0);
      x1 = Math.max(x1, part.x1);
    });
    return x0 < x1 ? { ...band, x0, x1 } : undefined;
  }

  /** Kept from `narrow` for what is left of its band: the control points are the same. */
  #warpOf(band: PixelWindow): Warp {
    const known = this.#warp;
    if (known?.cells && holdsRows(known.window, band)) return known;
    this.#warp = warpWindow(this.#source, band, this.#target, { maxError: ASSIGNMENT_ERROR, keep: true });
    return this.#warp;
  }

  /**
   * Counts one band of the fine source.
   *
   * @param codes stored codes of the band, row-major
   * @param classOf class index by code, `FILL` or `UNKNOWN`; a code beyond its end is unknown
   */
  add(band: PixelWindow, codes: Cells, classOf: Int16Array): void {
    this.#tally.visit(this.#warpOf(band), band, { codes, classOf });
  }

  /** Fine pixels that fall into the window, by codes that the legend does not know. */
  get unknownCodes(): Readonly<Record<number, number>> {
    return this.#tally.unknownCodes;
  }

  /** Fine pixels whose code the legend does not know, where they fall into the window. */
  get unknown(): number {
    return Object.values(this.unknownCodes).reduce((sum, count) => sum + count, 0);
  }

  /** Fine pixels with a class in a coarse pixel. */
  valid(pixel: number): number {
    const at = pixel * this.#stride;
    let sum = 0;
    for (let c = 0; c < this.classes; c++) sum += this.#counts[at + c]!;
    return sum;
  }

  /** All fine pixels of a coarse pixel, with or without a class. */
  #all(pixel: number): number {
    return this.valid(pixel) + this.#counts[pixel * this.#stride + this.classes]!;
  }

  /** Share of a coarse pixel's fine pixels that have a class; those beyond the source's edge count as without. */
  validFraction(pixel: number): number {
    const all = this.#all(pixel);
    return all === 0 ? 0 : this.valid(pixel) / all;
  }

  /**
   * The class that most fine pixels have; of two with equally many the lower index.
   *
   * @param minValid share of the fine pixels that must have a class; any one suffices by default
   * @returns -1 where too few have one
   */
  majority(pixel: number, minValid = 0): number {
    if (minValid === 0) {
      const from = pixel * this.#stride;
      const most = indexOfMost(this.#counts, from, this.classes);
      return this.#counts[from + most]! > 0 ? most : -1;
    }
    const valid = this.valid(pixel);
    if (valid === 0 || valid < minValid * this.#all(pixel)) return -1;
    return indexOfMost(this.#counts, pixel * this.#stride, this.classes);
  }

  /** The majority of every pixel, row-major; -1 where there is none. */
  majorities(minValid = 0): Int16Array {
    return Int16Array.from({ length: this.width * this.height }, (_, pixel) =>
      this.majority(pixel, minValid),
    );
  }

  /**
   * Share of each class among the fine pixels that have one, summing to one.
   *
   * @param out `classes` numbers from `at` on, written; NaN where less than `minValid` of the fine pixels have a class
   */
  fractions(pixel: number, out: Float64Array | Float32Array, at = 0, minValid = MIN_VALID_FRACTION): void {
    const valid = this.valid(pixel);
    const known = valid > 0 && valid >= minValid * this.#all(pixel);
    const from = pixel * this.#stride;
    for (let c = 0; c < this.classes; c++) out[at + c] = known ? this.#counts[from + c]! / valid : Number.NaN;
  }
}

/** Whether a window has just the rows of a band, and at least its columns. */
const holdsRows = (window: PixelWindow, band: PixelWindow): boolean =>
  window.y0 === band.y0 && window.y1 === band.y1 && window.x0 <= band.x0 && window.x1 >= band.x1;

/** The first of the largest of `length` counts from `from` on, counted from there. */
export function indexOfMost(counts: ArrayLike<number>, from = 0, length = counts.length - from): number {
  let most = 0;
  for (let i = 1; i < length; i++) if (counts[from + i]! > counts[from + most]!) most = i;
  return most;
}

/**
 * The parts of the fine lattice that the source does not hold, as far as coarse pixels on its edge reach: two or three
 * of their widths.
 */
function beyondSource(
  reach: PixelWindow | undefined,
  window: PixelWindow,
  { height, width }: GeoGrid,
): PixelWindow[] {
  if (!reach) return [];
  const fine = Math.hypot(reach.x1 - reach.x0, reach.y1 - reach.y0);
  const around = Math.ceil((3 * fine) / Math.hypot(window.x1 - window.x0, window.y1 - window.y0));
  const x0 = Math.max(reach.x0, -around);
  const x1 = Math.min(reach.x1, width + around);
  const y0 = Math.max(reach.y0, -around);
  const y1 = Math.min(reach.y1, height + around);
  const [top, bottom] = [Math.max(y0, 0), Math.min(y1, height)];
  const parts = [
    { y0, y1: Math.min(y1, 0), x0, x1 },
    { y0: Math.max(y0, height), y1, x0, x1 },
    { y0: top, y1: bottom, x0, x1: Math.min(x1, 0) },
    { y0: top, y1: bottom, x0: Math.max(x0, width), x1 },
  ];
  return parts.filter((p) => p.y0 < p.y1 && p.x0 < p.x1);
}
