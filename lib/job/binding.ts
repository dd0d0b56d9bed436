import { BadRequest, GridMismatch, MissingInput, UnitMismatch, UnsupportedInput } from '../errors.ts';
import { civilFromDays, dayOfYear } from '../grid/time.ts';
import { sourceWindow } from '../grid/warp.ts';
import type { LayerFacts } from '../raster/layer.ts';
import type { InputVariable } from '../science/model.ts';
import { type Conversion, conversion } from '../science/units.ts';
import { bindClasses, type ClassSource, isClassInput, schemeOf } from './binding-classes.ts';
import {
  bindDays,
  bindTable,
  bindYears,
  checkDayOptions,
  type DaySource,
  type TableValues,
  type YearSource,
} from './binding-days.ts';
import { climatologyInputs, firstStateInputs, isDerived, type Product, type Window } from './product.ts';
import type { Composite, Source, StoredSource } from './spec.ts';

/** An input of the model tied to its source: which stored steps serve a window and what their numbers mean. */
export interface Binding {
  readonly name: string;
  readonly variable: InputVariable;
  readonly source: BoundSource;
}

export type BoundSource =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'derived' }
  | FieldSource
  | SeriesSource
  | ClassSource
  | DaySource
  | YearSource
  | TableValues;

/** Sources whose numbers are read from the inputs. */
export type ReadSource = Exclude<BoundSource, { kind: 'constant' | 'derived' | 'table' }>;

export const isRead = (source: BoundSource): source is ReadSource =>
  source.kind !== 'constant' && source.kind !== 'derived' && source.kind !== 'table';

/** One stored step a step of the product, or one for all. */
export interface FieldSource {
  readonly kind: 'field';
  readonly facts: LayerFacts;
  readonly conversion: Conversion;
  readonly sign: 1 | -1;
  /** `[window][step]` → stored step. */
  readonly steps: readonly (readonly number[])[];
  /** Of years before the first window, where a first state is made from them. */
  readonly before?: readonly number[];
}

/** Many composites that make a month. */
export interface SeriesSource {
  readonly kind: 'series';
  readonly facts: LayerFacts;
  readonly quality?: LayerFacts;
  readonly composite: Composite;
  /** `[window]` → the composites of that calendar year: stored step and first day of the year. */
  readonly composites: readonly (readonly { readonly index: number; readonly startDoy: number }[])[];
}

/** What opening a source gave: its layer's facts, and those of its quality layer. */
export interface OpenedFacts {
  readonly facts: LayerFacts;
  readonly quality?: LayerFacts;
}

/**
 * Ties every input to its source. Pure; refuses before any pixel is read.
 * @throws UnitMismatch, MissingInput (a month), GridMismatch (no overlap), BadRequest, each naming source and field
 */
export function bindInputs(product: Product, opened: Readonly<Record<string, OpenedFacts>>): Binding[] {
  return Object.entries(product.inputs).flatMap(([name, declared]): Binding[] => {
    const source = product.spec.sources[name];
    if (!source) return isDerived(name) ? [{ name, variable: declared, source: { kind: 'derived' } }] : [];
    const variable = resampledAs(name, declared, source);
    return [{ name, variable, source: bindSource(product, name, variable, source, opened[name]) }];
  });
}

/** An input with the resampling that its source asks for. @throws BadRequest where it is no quantity that is interpolated */
function resampledAs(name: string, variable: InputVariable, source: Source): InputVariable {
  const wanted = 'resampling' in source ? source.resampling : undefined;
  if (!wanted) return variable;
  const field = `spec.sources.${name}.resampling`;
  if (variable.ofSaturation)
    throw new BadRequest(field, `${name} goes over as vapour, between the same pixels as the temperatures`);
  if (variable.resampling === 'bilinear' || variable.resampling === 'mean')
    return { ...variable, resampling: wanted };
  throw new BadRequest(field, `${name} is not interpolated: it is taken as ${variable.resampling}`);
}

