import { describe, expect, it } from 'vitest';
import { decode } from '../../lib/view/decode.ts';
import { readField } from '../../lib/view/read-field.ts';
import { sampleLayer } from '../../lib/view/sample-layer.ts';
import { memoryLayer, sinusoidalGrid } from './memory-layer.ts';

describe('a field for a picture', () => {
  const grid = sinusoidalGrid(5, 6);
  const cells = Array.from({ length: 60 }, (_, i) => i);
  const layer = () => memoryLayer(grid, cells, { times: [0, 31] });

  it('is the step that is asked for, whole when it is small', async () => {
    const field = await readField(layer(), { step: 1 });
    expect([...field.values]).toEqual(cells.slice(30));
    expect(field.grid).toEqual(grid);
    expect(field.factor).toBe(1);
  });

  it('is averaged where it would be too large, ragged edges too', async () => {
    const field = await readField(layer(), { maxPixels: 9 });
    expect([field.grid.height, field.grid.width, field.factor]).toEqual([3, 3, 2]);
    expect([...field.values]).toEqual([3.5, 5.5, 7.5, 15.5, 17.5, 19.5, 24.5, 26.5, 28.5]);
    expect(field.grid.transform[0]).toBe(2 * grid.transform[0]);
    expect(field.grid.transform[2]).toBe(grid.transform[2]);
  });

  it('keeps a pixel missing when most of it is', async () => {
    const holes = cells.slice(0, 30).map((v) => ([0, 1, 6, 2].includes(v) ? NaN : v));
    const field = await readField(memoryLayer(grid, holes), { maxPixels: 9 });
    expect(field.values[0]).toBeNaN();
    expect(field.values[1]).toBeCloseTo((3 + 8 + 9) / 3, 6);
  });

  it('picks classes and never makes one up', async () => {
    const classes = cells.slice(0, 30).map((v) => (v % 2 === 0 ? 10 : 50));
    const field = await readField(memoryLayer(grid, classes), { maxPixels: 9, kind: 'class' });
    expect([...field.values].every((v) => v === 10 || v === 50)).toBe(true);
    expect(field.values).toHaveLength(9);
  });

  it('reads block by block', async () => {
    const large = sinusoidalGrid(1500, 2000);
    const counting = memoryLayer(large, new Float32Array(3e6), { block: { t: 1, y: 500, x: 500 } });
    await readField(counting, { maxPixels: 1e5 });
    expect(Math.max(...counting.reads.map((r) => (r.y1 - r.y0) * (r.x1 - r.x0)))).toBeLessThanOrEqual(2e6);
    const covered = counting.reads.reduce((sum, r) => sum + (r.y1 - r.y0) * (r.x1 - r.x0), 0);
    expect(covered).toBe(3e6);
  });

  it('reads the coarser copy that a file has', async () => {
    const levels: (number | undefined)[] = [];
    const base = memoryLayer(grid, cells.slice(0, 30));
    const copy = memoryLayer({ ...grid, height: 3, width: 3 }, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const transform = [
      2 * grid.transform[0],
      0,
      grid.transform[2],
      0,
      2 * grid.transform[4],
      grid.transform[5],
    ] as const;
    const layered = {
      ...base,
      facts: { ...base.facts, overviews: [{ height: 3, width: 3, transform, block: { y: 4, x: 4 } }] },
      read: async (...[region, options]: Parameters<typeof base.read>) => {
        levels.push(options?.level);
        return copy.read(region);
      },
    };
    const field = await readField(layered, { maxPixels: 9 });
    expect([...field.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(levels).toEqual([1]);
    expect(field).toMatchObject({ factor: 2, grid: { transform, height: 3, width: 3 } });
  });

  it('refuses a step that is not there', async () => {
    await expect(readField(layer(), { step: 2 })).rejects.toThrow('step: test.zarr/npp has no step 2 of 2');
  });
});

describe('stored cells as numbers', () => {
  const facts = memoryLayer(sinusoidalGrid(1, 5), [0, 0, 0, 0, 0]).facts;
  const region = { t0: 0, t1: 1, y0: 0, y1: 1, x0: 0, x1: 5 };

  it('finds nodata as stored, before scale and offset', () => {
    const scaled = { ...facts, dtype: 'int16', nodata: [-3000], scale: 0.5, offset: 1500 } as const;
    const cells = Int16Array.of(-3000, 0, -1500, 2, 4);
    expect([...decode(scaled, { region, cells })]).toEqual([NaN, 1500, 750, 1501, 1502]);
  });

  it('drops what lies outside the valid range, masked cells and infinities', () => {
    const ranged = { ...facts, validRange: [0, 100] } as const;
    const cells = Float32Array.of(-1, 50, 101, Infinity, 7);
    const valid = Uint8Array.of(1, 1, 1, 1, 0);
    expect([...decode(ranged, { region, cells, valid })]).toEqual([NaN, 50, NaN, NaN, NaN]);
    expect([...decode(facts, { region, cells })]).toEqual([-1, 50, 101, NaN, 7]);
  });

  it('knows a float32 fill that the header writes with more digits', () => {
    const filled = { ...facts, nodata: [-3.4028234663852886e38, 1e20] };
    const cells = Float32Array.of(-3.4028234663852886e38, 1e20, 1, 2, 3);
    expect([...decode(filled, { region, cells })]).toEqual([NaN, NaN, 1, 2, 3]);
  });
});

describe('a look into a layer', () => {
  it('tells range, mean and how much is missing, and how little was looked at', async () => {
    const grid = sinusoidalGrid(5, 6);
    const cells = Array.from({ length: 150 }, (_, i) => (i % 5 === 0 ? NaN : i));
    const layer = memoryLayer(grid, cells, { times: [0, 31, 59, 90, 120] });
    const sample = await sampleLayer(layer);
    expect(layer.reads.map(({ t0 }) => t0)).toEqual([0, 2, 4]);
    expect(sample).toMatchObject({ steps: 3, cells: 48 });
    expect(sample.missing).toBeCloseTo(0.2, 1);
    expect(sample.max).toBeLessThan(150);
  });

  it('has no range where all is missing', async () => {
    const sample = await sampleLayer(memoryLayer(sinusoidalGrid(2, 2), [NaN, NaN, NaN, NaN]));
    expect(sample).toEqual({ cells: 4, missing: 1, min: NaN, max: NaN, mean: NaN, steps: 1 });
  });
});
