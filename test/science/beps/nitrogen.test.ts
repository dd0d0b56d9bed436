import { describe, expect, it } from 'vitest';
import {
  leafCnOf,
  makeNitrogenDay,
  nitrogenDay,
  nitrogenUptake,
  startNitrogen,
  woodCnOf,
} from '../../../lib/science/beps/nitrogen.ts';
import { PFT_PARAMS } from '../../../lib/science/beps/pft-table.ts';
import { AT, nitrogenOf, SOIL_POOLS, STATE_LENGTH } from '../../../lib/science/beps/state.ts';

const { allocation } = PFT_PARAMS.DBF;

/** A forest at its first C:N. */
function forest(): Float64Array {
  const state = new Float64Array(STATE_LENGTH);
  state.set([8000, 2000, 180, 120], AT.biomass);
  state.set([310, 11, 168, 6, 1167, 28, 189, 3620, 2003], AT.soil);
  startNitrogen(state, 500, allocation);
  return state;
}

describe('Nitrogen of a tile', () => {
  it('starts at C:N 250 in wood and 34 elsewhere, with twenty years of demand in the soil', () => {
    const state = forest();
    expect(woodCnOf(state)).toBeCloseTo(250, 12);
    expect(leafCnOf(state)).toBeCloseTo(34, 12);
    SOIL_POOLS.forEach((name, i) => {
      expect(state[AT.soil + i]! / state[AT.soilN + i]!).toBeCloseTo(name === 'cd' ? 250 : 34, 10);
    });
    expect(state[AT.mineralN]!).toBeCloseTo(20 * 500 * (0.5 / 250 + 0.5 / 34), 10);
  });

  it('keeps four fifths of what falls beyond the reference year, and loses nothing of less', () => {
    const added = (deposition: number) => {
      const state = forest();
      const before = nitrogenOf(state);
      const day = makeNitrogenDay();
      nitrogenDay(state, allocation, 12, 0, deposition, day);
      return nitrogenOf(state) - before - day.residual;
    };
    expect(added(1)).toBeCloseTo(0.8 / 365, 10);
    expect(added(-1)).toBeCloseTo(0, 10);
  });

  it('gives more to what is hungrier, by the fourth power of C:N', () => {
    const gained = (leafN: number) => {
      const state = forest();
      state[AT.leafN]! *= leafN;
      const before = [state[AT.woodN]!, state[AT.leafN]!];
      nitrogenDay(state, allocation, 12, 0, 0, makeNitrogenDay());
      return (state[AT.leafN]! - before[1]!) / (state[AT.woodN]! - before[0]!);
    };
    expect(gained(1)).toBeCloseTo(1, 6);
    expect(gained(0.8)).toBeCloseTo((1 / 0.8) ** 4, 6);
  });

  it('holds C:N within half and twice its reference; the mineral pool gives and takes', () => {
    const state = forest();
    state[AT.soilN]! *= 0.1;
    state[AT.soilN + 7]! *= 5;
    const day = makeNitrogenDay();
    const before = nitrogenOf(state);
    nitrogenDay(state, allocation, 12, 0, 0, day);
    expect(state[AT.soil]! / state[AT.soilN]!).toBeCloseTo(68, 10);
    expect(state[AT.soil + 7]! / state[AT.soilN + 7]!).toBeCloseTo(17, 10);
    expect(day.residual).toBe(0);
    expect(nitrogenOf(state)).toBeCloseTo(before, 9);
  });

  it('books what it makes out of nothing when the mineral pool is empty', () => {
    const state = forest();
    state[AT.mineralN] = 0;
    state[AT.soilN]! *= 0.1;
    const missing = state[AT.soil]! / 68 - state[AT.soilN]!;
    const day = makeNitrogenDay();
    nitrogenDay(state, allocation, 12, 0, 0, day);
    expect(day.uptake).toBe(0);
    expect(day.residual).toBeCloseTo(missing, 10);
    expect(state[AT.mineralN]).toBe(0);
  });

  it('takes up nothing where there is nothing, and never more than there is', () => {
    expect(nitrogenUptake(15, 0, 1, 5000)).toBe(0);
    for (const tempC of [-30, 0, 20, 45])
      for (const mineral of [1e-6, 0.01, 5, 2000]) {
        const uptake = nitrogenUptake(tempC, mineral, 1.5, 5000);
        expect(uptake).toBeGreaterThanOrEqual(0);
        expect(uptake).toBeLessThanOrEqual(mineral);
      }
  });
});
