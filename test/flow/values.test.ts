import { beforeAll, describe, expect, it } from 'vitest';
import { cellAreas } from '../../lib/grid/area.ts';
import { crsFromEpsg } from '../../lib/grid/crs.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { recordsOf } from '../../lib/job/finish.ts';
import type { ChunkRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { QA } from '../../lib/science/casa/outputs.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { collect } from '../helpers/collect.ts';
import { NORTH, PIXEL, putTinyInputs, tinyInputs, WEST } from '../helpers/tiny-inputs.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';
import { pixelYears } from './tiny-truth.ts';

const inputs = tinyInputs();
const { rows, cols } = inputs;
const FLAGS = ['flag_a', 'qa'];
let world: World;
let records: ChunkRecord[];

/** A variable of the stored product, read by the reader of Zarr inputs: `[step][row][col]`. */
async function stored(name: string, level = 0) {
  const root = `products/tiny/data.zarr/${level}`;
  const layer = await openZarr(world.store, root, name, { absentChunks: 'fill' });
  const { height, width } = layer.facts.grid;
  const steps = layer.facts.times?.length ?? 2;
  const { cells } = await layer.read({ t0: 0, t1: steps, y0: 0, y1: height, x0: 0, x1: width });
  return {
    cells,
    steps,
    facts: layer.facts,
    at: (t: number, y: number, x: number) => cells[(t * height + y) * width + x]!,
  };
}

beforeAll(async () => {
  const store = memoryStore('inputs');
  await putTinyInputs(store, inputs);
  world = tinyWorld(store);
  const summary = await runTiny(world);
  expect(summary).toMatchObject({ state: 'complete', chunks: { computed: 8 }, because: [] });
  records = await collect(recordsOf(world, 'tiny'));
});

/** Equal as float32: half a unit in the last place, and the model's own 3e-13. */
const asStored = (got: number, expected: number, what: string) =>
  expect(Math.abs(got - expected), `${what}: ${got} for ${expected}`).toBeLessThanOrEqual(
    6.1e-8 * Math.abs(expected),
  );

describe('a product made of COGs and Zarr', () => {
  it.each(['npp', 'rh', 'we'] as const)(
    'has in every pixel and month the %s that its files give on paper',
    async (name) => {
      const { at } = await stored(name);
      for (let row = 0; row < rows; row++) {
        for (let col = 0; col < cols; col++) {
          const months = pixelYears(inputs, row, col).flatMap((year) => year[name]);
          for (const [t, expected] of months.entries())
            asStored(at(t, row, col), expected, `${name} ${t} ${row} ${col}`);
        }
      }
    },
  );

  it('carries the wetness of a frozen January from the December of the year before', async () => {
    const { at } = await stored('we');
    for (let col = 0; col < cols; col++) {
      const lastUnfrozen = pixelYears(inputs, 4, col)[0]!.we[11]!;
      expect(lastUnfrozen).toBeLessThan(1);
      expect(at(12, 4, col)).toBe(Math.fround(lastUnfrozen));
      expect(at(0, 4, col), 'nothing is known of before the first year').toBe(1);
    }
  });

  it('has NEP = NPP - RH, and years that are the sums of their months', async () => {
    for (const [monthly, yearly] of [
      ['npp', 'npp_a'],
      ['rh', 'rh_a'],
      ['nep', 'nep_a'],
    ] as const) {
      const [months, years] = [await stored(monthly), await stored(yearly)];
      for (let year = 0; year < 2; year++) {
        for (let row = 0; row < rows; row++) {
          for (let col = 0; col < cols; col++) {
            const truth = pixelYears(inputs, row, col)[year]!;
            const flux = truth.npp.map(
              (npp, m) => ({ npp, rh: truth.rh[m]!, nep: npp - truth.rh[m]! })[monthly],
            );
            for (const [m, value] of flux.entries())
              expect(months.at(12 * year + m, row, col)).toBeCloseTo(value, 4);
            expect(years.at(year, row, col)).toBeCloseTo(
              flux.reduce((a, b) => a + b),
              3,
            );
          }
        }
      }
    }
  });

  it('lies where its NDVI lies, and its steps are the first days of the months', async () => {
    const { facts } = await stored('nep');
    expect(facts.grid).toMatchObject({ height: 5, width: 6, transform: [PIXEL, 0, WEST, 0, -PIXEL, NORTH] });
    expect(facts.grid.crs.epsg).toBe(4326);
    expect(facts.units).toBe('g m-2 month-1');
    const months = inputs.years.flatMap((year) =>
      Array.from({ length: 12 }, (_, m) => daysFromCivil(year, m + 1, 1)),
    );
    expect(facts.times).toEqual(months);
  });
});

const areas = cellAreas(
  { crs: crsFromEpsg(4326), transform: [PIXEL, 0, WEST, 0, -PIXEL, NORTH], height: rows, width: cols },
  { y0: 0, y1: rows, x0: 0, x1: cols },
);

describe('the flags of a month', () => {
  it('say where NDVI was filled in time, and where it is of degraded quality', async () => {
    const { at } = await stored('qa');
    const [filled, degraded] = [QA.ndviFilled, QA.ndviDegraded];
    const met: Record<number, number> = { 0: 0, [filled]: 0, [degraded]: 0 };
    for (const [t, year] of inputs.years.entries()) {
      for (let cell = 0; cell < rows * cols; cell++) {
        for (let m = 0; m < 12; m++) {
          const own = inputs.composites.filter((c) => c.year === year && c.month === m + 1);
          const there = own.filter(({ ndvi }) => ndvi[cell] !== -3000);
          const good = there.filter(({ reliability }) => reliability[cell]! <= 1);
          const qa = at(12 * t + m, Math.floor(cell / cols), cell % cols);
          const isInner = m > 1 && m < 10;
          if (isInner) expect(qa & filled, `${year} ${m} ${cell}`).toBe(there.length === 0 ? filled : 0);
          expect(qa & degraded).toBe(there.length > 0 && good.length === 0 ? degraded : 0);
          met[qa & filled]!++;
          met[qa & degraded]!++;
        }
      }
    }
    expect(met[filled]).toBeGreaterThan(3);
    expect(met[degraded]).toBeGreaterThan(20);
  });
});

describe('a coarser level', () => {
  it('is the mean of its four pixels by their true areas, and knows the area that it stands for', async () => {
    for (const name of ['nep', 'npp_a', 'rh']) {
      const [fine, coarse, area] = [
        await stored(name),
        await stored(name, 1),
        await stored(`${name}_valid_area`, 1),
      ];
      expect(coarse.facts.grid).toMatchObject({ height: 3, width: 3 });
      for (let t = 0; t < coarse.steps; t++) {
        for (let row = 0; row < 3; row++) {
          for (let col = 0; col < 3; col++) {
            const four = [0, 1].flatMap((dy) => [0, 1].map((dx) => [2 * row + dy, 2 * col + dx] as const));
            const own = four.filter(([y, x]) => y < rows && x < cols);
            const weight = own.reduce((sum, [y, x]) => sum + areas[y * cols + x]!, 0);
            const total = own.reduce((sum, [y, x]) => sum + areas[y * cols + x]! * fine.at(t, y, x), 0);
            expect(area.at(t, row, col)).toBeCloseTo(weight, 3);
            asStored(coarse.at(t, row, col), total / weight, `${name} ${t} ${row} ${col}`);
          }
        }
      }
    }
  });

  it('shows the ratio of the means, not the mean of ratios', async () => {
    const [rh, npp, ratio] = [await stored('rh_a', 1), await stored('npp_a', 1), await stored('ratio_a', 1)];
    for (const [i, value] of ratio.cells.entries())
      asStored(value, rh.cells[i]! / npp.cells[i]!, `ratio ${i}`);
  });
});

describe('records', () => {
  const names = ['npp', 'rh', 'nep', 'npp_a', 'rh_a', 'nep_a', 'ratio_a', 'we'];

  it('hold the sums of the pixels that are stored, step by step', async () => {
    for (const name of names) {
      const { at } = await stored(name);
      for (const { sums, region, at: place } of records) {
        const steps = sums[name]!.total.length;
        const values: number[] = [];
        for (let s = 0; s < steps; s++) {
          let [total, area, valid] = [0, 0, 0];
          for (let y = region.y0; y < region.y1; y++) {
            for (let x = region.x0; x < region.x1; x++) {
              const value = at(place.t * steps + s, y, x);
              total += value * areas[y * cols + x]!;
              area += areas[y * cols + x]!;
              valid++;
              values.push(value);
            }
          }
          expect(sums[name]!.valid[s]).toBe(valid);
          expect(sums[name]!.area[s]! / area).toBeCloseTo(1, 12);
          expect(sums[name]!.total[s]! / total).toBeCloseTo(1, 10);
        }
        expect([sums[name]!.min, sums[name]!.max]).toEqual([Math.min(...values), Math.max(...values)]);
      }
    }
  });

  it('add up level by level to the same totals', async () => {
    const coarse = await collect(recordsOf(world, 'tiny', 1));
    expect(coarse.map(({ at }) => at)).toEqual([
      { t: 0, y: 0, x: 0 },
      { t: 1, y: 0, x: 0 },
    ]);
    for (const { at, sums } of coarse) {
      const children = records.filter((record) => record.at.t === at.t);
      expect(children).toHaveLength(4);
      for (const name of names) {
        sums[name]!.total.forEach((total, s) => {
          const sum = children.reduce((n, child) => n + child.sums[name]!.total[s]!, 0);
          expect(total / sum).toBeCloseTo(1, 12);
        });
      }
    }
  });

  it('count what the door did not let in, and say nothing of flags', () => {
    for (const { inputs: door, sums } of records) {
      expect(door.temperature).toEqual({ outOfRange: 0, clamped: 0 });
      expect(door.vegtype).toEqual({ outOfRange: 0, clamped: 0 });
      for (const flag of FLAGS) expect(sums).not.toHaveProperty(flag);
    }
  });
});
