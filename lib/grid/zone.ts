import { BadRequest } from '../errors.ts';
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
import { type GridEdges, gridEdges } from './grid-edges.ts';
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
  return layEach(features, grid).map((zone) => {
    if (zone instanceof BadRequest) throw zone;
    return zone;
  });
}

/** The same, with the error in the place of each polygon that the grid's CRS cannot show. */
export function layEach(features: readonly Feature[], grid: GeoGrid): (LaidZone | BadRequest)[] {
  const zones: LaidZone[] = [];
  return features.map((feature, i) => {
    try {
      const zone = new LaidZone(feature, i, grid, zones);
      zones.push(zone);
      return zone;
    } catch (error) {
      if (error instanceof BadRequest) return error;
      throw error;
    }
  });
}

/** A polygon with its edges on a grid. */
export class LaidZone implements Zone {
  readonly id: string;
  readonly name: string;
  readonly polygonArea: number;
  readonly window: PixelWindow | undefined;
  readonly edges: GridEdges;
  readonly #index: EdgeIndex;
  readonly #all: readonly LaidZone[];

  /** @param all zones that a pixel's centre may belong to, this one among them */
  constructor(feature: Feature, place: number, grid: GeoGrid, all: readonly LaidZone[]) {
    this.id = feature.id;
    this.name = feature.name;
    this.polygonArea = featureArea(feature, grid.crs.ellipsoid);
    this.edges = gridEdges(feature, place, grid);
    this.#index = indexEdges(this.edges, grid.height, grid.width);
    this.window = this.#index.window;
    this.#all = all;
  }

  membership(window: PixelWindow): Uint8Array {
    const places = centres(this.#index, window);
    const width = window.x1 - window.x0;
    let lower: readonly LaidZone[] | undefined;
    for (let k = 0; k < places.length; k++) {
      if (places[k] !== ON_EDGE) continue;
      lower ??= this.#all.filter(({ id }) => compareIds(id, this.id) < 0);
      const [x, y] = [window.x0 + (k % width), window.y0 + Math.floor(k / width)];
      const pixel = { y0: y, y1: y + 1, x0: x, x1: x + 1 };
      places[k] = lower.some((zone) => centres(zone.#index, pixel)[0]) ? 0 : INSIDE;
    }
    return places;
  }

  coverage(window: PixelWindow): Float64Array {
    return coverage(this.#index, window);
  }

  eachShare(window: PixelWindow, taker: ShareTaker): void {
    eachShare(this.#index, window, taker);
  }
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

const meets = (a: PixelWindow, b: PixelWindow): boolean =>
  a.y0 < b.y1 && b.y0 < a.y1 && a.x0 < b.x1 && b.x0 < a.x1;
