import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import { zonesOnGrid } from '../../lib/grid/zone.ts';
import { reduceZones } from '../../lib/view/reduce.ts';
import { memoryLayer } from './memory-layer.ts';

/** 0.1 degree pixels from 112 E, 24 N. */
const grid = {
  crs: crsByName('EPSG:4326'),
  transform: [0.1, 0, 112, 0, -0.1, 24],
  height: 5,
  width: 6,
} as const;
const layer = memoryLayer(
  grid,
  Array.from({ length: 30 }, (_, i) => 100 + i),
  { block: { t: 1, y: 2, x: 4 } },
);
const box = (id: string, west: number, south: number, east: number, north: number) => ({
  type: 'Feature',
  properties: { id, name: `Box ${id}` },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  },
});
const zonesOf = (...features: ReturnType<typeof box>[]) =>
  zonesOnGrid({ type: 'FeatureCollection', features }, grid);
const reduce = (zones: ReturnType<typeof zonesOf>, membership: 'centre' | 'coverage') =>
  reduceZones({ layers: { npp: layer }, zones, membership, maxCells: 16 });

describe('polygons on a grid of degrees', () => {
  it('parts the carbon of a region among the polygons that part it, by coverage', async () => {
    const parts = zonesOf(box('1', 112, 23.5, 112.234, 24), box('2', 112.234, 23.5, 112.6, 24));
    const whole = zonesOf(box('w', 112, 23.5, 112.6, 24));
    const [a, b] = [await reduce(parts, 'coverage'), await reduce(whole, 'coverage')];
    const total = b.zones[0]!.fields.npp!.total!.gC;
    expect(a.totals[0]!.fields.npp!.total!.gC / total).toBeCloseTo(1, 9);
    expect(a.totals[0]!.validArea / b.zones[0]!.validArea).toBeCloseTo(1, 9);
    expect(a.zones.map((zone) => zone.coverage)).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    expect(a.zones.reduce((sum, zone) => sum + zone.fields.npp!.share!, 0)).toBeCloseTo(1, 12);
  });

  it('gives each pixel to one polygon alone, by centre', async () => {
    const { zones } = await reduce(
      zonesOf(box('1', 112, 23.5, 112.234, 24), box('2', 112.234, 23.5, 112.6, 24)),
      'centre',
    );
    expect(zones.map(({ n }) => n)).toEqual([10, 20]);
  });

  it('weighs northern pixels less, as they are narrower', async () => {
    const { zones } = await reduce(zonesOf(box('1', 112, 23.5, 112.1, 24)), 'centre');
    const cos = [23.95, 23.85, 23.75, 23.65, 23.55].map((lat) => Math.cos((lat * Math.PI) / 180));
    const want = cos.reduce((sum, c, row) => sum + c * (100 + 6 * row), 0) / cos.reduce((a, c) => a + c, 0);
    expect(zones[0]!.fields.npp!.mean).toBeCloseTo(want, 3);
    expect(zones[0]!.fields.npp!.mean).toBeGreaterThan(112);
    expect(zones[0]!.validArea / 1e6).toBeCloseTo(5 * 10.18 * 11.07, -1);
  });

  it('has no pixel centre in a polygon smaller than a pixel, but a value by coverage', async () => {
    const tiny = zonesOf(box('t', 112.11, 23.91, 112.13, 23.93));
    const [centre, coverage] = [await reduce(tiny, 'centre'), await reduce(tiny, 'coverage')];
    expect(centre.zones[0]).toMatchObject({ n: 0, note: expect.stringContaining('weigh by coverage') });
    expect(centre.zones[0]!.fields.npp!.mean).toBeNaN();
    expect(coverage.zones[0]).toMatchObject({ n: 1, coverage: expect.closeTo(1, 3) });
    expect(coverage.zones[0]!.fields.npp!.mean).toBeCloseTo(101, 9);
    expect(coverage.zones[0]!).not.toHaveProperty('note');
  });

  it('tells how much of a polygon the grid does not reach', async () => {
    const { zones } = await reduce(zonesOf(box('h', 111.7, 23.5, 112.3, 24)), 'coverage');
    expect(zones[0]!.coverage).toBeCloseTo(0.5, 6);
    expect(zones[0]!.lowCoverage).toBe(true);
  });

  it('says that a polygon lies elsewhere', async () => {
    const { zones } = await reduce(zonesOf(box('e', 10, 48, 11, 49)), 'centre');
    expect(zones[0]).toMatchObject({ n: 0, note: 'the zone lies outside the grid' });
  });
});
