import { GridMismatch } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { PixelWindow } from '../grid/warp.ts';

/** How the pixels of a fine grid lie in those of a coarse one: `side` by `side`, whole. */
export interface Nesting {
  readonly side: number;
  /** Fine row and column at which the coarse grid begins. */
  readonly row: number;
  readonly col: number;
}

/** Parts of a fine pixel by which files of one grid may differ: their pixel sizes are rounded. */
const OFF = 0.02;

/** @throws GridMismatch when the pixels of one are not whole squares of the other's */
export function nestingOf(fine: GeoGrid, coarse: GeoGrid, names: { fine: string; coarse: string }): Nesting {
  const [a, b, c, d, e, f] = fine.transform;
  const [A, B, C, D, E, F] = coarse.transform;
  const side = Math.round(A / a);
  const [col, row] = [(C - c) / a, (F - f) / e];
  const [lastCol, lastRow] = [(C + A * coarse.width - c) / a, (F + E * coarse.height - f) / e];
  const nested =
    fine.crs.proj4 === coarse.crs.proj4 &&
    b === 0 &&
    d === 0 &&
    B === 0 &&
    D === 0 &&
    side >= 1 &&
    isWhole(col) &&
    isWhole(row) &&
    Math.abs(lastCol - col - side * coarse.width) < OFF &&
    Math.abs(lastRow - row - side * coarse.height) < OFF;
  if (nested) return { side, row: Math.round(row), col: Math.round(col) };
  throw new GridMismatch(
    `The pixels of ${names.coarse} (${coarse.crs.name}, ${A} by ${E}) are no whole squares of those of ${names.fine} (${fine.crs.name}, ${a} by ${e}). Give a reference on the product's own grid, or one that holds its pixels 2 by 2, 3 by 3, ….`,
  );
}

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < OFF;

/** The coarse pixels that lie in the fine grid with all of their own; undefined when there is none. */
export function coarseWithin(
  fine: GeoGrid,
  coarse: GeoGrid,
  { side, row, col }: Nesting,
): PixelWindow | undefined {
  const y0 = Math.max(0, Math.ceil(-row / side));
  const x0 = Math.max(0, Math.ceil(-col / side));
  const y1 = Math.min(coarse.height, Math.floor((fine.height - row) / side));
  const x1 = Math.min(coarse.width, Math.floor((fine.width - col) / side));
  return y0 < y1 && x0 < x1 ? { y0, y1, x0, x1 } : undefined;
}

/** The fine pixels of a coarse window. */
export const fineWindow = ({ y0, y1, x0, x1 }: PixelWindow, { side, row, col }: Nesting): PixelWindow => ({
  y0: row + side * y0,
  y1: row + side * y1,
  x0: col + side * x0,
  x1: col + side * x1,
});
