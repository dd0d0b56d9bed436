import type { GridEdges } from './grid-edges.ts';
import { smallInts } from './slab.ts';
import type { PixelWindow } from './warp.ts';

/** The edges of a zone, findable by row of the grid. */
export interface EdgeIndex extends GridEdges {
  /** Rows and columns that the zone meets, cut to the grid; undefined when it lies off the grid. */
  readonly window: PixelWindow | undefined;
  /** Edges that touch each row of the window: `list[start[r]]` to `list[start[r + 1] - 1]`. */
  readonly start: Int32Array;
  readonly list: Int32Array;
  /** 1 when outlines run so that what they hold comes out positive, else -1. */
  readonly sign: 1 | -1;
}

const NONE = new Int32Array(1);

export function indexEdges(edges: GridEdges, height: number, width: number): EdgeIndex {
  const { points } = edges;
  const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
  for (let k = 0; k < points.length; k += 2) {
    box.x0 = Math.min(box.x0, points[k]!);
    box.x1 = Math.max(box.x1, points[k]!);
    box.y0 = Math.min(box.y0, points[k + 1]!);
    box.y1 = Math.max(box.y1, points[k + 1]!);
  }
  const x0 = Math.max(0, Math.floor(box.x0));
  const x1 = Math.min(width, Math.floor(box.x1) + 1);
  const y0 = Math.max(0, Math.floor(box.y0));
  const y1 = Math.min(height, Math.floor(box.y1) + 1);
  const sign = signOf(edges);
  if (!(x0 < x1 && y0 < y1))
    return { ...edges, window: undefined, start: NONE, list: new Int32Array(0), sign };
  return { ...edges, window: { y0, y1, x0, x1 }, ...byRow(points, y0, y1), sign };
}

/** Twice the area by trapezoids to the left: its sign tells which way outlines run on this grid. */
function signOf({ points, ways }: GridEdges): 1 | -1 {
  let sum = 0;
  const from = points[0] ?? 0;
  for (let e = 0; e < ways.length; e++) {
    const k = 4 * e;
    sum += ways[e]! * (points[k + 3]! - points[k + 1]!) * (points[k]! + points[k + 2]! - 2 * from);
  }
  return sum > 0 ? -1 : 1;
}

/** Counted, then filled from the last edge to the first, so that each row has its edges in their order. */
function byRow(points: Float64Array, y0: number, y1: number): Pick<EdgeIndex, 'start' | 'list'> {
  const rows = y1 - y0;
  const start = smallInts(rows + 1);
  for (let k = 0; k < points.length; k += 4) {
    const last = Math.min(rows - 1, Math.floor(points[k + 3]!) - y0);
    for (let r = Math.max(0, Math.floor(points[k + 1]!) - y0); r <= last; r++) start[r]!++;
  }
  let end = 0;
  for (let r = 0; r < rows; r++) {
    end += start[r]!;
    start[r] = end;
  }
  start[rows] = end;
  const list = smallInts(end);
  for (let k = points.length - 4; k >= 0; k -= 4) {
    const last = Math.min(rows - 1, Math.floor(points[k + 3]!) - y0);
    for (let r = Math.max(0, Math.floor(points[k + 1]!) - y0); r <= last; r++) list[--start[r]!] = k >> 2;
  }
  return { start, list };
}

/** What floating point leaves behind right of an outline. */
const DUST = 1e-12;

/**
 * Share of each pixel's area that lies in the zone, 0..1, exact for its straight edges on the grid: each edge adds
 * the area to its right, row by row, with the sign of its way.
 *
 * @returns shares of the window's pixels, row-major
 */
export function coverage(edges: EdgeIndex, window: PixelWindow): Float64Array {
  const width = window.x1 - window.x0;
  const out = new Float64Array(width * (window.y1 - window.y0));
  const zone = edges.window;
  if (!zone) return out;
  const row = new Float64Array(width + 1);
  for (let y = Math.max(window.y0, zone.y0); y < Math.min(window.y1, zone.y1); y++) {
    row.fill(0);
    for (let k = edges.start[y - zone.y0]!; k < edges.start[y - zone.y0 + 1]!; k++) {
      addEdge(row, edges, edges.list[k]!, y, window.x0, width);
    }
    let sum = 0;
    const at = (y - window.y0) * width;
    for (let x = 0; x < width; x++) {
      sum += row[x]!;
      const share = edges.sign * sum;
      out[at + x] = share < DUST ? 0 : share > 1 - DUST ? 1 : share;
    }
  }
  return out;
}

/** Is told the pixels that belong to a zone, by their rows and columns on the grid, in order. */
export interface ShareTaker {
  /** One that belongs in part. */
  part(row: number, col: number, share: number): void;
  /** Some of a row that belong whole: the first, and the one behind the last. */
  run(row: number, from: number, to: number): void;
}

/** The same shares as `coverage`, without the pixels that have none, and whole ones by runs. */
export function eachShare(edges: EdgeIndex, window: PixelWindow, taker: ShareTaker): void {
  const zone = edges.window;
  if (!zone) return;
  const width = window.x1 - window.x0;
  const changes = rowOf(width + 1);
  const end = Math.min(window.y1, zone.y1);
  for (let y = Math.max(window.y0, zone.y0); y < end; y++) {
    const last = edges.start[y - zone.y0 + 1]!;
    for (let k = edges.start[y - zone.y0]!; k < last; k++)
      addEdge(changes, edges, edges.list[k]!, y, window.x0, width);
    tellRow(changes, width, edges.sign, { y, x0: window.x0 }, taker);
  }
}

