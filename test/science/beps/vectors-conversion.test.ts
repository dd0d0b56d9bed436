import { describe, expect, it } from 'vitest';
import { areaBetweenParallels } from '../../../lib/grid/authalic.ts';
import {
  attribute,
  CELL_DEG,
  EARTH_RADIUS,
  forestAge,
  pixelShare,
  pixelsOfCell,
} from '../../../lib/science/beps/attribution.ts';
import { correlationT, twoSidedP } from '../../../lib/science/beps/significance.ts';
import { agreement } from '../../../lib/science/validation/regression.ts';
import { group, groups, haveVectors, leftOver, OWNED } from './vectors.ts';

const RAD = Math.PI / 180;

/** Equation 8. */
const cellArea = (lat1: number, lat2: number, widthDeg: number, radius = EARTH_RADIUS): number =>
  widthDeg * RAD * areaBetweenParallels(lat1, lat2, { a: radius, b: radius });

const flat = (tree: unknown): number[] => (Array.isArray(tree) ? tree.flatMap(flat) : [tree as number]);

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** The block of V21, with S2 = S1 + what the group says. */
function blockOf(id: string) {
  const modeE = groups.V21_eq5_8_modeE;
  const fixed = flat(modeE.S1);
  const added: number[] = groups[id].S2_minus_S1;
  return {
    cells: 4,
    years: 3,
    classes: 3,
    shares: Float64Array.from(flat(modeE.trans)),
    fixed: Float64Array.from(fixed),
    dynamic: Float64Array.from(fixed, (nep, i) => nep + added[i % 3]!),
    areas: Float64Array.from([45, 45, 45 - CELL_DEG, 45 - CELL_DEG], (south) =>
      cellArea(south, south + CELL_DEG, CELL_DEG),
    ),
  };
}

describe.skipIf(!haveVectors)(
  'Land-cover conversion: the vectors of spec beps.md (../shared present)',
  () => {
    it.each(['V21_eq5_8_modeE', 'V21_eq5_8_modeT'])('attributes NEP to conversions (%s)', (id) => {
      const { check, given } = group(id);
      const block = blockOf(id);
      const { byCell, byYear, byConversion, gain, loss } = attribute(block);
      const rows = [0, 1, 2].map((from) => [...byConversion.subarray(3 * from, 3 * from + 3)]);
      const gains = sum(byConversion.map((carbon) => Math.max(0, carbon)));
      const losses = sum(byConversion.map((carbon) => Math.min(0, carbon)));
      check({
        area_m2: [...block.areas],
        delta_cell_cum_gC_m2: [...byCell],
        total_gC: sum(byYear),
        annual_gC: [...byYear],
        conversion_table_gC: rows,
        conv_gain_gC: gains,
        conv_loss_gC: losses,
        conv_absolute_gC: gains - losses,
        cellyear_gain_gC: gain,
        cellyear_loss_gC: loss,
      });
      check({ identity_max_abs_residual: worstIdentity(id) }, 1e-12);
      given('f1981', 'trans', 'S1', 'S2_minus_S1');
    });

    it('lets a forest be no younger than nothing (V22)', () => {
      const { tree, check, given } = group('V22_age');
      check(tree.map(({ age2010, year }: Record<string, number>) => ({ age: forestAge(age2010!, year!) })));
      given('age2010', 'year');
    });

    it('measures cells, pixels and the globe (V23)', () => {
      const { tree, check, given } = group('V23_area');
      const rows = Array.from({ length: 2475 }, (_, row) =>
        cellArea(90 - (row + 1) * CELL_DEG, 90 - row * CELL_DEG, CELL_DEG),
      );
      check({
        R: EARTH_RADIUS,
        deg: CELL_DEG,
        cells: tree.cells.map(({ lat1, lat2 }: Record<string, number>) => ({
          area: cellArea(lat1!, lat2!, CELL_DEG),
        })),
        pixel001: tree.pixel001.map(({ lat1 }: Record<string, number>) => ({
          area: cellArea(lat1!, lat1! + 0.01, 0.01),
        })),
        globe: 4950 * sum(rows),
        globe_exact: 4 * Math.PI * EARTH_RADIUS ** 2,
        R6371: cellArea(45, 45 + CELL_DEG, CELL_DEG, 6_371_000),
      });
      given('lat1', 'lat2');
      expect(Math.abs((4950 * sum(rows)) / (4 * Math.PI * EARTH_RADIUS ** 2) - 1)).toBeLessThan(1e-12); // T10
    });

    it('shares pixels among cells, exactly (V24, T10)', () => {
      const { tree, check } = group('V24_overlap');
      for (const name of Object.keys(tree)) {
        const cell = Number(name.slice(4));
        const [from, to] = pixelsOfCell(cell);
        const shares = Array.from({ length: to - from }, (_, i) => [from + i, pixelShare(from + i, cell)]);
        check({ [name]: shares });
      }
      for (let pixel = 0; pixel < 880; pixel++) {
        const cell = Math.floor((11 * pixel) / 80);
        expect(pixelShare(pixel, cell) + pixelShare(pixel, cell + 1)).toBe(1);
      }
    });

    it('correlates countries, and says by what chance (V25)', () => {
      const { tree, check, given } = group('V25_pearson');
      const { r } = agreement(tree.x, tree.y);
      const t = correlationT(r, tree.x.length);
      const pOf = (n: number) => twoSidedP(correlationT(0.71, n), n - 2);
      check({
        r,
        t,
        p_two_sided: twoSidedP(t, tree.x.length - 2),
        'p_for_r0.71_n20': pOf(20),
        'p_for_r0.71_n40': pOf(40),
        'p_for_r0.71_n80': pOf(80),
      });
      given('x', 'y');
    });

    it('has looked at every number of these groups', () => {
      expect(leftOver(OWNED.conversion)).toEqual([]);
    });
  },
);

/** Off-diagonal sum against NEP with and without conversion (A1, A2): the largest difference of all cells and years. */
function worstIdentity(id: string): number {
  const block = blockOf(id);
  const { byCell } = attribute(block);
  let worst = 0;
  for (let cell = 0; cell < 4; cell++) {
    let wanted = 0;
    for (let at = cell; at < 12; at += 4)
      for (let from = 0; from < 3; from++)
        for (let to = 0; to < 3; to++) {
          const share = block.shares[9 * at + 3 * from + to]!;
          wanted += share * block.dynamic[3 * at + to]! - share * block.fixed[3 * at + from]!;
          if (from === to) wanted -= share * (block.dynamic[3 * at + to]! - block.fixed[3 * at + to]!);
        }
    worst = Math.max(worst, Math.abs(wanted - byCell[cell]!));
  }
  return worst;
}
