import { describe, expect, it } from 'vitest';
import { runSite } from '../../../lib/science/beps/site.ts';
import { siteCsv } from '../../../lib/science/beps/site-csv.ts';
import { readSiteTable } from '../../../lib/science/beps/site-table.ts';
import { hourly, request } from './hourly.ts';

describe('A site run', () => {
  it('goes from a year of hours to carbon at rest', () => {
    const result = runSite(hourly('2013-01-01', 365), { ...request, spinUp: true });
    const [{ year, days, nep, npp, hr, gpp }] = result.years as [(typeof result.years)[number]];
    expect([year, days]).toEqual([2013, 365]);
    expect(Math.abs(nep)).toBeLessThan(2);
    expect(nep).toBeCloseTo(npp - hr, 9);
    expect(gpp).toBeGreaterThan(npp);
    expect(result.notes.join(' ')).toMatch(/1 whole years, repeated for \d+ years/);
  });

  it('tells no carbon balance of less than a year, and the same GPP with and without nitrogen', () => {
    const result = runSite(hourly('2013-06-01', 30), { ...request, spinUp: true });
    expect(result.notes.join(' ')).toMatch(/no whole year/);
    expect(result.nep.every(Number.isNaN)).toBe(true);
    expect(result.gpp.every((value) => value > 0)).toBe(true);
    expect(result.repairs.clamped).toBe(0);
  });

  it('gives land without plants zeros', () => {
    const result = runSite(hourly('2013-06-01', 3), { ...request, pft: 'NVG' });
    expect([...result.gpp, ...result.et]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('writes its days as CSV that it can read again, empty where there is nothing to say', () => {
    const result = runSite(hourly('2013-06-01', 3), request);
    const rows = readSiteTable(siteCsv(result), 'out.csv');
    expect(rows.heads).toEqual([
      'date',
      'gpp_gC_m2_d',
      'ar_gC_m2_d',
      'npp_gC_m2_d',
      'hr_gC_m2_d',
      'nep_gC_m2_d',
      'et_mm_d',
      'water_scalar',
      'flag',
    ]);
    expect(rows.values.gpp_gC_m2_d![1]).toBeCloseTo(result.gpp[1]!, 5);
    expect(siteCsv(result).split('\n')[1]).toMatch(/^2013-06-01,\d+\.\d+,,,,,\d/);
    const wide = readSiteTable(siteCsv(result, true), 'out.csv');
    expect(wide.heads.slice(9, 14)).toEqual([
      'theta1_m3_m3',
      'theta2_m3_m3',
      'theta3_m3_m3',
      'snow_m',
      'stem_gC_m2',
    ]);
    expect(wide.heads).toHaveLength(38);
    expect(wide.heads.at(-1)).toBe('mineralN_gN_m2');
    expect(wide.values.theta1_m3_m3![0]).toBeGreaterThan(0.1);
  });
});
