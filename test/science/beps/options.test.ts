/** Each switch of spec beps.md 15 and 15.1: its default, what it changes and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import { dayNumbers, runBlock } from '../../../lib/science/beps/block.ts';
import { DEFAULT_OPTIONS } from '../../../lib/science/beps/params.ts';
import { spinUp } from '../../../lib/science/beps/spin-up.ts';
import { AT, SOIL_POOLS } from '../../../lib/science/beps/state.ts';
import { BLOCK_SERIES, type BlockSeries } from '../../../lib/science/beps/tile-block.ts';
import type { Pft } from '../../../lib/science/pft.ts';
import { madeForcing, optionsOf, tileOf } from './weather.ts';

type Choice = Parameters<typeof tileOf>[1];

const forcing = madeForcing({ years: 2, meanC: 16 });

/** Sums of two years from one and the same state at rest, and the pools after them. */
function run(pft: Pft, options: Choice, latDeg = 50) {
  const usual = tileOf(pft, { nitrogen: 'fixed' }, { latDeg });
  const { state } = spinUp(usual, madeForcing({ years: 1 }), { relaxationYears: 1, mostYears: 1 });
  const tile = tileOf(pft, { nitrogen: 'fixed', ...options }, { latDeg });
  const sums = Object.fromEntries(BLOCK_SERIES.map((name) => [name, new Float64Array(1)])) as Record<
    BlockSeries,
    Float64Array
  >;
  runBlock(
    { tiles: [tile], columns: [0], states: state },
    { ...forcing, columns: 1 },
    { periods: new Uint8Array(forcing.days), sums },
  );
  const of = (name: BlockSeries) => sums[name][0]!;
  return { of, state };
}

/** Names of the series that differ. */
function changed(pft: Pft, options: Choice, latDeg?: number): string[] {
  const [usual, other] = [run(pft, {}, latDeg), run(pft, options, latDeg)];
  return BLOCK_SERIES.filter(
    (name) => Math.abs(usual.of(name) - other.of(name)) > 1e-6 * Math.abs(usual.of(name)),
  );
}

const WATER = ['et', 'runoff', 'waterScalar', 'decomposition'];
const CARBON = ['ar', 'npp', 'hr', 'nep'];

