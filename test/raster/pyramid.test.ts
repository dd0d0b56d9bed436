import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarsenMajority, coarsenMean, coarseShape } from '../../lib/raster/pyramid.ts';

const N = Number.NaN;

describe('means of coarser levels', () => {
  it('weights each cell by its area and says how much area has data', () => {
    const { mean, validArea } = coarsenMean(Float32Array.of(1, 3, 5, N), Float64Array.of(10, 30), {
      steps: 1,
      rows: 2,
      cols: 2,
    });
    expect(mean[0]).toBeCloseTo((1 * 10 + 3 * 10 + 5 * 30) / 50, 6);
    expect(validArea[0]).toBe(50);
  });

  it('is nodata with no area where all four cells are nodata, and 0 where all are 0', () => {
    const cells = Float32Array.of(N, N, 0, 0, N, N, 0, 0);
    const { mean, validArea } = coarsenMean(cells, Float64Array.of(7, 7), { steps: 1, rows: 2, cols: 4 });
    expect([...mean]).toEqual([N, 0]);
    expect([...validArea]).toEqual([0, 28]);
  });

  it('gives the ragged last row and column cells of their own', () => {
    const shape = { steps: 1, rows: 5, cols: 7 };
    const cells = Float32Array.from({ length: 35 }, (_, i) => i);
    const { mean, validArea } = coarsenMean(cells, new Float64Array(5).fill(2), shape);
    expect(coarseShape(shape)).toEqual({ steps: 1, rows: 3, cols: 4 });
    expect(mean[3]).toBe((6 + 13) / 2);
    expect(mean[11]).toBe(34);
    expect([validArea[0], validArea[3], validArea[11]]).toEqual([8, 4, 2]);
  });

  it('puts a block where it belongs in larger arrays, and nothing beside it', () => {
    const shape = { steps: 2, rows: 3, cols: 5 };
    const cells = Float32Array.from({ length: 30 }, (_, i) => i);
    const alone = coarsenMean(cells, Float64Array.of(1, 2, 3), shape);
    const out = {
      mean: new Float32Array(2 * 4 * 7).fill(-1),
      validArea: new Float64Array(2 * 4 * 7).fill(-1),
    };
    coarsenMean(cells, Float64Array.of(1, 2, 3), shape, out, { rows: 4, cols: 7, y: 1, x: 2 });
    const codes = new Uint8Array(2 * 4 * 7).fill(9);
    coarsenMajority(Uint8Array.from(cells), 255, shape, codes, { rows: 4, cols: 7, y: 1, x: 2 });
    const majority = coarsenMajority(Uint8Array.from(cells), 255, shape);
    for (let i = 0; i < out.mean.length; i++) {
      const [t, y, x] = [Math.floor(i / 28), (Math.floor(i / 7) % 4) - 1, (i % 7) - 2];
      const inside = y >= 0 && y < 2 && x >= 0 && x < 3;
      const k = (t * 2 + y) * 3 + x;
      expect(out.mean[i]).toBe(inside ? alone.mean[k] : -1);
      expect(out.validArea[i]).toBe(inside ? alone.validArea[k] : -1);
      expect(codes[i]).toBe(inside ? majority[k] : 9);
    }
  });

  it('keeps the total of every step from level to level, whatever is missing', () => {
    const shapes = fc.record({
      steps: fc.integer({ min: 1, max: 3 }),
      rows: fc.integer({ min: 1, max: 9 }),
      cols: fc.integer({ min: 1, max: 9 }),
    });
    const worlds = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        values: fc.array(fc.option(fc.integer({ min: -500, max: 2000 }), { freq: 4 }), {
          minLength: shape.steps * shape.rows * shape.cols,
          maxLength: shape.steps * shape.rows * shape.cols,
        }),
        areas: fc.array(fc.integer({ min: 1, max: 90_000 }), {
          minLength: shape.rows,
          maxLength: shape.rows,
        }),
      }),
    );
    fc.assert(
      fc.property(worlds, ({ shape, values, areas }) => {
        const cells = Float32Array.from(values, (v) => v ?? N);
        const area = (i: number) => areas[Math.floor(i / shape.cols) % shape.rows]!;
        const total = cells.reduce((sum, v, i) => (Number.isNaN(v) ? sum : sum + v * area(i)), 0);
        const covered = cells.reduce((sum, v, i) => (Number.isNaN(v) ? sum : sum + area(i)), 0);
        const one = coarsenMean(cells, Float64Array.from(areas), shape);
        const two = coarsenMean(one.mean, one.validArea, coarseShape(shape));
        for (const { mean, validArea } of [one, two]) {
          const again = mean.reduce((sum, v, i) => (validArea[i]! > 0 ? sum + v * validArea[i]! : sum), 0);
          expect(Math.abs(again - total)).toBeLessThanOrEqual(1e-6 * 2000 * covered + 1e-9);
          expect(validArea.reduce((a, b) => a + b, 0)).toBe(covered);
        }
      }),
      { seed: 20_221, numRuns: 60 },
    );
  });

  it('refuses areas that fit neither rows, pixels nor cells', () => {
    const shape = { steps: 1, rows: 2, cols: 3 };
    expect(() => coarsenMean(new Float32Array(6), new Float64Array(3), shape)).toThrow('3 areas');
    expect(() => coarsenMean(new Float32Array(5), new Float64Array(2), shape)).toThrow('5 cells');
  });
});

describe('classes of coarser levels', () => {
  const shape = { steps: 1, rows: 2, cols: 2 };
  it.each([
    ['the class of most cells', [4, 2, 4, 4], 4],
    ['the lowest of classes that tie', [9, 2, 2, 9], 2],
    ['the lowest of four different classes', [7, 5, 8, 6], 5],
    ['the class of the only cell with data', [255, 255, 3, 255], 3],
    ['nodata where all four are nodata', [255, 255, 255, 255], 255],
  ])('takes %s', (_, codes, expected) => {
    expect([...coarsenMajority(Uint8Array.from(codes), 255, shape)]).toEqual([expected]);
  });

  it('keeps class 0 apart from nodata, and ragged edges', () => {
    const codes = Uint8Array.of(0, 0, 1, 255, 0, 255, 0, 0, 255);
    expect([...coarsenMajority(codes, 255, { steps: 1, rows: 3, cols: 3 })]).toEqual([0, 1, 0, 255]);
  });
});
