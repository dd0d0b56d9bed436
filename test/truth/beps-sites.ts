/**
 * BEPS at sites, by the same core that `chunkflux site` runs, and what was measured there. No calibration: every
 * parameter is a default of spec beps.md, the type is the site's.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { BepsOptions } from '../../lib/science/beps/params.ts';
import { runSite, type SiteRequest, type SiteResult } from '../../lib/science/beps/site.ts';
import type { ColumnMap } from '../../lib/science/beps/site-columns.ts';
import { readSiteTable, type SiteTable } from '../../lib/science/beps/site-table.ts';
import { type Agreement, agreement } from '../../lib/science/validation/regression.ts';

const SHARED = new URL('../../../shared/data/', import.meta.url);

export const haveSites = existsSync(new URL('be-vie/', SHARED));

const text = (path: string): string => readFileSync(new URL(path, SHARED), 'utf8');

const table = (path: string): SiteTable => readSiteTable(text(path), path);

const column = (name: string, unit: string) => ({ column: name, unit });

/** gC m-2 of one umol m-2 s-1 over half an hour. */
const HALF_HOUR = 1800 * 12e-6;

const BE_VIE_COLUMNS: ColumnMap = {
  temp: column('tc', 'degC'),
  ppfd: column('ppfd', 'umol m-2 s-1'),
  vpd: column('vpd', 'Pa'),
  lai: column('LAI', '1'),
  co2: column('co2', 'ppm'),
};

const FR_PUE_COLUMNS: ColumnMap = {
  temp: column('temp', 'degC'),
  tempMin: column('tmin', 'degC'),
  tempMax: column('tmax', 'degC'),
  ppfd: column('ppfd', 'mol m-2 s-1'),
  vpd: column('vpd', 'Pa'),
  fapar: column('fapar', '1'),
  co2: column('co2', 'ppm'),
  rain: column('rain', 'mm s-1'),
};

/** A site's days and the GPP measured on them, NaN where it was not. */
export interface SiteRun {
  readonly id: string;
  readonly result: SiteResult;
  readonly gpp: Float64Array;
}

/** Vielsalm 2014: mixed forest, half-hourly, leaf area measured; the table has no rain. */
export function beVie(changes: Partial<SiteRequest> = {}): SiteRun {
  const rows = table('be-vie/merged_BE-Vie_data.csv');
  const result = runSite(rows, { pft: 'MF', latDeg: 50.3, columns: BE_VIE_COLUMNS, ...changes });
  const measured = rows.values.gpp_fluxnet!;
  const gpp = Float64Array.from(result.dates, (_, day) => {
    let sum = 0;
    for (let half = 0; half < 48; half++) sum += measured[48 * day + half]! * HALF_HOUR;
    return sum;
  });
  return { id: 'BE-Vie', result, gpp };
}

/** Puéchabon 2007–2012: evergreen oak, daily; leaf area from fAPAR by Beer's law. */
export function frPue(options?: BepsOptions): SiteRun {
  const rows = table('fr-pue/p_model_drivers_forcing.csv');
  const request = { pft: 'EBF', latDeg: 43.74, columns: FR_PUE_COLUMNS, ...(options ? { options } : {}) };
  const result = runSite(rows, request);
  const validation = table('fr-pue/p_model_validation.csv');
  const byDay = new Map([...validation.time].map((day, i) => [day, validation.values.gpp![i]!]));
  const gpp = Float64Array.from(
    result.dates,
    (date) => byDay.get(Date.parse(date) / 86_400_000) ?? Number.NaN,
  );
  return { id: 'FR-Pue', result, gpp };
}

/** What the headers of the official points say: type, soil by USDA class (clay and silt of its middle), NPP given. */
const POINTS = [
  { id: 'p1', pft: 'CRO', texture: { clay: 34, silt: 56 }, soil: 'silty clay loam' },
  { id: 'p2', pft: 'DBF', texture: { clay: 60, silt: 20 }, soil: 'clay' },
  { id: 'p3', pft: 'OSH', texture: { clay: 20, silt: 40 }, soil: 'loam' },
] as const;

const numbers = (line: string): number[] => line.trim().split(/\s+/).map(Number);

/**
 * The hourly forcing of a point as a table in local time. Its hours are UTC (the sun of 120.5 E rises at hour 0), its
 * humidity is g kg-1 though documents call it %; the year is turned so that it starts at local midnight, and what
 * stands at its end is the end of the same year.
 */
