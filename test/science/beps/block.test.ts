import { describe, expect, it } from 'vitest';
import {
  BLOCK_SERIES,
  type BlockOptions,
  type BlockSeries,
  dayNumbers,
  runBlock,
  type TileBlock,
} from '../../../lib/science/beps/block.ts';
import { type BlockForcing, FLAG } from '../../../lib/science/beps/forcing.ts';
import { spinUp, spinUpBlock } from '../../../lib/science/beps/spin-up.ts';
import { AT, STATE_LENGTH } from '../../../lib/science/beps/state.ts';
import { firstState, YEAR_DAYS } from '../../../lib/science/beps/tile.ts';
import type { Pft } from '../../../lib/science/pft.ts';
import { madeForcing, sideBySide, tileOf } from './weather.ts';

const FORCINGS = [12, 3, 24].map((meanC, i) => madeForcing({ years: 2, meanC, seed: i + 1 }));
const FORCING = sideBySide(FORCINGS);

const PLACES: readonly (readonly [Pft, number])[] = [
  ['DBF', 0],
  ['GRA', 0],
  ['ENF', 1],
  ['CRO', 2],
  ['EBF', 2],
];

function blockOf(places = PLACES): TileBlock {
  const tiles = places.map(([pft, column]) => tileOf(pft, {}, { latDeg: 50 - 20 * column }));
  const states = Float64Array.from(tiles.flatMap((tile) => [...firstState(tile)]));
  return { tiles, columns: places.map(([, column]) => column), states };
}

function run(
  block: TileBlock,
  forcing: BlockForcing,
  periods: ArrayLike<number> = dayNumbers(forcing.days),
  options: BlockOptions = {},
) {
  const count = Math.max(...Array.from(periods)) + 1;
  const length = count * block.tiles.length;
  const sums = Object.fromEntries(BLOCK_SERIES.map((name) => [name, new Float64Array(length)])) as Record<
    BlockSeries,
    Float64Array
  >;
  const flags = new Uint8Array(length);
  const repairs = runBlock(block, forcing, { periods, sums, flags }, options);
  return { sums, flags, repairs };
}

const ofTile = (series: Float64Array, tiles: number, tile: number) =>
  series.filter((_, at) => at % tiles === tile);

