import { beforeAll, describe, expect, it } from 'vitest';
import type { ChunkRecord } from '../../lib/job/record.ts';
import { readRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { QA } from '../../lib/science/beps/grid-outputs.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { bepsSpec, COLS, putBepsInputs, ROWS } from '../helpers/tiny-beps.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

/** A variable of the stored product, read by the reader of Zarr inputs: `[step][row][col]`. */
async function stored({ store }: World, name: string, level = 0) {
  const layer = await openZarr(store, `products/tiny/data.zarr/${level}`, name, { absentChunks: 'fill' });
  const { height, width } = layer.facts.grid;
  const steps = layer.facts.times!.length;
  const { cells } = await layer.read({ t0: 0, t1: steps, y0: 0, y1: height, x0: 0, x1: width });
  return { cells, steps, facts: layer.facts, count: height * width };
}

const OUTPUTS = [
  ...['gpp', 'ra', 'npp', 'rh', 'nep', 'et', 'runoff'].flatMap((flux) => [flux, `${flux}_a`]),
  ...['nep_d', 'biomass_a', 'soil_a', 'water_a', 'qa', 'qa_a'],
  ...['enf', 'dbf', 'gra', 'cro'].flatMap((pft) => [`nep_a_${pft}`, `share_${pft}`]),
];

const TYPES = ['enf', 'dbf', 'gra', 'cro'];
const SEA = 0;
const TOWN = 1;

describe('BEPS over a tiny country', () => {
  const inputs = memoryStore('inputs');
  const world = tinyWorld(inputs);
  const fields: Record<string, Awaited<ReturnType<typeof stored>>> = {};
  const count = ROWS * COLS;

  beforeAll(async () => {
    await putBepsInputs(inputs);
    const summary = await runTiny(world, bepsSpec({ outputs: OUTPUTS }));
    expect(summary).toMatchObject({ state: 'complete', because: [] });
    for (const name of OUTPUTS) fields[name] = await stored(world, name);
  });

  const value = (name: string, t: number, cell: number): number => fields[name]!.cells[t * count + cell]!;
  const landCells = Array.from({ length: count }, (_, cell) => cell).filter((cell) => cell > TOWN);

  it('has months, days and years of one another', () => {
    for (const cell of landCells) {
      for (const flux of ['gpp', 'nep', 'et']) {
        for (const year of [0, 1]) {
          let months = 0;
          for (let m = 0; m < 12; m++) months += value(flux, 12 * year + m, cell);
          expect(Math.abs(months - value(`${flux}_a`, year, cell))).toBeLessThan(1e-3);
        }
      }
      for (const year of [0, 1]) {
        let days = 0;
        for (let d = 0; d < 365; d++) days += value('nep_d', 365 * year + d, cell);
        expect(Math.abs(days - value('nep_a', year, cell))).toBeLessThan(1e-3);
      }
    }
    expect(fields.nep_d!.steps, '29 February 1984 is left out').toBe(730);
  });

  it('closes carbon: what the year takes up is in plants and soil at its end', () => {
    for (const cell of landCells) {
      const stock = (t: number) => value('biomass_a', t, cell) + value('soil_a', t, cell);
      expect(Math.abs(stock(1) - stock(0) - value('nep_a', 1, cell))).toBeLessThan(8e-3); // of 2e4 in single precision
      const parts = value('gpp_a', 1, cell) - value('ra_a', 1, cell) - value('rh_a', 1, cell);
      expect(Math.abs(parts - value('nep_a', 1, cell))).toBeLessThan(1e-3);
    }
  });

  it('weighs its tiles: shares of what has plants sum to it, and so do their fluxes', () => {
    for (const cell of landCells) {
      let [shares, nep] = [0, 0];
      for (const pft of TYPES) {
        const share = value(`share_${pft}`, 1, cell);
        shares += share;
        if (share > 0) nep += share * value(`nep_a_${pft}`, 1, cell);
        else expect(value(`nep_a_${pft}`, 1, cell)).toBeNaN();
      }
      expect(shares).toBeLessThanOrEqual(1 + 1e-6);
      expect(Math.abs(nep - value('nep_a', 1, cell))).toBeLessThan(1e-3);
    }
  });

  it('is missing at sea, with the reason, and 0 in town', () => {
    expect(value('gpp_a', 0, SEA)).toBeNaN();
    expect(value('qa_a', 0, SEA)).toBe(QA.noCover);
    expect(value('gpp_a', 0, TOWN)).toBe(0);
    expect(value('qa_a', 0, TOWN)).toBe(0);
  });

  it('says what was done to the days in its records', async () => {
    const record = (await readRecord(world.store, 'tiny', 0, { t: 1, y: 0, x: 0 })) as ChunkRecord;
    expect(record.counts).toMatchObject({ gaps: 0, swapped: 0 });
    expect(record.counts!.tileDays! % 365).toBe(0);
    expect(record.inputs.tempMin).toMatchObject({ leapDays: 1 });
  });

  it('has means at coarser levels that weigh like the whole', async () => {
    const coarse = await stored(world, 'gpp_a', 1);
    const area = await stored(world, 'gpp_a_valid_area', 1);
    let [sum, whole] = [0, 0];
    for (let i = 0; i < coarse.count; i++) if (area.cells[i]! > 0) sum += coarse.cells[i]! * area.cells[i]!;
    for (const [y, x] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const)
      whole += (await readRecord(world.store, 'tiny', 0, { t: 0, y, x }))!.sums.gpp_a!.total[0]!;
    expect(Math.abs(sum / whole - 1)).toBeLessThan(1e-6);
  });

  it('does nothing when it is run again', async () => {
    const watched = watchedStore(world.store);
    await runTiny({ ...world, store: watched.store }, bepsSpec({ outputs: OUTPUTS }));
    expect(keysOf(watched.take(), 'put').filter((key) => key.startsWith('products/'))).toEqual([]);
  });
});
