import { describe, expect, it, vi } from 'vitest';
import { runBlock } from '../../../lib/science/beps/block.ts';
import { runBlockDays } from '../../../lib/science/beps/block-days.ts';
import { type BlockForcing, FLAG } from '../../../lib/science/beps/forcing.ts';
import { BepsKernel, isForKernel } from '../../../lib/science/beps/kernel-days.ts';
import type { BepsOptions } from '../../../lib/science/beps/params.ts';
import { AT, biomassCarbon, STATE_LENGTH, soilCarbon } from '../../../lib/science/beps/state.ts';
import { firstState, makeTile, type Tile, YEAR_DAYS } from '../../../lib/science/beps/tile.ts';
import {
  BLOCK_SERIES,
  type BlockOptions,
  type BlockSeries,
  dayNumbers,
  type TileBlock,
} from '../../../lib/science/beps/tile-block.ts';
import { PFTS, type Pft } from '../../../lib/science/pft.ts';
import { optionsOf, randomOf } from './weather.ts';

/** Types with parameters; the three that share theirs with WSA once. */
const VEGETATED = PFTS.filter((pft) => !['NVG', 'SAV', 'CSH'].includes(pft));

/** Weather as wild as the ranges allow, of places from pole to pole. */
function wildForcing(years: number, columns: number, seed: number): BlockForcing {
  const random = randomOf(seed);
  const days = years * YEAR_DAYS;
  const series = (of: (season: number, column: number) => number) =>
    Float64Array.from({ length: days * columns }, (_, at) =>
      of(-Math.cos((2 * Math.PI * Math.floor(at / columns)) / YEAR_DAYS), at % columns),
    );
  const tempMinC = series(
    (season, column) => -45 + (80 * column) / columns + 14 * season + 10 * (random() - 0.5),
  );
  return {
    days,
    columns,
    tempMinC,
    tempMaxC: tempMinC.map((low) => Math.min(44.9, low + 25 * random() ** 2)),
    shortwaveMJ: series((season) => Math.max(0.05, (14 + 12 * season) * 1.4 * random())),
    humidity: series(() => 0.15 + 0.85 * random()),
    rainMm: series(() => (random() < 0.3 ? 300 * random() ** 6 : 0)),
    lai: series((season) => (random() < 0.05 ? 0.01 : Math.min(10, 4 * (1.2 + season) * random()))),
    extraDeposition: series(() => 0.4),
    doy: Uint16Array.from({ length: days }, (_, t) => (t % YEAR_DAYS) + 1),
    co2Ppm: Float64Array.from({ length: days }, (_, t) => 260 + (600 * t) / days),
  };
}

const COLUMNS = 5;

/** Every type in every column, each with a soil and pools of its own. */
function wildBlock(
  options: Partial<Record<keyof BepsOptions, unknown>> = {},
  types: readonly Pft[] = VEGETATED,
): TileBlock {
  const random = randomOf(99);
  const columns = types.flatMap(() => Array.from({ length: COLUMNS }, (_, column) => column));
  const tiles = columns.map((column, i): Tile => {
    const texture = () => ({ clay: 2 + 60 * random(), silt: 2 + 35 * random() });
    const place = {
      latDeg: 78 - 26 * column,
      meanTempC: -12 + 6 * column,
      topsoil: texture(),
      subsoil: texture(),
    };
    const clumping = random() < 0.5 ? { clumping: 0.4 + 0.6 * random() } : {};
    return makeTile({ ...place, ...clumping }, types[Math.floor(i / COLUMNS)]!, optionsOf(options))!;
  });
  const states = Float64Array.from(tiles.flatMap((tile) => [...pooled(tile, random)]));
  return { tiles, columns, states };
}

