import { titleInPicture, unitsInPicture } from './carbon-units.ts';
import { classColors } from './class-colors.ts';
import { type ColorTable, lutColors, lutOf, type RampName, rampIndex, tableOf } from './ramp.ts';
import { centredScale, niceScale, niceTicks, type Scale, tickLabels } from './ticks.ts';
import { extremes, percentile, sortedSample } from './value-range.ts';

/** What a legend needs to know of a variable; an `OutputVariable` of a model is one, with its name. */
export interface LegendVariable {
  readonly name: string;
  readonly title: string;
  /** As stored: `g m-2 month-1`. */
  readonly units: string;
  readonly flags?: {
    readonly values?: readonly number[];
    readonly masks?: readonly number[];
    readonly meanings: readonly string[];
  };
}

export interface Swatch {
  readonly value: number;
  /** First value that is not of the class any more; absent where `value` is its only one. */
  readonly to?: number;
  readonly label: string;
  readonly color: string;
}

interface LegendFacts {
  readonly variable: string;
  readonly title: string;
  /** As in a picture: `g C m⁻² yr⁻¹`; empty for a pure number. */
  readonly units: string;
  readonly nodata: { readonly label: string; readonly color: string };
  readonly note?: string;
}

/** Colours of a continuous field, `#rrggbb` or `#rrggbbaa`: `colors[i]` from `low + i/256 (high - low)` up; the ends go on beyond the range. */
export interface RampLegend extends LegendFacts {
  readonly kind: 'ramp';
  /** `custom` where the colours were given, and are no ramp that has a name. */
  readonly ramp: RampName | 'custom';
  readonly range: readonly [low: number, high: number];
  readonly colors: readonly string[];
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** Whether values below or above the range were seen. */
  readonly below: boolean;
  readonly above: boolean;
}

export interface ClassLegendTable extends LegendFacts {
  readonly kind: 'classes';
  readonly classes: readonly Swatch[];
}

/** Plain JSON: pictures, tiles and the API draw from the same table. */
export type Legend = RampLegend | ClassLegendTable;

export const NODATA_COLOR = '#d9dde1';

interface Style {
  readonly ramp: RampName;
  /** Both ends are equally far from 0, which has the middle colour. */
  readonly centred?: true;
  /** Starts at 0 even when all values are larger. */
  readonly fromZero?: true;
  /** From 0 to 1, also where all values are the same. */
  readonly share?: true;
  readonly note?: string;
  /** Short name that the field knows. */
  readonly symbol?: string;
}

const STYLES: Readonly<Record<string, Style>> = {
  npp: { ramp: 'production', fromZero: true, symbol: 'NPP' },
  gpp: { ramp: 'production', fromZero: true, symbol: 'GPP' },
  rh: { ramp: 'respiration', fromZero: true, symbol: 'RH' },
  ra: { ramp: 'respiration', fromZero: true, symbol: 'Ra' },
  nep: { ramp: 'balance', centred: true, note: 'positive: uptake by land', symbol: 'NEP' },
  ratio: { ramp: 'ratio', fromZero: true, symbol: 'RH / NPP' },
  ndvi: { ramp: 'production' },
  fpar: { ramp: 'production', fromZero: true },
  lai: { ramp: 'production', fromZero: true },
  lswi: { ramp: 'water' },
  we: { ramp: 'water' },
  wetness: { ramp: 'water' },
  precipitation: { ramp: 'water', fromZero: true },
  evaporation: { ramp: 'water', fromZero: true },
  et: { ramp: 'water', fromZero: true, symbol: 'ET' },
  runoff: { ramp: 'water', fromZero: true },
  biomass: { ramp: 'production', fromZero: true },
  soil: { ramp: 'respiration', fromZero: true },
  temperature: { ramp: 'heat' },
  topt: { ramp: 'heat' },
  t2m: { ramp: 'heat' },
  tp: { ramp: 'water', fromZero: true },
  landcover_valid: { ramp: 'plain', share: true },
};

const VARIANT = new RegExp(`^(${Object.keys(STYLES).join('|')})(?:_(?:a|d|annual))?(?:_[a-z0-9]+)?$`);

/** Fluxes of a day, of a year and of one vegetation type (`nep_a_enf`) look like those of the month. */
const styleOf = (name: string): Style => {
  const [, quantity] = VARIANT.exec(name.toLowerCase()) ?? [];
  return (quantity !== undefined && STYLES[quantity]) || { ramp: 'plain' };
};

export interface LegendOptions {
  /** Range to show instead of the one found in the values. */
  readonly range?: readonly [number, number];
  readonly ramp?: RampName;
  /** Colours to show instead of those of a ramp: 256 of them, low to high. */
  readonly colors?: readonly string[];
  /** Classes to show, whatever the variable is. */
  readonly classes?: readonly Swatch[];
}

/**
 * The legend of a field: classes for flags, else a ramp over the 2nd to 98th percentile widened to round numbers, so
 * that a few odd pixels do not wash out the map.
 *
 * @param fields the cells of all maps that it is for, NaN = no data
 */
