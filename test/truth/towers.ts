/**
 * CASA NPP and NEP at flux towers, driven by the towers' own climate, and what the towers measured. No calibration:
 * every parameter is a default of spec casa.md, but the source of W where no potential evaporation is measured.
 */
import { existsSync, readFileSync } from 'node:fs';
import { daysInMonth } from '../../lib/grid/calendar.ts';
import { composeMonths } from '../../lib/science/casa/composite.ts';
import { typeIndex, type VegetationType } from '../../lib/science/landcover/classes.ts';
import type { Prepared, Shape } from '../../lib/science/model.ts';
import { casaNep } from '../../lib/science/models.ts';

const SHARED = new URL('../../../shared/data/', import.meta.url);

export const haveTowers = existsSync(new URL('towers/', SHARED));

interface Site {
  readonly id: string;
  readonly type: VegetationType;
  readonly file: string;
  readonly params: object;
  /** Where greenness and wetness come from. */
  readonly canopy: 'modis' | 'rsofun';
}

/** W with E from the measured latent heat and EP by the complementary relation, (E + Thornthwaite)/2. */
const tower = (id: string, type: VegetationType, years: string): Site => ({
  id,
  type,
  file: `towers/FLX_${id}_FLUXNET2015_SUBSET_MM_${years}_1-4.csv`,
  params: { water: { mode: 'hybrid' } },
  canopy: 'modis',
});

/** Sites with NDVI (MOD13A1), and Puéchabon with a given FPAR and another model's AET and PET for W. */
export const SITES: readonly Site[] = [
  tower('AT-Neu', 'grass', '2002-2012'),
  tower('CH-Oe2', 'crop', '2004-2014'),
  tower('DE-Obe', 'enf', '2008-2014'),
  tower('IT-Col', 'dbf', '1996-2014'),
  {
    id: 'FR-Pue',
    type: 'ebf',
    file: 'fr-pue/FLX_FR-Pue_FLUXNET2015_FULLSET_MM_2007-2014_2-3.csv',
    params: { fpar: { mode: 'product' }, water: { mode: 'era5l' } },
    canopy: 'rsofun',
  },
];

type Row = Readonly<Record<string, string>>;

function readCsv(path: string): Row[] {
  const [head, ...lines] = readFileSync(new URL(path, SHARED), 'utf8').trim().split(/\r?\n/);
  const cells = (line: string) => line.split(',').map((cell) => cell.replaceAll('"', ''));
  const names = cells(head!);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i]!, cell])));
}

const MISSING = -9999;

function value(row: Row | undefined, name: string): number {
  const number = Number(row?.[name] ?? Number.NaN);
  return number === MISSING ? Number.NaN : number;
}

/** MJ m-2 of a month from W m-2. */
const megajoules = (watt: number, days: number): number => watt * 0.0864 * days;

/** Latent heat of vaporisation, J kg-1. */
const VAPORISATION = 2.45e6;

/** Months of a year, arrays of one cell. */
interface Canopy {
  readonly inputs: Record<string, Float64Array | Uint8Array>;
}

/** Monthly NDVI from the 16-day composites that start in the year: maximum value, lenient. */
function modisCanopy(site: Site, year: number): Canopy {
  const own = readCsv('towers/MOD13A1_ndvi.csv').filter(
    (row) => row.site === site.id && row.date!.startsWith(`${year}-`),
  );
  const january1 = Date.UTC(year, 0, 1);
  const stack = {
    year,
    period: 16,
    startDoy: own.map((row) => (Date.parse(`${row.date}T00:00:00Z`) - january1) / 86_400_000 + 1),
    values: Float64Array.from(own, (row) => value(row, 'NDVI') * 1e-4),
    reliability: own.map((row) => value(row, 'SummaryQA')),
  };
  const ndvi = new Float64Array(12);
  const ndviFlags = new Uint8Array(12);
  composeMonths(stack, 1, { method: 'mvc', qa: 'lenient' }, ndvi, ndviFlags);
  return { inputs: { ndvi, ndviFlags } };
}

/** Monthly FPAR (mean), AET and PET (sums) of a daily file that has no 29 February. */
function rsofunCanopy(year: number): Canopy {
  const daily = readCsv('fr-pue/rsofun_FR-Pue_p_model_output.csv');
  const sums = { fapar: new Float64Array(12), aet: new Float64Array(12), pet: new Float64Array(12) };
  const count = new Float64Array(12);
  for (const row of daily) {
    if (!row.date!.startsWith(`${year}-`)) continue;
    const month = Number(row.date!.slice(5, 7)) - 1;
    count[month]! += 1;
    for (const [name, sum] of Object.entries(sums)) sum[month]! += value(row, name);
  }
  const whole = (sum: Float64Array, of: (mean: number, days: number) => number) =>
    sum.map((total, m) => {
      const days = daysInMonth(year, m + 1);
      const lacking = days - count[m]!;
      return lacking <= (days === 29 ? 1 : 0) ? of(total / count[m]!, days) : Number.NaN;
    });
  return {
    inputs: {
      fpar: whole(sums.fapar, (mean) => mean),
      evaporation: whole(sums.aet, (mean, days) => mean * days),
      potentialEvaporation: whole(sums.pet, (mean, days) => mean * days),
    },
  };
}

