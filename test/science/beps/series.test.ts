import { describe, expect, it } from 'vitest';
import { checkForcing, checkWholeYears } from '../../../lib/science/beps/forcing.ts';
import { COMPOSITES, compositeOfDay, dailyLai, normalLai } from '../../../lib/science/beps/lai.ts';
import { spinUp } from '../../../lib/science/beps/spin-up.ts';
import { YEAR_DAYS } from '../../../lib/science/beps/tile.ts';
import { madeForcing, runTile, tileOf } from './weather.ts';

describe('Calendars and series', () => {
  it('refuses a climate of 364 days, and a leap day, by name', () => {
    const short = madeForcing({ years: 1 });
    expect(() => spinUp(tileOf('DBF'), { ...short, days: 364 })).toThrow(/ends after 364 of its 365 days/);
    const missing = { ...short, doy: short.doy.map((doy) => (doy > 200 ? doy + 1 : doy)), days: 364 };
    expect(() => checkWholeYears(missing)).toThrow(/day 200 is day 202 .* follows day 200/);
    const leap = { ...short, doy: short.doy.map((_, t) => t + 2) };
    expect(() => checkForcing(leap)).toThrow(/day 366/);
  });

  it('refuses a spin-up climate with a gap, and a series that is too short', () => {
    const gap = madeForcing({ years: 1 });
    gap.rainMm[40] = Number.NaN;
    expect(() => spinUp(tileOf('DBF'), gap)).toThrow(/day 40 /);
    const short = { ...madeForcing({ years: 1 }), lai: new Float64Array(300) };
    expect(() => checkForcing(short)).toThrow(/lai: has 300 values; the run needs 365/);
  });

  it('goes on from a stop as if it had not stopped, bit by bit', () => {
    const tile = tileOf('MF');
    const forcing = madeForcing({ years: 4 });
    const { state } = spinUp(tile, madeForcing({ years: 1 }), { relaxationYears: 3, mostYears: 3 });
    const [whole, parts] = [new Float64Array(forcing.days), new Float64Array(forcing.days)];
    const [once, twice] = [state.slice(), state.slice()];
    runTile(tile, forcing, once, { nep: whole });
    runTile(tile, forcing, twice, { nep: parts }, { to: 777 });
    const later = twice.slice();
    runTile(tile, forcing, later, { nep: parts }, { from: 777 });
    expect(parts).toEqual(whole);
    expect(later).toEqual(once);
  });

  it('holds leaf area from composite to composite, or draws a line between their middles', () => {
    const year = Float64Array.from({ length: COMPOSITES }, (_, i) => i);
    expect([1, 15, 16, 31, 32, 349, 350, 365].map(compositeOfDay)).toEqual([0, 0, 1, 1, 2, 22, 23, 23]);
    const held = dailyLai(year);
    expect(held).toHaveLength(YEAR_DAYS);
    expect([held[14], held[15], held[364]]).toEqual([0, 1, 23]);
    const line = dailyLai(year, 'linear');
    expect(line[7]).toBe(0);
    expect(line[22]).toBeCloseTo(1 - 0.5 / 15.5, 12);
    expect(line[0]).toBe(0);
    for (let t = 8; t < 350; t++) expect(line[t]! - line[t - 1]!).toBeGreaterThan(0);
    expect(() => dailyLai(new Float64Array(23))).toThrow(/no whole years of 24/);
  });

  it('keeps a line between years', () => {
    const years = Float64Array.from({ length: 2 * COMPOSITES }, (_, i) => (i < COMPOSITES ? 1 : 3));
    const line = dailyLai(years, 'linear');
    expect(line[364]).toBeGreaterThan(1);
    expect(line[365]).toBeLessThan(3);
    expect(line[365]! - line[364]!).toBeCloseTo(line[364]! - line[363]!, 12);
  });

  it('takes the mean of 1982 to 1986 for the years before satellites', () => {
    const composites = Float64Array.from(
      { length: 7 * COMPOSITES },
      (_, i) => 1981 + Math.floor(i / COMPOSITES),
    );
    composites[COMPOSITES] = Number.NaN;
    const mean = normalLai(composites, 1981);
    expect(mean[1]).toBe(1984);
    expect(mean[0]).toBe(1984.5);
    expect(() => normalLai(composites, 1990)).toThrow(/1982 to 1986 stand for the past/);
  });
});
