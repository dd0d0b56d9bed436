import type { MapFrame } from './map-frame.ts';
import { el, LINE, pathData, SOFT_INK } from './svg.ts';
import { text } from './text.ts';
import { multiples } from './ticks.ts';

const DEGREE_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 45, 60];
/** Pixels between two labels, at least. */
const APART_X = 95;
const APART_Y = 75;
const LABEL = 12;

export interface Graticule {
  /** Over the map, in the frame's pixels. */
  readonly lines: string;
  /** Outside the frame, in the frame's pixels: longitudes below it, latitudes to its left. */
  readonly labels: string;
}

/** Meridians and parallels with their degrees; empty where the map holds a pole or no longitudes at all. */
export function graticule(
  frame: MapFrame,
  options: { readonly labels: boolean } = { labels: true },
): Graticule {
  const edge = edgeOf(frame);
  if (!edge) return { lines: '', labels: '' };
  const lonStep = stepFor(edge.west, edge.east, frame.width / APART_X);
  const latStep = stepFor(edge.south, edge.north, frame.height / APART_Y);
  const lons = multiples(edge.west, edge.east, lonStep);
  const lats = multiples(edge.south, edge.north, latStep);
  const curves = [
    ...lons.map((lon) => curve(frame, (t) => [lon, edge.south + t * (edge.north - edge.south)])),
    ...lats.map((lat) => curve(frame, (t) => [edge.west + t * (edge.east - edge.west), lat])),
  ];
  const style = { fill: 'none', stroke: '#000000', 'stroke-opacity': 0.13, 'stroke-width': 0.8 };
  const lines = el('path', { d: curves.join(''), ...style });
  if (!options.labels) return { lines, labels: '' };
  return { lines, labels: [...lonLabels(frame, lons, lonStep), ...latLabels(frame, lats, latStep)].join('') };
}

interface Edge {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Longitudes and latitudes that the frame's border runs through. */
function edgeOf(frame: MapFrame): Edge | undefined {
  if (frame.lonLat) {
    const [west, south, east, north] = frame.bounds;
    return { west, south, east, north };
  }
  const points = border(frame).map(([x, y]) => frame.toLonLat(x, y));
  if (points.some(([lon, lat]) => !Number.isFinite(lon + lat))) return undefined;
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  // A border that runs half around the Earth holds a pole or the date line, where degrees jump.
  if (east - west > 180) return undefined;
  return { west, east, south: Math.min(...lats), north: Math.max(...lats) };
}

function border({ width, height }: MapFrame): [number, number][] {
  const t = Array.from({ length: 33 }, (_, i) => i / 32);
  return t.flatMap((s): [number, number][] => [
    [s * width, 0],
    [s * width, height],
    [0, s * height],
    [width, s * height],
  ]);
}

const stepFor = (low: number, high: number, count: number): number =>
  DEGREE_STEPS.find((step) => (high - low) / step <= Math.max(2, count)) ?? 90;

function curve(frame: MapFrame, at: (t: number) => [lon: number, lat: number]): string {
  const pieces = frame.lonLat ? 1 : 48;
  const points = Array.from({ length: pieces + 1 }, (_, i) => frame.toPixel(...at(i / pieces)));
  return pathData(points);
}

function lonLabels(frame: MapFrame, lons: readonly number[], step: number): string[] {
  const { height, width } = frame;
  return crossings(width, lons, (x) => frame.toLonLat(x, height)[0]).flatMap(({ at, value }) => [
    tick(at, height, at, height + 5),
    text(at, height + 19, lonText(value, step), { size: LABEL, fill: SOFT_INK, anchor: 'middle' }),
  ]);
}

function latLabels(frame: MapFrame, lats: readonly number[], step: number): string[] {
  return crossings(frame.height, lats, (y) => frame.toLonLat(0, y)[1]).flatMap(({ at, value }) => [
    tick(-5, at, 0, at),
    text(-9, at + 4, latText(value, step), { size: LABEL, fill: SOFT_INK, anchor: 'end' }),
  ]);
}

const tick = (x1: number, y1: number, x2: number, y2: number): string =>
  el('path', {
    d: pathData([
      [x1, y1],
      [x2, y2],
    ]),
    stroke: LINE,
    'stroke-width': 1,
  });

/** Where an edge of `length` pixels passes through each of some degrees. */
function crossings(
  length: number,
  values: readonly number[],
  degreeAt: (pixel: number) => number,
): { at: number; value: number }[] {
  const pieces = Math.min(256, Math.ceil(length));
  const degrees = Array.from({ length: pieces + 1 }, (_, i) => degreeAt((i / pieces) * length));
  return values.flatMap((value) => {
    for (let i = 0; i < pieces; i++) {
      const [a, b] = [degrees[i]! - value, degrees[i + 1]! - value];
      if (a * b > 0 || a === b || !Number.isFinite(a + b)) continue;
      return [{ at: ((i + a / (a - b)) / pieces) * length, value }];
    }
    return [];
  });
}

const decimals = (step: number): number => (step % 1 === 0 ? 0 : (step * 10) % 1 === 0 ? 1 : 2);

export function lonText(lon: number, step: number): string {
  const turned = lon - 360 * Math.round(lon / 360);
  const side = turned === 0 || Math.abs(turned) === 180 ? '' : turned > 0 ? 'E' : 'W';
  return `${Math.abs(turned).toFixed(decimals(step))}°${side}`;
}

export const latText = (lat: number, step: number): string =>
  `${Math.abs(lat).toFixed(decimals(step))}°${lat === 0 ? '' : lat > 0 ? 'N' : 'S'}`;
