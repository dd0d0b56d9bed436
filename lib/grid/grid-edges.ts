import { BadRequest } from '../errors.ts';
import { apply, invert } from './affine.ts';
import { type Crs, crsFromEpsg } from './crs.ts';
import type { GeoGrid } from './geo-grid.ts';
import type { Feature, Ring } from './geojson.ts';
import { type Transform, transformer } from './projection.ts';
import { boxOf, orient } from './rings.ts';
import { smallFloats } from './slab.ts';

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

type Point = readonly [col: number, row: number];
type Place = (lon: number, lat: number) => Point;

/** @throws BadRequest when the zone reaches where the grid's CRS cannot show it */
export function gridEdges(feature: Feature, index: number, grid: GeoGrid): GridEdges {
  const inverse = invert(grid.transform);
  const toGrid = toGridOf(grid);
  found.clear();
  for (const polygon of feature.polygons) {
    for (const turn of turnsOnGrid(polygon[0], grid)) {
      const place: Place = (lon, lat) => {
        if (grid.crs.geographic) return apply(inverse, lon + turn, lat);
        const [x, y] = toGrid(lon, lat);
        return apply(inverse, x, y);
      };
      const follower = new Follower(place, grid.crs, () => `zones.features[${index}] (${feature.name})`);
      for (const ring of orient(polygon)) follower.ring(ring);
    }
  }
  return found.pack();
}

const WGS84 = crsFromEpsg(4326);
const transformers = new WeakMap<GeoGrid, Transform>();

/** One for all features of a grid: to make it costs more than to follow a small polygon. */
function toGridOf(grid: GeoGrid): Transform {
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

/** A part of an edge by the shares of it at its ends, and its places there and in its middle. */
interface Piece {
  readonly t0: number;
  readonly p: Point;
  readonly middle: Point;
  readonly t1: number;
  readonly q: Point;
}

/** Follows rings edge by edge, and no place on them is looked for twice. */
class Follower {
  readonly #place: Place;
  readonly #crs: Crs;
  readonly #label: () => string;
  /** The edge at hand: where it begins, and how far it goes. */
  #lon = 0;
  #lat = 0;
  #dLon = 0;
  #dLat = 0;
  #way: 1 | -1 = 1;

  constructor(place: Place, crs: Crs, label: () => string) {
    this.#place = place;
    this.#crs = crs;
    this.#label = label;
  }

  ring(ring: Ring): void {
    let p = this.#shown(ring[0]!, ring[1]!);
    for (let k = 0; k + 3 < ring.length; k += 2) {
      const [lon0, lat0, lon1, lat1] = [ring[k]!, ring[k + 1]!, ring[k + 2]!, ring[k + 3]!];
      const q = this.#shown(lon1, lat1);
      // Two zones along an edge go from the same end.
      if (lon0 < lon1 || (lon0 === lon1 && lat0 <= lat1)) this.#edge([lon0, lat0], p, [lon1, lat1], q, 1);
      else this.#edge([lon1, lat1], q, [lon0, lat0], p, -1);
      p = q;
    }
  }

  /** Adds an edge, or the pieces that follow it. */
  #edge(from: Point, p: Point, to: Point, q: Point, way: 1 | -1): void {
    this.#way = way;
    [this.#lon, this.#lat] = from;
    this.#dLon = to[0] - from[0];
    this.#dLat = to[1] - from[1];
    if (this.#crs.geographic) found.add(p, q, way);
    else if (!this.#bend({ t0: 0, p, middle: this.#at(0.5), t1: 1, q }, MAX_HALVINGS))
      throw new BadRequest(
        this.#label(),
        `its edge from ${from} to ${to} is torn apart by ${this.#crs.name}`,
      );
  }

  /** Adds a piece, or halves of it until they are straight. @returns false when they do not become so */
  #bend({ t0, p, middle, t1, q }: Piece, halvings: number): boolean {
    const t = (t0 + t1) / 2;
    const first = this.#at(t0 + 0.25 * (t1 - t0));
    const third = this.#at(t0 + 0.75 * (t1 - t0));
    if (isNear(p, q, middle) && isNear(p, q, first) && isNear(p, q, third)) {
      found.add(p, q, this.#way);
      return true;
    }
    if (halvings === 0) return false;
    return (
      this.#bend({ t0, p, middle: first, t1: t, q: middle }, halvings - 1) &&
      this.#bend({ t0: t, p: middle, middle: third, t1, q }, halvings - 1)
    );
  }

  /** Place of a share 0..1 of the edge. */
  #at(t: number): Point {
    return this.#shown(this.#lon + t * this.#dLon, this.#lat + t * this.#dLat);
  }

  #shown(lon: number, lat: number): Point {
    const point = this.#place(lon, lat);
    if (Number.isFinite(point[0]) && Number.isFinite(point[1])) return point;
    throw new BadRequest(
      this.#label(),
      `${this.#crs.name} cannot show its point at longitude ${lon}, latitude ${lat}`,
    );
  }
}

/** Whether a point is near the line through p and q. */
function isNear(p: Point, q: Point, at: Point): boolean {
  const dx = q[0] - p[0];
  const dy = q[1] - p[1];
  const [x, y] = [at[0] - p[0], at[1] - p[1]];
  const length2 = dx * dx + dy * dy;
  const off2 = length2 === 0 ? x * x + y * y : (dx * y - dy * x) ** 2 / length2;
  return off2 <= EDGE_TOLERANCE_PIXELS * EDGE_TOLERANCE_PIXELS;
}

/** Edges that are kept room for; a zone with more has it for itself. */
const USUAL_EDGES = 4096;

/** Edges as they are found. */
class EdgeList {
  #points = new Float64Array(4 * USUAL_EDGES);
  #ways = new Int8Array(USUAL_EDGES);
  #count = 0;

  clear(): void {
    this.#count = 0;
    if (this.#ways.length === USUAL_EDGES) return;
    this.#points = new Float64Array(4 * USUAL_EDGES);
    this.#ways = new Int8Array(USUAL_EDGES);
  }

  add(p: Point, q: Point, way: 1 | -1): void {
    if (p[0] === q[0] && p[1] === q[1]) return;
    if (this.#count === this.#ways.length) this.#grow();
    const at = 4 * this.#count;
    const down = p[1] <= q[1];
    const [upper, lower] = down ? [p, q] : [q, p];
    this.#points[at] = upper[0];
    this.#points[at + 1] = upper[1];
    this.#points[at + 2] = lower[0];
    this.#points[at + 3] = lower[1];
    this.#ways[this.#count++] = down ? way : -way;
  }

  pack(): GridEdges {
    const points = smallFloats(4 * this.#count);
    for (let k = 0; k < points.length; k++) points[k] = this.#points[k]!;
    return { points, ways: this.#ways.slice(0, this.#count) };
  }

  #grow(): void {
    const [points, ways] = [this.#points, this.#ways];
    this.#points = new Float64Array(2 * points.length);
    this.#points.set(points);
    this.#ways = new Int8Array(2 * ways.length);
    this.#ways.set(ways);
  }
}

/** One list for all zones: each is packed before the next one begins. */
const found = new EdgeList();
