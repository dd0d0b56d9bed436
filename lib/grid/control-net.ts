import { type Locator, nearTurn } from './locator.ts';
import type { Size2 } from './region.ts';

/** Places of the target, from (i0, j0) to (i1, j1). */
export interface Box {
  readonly i0: number;
  readonly i1: number;
  readonly j0: number;
  readonly j1: number;
}

/**
 * A cell of the net with the source positions of its corners, or quarters in its stead. Columns are counted on from
 * the first corner's without a jump at the seam of the source.
 */
export interface Cell extends Box {
  /** Column and row at (i0, j0), (i1, j0), (i0, j1), (i1, j1). */
  readonly corners: Float64Array;
  readonly parts?: readonly Cell[];
}

/** Sampling sees a smooth error only nearly at its largest: half of the bound is kept in hand. */
const IN_HAND = 0.5;
/** Cells up to this size that are outside at all nine places are taken to be outside. */
const OUTSIDE_PIXELS = 8;

/**
 * Cells side by side, row by row, between whose corners positions may be interpolated; or that are divided until they may,
 * in the end down to single pixels. What neighbours share is located once.
 *
 * @param is edges of the cells, rising; @param js likewise
 * @param offset place of index 0 in its pixel: 0.5 for centres, 0 for outlines
 * @param maxError bound on the distance to the exact position, source pixels
 * @param frame the source, where cells that lie off it need not be exact
 */
export function makeCells(
  source: Locator,
  is: readonly number[],
  js: readonly number[],
  offset: number,
  maxError: number,
  frame?: Size2,
): Cell[] {
  const cells: Cell[] = [];
  const xs = withMiddles(is);
  const line = (j: number): Line => locateLine(source, xs, j, offset);
  let above = line(js[0]!);
  for (let b = 1; b < js.length; b++) {
    const [j0, j1] = [js[b - 1]!, js[b]!];
    const lines = [above, line(middle(j0, j1)), line(j1)] as const;
    for (let a = 1; a < is.length; a++) {
      const places = placesOf(lines, 2 * (a - 1), source.period);
      cells.push(makeCell({ i0: is[a - 1]!, i1: is[a]!, j0, j1 }, places));
    }
    above = lines[2];
  }
  return cells;

  function makeCell(box: Box, { cols, rows }: Line): Cell {
    const corners = new Float64Array(8);
    for (let k = 0; k < 4; k++) {
      corners[2 * k] = cols[CORNERS[k]!]!;
      corners[2 * k + 1] = rows[CORNERS[k]!]!;
    }
    const whole = { ...box, corners };
    const size = Math.max(box.i1 - box.i0, box.j1 - box.j0);
    if (size <= 1 || isGood(box, size, cols, rows)) return whole;
    const [across, down] = [halves(box.i0, box.i1), halves(box.j0, box.j1)];
    return { ...whole, parts: makeCells(source, across, down, offset, maxError, frame) };
  }

  function isGood(box: Box, size: number, cols: Float64Array, rows: Float64Array): boolean {
    if (cols.every(Number.isNaN)) return size <= OUTSIDE_PIXELS;
    const error = worstError(cols, rows, box, source.period);
    if (error <= maxError * IN_HAND) return true;
    const around = maxError + error / IN_HAND;
    return (
      frame !== undefined &&
      (isOff(rows, frame.height, around) || (source.period === 0 && isOff(cols, frame.width, around)))
    );
  }
}

/** Whether all positions lie beyond one end of a side, further than by `around`; never when that is not known. */
const isOff = (positions: Float64Array, length: number, around: number): boolean =>
  positions.every((p) => p < -around) || positions.every((p) => p > length + around);

const middle = (from: number, to: number): number => (from + to) >> 1;

const withMiddles = (edges: readonly number[]): number[] =>
  edges.flatMap((edge, k) => (k === 0 ? [edge] : [middle(edges[k - 1]!, edge), edge]));

const halves = (from: number, to: number): number[] =>
  to - from > 1 ? [from, middle(from, to), to] : [from, to];

/** Positions of places. */
interface Line {
  readonly cols: Float64Array;
  readonly rows: Float64Array;
}

function locateLine({ locate }: Locator, is: readonly number[], j: number, offset: number): Line {
  const cols = new Float64Array(is.length);
  const rows = new Float64Array(is.length);
  const at = { col: 0, row: 0 };
  for (const [k, i] of is.entries()) {
    locate(i + offset, j + offset, at);
    cols[k] = at.col;
    rows[k] = at.row;
  }
  return { cols, rows };
}

