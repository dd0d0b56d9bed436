/** Which column of a tower's table is which quantity, in which unit. A unit that nobody says is never guessed. */
import { BadRequest, MissingInput } from '../../errors.ts';

/** Sums over a row: how many rows a day has is the table's. */
const PER_ROW = [Number.NaN, 0] as const;

/** Units by quantity; a factor, or factor and offset, to the first of them. */
const UNITS = {
  temp: { degC: [1, 0], K: [1, -273.15] },
  tempMin: { degC: [1, 0], K: [1, -273.15] },
  tempMax: { degC: [1, 0], K: [1, -273.15] },
  tempDay: { degC: [1, 0], K: [1, -273.15] },
  tempNight: { degC: [1, 0], K: [1, -273.15] },
  shortwave: { 'W m-2': [1, 0], 'MJ m-2 d-1': [1e6 / 86_400, 0], 'J m-2 d-1': [1 / 86_400, 0] },
  ppfd: { 'umol m-2 s-1': [1, 0], 'mol m-2 s-1': [1e6, 0], 'mol m-2 d-1': [1e6 / 86_400, 0] },
  rh: { 1: [1, 0], '%': [0.01, 0] },
  vpd: { kPa: [1, 0], hPa: [0.1, 0], Pa: [0.001, 0] },
  specificHumidity: { 'kg kg-1': [1, 0], 'g kg-1': [0.001, 0] },
  pressure: { kPa: [1, 0], hPa: [0.1, 0], Pa: [0.001, 0] },
  rain: {
    'mm d-1': [1, 0],
    'mm s-1': [86_400, 0],
    'mm h-1': [24, 0],
    'mm 30min-1': [48, 0],
    'mm row-1': PER_ROW,
  },
  lai: { 1: [1, 0] },
  fapar: { 1: [1, 0] },
  co2: { ppm: [1, 0] },
} as const satisfies Record<string, Record<string, readonly [number, number]>>;

export type Quantity = keyof typeof UNITS;

export const QUANTITIES = Object.keys(UNITS) as readonly Quantity[];

/** Units that a quantity may be given in. */
export const unitsOf = (quantity: Quantity): string[] => Object.keys(UNITS[quantity]);

/** A column and its unit. */
export interface Column {
  readonly column: string;
  readonly unit: string;
}

export type ColumnMap = Readonly<Partial<Record<Quantity, Column>>>;

/** FLUXNET2015's heads, whose units are known; rain is the sum over a row, of half an hour or of a day. */
const FLUXNET: ColumnMap = {
  temp: { column: 'TA_F', unit: 'degC' },
  tempDay: { column: 'TA_F_DAY', unit: 'degC' },
  tempNight: { column: 'TA_F_NIGHT', unit: 'degC' },
  shortwave: { column: 'SW_IN_F', unit: 'W m-2' },
  vpd: { column: 'VPD_F', unit: 'hPa' },
  pressure: { column: 'PA_F', unit: 'kPa' },
  co2: { column: 'CO2_F_MDS', unit: 'ppm' },
  rain: { column: 'P_F', unit: 'mm row-1' },
};

/** Columns of this program's own tables: the unit stands in the name. */
const OWN: Readonly<Record<string, readonly [Quantity, string]>> = {
  temp_degC: ['temp', 'degC'],
  temp_min_degC: ['tempMin', 'degC'],
  temp_max_degC: ['tempMax', 'degC'],
  'shortwave_W m-2': ['shortwave', 'W m-2'],
  shortwave_W_m2: ['shortwave', 'W m-2'],
  shortwave_MJ_m2_d: ['shortwave', 'MJ m-2 d-1'],
  ppfd_umol_m2_s: ['ppfd', 'umol m-2 s-1'],
  rh_pct: ['rh', '%'],
  vpd_Pa: ['vpd', 'Pa'],
  vpd_hPa: ['vpd', 'hPa'],
  vpd_kPa: ['vpd', 'kPa'],
  specific_humidity_kg_kg: ['specificHumidity', 'kg kg-1'],
  pressure_Pa: ['pressure', 'Pa'],
  pressure_kPa: ['pressure', 'kPa'],
  rain_mm_d: ['rain', 'mm d-1'],
  lai: ['lai', '1'],
  fapar: ['fapar', '1'],
  co2_ppm: ['co2', 'ppm'],
};

/** `TA [degC]`, `temp (K)`: a head that says its unit. */
const WITH_UNIT = /^(.*?)\s*[[(]([^\])]*)[\])]$/;

/** A head without its unit, and the unit; `undefined` where it says none. */
function splitHead(head: string): { base: string; unit: string } | undefined {
  const match = WITH_UNIT.exec(head);
  return match ? { base: match[1]!, unit: match[2]! } : undefined;
}

/** A column as a caller names it: of the whole head or of what stands before its unit; without a unit, the head's. */
export interface NamedColumn {
  readonly column: string;
  readonly unit?: string;
}