describe('The switches', () => {
  it('stand as the specification has them', () => {
    expect(DEFAULT_OPTIONS).toEqual({
      dayLength: 'rec',
      leaf: 'exact',
      diurnal: 'daily',
      pressurePa: null,
      nppClamp: [0.35, 0.65],
      slowToPassive: 'century',
      nitrogen: 'full',
      roots: 'rec',
      irrigation: false,
      lloydTaylorOffset: 46.32,
      lai: 'hold',
    });
    expect(optionsOf()).toEqual(DEFAULT_OPTIONS);
  });

  it.each([
    ['the code’s length of days, within the polar circle alone', 'DBF', { dayLength: 'code' }, 50, []],
    ['clamping of NPP, in carbon alone', 'DBF', { nppClamp: [0.45, 0.5] }, 50, ['ar', 'npp', 'nep']],
    ['the code’s roots, in grass', 'GRA', { roots: 'code' }, 50, ['ar', 'npp', 'nep']],
    ['the code’s roots, not in trees', 'DBF', { roots: 'code' }, 50, []],
    [
      'the literature’s soil temperature',
      'DBF',
      { lloydTaylorOffset: 46.02 },
      50,
      ['hr', 'nep', 'decomposition'],
    ],
    ['irrigation, not in trees', 'DBF', { irrigation: true }, 50, []],
  ] as const)('change what they should: %s', (_, pft, options, latDeg, wanted) => {
    const found = changed(pft, options, latDeg);
    for (const name of wanted) expect(found).toContain(name);
    for (const name of found) expect([...wanted, 'hr']).toContain(name);
    if (wanted.length === 0) expect(found).toEqual([]);
  });

  it.each([
    ['the code’s length of days beyond the polar circle', { dayLength: 'code' }, 75],
    ['astronomical days', { dayLength: 'astro' }, 50],
    ['the leaf of the code', { leaf: 'code' }, 50],
    ['photosynthesis at one conductance', { diurnal: 'inst' }, 50],
    ['the pressure of a high place', { pressurePa: 70_000 }, 50],
  ] as const)('change photosynthesis, and all that hangs on it: %s', (_, options, latDeg) => {
    const found = changed('DBF', options, latDeg);
    for (const name of ['gpp', 'npp', 'et', ...CARBON]) expect(found).toContain(name);
  });

  it('bring less CO2 into leaves where the air is thin, and little where it is as at the sea', () => {
    const gpp = (pressurePa: number | null) => run('DBF', { pressurePa }).of('gpp');
    expect(gpp(70_000)).toBeLessThan(0.95 * gpp(101_325));
    expect(gpp(null) / gpp(101_325)).toBeCloseTo(1, 1);
    expect(gpp(null)).toBeLessThan(gpp(101_325));
  });

  it('let NPP fall below 0 without its bounds, and hold it where they are', () => {
    const hungry = { years: 1, meanC: 30, co2: () => 260 };
    const npp = (nppClamp: readonly [number, number] | null) => {
      const tile = tileOf('ENF', { nppClamp, nitrogen: 'fixed' });
      const { state } = spinUp(tileOf('ENF'), madeForcing({ years: 1 }), {
        relaxationYears: 1,
        mostYears: 1,
      });
      const days = madeForcing(hungry);
      const sums = { npp: new Float64Array(365), gpp: new Float64Array(365) };
      const block = { tiles: [tile], columns: [0], states: state };
      runBlock(block, { ...days, columns: 1 }, { periods: dayNumbers(365), sums });
      return sums.npp.map((value, day) => value / sums.gpp[day]!);
    };
    expect(Math.min(...npp(null))).toBeLessThan(0);
    expect(Math.min(...npp([0.35, 0.65]))).toBeCloseTo(0.35, 12);
    expect(Math.max(...npp([0.35, 0.65]))).toBeLessThanOrEqual(0.65 + 1e-12);
  });

  it('send more slow carbon into the passive pool as in the code, and take it from nowhere else', () => {
    const [usual, code] = [run('DBF', {}), run('DBF', { slowToPassive: 'code' })];
    const pool = (state: Float64Array, name: (typeof SOIL_POOLS)[number]) =>
      state[AT.soil + SOIL_POOLS.indexOf(name)]!;
    expect(pool(code.state, 'p')).toBeGreaterThan(pool(usual.state, 'p'));
    expect(code.of('gpp')).toBe(usual.of('gpp'));
    expect(code.of('npp')).toBe(usual.of('npp'));
    expect(pool(code.state, 'cd')).toBe(pool(usual.state, 'cd'));
  });

  it('water crops', () => {
    const dry = { ...forcing, rainMm: forcing.rainMm.map((rain) => rain / 10), columns: 1 };
    const gpp = (irrigation: boolean) => {
      const tile = tileOf('CRO', { irrigation, nitrogen: 'fixed' });
      const { state } = spinUp(tile, madeForcing({ years: 1 }), { relaxationYears: 1, mostYears: 1 });
      const sums = { gpp: new Float64Array(1), et: new Float64Array(1) };
      runBlock({ tiles: [tile], columns: [0], states: state }, dry, {
        periods: new Uint8Array(dry.days),
        sums,
      });
      return [sums.gpp[0]!, sums.et[0]!] as const;
    };
    const [[wetGpp, wetEt], [dryGpp, dryEt]] = [gpp(true), gpp(false)];
    expect(wetGpp).toBeGreaterThan(dryGpp);
    expect(wetEt).toBeGreaterThan(dryEt);
  });

  it('hold leaf C:N at 34 with fixed nitrogen, and let it move photosynthesis with the full cycle', () => {
    const found = changed('DBF', { nitrogen: 'full' });
    for (const name of ['gpp', ...CARBON]) expect(found).toContain(name);
    const { state } = run('DBF', {});
    const before = spinUp(tileOf('DBF', { nitrogen: 'fixed' }), madeForcing({ years: 1 }), {
      relaxationYears: 1,
      mostYears: 1,
    }).state;
    expect(state.subarray(AT.woodN)).toEqual(before.subarray(AT.woodN));
  });

  it('know nothing of water in the soil’s carbon: the flows of the code leave it as it is', () => {
    expect(changed('DBF', { slowToPassive: 'code' }).filter((name) => WATER.includes(name))).toEqual([]);
  });
});
