import { describe, expect, it } from 'vitest';
import { type Affine, apply, invert } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { prepareMean } from '../../lib/grid/resample.ts';
import { type PixelWindow, sourceWindow } from '../../lib/grid/warp.ts';

const grid = (name: string, transform: Affine, height: number, width: number): GeoGrid => ({
  crs: crsByName(name),
  transform,
  height,
  width,
});
const whole = ({ height, width }: GeoGrid): PixelWindow => ({ y0: 0, y1: height, x0: 0, x1: width });

/** Numbers that jump from pixel to pixel, a sixth of them missing. */
const wild = ({ height, width }: GeoGrid): Float64Array =>
  Float64Array.from({ length: height * width }, (_, k) =>
    (k * 7919) % 6 === 0 && k % 5 < 3 ? Number.NaN : ((k * 104_729) % 977) / 100,
  );

/** As a door does it: from the pixels that are planned for a window alone. */
function meanOf(target: GeoGrid, window: PixelWindow, source: GeoGrid, field: Float64Array): Float64Array {
  const width = window.x1 - window.x0;
  const out = new Float64Array(width * (window.y1 - window.y0)).fill(Number.NaN);
  const read = sourceWindow(target, window, source, target.crs === source.crs ? 0 : 1);
  if (!read) return out;
  const cols = read.x1 - read.x0;
  const cells = Float64Array.from(
    { length: cols * (read.y1 - read.y0) },
    (_, k) => field[(read.y0 + Math.floor(k / cols)) * source.width + read.x0 + (k % cols)]!,
  );
  const mean = prepareMean(target, window, source, read);
  for (let y = window.y0; y < window.y1; y++) {
    mean.prepare(y);
    mean.apply(cells, out, (y - window.y0) * width);
  }
  return out;
}

/**
 * The same by brute force: `n x n` points a pixel, each with the value of the source pixel that it lies in and, on a
 * grid of degrees, the cosine of its latitude.
 */
function bruteMean(target: GeoGrid, source: GeoGrid, field: Float64Array, n: number): Float64Array {
  const toSource = transformer(target.crs, source.crs);
  const inverse = invert(source.transform);
  return Float64Array.from({ length: target.height * target.width }, (_, cell) => {
    let [sum, weight] = [0, 0];
    for (let p = 0; p < n * n; p++) {
      const col = (cell % target.width) + ((p % n) + 0.5) / n;
      const row = Math.floor(cell / target.width) + (Math.floor(p / n) + 0.5) / n;
      const [x, y] = apply(target.transform, col, row);
      const [i, j] = apply(inverse, ...toSource(x, y)).map(Math.floor) as [number, number];
      if (i < 0 || i >= source.width || j < 0 || j >= source.height) continue;
      const value = field[j * source.width + i]!;
      if (Number.isNaN(value)) continue;
      const area = target.crs.geographic ? Math.cos((y * Math.PI) / 180) : 1;
      sum += area * value;
      weight += area;
    }
    return weight === 0 ? Number.NaN : sum / weight;
  });
}

function expectSame(got: Float64Array, wanted: Float64Array, tolerance: number): void {
  expect([...got].map(Number.isNaN)).toEqual([...wanted].map(Number.isNaN));
  const worst = got.reduce((most, value, k) => {
    const off = Math.abs(value - wanted[k]!);
    return off > most ? off : most;
  }, 0);
  expect(worst).toBeLessThan(tolerance);
}

