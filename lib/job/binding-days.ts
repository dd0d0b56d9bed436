import { BadRequest, MissingInput, UnsupportedInput } from '../errors.ts';
import { apply } from '../grid/affine.ts';
import { crsFromEpsg } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { transformer } from '../grid/projection.ts';
import { civilFromDays } from '../grid/time.ts';
import type { LayerFacts } from '../raster/layer.ts';
import type { Dims, InputVariable, ToDays } from '../science/model.ts';
import { type Conversion, conversion } from '../science/units.ts';
import { type Clock, type Slot, slotsOf, stepsOfDays, stepsPerDay } from './day-steps.ts';
import { allWindows, type Product, type Window } from './product.ts';
import type { Source, StoredSource, TableSource } from './spec.ts';

/** Inputs of daily models: what makes their days, years and series. */

/** Stored steps that become days. */
export interface DaySource {
  readonly kind: 'days';
  readonly facts: LayerFacts;
  readonly conversion: Conversion;
  readonly toDays: ToDays;
  /** Below 1 for steps longer than a day. */
  readonly perDay: number;
  readonly clock: Clock;
  /** Missing values between others at most this many days apart are bridged. */
  readonly bridge?: number;
  /** By number of the window. */
  readonly windows: Readonly<Record<string, DayWindow>>;
}

/** Shorter steps are read from `t0` to `t1`; longer ones are held, or lie on lines between each other. */
export type DayWindow =
  | { readonly steps: readonly [t0: number, t1: number] }
  | { readonly slots: readonly Slot[] };

/** A value a year and cell: the mean of some stored steps, mostly of one. */
export interface YearSource {
  readonly kind: 'years';
  readonly facts: LayerFacts;
  readonly conversion: Conversion;
  /** By number of the window: stored steps of each year. */
  readonly windows: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** By number of the window: what each year's mean is multiplied by; absent where that is 1 for all. */
  readonly factors?: Readonly<Record<string, readonly number[]>>;
}

/** A series of the whole region, written in the spec. */
export interface TableValues {
  readonly kind: 'table';
  /** By number of the window: a value a month. */
  readonly windows: Readonly<Record<string, readonly number[]>>;
}

const byWindow = <T>(product: Product, make: (window: Window) => T): Record<string, T> =>
  Object.fromEntries(allWindows(product).map((window) => [window.t, make(window)]));

/**
 * @param facts with what the spec says over the file's own
 * @throws MissingInput, UnsupportedInput, BadRequest, UnitMismatch naming source, day and field
 */
export function bindDays(
  product: Product,
  name: string,
  variable: InputVariable,
  source: StoredSource,
  facts: LayerFacts,
): DaySource {
  if (!facts.times) throw new MissingInput(`${facts.title} has no time axis; ${name} needs a value a day.`);
  const perDay = stepsPerDay(facts);
  const toDays = variable.toDays ?? 'mean';
  const long = toDays === 'hold' || toDays === 'linear';
  if (!long && perDay < 1) {
    throw new UnsupportedInput(
      `${facts.title} has a step every ${(1 / perDay).toFixed(1)} days; ${name} needs days or hours.`,
    );
  }
  const clock = clockOf(product, name, source, facts, perDay);
  const windows = byWindow(
    product,
    (window): DayWindow =>
      long
        ? { slots: slotsOf(window, facts, source.past, toDays === 'linear' || source.bridge !== undefined) }
        : { steps: stepsOfDays(window, facts, perDay, clock) },
  );
  const { bridge } = source;
  return {
    kind: 'days',
    facts,
    conversion: conversion(facts.title, facts.units ?? '1', variable.units, source.accumulation),
    toDays,
    perDay,
    clock,
    ...(bridge !== undefined && { bridge }),
    windows,
  };
}

function clockOf(
  product: Product,
  name: string,
  { utcOffset, stamp }: StoredSource,
  facts: LayerFacts,
  perDay: number,
): Clock {
  const subdaily = perDay > 1;
  if (utcOffset !== undefined && !subdaily) {
    throw new BadRequest(
      `spec.sources.${name}.utcOffset`,
      `${facts.title} has a step a day or fewer: whose days they are cannot be changed`,
    );
  }
  const step = subdaily ? 1 / perDay : 1;
  const shift = stamp === 'end' ? step / 2 : 0;
  if (utcOffset === 'solar') return { offsets: solarOffsets(product.grid), solar: true, shift };
  return { offsets: [utcOffset ?? 0], solar: false, shift };
}

/** Hours by longitude, as they occur over a grid: of its corners, and all whole hours between. */
function solarOffsets({ crs, transform, height, width }: GeoGrid): number[] {
  const toDegrees = transformer(crs, crsFromEpsg(4326));
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
    [width / 2, height / 2],
  ].map(([col, row]) => solarHours(toDegrees(...apply(transform, col!, row!))[0]));
  const known = corners.filter(Number.isFinite);
  const [low, high] =
    known.length === corners.length ? [Math.min(...known) - 1, Math.max(...known) + 1] : [-12, 12];
  const from = Math.max(-12, low);
  const to = Math.min(12, high);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Whole hours that local noon lies before that of Greenwich. */
