import { BadRequest } from '../../lib/errors.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { nativeBounds } from '../../lib/view/target-window.ts';
import { lonLatBounds } from './extent.ts';
import { crsNamed } from './sample.ts';

export type Box = readonly [minx: number, miny: number, maxx: number, maxy: number];

export interface SizeQuery {
  readonly width?: string | undefined;
  readonly height?: string | undefined;
  readonly max_size?: string | undefined;
  readonly coord_crs?: string | undefined;
  readonly dst_crs?: string | undefined;
}

/** A picture of the whole product in Web Mercator, or in another CRS. */
export function previewGrid(grid: GeoGrid, size: SizeQuery, crs?: GeoGrid['crs']): GeoGrid {
  return gridOver(crs ? projectedBox(grid, crs) : mercatorBox(grid), crs ?? crsByName('EPSG:3857'), size);
}

const DEFAULT_SIZE = 1024;

/** Square pixels, the longer side as wanted; width and height win. */
export function gridOver(
  [x0, y0, x1, y1]: Box,
  crs: GeoGrid['crs'],
  { width, height, max_size }: SizeQuery,
): GeoGrid {
  const longest = Math.max(1, Number(max_size ?? DEFAULT_SIZE));
  const pixel = Math.max(x1 - x0, y1 - y0) / longest;
  const side = (said: string | undefined, other: string | undefined, own: number, others: number): number =>
    Math.max(
      1,
      said !== undefined
        ? Number(said)
        : other !== undefined
          ? Math.round((Number(other) * own) / others)
          : Math.round(own / pixel),
    );
  const [w, h] = [side(width, height, x1 - x0, y1 - y0), side(height, width, y1 - y0, x1 - x0)];
  return { crs, transform: [(x1 - x0) / w, 0, x0, 0, (y0 - y1) / h, y1], width: w, height: h };
}

/** Boxes whose west is larger than their east go across the dateline. @throws BadRequest for an empty box */
export function boxGrid([minx, miny, maxx, maxy]: Box, q: SizeQuery): GeoGrid {
  const crs = crsNamed(q.coord_crs ?? 'EPSG:4326');
  const east = crs.geographic && maxx < minx ? maxx + 360 : maxx;
  const said = `${minx},${miny},${maxx},${maxy}`;
  if (!(miny < maxy && minx < east))
    throw new BadRequest('bbox', `${said} holds nothing; write minx, miny, maxx, maxy`);
  const onEarth = Math.abs(miny) <= 90 && Math.abs(maxy) <= 90 && Math.abs(minx) <= 360 && east - minx <= 360;
  if (crs.geographic && !onEarth) throw new BadRequest('bbox', `${said} is not on the Earth`);
  const to = q.dst_crs ? crsNamed(q.dst_crs) : crs;
  if (to === crs) return gridOver([minx, miny, east, maxy], crs, q);
  return gridOver(projectedBox(gridOver([minx, miny, east, maxy], crs, {}), to), to, q);
}

function mercatorBox(grid: GeoGrid): Box {
  const [west, south, east, north] = lonLatBounds(grid);
  const toMercator = transformer(crsByName('EPSG:4326'), crsByName('EPSG:3857'));
  const cut = (lat: number): number => Math.max(-85.06, Math.min(85.06, lat));
  const [[x0, y0], [x1, y1]] = [toMercator(west, cut(south)), toMercator(east, cut(north))];
  const turn = x1 < x0 ? 2 * 20_037_508.342789244 : 0;
  return [x0, y0, x1 + turn, y1];
}

const SIDE = 16;

/** The box of a grid in another CRS. @throws BadRequest when that CRS cannot show it */
export function projectedBox(grid: GeoGrid, crs: GeoGrid['crs']): Box {
  const [x0, y0, x1, y1] = nativeBounds(grid);
  const project = transformer(grid.crs, crs);
  const points = Array.from({ length: (SIDE + 1) ** 2 }, (_, i) =>
    project(x0 + ((x1 - x0) * (i % (SIDE + 1))) / SIDE, y0 + ((y1 - y0) * Math.floor(i / (SIDE + 1))) / SIDE),
  );
  const seen = points.filter(([x, y]) => Number.isFinite(x + y));
  if (seen.length < 2) throw new BadRequest('dst_crs', `${crs.name} cannot show it`);
  const [xs, ys] = [seen.map(([x]) => x), seen.map(([, y]) => y)];
  const box: Box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  if (!(box[0] < box[2] && box[1] < box[3])) throw new BadRequest('dst_crs', `${crs.name} cannot show it`);
  return box;
}
