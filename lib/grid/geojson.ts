import { BadRequest } from '../errors.ts';
import { smallFloats } from './slab.ts';

/** Closed ring of longitudes and latitudes, degrees: `[lon0, lat0, lon1, lat1, …, lon0, lat0]`. */
export type Ring = Float64Array;

/** An outline and its holes. */
export type PolygonRings = readonly [outline: Ring, ...holes: Ring[]];

/** One area of a GeoJSON text. */
export interface Feature {
  readonly id: string;
  readonly name: string;
  readonly polygons: readonly PolygonRings[];
}

export interface FeatureOptions {
  /** Property that names a zone; by default `id`, the feature's own id, or its place in the list. */
  readonly idProperty?: string;
  /** Property that titles it; by default `name_en`, `name`, `title`, or the id. */
  readonly nameProperty?: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the polygons of a GeoJSON value: a Polygon, a MultiPolygon, a Feature or a FeatureCollection of them.
 *
 * @throws BadRequest naming the feature and what is wrong with it: another type of geometry, no coordinates, a ring
 * that is not closed or has no area, a number that is no longitude or latitude, an edge across the dateline, an id
 * twice
 * @see RFC 7946
 */
export function readFeatures(geojson: unknown, options: FeatureOptions = {}): Feature[] {
  if (!isObject(geojson)) throw new BadRequest('zones', 'not a GeoJSON object');
  checkCrs(geojson);
  const features = listOf(geojson).map((feature, i) => readFeature(feature, i, options));
  if (features.length === 0) throw new BadRequest('zones.features', 'there is no feature in it');
  const seen = new Set<string>();
  for (const { id } of features) {
    if (seen.has(id))
      throw new BadRequest('zones.features', `the id "${id}" is there twice; ids must differ`);
    seen.add(id);
  }
  return features;
}

/** Properties of each feature of a GeoJSON value that `readFeatures` takes, in its order. */
export function featureProperties(geojson: unknown): readonly Json[] {
  if (!isObject(geojson)) return [];
  return listOf(geojson).map((feature) =>
    isObject(feature) && isObject(feature.properties) ? feature.properties : {},
  );
}

/** @throws BadRequest when the text is not JSON */
export function parseGeoJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadRequest('zones', `not JSON (${(cause as Error).message})`, { cause });
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Old files may name another CRS than the longitudes and latitudes of WGS 84. */
function checkCrs({ crs }: Json): void {
  if (crs === undefined || crs === null) return;
  const properties = isObject(crs) && isObject(crs.properties) ? crs.properties : {};
  const name = String(properties.name ?? '');
  if (/CRS84$|EPSG:{1,2}4326$/.test(name)) return;
  throw new BadRequest(
    'zones.crs',
    `"${name}" is not read: GeoJSON is in longitudes and latitudes (RFC 7946)`,
  );
}

function listOf(geojson: Json): unknown[] {
  switch (geojson.type) {
    case 'FeatureCollection':
      if (Array.isArray(geojson.features)) return geojson.features;
      throw new BadRequest('zones.features', 'a FeatureCollection needs a list of features');
    case 'Feature':
      return [geojson];
    default:
      return [{ type: 'Feature', geometry: geojson, properties: null }];
  }
}

function readFeature(feature: unknown, index: number, options: FeatureOptions): Feature {
  const field = `zones.features[${index}]`;
  if (!isObject(feature) || feature.type !== 'Feature') throw new BadRequest(field, 'it is not a Feature');
  const properties = isObject(feature.properties) ? feature.properties : {};
  const id = textOf(options.idProperty ? properties[options.idProperty] : (properties.id ?? feature.id));
  if (options.idProperty && id === undefined) {
    throw new BadRequest(field, `it has no property "${options.idProperty}" for its id`);
  }
  const named = options.nameProperty
    ? properties[options.nameProperty]
    : (properties.name_en ?? properties.name ?? properties.title);
  const key = id ?? String(index + 1);
  const name = textOf(named) ?? key;
  return { id: key, name, polygons: readPolygons(feature.geometry, () => `${field} (${name})`) };
}

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

/** Names a place in the text, once something is wrong with it. */
type Label = () => string;

/**
 * The polygons of a Polygon or MultiPolygon.
 *
 * @throws BadRequest with the label, as `readFeatures`
 */
export function readPolygons(geometry: unknown, label: Label): PolygonRings[] {
  if (!isObject(geometry)) throw new BadRequest(label(), 'it has no geometry');
  const { type, coordinates } = geometry;
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    throw new BadRequest(label(), `its geometry is a ${String(type)}; a zone is a Polygon or MultiPolygon`);
  }
  const polygons: unknown = type === 'Polygon' ? [coordinates] : coordinates;
  if (!Array.isArray(polygons) || polygons.length === 0)
    throw new BadRequest(label(), 'its geometry is empty');
  return polygons.map((rings, p) => readPolygon(rings, () => `${label()}, polygon ${p + 1}`));
}

function readPolygon(rings: unknown, label: Label): PolygonRings {
  if (!Array.isArray(rings) || rings.length === 0) throw new BadRequest(label(), 'it has no ring');
  return rings.map((ring, r) => readRing(ring, () => `${label()}, ring ${r + 1}`)) as unknown as PolygonRings;
}

function readRing(positions: unknown, label: Label): Ring {
  if (!Array.isArray(positions) || positions.length < 4) {
    throw new BadRequest(label(), 'a ring needs at least four positions, the last equal to the first');
  }
  const ring = smallFloats(2 * positions.length);
  for (let k = 0; k < positions.length; k++) {
    const position: unknown = positions[k];
    if (!isPosition(position)) {
      const found = JSON.stringify(position) ?? 'nothing';
      throw new BadRequest(
        label(),
        `position ${k + 1} is ${found}, not a longitude -180..180 and a latitude -90..90`,
      );
    }
    ring[2 * k] = position[0];
    ring[2 * k + 1] = position[1];
  }
  const last = ring.length - 2;
  if (ring[0] !== ring[last] || ring[1] !== ring[last + 1]) {
    throw new BadRequest(label(), 'it is not closed: repeat the first position at the end');
  }
  checkDateline(ring, label);
  return ring;
}

function isPosition(position: unknown): position is readonly [lon: number, lat: number] {
  if (!Array.isArray(position)) return false;
  const [lon, lat]: unknown[] = position;
  return typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}

/** Edges are straight in longitude and latitude: a longer one than half a turn is a crossing that was not split. */
function checkDateline(ring: Ring, label: Label): void {
  for (let k = 0; k + 3 < ring.length; k += 2) {
    const turn = Math.abs(ring[k + 2]! - ring[k]!);
    if (turn <= 180 || turn === 360) continue;
    const place = `from ${ring[k]},${ring[k + 1]} to ${ring[k + 2]},${ring[k + 3]}`;
    throw new BadRequest(
      label(),
      `an edge crosses the dateline (${place}): split the polygon at longitude 180`,
    );
  }
}
