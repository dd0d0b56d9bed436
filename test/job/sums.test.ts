import { describe, expect, it } from 'vitest';
import { sumByLoop, sumChunk } from '../../lib/job/sums.ts';
import { sumsDesk } from '../../lib/science/kernels/desk.ts';
import { uniform } from '../bench/kernel-data.ts';

/** Fluxes of both signs and many sizes over cells whose areas differ, some of them missing. */
function chunk(steps: number, count: number, missing: number): { cells: Float32Array; areas: Float64Array } {
  const next = uniform(steps + count);
  const flux = () => (next() < missing ? Number.NaN : (next() - 0.4) * 10 ** (6 * next() - 3));
  const cells = Float32Array.from({ length: steps * count }, flux);
  return { cells, areas: Float64Array.from({ length: count }, () => 5e4 + 1e4 * next()) };
}

describe('Sums of a chunk', () => {
  for (const [steps, count] of [
    [1, 1],
    [12, 2],
    [12, 8191],
    [3, 20_003],
    [366, 35],
  ] as const) {
    it(`are those of the loop, of ${steps} steps of ${count} cells`, () => {
      for (const missing of [0, 0.3, 1]) {
        const { cells, areas } = chunk(steps, count, missing);
        const loop = sumByLoop(cells, steps, areas);
        for (const [step, found] of sumsDesk()!.sum(cells, steps, areas)!.entries()) {
          const wanted = loop[step]!;
          const size = cells.reduce((sum, value) => sum + Math.abs(value || 0), 0) * 6e4;
          expect(found).toMatchObject({ valid: wanted.valid, min: wanted.min, max: wanted.max });
          expect(Math.abs(found.area - wanted.area)).toBeLessThanOrEqual(2e-16 * wanted.area);
          expect(Math.abs(found.total - wanted.total)).toBeLessThanOrEqual(3e-16 * size);
        }
      }
    });
  }

  it('lose nothing of a small flux beside large ones that cancel', () => {
    const cells = Float32Array.of(2 ** 100, 1, -(2 ** 100), 2, Number.NaN);
    const areas = new Float64Array(5).fill(1);
    expect(sumChunk(cells, 1, areas)).toEqual({
      valid: [4],
      area: [4],
      total: [3],
      min: -(2 ** 100),
      max: 2 ** 100,
    });
  });

  it('have no least and no largest value where nothing is valid', () => {
    const nothing = new Float32Array(6).fill(Number.NaN);
    const sums = sumChunk(nothing, 2, new Float64Array(3).fill(9));
    expect(sums).toEqual({ valid: [0, 0], area: [0, 0], total: [0, 0], min: null, max: null });
  });
});
