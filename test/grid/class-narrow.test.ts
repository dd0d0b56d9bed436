import { describe, expect, it } from 'vitest';
import type { Affine } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { ClassCounts, classTable } from '../../lib/grid/resample.ts';
import { type PixelWindow, sourceWindow } from '../../lib/grid/warp.ts';

const grid = (name: string, transform: Affine, height: number, width: number): GeoGrid => ({
  crs: crsByName(name),
  transform,
  height,
  width,
});

const TARGET = grid('modis_sinusoidal', [231.656358, 0, 11_400_000, 0, -231.656358, 2_600_000], 90, 70);
const FINE = grid('EPSG:4326', [0.0005, 0, 111.2, 0, -0.0005, 23.4], 700, 900);
const LEGEND = classTable({ 0: 0, 1: 1, 2: 2, 9: -1 });

const codeAt = (y: number, x: number): number => [0, 1, 2, 9, 7][(y * 31 + x * 17 + ((x * y) % 13)) % 5]!;

function codes({ y0, y1, x0, x1 }: PixelWindow): Uint8Array {
  const width = x1 - x0;
  return Uint8Array.from({ length: (y1 - y0) * width }, (_, i) =>
    codeAt(y0 + Math.floor(i / width), x0 + (i % width)),
  );
}

/** Counts of a window whose pixels lean over the fine lattice, in bands of so many rows. */
function count(rows: number, narrow: boolean): { counts: ClassCounts; pixels: number } {
  const window = { y0: 5, y1: 83, x0: 3, x1: 61 };
  const counts = new ClassCounts(TARGET, window, FINE, 3);
  const read = sourceWindow(TARGET, window, FINE)!;
  let pixels = 0;
  for (let y0 = read.y0; y0 < read.y1; y0 += rows) {
    const box = { ...read, y0, y1: Math.min(read.y1, y0 + rows) };
    const band = narrow ? counts.narrow(box) : box;
    if (!band) continue;
    counts.add(band, codes(band), LEGEND);
    pixels += (band.y1 - band.y0) * (band.x1 - band.x0);
  }
  return { counts, pixels };
}

describe('Bands of fine pixels cut to the columns that meet the window', () => {
  it('give the same counts from fewer pixels', () => {
    const whole = count(1000, false);
    for (const rows of [7, 64, 150]) {
      const cut = count(rows, true);
      expect(cut.pixels).toBeLessThan(whole.pixels);
      expect(cut.counts.majorities()).toEqual(whole.counts.majorities());
      expect(cut.counts.unknownCodes).toEqual(whole.counts.unknownCodes);
      const shares = (of: ClassCounts) => {
        const out = new Float64Array(3);
        return Array.from({ length: of.width * of.height }, (_, pixel) => {
          of.fractions(pixel, out);
          return [...out, of.validFraction(pixel)];
        });
      };
      expect(shares(cut.counts)).toEqual(shares(whole.counts));
    }
  });

  it('leave out a band that lies beside the window', () => {
    const counts = new ClassCounts(TARGET, { y0: 0, y1: 10, x0: 0, x1: 10 }, FINE, 3);
    expect(counts.narrow({ y0: 600, y1: 700, x0: 0, x1: 900 })).toBeUndefined();
  });
});
