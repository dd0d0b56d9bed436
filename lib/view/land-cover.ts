import { GridMismatch } from '../errors.ts';
import type { Layer } from '../raster/layer.ts';
import { blockWindows } from './block-windows.ts';
import { isCarbonFlux } from './carbon-units.ts';
import { type ClassLegend, type ClassSums, ClassTally } from './class-tally.ts';
import { decode } from './decode.ts';
import { periodOf } from './period.ts';
import { type CellAreas, trueAreas } from './true-areas.ts';
import type { Period } from './zone-reduction.ts';
import type { PixelWindow, ZoneWeights } from './zone-weights.ts';

export type { ClassLegend, ClassRow, ClassSums } from './class-tally.ts';

export interface ClassInput {
  /** A flux per m2. */
  readonly values: Layer;
  /** Step of `values`; the first when absent. */
  readonly step?: number;
  /** Class codes of the same grid, or the fraction 0..1 of every class, in the legend's order as steps. */
  readonly cover:
    | { readonly by: 'majority'; readonly layer: Layer; readonly classOf: Readonly<Record<number, string>> }
    | { readonly by: 'fractions'; readonly layer: Layer };
  readonly legend: ClassLegend;
  /** Only pixels of this zone, by its weights. */
  readonly within?: ZoneWeights;
  /** Areas of pixels instead of the true ones, m2. */
  readonly areas?: CellAreas;
  readonly maxCells?: number;
  readonly signal?: AbortSignal;
}

export interface ClassReduction extends ClassSums {
  readonly title: string;
  readonly units: string;
  readonly period: Period;
  readonly by: 'majority' | 'fractions';
}

/**
 * Carbon by land-cover class, window by window.
 *
 * @throws GridMismatch when the cover is on another grid, has not one step a class, or the values are no flux
 * @see spec casa.md 5.2
 */
export async function reduceClasses(input: ClassInput): Promise<ClassReduction> {
  const { values, cover, legend, within, signal } = input;
  checkInput(input);
  const step = input.step ?? 0;
  const { facts } = values;
  const tally = new ClassTally(legend);
  const whole = { y0: 0, y1: facts.grid.height, x0: 0, x1: facts.grid.width };
  const touched = within ? (within.window ? [within.window] : []) : [whole];
  const depth = cover.by === 'fractions' ? legend.classes.length + 1 : 2;
  const options = signal ? { signal } : {};
  for (const window of blockWindows(facts, touched, depth, input.maxCells)) {
    const [flux, classes] = await Promise.all([
      values.read({ t0: step, t1: step + 1, ...window }, options),
      cover.layer.read({ t0: 0, t1: stepsOf(cover.layer), ...window }, options),
    ]);
    const cells = decode(facts, flux);
    const areas = weightedAreas(window, input);
    const decoded = decode(cover.layer.facts, classes);
    if (cover.by === 'fractions') tally.addFractions(cells, decoded, areas);
    else tally.addMajority(cells, indexOf(decoded, cover.classOf, legend), areas);
  }
  const period = periodOf(facts, step, step + 1);
  return {
    title: facts.longName ?? facts.title,
    units: facts.units ?? '',
    period,
    by: cover.by,
    ...tally.sums(),
  };
}

const stepsOf = ({ facts }: Layer): number => facts.times?.length ?? 1;

function checkInput({ values, cover, legend }: ClassInput): void {
  const [a, b] = [values.facts.grid, cover.layer.facts.grid];
  if (a.height !== b.height || a.width !== b.width || a.transform.some((v, i) => v !== b.transform[i])) {
    throw new GridMismatch(
      `${cover.layer.facts.title} is not on the grid of ${values.facts.title}; resample it first.`,
    );
  }
  if (!isCarbonFlux(values.facts.units ?? '')) {
    throw new GridMismatch(`${values.facts.title} is in "${values.facts.units ?? ''}", which has no total.`);
  }
  const count = stepsOf(cover.layer);
  if (cover.by === 'fractions' && count !== legend.classes.length) {
    throw new GridMismatch(
      `${cover.layer.facts.title} has ${count} fractions; the legend has ${legend.classes.length} classes.`,
    );
  }
}

function weightedAreas(window: PixelWindow, { within, areas, values }: ClassInput): Float64Array {
  const all = (areas ?? trueAreas(values.facts.grid))(window);
  const weights = within?.weights(window);
  return weights ? all.map((area, i) => area * weights[i]!) : all;
}

/** Class codes as indices of the legend, -1 for a code that it does not name. */
function indexOf(
  codes: Float64Array,
  classOf: Readonly<Record<number, string>>,
  { classes }: ClassLegend,
): Int16Array {
  const index = new Map(Object.entries(classOf).map(([code, name]) => [Number(code), classes.indexOf(name)]));
  return Int16Array.from(codes, (code) => index.get(code) ?? -1);
}