/** Pools of some age, with nitrogen near its limits. */
function pooled(tile: Tile, random: () => number): Float64Array {
  const state = firstState(tile);
  [9000, 2000, 300, 200].forEach((most, i) => {
    state[AT.biomass + i] = most * random();
  });
  [500, 20, 200, 10, 1500, 40, 200, 4000, 3000].forEach((most, i) => {
    state[AT.soil + i] = most * random();
    state[AT.soilN + i] = state[AT.soil + i]! / (i === 4 ? 250 : 34) / (0.5 + random());
  });
  state[AT.woodN] = (state[AT.biomass]! + state[AT.biomass + 1]!) / (200 + 200 * random());
  state[AT.leafN] = (state[AT.biomass + 2]! + state[AT.biomass + 3]!) / (25 + 30 * random());
  state[AT.mineralN] = 120 * random() ** 4;
  return state;
}

type Run = typeof runBlock;

function daily(run: Run, block: TileBlock, forcing: BlockForcing, options: BlockOptions = {}) {
  const own = { ...block, states: block.states.slice() };
  const length = forcing.days * block.tiles.length;
  const sums = Object.fromEntries(BLOCK_SERIES.map((name) => [name, new Float64Array(length)])) as Record<
    BlockSeries,
    Float64Array
  >;
  const flags = new Uint8Array(length);
  const states = new Float64Array(length * STATE_LENGTH);
  const repairs = run(own, forcing, { periods: dayNumbers(forcing.days), sums, flags, states }, options);
  return { sums, flags, states, repairs, last: own.states };
}

const byLoop: Run = (block, forcing, outputs, options = {}) => runBlockDays(block, forcing, outputs, options);

/** Largest difference of two series of rows, over the largest value in its place of the row. */
function worstOf(found: Float64Array, wanted: Float64Array, length: number): number {
  const scale = new Float64Array(length).fill(1e-9);
  for (let at = 0; at < wanted.length; at++)
    if (Math.abs(wanted[at]!) > scale[at % length]!) scale[at % length] = Math.abs(wanted[at]!);
  let worst = 0;
  for (let at = 0; at < wanted.length; at++) {
    const off = Math.abs(found[at]! - wanted[at]!) / scale[at % length]!;
    if (!(off <= worst) && !(Number.isNaN(found[at]) && Number.isNaN(wanted[at]))) worst = off;
  }
  return worst;
}

