/** The pure core of a site run: a tower's table in, days out. */
import { BadRequest, MissingInput } from '../../errors.ts';
import { isoDate } from '../../grid/calendar.ts';
import type { PftOverrides } from '../pft.ts';
import { dayNumbers, runBlock } from './block.ts';
import { makeWeather } from './day.ts';
import {
  checkForcing,
  countRepairs,
  FLAG,
  type Forcing,
  makeRepairs,
  type Repairs,
  RULES,
  readDay,
} from './forcing.ts';
import { type BepsOptions, DEFAULT_OPTIONS } from './params.ts';
import { findColumns, type NamedColumns } from './site-columns.ts';
import { type DayOptions, daysOfTable, type SiteDays } from './site-days.ts';
import { assumptions, repairNotes } from './site-notes.ts';
import type { SiteTable } from './site-table.ts';
import { type SpinUp, spinUp } from './spin-up.ts';
import { AT, STATE_LENGTH } from './state.ts';
import { firstState, makeTile, type Place, type Texture, type Tile, YEAR_DAYS } from './tile.ts';

export interface SiteRequest extends DayOptions {
  readonly pft: string;
  readonly latDeg: number;
  /** Of all layers, or the usual texture where it is not known. */
  readonly texture?: Texture;
  readonly clumping?: number;
  /** Mean air temperature of many years, degC; the table's own mean unless given. */
  readonly meanTempC?: number;
  readonly columns?: NamedColumns;
  readonly options?: BepsOptions;
  readonly overrides?: PftOverrides;
  /** Carbon at rest in the table's whole years; without, only GPP, ET and soil water are told. */
  readonly spinUp?: boolean;
}

/** Daily series of a result, gC m-2 d-1, mm d-1, 1. */
export const SITE_SERIES = ['gpp', 'ar', 'npp', 'hr', 'nep', 'et', 'waterScalar'] as const;

export type SiteSeries = (typeof SITE_SERIES)[number];

/** Of a year's sums only years with every day count. */
export interface SiteYear {
  readonly year: number;
  readonly days: number;
  readonly gpp: number;
  readonly npp: number;
  readonly hr: number;
  readonly nep: number;
  readonly et: number;
}

export interface SiteResult extends Readonly<Record<SiteSeries, Float64Array>> {
  /** `2014-01-31`, without 29 February. */
  readonly dates: readonly string[];
  readonly flag: Uint8Array;
  /** State at the end of each day, `[day][STATE_NAMES]`. */
  readonly states: Float64Array;
  readonly years: readonly SiteYear[];
  readonly repairs: Repairs;
  readonly leapDays: number;
  readonly absent: number;
  readonly spunUp?: SpinUp;
  /** What was assumed, in sentences for people. */
  readonly notes: readonly string[];
}

/**
 * Runs BEPS at a site.
 *
 * @param table of `readSiteTable`
 * @throws BadRequest, MissingInput, CorruptInput that name the column, type or day
 */
export function runSite(table: SiteTable, request: SiteRequest): SiteResult {
  checkPlace(request);
  const columns = findColumns(table.heads, request.columns);
  const days = daysOfTable(table, columns, request);
  checkForcing(days.forcing);
  checkCo2(days.forcing);
  const place = placeOf(request, days.forcing);
  const tileOf = (options: BepsOptions) => makeTile(place, request.pft, options, request.overrides);
  const options = request.options ?? DEFAULT_OPTIONS;
  const rooted = tileOf(options);
  const notes = assumptions({ ...request, columns }, days, place, rooted);
  const rested = rooted ? restIn(rooted, request, days, notes) : undefined;
  const tile = rested ? rooted : tileOf({ ...options, nitrogen: 'fixed' }); // pools that are not there limit nothing
  const outputs = emptyOutputs(days);
  const state = rested?.state.slice() ?? (tile ? firstState(tile) : new Float64Array(STATE_LENGTH));
  const repairs = runAll(tile, days, state, outputs);
  if (tile && !rested) hideCarbon(outputs, repairs);
  notes.push(...repairNotes(repairs, days));
  return {
    ...outputs,
    dates: [...days.days].map(isoDate),
    years: sumYears(days.days, outputs),
    repairs,
    leapDays: days.leapDays,
    absent: days.absent,
    ...(rested ? { spunUp: rested } : {}),
    notes,
  };
}

function checkPlace({ latDeg }: SiteRequest): void {
  if (!(Math.abs(latDeg) <= 90)) throw new BadRequest('latDeg', `${latDeg} is no latitude; give −90 to 90.`);
}

function checkCo2({ co2Ppm }: Forcing): void {
  if (!co2Ppm.some((value) => value > 0))
    throw new MissingInput('The table has no co2. Name its column in ppm, or give one value for all days.');
}

function placeOf({ latDeg, texture, clumping, meanTempC }: SiteRequest, forcing: Forcing): Place {
  const none: Texture = { clay: Number.NaN, silt: Number.NaN };
  return {
    latDeg,
    meanTempC: meanTempC ?? meanTemp(forcing),
    topsoil: texture ?? none,
    subsoil: texture ?? none,
    ...(clumping === undefined ? {} : { clumping }),
  };
}

