import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { prepareMean, prepareNearest } from '../../lib/grid/resample.ts';
import { warpWindow } from '../../lib/grid/warp.ts';
import type { Binding } from '../../lib/job/binding.ts';
import { layerRegions, layerWindow, qualitySteps, runsOf } from '../../lib/job/footprint.ts';
import type { LayerFacts } from '../../lib/raster/layer.ts';
import type { Resampling } from '../../lib/science/model.ts';

const lonLat = crsByName('EPSG:4326');

describe('runs of neighbouring steps', () => {
  const steps = fc.array(fc.nat(60), { maxLength: 30 });

  it('hold each step once, in order, and nothing else', () => {
    fc.assert(
      fc.property(steps, (wanted) => {
        const held = runsOf(wanted).flatMap(([t0, t1]) => Array.from({ length: t1 - t0 }, (_, i) => t0 + i));
        expect(held).toEqual([...new Set(wanted)].sort((a, b) => a - b));
      }),
    );
  });

  it('are as few as there are gaps', () => {
    fc.assert(
      fc.property(steps, (wanted) => {
        const runs = runsOf(wanted);
        for (const [i, [start]] of runs.entries()) if (i > 0) expect(start).toBeGreaterThan(runs[i - 1]![1]);
      }),
    );
  });

  it('are none of no steps', () => expect(runsOf([])).toEqual([]));
});

const binding = (resampling: Resampling, facts: LayerFacts): Binding => ({
  name: 'x',
  variable: { title: 'X', units: '1', dims: 'tyx', range: [0, 1], resampling },
  source: {
    kind: 'field',
    facts,
    conversion: { factor: 1, offset: 0, perDay: false },
    sign: 1,
    steps: [
      [0, 1, 2],
      [7, 5, 6],
    ],
  },
});

const factsOf = (grid: GeoGrid): LayerFacts => ({
  kind: 'zarr',
  title: 'made',
  grid,
  dtype: 'float32',
  scale: 1,
  offset: 0,
  block: { t: 1, y: 4, x: 4 },
  objects: [],
  reader: {},
});

const product: GeoGrid = { crs: lonLat, transform: [0.25, 0, 10, 0, -0.25, 48], height: 9, width: 10 };
const grids = fc
  .record({
    pixel: fc.double({ min: 0.04, max: 1.5, noNaN: true }),
    west: fc.double({ min: 8, max: 11, noNaN: true }),
    north: fc.double({ min: 47, max: 49, noNaN: true }),
  })
  .map(
    ({ pixel, west, north }): GeoGrid => ({
      crs: lonLat,
      transform: [pixel, 0, west, 0, -pixel, north],
      height: Math.ceil(5 / pixel),
      width: Math.ceil(6 / pixel),
    }),
  );
const windows = fc
  .record({
    y0: fc.nat(8),
    x0: fc.nat(9),
    rows: fc.integer({ min: 1, max: 4 }),
    cols: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ y0, x0, rows, cols }) => ({
    t0: 0,
    t1: 3,
    y0,
    x0,
    y1: Math.min(9, y0 + rows),
    x1: Math.min(10, x0 + cols),
  }));

