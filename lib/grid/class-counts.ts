import type { Cells } from './cells.ts';
import type { VisitSegment } from './control-net.ts';
import type { GeoGrid } from './geo-grid.ts';
import { type PixelWindow, reachOf, type Warp, warpWindow } from './warp.ts';

/** A cell with less than this share of its fine pixels valid has no fractions (spec casa.md 1.7). */
export const MIN_VALID_FRACTION = 0.5;
/** A code that means "no data here". */
export const FILL = -1;
/** A code that the legend does not know. */
export const UNKNOWN = -2;

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
  /** Fine pixels that fall into the window, by codes that the legend does not know. */
  readonly unknownCodes: Record<number, number> = {};
  readonly #target: GeoGrid;
  readonly #window: PixelWindow;
  readonly #source: GeoGrid;
  /** `[pixel][class]`, and behind the classes of each pixel its fine pixels without one. */
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
    this.#stride = classes + 1;
    this.#counts = new Uint32Array(this.width * this.height * this.#stride);
    for (const band of beyondSource(reachOf(target, window, source), window, source)) this.#visit(band);
  }

  /**
   * The columns of a band whose pixels can fall into the window: on a slanting grid, not all that its box holds.
   * @returns the band without the others; undefined when none falls in
   */
  narrow(band: PixelWindow): PixelWindow | undefined {
    const { segments } = this.#warpOf(band);
    if (!segments) return band;
    let [x0, x1] = [band.x1, band.x0];
    for (let y = band.y0; y < band.y1; y++) {
      segments(y, (from, to, i0, line) => {
        const place = segmentPlace(this.#window, from - i0, to - i0, line);
        if (place === OUTSIDE) return;
        x0 = Math.min(x0, from);
        x1 = Math.max(x1, to);
      });
    }
    return x0 < x1 ? { ...band, x0, x1 } : undefined;
  }

  /** Kept from `narrow` for what is left of its band: the control points are the same. */
  #warpOf(band: PixelWindow): Warp {
    const known = this.#warp;
    if (known?.segments && holdsRows(known.window, band)) return known;
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
    this.#visit(band, codes, classOf);
  }

  #visit(band: PixelWindow, codes?: Cells, classOf?: Int16Array): void {
    const warp = this.#warpOf(band);
    if (warp.segments) {
      this.#visitSegments(band, warp.segments, codes, classOf);
      return;
    }
    const width = band.x1 - band.x0;
    const cols = new Float64Array(width);
    const rows = new Float64Array(width);
    const { x0, x1, y0, y1 } = this.#window;
    const { width: across, classes } = this;
    const [stride, counts] = [this.#stride, this.#counts];
    for (let y = band.y0; y < band.y1; y++) {
      warp.row(y, cols, rows);
      const at = (y - band.y0) * width;
      for (let i = 0; i < width; i++) {
        const col = cols[i]!;
        const row = rows[i]!;
        if (!(col >= x0 && col < x1 && row >= y0 && row < y1)) continue;
        // within the window places are not negative: |0 rounds them down
        const pixel = (((row | 0) - y0) * across + (col | 0) - x0) * stride;
        const index = codes ? (classOf![codes[at + i]!] ?? UNKNOWN) : FILL;
        counts[pixel + (index < 0 ? classes : index)]!++;
        if (index === UNKNOWN) this.#countUnknown(codes![at + i]!);
      }
    }
  }

  /** As `#visit`, without looking at the pixels of segments that miss the window. */
  #visitSegments(
    band: PixelWindow,
    segments: NonNullable<Warp['segments']>,
    codes: Cells | undefined,
    classOf: Int16Array | undefined,
  ): void {
    const window = this.#window;
    const { x0, x1, y0, y1 } = window;
    const { width: across } = this;
    const [stride, counts] = [this.#stride, this.#counts];
    let at = 0;
    const visit: VisitSegment = (from, to, i0, line) => {
      const place = segmentPlace(window, from - i0, to - i0, line);
      if (place === OUTSIDE) return;
      const col = line[0]!;
      const row = line[1]!;
      const colStep = line[2]!;
      const rowStep = line[3]!;
      const [first, end] = [from - i0, to - i0];
      // within the window places are not negative: |0 rounds them down
      const top = (row + first * rowStep) | 0;
      if (place === INSIDE && codes && top === ((row + (end - 1) * rowStep) | 0)) {
        const base = ((top - y0) * across - x0) * stride;
        // neighbours of one code in one pixel are counted at once
        for (let k = first, i = at + from; k < end; ) {
          const column = (col + k * colStep) | 0;
          const code = codes[i]!;
          const start = k;
          do {
            k++;
            i++;
          } while (k < end && codes[i] === code && ((col + k * colStep) | 0) === column);
          const pixel = base + column * stride;
          const index = classOf![code]!;
          if (index >= 0) counts[pixel + index]! += k - start;
          else this.#countOther(pixel, index, code, k - start);
        }
        return;
      }
      for (let k = first, i = at + from; k < end; k++, i++) {
        const c = col + k * colStep;
        const r = row + k * rowStep;
        if (place !== INSIDE && !(c >= x0 && c < x1 && r >= y0 && r < y1)) continue;
        const pixel = (((r | 0) - y0) * across + (c | 0) - x0) * stride;
        const index = codes ? classOf![codes[i]!] : FILL;
        if (index !== undefined && index >= 0) counts[pixel + index]!++;
        else this.#countOther(pixel, index, codes?.[i]);
      }
    };
    for (let y = band.y0; y < band.y1; y++) {
      at = (y - band.y0) * (band.x1 - band.x0) - band.x0;
      segments(y, visit, band);
    }
  }

  /** Fine pixels without a class: fill, or a code that the legend does not know. */
  #countOther(pixel: number, index: number | undefined, code: number | undefined, times = 1): void {
    this.#counts[pixel + this.classes]! += times;
    if (index !== FILL && code !== undefined) this.#countUnknown(code, times);
  }

  #countUnknown(code: number, times = 1): void {
    this.unknownCodes[code] = (this.unknownCodes[code] ?? 0) + times;
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

