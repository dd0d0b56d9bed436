import { cellAreas } from '../grid/area.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { PixelWindow } from '../grid/warp.ts';

/** Areas of the pixels of a window, row-major, m2. */
export type CellAreas = (window: PixelWindow) => Float64Array;

export const trueAreas =
  (grid: GeoGrid): CellAreas =>
  (window) =>
    cellAreas(grid, window);

/** How those areas come about, for the method beside the numbers. */
export function areaBasis({ crs }: GeoGrid): string {
  if (crs.equalArea) return `true area of each pixel, the same all over the equal-area grid (${crs.name})`;
  const { a, b } = crs.ellipsoid;
  const figure =
    a === b ? `the sphere of ${a} m` : `the ellipsoid of ${a} m by ${Math.round(b * 1000) / 1000} m`;
  return `true area of each pixel on ${figure} (${crs.name})`;
}
