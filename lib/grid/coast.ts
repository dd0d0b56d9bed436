import { apply } from './affine.ts';
import { crsFromEpsg } from './crs.ts';
import type { GeoGrid } from './geo-grid.ts';
import { type Transform, transformer } from './projection.ts';
import { type PixelWindow, reachOf, sourceWindow } from './warp.ts';

/** How far the coast rule looks for land, degrees of great circle (spec casa.md 1.7). */
export const COAST_SEARCH_DEGREES = 0.2;

const RAD = Math.PI / 180;

/** Angle between two places, degrees (haversine form, exact for small angles). */
export function greatCircleDegrees(lon1: number, lat1: number, lon2: number, lat2: number): number {
  return degreesOf(haversine(lon1, lat1, lon2, lat2, Math.cos(lat1 * RAD) * Math.cos(lat2 * RAD)));
}

/** Squared half of the chord between two places, which grows with their angle. @param cosines of their latitudes, multiplied */
function haversine(lon1: number, lat1: number, lon2: number, lat2: number, cosines: number): number {
  const dLat = Math.sin(((lat2 - lat1) * RAD) / 2);
  const dLon = Math.sin(((lon2 - lon1) * RAD) / 2);
  return dLat * dLat + cosines * dLon * dLon;
}

const degreesOf = (h: number): number => (2 * Math.asin(Math.min(1, Math.sqrt(h)))) / RAD;

/** Two places that are this much nearer or farther by `haversine` are so by their angle, whatever is rounded. */
const BEYOND_ROUNDING = 1 + 1e-9;

/** Finds the valid cell nearest to a place, by great circle between cell centres and the place, up to a limit. */
export class CoastSearch {
  readonly #read: PixelWindow;
  readonly #width: number;
  readonly #height: number;
  readonly #turn: number;
  readonly #limit: number;
  readonly #grid: GeoGrid;
  readonly #lonLat: Transform;
  /** Longitude and latitude of the window's cell centres, made when the first search needs them. */
  #lons: Float64Array | undefined;
  #lats: Float64Array | undefined;
  #cosLats: Float64Array | undefined;
  /** Degrees that a step to the next ring of cells is worth at least, anywhere in the window. */
  #pitch = Infinity;
  /** 1 where the current mask has a value; and how many such cells lie above and left of a corner. */
  #mask: Uint8Array | undefined;
  #valid: Int32Array | undefined;

  constructor(source: GeoGrid, read: PixelWindow, turn: number, limitDegrees: number) {
    this.#grid = source;
    this.#read = read;
    this.#width = read.x1 - read.x0;
    this.#height = read.y1 - read.y0;
    this.#turn = turn === read.x1 - read.x0 ? turn : 0;
    this.#limit = limitDegrees;
    this.#lonLat = transformer(source.crs, crsFromEpsg(4326));
  }

  /**
   * Says over which field searches now run. Fields of one source mostly miss the same cells, the sea: what was found in
   * one then holds in the next.
   *
   * @returns whether it misses other cells than the field before
   */
  begin(field: ArrayLike<number>): boolean {
    const mask = this.#mask;
    if (!mask) this.#mask = new Uint8Array(field.length);
    else if (sameMask(mask, field)) return false;
    for (let k = 0; k < field.length; k++) this.#mask![k] = Number.isNaN(field[k]!) ? 0 : 1;
    this.#count(this.#mask!);
    return true;
  }

