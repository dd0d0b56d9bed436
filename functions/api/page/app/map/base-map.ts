import type { Map as MapLibre, StyleSpecification } from 'maplibre-gl';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { addressOf } from '../api/api.ts';
import { type MapColors, mapColors } from '../view/theme.ts';
import { type Box, clipLine, clipRing, contains, type Position } from './clip.ts';

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;
type Detail = '50m' | '10m';

/** From this zoom on, the coast of the fine atlas is worth its size. */
const FINE_ZOOM = 5;
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

const WORLD: Box = [-540, -90, 540, 90];

/** Data go below this layer. */
export const ABOVE_DATA = 'coast';

export function baseStyle(colors: MapColors = mapColors()): StyleSpecification {
  const source = { type: 'geojson', data: NOTHING, tolerance: 0.2 } as const;
  return {
    version: 8,
    sources: {
      land: { ...source, attribution: 'Natural Earth' },
      coast: source,
      borders: source,
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': colors.land } }, // until land is there
      {
        id: 'land',
        type: 'fill',
        source: 'land',
        paint: { 'fill-color': colors.land, 'fill-antialias': false },
      },
      {
        id: 'coast',
        type: 'line',
        source: 'coast',
        paint: { 'line-color': colors.coast, 'line-width': 0.8 },
      },
      {
        id: 'borders',
        type: 'line',
        source: 'borders',
        paint: { 'line-color': colors.border, 'line-width': 1, 'line-dasharray': [4, 2] },
      },
    ],
  };
}

/** Land in plain lists of positions, made once. */
interface Land {
  readonly polygons: readonly (readonly (readonly Position[])[])[];
  readonly coast: readonly (readonly Position[])[];
  readonly borders: readonly (readonly Position[])[];
}

/** Maps that show land: the others are not blue all over, as if there were sea alone. */
const withLand = new WeakSet<MapLibre>();
const lands = new Map<Detail, Promise<Land>>();

/**
 * Land of Natural Earth at the detail that the zoom can show: the coarse atlas of the whole world first, so that there
 * is no map without land. Of the fine one only what lies around the map is drawn: slicing all of it into tiles takes a
 * browser seconds.
 */
export function keepBaseMap(map: MapLibre): void {
  let shown: { readonly detail: Detail; readonly box: Box } | undefined;
  const look = async (): Promise<void> => {
    const detail: Detail = map.getZoom() >= FINE_ZOOM ? '10m' : '50m';
    const view = boxOf(map);
    if (shown?.detail === detail && contains(shown.box, view)) return;
    const begun = shown !== undefined;
    const mine = { detail, box: detail === '50m' ? WORLD : around(view) };
    shown = mine;
    if (!begun && detail === '10m') show(map, await landOf('50m'), WORLD);
    const land = await landOf(detail);
    if (shown === mine) show(map, land, mine.box);
  };
  const tryToLook = (): void => void look().catch(() => undefined); // the data can be read without a coast
  map.once('load', () => {
    map.on('moveend', tryToLook); // before, a map that follows another one moves without anything to draw on
    tryToLook();
  });
}

function boxOf(map: MapLibre): Box {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}

/** With as much again on each side, for moving about. */
function around([west, south, east, north]: Box): Box {
  const [width, height] = [east - west, north - south];
  return [west - width, south - height, east + width, north + height];
}

function landOf(detail: Detail): Promise<Land> {
  const kept = lands.get(detail) ?? readLand(detail);
  lands.set(detail, kept);
  kept.catch(() => lands.delete(detail));
  return kept;
}

async function readLand(detail: Detail): Promise<Land> {
  const atlas = (await (await fetch(addressOf(`page/countries-${detail}.json`))).json()) as Atlas;
  const { countries, land } = atlas.objects;
  const shapes = feature(atlas, land).features.map(({ geometry }) => geometry);
  return {
    polygons: shapes.flatMap((shape) =>
      shape.type === 'MultiPolygon' ? shape.coordinates : shape.type === 'Polygon' ? [shape.coordinates] : [],
    ),
    coast: mesh(atlas, countries, (a, b) => a === b).coordinates,
    borders: mesh(atlas, countries, (a, b) => a !== b).coordinates,
  };
}

function show(map: MapLibre, { polygons, coast, borders }: Land, box: Box): void {
  const rings = polygons.map((polygon) =>
    polygon.map((ring) => clipRing(ring, box)).filter((ring) => ring.length > 3),
  );
  const clipped = rings.filter((polygon) => polygon.length > 0) as Position[][][];
  setData(map, 'land', shapeOf({ type: 'MultiPolygon', coordinates: clipped as number[][][][] }));
  for (const [name, lines] of [
    ['coast', coast],
    ['borders', borders],
  ] as const) {
    const parts = lines.flatMap((line) => clipLine(line, box)) as number[][][];
    setData(map, name, shapeOf({ type: 'MultiLineString', coordinates: parts }));
  }
  if (withLand.has(map)) return;
  withLand.add(map);
  map.setPaintProperty('water', 'background-color', mapColors().water);
}

const shapeOf = (geometry: GeoJSON.Geometry): GeoJSON.Feature => ({
  type: 'Feature',
  properties: {},
  geometry,
});

/** Fills a source of GeoJSON that the style has. */
export function setData(map: MapLibre, source: string, data: GeoJSON.GeoJSON): void {
  const found = map.getSource(source) as { setData?: (data: GeoJSON.GeoJSON) => void } | undefined;
  found?.setData?.(data);
}

export function paintBaseMap(map: MapLibre, colors: MapColors = mapColors()): void {
  map.setPaintProperty('water', 'background-color', withLand.has(map) ? colors.water : colors.land);
  map.setPaintProperty('land', 'fill-color', colors.land);
  map.setPaintProperty('coast', 'line-color', colors.coast);
  map.setPaintProperty('borders', 'line-color', colors.border);
}
