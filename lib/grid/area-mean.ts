import { apply } from './affine.ts';
import { cellAreas } from './area.ts';
import type { Field } from './bilinear.ts';
import { eachShare, indexEdges } from './coverage.ts';
import type { GeoGrid } from './geo-grid.ts';
import { nearTurn } from './locator.ts';
import { type PixelWindow, warpWindow } from './warp.ts';

/**
 * Conservative resampling from a window of a source to a window of a target, row by row: a pixel is the mean of the
 * source pixels that it covers, each weighed by the area that it covers of them.
 *
 * @see spec beps.md 1.2
 */
export interface AreaMean {
  /** Finds what the pixels of one row of the target cover; serves any number of fields. */
  prepare(y: number): void;
  /**
   * @param field cells of the read window, row-major, NaN where missing
   * @param out a number a column from `at` on, written; NaN where no source pixel under it has a value
   */
  apply(field: Field, out: Field, at: number): void;
}

/** Bound on the distance of outlines to their exact places, in source pixels. */
const OUTLINE_ERROR = 0.01;
/** Outlines that meet source pixels but for rounding cover no more of them. */
const LAST_DIGITS = 1e-6;
/** An outline whose middle lies this part of its size from the pixel's centre is torn by the edge of a map. */
const TORN = 0.25;

/** @param read the window of the source that fields hold, as `sourceWindow` gave it */
export function prepareMean(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  read: PixelWindow,
): AreaMean {
  const outlines = outlinesOf(target, window, source);
  const covered = new Covered(source, read, outlines.turn);
  const width = window.x1 - window.x0;
  return {
    prepare(y) {
      covered.clear();
      outlines.row(y, (quad, col, row) => covered.add(quad, col, row));
    },
    apply(field, out, at) {
      for (let i = 0; i < width; i++) out[at + i] = covered.mean(i, field);
    },
  };
}

/** Columns and rows of a pixel's corners, in order around it: `[col, row] x 4`. */
type Quad = Float64Array;

/** Outlines of a window's pixels on the source, each with where the pixel's centre lies. */
function outlinesOf(target: GeoGrid, window: PixelWindow, source: GeoGrid) {
  const { y0, y1, x0, x1 } = window;
  const [a, b, , d, e] = target.transform;
  const [left, top] = apply(target.transform, -0.5, -0.5);
  const corners: GeoGrid = {
    crs: target.crs,
    transform: [a, b, left, d, e, top],
    height: target.height + 1,
    width: target.width + 1,
  };
  const options = { maxError: OUTLINE_ERROR };
  const outer = warpWindow(corners, { y0, y1: y1 + 1, x0, x1: x1 + 1 }, source, options);
  const centres = warpWindow(target, window, source, options);
  const line = (n: number) => ({ cols: new Float64Array(n), rows: new Float64Array(n) });
  const width = x1 - x0;
  const [upper, lower, middle] = [line(width + 1), line(width + 1), line(width)];
  const quad = new Float64Array(8);
  const { turn } = centres;
  return {
    turn,
    row(y: number, visit: (quad: Quad, col: number, row: number) => void): void {
      outer.row(y, upper.cols, upper.rows);
      outer.row(y + 1, lower.cols, lower.rows);
      centres.row(y, middle.cols, middle.rows);
      for (let i = 0; i < width; i++) {
        const col = middle.cols[i]!;
        const corner = (k: number, { cols, rows }: typeof upper, x: number): void => {
          quad[k] = snap(nearTurn(cols[x]!, col, turn));
          quad[k + 1] = snap(rows[x]!);
        };
        corner(0, upper, i);
        corner(2, upper, i + 1);
        corner(4, lower, i + 1);
        corner(6, lower, i);
        visit(quad, col, middle.rows[i]!);
      }
    },
  };
}

function snap(place: number): number {
  const near = Math.round(place);
  return Math.abs(place - near) < LAST_DIGITS ? near : place;
}

/** What the pixels of one row cover of the read window: cells and areas; those of pixel i up to `ends[i]`. */
class Covered {
  readonly #read: PixelWindow;
  readonly #turn: number;
  readonly #areas: Float64Array;
  readonly #ends: number[] = [];
  readonly #cells: number[] = [];
  readonly #weights: number[] = [];

  constructor(source: GeoGrid, read: PixelWindow, turn: number) {
    this.#read = read;
    this.#turn = turn;
    this.#areas = cellAreas(source, read);
  }

  clear(): void {
    this.#ends.length = 0;
    this.#cells.length = 0;
    this.#weights.length = 0;
  }

