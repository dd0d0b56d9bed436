import { expect } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { COUNTRY, post } from './served.ts';

export interface Field {
  readonly mean: number | null;
  readonly total?: { gC: number; tC: number; KtC: number; tCO2e: number };
  readonly [name: string]: unknown;
}
export interface Period {
  readonly period: string;
  readonly n: number;
  readonly pixels: number;
  readonly validArea: number;
  readonly validShare: number;
  readonly variables: Record<string, Field>;
  readonly ratio?: { rhOverNpp: number; flag: number; balance: string };
}
export interface Zone {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  readonly polygonArea: number;
  readonly periods: Period[];
}
export interface Answer {
  readonly method: {
    read: { wholeBlocks: number; pixelChunks: number };
    digests: { sources: string };
    [name: string]: unknown;
  };
  readonly zones: Zone[];
  readonly counts: Record<string, number>;
}

const { west, north, rows, cols, pixel } = COUNTRY;
export const [east, south] = [west + cols * pixel, north - rows * pixel];
export const PATH = '/products/tiny/reductions';
export const polygon = (...ring: [number, number][]) => ({
  type: 'Polygon',
  coordinates: [[...ring, ring[0]!]],
});
export const feature = (geometry: unknown, properties: Record<string, unknown> = {}) => ({
  type: 'Feature',
  properties,
  geometry,
});
export const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });
/** Nearly all of the country: most of its chunks lie wholly in it. */
export const LARGE = polygon(
  [west + 0.1, south + 0.1],
  [east - 0.1, south + 0.2],
  [east - 0.05, north - 0.1],
  [west + 0.2, north - 0.05],
);
export const SMALL = polygon([11.05, 46.1], [11.9, 46.2], [11.5, 46.8]);

/** A box by its sides. */
export const box = (w: number, s: number, e: number, n: number) => polygon([w, s], [e, s], [e, n], [w, n]);

export async function askOf(app: Api, body: unknown): Promise<Answer> {
  const response = await app.request(PATH, post(body));
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Answer;
}

export const near = (found: number, expected: number, scale = Math.abs(expected)): void =>
  expect(Math.abs(found - expected), `${found} for ${expected}`).toBeLessThanOrEqual(1e-9 * scale);
