import type { Affine } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { type PixelWindow, warpWindow } from '../../lib/grid/warp.ts';
import fixture from '../fixtures/proj/warp.json' with { type: 'json' };

interface Pair {
  target: { crs: string; transform: number[]; height: number; width: number };
  window: PixelWindow;
  source: { crs: string; transform: number[]; height: number; width: number };
  col_row_sourcecol_sourcerow: number[][];
}

export const grid = ({ crs, transform, height, width }: Pair['target']): GeoGrid => ({
  crs: crsByName(crs),
  transform: transform as unknown as Affine,
  height,
  width,
});

export const pairs = Object.entries(fixture.warps as unknown as Record<string, Pair>);
export const TILE = 1111950.5197665233;
export const MODIS: GeoGrid = grid(pairs[0]![1].target);
export const ERA5: GeoGrid = grid(pairs[0]![1].source);

export const lonLat = (transform: Affine, height: number, width: number): GeoGrid => ({
  crs: crsByName('EPSG:4326'),
  transform,
  height,
  width,
});

export function positions(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
): { cols: Float64Array; rows: Float64Array }[] {
  const warp = warpWindow(target, window, source);
  return Array.from({ length: window.y1 - window.y0 }, (_, j) => {
    const cols = new Float64Array(window.x1 - window.x0);
    const rows = new Float64Array(window.x1 - window.x0);
    warp.row(window.y0 + j, cols, rows);
    return { cols, rows };
  });
}

/** Web Mercator goes on beyond the dateline: metres after which it begins anew. */
export const MERCATOR = 2 * Math.PI * 6_378_137;
