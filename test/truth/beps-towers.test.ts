import { describe, expect, it } from 'vitest';
import { FLAG } from '../../lib/science/beps/forcing.ts';
import {
  beVie,
  frPue,
  frPueMonths,
  haveSites,
  pointTable,
  runPoint,
  SEASONS,
  type Season,
  scoreGpp,
} from './beps-sites.ts';

/** Just inside what is reached: bias to 0.01, RMSE at most, r² at least; gC m-2 d-1. */
const REACHED = {
  'BE-Vie': {
    year: { n: 365, bias: -0.27, rmse: 1.34, r2: 0.89 },
    winter: { n: 90, bias: 0.19, rmse: 0.42, r2: 0.84 },
    spring: { n: 92, bias: -0.25, rmse: 1.36, r2: 0.68 },
    summer: { n: 92, bias: -0.75, rmse: 1.86, r2: 0.66 },
    autumn: { n: 91, bias: -0.25, rmse: 1.28, r2: 0.81 },
  },
  'FR-Pue': {
    year: { n: 1810, bias: 0.24, rmse: 1.23, r2: 0.61 },
    winter: { n: 460, bias: 0.54, rmse: 0.8, r2: 0.63 },
    spring: { n: 478, bias: -0.2, rmse: 1.26, r2: 0.43 },
    summer: { n: 392, bias: 0.12, rmse: 1.62, r2: 0.45 },
    autumn: { n: 480, bias: 0.5, rmse: 1.17, r2: 0.46 },
  },
} as const;

describe.skipIf(!haveSites)(
  'BEPS at sites, without calibration (needs ../shared/data/be-vie, fr-pue, beps-site)',
  () => {
    const runs = haveSites ? [beVie(), frPue()] : [];

    it.each(Object.keys(REACHED) as (keyof typeof REACHED)[])(
      'photosynthesises as %s does, season by season',
      (id) => {
        const run = runs.find((one) => one.id === id)!;
        for (const season of Object.keys(SEASONS) as Season[]) {
          const wanted = REACHED[id][season];
          const found = scoreGpp(run, season);
          expect(found.n, season).toBe(wanted.n);
          expect(Math.abs(found.bias - wanted.bias), season).toBeLessThan(0.01);
          expect(found.rmse, season).toBeLessThan(wanted.rmse);
          expect(found.r2, season).toBeGreaterThan(wanted.r2);
        }
      },
    );

    it('comes within 15 % of the yearly GPP of Vielsalm, with r² above 0.85 (T12)', () => {
      const { result, gpp } = runs[0]!;
      const measured = gpp.reduce((sum, day) => sum + day, 0);
      expect(Math.abs(result.years[0]!.gpp / measured - 1)).toBeLessThan(0.05);
      expect(scoreGpp(runs[0]!, 'year').r2).toBeGreaterThan(0.85);
    });

    it.each(['MF', 'ENF', 'DBF'])('would pass as well had Vielsalm been called %s', (pft) => {
      const run = beVie({ pft });
      const measured = run.gpp.reduce((sum, day) => sum + day, 0);
      expect(Math.abs(run.result.years[0]!.gpp / measured - 1)).toBeLessThan(0.15);
    });

    it('judges every day of Puéchabon that has a measurement', () => {
      const { result, gpp } = runs[1]!;
      expect(result.dates).toHaveLength(6 * 365);
      expect(gpp.filter(Number.isFinite)).toHaveLength(1810);
      expect(result.repairs).toMatchObject({ gaps: 0, swapped: 0, noLai: 0 });
      expect(result.flag.every((flag) => (flag & FLAG.gap) === 0)).toBe(true);
    });

    it('says what it assumed', () => {
      const notes = runs[1]!.result.notes.join(' ');
      for (const word of [/fAPAR by Beer/, /No soil texture/, /Clumping/, /29 February/, /at rest/])
        expect(notes).toMatch(word);
      expect(runs[0]!.result.notes.join(' ')).toMatch(/no rain: the soil is held at field capacity/);
      expect(runs[0]!.result.nep.every(Number.isNaN)).toBe(true);
    });

    it('evaporates by month as Puéchabon, and cannot know why the forest there grows', () => {
      const { et, reco, nep } = frPueMonths();
      expect(et.r2).toBeGreaterThan(0.79);
      expect(et.bias).toBeLessThan(0.28);
      expect(reco.r2).toBeGreaterThan(0.78);
      expect(nep.meanX).toBeGreaterThan(0.7); // the tower sees a sink; a tile at rest in its own climate is none
      expect(Math.abs(nep.meanY)).toBeLessThan(0.05);
    });
  },
);

describe.skipIf(!haveSites)('The official points of BEPS (needs ../shared/data/beps-site)', () => {
  it.each(['p1', 'p2', 'p3'])('has noon at noon in %s once UTC has become local time', (id) => {
    const { table } = pointTable(id);
    let atNoon = 0;
    let all = 0;
    table.values.light!.forEach((light, row) => {
      all += light;
      if (row % 24 >= 6 && row % 24 < 18) atNoon += light;
    });
    expect(atNoon / all).toBeGreaterThan(0.93);
  });

  it.each([
    ['p1', 990, 0.25],
    ['p2', 1716, 0.25],
    ['p3', 1184.7, 0.35],
  ] as const)('makes a NPP at %s of the order that its file gives, %f', (id, given, within) => {
    const { result, givenNpp } = runPoint(id);
    expect(givenNpp).toBe(given);
    const [{ gpp, npp, hr, nep, et }] = result.years as [(typeof result.years)[number]];
    expect(Math.abs(npp / given - 1)).toBeLessThan(within);
    expect(npp / gpp).toBeGreaterThan(0.35);
    expect(Math.abs(npp - hr - nep)).toBeLessThan(1e-9);
    expect(Math.abs(nep)).toBeLessThan(2);
    expect(et).toBeGreaterThan(300);
    expect(et).toBeLessThan(1500);
    expect(result.repairs.gaps).toBe(0);
  });
});
