import { crsByName } from '../grid/crs.ts';
import { encodeCog } from '../raster/cog-write.ts';
import { citiesGeoJson } from './cities.ts';
import { climateSites } from './climate.ts';
import { climateZarr } from './climate-zarr.ts';
import { type CompositeCells, makeComposite, makeGround, NDVI } from './composite.ts';
import {
  type ClassMap,
  drawClasses,
  FINE_PIXEL,
  GLC_FILL,
  MAPPED,
  toWorldCover,
  WORLD_COVER_BOX,
} from './fine-land-cover.ts';
import { type Landscape, makeLandscape } from './landscape.ts';
import type { Box } from './lattice.ts';
import type { SceneObject } from './scene-object.ts';
import type { SceneOptions } from './scene-options.ts';
import { compositeKey, SCENE_KEYS, sceneReadme, sceneSpec } from './scene-texts.ts';
import { boxOf, heightOf, transformOf, WINDOWS, widen, widthOf } from './window.ts';

/** A 16-day composite of MOD13Q1. */
export interface Composite {
  readonly year: number;
  /** 1, 17, … 353 */
  readonly dayOfYear: number;
}

/** Cities, spec and README. */
export const textFiles = (options: SceneOptions): SceneObject[] => [
  text(SCENE_KEYS.cities, JSON.stringify(citiesGeoJson())),
  text(SCENE_KEYS.spec, sceneSpec(options)),
  text(SCENE_KEYS.readme, sceneReadme(options)),
];

const text = (key: string, body: string): SceneObject => ({ key, bytes: new TextEncoder().encode(body) });

/** The land under the window and some way around it, so that its edge is like its middle. */
const landUnder = ({ seed, window }: SceneOptions, box: Box = boxOf(WINDOWS[window])): Landscape =>
  makeLandscape(seed, widen(box, 0.05));

/** NDVI and pixel reliability of some composites, one file after the other. */
export function* compositeFiles(
  options: SceneOptions,
  composites: readonly Composite[],
): Generator<SceneObject> {
  const ground = makeGround(landUnder(options), WINDOWS[options.window]);
  for (const { year, dayOfYear } of composites) {
    const cells = makeComposite(ground, year, dayOfYear);
    yield ndviFile(options, cells, compositeKey(SCENE_KEYS.ndvi, year, dayOfYear));
    yield reliabilityFile(options, cells, compositeKey(SCENE_KEYS.reliability, year, dayOfYear));
  }
}

const SYNTHETIC = 'SYNTHETIC, made by chunkflux scene prd';

/** What every file of the tile's window shares. */
const onTile = ({ window }: SceneOptions) =>
  ({
    width: widthOf(WINDOWS[window]),
    height: heightOf(WINDOWS[window]),
    transform: transformOf(WINDOWS[window]),
    crs: crsByName('modis-sinusoidal'),
    compression: 'deflate',
    overviews: 'nearest',
  }) as const;

function ndviFile(options: SceneOptions, { ndvi }: CompositeCells, key: string): SceneObject {
  const meaning = { scale: NDVI.scale, nodata: NDVI.nodata, description: `250m 16 days NDVI (${SYNTHETIC})` };
  return cog(key, { ...onTile(options), ...meaning, cells: ndvi, dtype: 'int16', effort: 4 });
}

function reliabilityFile(options: SceneOptions, { reliability }: CompositeCells, key: string): SceneObject {
  const meaning = { nodata: -1, description: `250m 16 days pixel reliability (${SYNTHETIC})` };
  return cog(key, { ...onTile(options), ...meaning, cells: reliability, dtype: 'int8' });
}

/** 30 m land cover under the window. */
export function landCoverFile(options: SceneOptions): SceneObject {
  const window = WINDOWS[options.window];
  const box = common(widen(boxOf(window), 0.02), MAPPED);
  const map = drawClasses(landUnder(options, box), box, FINE_PIXEL.glc, window);
  return classFile(SCENE_KEYS.landCover, map, GLC_FILL, `GLC_FCS30 land cover (${SYNTHETIC})`);
}

/** 10 m land cover of the middle of the delta. */
export function worldCoverFile(options: SceneOptions): SceneObject {
  const land = landUnder(options, WORLD_COVER_BOX);
  const map = drawClasses(land, WORLD_COVER_BOX, FINE_PIXEL.worldCover, WINDOWS[options.window]);
  return classFile(SCENE_KEYS.worldCover, toWorldCover(map), 0, `WorldCover land cover (${SYNTHETIC})`);
}

const classFile = (key: string, map: ClassMap, nodata: number, description: string): SceneObject =>
  cog(key, {
    ...map,
    dtype: 'uint8',
    crs: crsByName('EPSG:4326'),
    nodata,
    description,
    compression: 'deflate',
    effort: 4,
    overviews: 'nearest',
  });

const cog = (key: string, image: Parameters<typeof encodeCog>[0]): SceneObject => ({
  key,
  bytes: Buffer.concat(encodeCog(image)),
});

const common = (a: Box, b: Box): Box => ({
  west: Math.max(a.west, b.west),
  south: Math.max(a.south, b.south),
  east: Math.min(a.east, b.east),
  north: Math.min(a.north, b.north),
});

/** Nodes of the climate: the nine cities with a margin, whatever the window. Tenths of a degree. */
const CLIMATE_NODES = { north: 249, south: 212, west: 1108, east: 1160 } as const;

/** The climate is smooth: a coarser lattice of the land is enough. */
const CLIMATE_LATTICE = 0.01;

/** Monthly climate as a Zarr group. */
export function climateFiles({ seed, years }: SceneOptions): SceneObject[] {
  const { north, south, west, east } = CLIMATE_NODES;
  const latitude = Float64Array.from({ length: north - south + 1 }, (_, k) => (north - k) / 10);
  const longitude = Float64Array.from({ length: east - west + 1 }, (_, k) => (west + k) / 10);
  const box = { west: west / 10, east: east / 10, south: south / 10, north: north / 10 };
  const land = makeLandscape(seed, widen(box, 0.06), CLIMATE_LATTICE);
  return climateZarr(SCENE_KEYS.climate, climateSites(land, latitude, longitude), years);
}