const climateNames = ['TA_F', 'SW_IN_F', 'P_F', 'LE_F_MDS'] as const;

/** Inputs of one year at one tower. */
function inputsOf(site: Site, rows: readonly (Row | undefined)[], year: number) {
  const monthly = (name: (typeof climateNames)[number], convert: (stored: number, days: number) => number) =>
    Float64Array.from({ length: 12 }, (_, m) => convert(value(rows[m], name), daysInMonth(year, m + 1)));
  const canopy = site.canopy === 'modis' ? modisCanopy(site, year) : rsofunCanopy(year);
  return {
    temperature: monthly('TA_F', (celsius) => celsius),
    solar: monthly('SW_IN_F', megajoules),
    precipitation: monthly('P_F', (perDay, days) => perDay * days),
    evaporation: monthly('LE_F_MDS', (watt, days) => Math.max(0, (watt * 86_400 * days) / VAPORISATION)),
    vegtype: Uint8Array.of(typeIndex(site.type)),
    ...canopy.inputs,
  };
}

export type Season = 'winter' | 'spring' | 'summer' | 'autumn';

/** One month that was measured, modelled or both, gC m-2 month-1. */
export interface TowerMonth {
  readonly year: number;
  readonly month: number;
  readonly season: Season;
  readonly npp: number;
  readonly nep: number;
  /** Half of the measured GPP, which stands for NPP. */
  readonly halfGpp: number;
  /** NEP as measured: −NEE. */
  readonly measuredNep: number;
  /** Why the month is left out of the scores. */
  readonly dropped?: string;
}

const seasonOf = (month: number): Season =>
  (['winter', 'spring', 'summer', 'autumn'] as const)[Math.floor((month % 12) / 3)]!;

/** Below this share of measured or well-filled half hours a month is not called measured. */
const MIN_QUALITY = 0.5;

function whyDropped(
  row: Row | undefined,
  inputs: ReturnType<typeof inputsOf>,
  m: number,
  npp: number,
): string | undefined {
  const { ndvi, fpar } = inputs as { ndvi?: Float64Array; fpar?: Float64Array };
  if (!(value(row, 'NEE_VUT_REF_QC') >= MIN_QUALITY)) return 'flux measured for less than half of the month';
  if (Number.isNaN((ndvi ?? fpar)![m]!)) return ndvi ? 'no NDVI' : 'no FPAR';
  return Number.isNaN(npp) ? 'no model value' : undefined;
}

type Params = ReturnType<typeof casaNep.params.parse>;

/** Rows of the twelve months of a year. */
const monthsOf = (rows: ReadonlyMap<string, Row>, year: number): (Row | undefined)[] =>
  Array.from({ length: 12 }, (_, m) => rows.get(`${year}${String(m + 1).padStart(2, '0')}`));

const rowsOf = (site: Site): Map<string, Row> =>
  new Map(readCsv(site.file).map((row) => [row.TIMESTAMP!, row]));

const shapeOf = (year: number): Shape => ({
  cells: 1,
  steps: Array.from({ length: 12 }, (_, m) => ({ year, month: m + 1, days: daysInMonth(year, m + 1) })),
});

/** The NDVI limits that a year of a site is computed with, by type. */
export function limitsOf(site: Site, year: number): Record<string, { source: string; samples: number }> {
  const inputs = inputsOf(site, monthsOf(rowsOf(site), year), year);
  const params = casaNep.params.parse(site.params);
  return prepare(shapeOf(year), inputs, params).limits as Record<string, { source: string; samples: number }>;
}

/** Runs all years of a site in order, the wetness of December going on in January. */
export function runSite(site: Site): TowerMonth[] {
  const rows = rowsOf(site);
  const years = [...new Set([...rows.keys()].map((stamp) => Number(stamp.slice(0, 4))))].sort();
  const params = casaNep.params.parse(site.params);
  const state = { wetness: Float64Array.of(Number.NaN) };
  return years.flatMap((year) => runYear(site, monthsOf(rows, year), year, params, state));
}

function runYear(
  site: Site,
  rows: readonly (Row | undefined)[],
  year: number,
  params: Params,
  state: Record<string, Float64Array>,
): TowerMonth[] {
  const shape = shapeOf(year);
  const inputs = inputsOf(site, rows, year);
  const output = { npp: new Float64Array(12), nep: new Float64Array(12) };
  casaNep.computeChunk(shape, inputs, params, prepare(shape, inputs, params), state, output);
  return shape.steps.map(({ month, days }, m) => {
    const dropped = whyDropped(rows[m], inputs, m, output.npp[m]!);
    return {
      year,
      month,
      season: seasonOf(month),
      npp: output.npp[m]!,
      nep: output.nep[m]!,
      halfGpp: 0.5 * value(rows[m], 'GPP_NT_VUT_REF') * days,
      measuredNep: -value(rows[m], 'NEE_VUT_REF') * days,
      ...(dropped ? { dropped } : {}),
    };
  });
}

/** The statistics of the "region", one pixel of one year: twelve samples, so the model falls back to its table. */
function prepare(shape: Shape, inputs: Record<string, Float64Array | Uint8Array>, params: Params): Prepared {
  const { length, count, finish } = casaNep.prepare!;
  const counts = new Float64Array(length(params));
  if (counts.length > 0) count(shape, inputs, params, counts);
  return finish(counts, params);
}
