import { describe, expect, it } from 'vitest';
import { makeFluxes, tileDay } from '../../../lib/science/beps/carbon-day.ts';
import { makePhysics, makeWeather } from '../../../lib/science/beps/day.ts';
import { type Forcing, readDay } from '../../../lib/science/beps/forcing.ts';
import { spinUp } from '../../../lib/science/beps/spin-up.ts';
import { AT, biomassCarbon, nitrogenOf, soilCarbon } from '../../../lib/science/beps/state.ts';
import { firstState, type Tile, YEAR_DAYS } from '../../../lib/science/beps/tile.ts';
import type { WaterDay } from '../../../lib/science/beps/water-day.ts';
import { PFTS, type Pft } from '../../../lib/science/pft.ts';
import { madeForcing, runTile, tileOf } from './weather.ts';

/** Types with parameters; the three that share theirs with WSA once. */
const VEGETATED = PFTS.filter((pft) => !['NVG', 'SAV', 'CSH'].includes(pft));

/** Every day of a forcing, with what it was before and after. */
function eachDay(
  tile: Tile,
  forcing: Forcing,
  state: Float64Array,
  look: (day: ReturnType<typeof benchOf>, before: Float64Array, rainM: number) => void,
): void {
  const bench = benchOf();
  const before = state.slice();
  for (let t = 0; t < forcing.days; t++) {
    readDay(forcing, t, bench.weather);
    before.set(state);
    tileDay(tile, bench.weather, state, bench.physics, bench.fluxes);
    look(bench, before, bench.weather.rainMm / 1000);
  }
}

const benchOf = () => ({ weather: makeWeather(), physics: makePhysics(), fluxes: makeFluxes() });

const stored = ({ column }: Tile, state: Float64Array): number =>
  column.depths.reduce((sum, depth, i) => sum + state[AT.theta + i]! * depth, 0);

const soilIncome = (day: WaterDay): number =>
  day.rain + day.melt + day.irrigation - day.runoff - day.soilEvaporation - day.transpiration - day.baseflow;

/** Weather as wild as the ranges allow. */
const wild = (years: number): Forcing => {
  const forcing = madeForcing({ years, meanC: 3, swingC: 20, seed: 7 });
  for (let t = 0; t < forcing.days; t += 11) forcing.rainMm[t] = 200 * Math.abs(Math.sin(t));
  return forcing;
};