/** Mean of the daily means, of believable days. */
function meanTemp({ tempMinC, tempMaxC }: Forcing): number {
  let sum = 0;
  let n = 0;
  const [coldest, hottest] = RULES.tempMinC.believable;
  for (let t = 0; t < tempMinC.length; t++) {
    const mean = 0.5 * (tempMinC[t]! + tempMaxC[t]!);
    if (!(mean > coldest && mean < hottest)) continue;
    sum += mean;
    n++;
  }
  if (n === 0) throw new MissingInput('The table has no day with a temperature.');
  return sum / n;
}

/** The table's whole years, repeated until the tile is at rest. */
function restIn(tile: Tile, { spinUp: wanted = true }: SiteRequest, days: SiteDays, notes: string[]) {
  if (!wanted) return undefined;
  const cycle = wholeYears(days.forcing);
  if (cycle.days === 0) {
    notes.push('The table has no whole year: no spin-up, hence no AR, NPP, HR and NEP.');
    return undefined;
  }
  if (!days.hasRain) {
    notes.push('Without rain there is no water balance to spin up: no AR, NPP, HR and NEP.');
    return undefined;
  }
  const rested = spinUp(tile, cycle);
  notes.push(
    `Carbon is at rest in the table's ${cycle.days / YEAR_DAYS} whole years, repeated for ${rested.years} years ` +
      `(NEP of the last decade ${rested.lastDecadeNep.toFixed(2)} gC m-2 yr-1).`,
  );
  return rested;
}

/** The stretch of a forcing from the first 1 January to the last 31 December. */
function wholeYears(forcing: Forcing): Forcing {
  const first = forcing.doy.indexOf(1);
  const last = forcing.doy.lastIndexOf(YEAR_DAYS);
  const to = last + 1;
  const from = first < 0 || first > to ? to : first;
  const cut = (values: Float64Array) => values.subarray(from, to);
  return {
    ...forcing,
    days: to - from,
    tempMinC: cut(forcing.tempMinC),
    tempMaxC: cut(forcing.tempMaxC),
    shortwaveMJ: cut(forcing.shortwaveMJ),
    humidity: cut(forcing.humidity),
    rainMm: cut(forcing.rainMm),
    lai: cut(forcing.lai),
    co2Ppm: cut(forcing.co2Ppm),
    extraDeposition: cut(forcing.extraDeposition),
    doy: forcing.doy.subarray(from, to),
  };
}

type Outputs = ReturnType<typeof emptyOutputs>;

function emptyOutputs({ days }: SiteDays) {
  const n = days.length;
  const series = () => new Float64Array(n).fill(Number.NaN);
  return {
    gpp: series(),
    ar: series(),
    npp: series(),
    hr: series(),
    nep: series(),
    et: series(),
    waterScalar: series(),
    flag: new Uint8Array(n),
    states: new Float64Array(n * STATE_LENGTH),
  };
}

/** All days; without rain, every day starts from field capacity. @returns how often what was done to the forcing */
function runAll(
  tile: Tile | undefined,
  { forcing, hasRain }: SiteDays,
  state: Float64Array,
  outputs: Outputs,
): Repairs {
  if (!tile) return runNothing(forcing, outputs);
  const { flag: flags, states, ...sums } = outputs;
  for (const name of SITE_SERIES) sums[name].fill(0);
  return runBlock(
    { tiles: [tile], columns: [0], states: state },
    { ...forcing, columns: 1 },
    { periods: dayNumbers(forcing.days), sums, flags, states },
    { moist: !hasRain },
  );
}

/** Land without plants: no flux, but on days whose weather is not known. */
function runNothing(forcing: Forcing, outputs: Outputs): Repairs {
  const repairs = makeRepairs();
  const weather = makeWeather();
  for (let day = 0; day < forcing.days; day++) {
    const flag = readDay(forcing, day, weather);
    countRepairs(flag, repairs);
    outputs.flag[day] = flag;
    for (const name of SITE_SERIES) outputs[name][day] = flag & FLAG.gap ? Number.NaN : 0;
  }
  return repairs;
}

/** Pools that nobody spun up say nothing. */
function hideCarbon(outputs: Outputs, repairs: Repairs): void {
  repairs.clamped = 0;
  for (let t = 0; t < outputs.flag.length; t++) outputs.flag[t]! &= ~FLAG.clamped;
  for (const name of ['ar', 'npp', 'hr', 'nep'] as const) outputs[name].fill(Number.NaN);
  for (let at = 0; at < outputs.states.length; at += STATE_LENGTH)
    outputs.states.fill(Number.NaN, at + AT.biomass, at + STATE_LENGTH);
}

function sumYears(
  days: Int32Array,
  series: Pick<SiteResult, 'gpp' | 'npp' | 'hr' | 'nep' | 'et'>,
): SiteYear[] {
  const years: SiteYear[] = [];
  let from = 0;
  while (from < days.length) {
    const year = Number(isoDate(days[from]!).slice(0, 4));
    let to = from;
    while (to < days.length && Number(isoDate(days[to]!).slice(0, 4)) === year) to++;
    const sum = (values: Float64Array) =>
      values.subarray(from, to).reduce((total, value) => total + value, 0);
    years.push({
      year,
      days: to - from,
      gpp: sum(series.gpp),
      npp: sum(series.npp),
      hr: sum(series.hr),
      nep: sum(series.nep),
      et: sum(series.et),
    });
    from = to;
  }
  return years;
}

/** Whether a day of a result has fluxes. */
export const isWhole = (flag: number): boolean => (flag & FLAG.gap) === 0;
