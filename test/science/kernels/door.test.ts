import { describe, expect, it } from 'vitest';
import type { Affine } from '../../../lib/grid/affine.ts';
import { crsByName } from '../../../lib/grid/crs.ts';
import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import { prepareBilinear } from '../../../lib/grid/resample.ts';
import { warpWindow } from '../../../lib/grid/warp.ts';
import { doorDesk } from '../../../lib/science/kernels/desk.ts';
import { uniform } from '../../bench/kernel-data.ts';

const grid = (name: string, transform: Affine, height: number, width: number): GeoGrid => ({
  crs: crsByName(name),
  transform,
  height,
  width,
});

const MODIS = grid('modis_sinusoidal', [231.656358, 0, 11_400_000, 0, -231.656358, 2_600_000], 130, 371);
const CLIMATE = grid('EPSG:4326', [0.1, 0, 111, 0, -0.1, 24], 20, 25);
const READ = { y0: 0, y1: CLIMATE.height, x0: 0, x1: CLIMATE.width };

/** Every strip of the target, by the kernel or by the loop. */
function interpolated(source: GeoGrid, field: Float64Array, rows: number, byKernel: boolean): Float64Array {
  const window = { y0: 3, y1: MODIS.height, x0: 5, x1: MODIS.width };
  const interpolate = byKernel ? doorDesk()!.interpolate : undefined;
  const plan = prepareBilinear(
    warpWindow(MODIS, window, source),
    source,
    { y0: 0, y1: source.height, x0: 0, x1: source.width },
    { interpolate },
  );
  const out = new Float64Array((window.y1 - window.y0) * plan.width);
  for (let y = window.y0; y < window.y1; y += rows) {
    plan.prepare(y, Math.min(rows, window.y1 - y));
    plan.apply(field, out, (y - window.y0) * plan.width);
  }
  return out;
}

function noise(length: number, seed: number, missing: number): Float64Array {
  const next = uniform(seed);
  return Float64Array.from({ length }, () => (next() < missing ? Number.NaN : -30 + 60 * next()));
}

describe('The kernel of the door', () => {
  it('interpolates a coarse field to the very bits of the loop, along coasts and beyond the edge too', () => {
    for (const missing of [0, 0.1, 0.6, 1]) {
      const field = noise(CLIMATE.height * CLIMATE.width, 7, missing);
      for (const rows of [1, 11, 22]) {
        const byKernel = interpolated(CLIMATE, field, rows, true);
        expect(byKernel).toEqual(interpolated(CLIMATE, field, rows, false));
        expect(byKernel.some(Number.isNaN)).toBe(missing === 1);
      }
    }
  });

  it('leaves a field as fine as the pixels to the loop', () => {
    const fine = grid('EPSG:4326', [0.002, 0, 112.5, 0, -0.002, 23.4], 60, 60);
    const field = noise(3600, 3, 0.05);
    const places = prepareBilinear(warpWindow(MODIS, { y0: 0, y1: 9, x0: 0, x1: 300 }, fine), fine, {
      ...{ y0: 0, y1: 60, x0: 0, x1: 60 },
    });
    places.prepare(0, 9);
    expect(interpolated(fine, field, 9, true)).toEqual(interpolated(fine, field, 9, false));
  });

  it('writes where the caller says, and nothing beside it', () => {
    const plan = prepareBilinear(warpWindow(MODIS, { y0: 0, y1: 3, x0: 0, x1: 7 }, CLIMATE), CLIMATE, READ, {
      interpolate: doorDesk()!.interpolate,
    });
    const out = new Float64Array(30).fill(-1);
    plan.prepare(0, 3);
    plan.apply(noise(500, 1, 0), out, 4);
    expect([...out.subarray(0, 4), ...out.subarray(25)]).toEqual(new Array(9).fill(-1));
    expect(out.subarray(4, 25).every((value) => value > -31 && value !== -1)).toBe(true);
  });
});
