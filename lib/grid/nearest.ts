import type { Cells } from './cells.ts';
import type { PixelWindow, Warp } from './warp.ts';

/**
 * Index of the source pixel that holds each pixel centre of one target row, counted in the read window.
 *
 * @param out one number a column, written; -1 where the place lies outside the window
 */
export type NearestRow = (y: number, out: Int32Array) => void;

/** @param read the window of the source that is in memory */
export function prepareNearest(warp: Warp, read: PixelWindow): NearestRow {
  const width = warp.window.x1 - warp.window.x0;
  const [w, h] = [read.x1 - read.x0, read.y1 - read.y0];
  const cols = new Float64Array(width);
  const rows = new Float64Array(width);
  return (y, out) => {
    warp.row(y, cols, rows);
    for (let i = 0; i < width; i++) {
      const x = Math.floor(cols[i]!) - read.x0;
      const j = Math.floor(rows[i]!) - read.y0;
      out[i] = x >= 0 && x < w && j >= 0 && j < h ? j * w + x : -1;
    }
  };
}

/**
 * Takes the value of the source pixel that holds each target pixel's centre.
 *
 * @param cells of the read window, row-major
 * @param out pixels of the warp's window, row-major, written
 * @param outside value where the source does not reach
 */
export function resampleNearest<C extends Cells>(
  warp: Warp,
  read: PixelWindow,
  cells: C,
  out: C,
  outside: number,
): void {
  const { x0, x1, y0, y1 } = warp.window;
  const row = prepareNearest(warp, read);
  const index = new Int32Array(x1 - x0);
  for (let y = y0; y < y1; y++) {
    row(y, index);
    const at = (y - y0) * index.length;
    for (let i = 0; i < index.length; i++) {
      const k = index[i]!;
      out[at + i] = k < 0 ? outside : cells[k]!;
    }
  }
}
