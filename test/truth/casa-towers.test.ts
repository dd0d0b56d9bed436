import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PERIODS, scoreSites } from './scores.ts';
import { towerTable } from './tower-table.ts';
import { haveTowers, limitsOf, runSite, SITES } from './towers.ts';

/** Just inside what is reached: r at least, bias to 0.1, RMSE at most; gC m-2 month-1. NPP is held against 0.5 GPP. */
const REACHED = [
  {
    site: 'AT-Neu',
    months: 132,
    judged: 132,
    dropped: {},
    npp: { r: 0.926, bias: -27.2, rmse: 47.5 },
    nep: { r: 0.462, bias: 82.6, rmse: 100.7 },
  },
  {
    site: 'CH-Oe2',
    months: 132,
    judged: 129,
    dropped: { 'flux measured for less than half of the month': 3 },
    npp: { r: 0.725, bias: 16.8, rmse: 47 },
    nep: { r: 0.453, bias: 49.1, rmse: 94.7 },
  },
  {
    site: 'DE-Obe',
    months: 84,
    judged: 83,
    dropped: { 'flux measured for less than half of the month': 1 },
    npp: { r: 0.838, bias: -38.3, rmse: 55 },
    nep: { r: 0.777, bias: -10.9, rmse: 42.5 },
  },
  {
    site: 'IT-Col',
    months: 228,
    judged: 116,
    dropped: { 'flux measured for less than half of the month': 79, 'no NDVI': 33 },
    npp: { r: 0.958, bias: 40.6, rmse: 52.5 },
    nep: { r: 0.941, bias: 26.6, rmse: 45.2 },
  },
  {
    site: 'FR-Pue',
    months: 96,
    judged: 69,
    dropped: { 'flux measured for less than half of the month': 3, 'no FPAR': 24 },
    npp: { r: 0.828, bias: 44.4, rmse: 56.2 },
    nep: { r: 0.595, bias: 54.8, rmse: 67.8 },
  },
] as const;

describe.skipIf(!haveTowers)('CASA at flux towers, without calibration (needs ../shared/data/towers)', () => {
  const scores = haveTowers ? scoreSites() : [];

  it.each(REACHED)('agrees with $site as well as it is said to', ({ site, npp, nep }) => {
    const found = scores.find((score) => score.site === site)!;
    for (const [of, wanted] of [
      [found.npp.year, npp],
      [found.nep.year, nep],
    ] as const) {
      expect(of.r).toBeGreaterThanOrEqual(wanted.r);
      expect(Math.abs(of.bias - wanted.bias)).toBeLessThanOrEqual(0.051);
      expect(of.rmse).toBeLessThanOrEqual(wanted.rmse);
    }
  });

  it.each(REACHED)('drops no month of $site without a reason', ({ site, months, judged, dropped }) => {
    const found = scores.find((score) => score.site === site)!;
    expect(found.months).toBe(months);
    expect(found.dropped).toEqual(dropped);
    expect(found.npp.year.n).toBe(judged);
    expect(found.nep.year.n).toBe(judged);
    expect(judged + Object.values(dropped).reduce((a, b) => a + b, 0)).toBe(months);
  });

  it('stands in docs/science.md as it is', () => {
    const page = readFileSync(new URL('../../docs/science.md', import.meta.url), 'utf8');
    for (const line of towerTable(scores)) expect(page).toContain(line);
  });

  it('judges every month in one season', () => {
    for (const { npp } of scores)
      expect(PERIODS.slice(1).reduce((n, season) => n + npp[season].n, 0)).toBe(npp.year.n);
  });

  it('scales NDVI by the static table, since a pixel has too few samples for percentiles', () => {
    for (const site of SITES.filter(({ canopy }) => canopy === 'modis')) {
      const limits = limitsOf(site, 2010)[site.type]!;
      expect(limits).toMatchObject({ source: 'table', samples: 12 });
    }
  });

  it('takes up carbon in the summer of the beech forest, as the tower does', () => {
    const months = runSite(SITES.find(({ id }) => id === 'IT-Col')!).filter(({ dropped }) => !dropped);
    const summer = months.filter(({ season }) => season === 'summer');
    for (const of of ['nep', 'measuredNep'] as const)
      expect(summer.reduce((sum, month) => sum + month[of], 0) / summer.length).toBeGreaterThan(50);
  });
});
