import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chunkflux } from '../../functions/entry/local/program.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const folder = tempFolder('site');
const forcing = join(folder, 'tower.csv');
const out = join(folder, 'daily.csv');
const chart = join(folder, 'daily.png');

const days = Array.from({ length: 365 }, (_, day) =>
  new Date(Date.UTC(2021, 0, 1 + day)).toISOString().slice(0, 10),
);
const season = (day: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (day - 15)) / 365);
const rows = days.map((date, day) => {
  const temp = 2 + 16 * season(day);
  const shortwave = 60 + 200 * season(day);
  return [date, temp, temp - 5, temp + 5, shortwave, 0.2 + 0.9 * season(day), 1 + 4 * season(day)].join(',');
});
writeFileSync(
  forcing,
  ['date,temp_degC,temp_min_degC,temp_max_degC,shortwave_W_m2,vpd_kPa,lai', ...rows].join('\n'),
);

const site = (...args: string[]) =>
  chunkflux()
    .exitOverride()
    .parseAsync(['site', forcing, '--out', out, ...args], { from: 'user' });

afterEach(() => vi.restoreAllMocks());

describe('chunkflux site', () => {
  it('writes every day with its unit in the head, a chart, and what it assumed', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    await site('--pft', 'DBF', '--lat', '48', '--co2', '410', '--chart', chart);
    const [head, ...lines] = readFileSync(out, 'utf8').trim().split(/\r?\n/);
    expect(head).toBe(
      'date,gpp_gC_m2_d,ar_gC_m2_d,npp_gC_m2_d,hr_gC_m2_d,nep_gC_m2_d,et_mm_d,water_scalar,flag',
    );
    expect(lines).toHaveLength(365);
    const gpp = lines.map((line) => Number(line.split(',')[1]));
    const [winter, summer] = [gpp[10]!, gpp[196]!];
    expect(summer).toBeGreaterThan(5 * winter);
    expect(readFileSync(chart).subarray(1, 4).toString()).toBe('PNG');
    expect(said.mock.calls.flat().join('\n')).toMatch(/2021 {2}GPP \d+ gC m-2 yr-1[\s\S]*no rain/);
  });

  it('takes soil, options and parameters as a product does, and refuses those there are not', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const gpp = async (...args: string[]) => {
      await site('--pft', 'DBF', '--lat', '48', '--co2', '410', ...args);
      const lines = readFileSync(out, 'utf8').trim().split(/\r?\n/).slice(1);
      return lines.reduce((sum, line) => sum + Number(line.split(',')[1]), 0);
    };
    const usual = await gpp();
    expect(await gpp('--parameter', 'vcmax25=80')).toBeGreaterThan(1.05 * usual);
    expect(await gpp('--option', 'diurnal=inst')).not.toBeCloseTo(usual, 3);
    expect(await gpp('--clumping', '0.5')).not.toBeCloseTo(usual, 3);
    expect(await gpp('--texture', '50,30')).toBeGreaterThan(0);
    expect(await gpp('--lai', '0.5')).toBeLessThan(0.6 * usual);
    writeFileSync(join(folder, 'lai.csv'), 'date,lai\n2020-12-20,0.5\n2022-01-05,5');
    expect(await gpp('--lai', join(folder, 'lai.csv'))).toBeCloseTo(await gpp('--lai', '0.5'), 0);
    await expect(gpp('--lai', join(folder, 'none.csv'))).rejects.toThrow(/no table at/);
    await expect(gpp('--option', 'leaf=hand')).rejects.toThrow(/option leaf: .*exact/);
    await expect(gpp('--parameter', 'vcmax=80')).rejects.toThrow(/parameter.*vcmax/);
  });

  it('refuses a unit that the quantity does not have, and names those that it has', async () => {
    await expect(site('--pft', 'DBF', '--lat', '48', '--column', 'temp=temp_degC:F')).rejects.toThrow(
      /columns\.temp: "F" is no unit of it\. Units: degC, K/,
    );
  });

  it('takes several columns behind one --column', async () => {
    const two = ['--column', 'temp=temp_degC:degC', 'lai=LAI:1'];
    await expect(site('--pft', 'DBF', '--lat', '48', ...two)).rejects.toThrow(
      /columns\.lai: the table has no column "LAI"/,
    );
  });

  it('refuses a column that the table does not have', async () => {
    await expect(site('--pft', 'DBF', '--lat', '48', '--column', 'lai=LAI:1')).rejects.toThrow(
      /columns\.lai: the table has no column "LAI"/,
    );
  });
});