function bindSource(
  product: Product,
  name: string,
  variable: InputVariable,
  source: Source,
  opened: OpenedFacts | undefined,
): BoundSource {
  checkDayOptions(name, variable, source);
  if ('constant' in source) return { kind: 'constant', value: constantOf(name, variable, source.constant) };
  if ('series' in source) {
    if (variable.dims === 'd' || variable.dims === 'dyx') return bindTable(product, name, variable, source);
    throw new BadRequest(
      `spec.sources.${name}.series`,
      `${name} has a value a cell, not one for the whole region`,
    );
  }
  if (variable.dims === 'd') {
    throw new BadRequest(
      `spec.sources.${name}`,
      `${name} is one series for the whole region: say constant or series`,
    );
  }
  if (!opened) throw new BadRequest(`spec.sources.${name}`, 'was not opened');
  const facts = withOverrides(opened.facts, source);
  checkOverlap(product, facts);
  if (opened.quality) checkSamePixels(facts, opened.quality);
  if (isClassInput(variable)) return bindClasses(product, name, variable, source, facts);
  if ('hold' in source && source.hold) {
    throw new BadRequest(`spec.sources.${name}.hold`, `${name} is a quantity; only maps of classes are held`);
  }
  if ('composite' in source && source.composite) {
    const composites = product.windows.map((window) => compositesOf(window, facts));
    return {
      kind: 'series',
      facts,
      ...(opened.quality && { quality: opened.quality }),
      composite: source.composite,
      composites,
    };
  }
  if ('legend' in source && source.legend) {
    throw new BadRequest(`spec.sources.${name}.legend`, `${name} is a quantity, not a class`);
  }
  if (variable.dims === 'dyx') return bindDays(product, name, variable, source, facts);
  if (variable.dims === 'ayx') return bindYears(product, name, variable, source, facts);
  return {
    kind: 'field',
    facts,
    conversion: conversion(inSpec(facts.title, name), unitsOf(facts), variable.units, accumulationOf(source)),
    sign: signOf(name, variable, source, facts),
    steps: product.windows.map((window) => stepsOf(window, facts, source, variable)),
    ...stepsBefore(product, name, variable, source, facts),
  };
}

/** @throws MissingInput for a month of the years that a first state is made from */
function stepsBefore(
  product: Product,
  name: string,
  variable: InputVariable,
  source: Source,
  facts: LayerFacts,
): Pick<FieldSource, 'before'> {
  const { spinUp, model } = product;
  if (!spinUp || climatologyInputs(product) || variable.dims !== 'tyx') return {};
  if (!firstStateInputs(product)?.has(name)) return {};
  const remedy = `Add it: ${spinUp.year} is read for ${model.spinUp!.title}; or start a year later`;
  return { before: stepsOf(spinUp, facts, source, variable, remedy) };
}

function constantOf(name: string, variable: InputVariable, value: number | string): number {
  if (typeof value === 'string') {
    const field = `spec.sources.${name}.constant`;
    if (isClassInput(variable)) return schemeOf(variable).index(value, field);
    throw new BadRequest(field, `"${value}" is not a number`);
  }
  const [low, high] = variable.range;
  if (value < low || value > high) {
    throw new BadRequest(
      `spec.sources.${name}.constant`,
      `${value} lies outside ${low}..${high} ${variable.units}`,
    );
  }
  return value;
}

function withOverrides(facts: LayerFacts, source: StoredSource): LayerFacts {
  return {
    ...facts,
    ...(source.units !== undefined && { units: source.units }),
    ...(source.scale !== undefined && { scale: source.scale }),
    ...(source.offset !== undefined && { offset: source.offset }),
    ...(source.nodata !== undefined && { nodata: [source.nodata] }),
  };
}