describe('What goes in comes out', () => {
  it.each(VEGETATED)('closes the water of %s to 1e-12 m a day over ten years of wild weather (T2)', (pft) => {
    const tile = tileOf(pft, { irrigation: true });
    const state = firstState(tile);
    let worst = 0;
    let snowed = 0;
    eachDay(tile, wild(10), state, ({ physics: { water } }, before, rainM) => {
      const soil = stored(tile, state) - stored(tile, before) - soilIncome(water);
      const pack = state[AT.snow]! - before[AT.snow]! - (water.snow - water.melt - water.sublimation);
      const rain = rainM - water.intercepted - water.rain - water.snow;
      worst = Math.max(worst, Math.abs(soil), Math.abs(pack), Math.abs(rain));
      snowed += water.snow;
      for (let i = 0; i < 3; i++) {
        expect(state[AT.theta + i]!).toBeLessThanOrEqual(tile.column.soils[i]!.porosity + 1e-12);
        expect(state[AT.theta + i]!).toBeGreaterThanOrEqual(0.5 * tile.column.soils[i]!.wiltingPoint - 1e-12);
      }
    });
    expect(worst).toBeLessThan(1e-12);
    expect(snowed).toBeGreaterThan(0);
  });

  it('waters crops, and only where it is asked to', () => {
    const dry = madeForcing({ years: 2, meanC: 22 });
    dry.rainMm.fill(0);
    const watered = (pft: Pft, irrigation: boolean) => {
      const tile = tileOf(pft, { irrigation });
      let sum = 0;
      eachDay(tile, dry, firstState(tile), ({ physics }) => {
        sum += physics.water.irrigation;
      });
      return sum;
    };
    expect(watered('CRO', true)).toBeGreaterThan(0.1);
    expect(watered('CRO', false)).toBe(0);
    expect(watered('DBF', true)).toBe(0);
  });

  it.each([
    ['clamped', { nppClamp: [0.35, 0.65] }],
    ['unclamped', { nppClamp: null }],
  ] as const)('closes the carbon of every type to 1e-9 gC m-2 a day, %s (T3)', (_, options) => {
    for (const pft of VEGETATED) {
      const tile = tileOf(pft, options);
      const { state } = spinUp(tile, madeForcing({ years: 2 }), { relaxationYears: 2, mostYears: 2 });
      let worst = 0;
      eachDay(tile, wild(3), state, ({ fluxes }, before) => {
        const change = biomassCarbon(state) + soilCarbon(state) - biomassCarbon(before) - soilCarbon(before);
        worst = Math.max(worst, Math.abs(change - fluxes.nep - fluxes.residual));
        expect(fluxes.ar).toBeCloseTo(fluxes.gpp - fluxes.npp, 12);
      });
      expect(worst, pft).toBeLessThan(1e-9);
    }
  });

  it('closes the carbon of 119 years to 1e-6 gC m-2 (T3)', () => {
    const tile = tileOf('MF');
    const { state } = spinUp(tile, madeForcing({ years: 10, co2: () => 296 }));
    const past = madeForcing({ years: 119, seed: 3, co2: (year) => 296 + 115 * (year / 119) ** 2 });
    const before = biomassCarbon(state) + soilCarbon(state);
    const nep = new Float64Array(past.days);
    runTile(tile, past, state, { nep });
    const change = biomassCarbon(state) + soilCarbon(state) - before;
    expect(Math.abs(change - nep.reduce((sum, day) => sum + day, 0))).toBeLessThan(1e-6);
    expect(change).toBeGreaterThan(100);
  });

  it('books carbon that starving plants do not have', () => {
    const tile = tileOf('GRA', { nppClamp: null });
    const state = firstState(tile);
    state[AT.biomass + 2] = 0.002;
    state[AT.biomass + 3] = 5000;
    let booked = 0;
    eachDay(tile, madeForcing({ years: 1, meanC: 25 }), state, ({ fluxes }) => {
      booked += fluxes.residual;
      expect(state[AT.biomass + 2]!).toBeGreaterThanOrEqual(0.001 - 1e-15);
    });
    expect(booked).toBeGreaterThan(0);
  });

  it.each(['ENF', 'GRA', 'CRO'] as const)('closes the nitrogen of %s to 1e-9 gN m-2 a day', (pft) => {
    const tile = tileOf(pft);
    const forcing = madeForcing({ years: 5 });
    forcing.extraDeposition.fill(0.6);
    const { state } = spinUp(tile, madeForcing({ years: 2 }), { relaxationYears: 10, mostYears: 10 });
    let worst = 0;
    let taken = 0;
    eachDay(tile, forcing, state, ({ fluxes: { nitrogen } }, before) => {
      const change = nitrogenOf(state) - nitrogenOf(before);
      worst = Math.max(worst, Math.abs(change - nitrogen.deposition - nitrogen.residual));
      taken += nitrogen.uptake;
      for (let at: number = AT.woodN; at < state.length; at++) expect(state[at]!).toBeGreaterThanOrEqual(0);
    });
    expect(worst).toBeLessThan(1e-9);
    expect(taken).toBeGreaterThan(1);
  });
});

describe('A tile at rest', () => {
  it.each(VEGETATED)('leaves %s with a NEP below 2 gC m-2 yr-1 in the climate it rested in', (pft) => {
    const tile = tileOf(pft);
    const climate = madeForcing({ years: 10 });
    const rested = spinUp(tile, climate);
    expect(rested.atRest).toBe(true);
    const nep = new Float64Array(climate.days);
    runTile(tile, climate, rested.state, { nep });
    expect(Math.abs(nep.reduce((sum, day) => sum + day, 0)) / 10).toBeLessThan(2);
    expect(soilCarbon(rested.state)).toBeGreaterThan(500);
  });

  it('says so when it is not at rest after all years it may take', () => {
    const rested = spinUp(tileOf('ENF'), madeForcing({ years: 1 }), { relaxationYears: 1, mostYears: 1 });
    expect(rested.years).toBe(1);
    expect(rested.atRest).toBe(Math.abs(rested.lastDecadeNep) < 2);
  });

  it('is empty where nothing grows', () => {
    const rested = spinUp(tileOf('GRA'), madeForcing({ years: 1, meanC: 25, co2: () => 1 }));
    expect(rested.npp).toBe(0);
    expect(rested.state.subarray(AT.biomass).every((pool) => pool === 0)).toBe(true);
  });

  it('takes up carbon when CO2 rises, forests more than grass', () => {
    const nepAfter = (pft: Pft) => {
      const tile = tileOf(pft);
      const { state } = spinUp(tile, madeForcing({ years: 10, co2: () => 296 }));
      const nep = new Float64Array(60 * YEAR_DAYS);
      const past = madeForcing({ years: 60, co2: (year) => 296 + 1.8 * year });
      runTile(tile, past, state, { nep });
      return nep.subarray(50 * YEAR_DAYS).reduce((sum, day) => sum + day, 0) / 10;
    };
    const forest = nepAfter('DBF');
    const grass = nepAfter('GRA');
    expect(forest).toBeGreaterThan(grass);
    expect(grass).toBeGreaterThan(0);
  });
});
