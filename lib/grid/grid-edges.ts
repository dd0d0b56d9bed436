import { BadRequest } from '../errors.ts';
import { apply, invert } from './affine.ts';
import { crsFromEpsg } from './crs.ts';
import type { GeoGrid } from './geo-grid.ts';
import type { Feature } from './geojson.ts';
import { transformer } from './projection.ts';
import { boxOf, orient } from './rings.ts';

/**
 * A straight edge in longitude and latitude is followed to this part of a pixel, checked at its quarters. Two zones
 * follow a common edge through the same points.
 */
export const EDGE_TOLERANCE_PIXELS = 0.0005;
const MAX_HALVINGS = 24;

/**
 * The edges of a zone on a grid, in pixels from its outer corner: `[col0, row0, col1, row1]` with row0 ≤ row1, and
 * whether the outline runs down or up along each.
 */
export interface GridEdges {
  readonly points: Float64Array;
  /** 1 where the outline runs from the first point to the second, -1 where back. */
  readonly ways: Int8Array;
}

type Place = (lon: number, lat: number) => Point;

/** @throws BadRequest when the zone reaches where the grid's CRS cannot show it */
export function gridEdges(feature: Feature, index: number, grid: GeoGrid): GridEdges {
  const edges: number[] = [];
  const label = `zones.features[${index}] (${feature.name})`;
  const inverse = invert(grid.transform);
  const toGrid = toGridOf(grid);
  for (const polygon of feature.polygons) {
    for (const turn of turnsOnGrid(polygon[0], grid)) {
      const place: Place = grid.crs.geographic
        ? (lon, lat) => apply(inverse, lon + turn, lat)
        : (lon, lat) => apply(inverse, ...toGrid(lon, lat));
      for (const ring of orient(polygon)) {
        for (let k = 0; k + 3 < ring.length; k += 2)
          addEdge(edges, ring.subarray(k, k + 4), place, grid, label);
      }
    }
  }
  return pack(edges);
}

const WGS84 = crsFromEpsg(4326);
const transformers = new WeakMap<GeoGrid, Place>();

/** One for all features of a grid: to make it costs more than to follow a small polygon. */
function toGridOf(grid: GeoGrid): Place {
  const known = transformers.get(grid) ?? transformer(WGS84, grid.crs);
  transformers.set(grid, known);
  return known;
}

/** Longitudes of a grid of degrees may be counted otherwise than GeoJSON's: the turns that bring an outline onto it. */
function turnsOnGrid(outline: Float64Array, { crs, transform, width, height }: GeoGrid): readonly number[] {
  if (!crs.geographic) return [0];
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ] as const;
  const lons = corners.map(([col, row]) => apply(transform, col, row)[0]);
  const { west, east } = boxOf(outline);
  const meets = (turn: number): boolean => west + turn < Math.max(...lons) && east + turn > Math.min(...lons);
  return [-360, 0, 360].filter(meets);
}

/** Adds an edge, or the pieces that follow it; two zones along it go from the same end. */
function addEdge(edges: number[], ends: Float64Array, place: Place, { crs }: GeoGrid, label: string): void {
  const [lon0, lat0, lon1, lat1] = ends as unknown as [number, number, number, number];
  const forward = lon0 < lon1 || (lon0 === lon1 && lat0 <= lat1);
  const [a, b, c, d] = forward ? [lon0, lat0, lon1, lat1] : [lon1, lat1, lon0, lat0];
  const along: Along = (t) => {
    const [lon, lat] = t === 1 ? [c, d] : [a + t * (c - a), b + t * (d - b)];
    const point = place(lon, lat);
    if (Number.isFinite(point[0]) && Number.isFinite(point[1])) return point;
    throw new BadRequest(label, `${crs.name} cannot show its point at longitude ${lon}, latitude ${lat}`);
  };
  const points = [along(0)];
  const whole = { t0: 0, p: points[0]!, t1: 1, q: along(1) };
  if (crs.geographic) points.push(whole.q);
  else if (!follow(along, whole, MAX_HALVINGS, points)) {
    throw new BadRequest(label, `its edge from ${a},${b} to ${c},${d} is torn apart by ${crs.name}`);
  }
  for (let k = 1; k < points.length; k++) push(edges, points[k - 1]!, points[k]!, forward ? 1 : -1);
}

type Point = readonly [col: number, row: number];
/** Place on the grid of a share 0..1 of an edge. */
type Along = (t: number) => Point;

interface Piece {
  readonly t0: number;
  readonly p: Point;
  readonly t1: number;
  readonly q: Point;
}

/** Adds the end of a piece, and before it the points that make it straight; @returns false when none can */
function follow(along: Along, piece: Piece, halvings: number, points: Point[]): boolean {
  if (isStraight(along, piece)) {
    points.push(piece.q);
    return true;
  }
  if (halvings === 0) return false;
  const middle = (piece.t0 + piece.t1) / 2;
  const m = along(middle);
  return (
    follow(along, { ...piece, t1: middle, q: m }, halvings - 1, points) &&
    follow(along, { ...piece, t0: middle, p: m }, halvings - 1, points)
  );
}

const isStraight = (along: Along, { t0, p, t1, q }: Piece): boolean =>
  [0.5, 0.25, 0.75].every((u) => offLine(p, q, along(t0 + u * (t1 - t0))) <= EDGE_TOLERANCE_PIXELS);

/** Distance of a point from the line through p and q. */
function offLine([x0, y0]: Point, [x1, y1]: Point, [x, y]: Point): number {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length === 0) return Math.hypot(x - x0, y - y0);
  return Math.abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length;
}

function push(
  edges: number[],
  p: readonly [number, number],
  q: readonly [number, number],
  way: 1 | -1,
): void {
  if (p[0] === q[0] && p[1] === q[1]) return;
  if (p[1] <= q[1]) edges.push(p[0], p[1], q[0], q[1], way);
  else edges.push(q[0], q[1], p[0], p[1], -way);
}

function pack(edges: readonly number[]): GridEdges {
  const n = edges.length / 5;
  const points = new Float64Array(4 * n);
  const ways = new Int8Array(n);
  for (let e = 0; e < n; e++) {
    for (let k = 0; k < 4; k++) points[4 * e + k] = edges[5 * e + k]!;
    ways[e] = edges[5 * e + 4]!;
  }
  return { points, ways };
}
