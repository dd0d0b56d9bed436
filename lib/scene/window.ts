import type { Affine } from '../grid/affine.ts';
import type { Box } from './lattice.ts';
import type { Parallel } from './noise.ts';

/** MODIS sinusoidal grid (spec casa.md 1.2, V19). */
const RADIUS = 6371007.181;
const TILE = (2 * Math.PI * RADIUS) / 36;
/** 231.6563582… m */
export const PIXEL = TILE / 4800;
const TILE_H = 28;
const TILE_V = 6;
const LEFT = -Math.PI * RADIUS + TILE_H * TILE;
const TOP = (Math.PI * RADIUS) / 2 - TILE_V * TILE;

const DEGREES = 180 / Math.PI;

/** Rows and columns of tile h28v06 at 250 m, half-open. */
export interface TileWindow {
  readonly row0: number;
  readonly row1: number;
  readonly col0: number;
  readonly col1: number;
}

export type WindowName = 'tiny' | 'small' | 'full';

/**
 * `full` holds the nine cities' bounding box (V19); `small` the towns of all nine around the estuary; `tiny`, for
 * tests, the head of the estuary with three cities.
 */
export const WINDOWS: Readonly<Record<WindowName, TileWindow>> = {
  full: { row0: 2687, row1: 4052, col0: 674, col1: 3526 },
  small: { row0: 3126, row1: 3790, col0: 1600, col1: 2701 },
  tiny: { row0: 3455, row1: 3506, col0: 2245, col1: 2326 },
};

export const heightOf = (w: TileWindow): number => w.row1 - w.row0;
export const widthOf = (w: TileWindow): number => w.col1 - w.col0;

export const transformOf = (w: TileWindow): Affine => [
  PIXEL,
  0,
  LEFT + w.col0 * PIXEL,
  0,
  -PIXEL,
  TOP - w.row0 * PIXEL,
];

/**
 * The centres of a row of pixels, each cut into `parts` × `parts`; `part` counts the cuts from the top. A row of the
 * sinusoidal grid is a parallel, and its pixels are evenly spaced in longitude.
 */
export function pixelRow(w: TileWindow, row: number, parts = 1, part = 0): Parallel {
  const y = TOP - (w.row0 + row + (part + 0.5) / parts) * PIXEL;
  const lat = y / RADIUS;
  const perMetre = DEGREES / (RADIUS * Math.cos(lat));
  const step = (PIXEL / parts) * perMetre;
  const x = LEFT + w.col0 * PIXEL + (0.5 * PIXEL) / parts;
  return { lat: lat * DEGREES, lon: x * perMetre, step, count: widthOf(w) * parts };
}

/** Longitudes that the window reaches at a latitude; undefined above and below it. */
export function reachAt(w: TileWindow, lat: number): readonly [west: number, east: number] | undefined {
  const y = (lat / DEGREES) * RADIUS;
  if (y > TOP - w.row0 * PIXEL || y < TOP - w.row1 * PIXEL) return undefined;
  const perMetre = DEGREES / (RADIUS * Math.cos(lat / DEGREES));
  return [(LEFT + w.col0 * PIXEL) * perMetre, (LEFT + w.col1 * PIXEL) * perMetre];
}

/** The smallest box of degrees around the window, which is a parallelogram in degrees. */
export function boxOf(w: TileWindow): Box {
  const north = ((TOP - w.row0 * PIXEL) / RADIUS) * DEGREES;
  const south = ((TOP - w.row1 * PIXEL) / RADIUS) * DEGREES;
  const [topWest, topEast] = edges(w, north);
  const [bottomWest, bottomEast] = edges(w, south);
  return { west: Math.min(topWest, bottomWest), east: Math.max(topEast, bottomEast), south, north };
}

function edges(w: TileWindow, lat: number): readonly [number, number] {
  const perMetre = DEGREES / (RADIUS * Math.cos(lat / DEGREES));
  return [(LEFT + w.col0 * PIXEL) * perMetre, (LEFT + w.col1 * PIXEL) * perMetre];
}

/** `margin` degrees more on every side. */
export const widen = ({ west, south, east, north }: Box, margin: number): Box => ({
  west: west - margin,
  south: south - margin,
  east: east + margin,
  north: north + margin,
});
