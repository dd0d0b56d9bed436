import type { MapFrame } from './map-frame.ts';
import { el, INK, pathData, SOFT_INK } from './svg.ts';
import { text, textWidth } from './text.ts';

const EARTH_RADIUS_KM = 6371.0088;
/** Above this a single bar would mislead by more than a reader sees. */
const MOST_UNEVEN = 0.1;

export interface ScaleBar {
  readonly km: number;
  /** Pixels. */
  readonly length: number;
}

/**
 * A round distance and its length in the middle of the map; undefined where the scale differs by more than a tenth
 * between top, middle and bottom, or cannot be known.
 */
export function scaleBar(frame: MapFrame, most: number): ScaleBar | undefined {
  const { width, height } = frame;
  const [top, middle, bottom] = [0.05, 0.5, 0.95].map((t) => kmPerPixel(frame, t * height));
  if (!middle || !top || !bottom) return undefined;
  if (Math.max(top, middle, bottom) / Math.min(top, middle, bottom) > 1 + MOST_UNEVEN) return undefined;
  const km = roundDown(Math.min(most, width / 4) * middle);
  return { km, length: km / middle };
}

/** In the middle of a row of pixels. */
function kmPerPixel(frame: MapFrame, y: number): number | undefined {
  const [from, to] = [frame.width / 2 - 4, frame.width / 2 + 4];
  const km = distanceKm(frame.toLonLat(from, y), frame.toLonLat(to, y));
  return km > 0 ? km / (to - from) : undefined;
}

type Place = readonly [lon: number, lat: number];

/** Great circle on the sphere (haversine). */
export function distanceKm([lonA, latA]: Place, [lonB, latB]: Place): number {
  const rad = Math.PI / 180;
  const [dLat, dLon] = [(latB - latA) * rad, (lonB - lonA) * rad];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(latA * rad) * Math.cos(latB * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

function roundDown(km: number): number {
  const power = 10 ** Math.floor(Math.log10(km));
  const digit = [5, 2, 1].find((d) => d * power <= km) ?? 1;
  return digit * power;
}

/** The bar, its right end at `right`, its line at `y`. */
export function drawScaleBar({ km, length }: ScaleBar, right: number, y: number): string {
  const left = right - length;
  const d = pathData([
    [left, y - 5],
    [left, y],
    [right, y],
    [right, y - 5],
  ]);
  const label = km >= 1 ? `${km} km` : `${Math.round(km * 1000)} m`;
  return (
    el('path', { d, fill: 'none', stroke: INK, 'stroke-width': 1.4 }) +
    text((left + right) / 2, y + 15, label, { size: 12, fill: SOFT_INK, anchor: 'middle' })
  );
}

export const scaleBarWidth = ({ km, length }: ScaleBar): number =>
  Math.max(length, textWidth(`${km} km`, 12));
