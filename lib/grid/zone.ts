import {
  centres,
  coverage,
  type EdgeIndex,
  eachShare,
  INSIDE,
  indexEdges,
  ON_EDGE,
  type ShareTaker,
} from './coverage.ts';
import type { GeoGrid } from './geo-grid.ts';
import { type Feature, type FeatureOptions, parseGeoJson, readFeatures } from './geojson.ts';
import { gridEdges } from './grid-edges.ts';
import { checkOverlaps } from './overlap.ts';
import { checkRings, featureArea } from './rings.ts';
import type { PixelWindow } from './warp.ts';

/** A polygon to summarise over, on a grid. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  /** True area on the ellipsoid of the grid's CRS, also of what lies off the grid, m2. */
  readonly polygonArea: number;
  /** Every pixel that belongs to the zone lies in it; undefined when the polygon does not meet the grid. */
  readonly window: PixelWindow | undefined;
  /**
   * 1 for pixels whose centre lies in the zone (even-odd rule, holes left out), row-major. A centre exactly on the
   * edge belongs to the zone, unless a zone with a lower id holds it too.
   */
  membership(window: PixelWindow): Uint8Array;
  /** Share of each pixel's area that lies in the zone, 0..1, row-major. */
  coverage(window: PixelWindow): Float64Array;
  /** Tells the same, without the pixels that have no share, and whole ones by runs. */
  eachShare(window: PixelWindow, taker: ShareTaker): void;
}

/**
 * The zones of a GeoJSON value or text on a grid, in its order.
 *
 * @throws BadRequest naming the feature and what is wrong: see `readFeatures`; rings that cross, zones that overlap,
 * points that the grid's CRS cannot show
 * @see spec casa.md 1.6 and 5.1
 */
export function zonesOnGrid(geojson: unknown, grid: GeoGrid, options: FeatureOptions = {}): Zone[] {
  const features = readFeatures(typeof geojson === 'string' ? parseGeoJson(geojson) : geojson, options);
  for (const [i, feature] of features.entries()) checkRings(feature, i);
  checkOverlaps(features);
  return layOnGrid(features, grid);
}

/** Polygons that were read and checked, as zones on a grid. @throws BadRequest for points that its CRS cannot show */
export function layOnGrid(features: readonly Feature[], grid: GeoGrid): Zone[] {
  const indices = features.map((feature, i) =>
    indexEdges(gridEdges(feature, i, grid), grid.height, grid.width),
  );
  return features.map((feature, i) => {
    const edges = indices[i]!;
    const lower = indices.filter((_, k) => k !== i && compareIds(features[k]!.id, feature.id) < 0);
    return {
      id: feature.id,
      name: feature.name,
      polygonArea: featureArea(feature, grid.crs.ellipsoid),
      window: edges.window,
      membership: (window) => members(edges, lower, window),
      coverage: (window) => coverage(edges, window),
      eachShare: (window, taker) => eachShare(edges, window, taker),
    };
  });
}

/** 1 where a pixel's centre lies in any of the zones, row-major over the window. */
export function centresInZones(zones: readonly Zone[], window: PixelWindow): Uint8Array {
  const out = new Uint8Array((window.y1 - window.y0) * (window.x1 - window.x0));
  for (const zone of zones) {
    if (!zone.window || !meets(zone.window, window)) continue;
    for (const [k, member] of zone.membership(window).entries()) if (member) out[k] = 1;
  }
  return out;
}

/** Numbers by value, other ids by their letters. */
export function compareIds(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x - y) && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function members(edges: EdgeIndex, lower: readonly EdgeIndex[], window: PixelWindow): Uint8Array {
  const places = centres(edges, window);
  const width = window.x1 - window.x0;
  for (let k = 0; k < places.length; k++) {
    if (places[k] !== ON_EDGE) continue;
    const [x, y] = [window.x0 + (k % width), window.y0 + Math.floor(k / width)];
    const pixel = { y0: y, y1: y + 1, x0: x, x1: x + 1 };
    places[k] = lower.some((zone) => centres(zone, pixel)[0]) ? 0 : INSIDE;
  }
  return places;
}

const meets = (a: PixelWindow, b: PixelWindow): boolean =>
  a.y0 < b.y1 && b.y0 < a.y1 && a.x0 < b.x1 && b.x0 < a.x1;
