import { BadRequest, MissingInput, UnsupportedInput } from '../errors.ts';
import { civilFromDays } from '../grid/time.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { VEGETATION_SCHEME } from '../science/landcover/legends.ts';
import type { ClassScheme, InputVariable } from '../science/model.ts';
import { isDaily, type Product, type Window } from './product.ts';
import type { Source, StoredSource } from './spec.ts';

/** Maps of classes: what their codes mean, and which of them serves a year. */
export interface ClassSource {
  readonly kind: 'classes';
  readonly facts: LayerFacts;
  /** Stored code → class index. */
  readonly legend: Readonly<Record<number, number>>;
  /** `[window]` → its map, of a series of them; absent where one map serves all years. */
  readonly maps?: readonly YearMap[];
}

/** One map of a series. */
export interface YearMap {
  readonly step: number;
  readonly year: number;
}

export const isClassInput = (variable: InputVariable): boolean =>
  variable.resampling === 'majority' || variable.resampling === 'fractions';

/** The classes that an input means. */
export const schemeOf = ({ classes }: InputVariable): ClassScheme => classes ?? VEGETATION_SCHEME;

/** The map that a window reads, by its number. */
export const mapOf = ({ maps }: ClassSource, t: number): YearMap | undefined => maps?.[t];

/**
 * Ties a class input to its one map, or to a map a year.
 * @throws MissingInput for a year that has no map, and none that `hold` lets stand for it
 * @throws UnsupportedInput for a year of several maps, or where a model takes one for all years
 * @throws BadRequest for a legend that lacks, or an option that does not go with maps of classes
 */
export function bindClasses(
  product: Product,
  name: string,
  variable: InputVariable,
  source: StoredSource,
  facts: LayerFacts,
): ClassSource {
  const field = `spec.sources.${name}`;
  if ('composite' in source && source.composite)
    throw new BadRequest(`${field}.composite`, 'maps of classes are not composed; leave it out');
  const legend = legendOf(name, schemeOf(variable), source);
  const hold = 'hold' in source ? source.hold : undefined;
  if (!isSeries(source, facts)) {
    if (hold)
      throw new BadRequest(`${field}.hold`, `${facts.title} is one map, and stands for all years anyhow`);
    return { kind: 'classes', facts, legend };
  }
  if (isDaily(product)) {
    throw new UnsupportedInput(
      `${facts.title} (${field}) is a map a year; ${product.model.id} takes one for all years, as it has no rule for the carbon of land that changes its class. Give one file.`,
    );
  }
  return {
    kind: 'classes',
    facts,
    legend,
    maps: product.windows.map((window) => mapFor(window, facts, hold, field)),
  };
}

/** A single step of a Zarr is a map of any year, whatever its date. */
const isSeries = (source: StoredSource, { times }: LayerFacts): boolean =>
  'files' in source || (times?.length ?? 0) > 1;

type Hold = 'before' | 'nearest';

function mapFor({ year }: Window, facts: LayerFacts, hold: Hold | undefined, field: string): YearMap {
  const years = (facts.times ?? []).map((day) => civilFromDays(day).year);
  const of = years.includes(year) ? year : hold && heldYear(year, years, hold);
  if (of === undefined) {
    const remedy =
      hold === 'before'
        ? 'Add one, or say hold: nearest'
        : 'Add it, or say hold: before (the last map before a year stands for it) or hold: nearest';
    throw new MissingInput(
      `${facts.title} has no map of ${year}${hold ? ' or before' : ''}; it has ${[...new Set(years)].join(', ')}. ${remedy} in ${field}.`,
    );
  }
  const step = years.indexOf(of);
  if (years.lastIndexOf(of) !== step) {
    throw new UnsupportedInput(
      `${facts.title} has ${years.filter((each) => each === of).length} maps of ${of}; a year has one. Narrow ${field}.`,
    );
  }
  return { step, year: of };
}

/** The year whose map stands for one without: of equally near ones the earlier. */
function heldYear(year: number, years: readonly number[], hold: Hold): number | undefined {
  const among = hold === 'before' ? years.filter((each) => each < year) : years;
  return among.toSorted((a, b) => Math.abs(a - year) - Math.abs(b - year) || a - b)[0];
}

function legendOf(name: string, scheme: ClassScheme, source: Source): Readonly<Record<number, number>> {
  const legend = 'legend' in source ? source.legend : undefined;
  if (!legend) {
    throw new BadRequest(
      `spec.sources.${name}.legend`,
      'missing; say what the codes mean: glc-fcs30, worldcover, igbp, or {code: type}',
    );
  }
  return scheme.codes(legend, `spec.sources.${name}.legend`);
}