/** @throws GridMismatch for a layer that lies elsewhere */
export function checkOverlap({ grid }: Pick<Product, 'grid'>, facts: LayerFacts): void {
  const whole = { y0: 0, y1: grid.height, x0: 0, x1: grid.width };
  if (sourceWindow(grid, whole, facts.grid)) return;
  throw new GridMismatch(
    `${facts.title} (${facts.grid.crs.name}, ${facts.grid.width}x${facts.grid.height} pixels) does not meet the product's grid ` +
      `(${grid.crs.name}, ${grid.width}x${grid.height} pixels). Choose another source or mend grid in the spec.`,
  );
}

function checkSamePixels(facts: LayerFacts, quality: LayerFacts): void {
  const same =
    facts.grid.height === quality.grid.height &&
    facts.grid.width === quality.grid.width &&
    facts.grid.transform.every((v, i) => Math.abs(v - quality.grid.transform[i]!) < 1e-6);
  if (!same) throw new GridMismatch(`${quality.title} is not on the pixels of ${facts.title}`);
  const days = new Set(quality.times);
  const lacking = facts.times?.find((day) => !days.has(day));
  if (lacking !== undefined) {
    const { year, month, day } = civilFromDays(lacking);
    throw new MissingInput(
      `${quality.title} has no file for ${year}-${month}-${day}, which ${facts.title} has`,
    );
  }
}

/** What a layer is called, and where a person mends what is said of it. */
const inSpec = (title: string, name: string): string => `${title} (spec.sources.${name})`;

const accumulationOf = (source: Source) => ('accumulation' in source ? source.accumulation : undefined);

/** NDVI and its kin carry no unit in most files: a pure number is what a scaled integer without units is. */
const unitsOf = (facts: LayerFacts): string => facts.units ?? '1';

function signOf(name: string, variable: InputVariable, source: Source, facts: LayerFacts): 1 | -1 {
  const stored = 'positive' in source ? source.positive : undefined;
  if (!variable.positive) {
    if (stored) throw new BadRequest(`spec.sources.${name}.positive`, `${name} has no direction`);
    return 1;
  }
  if (!stored) {
    throw new UnitMismatch(
      inSpec(facts.title, name),
      facts.units ?? '?',
      `${variable.units}, positive ${variable.positive}`,
      'Say positive: up or down in the source (ERA5 counts downward fluxes as positive, so its evaporation is positive: down).',
    );
  }
  return stored === variable.positive ? 1 : -1;
}

function stepsOf(
  window: Window,
  facts: LayerFacts,
  source: Source,
  variable: InputVariable,
  remedy = 'Add it, or shorten time in the spec',
): readonly number[] {
  if (variable.dims === 'yx' || !facts.times) return window.steps.map(() => 0);
  const anyYear = 'climatology' in source && source.climatology;
  const dates = facts.times.map(civilFromDays);
  return window.steps.map(({ year, month }) => {
    const hits = dates.flatMap((d, i) => (d.month === month && (anyYear || d.year === year) ? [i] : []));
    const label = anyYear ? `month ${month}` : `${year}-${String(month).padStart(2, '0')}`;
    if (hits.length === 0) {
      throw new MissingInput(`${facts.title} has no step for ${label}. ${remedy}.`);
    }
    if (hits.length > 1) {
      throw new UnsupportedInput(
        `${facts.title} has ${hits.length} steps in ${label}; a monthly product reads one. Average or sum it to months first.`,
      );
    }
    return hits[0]!;
  });
}

function compositesOf({ year, steps }: Window, facts: LayerFacts): { index: number; startDoy: number }[] {
  const own = (facts.times ?? []).flatMap((time, index) => {
    const date = civilFromDays(time);
    return date.year === year
      ? [{ index, startDoy: dayOfYear(date.year, date.month, date.day), month: date.month }]
      : [];
  });
  const bare = steps.find(({ month }) => !own.some((composite) => composite.month === month));
  if (bare) {
    throw new MissingInput(
      `${facts.title} has no composite that starts in ${year}-${String(bare.month).padStart(2, '0')}. Add the files, or shorten time in the spec.`,
    );
  }
  return own.map(({ index, startDoy }) => ({ index, startDoy }));
}