  /** The next pixel of the row; one whose outline is torn or cannot be shown takes the source pixel under its centre. */
  add(quad: Quad, col: number, row: number): void {
    const box = boxOf(quad);
    if (isWhole(quad, box, col, row)) this.#addQuad(quad, box);
    else this.#take(Math.floor(col), Math.floor(row), 1);
    this.#ends.push(this.#cells.length);
  }

  #addQuad(quad: Quad, { x0, y0, x1, y1 }: PixelWindow): void {
    if (isUpright(quad)) {
      this.#addBox(quad);
      return;
    }
    const edges = indexEdges(edgesOf(quad, x0, y0), y1 - y0, x1 - x0);
    eachShare(
      edges,
      { y0: 0, y1: y1 - y0, x0: 0, x1: x1 - x0 },
      {
        part: (row, col, share) => this.#take(x0 + col, y0 + row, share),
        run: (row, from, to) => {
          for (let col = from; col < to; col++) this.#take(x0 + col, y0 + row, 1);
        },
      },
    );
  }

  /** The outline of a pixel whose sides run along those of the source. */
  #addBox(quad: Quad): void {
    const [left, right] = [Math.min(quad[0]!, quad[4]!), Math.max(quad[0]!, quad[4]!)];
    const [top, bottom] = [Math.min(quad[1]!, quad[5]!), Math.max(quad[1]!, quad[5]!)];
    for (let y = Math.floor(top); y < bottom; y++) {
      const height = Math.min(y + 1, bottom) - Math.max(y, top);
      for (let x = Math.floor(left); x < right; x++)
        this.#take(x, y, height * (Math.min(x + 1, right) - Math.max(x, left)));
    }
  }

  #take(col: number, row: number, share: number): void {
    const { x0, x1, y0, y1 } = this.#read;
    const x = this.#turn > 0 ? col - this.#turn * Math.floor(col / this.#turn) : col;
    if (!(x >= x0 && x < x1 && row >= y0 && row < y1)) return;
    const cell = (row - y0) * (x1 - x0) + x - x0;
    const weight = share * this.#areas[cell]!;
    if (!(weight > 0)) return; // beyond what the source's projection can show
    this.#cells.push(cell);
    this.#weights.push(weight);
  }

  mean(i: number, field: Field): number {
    let [sum, weight, n] = [0, 0, 0];
    let last = Number.NaN;
    for (let k = i > 0 ? this.#ends[i - 1]! : 0; k < this.#ends[i]!; k++) {
      const value = field[this.#cells[k]!]!;
      if (Number.isNaN(value)) continue;
      sum += this.#weights[k]! * value;
      weight += this.#weights[k]!;
      last = value;
      n++;
    }
    return n > 1 ? sum / weight : last; // one alone keeps its bits
  }
}

function boxOf(quad: Quad): PixelWindow {
  return {
    x0: Math.floor(Math.min(quad[0]!, quad[2]!, quad[4]!, quad[6]!)),
    x1: Math.ceil(Math.max(quad[0]!, quad[2]!, quad[4]!, quad[6]!)),
    y0: Math.floor(Math.min(quad[1]!, quad[3]!, quad[5]!, quad[7]!)),
    y1: Math.ceil(Math.max(quad[1]!, quad[3]!, quad[5]!, quad[7]!)),
  };
}

/** Whether an outline lies around its centre, as one does that no edge of a map tears apart. */
function isWhole(quad: Quad, { x0, x1, y0, y1 }: PixelWindow, col: number, row: number): boolean {
  const x = (quad[0]! + quad[2]! + quad[4]! + quad[6]!) / 4;
  const y = (quad[1]! + quad[3]! + quad[5]! + quad[7]!) / 4;
  return Math.abs(x - col) <= TORN * (x1 - x0) && Math.abs(y - row) <= TORN * (y1 - y0);
}

const isUpright = (quad: Quad): boolean =>
  quad[0] === quad[6] && quad[2] === quad[4] && quad[1] === quad[3] && quad[5] === quad[7];

/** The four sides, counted from a source pixel, each from its upper end to its lower one. */
function edgesOf(quad: Quad, left: number, top: number) {
  const points = new Float64Array(16);
  const ways = new Int8Array(4);
  for (let k = 0; k < 4; k++) {
    const [from, to] = [2 * k, (2 * k + 2) % 8];
    const down = quad[from + 1]! <= quad[to + 1]!;
    const [upper, lower] = down ? [from, to] : [to, from];
    points.set(
      [quad[upper]! - left, quad[upper + 1]! - top, quad[lower]! - left, quad[lower + 1]! - top],
      4 * k,
    );
    ways[k] = down ? 1 : -1;
  }
  return { points, ways };
}
