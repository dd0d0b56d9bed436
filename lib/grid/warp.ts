import {
  type Cell,
  makeCells,
  type VisitCell,
  type VisitSegment,
  visitCell,
  visitRow,
} from './control-net.ts';
import type { GeoGrid } from './geo-grid.ts';
import { type Locator, locator, spansTurn } from './locator.ts';
import type { Region } from './region.ts';

/** Rows and columns of a grid, half-open. */
export type PixelWindow = Pick<Region, 'y0' | 'y1' | 'x0' | 'x1'>;

/**
 * Where the pixel centres of a target window lie on a source grid, in pixels from its outer corner: the centre of the
 * first pixel is (0.5, 0.5). Positions may lie outside the source; NaN where the source's CRS cannot show the place.
 * A pixel's position does not depend on the window that it is asked with.
 */
export interface Warp {
  readonly window: PixelWindow;
  /**
   * Columns of a full turn of longitude when the source spans it, so that column `turn` is column 0 again; else 0.
   * Positions are in [0, turn) then.
   */
  readonly turn: number;
  /**
   * Writes the positions of one row of the window. Rows in order are cheapest.
   *
   * @param y row of the target grid, within the window
   * @param cols one number a column of the window, written
   * @param rows likewise
   */
  row(y: number, cols: Float64Array, rows: Float64Array): void;
  /**
   * Visits the cells between whose corners the same positions are interpolated, for loops that need not look at each;
   * absent for grids of one CRS and sources whose columns are longitudes.
   *
   * @param band only these pixels of the window
   */
  readonly cells?: (band: PixelWindow, visit: VisitCell) => void;
}

export interface WarpOptions {
  /** Bound on the distance to the exact position, in source pixels; default 0.05. */
  readonly maxError?: number;
  /** Keeps the control points of all rows, for a window that is gone through more than once. */
  readonly keep?: boolean;
}

const DEFAULT_MAX_ERROR = 0.05;
/** Control cells begin with this many pixels a side, counted from the target's first pixel. */
const CONTROL_PIXELS = 64;
/** Outlines that meet source pixels but for rounding ask for no more of them. */
const LAST_DIGITS = 1e-6;
/** To bound a window, cells may be larger: this many a side suffice. */
const BOUNDING_CELLS = 16;

/**
 * Prepares the positions of a target window on a source grid. The transformation is exact on a net of control points
 * and bilinear between them; where that would be off by more than the bound at the middle or the edges of a control
 * cell, the cell is divided, in the end down to single pixels. Grids in one CRS need no net.
 *
 * A part of the source's domain that is thinner than four target pixels may go unseen.
 */
export function warpWindow(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  { maxError = DEFAULT_MAX_ERROR, keep = false }: WarpOptions = {},
): Warp {
  const places = locator(target, source);
  const { period, wrapFrom } = places;
  const lines = places.linear ? undefined : controlLines(places, window, maxError, keep);
  const fill = lines ? netRows(lines, window) : linearRows(places, window);
  return {
    window,
    turn: spansTurn(source, period) ? source.width : 0,
    ...(lines &&
      period === 0 && {
        cells(band, visit) {
          for (let y = band.y0; y < band.y1; y = nextLine(y)) {
            for (const cell of lines(y)) visitCell(cell, band, visit);
          }
        },
      }),
    row(y, cols, rows) {
      fill(y, cols, rows);
      if (period > 0) wrapAll(cols, window.x1 - window.x0, wrapFrom, period);
    },
  };
}

type FillRow = Warp['row'];

function linearRows({ linear }: Locator, { x0, x1 }: PixelWindow): FillRow {
  const [a, b, c, d, e, f] = linear!;
  return (y, cols, rows) => {
    const [col, row] = [b * (y + 0.5) + c, e * (y + 0.5) + f];
    for (let x = x0; x < x1; x++) {
      cols[x - x0] = a * (x + 0.5) + col;
      rows[x - x0] = d * (x + 0.5) + row;
    }
  };
}

/** The first row of the next line of control cells. */
const nextLine = (y: number): number => (Math.floor(y / CONTROL_PIXELS) + 1) * CONTROL_PIXELS;

/** The line of control cells that a row lies in; keeps the last one, or all. */
function controlLines(
  places: Locator,
  { y0, y1, x0, x1 }: PixelWindow,
  maxError: number,
  keep: boolean,
): (y: number) => Cell[] {
  const lines = new Map<number, Cell[]>();
  const is = edgesOf(Math.floor(x0 / CONTROL_PIXELS), Math.ceil(x1 / CONTROL_PIXELS));
  const make = (from: number, to: number): void => {
    const cells = makeCells(places, is, edgesOf(from, to), 0.5, maxError);
    const across = is.length - 1;
    for (let k = from; k < to; k++) lines.set(k, cells.slice((k - from) * across, (k - from + 1) * across));
  };
  return (y) => {
    const line = Math.floor(y / CONTROL_PIXELS);
    if (!lines.has(line)) {
      lines.clear();
      if (keep) make(Math.floor(y0 / CONTROL_PIXELS), Math.ceil(y1 / CONTROL_PIXELS));
      else make(line, line + 1);
    }
    return lines.get(line)!;
  };
}

