import { type Affine, apply, invert } from '../grid/affine.ts';
import { type Crs, crsByName } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { type Transform, transformer } from '../grid/projection.ts';

/**
 * The paper of a map: pixels of the picture, from the top left, against longitudes and latitudes and against the
 * grid's columns and rows. Points outside a projection's domain are NaN.
 */
export interface MapFrame {
  readonly width: number;
  readonly height: number;
  /** Meridians and parallels are straight: the frame's own coordinates are degrees. */
  readonly lonLat: boolean;
  /** left, bottom, right, top, in the frame's coordinates. */
  readonly bounds: Bounds;
  toPixel(lon: number, lat: number): [x: number, y: number];
  toLonLat(x: number, y: number): [lon: number, lat: number];
  /** Columns and rows as fractions; the top left corner of the first pixel is 0, 0. */
  toGrid(x: number, y: number): [col: number, row: number];
  fromGrid(col: number, row: number): [x: number, y: number];
}

export type Bounds = readonly [left: number, bottom: number, right: number, top: number];

/** A frame without a size yet: its coordinates, and what they are to the grid. */
export interface FrameSpace {
  readonly lonLat: boolean;
  /** Width of one coordinate unit over its height, on the ground, at a latitude. */
  readonly aspect: (bounds: Bounds) => number;
  readonly fromGrid: (col: number, row: number) => [u: number, v: number];
  readonly toGrid: (u: number, v: number) => [col: number, row: number];
  readonly fromLonLat: (lon: number, lat: number) => [u: number, v: number];
  readonly toLonLat: (u: number, v: number) => [lon: number, lat: number];
}

const RAD = Math.PI / 180;
const WGS84 = crsByName('EPSG:4326');

/**
 * Longitude and latitude for geographic and sinusoidal grids (whose own axes lean the more, the farther a place is
 * from the central meridian); the grid's own coordinates for every other projection.
 */
export function frameSpace({ crs, transform }: GeoGrid): FrameSpace {
  const back = invert(transform);
  if (crs.geographic) return ownSpace(transform, back, true);
  if (/\+proj=sinu\b/.test(crs.proj4)) return lonLatSpace(crs, transform, back);
  return { ...ownSpace(transform, back, false), ...geographicOf(crs) };
}

function ownSpace(transform: Affine, back: Affine, lonLat: boolean): FrameSpace {
  const same = (u: number, v: number): [number, number] => [u, v];
  return {
    lonLat,
    aspect: lonLat ? degreeAspect : () => 1,
    fromGrid: (col, row) => apply(transform, col, row),
    toGrid: (u, v) => apply(back, u, v),
    fromLonLat: same,
    toLonLat: same,
  };
}

function lonLatSpace(crs: Crs, transform: Affine, back: Affine): FrameSpace {
  const { fromLonLat: project, toLonLat: unproject } = geographicOf(crs);
  const same = (u: number, v: number): [number, number] => [u, v];
  return {
    lonLat: true,
    aspect: degreeAspect,
    fromGrid: (col, row) => unproject(...apply(transform, col, row)),
    toGrid: (u, v) => apply(back, ...project(u, v)),
    fromLonLat: same,
    toLonLat: same,
  };
}

function geographicOf(crs: Crs): { fromLonLat: Transform; toLonLat: Transform } {
  return { fromLonLat: transformer(WGS84, crs), toLonLat: transformer(crs, WGS84) };
}

/** Degrees are drawn true to scale at the middle latitude; over most of the Earth as squares. */
const degreeAspect = ([, bottom, , top]: Bounds): number =>
  top - bottom > 90 ? 1 : Math.max(0.1, Math.cos(((bottom + top) / 2) * RAD));

/** Lays a space out on `width × height` pixels or less, keeping its shape. */
export function layOut(space: FrameSpace, bounds: Bounds, box: { width: number; height: number }): MapFrame {
  const [left, bottom, right, top] = bounds;
  const aspect = ((right - left) * space.aspect(bounds)) / (top - bottom);
  const width = Math.max(40, Math.round(Math.min(box.width, box.height * aspect)));
  const height = Math.max(40, Math.round(Math.min(box.height, width / aspect)));
  const [perX, perY] = [width / (right - left), height / (top - bottom)];
  const toPixel = (u: number, v: number): [number, number] => [(u - left) * perX, (top - v) * perY];
  const toSpace = (x: number, y: number): [number, number] => [left + x / perX, top - y / perY];
  const middle = (left + right) / 2;
  const near = (lon: number): number => (space.lonLat ? lon - 360 * Math.round((lon - middle) / 360) : lon);
  return {
    width,
    height,
    lonLat: space.lonLat,
    bounds,
    toPixel: (lon, lat) => toPixel(...space.fromLonLat(near(lon), lat)),
    toLonLat: (x, y) => space.toLonLat(...toSpace(x, y)),
    toGrid: (x, y) => space.toGrid(...toSpace(x, y)),
    fromGrid: (col, row) => toPixel(...space.fromGrid(col, row)),
  };
}
