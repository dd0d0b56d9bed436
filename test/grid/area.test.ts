import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../../lib/grid/affine.ts';
import { cellAreas, rowAreas } from '../../lib/grid/area.ts';
import { areaToParallel, authalicRadius, MODIS_SPHERE } from '../../lib/grid/authalic.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';
import fixture from '../fixtures/proj/areas.json' with { type: 'json' };

const VECTORS = new URL('../../../shared/spec/casa_vectors.json', import.meta.url);
const vector = (id: string) =>
  JSON.parse(readFileSync(VECTORS, 'utf8')).vectors.find((v: { id: string }) => v.id === id);

const grid = (crs: string, transform: readonly number[]): GeoGrid => ({
  crs: crsByName(crs),
  transform: transform as unknown as Affine,
  height: 20_000,
  width: 20_000,
});
const TILE = 1111950.5197665233;

describe('pixel areas', () => {
  // Relative error, just above what is reached. The quadrilateral's sides are great circles, a parallel is not.
  const tolerance: Record<string, number> = {
    'ERA5-Land': 3e-10,
    'arc seconds': 1e-10,
    'Arctic 25 km': 2e-6,
    'UTM 10 m': 2e-7,
  };

  it.each(Object.entries(fixture.grids))(
    'equals the geodesic area of single pixels: %s',
    (name, { crs, transform, col_row_m2 }) => {
      for (const [col, row, m2] of col_row_m2 as [number, number, number][]) {
        const [area] = cellAreas(grid(crs, transform), { y0: row, y1: row + 1, x0: col, x1: col + 1 });
        expect(Math.abs(area! / m2 - 1)).toBeLessThan(tolerance[name] ?? 5e-9);
      }
    },
  );

  it.each([
    ['EPSG:32633', 250, 3e5, 6e6],
    ['EPSG:3857', 1000, 1e6, 12e6],
    ['EPSG:3413', 5000, -5e5, 6e5],
    ['EPSG:2154', 100, 1e5, 7e6],
  ])('gives a pixel of %s one area, whatever window it is asked for in', (crs, pixel, x, y) => {
    const g = grid(crs, [pixel, 0, x, 0, -pixel, y]);
    const window = { y0: 7, y1: 150, x0: 3, x1: 204 };
    const areas = cellAreas(g, window);
    for (let k = 0; k < areas.length; k += 97) {
      const [row, col] = [7 + Math.floor(k / 201), 3 + (k % 201)];
      const [alone] = cellAreas(g, { y0: row, y1: row + 1, x0: col, x1: col + 1 });
      expect(areas[k]).toBe(alone);
    }
  });

  it('adds up to the surface of the ellipsoid over a world of degrees', () => {
    const world = grid('EPSG:4326', [0.25, 0, -180, 0, -0.25, 90]);
    const total = rowAreas(world, 0, 720)!.reduce((sum, area) => sum + 1440 * area, 0);
    expect(total / 5.100656217240886e14 - 1).toBeCloseTo(0, 12); // GRS 1980 and WGS 84: 510 065 621.724 km2
    const rotated = { ...world, transform: [0, 0.25, -180, -0.25, 0, 90] as Affine };
    expect(rowAreas(rotated, 0, 10)).toBeUndefined();
    const [area] = cellAreas(rotated, { y0: 500, y1: 501, x0: 200, x1: 201 });
    expect(area! / rowAreas(world, 200, 201)![0]! - 1).toBeCloseTo(0, 5);
  });

  it('is one number on equal-area grids, 53664.668 m2 on the 250 m MODIS grid', () => {
    const { intermediates } = vector('V19');
    for (const [pixels, m2] of [
      [4800, intermediates.pixel_area_250_m2],
      [2400, intermediates.pixel_area_500_m2],
    ]) {
      const modis = grid('modis-sinusoidal', [TILE / pixels, 0, 28 * TILE, 0, -TILE / pixels, 3 * TILE]);
      const areas = cellAreas(modis, { y0: 0, y1: 5, x0: 0, x1: 6 });
      expect(areas).toHaveLength(30);
      for (const area of areas) expect(area / m2 - 1).toBeCloseTo(0, 9);
    }
  });

  it('takes the MODIS sphere for a grid of degrees when told to (V19)', () => {
    const degrees = grid('EPSG:4326', [0.1, 0, 113, 0, -0.1, 23.2]);
    const [area] = rowAreas(degrees, 0, 1, { ellipsoid: MODIS_SPHERE })!;
    expect(area! / vector('V19').intermediates.latlon_0p1deg_cell_area_23p1_to_23p2_m2 - 1).toBeCloseTo(0, 9);
  });

  it('gives polar caps and rows beyond the pole no more than there is', () => {
    const [beyond, cap] = rowAreas(grid('EPSG:4326', [0.1, 0, -0.05, 0, -0.1, 90.15]), 0, 2)!;
    expect(beyond).toBe(0);
    expect(cap! / rowAreas(grid('EPSG:4326', [0.1, 0, 0, 0, -0.05, 90]), 0, 1)![0]!).toBeCloseTo(1, 9);
  });

  it('gives NaN to pixels that reach beyond the projection, and to no others', () => {
    const edge = grid('EPSG:3857', [50_000, 0, 19_900_000, 0, -50_000, 0]);
    expect([...cellAreas(edge, { y0: 0, y1: 1, x0: 0, x1: 4 })].map(Number.isNaN)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('counts pixels in feet as what they are in metres', () => {
    const metres = grid('EPSG:5070', [100, 0, 0, 0, -100, 2e6]);
    const feet = { ...metres.crs, proj4: metres.crs.proj4.replace('+units=m', '+to_meter=0.3048') };
    const [area] = cellAreas({ ...metres, crs: feet }, { y0: 0, y1: 1, x0: 0, x1: 1 });
    expect(area).toBeCloseTo((100 * 0.3048) ** 2, 6);
  });

  it('knows the authalic radius of WGS 84', () => {
    const { ellipsoid } = crsByName('EPSG:4326');
    expect(authalicRadius(ellipsoid)).toBeCloseTo(6371007.181, 3);
    expect(areaToParallel(-90, ellipsoid)).toBe(-areaToParallel(90, ellipsoid));
  });
});

describe('the MODIS grid (V19)', () => {
  const { inputs, intermediates, outputs } = vector('V19');
  const project = transformer(crsByName('EPSG:4326'), crsByName('modis-sinusoidal'));

  it.each(Object.keys(inputs))('puts %s into its tile, row and column', (place) => {
    const [x, y] = project(inputs[place].lon, inputs[place].lat);
    expect(x / outputs[place].x - 1).toBeCloseTo(0, 9);
    expect(y / outputs[place].y - 1).toBeCloseTo(0, 9);
    const { tile_size_m: tile, pixel_250_m: pixel, x_min, y_max } = intermediates;
    expect(Math.PI * MODIS_SPHERE.a).toBeCloseTo(-x_min, 6);
    const [h, v] = [Math.floor((x - x_min) / tile), Math.floor((y_max - y) / tile)];
    expect([h, v]).toEqual([outputs[place].h, outputs[place].v]);
    expect(Math.floor((x - (x_min + h * tile)) / pixel)).toBe(outputs[place].col);
    expect(Math.floor((y_max - v * tile - y) / pixel)).toBe(outputs[place].row);
  });
});