/** Tells a row from the changes of its covered area, column by column, and leaves zeros in their place. */
function tellRow(
  changes: Float64Array,
  width: number,
  sign: 1 | -1,
  { y, x0 }: { readonly y: number; readonly x0: number },
  taker: ShareTaker,
): void {
  let sum = 0;
  let begun = -1;
  for (let x = 0, next = 0; x < width; x = next) {
    sum += changes[x]!;
    changes[x] = 0;
    for (next = x + 1; next < width && changes[next] === 0; ) next++; // where nothing changes the share is the same
    const share = sign * sum;
    if (share > 1 - DUST) {
      if (begun < 0) begun = x;
      continue;
    }
    if (begun >= 0) taker.run(y, x0 + begun, x0 + x);
    begun = -1;
    if (share >= DUST) for (let col = x; col < next; col++) taker.part(y, x0 + col, share);
  }
  if (begun >= 0) taker.run(y, x0 + begun, x0 + width);
  changes[width] = 0;
}

let kept = new Float64Array(0);

/** Zeros; one row for all zones: thousands of small ones would each make their own. */
function rowOf(length: number): Float64Array {
  if (kept.length < length) kept = new Float64Array(length);
  return kept.fill(0, 0, length);
}

/** Adds the part of an edge within one row. `row[x]` is the change of covered area from column x - 1 to x. */
function addEdge(
  row: Float64Array,
  { points, ways }: EdgeIndex,
  e: number,
  y: number,
  left: number,
  width: number,
): void {
  const x0 = points[4 * e]!;
  const y0 = points[4 * e + 1]!;
  const x1 = points[4 * e + 2]!;
  const y1 = points[4 * e + 3]!;
  const top = Math.max(y, y0);
  const bottom = Math.min(y + 1, y1);
  const height = bottom - top;
  if (!(height > 0)) return;
  const slope = (x1 - x0) / (y1 - y0);
  const xa = (top === y0 ? x0 : x0 + (top - y0) * slope) - left;
  const xb = (bottom === y1 ? x1 : x0 + (bottom - y0) * slope) - left;
  addPiece(row, Math.min(xa, xb), Math.max(xa, xb), height * ways[e]!, width);
}

/** Spreads a piece from column position a to b over the columns that it crosses; what is left of the window counts whole. */
function addPiece(row: Float64Array, a: number, b: number, height: number, width: number): void {
  if (a >= width) return;
  if (b <= 0) {
    row[0]! += height;
    return;
  }
  if (a === b) {
    addWithin(row, Math.floor(a), a - Math.floor(a), height);
    return;
  }
  const perColumn = height / (b - a);
  if (a < 0) row[0]! += -a * perColumn;
  let from = Math.max(0, a);
  const end = Math.min(b, width);
  while (from < end) {
    const column = Math.floor(from);
    const to = Math.min(column + 1, end);
    addWithin(row, column, (from + to) / 2 - column, (to - from) * perColumn);
    from = to;
  }
}

/** A piece whose middle lies at a share of one column covers the rest of that column, and all columns after it. */
function addWithin(row: Float64Array, column: number, share: number, height: number): void {
  row[column]! += height * (1 - share);
  row[column + 1]! += height * share;
}

/** How a pixel's centre lies to a zone. */
export const OUTSIDE = 0;
export const INSIDE = 1;
export const ON_EDGE = 2;

/**
 * Tells for each pixel whether its centre lies in the zone by the even-odd rule, holes left out, or exactly on its
 * edge.
 *
 * @returns `OUTSIDE`, `INSIDE` or `ON_EDGE`, row-major
 */
export function centres(edges: EdgeIndex, window: PixelWindow): Uint8Array {
  const width = window.x1 - window.x0;
  const out = new Uint8Array(width * (window.y1 - window.y0));
  const zone = edges.window;
  if (!zone) return out;
  for (let y = Math.max(window.y0, zone.y0); y < Math.min(window.y1, zone.y1); y++) {
    const at = (y - window.y0) * width;
    markRow(out.subarray(at, at + width), edges, y, zone.y0, window.x0);
  }
  return out;
}

function markRow(
  out: Uint8Array,
  { points, start, list }: EdgeIndex,
  y: number,
  first: number,
  left: number,
): void {
  const centre = y + 0.5;
  const crossings: number[] = [];
  const touched: number[] = [];
  for (let k = start[y - first]!; k < start[y - first + 1]!; k++) {
    const e = 4 * list[k]!;
    const [x0, y0, x1, y1] = [points[e]!, points[e + 1]!, points[e + 2]!, points[e + 3]!];
    if (y0 <= centre && centre < y1) crossings.push(x0 + (centre - y0) * ((x1 - x0) / (y1 - y0)));
    else if (y0 === centre && y1 === centre) touched.push(Math.min(x0, x1), Math.max(x0, x1));
    else if (y1 === centre) touched.push(x1, x1);
  }
  crossings.sort((a, b) => a - b);
  for (let k = 0; k + 1 < crossings.length; k += 2) mark(out, crossings[k]!, crossings[k + 1]!, left, INSIDE);
  for (const x of crossings) mark(out, x, x, left, ON_EDGE);
  for (let k = 0; k < touched.length; k += 2) mark(out, touched[k]!, touched[k + 1]!, left, ON_EDGE);
}

/** Marks the pixels whose centres lie from one column position to another, both included. */
function mark(out: Uint8Array, from: number, to: number, left: number, value: number): void {
  const begin = Math.max(0, Math.ceil(from - 0.5) - left);
  const end = Math.min(out.length, Math.floor(to - 0.5) - left + 1);
  if (begin < end) out.fill(value, begin, end);
}
