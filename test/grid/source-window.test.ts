import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../../lib/grid/affine.ts';
import { apply } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { locator } from '../../lib/grid/locator.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { roughWindow, sourceWindow } from '../../lib/grid/warp.ts';
import { ERA5, grid, lonLat, MERCATOR, MODIS, pairs, positions, TILE } from './warp-pairs.ts';

describe('source window', () => {
  it('holds all source pixels that the four neighbours of any target pixel need', () => {
    for (const [, pair] of pairs) {
      const [target, source] = [grid(pair.target), grid(pair.source)];
      const window = sourceWindow(target, pair.window, source)!;
      let lacking = 0;
      for (const { cols, rows } of positions(target, pair.window, source)) {
        for (let i = 0; i < cols.length; i++) {
          const [x, y] = [Math.floor(cols[i]! - 0.5), Math.floor(rows[i]! - 0.5)];
          if (x >= 0 && x < source.width && !(x >= window.x0 && x < window.x1)) lacking++;
          if (y >= 0 && y + 1 < source.height && !(y >= window.y0 && y + 1 < window.y1)) lacking++;
        }
      }
      expect(lacking).toBe(0);
    }
  });

  it('is small: a 512 x 512 MODIS window needs 14 x 24 cells of ERA5-Land', () => {
    expect(sourceWindow(MODIS, pairs[0]![1].window, ERA5)).toEqual({ y0: 655, y1: 669, x0: 1111, x1: 1135 });
  });

  it('covers the outlines of coarse pixels, so that every fine pixel inside them is read', () => {
    const coarse: GeoGrid = {
      crs: crsByName('EPSG:3035'),
      transform: [1000, 0, 4e6, 0, -1000, 3e6],
      height: 5,
      width: 6,
    };
    const fine: GeoGrid = {
      ...coarse,
      transform: [10, 0, 4e6 - 100, 0, -10, 3e6 + 100],
      height: 700,
      width: 800,
    };
    const window = sourceWindow(coarse, { y0: 1, y1: 2, x0: 1, x1: 3 }, fine, 0)!;
    expect(window.x0).toBeLessThanOrEqual(110);
    expect(window.x1).toBeGreaterThanOrEqual(310);
    expect(window.x1 - window.x0).toBeLessThanOrEqual(202);
    expect(window.y0).toBeLessThanOrEqual(110);
    expect(window.y1).toBeGreaterThanOrEqual(210);
  });

  it('asks a grid of the same pixels for the very window, and the margin', () => {
    const shifted: GeoGrid = {
      ...MODIS,
      transform: [TILE / 4800, 0, MODIS.transform[2] + 1e-5, 0, -TILE / 4800, MODIS.transform[5]],
    };
    const window = { y0: 512, y1: 1024, x0: 100, x1: 612 };
    expect(sourceWindow(shifted, window, MODIS, 0)).toEqual(window);
    expect(sourceWindow(shifted, window, MODIS)).toEqual({ y0: 511, y1: 1025, x0: 99, x1: 613 });
  });

  it('is nothing where the grids do not meet', () => {
    const europe = lonLat([0.1, 0, -10, 0, -0.1, 70], 300, 400);
    expect(sourceWindow(MODIS, { y0: 0, y1: 64, x0: 0, x1: 64 }, europe)).toBeUndefined();
    const beyond: GeoGrid = { ...MODIS, transform: [231, 0, 19e6, 0, -231, 8e6] };
    expect(sourceWindow(beyond, { y0: 0, y1: 64, x0: 0, x1: 64 }, ERA5)).toBeUndefined();
  });

  it('takes all columns across the seam of a source that spans the circle', () => {
    const greenwich = lonLat([0.01, 0, -2, 0, -0.01, 52], 400, 400);
    expect(sourceWindow(greenwich, { y0: 0, y1: 400, x0: 0, x1: 400 }, ERA5)).toMatchObject({
      x0: 0,
      x1: 3600,
    });
    const polar: GeoGrid = {
      crs: crsByName('EPSG:3413'),
      transform: [5000, 0, -32e4, 0, -5000, 32e4],
      height: 128,
      width: 128,
    };
    const window = sourceWindow(polar, { y0: 0, y1: 128, x0: 0, x1: 128 }, ERA5)!;
    expect(window).toMatchObject({ y0: 0, x0: 0, x1: 3600 });
  });

  it('holds every place of a grid that a tile shows, also when it is found roughly', () => {
    const coarse: GeoGrid = { ...MODIS, transform: coarsened(MODIS.transform, 40), height: 120, width: 120 };
    const whole = { y0: 0, y1: 120, x0: 0, x1: 120 };
    const tile = fc.record({ zoom: fc.integer({ min: 2, max: 16 }), u: fc.nat(120), v: fc.nat(120) });
    fc.assert(
      fc.property(tile, ({ zoom, u, v }) => {
        const target = tileAround(coarse, u, v, zoom);
        const window = roughWindow(coarse, whole, target, 8);
        const { locate } = locator(coarse, target);
        const at = { col: 0, row: 0 };
        for (let k = 0; k <= 400; k++) {
          // Around the tile's own place on the grid, nearer with each zoom.
          const off = (n: number): number => ((n % 21) - 10) * 2 ** (3 - zoom);
          const [col, row] = [u + off(k), v + off(Math.floor(k / 21))];
          if (!(col >= 0 && col <= 120 && row >= 0 && row <= 120)) continue; // what lies beside the grid may be left out
          locate(col, row, at);
          if (!(at.col > 0 && at.col < 256 && at.row > 0 && at.row < 256)) continue;
          expect(window).toBeDefined();
          expect(at.col).toBeGreaterThanOrEqual(window!.x0);
          expect(at.col).toBeLessThanOrEqual(window!.x1);
          expect(at.row).toBeGreaterThanOrEqual(window!.y0);
          expect(at.row).toBeLessThanOrEqual(window!.y1);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const coarsened = ([a, b, c, d, e, f]: Affine, side: number): Affine => [
  a * side,
  b * side,
  c,
  d * side,
  e * side,
  f,
];

/** The tile of Web Mercator that holds a place of a grid. */
function tileAround(source: GeoGrid, col: number, row: number, zoom: number): GeoGrid {
  const mercator = crsByName('EPSG:3857');
  const [x, y] = transformer(source.crs, mercator)(...apply(source.transform, col, row));
  const side = MERCATOR / 2 ** zoom;
  const [left, top] = [Math.floor(x / side) * side, Math.ceil(y / side) * side];
  return {
    crs: mercator,
    transform: [side / 256, 0, left, 0, -side / 256, top],
    height: 256,
    width: 256,
  };
}