describe('A block of tiles', () => {
  it('gives each tile what it gets alone, bit by bit, whatever stands beside it', () => {
    const all = blockOf();
    const together = run(all, FORCING);
    PLACES.forEach((place, i) => {
      const alone = blockOf([place]);
      const { sums } = run(alone, FORCING);
      for (const name of BLOCK_SERIES)
        expect(ofTile(together.sums[name], PLACES.length, i), name).toEqual(sums[name]);
      expect(all.states.slice(i * STATE_LENGTH, (i + 1) * STATE_LENGTH)).toEqual(alone.states);
    });
  });

  it('goes on where it stopped, and adds only the days that it is asked for', () => {
    const [whole, parts] = [blockOf(), blockOf()];
    const wanted = run(whole, FORCING);
    const first = run(parts, FORCING, undefined, { to: 200 });
    const second = run(parts, FORCING, undefined, { from: 200 });
    expect(parts.states).toEqual(whole.states);
    for (const name of BLOCK_SERIES) {
      expect(first.sums[name].subarray(200 * PLACES.length).every((value) => value === 0)).toBe(true);
      expect(first.sums[name].map((value, at) => value + second.sums[name][at]!)).toEqual(wanted.sums[name]);
    }
    expect(first.repairs.days + second.repairs.days).toBe(wanted.repairs.days);
  });

  it('sums months and years as the days do', () => {
    const daily = run(blockOf(), FORCING);
    const yearly = run(
      blockOf(),
      FORCING,
      FORCING.doy.map((_, day) => Math.floor(day / YEAR_DAYS)),
    );
    PLACES.forEach((_, i) => {
      const days = ofTile(daily.sums.nep, PLACES.length, i);
      const years = ofTile(yearly.sums.nep, PLACES.length, i);
      [0, 1].forEach((year) => {
        const sum = days.subarray(year * YEAR_DAYS, (year + 1) * YEAR_DAYS).reduce((a, b) => a + b, 0);
        expect(years[year]).toBeCloseTo(sum, 10);
      });
    });
  });

  it('has no sum of a period with a gap, in the column that has it alone', () => {
    const rainMm = FORCING.rainMm.slice();
    rainMm[500 * 3 + 1] = -9999;
    const { sums, flags, repairs } = run(
      blockOf(),
      { ...FORCING, rainMm },
      FORCING.doy.map((_, day) => Math.floor(day / YEAR_DAYS)),
    );
    for (const name of BLOCK_SERIES)
      expect([...sums[name]].map(Number.isNaN)).toEqual([
        ...Array(5).fill(false),
        false,
        false,
        true,
        false,
        false,
      ]);
    expect(flags[7]! & FLAG.gap).toBe(FLAG.gap);
    expect(repairs).toMatchObject({ gaps: 1, days: 5 * 730 });
  });

  it('runs light and water alone and leaves the pools as they are', () => {
    const [physical, whole] = [blockOf(), blockOf()];
    for (const { states } of [physical, whole])
      for (let i = 0; i < PLACES.length; i++)
        states.fill(100, i * STATE_LENGTH + AT.biomass, i * STATE_LENGTH + AT.woodN);
    const before = physical.states.slice();
    const { sums } = run(physical, FORCING, undefined, { carbon: false, to: 200 });
    run(whole, FORCING);
    for (let i = 0; i < PLACES.length; i++) {
      const [from, to] = [i * STATE_LENGTH + AT.biomass, (i + 1) * STATE_LENGTH];
      expect(physical.states.slice(from, to)).toEqual(before.slice(from, to));
      expect(physical.states[i * STATE_LENGTH]).not.toBe(before[i * STATE_LENGTH]);
    }
    expect(sums.gpp.every((gpp) => gpp >= 0)).toBe(true);
    expect(sums.nep.every((nep) => nep === 0)).toBe(true);
  });

  it('holds the soil at field capacity every morning where that is asked for', () => {
    const dry = { ...FORCING, rainMm: new Float64Array(FORCING.rainMm.length) };
    const held = run(blockOf(), dry, undefined, { moist: true });
    const left = run(blockOf(), dry);
    const last = (series: Float64Array) => series.slice(-PLACES.length);
    expect(Math.min(...last(held.sums.waterScalar))).toBeGreaterThan(0.99);
    expect(Math.max(...last(left.sums.waterScalar))).toBeLessThan(0.9);
  });

  it('rests tile by tile as each does alone', () => {
    const cycle = sideBySide([12, 3, 24].map((meanC, i) => madeForcing({ years: 1, meanC, seed: i + 1 })));
    const { tiles, columns } = blockOf();
    const together = spinUpBlock({ tiles, columns }, cycle, { relaxationYears: 2, mostYears: 40 });
    expect(new Set(together.map(({ years }) => years)).size).toBeGreaterThan(1);
    tiles.forEach((tile, i) => {
      const alone = spinUp(
        tile,
        { ...cycle, offset: Number(columns[i]), stride: 3 },
        { relaxationYears: 2, mostYears: 40 },
      );
      expect(together[i]).toEqual(alone);
    });
  });

  it.each([
    ['a column that is not there', { columns: [0, 0, 1, 2, 3] }, /tile 4 stands in column 3 of 3/],
    ['states of fewer tiles', { states: new Float64Array(4 * STATE_LENGTH) }, /not as many states/],
  ])('refuses %s', (_, change, message) => {
    expect(() => run({ ...blockOf(), ...change }, FORCING)).toThrow(message);
  });

  it('refuses a series that is too short', () => {
    expect(() => run(blockOf(), { ...FORCING, lai: FORCING.lai.subarray(1) })).toThrow(
      /lai.*has 2189 values/,
    );
  });
});
