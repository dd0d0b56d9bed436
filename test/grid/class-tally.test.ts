import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClassTally, classTable } from '../../lib/grid/class-tally.ts';
import { type Cell, visitCell } from '../../lib/grid/control-net.ts';
import type { PixelWindow, Warp } from '../../lib/grid/warp.ts';
import { uniform } from '../bench/kernel-data.ts';

const CLASSES = 3;
const TABLE = classTable({ 0: 0, 1: 1, 2: 2, 9: -1 });
const WINDOW = { y0: 2, y1: 9, x0: 3, x1: 24 };

/** A net of one cell, whose places on the coarse grid go on evenly. */
function evenly(
  start: readonly number[],
  across: readonly number[],
  down: readonly number[],
  n: number,
): Warp {
  const corner = (i: number, j: number): number[] =>
    [0, 1].map((k) => start[k]! + i * across[k]! + j * down[k]!);
  const corners = Float64Array.from([corner(0, 0), corner(n, 0), corner(0, n), corner(n, n)].flat());
  const cell: Cell = { i0: 0, i1: n, j0: 0, j1: n, corners };
  const window = { y0: 0, y1: n, x0: 0, x1: n };
  return { window, turn: 0, row: () => {}, cells: (band, visit) => visitCell(cell, band, visit) };
}

/** Codes in runs: of the legend, its fill, and one that it does not know. */
function codesOf({ y0, y1, x0, x1 }: PixelWindow, seed: number, change: number): Uint8Array {
  const next = uniform(seed);
  let code = 0;
  return Uint8Array.from({ length: (y1 - y0) * (x1 - x0) }, () => {
    if (next() < change) code = [0, 1, 2, 9, 77][Math.floor(5 * next())]!;
    return code;
  });
}

/** Column and row that each pixel lies at are written out, none is skipped. */
function plainly(warp: Warp, band: PixelWindow, codes: Uint8Array): { counts: Uint32Array; unknown: number } {
  const across = WINDOW.x1 - WINDOW.x0;
  const counts = new Uint32Array((WINDOW.y1 - WINDOW.y0) * across * (CLASSES + 1));
  let unknown = 0;
  warp.cells!(band, ({ i0, i1, j0, j1, corners: p }) => {
    for (let j = band.y0; j < band.y1; j++) {
      const v = (j - j0) / (j1 - j0);
      const [col, row] = [p[0]! + v * (p[4]! - p[0]!), p[1]! + v * (p[5]! - p[1]!)];
      const colStep = (p[2]! + v * (p[6]! - p[2]!) - col) / (i1 - i0);
      const rowStep = (p[3]! + v * (p[7]! - p[3]!) - row) / (i1 - i0);
      for (let i = band.x0; i < band.x1; i++) {
        const x = Math.floor(col + (i - i0) * colStep);
        const y = Math.floor(row + (i - i0) * rowStep);
        if (x < WINDOW.x0 || x >= WINDOW.x1 || y < WINDOW.y0 || y >= WINDOW.y1) continue;
        const code = codes[(j - band.y0) * (band.x1 - band.x0) + i - band.x0]!;
        const type = TABLE[code]!;
        counts[((y - WINDOW.y0) * across + x - WINDOW.x0) * (CLASSES + 1) + (type < 0 ? CLASSES : type)]!++;
        if (type === -2) unknown++;
      }
    }
  });
  return { counts, unknown };
}

function expectTheSame(warp: Warp, band: PixelWindow, codes: Uint8Array): void {
  const plain = plainly(warp, band, codes);
  for (const byKernel of [true, false]) {
    const tally = new ClassTally(WINDOW, CLASSES, byKernel);
    tally.visit(warp, band, { codes, classOf: TABLE });
    expect(Buffer.compare(Buffer.from(tally.counts.slice().buffer), Buffer.from(plain.counts.buffer))).toBe(
      0,
    );
    expect(tally.unknownCodes[77] ?? 0).toBe(plain.unknown);
  }
}

describe('The kernel of class maps, and the loops beside it', () => {
  /** Steps and places that meet the edges of coarse pixels exactly, nearly, or anywhere. */
  const step = fc.oneof(
    fc.constantFrom(0, 1 / 8, -1 / 8, 1 / 3, 0.1, -0.1, 0.5, -0.5, 0.7, 1.5, 1 / 1024, 1e-9, -1e-17),
    fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  );
  const place = fc.oneof(
    fc.integer({ min: -2, max: 26 }),
    fc.integer({ min: -20, max: 260 }).map((tenths) => tenths / 10),
    fc.integer({ min: 3, max: 24 }).map((whole) => whole - 1e-12),
    fc.double({ min: -5, max: 30, noNaN: true }),
  );
  const pair = fc.tuple(step, fc.oneof(fc.constant(0), step));
  const part = fc.tuple(fc.nat(63), fc.nat(63), fc.nat(63), fc.nat(63)).map(([a, b, c, d]) => ({
    ...{ x0: Math.min(a, b), x1: Math.max(a, b) + 1 },
    ...{ y0: Math.min(c, d), y1: Math.max(c, d) + 1 },
  }));

  it('count each pixel where its centre lies, whatever the steps', () => {
    const change = fc.constantFrom(0.02, 0.2, 1);
    fc.assert(
      fc.property(
        fc.tuple(place, place),
        pair,
        pair,
        part,
        fc.nat(),
        change,
        (start, across, down, band, seed, p) => {
          expectTheSame(evenly(start, across, down, 64), band, codesOf(band, seed, p));
        },
      ),
      { numRuns: 800 },
    );
  });

  it('count each pixel of a whole cell of the usual steps, forwards and backwards', () => {
    const band = { y0: 0, y1: 64, x0: 0, x1: 64 };
    for (const sign of [1, -1]) {
      for (let k = 0; k < 60; k++) {
        const start = [sign > 0 ? 4 + k / 9 : 20 - k / 9, 2.5];
        const warp = evenly(start, [sign * (0.11 + k / 1500), 0], [0.03, 0.09], 64);
        expectTheSame(warp, band, codesOf(band, k + 1, 0.05));
      }
    }
  });

  it('leave larger cells to the loops', () => {
    const band = { y0: 0, y1: 96, x0: 0, x1: 96 };
    expectTheSame(evenly([4, 3], [0.15, 0], [0, 0.05], 96), band, codesOf(band, 3, 0.1));
  });
});
