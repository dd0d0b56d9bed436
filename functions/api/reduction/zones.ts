import { BadRequest } from '../../../lib/errors.ts';
import { cellAreas } from '../../../lib/grid/area.ts';
import { crsByName } from '../../../lib/grid/crs.ts';
import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import { type Feature, readFeatures, readPolygons } from '../../../lib/grid/geojson.ts';
import type { GridEdges } from '../../../lib/grid/grid-edges.ts';
import { checkRings } from '../../../lib/grid/rings.ts';
import { layEach } from '../../../lib/grid/zone.ts';
import type { ChunkCover } from '../../../lib/view/chunk-cover.ts';
import { pixelAt } from '../../../lib/view/target-window.ts';
import { type Membership, weigh, type ZoneWeights } from '../../../lib/view/zone-weights.ts';
import { OverLimit } from '../errors.ts';
import type { Limits } from '../options.ts';

type Json = Readonly<Record<string, unknown>>;

/** A feature as it was sent, and what it became; `problem` when it is no zone. */
export interface AskedZone {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** As sent, to send back. */
  readonly feature: Json | undefined;
  readonly zone?: ZoneWeights;
  /** Its outline on the grid; absent for a point. */
  readonly edges?: GridEdges;
  readonly problem?: string;
  /** Of a stored set whose weights are kept: how it lies on the chunks. */
  readonly kept?: ChunkCover;
  /** Only one class of land cover in it: index of `COVER_CLASSES`. */
  readonly cover?: number;
  /** Water, snow and what has no class: in no share. */
  readonly dropped?: true;
}

/**
 * Only what is wrong with the whole is an error; what is wrong with one feature stays with it.
 * @param only places in the list, when the others are not asked for
 */
export function zonesFrom(
  geojson: unknown,
  grid: GeoGrid,
  membership: Membership,
  limits: Limits,
  only?: readonly number[],
): AskedZone[] {
  const list = featuresOf(geojson);
  checkLimits(list, limits);
  const names = list.map(namesOf);
  const wanted = new Set(only ?? list.keys());
  // A pixel centre on a common edge belongs to one zone only: then all must be known.
  const needed = (i: number): boolean => membership === 'centre' || wanted.has(i);
  const read = list.map((feature, i) => (needed(i) ? readOne(feature, i) : undefined));
  const good = read.flatMap((found, i) => (found && typeof found !== 'string' ? [i] : []));
  const laid = layEach(
    good.map((i) => read[i] as Feature),
    grid,
  );
  const onGrid = new Map(good.map((i, k) => [i, laid[k]!]));
  return [...wanted].map((index) => {
    const sent = list[index];
    const base = { index, ...names[index]!, feature: isObject(sent) ? sent : undefined };
    const zone = onGrid.get(index) ?? (read[index] as string);
    if (typeof zone === 'string') return { ...base, problem: zone };
    if (zone instanceof BadRequest) return { ...base, problem: problemIn(zone) };
    return { ...base, zone: weigh(zone, membership), edges: zone.edges };
  });
}

/** The pixel that holds a place, counted whole. */
export function pointZone([lon, lat]: readonly [number, number], grid: GeoGrid): AskedZone {
  const [col, row] = pixelAt(crsByName('EPSG:4326'), lon, lat, grid).map(Math.floor) as [number, number];
  const inside = col >= 0 && row >= 0 && col < grid.width && row < grid.height;
  const window = inside ? { y0: row, y1: row + 1, x0: col, x1: col + 1 } : undefined;
  const polygonArea = window ? cellAreas(grid, window)[0]! : 0;
  const id = `${lon},${lat}`;
  const zone: ZoneWeights = { id, name: id, polygonArea, window, weights: () => [1] };
  return { index: 0, id, name: id, feature: undefined, zone };
}

/** Cut in two where it lies across the dateline. */
export function boxGeoJson([west, south, east, north]: readonly [number, number, number, number]): Json {
  const ring = (w: number, e: number) => [
    [
      [w, south],
      [e, south],
      [e, north],
      [w, north],
      [w, south],
    ],
  ];
  const geometry =
    west <= east
      ? { type: 'Polygon', coordinates: ring(west, east) }
      : { type: 'MultiPolygon', coordinates: [ring(west, 180), ring(-180, east)] };
  return { type: 'Feature', id: 'bbox', properties: {}, geometry };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The features of a GeoJSON value; a bare geometry is one. */
export function featuresOf(geojson: unknown): unknown[] {
  if (
    isObject(geojson) &&
    geojson.type === 'FeatureCollection' &&
    Array.isArray(geojson.features) &&
    geojson.features.length > 0
  ) {
    readCrs(geojson);
    return geojson.features;
  }
  if (isObject(geojson) && geojson.type === 'Feature') return [geojson];
  if (isObject(geojson) && (geojson.type === 'Polygon' || geojson.type === 'MultiPolygon'))
    return [{ type: 'Feature', properties: {}, geometry: geojson }];
  readFeatures(geojson); // names what is wrong
  return [];
}

/** A CRS that GeoJSON does not have is wrong for all features alike. */
function readCrs({ crs }: Json): void {
  if (crs === undefined || crs === null) return;
  const box = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  };
  readFeatures({ ...box, crs });
}

function namesOf(feature: unknown, i: number): { id: string; name: string } {
  const properties = isObject(feature) && isObject(feature.properties) ? feature.properties : {};
  const own = isObject(feature) ? feature.id : undefined;
  const id = text(properties.id) ?? text(own) ?? String(i + 1);
  return { id, name: text(properties.name_en) ?? text(properties.name) ?? text(properties.title) ?? id };
}

const text = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

/** How the errors of a feature begin that stands for itself. */
const UNNAMED = 'zones.features[0] ()';

const problemIn = ({ message }: BadRequest): string =>
  message.replace(/^zones\.features\[\d+\] \(\)[,:]? ?/, '');

/** @returns what is wrong with it, where something is */
function readOne(feature: unknown, i: number): Feature | string {
  try {
    const geometry = isObject(feature) ? feature.geometry : undefined;
    const read = { id: String(i + 1), name: '', polygons: readPolygons(geometry, () => UNNAMED) };
    checkRings(read, 0);
    return read;
  } catch (error) {
    if (error instanceof BadRequest) return problemIn(error);
    throw error;
  }
}

function checkLimits(list: readonly unknown[], { features, vertices }: Limits): void {
  if (list.length > features)
    throw new OverLimit('features', features, list.length, 'Send them in several requests.');
  let count = 0;
  for (const feature of list) {
    const geometry = isObject(feature) && isObject(feature.geometry) ? feature.geometry : {};
    count += countPositions(geometry.coordinates, 0);
  }
  if (count > vertices)
    throw new OverLimit(
      'vertices',
      vertices,
      count,
      'Simplify the polygons, or send them in several requests.',
    );
}

/** Positions below a list of coordinates; nothing that is nested deeper than GeoJSON is. */
function countPositions(coordinates: unknown, depth: number): number {
  if (!Array.isArray(coordinates) || depth > 4) return 0;
  const [first]: unknown[] = coordinates;
  if (typeof first === 'number') return 1;
  if (Array.isArray(first) && typeof first[0] === 'number') return coordinates.length; // of a ring
  let count = 0;
  for (const part of coordinates) count += countPositions(part, depth + 1);
  return count;
}
