import { apply, invert } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';

export type Bounds = readonly [west: number, south: number, east: number, north: number];

const SIDE = 32;

const known = new WeakMap<GeoGrid, Bounds>();

/** West, south, east and north of a grid, degrees; west is larger than east where it lies across the dateline. */
export function lonLatBounds(grid: GeoGrid): Bounds {
  const before = known.get(grid);
  if (before) return before;
  const [west, south, east, north] = boundsOf(lattice(grid));
  const [top, bottom] = [holds(grid, 90), holds(grid, -90)];
  const bounds: Bounds =
    top || bottom ? [-180, bottom ? -90 : south, 180, top ? 90 : north] : [west, south, east, north];
  known.set(grid, bounds);
  return bounds;
}

/** Whether a pole lies within a grid whose axes are not longitude and latitude. */
function holds({ crs, transform, height, width }: GeoGrid, pole: 90 | -90): boolean {
  if (crs.geographic) return false;
  const [col, row] = apply(invert(transform), ...transformer(crsByName('EPSG:4326'), crs)(0, pole));
  return col > 0 && col < width && row > 0 && row < height;
}

/** Places all over the grid, edges included, that its CRS can show. */
function lattice({ crs, transform, height, width }: GeoGrid): [number, number][] {
  const toLonLat = transformer(crs, crsByName('EPSG:4326'));
  const points: [number, number][] = [];
  for (let j = 0; j <= SIDE; j++) {
    for (let i = 0; i <= SIDE; i++) {
      const point = toLonLat(...apply(transform, (i / SIDE) * width, (j / SIDE) * height));
      if (Number.isFinite(point[0]) && Number.isFinite(point[1])) points.push(point);
    }
  }
  return points;
}

function boundsOf(points: readonly [number, number][]): Bounds {
  if (points.length === 0) return [-180, -90, 180, 90];
  const lats = points.map(([, lat]) => lat);
  const lons = points.map(([lon]) => lon).sort((a, b) => a - b);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  // The widest gap between longitudes is what the grid does not cover.
  let [gap, after] = [lons[0]! + 360 - lons.at(-1)!, 0];
  for (let k = 1; k < lons.length; k++) {
    if (lons[k]! - lons[k - 1]! > Math.max(gap, 180)) [gap, after] = [lons[k]! - lons[k - 1]!, k];
  }
  return after === 0
    ? [lons[0]!, south, lons.at(-1)!, north]
    : [lons[after]!, south, lons[after - 1]!, north];
}
