import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../../lib/grid/affine.ts';
import { apply } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';
import {
  bilinear,
  ClassCounts,
  classTable,
  coastWindow,
  FILL,
  type Field,
  greatCircleDegrees,
  indexOfMost,
  prepareBilinear,
  resampleNearest,
  UNKNOWN,
} from '../../lib/grid/resample.ts';
import { type PixelWindow, sourceWindow, warpWindow } from '../../lib/grid/warp.ts';

const VECTORS = new URL('../../../shared/spec/casa_vectors.json', import.meta.url);
const vector = (id: string) =>
  JSON.parse(readFileSync(VECTORS, 'utf8')).vectors.find((v: { id: string }) => v.id === id);

const NaN_ = Number.NaN;
const grid = (name: string, transform: Affine, height: number, width: number): GeoGrid => ({
  crs: crsByName(name),
  transform,
  height,
  width,
});
const whole = ({ height, width }: GeoGrid): PixelWindow => ({ y0: 0, y1: height, x0: 0, x1: width });

/** All rows of a window, strip by strip. */
function interpolate(
  target: GeoGrid,
  window: PixelWindow,
  source: GeoGrid,
  fields: Field[],
  coastDegrees = 0.2,
): Float64Array[] {
  const read = whole(source);
  const plan = prepareBilinear(warpWindow(target, window, source), source, read, { coastDegrees });
  const size = (window.y1 - window.y0) * plan.width;
  const outs = fields.map(() => new Float64Array(size));
  for (let y = window.y0; y < window.y1; y += 3) {
    const n = Math.min(3, window.y1 - y);
    plan.prepare(y, n);
    for (const [k, field] of fields.entries()) plan.apply(field, outs[k]!, (y - window.y0) * plan.width);
  }
  return outs;
}

describe('bilinear', () => {
  it('weighs the corners that have a value as V23 says', () => {
    const { outputs } = vector('V23');
    // 20, 21, 22, 23 with the weights of (0.25, 0.75) give 21.75; without the right column, or all but one, V23's rest.
    expect(bilinear(20, 21, 22, 23, 0.25, 0.75)).toBeCloseTo(outputs.all_valid, 9);
    expect(bilinear(20, NaN_, 22, NaN_, 0.25, 0.75)).toBeCloseTo(outputs.two_sea, 9);
    expect(bilinear(20, NaN_, NaN_, NaN_, 0.75, 0.75)).toBeNaN();
    expect(outputs.mostly_sea).toBeNull();
  });

  it('speaks for a pixel from a quarter of the weight on', () => {
    expect(bilinear(8, NaN_, NaN_, NaN_, 0.5, 0.5)).toBe(8);
    expect(bilinear(8, NaN_, NaN_, NaN_, 0.5, 0.501)).toBeNaN();
    expect(bilinear(NaN_, 3, NaN_, NaN_, 0, 0)).toBeNaN();
    expect(bilinear(5, NaN_, NaN_, NaN_, 0, 0)).toBe(5);
  });

  it('reproduces a plane in longitude and latitude at every pixel of another projection', () => {
    const source = grid('EPSG:4326', [0.1, 0, 112.95, 0, -0.1, 23.55], 12, 14);
    const target = grid('modis-sinusoidal', [5000, 0, 11_580_000, 0, -5000, 2_580_000], 5, 6);
    const lon = (i: number): number => 112.95 + 0.1 * (i + 0.5);
    const lat = (j: number): number => 23.55 - 0.1 * (j + 0.5);
    const field = Float64Array.from(
      { length: 12 * 14 },
      (_, k) => 3 * lon(k % 14) - 2 * lat(Math.floor(k / 14)),
    );
    const [out] = interpolate(target, whole(target), source, [field]);
    const toLonLat = transformer(target.crs, source.crs);
    for (let k = 0; k < 30; k++) {
      const [x, y] = toLonLat(...apply(target.transform, (k % 6) + 0.5, Math.floor(k / 6) + 0.5));
      expect(Math.abs(out![k]! - (3 * x - 2 * y))).toBeLessThan(0.05 * 0.1 * 4);
    }
  });

  it('gives each field its own missing cells from one set of weights', () => {
    const source = grid('EPSG:4326', [1, 0, 0, 0, -1, 4], 4, 5);
    const target = grid('EPSG:4326', [0.5, 0, 0.5, 0, -0.5, 3.5], 5, 6);
    const a = Float64Array.from({ length: 20 }, (_, k) => k);
    const b = a.map((v) => (v === 6 ? NaN_ : v));
    const [fromA, fromB] = interpolate(target, whole(target), source, [a, b], 0);
    const expected = interpolate(target, whole(target), source, [b], 0)[0]!;
    expect(fromB).toEqual(expected);
    expect(fromA!.some(Number.isNaN)).toBe(false);
    expect([...fromB!].filter((v, k) => v !== fromA![k])).not.toHaveLength(0);
  });

  it('keeps what is constant constant, and stays between the least and the greatest corner', () => {
    const source = grid('EPSG:4326', [0.25, 0, 5, 0, -0.25, 48], 9, 8);
    const target = grid('EPSG:32632', [4000, 0, 3e5, 0, -4000, 52.9e5], 25, 26);
    const cell = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: -50, max: 50 }) },
      { weight: 1, arbitrary: fc.constant(NaN_) },
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 72, maxLength: 72 }), (values) => {
        const field = Float64Array.from(values);
        const [out] = interpolate(target, whole(target), source, [field]);
        const present = values.filter((v) => !Number.isNaN(v));
        for (const v of out!) {
          if (Number.isNaN(v)) continue;
          expect(v).toBeGreaterThanOrEqual(Math.min(...present) - 1e-12);
          expect(v).toBeLessThanOrEqual(Math.max(...present) + 1e-12);
        }
      }),
      { numRuns: 30 },
    );
    const [flat] = interpolate(target, whole(target), source, [new Float64Array(72).fill(7)]);
    expect(new Set([...flat!].filter((v) => !Number.isNaN(v)).map((v) => v.toFixed(9)))).toEqual(
      new Set(['7.000000000']),
    );
  });

  it('goes on across the seam of a source that spans the circle', () => {
    const source = grid('EPSG:4326', [10, 0, 0, 0, -10, 90], 18, 36);
    const target = grid('EPSG:4326', [2, 0, -10, 0, -2, 40], 5, 10);
    const field = Float64Array.from({ length: 18 * 36 }, (_, k) =>
      Math.cos(((k % 36) + 0.5) * 10 * (Math.PI / 180)),
    );
    const [out] = interpolate(target, whole(target), source, [field]);
    for (let i = 0; i < 10; i++)
      expect(out![i]!).toBeCloseTo(i === 4 || i === 5 ? Math.cos(5 * (Math.PI / 180)) : out![9 - i]!, 9);
  });
});

