import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import { frameSpace, layOut } from '../../lib/view/map-frame.ts';
import { sampleFrame } from '../../lib/view/sample-frame.ts';
import { MODIS_PIXEL } from './memory-layer.ts';

/** A window of MODIS tile h28v06, where the sinusoidal axes lean by 38 degrees. */
const grid = {
  crs: crsByName('modis-sinusoidal'),
  transform: [4 * MODIS_PIXEL, 0, 11_275_644, 0, -4 * MODIS_PIXEL, 2_713_390],
  height: 300,
  width: 400,
} as const;
const space = frameSpace(grid);
const frame = layOut(space, [111.4, 22.2, 114.5, 24.4], { width: 500, height: 400 });

describe('the field in the pixels of a picture', () => {
  it('takes the cell that lies at the longitude and latitude of each pixel', () => {
    const place = Float32Array.from({ length: 300 * 400 }, (_, i) => i);
    const raster = sampleFrame(frame, grid, place, 'nearest');
    let [wrong, on] = [0, 0];
    for (let y = 0; y < frame.height; y++) {
      for (let x = 0; x < frame.width; x++) {
        const [col, row] = frame.toGrid(x + 0.5, y + 0.5).map(Math.floor) as [number, number];
        const inside = col >= 0 && row >= 0 && col < 400 && row < 300;
        const want = inside ? row * 400 + col : NaN;
        if (inside) on++;
        if (!Object.is(raster[y * frame.width + x], want)) wrong++;
      }
    }
    expect(on).toBeGreaterThan(50_000);
    // Between exact points places are linear: only pixels within a thousandth of a cell's edge may differ.
    expect(wrong / on).toBeLessThan(0.002);
  });

  it('keeps the mean of the field where it shrinks it', () => {
    const values = Float32Array.from({ length: 300 * 400 }, (_, i) => ((i % 400) + Math.floor(i / 400)) % 2);
    const small = layOut(space, frame.bounds, { width: 120, height: 100 });
    const raster = sampleFrame(small, grid, values, 'mean');
    const shown = raster.filter(Number.isFinite);
    expect(shown.reduce((a, v) => a + v, 0) / shown.length).toBeCloseTo(0.5, 2);
    expect(shown.filter((v) => v === 0 || v === 1).length / shown.length).toBeLessThan(0.05);
  });

  it('shows nothing where the grid has nothing', () => {
    const raster = sampleFrame(frame, grid, new Float32Array(300 * 400).fill(NaN), 'mean');
    expect(raster.every(Number.isNaN)).toBe(true);
  });

  it('shows a whole sinusoidal world up to its edge, and nothing beyond', () => {
    const world = {
      crs: crsByName('modis-sinusoidal'),
      transform: [100_000, 0, -20_100_000, 0, -100_000, 10_000_000],
      height: 200,
      width: 402,
    } as const;
    const whole = layOut(frameSpace(world), [-180, -89, 180, 89], { width: 360, height: 178 });
    const raster = sampleFrame(whole, world, new Float32Array(200 * 402).fill(1), 'nearest');
    expect(raster.filter((v) => v === 1).length / raster.length).toBeGreaterThan(0.99);
  });
});
