import { UnitMismatch } from '../errors.ts';

/** Units that models declare. CF-legal: carbon is said in the name, never as a `C` that UDUNITS reads as coulomb. */
export type Unit =
  | '1'
  | 'degC'
  | 'MJ m-2 month-1'
  | 'MJ m-2 day-1'
  | 'mm month-1'
  | 'mm day-1'
  | 'mm year-1'
  | 'mm'
  | 'm'
  | 'g m-2 month-1'
  | 'g m-2 day-1'
  | 'g m-2'
  | 'g m-2 year-1'
  | 'g MJ-1'
  | 'month'
  | 'degrees_north'
  | 'ppm'
  | '%'
  | 'kPa';

/** What the stored number of an accumulated quantity means; nobody can see it in the file, so the spec says it. */
export type Accumulation = 'per_day' | 'per_step' | 'monthly_total';

/** `wanted = (stored · factor + offset) · (perDay ? days of the step : 1)`. */
export interface Conversion {
  readonly factor: number;
  readonly offset: number;
  readonly perDay: boolean;
  /** Stored values are amounts of a stored step: a day is their mean times the steps of a day. */
  readonly perStep?: boolean;
}

/** m s-2: geopotential over it is height. @see WMO, standard gravity */
const GRAVITY = 9.806_65;

const same: Conversion = { factor: 1, offset: 0, perDay: false };
const times = (factor: number): Conversion => ({ factor, offset: 0, perDay: false });
const perDay = (factor: number): Conversion => ({ factor, offset: 0, perDay: true });

/** Spellings met in files, by the one that is used here. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '': '1',
  '-': '1',
  unitless: '1',
  dimensionless: '1',
  ndvi: '1',
  kelvin: 'K',
  degree_celsius: 'degC',
  degrees_celsius: 'degC',
  celsius: 'degC',
  '°c': 'degC',
  c: 'degC',
  'j m**-2': 'J m-2',
  'j/m^2': 'J m-2',
  'j/m2': 'J m-2',
  'mj m**-2': 'MJ m-2',
  'w m**-2': 'W m-2',
  'w/m2': 'W m-2',
  'w/m^2': 'W m-2',
  'm of water equivalent': 'm',
  'm**2 s**-2': 'm2 s-2',
  'm^2 s^-2': 'm2 s-2',
  'kg m-2': 'mm',
  'kg m**-2': 'mm',
  'kg m-2 day-1': 'mm day-1',
  'kg m-2 d-1': 'mm day-1',
  'mm d-1': 'mm day-1',
  'mm/day': 'mm day-1',
  'mm/month': 'mm month-1',
  'j m-2 d-1': 'J m-2 day-1',
  'j m-2 day-1': 'J m-2 day-1',
  'mj m-2 d-1': 'MJ m-2 day-1',
  'mj m-2 day-1': 'MJ m-2 day-1',
  'g m-2 yr-1': 'g m-2 year-1',
  'kg m-2 yr-1': 'kg m-2 year-1',
  'm2 m-2': '1',
  'm2/m2': '1',
  'm^2/m^2': '1',
  'm2 m**-2': '1',
  'm**2 m**-2': '1',
  'kg kg-1': '1',
  'kg/kg': '1',
  'kg kg**-1': '1',
  percent: '%',
  '1e-6': 'ppm',
  ppmv: 'ppm',
  'umol mol-1': 'ppm',
  'micromol mol-1': 'ppm',
  pascal: 'Pa',
  pa: 'Pa',
  hpa: 'hPa',
  mbar: 'hPa',
  millibar: 'hPa',
  kpa: 'kPa',
  'kg m**-2 s**-1': 'kg m-2 s-1',
  degrees_n: 'degrees_north',
};

/** Rates and totals that say their own period. */
const EXPLICIT: Readonly<Record<Unit, Readonly<Record<string, Conversion>>>> = {
  '1': { '1': same, '%': times(0.01), 'g kg-1': times(0.001) },
  degC: { degC: same, K: { factor: 1, offset: -273.15, perDay: false } },
  'MJ m-2 month-1': { 'MJ m-2 month-1': same, 'MJ m-2 day-1': perDay(1), 'W m-2': perDay(0.0864) },
  'MJ m-2 day-1': {
    'MJ m-2 day-1': same,
    'J m-2 day-1': times(1e-6),
    'J m-2 s-1': times(0.0864),
    'W m-2': times(0.0864),
  },
  'mm month-1': { 'mm month-1': same, 'mm day-1': perDay(1), 'kg m-2 s-1': perDay(86_400) },
  'mm day-1': { 'mm day-1': same, 'mm s-1': times(86_400), 'kg m-2 s-1': times(86_400) },
  'mm year-1': { 'mm year-1': same },
  mm: { mm: same },
  m: { m: same, km: times(1000), 'm2 s-2': times(1 / GRAVITY) },
  'g m-2 month-1': { 'g m-2 month-1': same, 'g m-2 day-1': perDay(1), 'kg m-2 s-1': perDay(8.64e7) },
  'g m-2 day-1': { 'g m-2 day-1': same, 'kg m-2 s-1': times(8.64e7) },
  'g m-2': { 'g m-2': same, 'kg m-2': times(1000) },
  'g m-2 year-1': { 'g m-2 year-1': same, 'kg m-2 year-1': times(1000) },
  'g MJ-1': { 'g MJ-1': same },
  month: { month: same },
  degrees_north: { degrees_north: same },
  ppm: { ppm: same },
  '%': { '%': same, '1': times(100), 'g kg-1': times(0.1) },
  kPa: { kPa: same, Pa: times(0.001), hPa: times(0.1) },
};

