import { describe, expect, it } from 'vitest';
import { MOST_COLUMNS, rasterDesk } from '../../lib/kernels/raster-desk.ts';
import { coarsenMean, coarseShape, halveByLoop } from '../../lib/raster/pyramid.ts';
import { shuffle, shuffleByLoop, unshuffle, unshuffleByLoop } from '../../lib/raster/shuffle.ts';
import { uniform } from '../bench/kernel-data.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function noise(length: number, seed: number, missing: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length }, () => (next() < missing ? Number.NaN : -30 + 60 * next()));
}

describe('The kernel of chunks', () => {
  it('runs here', () => {
    expect(rasterDesk()).toBeDefined();
  });

  it.each([16, 4096, 4112, 65_536])('shuffles %i floats to the bytes of the loop, and back', (count) => {
    const raw = bytesOf(noise(count, count, 0.1));
    const shuffled = shuffle(raw, 4);
    expect(Buffer.compare(shuffled, shuffleByLoop(raw, 4))).toBe(0);
    expect(Buffer.compare(unshuffle(shuffled, 4), raw)).toBe(0);
    expect(Buffer.compare(unshuffleByLoop(shuffled, 4), raw)).toBe(0);
  });

  it('shuffles bytes that begin and end anywhere', () => {
    const whole = bytesOf(noise(64, 1, 0));
    const odd = whole.subarray(3, 3 + 64);
    expect([...shuffle(odd, 4)]).toEqual([...shuffleByLoop(odd.slice(), 4)]);
    for (const length of [60, 63]) {
      const part = whole.slice(0, length);
      expect([...unshuffle(shuffle(part, 4), 4)]).toEqual([...part]);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 33, MOST_COLUMNS])(
    'halves rows of %i columns to the bits of the loop',
    (cols) => {
      for (const missing of [0, 0.3, 0.9, 1]) {
        const cells = noise(2 * cols, cols, missing);
        const areas = Float64Array.from(noise(2 * cols, cols + 1, 0.05), (area) => Math.max(0, area));
        for (const lower of [cells.subarray(cols), undefined]) {
          for (const byCell of [true, false]) {
            const size = byCell ? cols : 1;
            const of = (halve: typeof halveByLoop): Buffer => {
              const mean = new Float32Array(Math.ceil(cols / 2));
              const validArea = new Float64Array(mean.length);
              const [above, below] = [areas.subarray(0, size), areas.subarray(size, 2 * size)];
              halve(cells.subarray(0, cols), lower, above, below, mean, validArea);
              return Buffer.concat([bytesOf(mean), bytesOf(validArea)]);
            };
            const desk = rasterDesk()!;
            expect(of((...rows) => desk.halve(...rows)).equals(of(halveByLoop))).toBe(true);
          }
        }
      }
    },
  );

  it('leaves wider rows to the loop', () => {
    const cols = MOST_COLUMNS + 3;
    const shape = { steps: 1, rows: 3, cols };
    const { mean } = coarsenMean(noise(3 * cols, 5, 0.2), Float64Array.of(1, 2, 3), shape);
    expect(mean.length).toBe(coarseShape(shape).rows * coarseShape(shape).cols);
    expect(mean.every((value) => Number.isNaN(value) || Math.abs(value) <= 30)).toBe(true);
  });
});