/** Which of the nine places of a cell are its corners. */
const CORNERS = [0, 2, 6, 8] as const;
/** Made once: V8 asks the system for typed arrays of more than 64 bytes. */
const NINE: Line = { cols: new Float64Array(9), rows: new Float64Array(9) };

/** Positions at the nine places of a cell, row by row: corners, middles of edges, middle; others at the next call. */
function placesOf(lines: readonly Line[], from: number, period: number): Line {
  const { cols, rows } = NINE;
  let first = Number.NaN;
  for (let j = 0; j < 3; j++) {
    const line = lines[j]!;
    for (let i = 0; i < 3; i++) {
      const col = line.cols[from + i]!;
      if (Number.isNaN(first)) first = col;
      cols[3 * j + i] = nearTurn(col, first, period);
      rows[3 * j + i] = line.rows[from + i]!;
    }
  }
  return NINE;
}

/** Distance between interpolated and exact positions, the worst of the nine places; Infinity when one is outside. */
function worstError(cols: Float64Array, rows: Float64Array, { i0, i1, j0, j1 }: Box, period: number): number {
  const us = [0, (middle(i0, i1) - i0) / (i1 - i0), 1];
  const vs = [0, (middle(j0, j1) - j0) / (j1 - j0), 1];
  let worst = 0;
  for (let k = 0; k < 9; k++) {
    const [u, v] = [us[k % 3]!, vs[Math.floor(k / 3)]!];
    const dCol = nearTurn(between(cols, u, v) - cols[k]!, 0, period);
    const error = Math.hypot(dCol, between(rows, u, v) - rows[k]!);
    if (Number.isNaN(error)) return Infinity;
    worst = Math.max(worst, error);
  }
  return worst;
}

const between = (p: Float64Array, u: number, v: number): number =>
  (1 - v) * ((1 - u) * p[0]! + u * p[2]!) + v * ((1 - u) * p[6]! + u * p[8]!);

/**
 * Places [from, to) of one row, whose positions go on in equal steps: that of place i is
 * (line[0] + (i − i0)·line[2], line[1] + (i − i0)·line[3]). The line is another one at the next call: doubles as arguments
 * would each be put on the heap.
 */
export type VisitSegment = (from: number, to: number, i0: number, line: Float64Array) => void;

const LINE = new Float64Array(4);

/** Visits the segments of row j between places `from` and `to`. */
export function visitRow(cell: Cell, j: number, from: number, to: number, visit: VisitSegment): void {
  if (cell.parts) {
    for (const part of cell.parts) if (j >= part.j0 && j < part.j1) visitRow(part, j, from, to, visit);
    return;
  }
  const { i0, i1, j0, j1, corners: p } = cell;
  const n = i1 - i0;
  // A single pixel stands for itself: its other corners may lie outside.
  const single = n === 1 && j1 - j0 === 1;
  const v = (j - j0) / (j1 - j0);
  const col = single ? p[0]! : p[0]! + v * (p[4]! - p[0]!);
  const row = single ? p[1]! : p[1]! + v * (p[5]! - p[1]!);
  const colStep = single ? 0 : (p[2]! + v * (p[6]! - p[2]!) - col) / n;
  const rowStep = single ? 0 : (p[3]! + v * (p[7]! - p[3]!) - row) / n;
  const first = Math.max(i0, from);
  const end = Math.min(i1, to);
  if (first >= end) return;
  LINE[0] = col;
  LINE[1] = row;
  LINE[2] = colStep;
  LINE[3] = rowStep;
  visit(first, end, i0, LINE);
}

/** Rows and columns of places, half-open. */
export interface Places {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** A cell that is not divided, and which of its places are asked for. */
export type VisitCell = (cell: Cell, part: Places) => void;

/** Visits the parts of a cell, as far as they have any of these places. */
export function visitCell(cell: Cell, places: Places, visit: VisitCell): void {
  const y0 = Math.max(cell.j0, places.y0);
  const y1 = Math.min(cell.j1, places.y1);
  const x0 = Math.max(cell.i0, places.x0);
  const x1 = Math.min(cell.i1, places.x1);
  if (y0 >= y1 || x0 >= x1) return;
  if (cell.parts) for (const part of cell.parts) visitCell(part, places, visit);
  else visit(cell, { y0, y1, x0, x1 });
}
