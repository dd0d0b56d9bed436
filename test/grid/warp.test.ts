import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, invert } from '../../lib/grid/affine.ts';
import { crsByName, sameCrs } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { type PixelWindow, sourceWindow, warpWindow } from '../../lib/grid/warp.ts';
import { ERA5, grid, lonLat, MERCATOR, MODIS, pairs, positions, TILE } from './warp-pairs.ts';

const turnsOf = (source: GeoGrid): number => (source.crs.geographic ? 360 / source.transform[0] : 0);

function apart(col: number, row: number, otherCol: number, otherRow: number, turn: number): number {
  const d = col - otherCol;
  return Math.hypot(turn ? d - turn * Math.round(d / turn) : d, row - otherRow);
}

/** Between grids of one CRS nothing is transformed: a pixel beyond the pole is where its row says. */
const exactly = (target: GeoGrid, source: GeoGrid): ((x: number, y: number) => readonly [number, number]) =>
  sameCrs(target.crs, source.crs) ? (x, y) => [x, y] : transformer(target.crs, source.crs);

/** The exact transformation of every pixel against the warp: worst distance, and pixels that only one calls outside. */
function compare(target: GeoGrid, window: PixelWindow, source: GeoGrid): { worst: number; disagree: number } {
  const lines = positions(target, window, source);
  const transform = exactly(target, source);
  const inverse = invert(source.transform);
  const turn = turnsOf(source);
  let [worst, disagree] = [0, 0];
  for (const [j, { cols, rows }] of lines.entries()) {
    for (let i = 0; i < cols.length; i++) {
      const [px, py] = apply(target.transform, window.x0 + i + 0.5, window.y0 + j + 0.5);
      const [x, y] = transform(target.crs.epsg === 3857 ? px - MERCATOR * Math.round(px / MERCATOR) : px, py);
      const [col, row] = apply(inverse, x, y);
      if (Number.isNaN(col) !== Number.isNaN(cols[i])) disagree++;
      else if (!Number.isNaN(col)) worst = Math.max(worst, apart(col, row, cols[i]!, rows[i]!, turn));
    }
  }
  return { worst, disagree };
}