/** Edges of control cells. */
const edgesOf = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, k) => (from + k) * CONTROL_PIXELS);

function netRows(lines: (y: number) => Cell[], { x0, x1 }: PixelWindow): FillRow {
  return (y, cols, rows) => {
    const fill: VisitSegment = (from, to, i0, line) => {
      const col = line[0]!;
      const row = line[1]!;
      const colStep = line[2]!;
      const rowStep = line[3]!;
      for (let i = from; i < to; i++) {
        cols[i - x0] = col + (i - i0) * colStep;
        rows[i - x0] = row + (i - i0) * rowStep;
      }
    };
    for (const cell of lines(y)) visitRow(cell, y, x0, x1, fill);
  };
}

function wrapAll(cols: Float64Array, n: number, from: number, period: number): void {
  const to = from + period;
  for (let i = 0; i < n; i++) {
    const col = cols[i]!;
    if (col < from || col >= to) cols[i] = col - period * Math.floor((col - from) / period);
  }
}

/**
 * The part of a source grid that resampling to a target window may look at: the outlines of the window's pixels, and
 * `margin` source pixels around them. A window across the seam of a source that spans the circle needs all columns.
 *
 * @returns undefined when they do not meet
 */
export function sourceWindow(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  margin = 1,
): PixelWindow | undefined {
  return within(source, reachOf(target, window, source, margin));
}

/** As `sourceWindow`, but no more exact than its margin asks for: it may be wider, and is found sooner. */
export function roughWindow(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  margin: number,
): PixelWindow | undefined {
  const care = { maxError: margin / 2, frame: source };
  return within(source, reachOf(target, window, source, margin, care));
}

function within(source: GeoGrid, reach: PixelWindow | undefined): PixelWindow | undefined {
  if (!reach) return undefined;
  const x0 = Math.max(0, reach.x0);
  const x1 = Math.min(source.width, reach.x1);
  const y0 = Math.max(0, reach.y0);
  const y1 = Math.min(source.height, reach.y1);
  return x0 < x1 && y0 < y1 ? { y0, y1, x0, x1 } : undefined;
}

/**
 * As `sourceWindow`, but going on beyond the edges of the source.
 *
 * @returns undefined when no place of the window can be shown in the source's CRS
 */
export function reachOf(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  margin = 0,
  care: Care = { maxError: DEFAULT_MAX_ERROR },
): PixelWindow | undefined {
  const places = locator(target, source);
  const box: Bounds = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity, acrossSeam: false };
  for (const cell of boundingCells(places, window, care)) extend(box, cell, places);
  if (!(box.x0 <= box.x1)) return undefined;
  const around = margin + (places.linear ? -LAST_DIGITS : DEFAULT_MAX_ERROR);
  const beyondEdge = box.x0 < around || box.x1 > source.width - around;
  const allColumns = box.acrossSeam || (beyondEdge && spansTurn(source, places.period));
  return {
    y0: Math.floor(box.y0 - around),
    y1: Math.ceil(box.y1 + around),
    x0: allColumns ? 0 : Math.floor(box.x0 - around),
    x1: allColumns ? source.width : Math.ceil(box.x1 + around),
  };
}

/** How near cells are followed, source pixels; and where, if not everywhere. */
interface Care {
  readonly maxError: number;
  readonly frame?: GeoGrid;
}

/** Cells over the outlines of a window's pixels. */
function boundingCells(places: Locator, { y0, y1, x0, x1 }: PixelWindow, { maxError, frame }: Care): Cell[] {
  const longest = Math.max(y1 - y0, x1 - x0);
  const step = places.linear ? longest : Math.max(CONTROL_PIXELS, Math.ceil(longest / BOUNDING_CELLS));
  const edges = (from: number, to: number): number[] => {
    const cells = Math.ceil((to - from) / step);
    return Array.from({ length: cells + 1 }, (_, k) => Math.min(from + k * step, to));
  };
  return makeCells(places, edges(x0, x1), edges(y0, y1), 0, maxError, frame);
}

interface Bounds {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  acrossSeam: boolean;
}

/** Widens bounds by a cell's corners, between which all of its positions lie. */
function extend(box: Bounds, { parts, corners }: Cell, places: Locator): void {
  if (parts) {
    for (const part of parts) extend(box, part, places);
    return;
  }
  const { period, wrapFrom } = places;
  let shift = Number.NaN;
  for (let k = 0; k < corners.length; k += 2) {
    const [col, row] = [corners[k]!, corners[k + 1]!];
    if (Number.isNaN(col)) continue;
    if (Number.isNaN(shift)) shift = period > 0 ? -period * Math.floor((col - wrapFrom) / period) : 0;
    const x = col + shift;
    if (period > 0 && (x < wrapFrom || x > wrapFrom + period)) box.acrossSeam = true;
    box.x0 = Math.min(box.x0, x);
    box.x1 = Math.max(box.x1, x);
    box.y0 = Math.min(box.y0, row);
    box.y1 = Math.max(box.y1, row);
  }
}