export function legendOf(
  variable: LegendVariable,
  fields: readonly ArrayLike<number>[],
  options: LegendOptions = {},
): Legend {
  const { name } = variable;
  const style = styleOf(name);
  const facts = {
    variable: name,
    title: style.symbol ?? titleInPicture(variable.title, variable.units),
    // A mass is carbon unless its name says what else it is.
    units: variable.name.startsWith('nitrogen')
      ? unitsInPicture(variable.units, false)
      : unitsInPicture(variable.units),
    nodata: { label: 'no data', color: NODATA_COLOR },
    ...(style.note ? { note: style.note } : {}),
  };
  if (options.classes) return { ...facts, kind: 'classes', classes: options.classes };
  if (variable.flags) return { ...facts, kind: 'classes', classes: swatches(variable, fields) };
  const seen = extremes(fields);
  if (!seen && !options.range) return { ...facts, kind: 'classes', classes: [], note: 'no value anywhere' };
  const ramp = options.colors ? 'custom' : (options.ramp ?? style.ramp);
  const { range, ticks } = options.range ? givenScale(options.range) : robustScale(fields, style);
  const labels = tickLabels(ticks);
  return {
    ...facts,
    kind: 'ramp',
    ramp,
    range,
    colors: options.colors ?? lutColors(lutOf(options.ramp ?? style.ramp)),
    ticks: ticks.map((value, i) => ({ value, label: labels[i]! })),
    below: seen !== undefined && seen[0] < range[0],
    above: seen !== undefined && seen[1] > range[1],
  };
}

const givenScale = (range: readonly [number, number]): Scale => ({ range, ticks: niceTicks(...range) });

function robustScale(fields: readonly ArrayLike<number>[], { centred, fromZero, share }: Style): Scale {
  if (share) return niceScale(0, 1);
  const sorted = sortedSample(fields);
  const [low, high] = [percentile(sorted, 0.02), percentile(sorted, 0.98)];
  if (centred) return centredScale(Math.max(Math.abs(low), Math.abs(high)));
  return niceScale(fromZero && low >= 0 ? 0 : low, high);
}

/** From Paul Tol's medium-contrast colours: told apart by every eye and in grey, and pale enough for names on them. */
const BALANCE_COLORS: Readonly<Record<number, string>> = { 0: '#6699cc', 1: '#eecc66', 2: '#994455' };
function swatches({ name, flags }: LegendVariable, fields: readonly ArrayLike<number>[]): Swatch[] {
  if (/^flag/.test(name)) {
    const values = Object.keys(BALANCE_COLORS).map(Number);
    return values.map((value) => ({ value, label: BALANCE_LABELS[value]!, color: BALANCE_COLORS[value]! }));
  }
  const seen = [...distinct(fields)].sort((a, b) => a - b);
  const meanings = (flags?.meanings ?? []).map((meaning) => meaning.replaceAll('_', ' '));
  const labels = flags?.values
    ? new Map(flags.values.map((value, i) => [value, meanings[i] ?? String(value)]))
    : new Map(seen.map((value) => [value, maskLabel(value, flags?.masks ?? [], meanings)]));
  const colors = classColors([...labels.values()]);
  const all = [...labels].map(([value, label], i) => ({ value, label, color: colors[i]! }));
  return all.filter(({ value }) => seen.includes(value));
}

const BALANCE_LABELS: Readonly<Record<number, string>> = {
  0: 'sink (RH up to 80 % of NPP)',
  1: 'at risk (80 to 100 %)',
  2: 'source (RH at or above NPP)',
};

function distinct(fields: readonly ArrayLike<number>[]): Set<number> {
  const seen = new Set<number>();
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) if (Number.isFinite(field[i])) seen.add(field[i]!);
  }
  return seen;
}

/** Bits can be set together: every combination that occurs is a class of its own. */
function maskLabel(value: number, masks: readonly number[], meanings: readonly string[]): string {
  const set = masks.flatMap((mask, m) => (mask > 0 && (value & mask) === mask ? (meanings[m] ?? mask) : []));
  return set.join(' + ') || 'none';
}

/** Red, green, blue and alpha of every value; transparent where there is none. */
export function paint(values: ArrayLike<number>, legend: Legend): Uint8Array {
  const out = new Uint8Array(4 * values.length);
  const colorOf = legend.kind === 'ramp' ? rampPainter(legend) : classPainter(legend);
  for (let i = 0; i < values.length; i++) colorOf(values[i]!, out, 4 * i);
  return out;
}

type Painter = (value: number, out: Uint8Array, at: number) => void;

function rampPainter(legend: RampLegend): Painter {
  const { colors, alphas } = colorTable(legend);
  return (value, out, at) => {
    if (!Number.isFinite(value)) return;
    const i = rampIndex(value, legend.range);
    out[at] = colors[3 * i]!;
    out[at + 1] = colors[3 * i + 1]!;
    out[at + 2] = colors[3 * i + 2]!;
    out[at + 3] = alphas[i]!;
  };
}

function classPainter(legend: ClassLegendTable): Painter {
  const { colors, alphas } = colorTable(legend);
  const classOf = classifier(legend);
  return (value, out, at) => {
    const i = classOf(value);
    if (i >= 0) out.set([...colors.subarray(3 * i, 3 * i + 3), alphas[i]!], at);
  };
}

const tables = new WeakMap<Legend, ColorTable>();

/** Every colour of a legend as numbers. */
export function colorTable(legend: Legend): ColorTable {
  const known = tables.get(legend);
  if (known) return known;
  const table = tableOf(legend.kind === 'ramp' ? legend.colors : legend.classes.map(({ color }) => color));
  tables.set(legend, table);
  return table;
}

/** Place of a value's class in the legend; -1 for none. Of classes that overlap, the first one holds. */
export function classifier({ classes }: ClassLegendTable): (value: number) => number {
  const spans = classes.flatMap(({ value, to }, i) => (to === undefined ? [] : [{ from: value, to, i }]));
  const single = new Map(classes.flatMap(({ value, to }, i) => (to === undefined ? [[value, i]] : [])));
  return (value) => single.get(value) ?? spans.find(({ from, to }) => from <= value && value < to)?.i ?? -1;
}