export type NamedColumns = Readonly<Partial<Record<Quantity, NamedColumn>>>;

/**
 * The columns that are read: those that the caller names, then those whose head says the unit.
 *
 * @param heads of the table
 * @throws BadRequest for a column that is not there, or a unit that the quantity does not have
 */
export function findColumns(heads: readonly string[], named: NamedColumns = {}): ColumnMap {
  const found: Partial<Record<Quantity, Column>> = {};
  for (const quantity of QUANTITIES) {
    const name = named[quantity];
    const column = name ? namedColumn(quantity, name, heads) : knownColumn(quantity, heads);
    if (column) found[quantity] = column;
  }
  return found;
}

function knownColumn(quantity: Quantity, heads: readonly string[]): Column | undefined {
  const own = heads.find((head) => OWN[head]?.[0] === quantity);
  if (own) return { column: own, unit: OWN[own]![1] };
  const fluxnet = FLUXNET[quantity];
  if (fluxnet && heads.includes(fluxnet.column)) return fluxnet;
  const spoken = heads.find((head) => {
    const base = splitHead(head)?.base;
    return base !== undefined && (base === quantity || base === fluxnet?.column);
  });
  return spoken === undefined ? undefined : namedColumn(quantity, { column: spoken }, heads);
}

function namedColumn(quantity: Quantity, named: NamedColumn, heads: readonly string[]): Column {
  const field = `columns.${quantity}`;
  const head = heads.includes(named.column)
    ? named.column
    : heads.find((one) => splitHead(one)?.base === named.column);
  if (head === undefined)
    throw new BadRequest(field, `the table has no column "${named.column}". It has ${heads.join(', ')}.`);
  const unit = named.unit ?? splitHead(head)?.unit ?? OWN[head]?.[1];
  const units = unitsOf(quantity).join(', ');
  if (unit === undefined)
    throw new BadRequest(field, `neither you nor the head "${head}" say a unit. Units: ${units}.`);
  if (!(unit in UNITS[quantity])) throw new BadRequest(field, `"${unit}" is no unit of it. Units: ${units}.`);
  return { column: head, unit };
}

/** Factor and offset from a column's unit to the model's. @param perDay rows of a day */
export function toModel(quantity: Quantity, unit: string, perDay: number): readonly [number, number] {
  const found = (UNITS[quantity] as Record<string, readonly [number, number]>)[unit]!;
  return found === PER_ROW ? [perDay, 0] : found;
}

/** Beyond these, in the model's unit, a value is no measurement but a fill: missing. */
const BELIEVABLE: Readonly<Record<Quantity, readonly [number, number]>> = {
  temp: [-95, 65],
  tempMin: [-95, 65],
  tempMax: [-95, 65],
  tempDay: [-95, 65],
  tempNight: [-95, 65],
  shortwave: [-25, 1600],
  ppfd: [-50, 3500],
  rh: [-0.01, 1.5],
  vpd: [-1, 20],
  specificHumidity: [0, 0.1],
  pressure: [30, 120],
  rain: [-0.5, 24 * 500],
  lai: [0, 25],
  fapar: [0, 1],
  co2: [100, 3000],
};

/** What is believed of a quantity, in the model's unit, and that unit. */
export const believed = (quantity: Quantity): { low: number; high: number; unit: string } => {
  const [low, high] = BELIEVABLE[quantity];
  return { low, high, unit: unitsOf(quantity)[0]! };
};

/** A value as it stands in the table, in the model's unit; NaN for a fill. */
export function believable(quantity: Quantity, value: number): number {
  const [low, high] = BELIEVABLE[quantity];
  return value >= low && value <= high ? value : Number.NaN;
}

/** What a run cannot do without: any one of each line. */
const NEEDED: readonly (readonly (readonly Quantity[])[])[] = [
  [['temp'], ['tempMin', 'tempMax'], ['tempDay', 'tempNight']],
  [['shortwave'], ['ppfd']],
  [['rh'], ['vpd'], ['specificHumidity', 'pressure']],
  [['lai'], ['fapar']],
];

/**
 * @param daily whether the table has one row a day: then minimum and maximum temperature must be given
 * @throws MissingInput that names what is missing and what would do
 */
export function checkNeeded(columns: ColumnMap, daily: boolean): void {
  const has = (all: readonly Quantity[]) => all.every((quantity) => columns[quantity]);
  for (const ways of NEEDED) {
    const enough = daily && ways[0]![0] === 'temp' ? ways.slice(1) : ways;
    if (enough.some(has)) continue;
    const wanted = enough.map((all) => all.join(' and ')).join(', or ');
    const [unit, ...others] = unitsOf(enough[0]![0]!);
    throw new MissingInput(
      `The table has no ${wanted}${daily ? ' (it has one row a day)' : ''}. Name its column and unit, e.g. ` +
        `${enough[0]![0]}=COLUMN:${unit}${others.length > 0 ? ` (or ${others.join(', ')})` : ''}.`,
    );
  }
}
