import type { Affine } from '../grid/affine.ts';
import { GLC, landCoverRows } from './land-cover.ts';
import type { Landscape } from './landscape.ts';
import type { Box } from './lattice.ts';
import { reachAt, type TileWindow } from './window.ts';

/** A class map in degrees, row by row from the north. */
export interface ClassMap {
  readonly cells: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly transform: Affine;
}

/** Pixels of GLC_FCS30 (30 m at the equator) and of ESA WorldCover (10 m), degrees. */
export const FINE_PIXEL = { glc: 0.00026949458523585647, worldCover: 1 / 12000 } as const;

/** The land cover that the scene has at all: the nine cities and a margin. */
export const MAPPED: Box = { west: 111.3, south: 21.5, east: 115.5, north: 24.45 };

/** The middle of the delta, where the 10 m map lies. */
export const WORLD_COVER_BOX: Box = { west: 113.2, south: 22.5, east: 113.8, north: 23 };

export const GLC_FILL: number = GLC.fill;

/**
 * Draws GLC codes over a box, as far as the window reaches and 0.02 degrees beyond: a clip to the study area, with
 * fill outside.
 */
export function drawClasses(land: Landscape, box: Box, pixel: number, window: TileWindow): ClassMap {
  const width = Math.round((box.east - box.west) / pixel);
  const height = Math.round((box.north - box.south) / pixel);
  const cells = new Uint8Array(width * height).fill(GLC.fill);
  const draw = landCoverRows(land, width);
  for (let row = 0; row < height; row++) {
    const lat = box.north - (row + 0.5) * pixel;
    const reach = reachAt(window, lat);
    if (!reach) continue;
    const from = Math.max(0, Math.floor((reach[0] - MARGIN - box.west) / pixel));
    const to = Math.min(width, Math.ceil((reach[1] + MARGIN - box.west) / pixel));
    if (to <= from) continue;
    const lon = box.west + (from + 0.5) * pixel;
    draw(cells.subarray(row * width + from, row * width + to), { lat, lon, step: pixel, count: to - from });
  }
  return { cells, width, height, transform: [pixel, 0, box.west, 0, -pixel, box.north] };
}

const MARGIN = 0.02;

/** Codes of ESA WorldCover v200 (spec casa.md 1.6) by GLC code; 0 is its nodata. */
const WORLD_COVER: Readonly<Record<number, number>> = {
  [GLC.crop]: 40,
  [GLC.orchard]: 10,
  [GLC.irrigated]: 40,
  [GLC.openEvergreenBroadleaf]: 10,
  [GLC.evergreenBroadleaf]: 10,
  [GLC.deciduousBroadleaf]: 10,
  [GLC.evergreenNeedleleaf]: 10,
  [GLC.mixedForest]: 10,
  [GLC.shrub]: 20,
  [GLC.grass]: 30,
  [GLC.wetland]: 90,
  [GLC.impervious]: 50,
  [GLC.bare]: 60,
  [GLC.water]: 80,
  [GLC.fill]: 0,
};

/** The same land in the classes of WorldCover, in place. */
export function toWorldCover(map: ClassMap): ClassMap {
  const table = new Uint8Array(256);
  for (const [code, class10m] of Object.entries(WORLD_COVER)) table[Number(code)] = class10m;
  for (let k = 0; k < map.cells.length; k++) map.cells[k] = table[map.cells[k]!]!;
  return map;
}
