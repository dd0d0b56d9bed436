import { type LonLat, MOST_VERTICES, rounded } from '../view/view.ts';
import type { Feature } from './zones.ts';

/** What somebody brought: one plain polygon, which a link can hold, or a set of zones. */
export type Brought =
  | { readonly kind: 'polygon'; readonly ring: readonly LonLat[] }
  | { readonly kind: 'set'; readonly features: readonly Feature[] };

type Json = Readonly<Record<string, unknown>>;

/**
 * GeoJSON (a collection, a feature or a geometry), or one corner a line: longitude, then latitude, degrees. What is
 * wrong with single features is left to the server, which says so of each.
 * @throws Error in words with a remedy
 */
export function readZones(text: string): Brought {
  const trimmed = text.trim();
  if (trimmed === '') throw new Error('There is nothing in it yet. Paste GeoJSON, or one corner a line.');
  return /^[[{]/.test(trimmed) ? fromGeoJson(parsed(trimmed)) : fromLines(trimmed);
}

function parsed(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is no JSON: ${(error as Error).message}.`);
  }
  if (isObject(value)) return value;
  throw new Error('GeoJSON begins with an object that has a "type", not with a list.');
}

function fromGeoJson(value: Json): Brought {
  const features = featuresOf(value);
  if (features.length === 0) throw new Error('There is no feature in this GeoJSON.');
  const ring = features.length === 1 ? plainRing(features[0]!) : undefined;
  return ring ? { kind: 'polygon', ring } : { kind: 'set', features };
}

const AREAS = new Set(['Polygon', 'MultiPolygon']);

function featuresOf(value: Json): readonly Feature[] {
  const type = String(value.type);
  if (type === 'FeatureCollection' && Array.isArray(value.features)) return value.features as Feature[];
  if (type === 'Feature') return [value as unknown as Feature];
  if (AREAS.has(type))
    return [{ type: 'Feature', properties: {}, geometry: value as unknown as Feature['geometry'] }];
  throw new Error(
    `A GeoJSON ${type.slice(0, 40)} has no area. Bring a Polygon, a MultiPolygon or features of them.`,
  );
}

/** The outline of a polygon without holes and without a name; what has a name stays a zone of that name. */
function plainRing({ geometry, properties }: Feature): readonly LonLat[] | undefined {
  const rings = geometry?.type === 'Polygon' ? (geometry.coordinates as LonLat[][]) : [];
  const corners = rings.length === 1 ? rings[0]!.slice(0, -1) : [];
  if (corners.length < 3 || corners.length > MOST_VERTICES || Object.keys(properties ?? {}).length > 0)
    return undefined;
  return corners.map(([lon, lat]) => [rounded(lon), rounded(lat)]);
}

function fromLines(text: string): Brought {
  const lines = text.split(/[\n;]+/).filter((line) => line.trim() !== '');
  const corners = lines.map((line, i) => cornerOf(line, i + 1));
  const [first, last] = [corners[0]!, corners.at(-1)!];
  const closed = corners.length > 3 && first[0] === last[0] && first[1] === last[1];
  const ring = closed ? corners.slice(0, -1) : corners;
  if (ring.length < 3) throw new Error(`A polygon has three corners or more; these are ${ring.length}.`);
  if (ring.length > MOST_VERTICES)
    throw new Error(`More than ${MOST_VERTICES} corners are better brought as GeoJSON.`);
  return { kind: 'polygon', ring };
}

function cornerOf(line: string, number: number): LonLat {
  const parts = line.trim().split(/[\s,]+/);
  const [lon, lat] = parts.map(Number);
  if (parts.length !== 2 || !Number.isFinite(lon) || !Number.isFinite(lat))
    throw new Error(`Line ${number} is no corner: write longitude and latitude, such as 113.3, 23.1.`);
  if (Math.abs(lat!) > 90)
    throw new Error(
      `Line ${number}: a latitude is at most 90, and comes second. Are the two the wrong way round?`,
    );
  if (Math.abs(lon!) > 360) throw new Error(`Line ${number}: ${lon} is no longitude in degrees.`);
  return [rounded(lon!), rounded(lat!)];
}

/** One corner a line, as `readZones` takes them. */
export const linesOfRing = (ring: readonly LonLat[]): string =>
  ring.map(([lon, lat]) => `${lon}, ${lat}`).join('\n');

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
