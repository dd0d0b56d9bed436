import { apply } from './affine.ts';
import { areaBetweenParallels, areaToParallel, type Ellipsoid, sinAuthalic } from './authalic.ts';
import type { GeoGrid } from './geo-grid.ts';
import { parseProj } from './proj-string.ts';
import { unprojection } from './projection.ts';
import type { PixelWindow } from './warp.ts';

export interface AreaOptions {
  /** For grids of longitudes and latitudes: another figure of the Earth than the CRS's own. */
  readonly ellipsoid?: Ellipsoid;
}

const RAD = Math.PI / 180;
/** Between exact areas this many metres of grid apart, areas are interpolated: off by less than 1e-9 of themselves. */
const NET_METRES = 8000;
const MAX_NET_PIXELS = 32;

/**
 * True areas of a window's pixels, row-major, m2. Exact on equal-area grids and on grids of longitudes and latitudes;
 * on others within 1e-9, NaN where a pixel reaches beyond the projection's domain.
 */
export function cellAreas(grid: GeoGrid, window: PixelWindow, options: AreaOptions = {}): Float64Array {
  const width = window.x1 - window.x0;
  const byRow = rowAreas(grid, window.y0, window.y1, options);
  if (!byRow) return interpolatedAreas(grid, window);
  const areas = new Float64Array(byRow.length * width);
  for (const [j, area] of byRow.entries()) areas.fill(area, j * width, (j + 1) * width);
  return areas;
}

/**
 * True area of any pixel of each row, m2: on grids where it does not change along a row.
 *
 * @returns undefined on other grids
 */
export function rowAreas(
  grid: GeoGrid,
  y0: number,
  y1: number,
  { ellipsoid }: AreaOptions = {},
): Float64Array | undefined {
  const { crs, transform } = grid;
  if (crs.equalArea) return new Float64Array(y1 - y0).fill(planeArea(grid));
  if (!crs.geographic || transform[1] !== 0 || transform[3] !== 0) return undefined;
  const [a, , , , e, f] = transform;
  const figure = ellipsoid ?? crs.ellipsoid;
  const width = Math.abs(a) * RAD;
  return Float64Array.from({ length: y1 - y0 }, (_, j) => {
    const top = f + e * (y0 + j);
    return width * areaBetweenParallels(top, top + e, figure);
  });
}

/** Area of a pixel in the plane of its projection, m2. */
function planeArea({ crs, transform: [a, b, , d, e] }: GeoGrid): number {
  const toMeter = Number(parseProj(crs.proj4).get('to_meter') ?? 1);
  return Math.abs(a * e - b * d) * toMeter * toMeter;
}

/** The net hangs on the grid, not on the window: a pixel has one area, whatever is asked for around it. */
function interpolatedAreas(grid: GeoGrid, { y0, y1, x0, x1 }: PixelWindow): Float64Array {
  const areas = new Float64Array((x1 - x0) * (y1 - y0));
  const exact = quadArea(grid);
  const pixelMetres = Math.sqrt(planeArea(grid)) * (grid.crs.geographic ? 111_320 : 1);
  const step = Math.max(1, Math.min(MAX_NET_PIXELS, Math.floor(NET_METRES / pixelMetres)));
  for (let j = Math.floor(y0 / step) * step; j < y1; j += step) {
    for (let i = Math.floor(x0 / step) * step; i < x1; i += step)
      fillBlock(areas, { y0, y1, x0, x1 }, { i, j, step }, exact);
  }
  return areas;
}

/** A square of the net by its first column and row. */
interface Block {
  readonly i: number;
  readonly j: number;
  readonly step: number;
}

/** Quadratic both ways through nine exact areas; exact all over where one of them is outside the projection. */
function fillBlock(areas: Float64Array, window: PixelWindow, { i, j, step }: Block, exact: PixelArea): void {
  const at = [0, step / 2, step];
  const net = at.map((y) => at.map((x) => (step > 1 ? exact(i + x, j + y) : Number.NaN)));
  const smooth = net.flat().every(Number.isFinite);
  const width = window.x1 - window.x0;
  for (let y = Math.max(j, window.y0); y < Math.min(j + step, window.y1); y++) {
    const row = quadratic(net, (y - j) / step);
    const from = (y - window.y0) * width - window.x0;
    for (let x = Math.max(i, window.x0); x < Math.min(i + step, window.x1); x++)
      areas[from + x] = smooth ? at3(row, (x - i) / step) : exact(x, y);
  }
}

const quadratic = (net: readonly (readonly number[])[], v: number): number[] =>
  [0, 1, 2].map((k) => at3([net[0]![k]!, net[1]![k]!, net[2]![k]!], v));

/** The parabola through its values at 0, 1/2 and 1. */
const at3 = ([a, b, c]: readonly number[], u: number): number =>
  a! + u * (4 * b! - 3 * a! - c! + u * (2 * a! + 2 * c! - 4 * b!));

type PixelArea = (col: number, row: number) => number;

/**
 * Area of the quadrilateral of great circles through a pixel's corners on the sphere of equal area: two triangles.
 *
 * @see Van Oosterom & Strackee 1983, eq. 8
 */
function quadArea({ crs, transform }: GeoGrid): PixelArea {
  const pole = areaToParallel(90, crs.ellipsoid);
  const toLonLat = unprojection(crs);
  const corner = (col: number, row: number): Vector => {
    const [lon, lat] = toLonLat(...apply(transform, col, row));
    const z = sinAuthalic(lat, crs.ellipsoid, pole);
    const r = Math.sqrt((1 - z) * (1 + z));
    return [r * Math.cos(lon * RAD), r * Math.sin(lon * RAD), z];
  };
  return (col, row) => {
    const [a, b, c, d] = [
      corner(col, row),
      corner(col + 1, row),
      corner(col + 1, row + 1),
      corner(col, row + 1),
    ];
    return pole * Math.abs(triangle(a, b, c) + triangle(a, c, d));
  };
}

type Vector = readonly [x: number, y: number, z: number];

/** Signed solid angle of a spherical triangle; its volume is taken from the sides, which keeps small ones exact. */
function triangle(a: Vector, b: Vector, c: Vector): number {
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  const volume = a[0] * (uy * vz - uz * vy) + a[1] * (uz * vx - ux * vz) + a[2] * (ux * vy - uy * vx);
  return 2 * Math.atan2(volume, 1 + dot(a, b) + dot(b, c) + dot(c, a));
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
