import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../../lib/errors.ts';
import { FLAG, type Forcing } from '../../../lib/science/beps/forcing.ts';
import { bepsParams } from '../../../lib/science/beps/params.ts';
import { PFT_PARAMS } from '../../../lib/science/beps/pft-table.ts';
import { AT } from '../../../lib/science/beps/state.ts';
import { firstState, makeTile, type Tile, YEAR_DAYS } from '../../../lib/science/beps/tile.ts';
import { sunlitLai } from '../../../lib/science/canopy.ts';
import { PFTS, pftParams } from '../../../lib/science/pft.ts';
import { layerScalar } from '../../../lib/science/soil.ts';
import { LOAM_PLACE, madeForcing, runTile, tileOf } from './weather.ts';

const SERIES = ['gpp', 'ar', 'npp', 'hr', 'nep', 'et', 'waterScalar', 'runoff'] as const;

function run(tile: Tile, forcing: Forcing, state = firstState(tile)) {
  const make = () => new Float64Array(forcing.days);
  const series = Object.fromEntries(SERIES.map((name) => [name, make()])) as Record<
    (typeof SERIES)[number],
    Float64Array
  >;
  const flag = new Uint8Array(forcing.days);
  const repairs = runTile(tile, forcing, state, { ...series, flag });
  return { ...series, flag, repairs, state };
}

const finite = (result: ReturnType<typeof run>) => {
  for (const name of SERIES) expect(result[name].every(Number.isFinite), name).toBe(true);
  expect(result.state.every(Number.isFinite)).toBe(true);
};

describe('Weather at the ends of what there is (T13)', () => {
  it.each([
    ['leaf area 0 is its floor', 'lai', 0, FLAG.clipped],
    ['missing leaf area is its floor', 'lai', Number.NaN, FLAG.noLai],
    ['a fill of leaf area is its floor', 'lai', -9999, FLAG.noLai],
    ['leaf area 25 is 10', 'lai', 25, FLAG.clipped],
    ['−60 degC is −50 degC', 'tempMinC', -60, FLAG.clipped],
    ['50 degC is 45 degC', 'tempMaxC', 50, FLAG.clipped],
    ['humidity 110 % is 100 %', 'humidity', 1.1, FLAG.clipped],
    ['humidity 3 % is 15 %', 'humidity', 0.03, FLAG.clipped],
    ['a day without light has 0.05 MJ', 'shortwaveMJ', 0, FLAG.clipped],
    ['rain of −0.01 mm is none', 'rainMm', -0.01, FLAG.clipped],
  ] as const)('%s, and it is counted', (_, name, value, bit) => {
    const forcing = madeForcing({ years: 1 });
    forcing[name].fill(value, 100, 110);
    const result = run(tileOf('DBF'), forcing);
    finite(result);
    expect(result.flag.subarray(100, 110).every((flag) => (flag & bit) !== 0)).toBe(true);
    expect(bit === FLAG.noLai ? result.repairs.noLai : result.repairs.clipped).toBe(10);
    expect(result.flag[50]! & bit).toBe(0);
  });

  it.each([
    ['humidity', 1.2, 1],
    ['humidity', 0.02, 0.15],
    ['lai', 17, 10],
    ['lai', 0.001, 0.01],
    ['tempMaxC', 58, 45],
    ['tempMinC', -70, -50],
    ['shortwaveMJ', 90, 60],
    ['shortwaveMJ', 0.001, 0.05],
    ['rainMm', 2000, 1500],
  ] as const)('answers for %s %f what it answers for %f', (name, beyond, end) => {
    const over = madeForcing({ years: 1 });
    const at = madeForcing({ years: 1 });
    over[name].fill(beyond);
    at[name].fill(end);
    const found = run(tileOf('MF'), over);
    expect(found.repairs.clipped).toBe(YEAR_DAYS);
    const held = run(tileOf('MF'), at);
    expect(held.repairs.clipped).toBe(0);
    expect(found.nep).toEqual(held.nep);
    expect(found.et).toEqual(held.et);
  });

  it('exchanges a minimum above its maximum, and counts it', () => {
    const right = madeForcing({ years: 1 });
    const wrong = { ...right, tempMinC: right.tempMaxC, tempMaxC: right.tempMinC };
    const result = run(tileOf('MF'), wrong);
    expect(result.gpp).toEqual(run(tileOf('MF'), right).gpp);
    expect(result.repairs.swapped).toBe(YEAR_DAYS);
  });

  it.each([
    ['tempMinC', Number.NaN],
    ['tempMaxC', -9999],
    ['shortwaveMJ', 1e20],
    ['humidity', -9999],
    ['rainMm', -999],
    ['co2Ppm', 0],
    ['extraDeposition', Number.NaN],
  ] as const)('skips days without %s (%f): no flux, state as it was, flag', (name, value) => {
    const forcing = madeForcing({ years: 1 });
    forcing[name].fill(value, 100, 103);
    const result = run(tileOf('DBF'), forcing);
    expect(result.repairs.gaps).toBe(3);
    for (const series of SERIES) {
      expect(result[series].subarray(100, 103).every(Number.isNaN)).toBe(true);
      expect(Number.isFinite(result[series][99]! + result[series][103]!)).toBe(true);
    }
    expect([...result.flag.subarray(99, 104)].map((flag) => flag & FLAG.gap)).toEqual([0, 1, 1, 1, 0]);
    const shorter = madeForcing({ years: 1 });
    const cut = run(tileOf('DBF'), { ...shorter, days: 100 }).state;
    const skipped = run(tileOf('DBF'), { ...forcing, days: 103 }).state;
    expect(skipped).toEqual(cut);
  });

  it.each([
    ['north', 85],
    ['south', -85],
    ['pole', 90],
  ] as const)('lives through polar night and midnight sun (%s)', (_, latDeg) => {
    for (const dayLength of ['rec', 'astro', 'code']) {
      const tile = tileOf('OTH', { dayLength }, { latDeg });
      const result = run(tile, madeForcing({ years: 2, meanC: -15, swingC: 25 }));
      finite(result);
      const night = tile.dayHours.findIndex((hours, doy) => doy > 0 && hours < 0.5);
      expect(result.gpp[night - 1]).toBe(0);
      expect(result.npp[night - 1]).toBe(0);
      expect(Math.max(...result.gpp)).toBeGreaterThan(0);
    }
  });

  it('has no sunlit leaf when the sun stands at 89.43 degrees and lower', () => {
    expect(sunlitLai(4, 0.7, 0.0099)).toBe(0);
    expect(sunlitLai(4, 0.7, 0.01)).toBeGreaterThan(0);
  });

  it('limits water at wilting point, field capacity and saturation as it should stand', () => {
    const [soil] = tileOf('DBF').column.soils;
    const at = (theta: number) => layerScalar(theta, soil, 'tree');
    expect(at(soil.wiltingPoint)).toBe(0.01);
    expect(at(0)).toBe(0.01);
    expect(at(soil.fieldCapacity)).toBeCloseTo(1, 12);
    expect(at(soil.porosity)).toBeCloseTo(0.75, 12);
  });

  it('starts from empty pools and from none at all', () => {
    for (const nitrogen of ['full', 'fixed']) {
      const result = run(tileOf('DBF', { nitrogen }), madeForcing({ years: 3 }));
      finite(result);
      expect(result.state[AT.biomass]!).toBeGreaterThan(0);
    }
  });

  it('runs every option and stays finite', () => {
    for (const options of [
      { leaf: 'code' },
      { diurnal: 'inst' },
      { nppClamp: null },
      { slowToPassive: 'code' },
      { roots: 'code' },
      { lloydTaylorOffset: 46.02 },
      { dayLength: 'astro' },
    ]) {
      const usual = run(tileOf('GRA'), madeForcing({ years: 2 }));
      const other = run(tileOf('GRA', options), madeForcing({ years: 2 }));
      finite(other);
      expect(other.nep).not.toEqual(usual.nep);
    }
  });
});

