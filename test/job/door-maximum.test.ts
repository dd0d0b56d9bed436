import { describe, expect, it } from 'vitest';
import { codeTable } from '../../lib/job/convert.ts';
import { type MaximumSeries, maximumByKernel } from '../../lib/job/door-maximum.ts';
import type { StoredStep } from '../../lib/job/stored-step.ts';
import { type CompositeOptions, composeMonths } from '../../lib/science/casa/composite.ts';
import { uniform } from '../bench/kernel-data.ts';

const FILL = -3000;
const [ROWS, WIDTH] = [5, 37];
const CELLS = ROWS * WIDTH;
/** The read window is wider than the strip, and the strip reaches beyond its last row. */
const READ_WIDTH = 41;

const index = Int32Array.from({ length: CELLS }, (_, i) => {
  const [row, col] = [Math.floor(i / WIDTH), i % WIDTH];
  if (row === 4) return -1;
  if (row === 2 && col > 20) return -1;
  return row * READ_WIDTH + (row === 1 ? WIDTH - col : col + 2); // one row lies the wrong way round
});

const table = codeTable('int16', 1, {
  variable: { range: [-0.2, 1] },
  facts: { nodata: [FILL], scale: 1e-4, offset: 0 },
  conversion: { factor: 1, offset: 0, perDay: false },
  sign: 1,
})!;

const reliability = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 4 ? byte : 255));

function stored(count: number, seed: number): Pick<MaximumSeries, 'composites' | 'quality'> {
  const next = uniform(seed);
  const step = (cell: () => number, make: (length: number) => Int16Array | Int8Array): StoredStep => {
    const cells = make(5 * READ_WIDTH);
    for (let i = 0; i < cells.length; i++) cells[i] = cell();
    return { cells };
  };
  const code = () => (next() < 0.3 ? FILL : Math.round(-2300 + 12_600 * next()));
  const quality = () => Math.floor(6 * next()) - 1;
  return {
    composites: Array.from({ length: count }, () => step(code, (n) => new Int16Array(n))),
    quality: Array.from({ length: count }, () => step(quality, (n) => new Int8Array(n))),
  };
}

const series = (
  period: number,
  options: CompositeOptions,
  seed: number,
  withQuality = true,
): MaximumSeries => {
  const startDoy = Array.from({ length: Math.ceil(365 / period) }, (_, k) => 1 + k * period);
  const { composites, quality } = stored(startDoy.length, seed);
  return {
    ...{ composites, options, table, facts: { dtype: 'int16' as const } },
    dates: { year: 2021, period, startDoy },
    quality: withQuality ? quality : undefined,
    reliability: withQuality ? reliability : undefined,
  };
};

/** What the loops in TypeScript make of the same, and how many numbers they refuse. */
function byLoops({ composites, quality, dates, options }: MaximumSeries): [Float64Array, Uint8Array, number] {
  const cells = composites.flatMap((step) => [...index].map((at) => (at < 0 ? FILL : step.cells[at]!)));
  const bytes = quality?.flatMap((step) =>
    [...index].map((at) => (at < 0 ? 255 : reliability[step.cells[at]! & 255]!)),
  );
  const [months, flags] = [new Float64Array(12 * CELLS), new Uint8Array(12 * CELLS)];
  const values = Float64Array.from(cells, (code) => table.values[code - table.lowest]!);
  composeMonths({ ...dates, values, reliability: bytes }, CELLS, options, months, flags);
  const refused = cells.reduce((sum, code) => sum + table.outOfRange[code - table.lowest]!, 0);
  return [months, flags, refused];
}

describe('Months by maximum value from the kernel', () => {
  for (const period of [16, 8]) {
    for (const qa of ['lenient', 'strict', 'off'] as const) {
      it(`are those of the loops, of ${period} days and with ${qa} quality, gaps and flags too`, () => {
        for (const withQuality of [true, false]) {
          const given = series(period, { method: 'mvc', qa }, period + 1, withQuality);
          const compose = maximumByKernel(given, CELLS)!;
          const [months, flags] = [new Float64Array(12 * CELLS), new Uint8Array(12 * CELLS).fill(9)];
          const [wanted, wantedFlags, refused] = byLoops(given);
          expect(refused).toBeGreaterThan(100);
          for (let again = 0; again < 2; again++) expect(compose(index, WIDTH, months, flags)).toBe(refused);
          expect(months).toEqual(wanted);
          expect(flags).toEqual(wantedFlags);
          expect(new Set(flags).size).toBeGreaterThan(1);
        }
      });
    }
  }

  it('are left to the loops where the kernel does not cover the case', () => {
    const given = series(16, { method: 'mvc', qa: 'lenient' }, 3);
    expect(maximumByKernel(given, CELLS)).toBeDefined();
    expect(
      maximumByKernel({ ...given, options: { method: 'weighted', qa: 'lenient' } }, CELLS),
    ).toBeUndefined();
    expect(maximumByKernel({ ...given, facts: { dtype: 'float32' } }, CELLS)).toBeUndefined();
    expect(maximumByKernel(given, 100_000)).toBeUndefined();
    const clamped = { ...table, clamped: table.clamped.with(7, 1) };
    expect(maximumByKernel({ ...given, table: clamped }, CELLS)).toBeUndefined();
    const twoFills = { ...table, outOfRange: table.outOfRange.with(7, 0) };
    expect(maximumByKernel({ ...given, table: twoFills }, CELLS)).toBeUndefined();
    const falling = {
      ...table,
      values: table.values
        .toReversed()
        .map((value) => -value)
        .reverse(),
    };
    expect(maximumByKernel({ ...given, table: falling }, CELLS)).toBeUndefined();
    const masked = [{ ...given.composites[0]!, valid: new Uint8Array(5 * READ_WIDTH) }];
    expect(maximumByKernel({ ...given, composites: masked }, CELLS)).toBeUndefined();
    const odd = reliability.map((_, byte) => (byte === 40 ? 0 : 255));
    expect(maximumByKernel({ ...given, reliability: odd }, CELLS)).toBeUndefined();
  });
});
