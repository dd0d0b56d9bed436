import { BadRequest } from '../errors.ts';
import { areaToParallel, type Ellipsoid } from './authalic.ts';
import type { Feature, PolygonRings, Ring } from './geojson.ts';
import { smallFloats } from './slab.ts';

const RAD = Math.PI / 180;
/** Gauss-Legendre, five points on [-1, 1]: exact for polynomials of degree 9. */
const NODES = [-0.906179845938664, -0.5384693101056831, 0, 0.5384693101056831, 0.906179845938664] as const;
const WEIGHTS = [
  0.23692688505618908, 0.47862867049936647, 0.5688888888888889, 0.47862867049936647, 0.23692688505618908,
] as const;
/** Degrees of an edge that one set of nodes spans; the error is below 1e-12 of the edge's part. */
const PIECE_DEGREES = 2;

/** Area inside a ring whose edges are straight in longitude and latitude, m2; positive when counter-clockwise. */
export function ringArea(ring: Ring, ellipsoid: Ellipsoid): number {
  let sum = 0;
  for (let k = 0; k + 3 < ring.length; k += 2) {
    sum -= areaUnderEdge(ring[k]!, ring[k + 1]!, ring[k + 2]!, ring[k + 3]!, ellipsoid);
  }
  return sum;
}

/** Area between an edge and the equator, m2: the integral of the area to the parallel over longitude. */
function areaUnderEdge(lon0: number, lat0: number, lon1: number, lat1: number, ellipsoid: Ellipsoid): number {
  const dLon = lon1 - lon0;
  if (dLon === 0) return 0;
  const pieces = Math.max(1, Math.ceil(Math.abs(lat1 - lat0) / PIECE_DEGREES));
  let sum = 0;
  for (let p = 0; p < pieces; p++) {
    for (let k = 0; k < NODES.length; k++) {
      const at = (p + (NODES[k]! + 1) / 2) / pieces;
      sum += WEIGHTS[k]! * areaToParallel(lat0 + at * (lat1 - lat0), ellipsoid);
    }
  }
  return (sum / 2 / pieces) * dLon * RAD;
}

/** True area of a zone with straight edges in longitude and latitude, holes taken out, m2. */
export function featureArea({ polygons }: Feature, ellipsoid: Ellipsoid): number {
  let sum = 0;
  for (const [outline, ...holes] of polygons) {
    sum += Math.abs(ringArea(outline, ellipsoid));
    for (const hole of holes) sum -= Math.abs(ringArea(hole, ellipsoid));
  }
  return sum;
}

/** Twice the signed area in square degrees. */
function shoelace(ring: Ring): number {
  let sum = 0;
  for (let k = 0; k + 3 < ring.length; k += 2) {
    // From the first position on, so that far-off coordinates cost no digits.
    sum +=
      (ring[k]! - ring[0]!) * (ring[k + 3]! - ring[1]!) -
      (ring[k + 2]! - ring[0]!) * (ring[k + 1]! - ring[1]!);
  }
  return sum;
}

/** No wider than the last digits of its coordinates. */
function isFlat(ring: Ring): boolean {
  const { west, south, east, north } = boxOf(ring);
  return Math.abs(shoelace(ring)) <= 1e-13 * Math.max(east - west, north - south);
}

/** Outlines counter-clockwise, holes clockwise. */
export const orient = ([outline, ...holes]: PolygonRings): Ring[] => [
  shoelace(outline) < 0 ? reversed(outline) : outline,
  ...holes.map((hole) => (shoelace(hole) > 0 ? reversed(hole) : hole)),
];

function reversed(ring: Ring): Ring {
  const out = smallFloats(ring.length);
  for (let k = 0; k < ring.length; k += 2) {
    out[k] = ring[ring.length - 2 - k]!;
    out[k + 1] = ring[ring.length - 1 - k]!;
  }
  return out;
}

/**
 * Checks that the rings of a zone do not cross themselves or each other. Touching, at points or along edges, is fine.
 *
 * @throws BadRequest with the place of a crossing, or a ring without area
 */
export function checkRings({ name, polygons }: Feature, index: number): void {
  const label = `zones.features[${index}] (${name})`;
  const rings = polygons.flat();
  const crossing = findCrossing(rings);
  if (crossing) {
    const [lon, lat] = crossing.map((degrees) => Number(degrees.toFixed(6)));
    throw new BadRequest(
      label,
      `its outline crosses itself at longitude ${lon}, latitude ${lat}: mend the polygon`,
    );
  }
  for (const [r, ring] of rings.entries()) {
    if (isFlat(ring)) throw new BadRequest(label, `ring ${r + 1} has no area`);
  }
  for (const [p, [outline, ...holes]] of polygons.entries()) {
    if (holes.some((hole) => liesIn(hole, outline) === false)) {
      throw new BadRequest(label, `a hole of polygon ${p + 1} lies outside its outline`);
    }
    const inside = polygons.findIndex(([other, ...gaps], q) => p !== q && covers(other, gaps, outline));
    if (inside >= 0) {
      throw new BadRequest(label, `polygon ${p + 1} lies inside polygon ${inside + 1}: merge them`);
    }
  }
}