describe('Places and types', () => {
  it.each([
    ['zero', 0, 0],
    ['missing', Number.NaN, Number.NaN],
    ['over 100 %', 80, 70],
    ['negative', -9999, -9999],
  ])('takes the usual texture where it is %s, and says so', (_, clay, silt) => {
    const tile = tileOf('DBF', {}, { topsoil: { clay, silt } });
    expect(tile.usualSoil).toBe(true);
    expect(tile.column.soils).toEqual(
      tileOf('DBF', {}, { topsoil: { clay: 30, silt: 30 }, subsoil: { clay: 30, silt: 30 } }).column.soils,
    );
    expect(tileOf('DBF').usualSoil).toBe(false);
  });

  it('decomposes by the texture of the second layer', () => {
    const { rates } = tileOf('DBF', {}, { topsoil: { clay: 60, silt: 20 }, subsoil: { clay: 10, silt: 30 } });
    expect(rates.mP).toBeCloseTo(0.02 * (1 - 0.75 * 0.4) * (0.003 + 0.032 * 0.1) * 1.6, 12);
  });

  it('has soils in order for any texture', () => {
    for (let clay = 0; clay <= 100; clay += 5)
      for (let silt = 0; silt <= 100 - clay; silt += 5) {
        const [{ wiltingPoint, fieldCapacity, porosity }] = tileOf('DBF', {}, { topsoil: { clay, silt } })
          .column.soils;
        expect(wiltingPoint + 0.01).toBeLessThanOrEqual(fieldCapacity + 1e-12);
        expect(fieldCapacity + 0.01).toBeLessThanOrEqual(porosity + 1e-12);
      }
  });

  it('refuses a type that does not exist, with those that do', () => {
    expect(() => makeTile(LOAM_PLACE, 'XYZ')).toThrow(BadRequest);
    expect(() => makeTile(LOAM_PLACE, 'XYZ')).toThrow(/ENF, DNF, EBF/);
  });

  it('refuses an allocation that is not whole', () => {
    const allocation = { stem: 0.5, croot: 0.1, leaf: 0.3, froot: 0.2 };
    expect(() => pftParams('ENF', { ENF: { allocation } })).toThrow(/sum to 1\.1/);
  });

  it('sets a parameter over the table, for that type alone', () => {
    const overrides = bepsParams.parse({ pft: { ENF: { vcmax25: 62.5 } } }).pft;
    expect(pftParams('ENF', overrides as never)!.vcmax25).toBe(62.5);
    expect(pftParams('DNF', overrides as never)!.vcmax25).toBe(45);
    expect(() => bepsParams.parse({ pft: { ENF: { vcmax: 62.5 } } })).toThrow();
  });

  it('keeps the table of parameters whole: shares sum to 1, nothing can be written', () => {
    for (const [name, pft] of Object.entries(PFT_PARAMS)) {
      const { stem, croot, leaf, froot } = pft.allocation;
      expect(stem + croot + leaf + froot, name).toBeCloseTo(1, 12);
      expect(Object.isFrozen(pft)).toBe(true);
      for (const yearly of Object.values(pft.turnover)) expect(yearly > 0 && yearly <= 1).toBe(true);
    }
    expect(Object.keys(PFT_PARAMS)).toEqual(PFTS.filter((pft) => pft !== 'NVG'));
  });
});
