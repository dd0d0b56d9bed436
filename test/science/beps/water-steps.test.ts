import { describe, expect, it } from 'vitest';
import { AT } from '../../../lib/science/beps/state.ts';
import { firstState } from '../../../lib/science/beps/tile.ts';
import { makeWaterDay, type WaterWeather, waterDay } from '../../../lib/science/beps/water-day.ts';
import { makeCanopyLight } from '../../../lib/science/canopy.ts';
import { makeWaterStress } from '../../../lib/science/soil.ts';
import { makeEvaporating, setEvaporating } from '../../../lib/science/water.ts';
import { tileOf } from './weather.ts';

/** ENF on loam over clay loam, with a mean temperature of 1 degC. */
const { column } = tileOf('ENF', {}, { meanTempC: 1 });
const [top, middle, deep] = column.soils;

/** A night of a day: nothing evaporates, so that only liquid water and snow move. */
function night(theta: readonly number[], changes: Partial<WaterWeather> = {}, snow = 0) {
  const weather: WaterWeather = {
    rainM: 0,
    tempDayC: 5,
    tempMaxC: 8,
    daylightS: 0,
    shortwaveJ: 0,
    floorShortwaveJ: 0,
    lai: 2,
    dark: true,
    ...changes,
  };
  const light = makeCanopyLight();
  for (const name of Object.keys(light) as (keyof typeof light)[]) light[name] = 0;
  const air = makeEvaporating();
  setEvaporating(weather.tempDayC, 0, air);
  const stress = makeWaterStress();
  stress.uptake.fill(1 / 3);
  const state = Float64Array.of(...theta, snow);
  const day = makeWaterDay();
  waterDay(column, weather, light, air, stress, 0.001, 0.001, state, day);
  return { day, state };
}

const dry = [0.2, 0.2, 0.2];

describe('Liquid water', () => {
  it('seeps no faster than a layer conducts, above field capacity alone', () => {
    const wet = top.fieldCapacity + 0.05;
    const { day, state } = night([wet, 0.2, 0.2]);
    const flow = top.conductivity * (wet / top.porosity) ** (2 * top.b + 3);
    expect(day.drain1).toBeCloseTo(Math.min(flow, 0.05 * 0.15), 12);
    expect(day.drain1).toBeGreaterThan(0);
    expect(state[1]!).toBeCloseTo(0.2 + day.drain1 / 0.45, 12);
    expect(night([top.fieldCapacity - 0.001, 0.2, 0.2]).day.drain1).toBe(0);
  });

  it('seeps half as fast on a day that stays below −2 degC, and not into a full layer', () => {
    const wet = [top.fieldCapacity + 0.02, 0.2, 0.2];
    const flow = top.conductivity * (wet[0]! / top.porosity) ** (2 * top.b + 3);
    expect(flow / 2).toBeLessThan(0.02 * 0.15); // conductivity binds, not the water there is
    expect(night(wet, { tempMaxC: -2.1 }).day.drain1).toBeCloseTo(flow / 2, 12);
    expect(night(wet, { tempMaxC: -2 }).day.drain1).toBeCloseTo(Math.min(flow, 0.02 * 0.15), 12);
    expect(night([wet[0]!, middle.porosity, 0.2]).day.drain1).toBe(0);
  });

  it('leaves the third layer as baseflow by mean temperature', () => {
    const wet = deep.fieldCapacity + 0.06;
    const { day } = night([0.2, 0.2, wet]);
    const ratio = 0.5; // 0.5 + 0.2 × 1 degC is above its ceiling
    const flow = ratio * deep.conductivity * (wet / deep.porosity) ** (2.4 * deep.b + 3);
    expect(day.baseflow).toBeCloseTo(Math.min(flow, 0.06 * 1), 12);
    expect(day.baseflow).toBeGreaterThan(0);
    expect(night(dry).day.baseflow).toBe(0);
  });

  it('runs off from 5 mm a day on, where the first layer is wetter than three quarters of field capacity', () => {
    const theta = 0.9 * top.fieldCapacity;
    const store = 0.0015 * (1 - Math.exp(-1));
    const { day } = night([theta, 0.2, 0.2], { rainM: 0.02 });
    expect(day.intercepted).toBe(0); // nothing evaporates at night: all drips
    expect(day.rain).toBeCloseTo(0.02, 15);
    expect(store).toBeGreaterThan(0);
    expect(day.runoff).toBeCloseTo(0.02 * (theta / top.porosity) ** 3, 12);
    expect(night([theta, 0.2, 0.2], { rainM: 0.0049 }).day.runoff).toBe(0);
    expect(night([0.7 * top.fieldCapacity, 0.2, 0.2], { rainM: 0.02 }).day.runoff).toBe(0);
  });

  it('overflows from layer to layer and leaves what no layer holds', () => {
    const full = [top.porosity, middle.porosity, deep.porosity];
    const { day } = night(full, { rainM: 0.05 });
    expect(day.runoff).toBeCloseTo(0.05, 12);
    const spilled = night([top.porosity, 0.2, 0.2], { rainM: 0.004 });
    expect(spilled.day.runoff).toBe(0);
    expect(spilled.state[1]!).toBeGreaterThan(0.2 + 0.004 / 0.45 - 1e-12);
  });
});

describe('Snow', () => {
  it('falls at 0 degC and below', () => {
    expect(night(dry, { rainM: 0.01, tempDayC: 0 }).day).toMatchObject({ rain: 0, snow: 0.01 });
    expect(night(dry, { rainM: 0.01, tempDayC: 0.1 }).day).toMatchObject({ rain: 0.01, snow: 0 });
  });

  it('melts by warmth and light, and no more than there is', () => {
    const { day, state } = night(dry, { tempDayC: 4, shortwaveJ: 10e6 }, 0.1);
    expect(day.melt).toBeCloseTo((0.12 * 10e6) / 3.34e8 + 0.001 * 4, 12);
    expect(state[AT.snow]!).toBeCloseTo(0.1 - day.melt, 15);
    expect(night(dry, { tempDayC: 4, shortwaveJ: 10e6 }, 0.001).state[AT.snow]).toBe(0);
  });

  it('sublimes in the cold by the light on the floor', () => {
    const { day } = night(dry, { tempDayC: -4, floorShortwaveJ: 8e6, shortwaveJ: 10e6 }, 0.1);
    expect(day.sublimation).toBeCloseTo((0.01 * 8e6) / 2.83e9, 15);
    expect(day.melt).toBe(0);
  });

  it('keeps the soil from evaporating', () => {
    const bare = (snow: number) => {
      const state = firstState(tileOf('ENF'));
      state[AT.snow] = snow;
      const light = makeCanopyLight();
      for (const name of Object.keys(light) as (keyof typeof light)[]) light[name] = 0;
      light.netGround = 150;
      const air = makeEvaporating();
      setEvaporating(2, 4, air);
      const day = makeWaterDay();
      const weather = {
        rainM: 0,
        tempDayC: 2,
        tempMaxC: 5,
        daylightS: 40_000,
        shortwaveJ: 0,
        floorShortwaveJ: 0,
        lai: 1,
        dark: false,
      };
      const stress = makeWaterStress();
      stress.uptake.fill(1 / 3);
      waterDay(column, weather, light, air, stress, 0.001, 0.001, state, day);
      return day.soilEvaporation;
    };
    expect(bare(0)).toBeGreaterThan(0);
    expect(bare(0.05)).toBe(0);
  });
});