/** Amounts over a period that only the spec can name. */
const ACCUMULATED: Partial<Readonly<Record<Unit, Readonly<Record<string, number>>>>> = {
  'MJ m-2 month-1': { 'J m-2': 1e-6, 'MJ m-2': 1 },
  'MJ m-2 day-1': { 'J m-2': 1e-6, 'MJ m-2': 1 },
  'mm month-1': { m: 1000, mm: 1 },
  'mm day-1': { m: 1000, mm: 1 },
};

const spell = (unit: string): string => SPELLINGS[unit.trim().toLowerCase()] ?? unit.trim();

/**
 * The conversion from a stored unit to a model's, found while planning.
 * @throws UnitMismatch for a pair that is not known, or an amount whose period is not said
 */
export function conversion(
  variable: string,
  found: string,
  wanted: Unit,
  accumulation?: Accumulation,
): Conversion {
  const unit = spell(found);
  const amount = ACCUMULATED[wanted]?.[unit];
  if (amount !== undefined) return ofAmount(variable, found, wanted, amount, accumulation);
  const direct = EXPLICIT[wanted][unit];
  if (!direct) throw new UnitMismatch(variable, found, wanted);
  return direct;
}

function ofAmount(
  variable: string,
  found: string,
  wanted: Unit,
  amount: number,
  accumulation: Accumulation | undefined,
): Conversion {
  const daily = wanted.endsWith('day-1');
  if (daily && accumulation === 'per_step') return { ...times(amount), perStep: true };
  if (daily && accumulation === 'per_day') return times(amount);
  if (!daily && accumulation === 'per_day') return perDay(amount);
  if (!daily && accumulation === 'monthly_total') return times(amount);
  throw new UnitMismatch(
    variable,
    found,
    wanted,
    daily
      ? 'An amount needs its period: say accumulation: per_step (the amount since the step before, as in ERA5) or per_day.'
      : 'An amount needs its period: say accumulation: per_day (Climate Data Store monthly means) or monthly_total (Earth Engine *_sum bands).',
  );
}

/** Applies a conversion to one stored value; `days` is the true length of the step. */
export function convert(stored: number, { factor, offset, perDay }: Conversion, days: number): number {
  const value = stored * factor + offset;
  return perDay ? value * days : value;
}