describe('The kernel', () => {
  const forcing = wildForcing(2, COLUMNS, 4);

  it.each([
    ['by default', {}, {}],
    ['with fixed nitrogen', { nitrogen: 'fixed' }, {}],
    ['without bounds of NPP', { nppClamp: null }, {}],
    [
      'with irrigation and the flows of the public code',
      { irrigation: true, slowToPassive: 'code', roots: 'code' },
      {},
    ],
    [
      'with the literature’s Lloyd–Taylor and unbounded days',
      { lloydTaylorOffset: 46.02, dayLength: 'code' },
      {},
    ],
    ['with astronomical days, on a high plateau', { dayLength: 'astro', pressurePa: 68_000 }, {}],
    ['for light and water alone', {}, { carbon: false }],
    ['in moist soil', {}, { moist: true }],
  ] as const)('agrees with the plain loops in two wild years of every type, %s', (_, options, how) => {
    const block = wildBlock(options);
    const n = block.tiles.length;
    expect(BepsKernel.isSupported && block.tiles.every(isForKernel)).toBe(true);
    const [found, wanted] = [daily(runBlock, block, forcing, how), daily(byLoop, block, forcing, how)];
    for (const name of BLOCK_SERIES)
      expect(worstOf(found.sums[name], wanted.sums[name], n), name).toBeLessThan(1e-10);
    expect(worstOf(found.states, wanted.states, n * STATE_LENGTH)).toBeLessThan(1e-9);
    expect(Buffer.from(found.flags).equals(Buffer.from(wanted.flags))).toBe(true);
    expect(found.repairs).toEqual(wanted.repairs);
    expect(found.sums.gpp.some((gpp) => gpp > 1)).toBe(true);
  });

  it('skips, clips and counts as the plain loops do', () => {
    const broken = {
      ...forcing,
      tempMinC: forcing.tempMinC.slice(),
      rainMm: forcing.rainMm.slice(),
      lai: forcing.lai.slice(),
    };
    for (let at = 5; at < broken.lai.length; at += 37) {
      broken.tempMinC[at] = at % 3 === 0 ? 60 : -60;
      broken.rainMm[at + 1] = at % 2 === 0 ? -9999 : -0.1;
      broken.lai[at + 2] = at % 2 === 0 ? Number.NaN : 17;
    }
    const block = wildBlock();
    const [found, wanted] = [daily(runBlock, block, broken), daily(byLoop, block, broken)];
    expect(Buffer.from(found.flags).equals(Buffer.from(wanted.flags))).toBe(true);
    expect(found.repairs).toEqual(wanted.repairs);
    expect(Math.min(...Object.values(found.repairs))).toBeGreaterThan(0);
    const gaps = [...found.flags].map((flag) => (flag & FLAG.gap) !== 0);
    for (const name of BLOCK_SERIES) {
      expect(worstOf(found.sums[name], wanted.sums[name], block.tiles.length), name).toBeLessThan(1e-10);
      expect(found.sums[name].every((value, at) => Number.isNaN(value) === gaps[at])).toBe(true);
    }
  });

  it('closes water to 1e-12 m and carbon to 1e-9 gC m-2 a day (T2, T3)', () => {
    const block = wildBlock({ irrigation: false });
    const { tiles, columns, states } = block;
    const { sums, states: evenings } = daily(runBlock, block, forcing);
    let water = 0;
    let carbon = 0;
    for (let t = 0; t < forcing.days; t++)
      tiles.forEach((tile, i) => {
        const at = t * tiles.length + i;
        const evening = evenings.subarray(at * STATE_LENGTH, (at + 1) * STATE_LENGTH);
        const before = t === 0 ? states : evenings;
        const from = t === 0 ? i : at - tiles.length;
        const morning = before.subarray(from * STATE_LENGTH, (from + 1) * STATE_LENGTH);
        const held = (state: Float64Array) =>
          tile.column.depths.reduce((sum, depth, k) => sum + state[AT.theta + k]! * depth, state[AT.snow]!);
        const rain = forcing.rainMm[t * COLUMNS + Number(columns[i])]!;
        const gained = (rain - sums.et[at]! - sums.runoff[at]!) / 1000;
        water = Math.max(water, Math.abs(held(evening) - held(morning) - gained));
        const change =
          biomassCarbon(evening) + soilCarbon(evening) - biomassCarbon(morning) - soilCarbon(morning);
        carbon = Math.max(carbon, Math.abs(change - sums.nep[at]!));
      });
    expect(water).toBeLessThan(1e-12);
    expect(carbon).toBeLessThan(1e-9);
  });

  it('closes the carbon of 119 years to 1e-6 gC m-2 (T3)', () => {
    const century = wildForcing(119, 1, 8);
    const tile = makeTile(
      { latDeg: 50, meanTempC: 8, topsoil: { clay: 25, silt: 35 }, subsoil: { clay: 30, silt: 30 } },
      'MF',
    )!;
    const states = pooled(tile, randomOf(3));
    const before = biomassCarbon(states) + soilCarbon(states);
    const nep = new Float64Array(119);
    const periods = Uint8Array.from({ length: century.days }, (_, day) => Math.floor(day / YEAR_DAYS));
    runBlock({ tiles: [tile], columns: [0], states }, century, { periods, sums: { nep } });
    const change = biomassCarbon(states) + soilCarbon(states) - before;
    expect(Math.abs(change - nep.reduce((sum, year) => sum + year, 0))).toBeLessThan(1e-6);
    expect(Math.abs(change)).toBeGreaterThan(1000);
  });

  it.each([{ leaf: 'code' }, { diurnal: 'inst' }])(
    'leaves to the plain loops what it does not know: %o',
    (options) => {
      const block = wildBlock(options, ['DBF', 'GRA']);
      expect(block.tiles.some(isForKernel)).toBe(false);
      const [found, wanted] = [daily(runBlock, block, forcing), daily(byLoop, block, forcing)];
      expect(found.sums.gpp).toEqual(wanted.sums.gpp);
    },
  );

  it('does not mix tiles with and without nitrogen', () => {
    const [full, fixed] = [wildBlock({}, ['ENF']), wildBlock({ nitrogen: 'fixed' }, ['ENF'])];
    const tiles = full.tiles.flatMap((tile, i) => [tile, fixed.tiles[i]!]);
    const states = Float64Array.from(
      tiles.flatMap((_, i) => [
        ...full.states.subarray((i >> 1) * STATE_LENGTH, ((i >> 1) + 1) * STATE_LENGTH),
      ]),
    );
    const mixed = { tiles, columns: tiles.map((_, i) => i >> 1), states };
    const found = daily(runBlock, mixed, forcing);
    const wanted = daily(byLoop, mixed, forcing);
    expect(worstOf(found.last, wanted.last, found.last.length)).toBeLessThan(1e-9);
  });

  it('leaves all to the plain loops where the runtime has no SIMD', () => {
    const simd = vi.spyOn(BepsKernel, 'isSupported', 'get').mockReturnValue(false);
    const block = wildBlock({}, ['DBF']);
    const found = daily(runBlock, block, forcing);
    simd.mockRestore();
    expect(found.sums.gpp).toEqual(daily(byLoop, block, forcing).sums.gpp);
    expect(found.last).not.toEqual(daily(runBlock, block, forcing).last); // the kernel's last bits differ
  });

  it('photosynthesises more with more CO2, and no less with more water (T7)', () => {
    const summer = wildForcing(1, 400, 12);
    const day = 180;
    const places = Array.from({ length: summer.columns }, (_, column) => column);
    const tiles = places.map((column) => {
      const soil = { clay: 25, silt: 30 };
      return makeTile(
        { latDeg: 60 - 0.2 * column, meanTempC: 5, topsoil: soil, subsoil: soil },
        VEGETATED[column % VEGETATED.length]!,
      )!;
    });
    const random = randomOf(5);
    const states = Float64Array.from(tiles.flatMap((tile) => [...firstState(tile)]));
    tiles.forEach(({ column: { soils } }, i) => {
      const wet = random();
      for (let k = 0; k < 3; k++) {
        const { wiltingPoint, fieldCapacity } = soils[k]!;
        states[i * STATE_LENGTH + k] = wiltingPoint + wet * (fieldCapacity - wiltingPoint);
      }
    });
    const gppOf = (change: Partial<BlockForcing>, wetter = 0) => {
      const gpp = new Float64Array(tiles.length);
      const block = {
        tiles,
        columns: places,
        states: states.map((value, at) => (at % STATE_LENGTH < 3 ? value * (1 + wetter) : value)),
      };
      const periods = new Uint8Array(summer.days);
      runBlock(block, { ...summer, ...change }, { periods, sums: { gpp } }, { from: day, to: day + 1 });
      return gpp;
    };
    const here = gppOf({});
    const grows = here.filter((gpp) => gpp > 0).length;
    expect(grows).toBeGreaterThan(200);
    const more = gppOf({ co2Ppm: summer.co2Ppm.map((co2) => co2 + 10) });
    here.forEach((gpp, i) => {
      if (gpp > 0) expect(more[i]!).toBeGreaterThan(gpp);
    });
    const wetter = gppOf({}, 1e-3);
    here.forEach((gpp, i) => {
      const theta = states[i * STATE_LENGTH]!;
      if (theta * 1.001 <= tiles[i]!.column.soils[0].fieldCapacity)
        expect(wetter[i]! - gpp).toBeGreaterThan(-1e-12);
    });
  });
});
