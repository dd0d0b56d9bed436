import { Marker } from 'maplibre-gl';
import type { Product } from '../api/product.ts';
import { h } from '../view/dom.ts';
import { type Feature, zoneName } from '../zones/zones.ts';
import type { FluxMap } from './flux-map.ts';

/** More names than this would hide the map. */
const MOST_LABELS = 40;

/** Names of zones as text of the page, so that no server of glyphs is needed. */
export function labelZones({ map }: FluxMap, { zones }: Product): () => void {
  const features = zones?.features ?? [];
  if (features.length > MOST_LABELS) return () => undefined;
  const markers = features.flatMap((feature, i) => {
    const ring = largestRing(feature.geometry);
    if (!ring) return [];
    const element = h('div', { class: 'zone-label', 'aria-hidden': 'true' }, zoneName(feature, i));
    return [new Marker({ element }).setLngLat(centroid(ring)).addTo(map)];
  });
  return () => {
    for (const marker of markers) marker.remove();
  };
}

type Ring = readonly (readonly [number, number])[];

function largestRing(geometry: Feature['geometry'] | null): Ring | undefined {
  if (!geometry) return undefined;
  const { type, coordinates } = geometry;
  const polygons =
    type === 'Polygon' ? [coordinates as Ring[]] : type === 'MultiPolygon' ? (coordinates as Ring[][]) : [];
  const rings = polygons.flatMap((polygon) => polygon.slice(0, 1));
  return rings.sort((a, b) => Math.abs(doubleArea(b)) - Math.abs(doubleArea(a)))[0];
}

const edges = (ring: Ring) => ring.slice(1).map((b, i) => [ring[i]!, b] as const);
const cross = ([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]) => ax * by - bx * ay;
const doubleArea = (ring: Ring): number => edges(ring).reduce((sum, [a, b]) => sum + cross(a, b), 0);

function centroid(ring: Ring): [number, number] {
  const twice = doubleArea(ring);
  const sums = edges(ring).map(
    ([a, b]) => [(a[0] + b[0]) * cross(a, b), (a[1] + b[1]) * cross(a, b)] as const,
  );
  const mean = (axis: 0 | 1) => sums.reduce((sum, pair) => sum + pair[axis], 0) / (3 * twice);
  return twice === 0 ? [...ring[0]!] : [mean(0), mean(1)];
}