const OUTSIDE = 0;
const ACROSS = 1;
const INSIDE = 2;

/** Whether all places of a segment, some or none can lie in a window: steps are equal, so its ends tell. */
function segmentPlace(
  { x0, x1, y0, y1 }: PixelWindow,
  first: number,
  end: number,
  line: Float64Array,
): number {
  const c0 = line[0]! + first * line[2]!;
  const c1 = line[0]! + (end - 1) * line[2]!;
  const r0 = line[1]! + first * line[3]!;
  const r1 = line[1]! + (end - 1) * line[3]!;
  const left = Math.min(c0, c1);
  const right = Math.max(c0, c1);
  const top = Math.min(r0, r1);
  const bottom = Math.max(r0, r1);
  if (!(right >= x0 && left < x1 && bottom >= y0 && top < y1)) return OUTSIDE;
  return left >= x0 && right < x1 && top >= y0 && bottom < y1 ? INSIDE : ACROSS;
}

/** The first of the largest of `length` counts from `from` on, counted from there. */
export function indexOfMost(counts: ArrayLike<number>, from = 0, length = counts.length - from): number {
  let most = 0;
  for (let i = 1; i < length; i++) if (counts[from + i]! > counts[from + most]!) most = i;
  return most;
}

/**
 * @param legend class index by stored code; a negative index means fill
 * @param codes one more than the largest code that may be stored
 */
export function classTable(legend: Readonly<Record<number, number>>, codes = 256): Int16Array {
  const table = new Int16Array(codes).fill(UNKNOWN);
  for (const [code, index] of Object.entries(legend)) table[Number(code)] = index < 0 ? FILL : index;
  return table;
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
