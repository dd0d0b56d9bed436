import { describe, expect, it } from 'vitest';
import { WeightLists } from '../../lib/view/sparse-weights.ts';
import { ZoneSums } from '../../lib/view/zone-sums.ts';

const [ROWS, COLS] = [7, 23];
const WINDOW = { y0: 3, y1: 3 + ROWS, x0: 5, x1: 5 + COLS };

let seed = 7;
const random = (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** Cells of which some rows have all values, and others holes, an infinity among them. */
function field(): Float32Array {
  const cells = Float32Array.from({ length: ROWS * COLS }, () => 1000 * random() - 500);
  for (let i = 2 * COLS; i < cells.length; i += 1 + Math.floor(6 * random())) cells[i] = Number.NaN;
  cells[4 * COLS + 1] = Number.POSITIVE_INFINITY;
  return cells;
}

/** Shares of a zone: nothing in the first column, parts in the second, whole pixels elsewhere. */
const shareOf = (cell: number): number => (cell % COLS === 0 ? 0 : cell % COLS === 1 ? 0.25 : 1);

function sparse() {
  const lists = new WeightLists();
  lists.begin(WINDOW);
  const zone = {
    weights: () => [],
    eachShare: (_: unknown, taker: Pick<WeightLists, 'part' | 'run'>) => {
      for (let y = WINDOW.y0; y < WINDOW.y1; y++) {
        taker.part(y, WINDOW.x0 + 1, 0.25);
        taker.run(y, WINDOW.x0 + 2, WINDOW.x1);
      }
    },
  };
  return { ...lists.add(zone, WINDOW), lists: lists.lists };
}

describe.each([
  { fields: 1, evenRows: true },
  { fields: 1, evenRows: false },
  { fields: 3, evenRows: true },
  { fields: 3, evenRows: false },
])('sums of a zone over $fields fields, rows of one area: $evenRows', ({ fields, evenRows }) => {
  const values = Array.from({ length: fields }, field);
  const areas = Float64Array.from({ length: ROWS * COLS }, (_, i) =>
    evenRows ? 5e4 + Math.floor(i / COLS) : 5e4 + i,
  );

  it('count a pixel only where every field has a value', () => {
    const sums = new ZoneSums({ fields, periods: 1, spread: true, samples: false });
    sums.addPixels(0, sparse(), { values, areas, evenRows });
    const [found] = sums.periods;
    const valid = [...areas.keys()].filter(
      (cell) => shareOf(cell) > 0 && values.every((cells) => Number.isFinite(cells[cell])),
    );
    const total = (of: (cell: number) => number): number =>
      valid.reduce((sum, cell) => sum + shareOf(cell) * areas[cell]! * of(cell), 0);
    expect(found!.n).toBe(valid.length);
    expect(valid.length).toBeLessThan(ROWS * (COLS - 1));
    expect(found!.pixels).toBe(ROWS * (COLS - 1));
    expect(found!.area.value / total(() => 1)).toBeCloseTo(1, 13);
    for (const [f, cells] of values.entries()) {
      const scale = total((cell) => Math.abs(cells[cell]!));
      expect(Math.abs(found!.fields[f]!.mass.value - total((cell) => cells[cell]!)) / scale).toBeLessThan(
        1e-14,
      );
      expect(found!.fields[f]!.min).toBe(Math.min(...valid.map((cell) => cells[cell]!)));
    }
  });
});