describe('coast rule', () => {
  // 0.1 degree cells; land only in the cell about (113.05, 22.05).
  const source = grid('EPSG:4326', [0.1, 0, 112.5, 0, -0.1, 22.6], 11, 12);
  const land = Float64Array.from({ length: 132 }, () => NaN_);
  land[5 * 12 + 5] = 42;

  it('takes the nearest valid cell within 0.2 degrees of great circle, and NaN beyond', () => {
    const target = grid('EPSG:4326', [0.02, 0, 112.5, 0, -0.02, 22.6], 55, 60);
    const [out] = interpolate(target, whole(target), source, [land]);
    let [near, far] = [0, 0];
    for (let k = 0; k < out!.length; k++) {
      const [x, y] = apply(target.transform, (k % 60) + 0.5, Math.floor(k / 60) + 0.5);
      const degrees = greatCircleDegrees(x, y, 113.05, 22.05);
      if (Math.abs(degrees - 0.2) < 1e-9) continue;
      if (degrees < 0.2) expect(out![k]).toBeCloseTo(42, 9);
      else expect(out![k]).toBeNaN();
      if (degrees < 0.2) near++;
      else far++;
    }
    expect(near).toBeGreaterThan(300);
    expect(far).toBeGreaterThan(300);
  });

  it('needs a window that grows in columns towards the pole, and none beyond the source', () => {
    const era = grid('EPSG:4326', [0.1, 0, -180.05, 0, -0.1, 90.05], 1801, 3600);
    const at = (lat: number) =>
      coastWindow(
        grid('EPSG:4326', [0.01, 0, 20, 0, -0.01, lat], 10, 10),
        { y0: 0, y1: 10, x0: 0, x1: 10 },
        era,
      );
    const columns = [0, 60, 80].map((lat) => at(lat)!.x1 - at(lat)!.x0);
    expect(columns).toEqual([...columns].sort((a, b) => a - b));
    // 0.2 degrees of great circle are 4 cells at 60 N and 12 at 80 N, on either side.
    expect(columns[1]).toBeGreaterThanOrEqual(2 * 4 + 2);
    expect(columns[2]).toBeGreaterThanOrEqual(2 * 12 + 2);
    expect(columns[2]).toBeLessThan(40);
    expect(at(60)!.y1 - at(60)!.y0).toBeGreaterThanOrEqual(2 * 2 + 2);
    expect(
      coastWindow(
        grid('EPSG:3857', [1, 0, 0, 0, -1, 0], 5, 5),
        { y0: 0, y1: 5, x0: 0, x1: 5 },
        grid('EPSG:4326', [1, 0, 90, 0, -1, 50], 5, 6),
      ),
    ).toBeUndefined();
  });

  it('can be told another distance, or none', () => {
    const target = grid('EPSG:4326', [0.1, 0, 112.5, 0, -0.1, 22.6], 11, 12);
    const count = (degrees: number): number =>
      interpolate(target, whole(target), source, [land], degrees)[0]!.filter((v) => v === 42).length;
    expect(count(0)).toBe(1);
    expect(count(0.101)).toBe(5);
    expect(count(0.199)).toBe(11);
  });

  it.each([
    ['a grid of degrees', grid('EPSG:4326', [0.03, 0, 20, 0, -0.03, 70], 40, 40)],
    ['a slanting sinusoidal grid', grid('modis-sinusoidal', [3000, 0, 6.2e6, 0, -3000, 7.8e6], 40, 40)],
    ['web Mercator in the north', grid('EPSG:3857', [9000, 0, 2e6, 0, -9000, 11e6], 40, 40)],
  ])('finds what a search through all cells finds on %s', (_, sea) => {
    const toLonLat = transformer(sea.crs, crsByName('EPSG:4326'));
    const place = (col: number, row: number): [number, number] => toLonLat(...apply(sea.transform, col, row));
    const seeds = fc.array(fc.record({ k: fc.nat(1599), v: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 0,
      maxLength: 6,
    });
    const target: GeoGrid = {
      ...sea,
      transform: [sea.transform[0] * 4.3, 0, sea.transform[2], 0, sea.transform[4] * 4.3, sea.transform[5]],
      height: 9,
      width: 9,
    };
    fc.assert(
      fc.property(seeds, (cells) => {
        const field = new Float64Array(1600).fill(NaN_);
        for (const { k, v } of cells) field[k] = v;
        const [out] = interpolate(target, whole(target), sea, [field]);
        for (let k = 0; k < 81; k++) {
          const [col, row] = [((k % 9) + 0.5) * 4.3, (Math.floor(k / 9) + 0.5) * 4.3];
          const distances = [...field.keys()]
            .filter((q) => !Number.isNaN(field[q]))
            .map((q) => {
              const at = place((q % 40) + 0.5, Math.floor(q / 40) + 0.5);
              return { degrees: greatCircleDegrees(...place(col, row), ...at), value: field[q]!, q };
            });
          const nearest = Math.min(Infinity, ...distances.map((d) => d.degrees));
          const corners = distances.filter(
            ({ q }) => Math.abs((q % 40) + 0.5 - col) < 1 && Math.abs(Math.floor(q / 40) + 0.5 - row) < 1,
          );
          if (corners.length > 0 || Math.abs(nearest - 0.2) < 1e-6) continue;
          const values = distances.filter((d) => d.degrees <= nearest + 1e-9).map((d) => d.value);
          if (nearest < 0.2) expect(values).toContain(out![k]);
          else expect(out![k]).toBeNaN();
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('nearest', () => {
  it('takes the pixel that holds the centre and marks what lies outside', () => {
    const source = grid('EPSG:3035', [100, 0, 4_000_000, 0, -100, 3_000_000], 5, 6);
    const target = grid('EPSG:3035', [60, 0, 3_999_900, 0, -60, 3_000_000], 3, 12);
    const out = new Uint8Array(36);
    const cells = Uint8Array.from({ length: 30 }, (_, k) => k + 1);
    resampleNearest(warpWindow(target, whole(target), source), whole(source), cells, out, 0);
    expect([...out.subarray(0, 12)]).toEqual([0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6]);
    expect(out[12]).toBe(0);
    expect(out[14]).toBe(1);
    expect(out[26]).toBe(7);
  });
});

describe('classes', () => {
  const { inputs, intermediates } = vector('V17');
  // Four coarse pixels in a row of 4 x 5 fine pixels each: the fractions of V17 are multiples of 1/20.
  const coarse = grid('EPSG:6933', [1000, 0, 0, 0, -1000, 1000], 1, 4);
  const fine = grid('EPSG:6933', [200, 0, 0, 0, -250, 1000], 4, 20);
  const codes = new Uint8Array(80);
  for (const [pixel, fractions] of (inputs.fractions as number[][]).entries()) {
    const classes = fractions.flatMap((f, c) => new Array(Math.round(f * 20)).fill(c));
    for (const [k, c] of classes.entries())
      codes[Math.floor(k / 5) * 20 + pixel * 5 + (k % 5)] = 10 * (c + 1);
  }
  const legend = classTable({ 10: 0, 20: 1, 30: 2, 40: 3, 50: 4, 60: 5, 70: 6, 0: -1 });
  const count = (cells = codes): ClassCounts => {
    const counts = new ClassCounts(coarse, whole(coarse), fine, 7);
    counts.add(whole(fine), cells, legend);
    return counts;
  };

  it('finds the fractions and majorities of V17, a tie going to the lower index', () => {
    const counts = count();
    const names = [...counts.majorities()].map((c) => inputs.classes[c]);
    expect(names).toEqual(intermediates.majority_class);
    const out = new Float64Array(7);
    for (let pixel = 0; pixel < 4; pixel++) {
      counts.fractions(pixel, out);
      for (let c = 0; c < 7; c++) expect(out[c]!).toBeCloseTo(inputs.fractions[pixel][c], 9);
      expect(counts.validFraction(pixel)).toBe(1);
    }
    expect(indexOfMost(inputs.fractions[2])).toBe(1);
  });

  it('has no fractions where less than half of the fine pixels are valid, and a majority of what there is', () => {
    const holes = codes.map((code, k) => (k % 20 < 5 && k >= 24 ? 0 : code));
    const counts = count(holes);
    const out = new Float64Array(7);
    counts.fractions(0, out);
    expect(counts.validFraction(0)).toBeCloseTo(9 / 20, 12);
    expect([...out].every(Number.isNaN)).toBe(true);
    counts.fractions(0, out, 0, 0.4);
    expect(out.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(counts.majority(0)).toBe(0);
    expect(counts.majority(0, 0.5)).toBe(-1);
    expect(count(codes.map(() => 0)).majority(2)).toBe(-1);
  });

  it('counts fine pixels whose code the legend does not know', () => {
    const counts = count(codes.map((code, k) => (k < 3 ? 99 : code)));
    expect(counts.unknown).toBe(3);
    expect(counts.validFraction(0)).toBeCloseTo(17 / 20, 12);
    expect([legend[0], legend[10], legend[11]]).toEqual([FILL, 0, UNKNOWN]);
  });

  it('counts fine pixels beyond the edge of the source as without a value', () => {
    const short = { ...fine, width: 18 };
    const counts = new ClassCounts(coarse, whole(coarse), short, 7);
    counts.add(whole(short), new Uint8Array(72).fill(10), legend);
    expect(counts.validFraction(2)).toBe(1);
    expect(counts.validFraction(3)).toBeCloseTo(12 / 20, 12);
  });

  it('is the same in bands as at once, and counts every fine pixel of another projection once', () => {
    const target = grid(
      'modis-sinusoidal',
      [231.65635828469235, 0, 11_580_000, 0, -231.65635828469235, 2_580_000],
      25,
      26,
    );
    const source = grid('EPSG:4326', [0.00025, 0, 113.1, 0, -0.00025, 23.3], 900, 1200);
    const read = sourceWindow(target, whole(target), source)!;
    const [w, h] = [read.x1 - read.x0, read.y1 - read.y0];
    const cells = Uint8Array.from({ length: w * h }, (_, k) => 10 + 10 * ((k * 7919) % 3));
    const once = new ClassCounts(target, whole(target), source, 3);
    once.add(read, cells, legend);
    const banded = new ClassCounts(target, whole(target), source, 3);
    for (let y = read.y0; y < read.y1; y += 50) {
      const y1 = Math.min(read.y1, y + 50);
      banded.add({ ...read, y0: y, y1 }, cells.subarray((y - read.y0) * w, (y1 - read.y0) * w), legend);
    }
    expect(banded.majorities()).toEqual(once.majorities());
    let total = 0;
    for (let pixel = 0; pixel < 650; pixel++) {
      expect(once.validFraction(pixel)).toBe(1);
      total += once.valid(pixel);
    }
    // The window's true area over that of a fine pixel, both on the sphere of the MODIS grid.
    const lat = (2_577_000 / 6371007.181) * (180 / Math.PI);
    const finePixel = (6371007.181 * 0.00025 * (Math.PI / 180)) ** 2 * Math.cos(lat * (Math.PI / 180));
    expect(total / ((650 * 53664.66833372575) / finePixel)).toBeCloseTo(1, 2);
  });
});