describe('warp', () => {
  it.each(pairs)('puts pixels where PROJ puts them, to 0.05 source pixel: %s', (_, pair) => {
    const [target, source] = [grid(pair.target), grid(pair.source)];
    const lines = positions(target, pair.window, source);
    for (const [x, y, col, row] of pair.col_row_sourcecol_sourcerow as [number, number, number, number][]) {
      const { cols, rows } = lines[y - pair.window.y0]!;
      const i = x - pair.window.x0;
      expect(apart(cols[i]!, rows[i]!, col, row, turnsOf(source))).toBeLessThanOrEqual(0.05);
    }
  });

  it.each(pairs)('stays within 0.05 source pixel of the exact place at every pixel: %s', (_, pair) => {
    const { worst, disagree } = compare(grid(pair.target), pair.window, grid(pair.source));
    expect(worst).toBeLessThanOrEqual(0.05);
    expect(disagree).toBe(0);
  });

  it('stays within 0.05 source pixel over windows, projections and latitudes', () => {
    const crsNames = [
      'modis-sinusoidal',
      'EPSG:3857',
      'EPSG:6933',
      'EPSG:3413',
      'EPSG:3035',
      'EPSG:32650',
      'EPSG:4326',
    ];
    const place = fc.record({
      lon: fc.double({ min: -179, max: 179, noNaN: true }),
      lat: fc.double({ min: -84, max: 84, noNaN: true }),
    });
    const any = fc.record({
      from: fc.constantFrom(...crsNames),
      to: fc.constantFrom(...crsNames),
      place,
      metres: fc.constantFrom(30, 250, 1000, 8000, 50_000),
      finer: fc.constantFrom(0.1, 1, 40),
      size: fc.record({ height: fc.integer({ min: 1, max: 90 }), width: fc.integer({ min: 1, max: 90 }) }),
    });
    fc.assert(
      fc.property(any, ({ from, to, place: { lon, lat }, metres, finer, size }) => {
        const [target, source] = [about(from, lon, lat, metres), about(to, lon, lat, metres * finer)];
        if (!target || !source) return;
        const window = { y0: 10, y1: 10 + size.height, x0: 3, x1: 3 + size.width };
        const { worst, disagree } = compare(target, window, source);
        expect(worst).toBeLessThanOrEqual(0.05);
        // A sliver of the domain thinner than the net's samples may go unseen.
        expect(disagree).toBeLessThanOrEqual(0.01 * size.height * size.width);
      }),
      { numRuns: 150 },
    );
  });

  it('puts a pixel at the same place whatever window it is asked with', () => {
    const [, pair] = pairs[1]!;
    const [target, source] = [grid(pair.target), grid(pair.source)];
    const large = positions(target, { y0: 120, y1: 300, x0: 100, x1: 333 }, source);
    const small = positions(target, { y0: 131, y1: 200, x0: 171, x1: 290 }, source);
    for (const [j, { cols, rows }] of small.entries()) {
      expect(cols).toEqual(large[j + 11]!.cols.subarray(71, 190));
      expect(rows).toEqual(large[j + 11]!.rows.subarray(71, 190));
    }
  });

  it('meets pixels of one lattice exactly, though their origins differ in the last digits', () => {
    const product: GeoGrid = {
      ...MODIS,
      transform: [TILE / 4800, 0, MODIS.transform[2] + 1e-5, 0, -TILE / 4800, MODIS.transform[5]],
    };
    const [line] = positions(product, { y0: 4000, y1: 4001, x0: 4000, x1: 4003 }, MODIS);
    expect([...line!.cols, line!.rows[0]]).toEqual([4000.5, 4001.5, 4002.5, 4000.5]);
  });

  it('is exact between grids of one CRS, and wraps their longitudes', () => {
    const fine = lonLat([0.25, 0, -10, 0, -0.25, 60], 40, 80);
    const coarse = lonLat([1, 0, 0, 0, -1, 90], 180, 360);
    const [line] = positions(fine, { y0: 4, y1: 5, x0: 0, x1: 80 }, coarse);
    expect(line!.cols[0]).toBeCloseTo(350.125, 10);
    expect(line!.cols[79]).toBeCloseTo(9.875, 10);
    expect(line!.rows[0]).toBeCloseTo(31.125, 10);
    expect(warpWindow(fine, { y0: 0, y1: 1, x0: 0, x1: 1 }, coarse).turn).toBe(360);
    expect(warpWindow(fine, { y0: 0, y1: 1, x0: 0, x1: 1 }, fine).turn).toBe(0);
  });

  it('keeps the places of pixels beyond the pole between grids of one CRS', () => {
    const fine = lonLat([0.25, 0, 0, 0, -0.25, 91], 8, 4);
    const [line] = positions(fine, { y0: 0, y1: 1, x0: 0, x1: 4 }, lonLat([0.5, 0, 0, 0, -0.5, 91], 4, 720));
    expect([...line!.cols, line!.rows[0]]).toEqual([0.25, 0.75, 1.25, 1.75, 0.25]);
  });

  it('finds a regional source that counts longitudes to 360', () => {
    const target = lonLat([0.1, 0, -75, 0, -0.1, 5], 6, 5);
    const source = lonLat([0.25, 0, 280, 0, -0.25, 10], 80, 120);
    const [line] = positions(target, { y0: 0, y1: 1, x0: 0, x1: 5 }, source);
    expect(line!.cols[0]).toBeCloseTo((285.05 - 280) / 0.25, 9);
    expect(sourceWindow(target, { y0: 0, y1: 6, x0: 0, x1: 5 }, source)).toEqual({
      y0: 19,
      y1: 24,
      x0: 19,
      x1: 23,
    });
    expect(sourceWindow(target, { y0: 0, y1: 6, x0: 0, x1: 5 }, source, 0)).toMatchObject({ x0: 20, x1: 22 });
  });

  it('needs no pixel beyond a window that is the same pixels of both grids', () => {
    const target = lonLat([0.1, 0, 10.4, 0, -0.1, 47.7], 8, 8);
    const source = lonLat([0.1, 0, 10, 0, -0.1, 48], 20, 20);
    const window = { y0: 4, y1: 8, x0: 0, x1: 4 };
    expect(sourceWindow(target, window, source, 0)).toEqual({ y0: 7, y1: 11, x0: 4, x1: 8 });
  });

  it('follows rotated and bottom-up grids', () => {
    const turned: GeoGrid = {
      crs: crsByName('EPSG:32633'),
      transform: [200, 60, 4e5, -50, 210, 52e5],
      height: 40,
      width: 30,
    };
    const up: GeoGrid = {
      crs: crsByName('EPSG:3035'),
      transform: [500, 0, 43e5, 0, 500, 25e5],
      height: 600,
      width: 900,
    };
    expect(compare(turned, { y0: 0, y1: 40, x0: 0, x1: 30 }, up).worst).toBeLessThan(0.05);
  });

  it('says NaN beyond the edge of the sinusoidal world and nowhere else', () => {
    const world: GeoGrid = {
      crs: crsByName('modis-sinusoidal'),
      transform: [TILE / 40, 0, -18 * TILE, 0, -TILE / 40, 9 * TILE],
      height: 720,
      width: 1440,
    };
    const { worst, disagree } = compare(world, { y0: 0, y1: 200, x0: 500, x1: 900 }, ERA5);
    expect(worst).toBeLessThanOrEqual(0.05);
    expect(disagree).toBe(0);
  });
});

/** 120 x 110 pixels of about so many metres round a place; undefined where the CRS cannot show it. */
function about(name: string, lon: number, lat: number, metres: number): GeoGrid | undefined {
  const crs = crsByName(name);
  const [x, y] = transformer(crsByName('EPSG:4326'), crs)(lon, lat);
  if (Number.isNaN(x)) return undefined;
  const pixel = crs.geographic ? metres / 111_320 : metres;
  return { crs, transform: [pixel, 0, x - 60 * pixel, 0, -pixel, y + 55 * pixel], height: 110, width: 120 };
}