const covers = (outline: Ring, holes: readonly Ring[], ring: Ring): boolean =>
  liesIn(ring, outline) === true && holes.every((hole) => liesIn(ring, hole) !== true);

/** Whether a ring lies in another that it does not cross; undefined when all of its vertices touch the other. */
function liesIn(ring: Ring, other: Ring): boolean | undefined {
  const [a, b] = [boxOf(ring), boxOf(other)];
  if (a.west < b.west || a.east > b.east || a.south < b.south || a.north > b.north) return false;
  for (let k = 0; k + 3 < ring.length; k += 2) {
    const where = placeIn(other, ring[k]!, ring[k + 1]!);
    if (where !== 0) return where > 0;
  }
  return undefined;
}

/** West, south, east and north ends of a ring, degrees. */
export function boxOf(ring: Ring): { west: number; south: number; east: number; north: number } {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 0; k < ring.length; k += 2) {
    west = Math.min(west, ring[k]!);
    east = Math.max(east, ring[k]!);
    south = Math.min(south, ring[k + 1]!);
    north = Math.max(north, ring[k + 1]!);
  }
  return { west, south, east, north };
}

/** 1 inside the ring, 0 on it, -1 outside. */
function placeIn(ring: Ring, lon: number, lat: number): number {
  let inside = -1;
  for (let k = 0; k + 3 < ring.length; k += 2) {
    const [x0, y0, x1, y1] = [ring[k]!, ring[k + 1]!, ring[k + 2]!, ring[k + 3]!];
    const turn = (x1 - x0) * (lat - y0) - (y1 - y0) * (lon - x0);
    const alongX = Math.min(x0, x1) <= lon && lon <= Math.max(x0, x1);
    const alongY = Math.min(y0, y1) <= lat && lat <= Math.max(y0, y1);
    if (turn === 0 && alongX && alongY) return 0;
    if (y0 <= lat !== y1 <= lat && turn > 0 === y1 > y0) inside = -inside;
  }
  return inside;
}

/** A place where two edges cross at a point inside both; edges are swept by latitude. */
export function findCrossing(rings: readonly Ring[]): [lon: number, lat: number] | undefined {
  const edges = edgesOf(rings);
  const south = (e: number): number => Math.min(edges[e + 1]!, edges[e + 3]!);
  const order: number[] = [];
  for (let e = 0; e < edges.length; e += 4) order.push(e);
  order.sort((a, b) => south(a) - south(b));
  const open: number[] = [];
  for (const e of order) {
    const from = south(e);
    let kept = 0;
    for (let k = 0; k < open.length; k++) {
      const o = open[k]!;
      if (!(Math.max(edges[o + 1]!, edges[o + 3]!) > from)) continue;
      open[kept++] = o;
      if (cross(edges, e, o)) return crossingOf(edges, e, o);
    }
    open.length = kept;
    open.push(e);
  }
  return undefined;
}

function edgesOf(rings: readonly Ring[]): Float64Array {
  let count = 0;
  for (const ring of rings) count += ring.length / 2 - 1;
  const edges = smallFloats(4 * count);
  let at = 0;
  for (const ring of rings)
    for (let k = 0; k + 3 < ring.length; k += 2) for (let i = 0; i < 4; i++) edges[at++] = ring[k + i]!;
  return edges;
}

/** Which side of edge e a point lies on. */
const side = (edges: Float64Array, e: number, x: number, y: number): number =>
  (edges[e + 2]! - edges[e]!) * (y - edges[e + 1]!) - (edges[e + 3]! - edges[e + 1]!) * (x - edges[e]!);

/** Whether each of two edges has its ends on both sides of the other. */
const cross = (edges: Float64Array, a: number, b: number): boolean =>
  side(edges, a, edges[b]!, edges[b + 1]!) * side(edges, a, edges[b + 2]!, edges[b + 3]!) < 0 &&
  side(edges, b, edges[a]!, edges[a + 1]!) * side(edges, b, edges[a + 2]!, edges[a + 3]!) < 0;

/** Where two edges cross that do. */
function crossingOf(edges: Float64Array, a: number, b: number): [number, number] {
  const a0 = side(edges, b, edges[a]!, edges[a + 1]!);
  const t = a0 / (a0 - side(edges, b, edges[a + 2]!, edges[a + 3]!));
  return [edges[a]! + t * (edges[a + 2]! - edges[a]!), edges[a + 1]! + t * (edges[a + 3]! - edges[a + 1]!)];
}