  /**
   * @param col position on the source, pixels from its outer corner
   * @returns index of the nearest valid cell in the read window, -1 when there is none within the limit
   */
  nearest(col: number, row: number): number {
    const { x, y } = { x: Math.floor(col) - this.#read.x0, y: Math.floor(row) - this.#read.y0 };
    const reach = Math.min(Math.ceil(this.#limit / this.#pitch) + 1, Math.max(this.#width, this.#height));
    const first = this.#firstRing(x, y, reach);
    if (first > reach) return -1;
    const [lon, lat] = this.#lonLat(...apply(this.#grid.transform, col, row));
    if (Number.isNaN(lon)) return -1;
    const cosLat = Math.cos(lat * RAD);
    let best = -1;
    let bestDegrees = this.#limit;
    let farther = Infinity;
    for (let r = first; r <= reach && (r - 1) * this.#pitch <= bestDegrees; r++) {
      this.#ring(x, y, r, (k) => {
        if (this.#mask![k] === 0) return;
        const h = haversine(lon, lat, this.#lons![k]!, this.#lats![k]!, cosLat * this.#cosLats![k]!);
        if (h > farther) return;
        const degrees = degreesOf(h);
        if (degrees > bestDegrees || (degrees === bestDegrees && best >= 0)) return;
        best = k;
        bestDegrees = degrees;
        farther = h * BEYOND_ROUNDING;
      });
    }
    return best;
  }

  /** The first ring that can hold a valid cell: by doubling, then halving, over counts of valid cells. */
  #firstRing(x: number, y: number, reach: number): number {
    if (!this.#anyWithin(x, y, reach)) return reach + 1;
    let [low, high] = [-1, reach];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#anyWithin(x, y, middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  #anyWithin(x: number, y: number, r: number): boolean {
    // Across the seam of a full turn the box is two boxes; all columns are a safe answer.
    const wraps = this.#turn > 0 && (x - r < 0 || x + r >= this.#width);
    const x0 = wraps ? 0 : clamp(x - r, this.#width);
    const x1 = wraps ? this.#width : clamp(x + r + 1, this.#width);
    const [y0, y1] = [clamp(y - r, this.#height), clamp(y + r + 1, this.#height)];
    const w = this.#width + 1;
    const n = this.#valid!;
    return n[y1 * w + x1]! - n[y0 * w + x1]! - n[y1 * w + x0]! + n[y0 * w + x0]! > 0;
  }

  /** Visits the window's cells whose larger distance in rows or columns is r. */
  #ring(x: number, y: number, r: number, visit: (index: number) => void): void {
    for (let j = Math.max(0, y - r); j <= Math.min(this.#height - 1, y + r); j++) {
      const edge = j === y - r || j === y + r || r === 0;
      for (let i = x - r; i <= x + r; i += edge ? 1 : 2 * r) {
        const column = this.#turn > 0 ? i - this.#turn * Math.floor(i / this.#turn) : i;
        if (column >= 0 && column < this.#width) visit(j * this.#width + column);
      }
    }
  }

  #count(mask: Uint8Array): void {
    if (!this.#lons) this.#locate();
    const w = this.#width + 1;
    this.#valid ??= new Int32Array(w * (this.#height + 1));
    for (let j = 0; j < this.#height; j++) {
      let inRow = 0;
      for (let i = 0; i < this.#width; i++) {
        inRow += mask[j * this.#width + i]!;
        this.#valid[(j + 1) * w + i + 1] = this.#valid[j * w + i + 1]! + inRow;
      }
    }
  }

  #locate(): void {
    this.#lons = new Float64Array(this.#width * this.#height);
    this.#lats = new Float64Array(this.#width * this.#height);
    this.#cosLats = new Float64Array(this.#width * this.#height);
    for (let j = 0; j < this.#height; j++) {
      for (let i = 0; i < this.#width; i++) {
        const centre = apply(this.#grid.transform, this.#read.x0 + i + 0.5, this.#read.y0 + j + 0.5);
        const [lon, lat] = this.#lonLat(...centre);
        this.#lons[j * this.#width + i] = lon;
        this.#lats[j * this.#width + i] = lat;
        this.#cosLats[j * this.#width + i] = Math.cos(lat * RAD);
      }
    }
    for (let j = 0; j + 1 < this.#height; j++) {
      for (let i = 0; i + 1 < this.#width; i++) {
        const k = j * this.#width + i;
        this.#pitch = Math.min(this.#pitch, this.#step(k, k + 1, k + this.#width));
      }
    }
    // Without neighbours in both directions there is no telling: all cells of the window are looked at.
    if (!(this.#pitch < Infinity)) this.#pitch = 0;
  }

  #step(k: number, right: number, below: number): number {
    const at = (i: number): LonLat => [this.#lons![i]!, this.#lats![i]!];
    return stepDegrees(at(k), at(right), at(below)) * 0.99;
  }
}

/** Whether a field has values exactly where a mask is 1. */
function sameMask(mask: Uint8Array, field: ArrayLike<number>): boolean {
  for (let k = 0; k < mask.length; k++) if (Number.isNaN(field[k]!) === (mask[k] === 1)) return false;
  return true;
}

type LonLat = readonly [lon: number, lat: number];

/**
 * The smaller height of the parallelogram that a pixel makes with its neighbours to the right and below, degrees of
 * great circle; Infinity where one of them is nowhere.
 */
function stepDegrees([lon, lat]: LonLat, right: LonLat, below: LonLat): number {
  const squeeze = Math.cos(lat * RAD);
  const turned = (degrees: number): number => degrees - 360 * Math.round(degrees / 360);
  const [ax, ay] = [turned(right[0] - lon) * squeeze, right[1] - lat];
  const [bx, by] = [turned(below[0] - lon) * squeeze, below[1] - lat];
  const height = Math.abs(ax * by - ay * bx) / Math.max(Math.hypot(ax, ay), Math.hypot(bx, by));
  return Number.isNaN(height) ? Infinity : height;
}

/** Beyond this many pixels nothing is read for the coast rule: near a pole, or for fine sources. */
const MAX_COAST_MARGIN = 64;

/**
 * The part of a source that bilinear interpolation to a target window may look at, the coast rule's search included:
 * towards the poles a distance spans more columns.
 *
 * @returns undefined when source and window do not meet
 */
export function coastWindow(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  coastDegrees = COAST_SEARCH_DEGREES,
): PixelWindow | undefined {
  const reach = reachOf(target, window, source, 1);
  if (!reach || coastDegrees <= 0) return sourceWindow(target, window, source);
  const toLonLat = transformer(source.crs, crsFromEpsg(4326));
  const place = (col: number, row: number): LonLat => toLonLat(...apply(source.transform, col, row));
  let pitch = Infinity;
  for (const u of [0, 0.25, 0.5, 0.75, 1]) {
    for (const v of [0, 0.25, 0.5, 0.75, 1]) {
      const [x, y] = [reach.x0 + u * (reach.x1 - reach.x0), reach.y0 + v * (reach.y1 - reach.y0)];
      pitch = Math.min(pitch, stepDegrees(place(x, y), place(x + 1, y), place(x, y + 1)));
    }
  }
  const margin = Math.min(MAX_COAST_MARGIN, Math.ceil(coastDegrees / pitch) + 1);
  return sourceWindow(target, window, source, 1 + margin);
}

const clamp = (n: number, max: number): number => Math.max(0, Math.min(max, n));