describe('the pixels that are planned for a window', () => {
  it('hold the pixel under each centre, where the source has one', () => {
    fc.assert(
      fc.property(grids, windows, (source, region) => {
        const read = layerWindow(product, binding('nearest', factsOf(source)), factsOf(source), region);
        const whole = { y0: 0, y1: source.height, x0: 0, x1: source.width };
        const all = prepareNearest(warpWindow(product, region, source), whole);
        const some = read && prepareNearest(warpWindow(product, region, source), read);
        const index = new Int32Array(region.x1 - region.x0);
        const own = new Int32Array(region.x1 - region.x0);
        for (let y = region.y0; y < region.y1; y++) {
          all(y, index);
          if (some) some(y, own);
          else own.fill(-1);
          const outside = (values: Int32Array) => [...values].map((k) => k < 0);
          expect(outside(own)).toEqual(outside(index));
        }
      }),
    );
  });

  it('hold every pixel that a cell covers a part of', () => {
    fc.assert(
      fc.property(grids, windows, (source, region) => {
        const whole = { y0: 0, y1: source.height, x0: 0, x1: source.width };
        const read = layerWindow(product, binding('mean', factsOf(source)), factsOf(source), region);
        const values = Float64Array.from({ length: source.height * source.width }, (_, k) => (k * 31) % 97);
        const [all, some] = [new Float64Array(10), new Float64Array(10).fill(Number.NaN)];
        const cells = values.filter((_, k) => {
          const [y, x] = [Math.floor(k / source.width), k % source.width];
          return read && y >= read.y0 && y < read.y1 && x >= read.x0 && x < read.x1;
        });
        const fromAll = prepareMean(product, region, source, whole);
        const fromSome = read && prepareMean(product, region, source, read);
        for (let y = region.y0; y < region.y1; y++) {
          fromAll.prepare(y);
          fromAll.apply(values, all, 0);
          fromSome?.prepare(y);
          fromSome?.apply(cells, some, 0);
          const width = region.x1 - region.x0;
          expect(some.subarray(0, width)).toEqual(all.subarray(0, width));
        }
      }),
    );
  });

  it('hold all four neighbours of each centre and whatever the coast rule may find within 0.2 degrees', () => {
    fc.assert(
      fc.property(grids, windows, (source, region) => {
        const read = layerWindow(product, binding('bilinear', factsOf(source)), factsOf(source), region);
        const [pixel, , west, , , north] = source.transform;
        const reach = Math.max(0.5 * pixel, Math.min(0.2, 60 * pixel));
        const left = (10 + 0.25 * (region.x0 + 0.5) - reach - west) / pixel;
        const right = (10 + 0.25 * (region.x1 - 0.5) + reach - west) / pixel;
        const top = (north - (48 - 0.25 * (region.y0 + 0.5)) - reach) / pixel;
        const bottom = (north - (48 - 0.25 * (region.y1 - 0.5)) + reach) / pixel;
        const inside = (v: number, size: number) => Math.min(size - 1, Math.max(0, Math.floor(v)));
        if (right < 0 || left > source.width || bottom < 0 || top > source.height || !read) return;
        expect(read.x0).toBeLessThanOrEqual(inside(left, source.width));
        expect(read.x1).toBeGreaterThan(inside(right, source.width));
        expect(read.y0).toBeLessThanOrEqual(inside(top, source.height));
        expect(read.y1).toBeGreaterThan(inside(bottom, source.height));
      }),
    );
  });

  it('are those of the window alone, without a border, on the same grid', () => {
    const facts = factsOf({ ...product, height: 40, width: 40 });
    const region = { t0: 0, t1: 3, y0: 4, y1: 8, x0: 4, x1: 8 };
    for (const resampling of ['nearest', 'mean', 'majority', 'fractions'] as const) {
      expect(layerWindow(product, binding(resampling, facts), facts, region)).toEqual({
        y0: 4,
        y1: 8,
        x0: 4,
        x1: 8,
      });
    }
  });

  it('are none where source and window do not meet', () => {
    const facts = factsOf({ ...product, transform: [0.25, 0, 100, 0, -0.25, 48] });
    const region = { t0: 0, t1: 3, y0: 0, y1: 4, x0: 0, x1: 4 };
    expect(layerRegions(product, binding('nearest', facts), 0, region)).toEqual([]);
  });

  it('come in runs of the steps that the window of the product wants', () => {
    const facts = factsOf(product);
    const region = { t0: 0, t1: 3, y0: 0, y1: 4, x0: 0, x1: 4 };
    const [{ regions } = { regions: [] }] = layerRegions(product, binding('nearest', facts), 1, region);
    expect(regions).toEqual([{ ...region, t0: 5, t1: 8 }]);
  });
});

describe('the quality of a composite', () => {
  it('is found by its date, wherever it stands in its own series', () => {
    const facts = { ...factsOf(product), times: [100, 116, 132] };
    const quality = { ...factsOf(product), times: [84, 100, 108, 116, 132] };
    const composites = [
      [
        { index: 0, startDoy: 1 },
        { index: 2, startDoy: 33 },
      ],
    ];
    const source = {
      kind: 'series' as const,
      facts,
      quality,
      composite: { period: 16, method: 'mvc' as const, qa: 'off' as const },
      composites,
    };
    expect(qualitySteps(source, quality, 0)).toEqual([1, 4]);
  });
});