describe('the mean over the area of a pixel', () => {
  // The source begins and ends within pixels of the target, which has 7 x 9 of 700 m.
  const target = grid('EPSG:6933', [700, 0, 0, 0, -700, 4900], 7, 9);
  it.each([
    ['2', 350, 13, 15, 2],
    ['3.5', 200, 23, 29, 7],
    ['0.5', 1400, 3, 4, 4],
    ['1', 700, 6, 8, 2],
  ])(
    'is that of a source of %s times the resolution, by brute force, with fill values and ragged edges',
    (_, size, height, width, n) => {
      const source = grid(
        'EPSG:6933',
        [size, 0, 350 * (size === 200 ? 0 : 1), 0, -size, 4900],
        height,
        width,
      );
      const field = wild(source);
      expectSame(meanOf(target, whole(target), source, field), bruteMean(target, source, field, n), 1e-12);
    },
  );

  it('weighs source pixels of degrees by their true areas', () => {
    const degrees = grid('EPSG:4326', [0.7, 0, 10, 0, -0.7, 72], 5, 6);
    const source = grid('EPSG:4326', [0.2, 0, 10, 0, -0.2, 72], 16, 20);
    const field = wild(source);
    // a source pixel that is cut in two counts by halves: within it, parallels are not told apart
    expectSame(meanOf(degrees, whole(degrees), source, field), bruteMean(degrees, source, field, 7), 0.003);
    const half = grid('EPSG:4326', [0.4, 0, 10, 0, -0.4, 72], 8, 10);
    expectSame(meanOf(half, whole(half), source, field), bruteMean(half, source, field, 2), 1e-4); // the Earth is no sphere
  });

  it('follows slanting pixels of another projection', () => {
    const degrees = grid('EPSG:4326', [0.03, 0, 11.2, 0, -0.02, 48.34], 5, 6);
    const source = grid('modis-sinusoidal', [463.3127, 0, 826_000, 0, -463.3127, 5_375_500], 30, 45);
    const field = wild(source);
    const got = meanOf(degrees, whole(degrees), source, field);
    expect(got.filter(Number.isFinite).length).toBeGreaterThan(20);
    expectSame(got, bruteMean(degrees, source, field, 200), 0.02);
  });

  it('keeps the bits of a source on the same grid, and of a coarser one that holds the pixel', () => {
    const shifted = grid('EPSG:4326', [0.1, 0, 10 + 1e-9, 0, -0.1, 50], 12, 14);
    const same = grid('EPSG:4326', [0.1, 0, 10, 0, -0.1, 50], 12, 14);
    const field = wild(shifted);
    expect(meanOf(same, whole(same), shifted, field)).toEqual(field);
    const fine = grid('EPSG:4326', [0.025, 0, 10, 0, -0.025, 50], 8, 8);
    const got = meanOf(fine, whole(fine), shifted, field);
    for (const [k, value] of got.entries())
      expect(value).toBe(field[Math.floor(k / 32) * 14 + Math.floor((k % 8) / 4)]);
  });

  it('is the same from any window, and goes on over the seam of a source that spans the circle', () => {
    const source = grid('EPSG:4326', [2.5, 0, 0, 0, -2.5, 50], 12, 144);
    const field = wild(source);
    const target = grid('EPSG:4326', [6, 0, -15, 0, -6, 50], 5, 5);
    const rolled = grid('EPSG:4326', [2.5, 0, -180, 0, -2.5, 50], 12, 144);
    const turned = field.map((_, k) => field[Math.floor(k / 144) * 144 + (((k % 144) + 72) % 144)]!);
    const all = meanOf(target, whole(target), source, field);
    expectSame(all, meanOf(target, whole(target), rolled, turned), 1e-12);
    expect(all.every(Number.isFinite)).toBe(true);
    const part = meanOf(target, { y0: 1, y1: 4, x0: 2, x1: 5 }, source, field);
    for (const [k, value] of part.entries())
      expect(value).toBe(all[(1 + Math.floor(k / 3)) * 5 + 2 + (k % 3)]);
  });

  it('speaks for a pixel as soon as anything under it has a value, and for none beyond the source', () => {
    const source = grid('EPSG:6933', [100, 0, 0, 0, -100, 400], 4, 4);
    const coarse = grid('EPSG:6933', [400, 0, 0, 0, -400, 400], 1, 2);
    const field = new Float64Array(16).fill(Number.NaN);
    expect(meanOf(coarse, whole(coarse), source, field)).toEqual(new Float64Array(2).fill(Number.NaN));
    field[9] = 0.1;
    expect([...meanOf(coarse, whole(coarse), source, field)]).toEqual([0.1, Number.NaN]);
  });

  it('takes the pixel under the centre where the edge of a map tears the outline', () => {
    const source = grid('modis-sinusoidal', [100_000, 0, -20_015_109, 0, -100_000, 1_000_000], 20, 401);
    const world = grid('EPSG:4326', [2, 0, 170.5, 0, -2, 4], 4, 10); // across 180
    const field = Float64Array.from({ length: 20 * 401 }, (_, k) => k % 401);
    const got = meanOf(world, whole(world), source, field);
    for (const value of got.filter(Number.isFinite))
      expect(value < 15 || value > 385, String(value)).toBe(true);
  });
});