export function pointTable(id: string): {
  table: SiteTable;
  longitude: number;
  latitude: number;
  clumping: number;
} {
  const [longitude, latitude, , clumping] = numbers(text(`beps-site/${id}_data1.txt`).split('\n')[0]!);
  const rows = text(`beps-site/${id}_meteo.txt`).trim().split('\n').map(numbers);
  const lai = numbers(text(`beps-site/${id}_lai.txt`));
  const ahead = Math.round(longitude! / 15);
  const heads = ['time', 'light', 'temp', 'q', 'rain', 'lai', 'pressure'];
  const utc = (row: number) => rows[(row - ahead + rows.length) % rows.length]!;
  const values = Object.fromEntries(heads.map((head) => [head, new Float64Array(rows.length)]));
  for (let row = 0; row < rows.length; row++) {
    const [, , light, temp, q, rain] = utc(row);
    const cells = [0, light!, temp!, q!, rain!, lai[Math.floor(row / 24)]!, 101.325];
    heads.forEach((head, i) => {
      values[head]![row] = cells[i]!;
    });
  }
  const time = Float64Array.from(rows, (_, row) => 14_610 + row / 24); // 2010, a year of 365 days
  return { table: { heads, time, values }, longitude: longitude!, latitude: latitude!, clumping: clumping! };
}

/** A point at rest in its one year of weather. */
export function runPoint(id: 'p1' | 'p2' | 'p3'): { result: SiteResult; givenNpp: number } {
  const { pft, texture } = POINTS.find((point) => point.id === id)!;
  const { table: rows, latitude, clumping } = pointTable(id);
  const result = runSite(rows, {
    pft,
    texture,
    clumping,
    latDeg: latitude,
    co2Ppm: 380,
    columns: {
      temp: column('temp', 'degC'),
      shortwave: column('light', 'W m-2'),
      specificHumidity: column('q', 'g kg-1'),
      pressure: column('pressure', 'kPa'),
      rain: column('rain', 'mm h-1'),
      lai: column('lai', '1'),
    },
  });
  return { result, givenNpp: numbers(text(`beps-site/${id}_data2.txt`).split('\n')[0]!)[1]! };
}

export const SEASONS = {
  year: null,
  winter: [12, 1, 2],
  spring: [3, 4, 5],
  summer: [6, 7, 8],
  autumn: [9, 10, 11],
};

export type Season = keyof typeof SEASONS;

/** How GPP agrees on the days of a season that have a measurement; measured is x. */
export function scoreGpp({ result, gpp }: SiteRun, season: Season): Agreement {
  const months: readonly number[] | null = SEASONS[season];
  const judged = result.dates
    .map((date, day) => ({ day, month: Number(date.slice(5, 7)) }))
    .filter(({ month }) => months === null || months.includes(month))
    .map(({ day }) => day);
  return agreement(
    judged.map((day) => gpp[day]!),
    judged.map((day) => result.gpp[day]!),
  );
}

/** Months of the tower's own file: latent heat as ET, and fluxes, gC m-2 or mm per month's mean day. */
export function frPueMonths(): { et: Agreement; nep: Agreement; reco: Agreement } {
  const rows = table('fr-pue/FLX_FR-Pue_FLUXNET2015_FULLSET_MM_2007-2014_2-3.csv');
  return monthsOf(rows, frPue().result);
}

function monthsOf(rows: SiteTable, result: SiteResult) {
  const { values } = rows;
  const modelled = { et: [] as number[], nep: [] as number[], reco: [] as number[] };
  const measured = { et: [] as number[], nep: [] as number[], reco: [] as number[] };
  for (const [month, days] of byMonth(result)) {
    const row = [...rows.time].findIndex((time) =>
      new Date(time * 86_400_000).toISOString().startsWith(month),
    );
    if (row < 0) continue;
    const mean = (series: Float64Array) => days.reduce((sum, day) => sum + series[day]!, 0) / days.length;
    modelled.et.push(mean(result.et));
    modelled.nep.push(mean(result.nep));
    modelled.reco.push(mean(result.ar) + mean(result.hr));
    measured.et.push((values.LE_F_MDS![row]! * 86_400) / 2.45e6);
    measured.nep.push(-values.NEE_VUT_REF![row]!);
    measured.reco.push(values.RECO_NT_VUT_REF![row]!);
  }
  return {
    et: agreement(measured.et, modelled.et),
    nep: agreement(measured.nep, modelled.nep),
    reco: agreement(measured.reco, modelled.reco),
  };
}

function byMonth({ dates }: SiteResult): Map<string, number[]> {
  const months = new Map<string, number[]>();
  dates.forEach((date, day) => {
    const month = date.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  });
  return months;
}
