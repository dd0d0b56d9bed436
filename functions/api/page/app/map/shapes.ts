import type * as GeoJSON from 'geojson';
import type { Product } from '../api/product.ts';
import type { Choice, LonLat } from '../view/view.ts';
import { type Feature, type ZoneSet, zoneId } from '../zones/zones.ts';

const shapeOf = (zone: string, { geometry }: Feature): GeoJSON.Feature[] =>
  geometry ? [{ type: 'Feature', properties: { zone }, geometry: geometry as GeoJSON.Geometry }] : [];

/** Zones with the id that the API gives them. */
export const zoneShapes = (zones: ZoneSet | undefined): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: (zones?.features ?? []).flatMap((feature, i) => shapeOf(zoneId(feature, i), feature)),
});

/** What is chosen, as the map draws it. */
export function chosenShape({ zones }: Product, chosen: Choice | undefined): GeoJSON.GeoJSON | undefined {
  if (!chosen) return undefined;
  if (chosen.kind === 'place') return pointFeature(chosen.at);
  if (chosen.kind === 'polygon') return polygonFeature(chosen.ring);
  const index = zones?.features.findIndex((feature, i) => zoneId(feature, i) === chosen.id) ?? -1;
  return index < 0 ? undefined : shapeOf(chosen.id, zones!.features[index]!)[0];
}

export type Bounds = readonly [west: number, south: number, east: number, north: number];

/** The box around a shape; undefined where it has no position. */
export function boundsOf(shape: GeoJSON.GeoJSON | undefined): Bounds | undefined {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of positionsOf(shape)) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box[0] <= box[2] ? box : undefined;
}

function* positionsOf(value: unknown): Generator<readonly [number, number]> {
  if (Array.isArray(value) && typeof value[0] === 'number') yield value as unknown as [number, number];
  else if (Array.isArray(value)) for (const one of value) yield* positionsOf(one);
  else if (typeof value === 'object' && value !== null) {
    const { features, geometry, geometries, coordinates } = value as Record<string, unknown>;
    yield* positionsOf(features ?? geometry ?? geometries ?? coordinates);
  }
}

const pointFeature = (at: LonLat): GeoJSON.Feature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Point', coordinates: [...at] },
});

export const polygonFeature = (ring: readonly LonLat[]): GeoJSON.Feature<GeoJSON.Polygon> => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!].map((vertex) => [...vertex])] },
});