export const solarHours = (lonDeg: number): number => Math.round((((lonDeg + 540) % 360) - 180) / 15);

/** @throws MissingInput a year, BadRequest a trend of nothing */
export function bindYears(
  product: Product,
  name: string,
  variable: InputVariable,
  source: StoredSource,
  facts: LayerFacts,
): YearSource {
  const { trend, past } = source;
  if (trend && !past) throw new BadRequest(`spec.sources.${name}.trend`, 'say in past which years are its 1');
  const years = (facts.times ?? []).map((time) => civilFromDays(time).year);
  const first = Math.min(...years);
  const stepsIn = (year: number): number[] => years.flatMap((y, step) => (y === year ? [step] : []));
  const stepsFor = (year: number): number[] => {
    if (!facts.times) return [0];
    const own = stepsIn(year);
    if (own.length > 0 || !past || year >= first) return own;
    return Array.from({ length: past[1] - past[0] + 1 }, (_, i) => stepsIn(past[0] + i)).flat();
  };
  const windows = byWindow(product, (window) =>
    yearsOf(window).map((year) => {
      const steps = stepsFor(year);
      if (steps.length > 0) return steps;
      throw new MissingInput(
        `${facts.title} has no step in ${year}. Add it, or say in past which years stand for those before the first.`,
      );
    }),
  );
  const converted = conversion(facts.title, facts.units ?? '1', variable.units, source.accumulation);
  if (!trend) return { kind: 'years', facts, conversion: converted, windows };
  const factorOf = trendOf(trend);
  const factors = byWindow(product, (window) =>
    yearsOf(window).map((year) => (facts.times && year < first ? factorOf(year) : 1)),
  );
  return { kind: 'years', facts, conversion: converted, windows, factors };
}

/** A factor by year: on lines between those that are given, and as the first and the last beyond them. */
function trendOf(trend: Readonly<Record<string, number>>): (year: number) => number {
  const known = Object.entries(trend)
    .map(([year, factor]) => [Number(year), factor] as const)
    .sort(([a], [b]) => a - b);
  return (year) => {
    const next = known.findIndex(([at]) => at >= year);
    if (next < 0) return known.at(-1)![1];
    const [to, high] = known[next]!;
    if (next === 0) return high;
    const [from, low] = known[next - 1]!;
    return low + ((high - low) * (year - from)) / (to - from);
  };
}

export const yearsOf = ({ steps }: Pick<Window, 'steps'>): number[] => [
  ...new Set(steps.map(({ year }) => year)),
];

/** @throws MissingInput a month, UnitMismatch, BadRequest outside the range */
export function bindTable(
  product: Product,
  name: string,
  variable: InputVariable,
  { series, units }: TableSource,
): TableValues {
  const { factor, offset } = conversion(`spec.sources.${name}`, units ?? variable.units, variable.units);
  const [low, high] = variable.range;
  const convertOne = (key: string, stored: number): number => {
    const value = factor * stored + offset;
    if (value >= low && value <= high) return value;
    throw new BadRequest(
      `spec.sources.${name}.series.${key}`,
      `${stored} lies outside ${low}..${high} ${variable.units}`,
    );
  };
  const values = new Map(Object.entries(series).map(([key, stored]) => [key, convertOne(key, stored)]));
  const windows = byWindow(product, ({ steps }) =>
    steps.map(({ year, month }) => {
      const label = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
      const value = values.get(label) ?? values.get(label.slice(0, 4));
      if (value !== undefined) return value;
      throw new MissingInput(
        `spec.sources.${name}.series has no value for ${label}. Add the year or the month.`,
      );
    }),
  );
  return { kind: 'table', windows };
}

/** Options of a source that only inputs of days, or of years, read. */
const READ_BY = {
  stamp: ['dyx'],
  utcOffset: ['dyx'],
  bridge: ['dyx'],
  past: ['dyx', 'ayx'],
  trend: ['ayx'],
} as const satisfies Readonly<Record<string, readonly Dims[]>>;

/** @throws BadRequest for an option that the input does not read */
export function checkDayOptions(name: string, variable: InputVariable, source: Source): void {
  for (const [option, dims] of Object.entries(READ_BY) as [keyof typeof READ_BY, readonly Dims[]][]) {
    if (!(option in source) || source[option as never] === undefined) continue;
    if (dims.includes(variable.dims)) continue;
    const kind = option === 'trend' ? 'has no amounts a year' : 'is not made of days';
    throw new BadRequest(`spec.sources.${name}.${option}`, `${name} ${kind}`);
  }
}
