import { BadRequest, GridMismatch } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { Zone } from '../grid/zone.ts';
import type { Layer } from '../raster/layer.ts';
import { blockWindows } from './block-windows.ts';
import { gramsPer, hasTotal, unitsAfterSum } from './carbon-units.ts';
import { decode } from './decode.ts';
import { periodOf } from './period.ts';
import { areaBasis, type CellAreas, trueAreas } from './true-areas.ts';
import {
  COVERAGE_WARNING,
  type Over,
  type Period,
  type Reduction,
  type ReductionMethod,
  type ZoneReduction,
} from './zone-reduction.ts';
import { ZoneTally } from './zone-tally.ts';
import { type Membership, type PixelWindow, weigh } from './zone-weights.ts';

export type * from './zone-reduction.ts';

export interface ReduceInput {
  /**
   * Layers of one grid and time axis. `npp`, `rh` and `nep` give ratio and flag; `nep` is NPP − RH where it is not
   * given. Others are reduced beside them, under the same mask.
   */
  readonly layers: Readonly<Record<string, Layer>>;
  readonly zones: readonly Zone[];
  /** Layers whose sum over a zone means nothing, whatever their units are. */
  readonly withoutTotal?: ReadonlySet<string>;
  /** By centre when absent, as most programs do. */
  readonly membership?: Membership;
  /** Areas of pixels instead of the true ones. */
  readonly areas?: { readonly of: CellAreas; readonly basis: string };
  /** Steps of the layers, half-open; all when absent. */
  readonly steps?: { readonly t0: number; readonly t1: number };
  /**
   * `each` step is a period (default), or their `sum` or `mean` is one: a pixel then counts only if it is valid in every
   * step.
   */
  readonly over?: Over;
  /** Most cells of one layer in memory at a time. */
  readonly maxCells?: number;
  readonly signal?: AbortSignal;
}

/**
 * Totals and means of fluxes over zones, reading the layers window by window, so that memory does not grow with the
 * map; windows that no zone touches are not read.
 *
 * @throws GridMismatch when the layers differ in shape or steps
 * @throws BadRequest when there is no layer, or the steps are not in the layers
 * @see spec casa.md 5.1
 */
export async function reduceZones(input: ReduceInput): Promise<Reduction> {
  const names = Object.keys(input.layers);
  const first = input.layers[names[0] ?? ''];
  if (!first) throw new BadRequest('layers', 'name at least one layer to reduce');
  checkSameGrid(input.layers, first);
  const steps = stepsOf(input, first);
  const periods = isOfEach(input) ? eachStep(steps) : [steps];
  const fields = fieldNames(names);
  const zones = input.zones.map((zone) => weigh(zone, membershipOf(input)));
  const tallies = periods.map(() => zones.map((zone) => new ZoneTally(zone, fields)));
  const touched = input.zones.flatMap((zone) => zone.window ?? []);
  const depth = steps.t1 - steps.t0;
  const areasOf = input.areas?.of ?? trueAreas(first.facts.grid);
  for (const window of blockWindows(first.facts, touched, depth, input.maxCells)) {
    const blocks = await readBlocks(input, steps, window);
    const areas = areasOf(window);
    for (const [i, { t0, t1 }] of periods.entries()) {
      const share = input.over === 'mean' ? depth : 1;
      const fields = sumSteps(blocks, t0 - steps.t0, t1 - steps.t0, areas.length, share);
      for (const tally of tallies[i]!) tally.add(window, withNep(fields), areas);
    }
  }
  return finish(input, first, periods, tallies);
}

const isOfEach = ({ over = 'each' }: ReduceInput): boolean => over === 'each';

const membershipOf = ({ membership }: ReduceInput): Membership => membership ?? 'centre';

function finish(
  input: ReduceInput,
  first: Layer,
  periods: readonly { t0: number; t1: number }[],
  tallies: readonly (readonly ZoneTally[])[],
): Reduction {
  const units = fieldUnits(input);
  const grams = gramsOf(input, units);
  const zones: ZoneReduction[] = [];
  const totals: ZoneReduction[] = [];
  for (const [i, steps] of periods.entries()) {
    const period: Period = periodOf(first.facts, steps.t0, steps.t1);
    const whole = ZoneTally.union(tallies[i]!, Object.keys(units));
    totals.push(whole.reduction(period, grams));
    for (const tally of tallies[i]!) zones.push(tally.reduction(period, grams, whole));
  }
  return { method: methodOf(input, first.facts.grid, units), zones, totals };
}

function checkSameGrid(layers: Readonly<Record<string, Layer>>, first: Layer): void {
  const { grid, times } = first.facts;
  for (const { facts } of Object.values(layers)) {
    const same =
      facts.grid.height === grid.height &&
      facts.grid.width === grid.width &&
      facts.grid.transform.every((v, i) => v === grid.transform[i]) &&
      (facts.times?.length ?? 1) === (times?.length ?? 1);
    if (same) continue;
    throw new GridMismatch(
      `${facts.title} and ${first.facts.title} differ in grid or steps; reduce layers of one product and level together.`,
    );
  }
}

function stepsOf({ steps }: ReduceInput, { facts }: Layer): { t0: number; t1: number } {
  const count = facts.times?.length ?? 1;
  const { t0, t1 } = steps ?? { t0: 0, t1: count };
  if (t0 >= 0 && t0 < t1 && t1 <= count) return { t0, t1 };
  throw new BadRequest('steps', `[${t0}, ${t1}) does not lie in the ${count} steps of ${facts.title}`);
}

const eachStep = ({ t0, t1 }: { t0: number; t1: number }): { t0: number; t1: number }[] =>
  Array.from({ length: t1 - t0 }, (_, i) => ({ t0: t0 + i, t1: t0 + i + 1 }));

const derivesNep = (names: readonly string[]): boolean =>
  names.includes('npp') && names.includes('rh') && !names.includes('nep');

const fieldNames = (names: readonly string[]): string[] =>
  derivesNep(names) ? [...names, 'nep'] : [...names];

async function readBlocks(
  { layers, signal }: ReduceInput,
  steps: { t0: number; t1: number },
  window: PixelWindow,
): Promise<Record<string, Float64Array>> {
  const read = async ([name, layer]: [string, Layer]): Promise<[string, Float64Array]> => {
    const raw = await layer.read({ ...steps, ...window }, signal ? { signal } : {});
    return [name, decode(layer.facts, raw)];
  };
  return Object.fromEntries(await Promise.all(Object.entries(layers).map(read)));
}

/** Sum over steps `[from, to)` of `[t][cell]` blocks, over `share`; NaN in one step gives NaN. */
function sumSteps(
  blocks: Readonly<Record<string, Float64Array>>,
  from: number,
  to: number,
  cells: number,
  share: number,
): Record<string, Float64Array> {
  const sum = (block: Float64Array): Float64Array => {
    if (to - from === 1) return block.subarray(from * cells, to * cells);
    const out = new Float64Array(cells);
    for (let i = 0; i < cells; i++) {
      for (let t = from; t < to; t++) out[i] = out[i]! + block[t * cells + i]!;
    }
    return share === 1 ? out : out.map((value) => value / share);
  };
  return Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, sum(block)]));
}

function withNep(fields: Record<string, Float64Array>): Record<string, Float64Array> {
  const { npp, rh, nep } = fields;
  if (!npp || !rh || nep) return fields;
  return { ...fields, nep: npp.map((production, i) => production - rh[i]!) };
}

/** Units of every reduced field; a sum of fluxes over n months is per those months. */
function fieldUnits({ layers, over, steps }: ReduceInput): Record<string, string> {
  const units: Record<string, string> = {};
  for (const [name, { facts }] of Object.entries(layers)) {
    const count = steps ? steps.t1 - steps.t0 : (facts.times?.length ?? 1);
    units[name] = over === 'sum' ? unitsAfterSum(facts.units ?? '', count) : (facts.units ?? '');
  }
  if (derivesNep(Object.keys(layers))) units.nep = units.npp!;
  return units;
}

/** Of carbon, in one unit of mass of each field that has a total. */
function gramsOf({ withoutTotal }: ReduceInput, units: Readonly<Record<string, string>>) {
  const fields = Object.entries(units).filter(
    ([name, unit]) => hasTotal({ units: unit }) && !withoutTotal?.has(name),
  );
  return Object.fromEntries(fields.map(([name, unit]) => [name, gramsPer(unit)]));
}

function methodOf(input: ReduceInput, grid: GeoGrid, units: Record<string, string>): ReductionMethod {
  const names = Object.keys(input.layers);
  const titles = Object.fromEntries(
    Object.entries(units).map(([name, unit]) => {
      const facts = input.layers[name]?.facts;
      return [name, { title: facts?.longName ?? facts?.title ?? 'NPP - RH', units: unit }];
    }),
  );
  return {
    over: input.over ?? 'each',
    variables: titles,
    sign: 'NEP > 0 is uptake by land (NEP = NPP - RH)',
    weights:
      membershipOf(input) === 'centre'
        ? 'a pixel belongs wholly to the zone that contains its centre (even-odd rule)'
        : 'each pixel counts with the share of its area that lies in the zone',
    mask: `one mask: a pixel counts only where ${names.join(', ')} ${names.length > 1 ? 'are all' : 'is'} valid${
      isOfEach(input) ? '' : ' in every step'
    }`,
    area: input.areas?.basis ?? areaBasis(grid),
    mean: 'sum(weight * area * value) / sum(weight * area)',
    total:
      Object.keys(gramsOf(input, units)).length > 0
        ? 'sum(weight * area * value), grams of carbon; compensated summation'
        : 'none: no layer is carbon per m2 of ground',
    ratio: 'total RH / total NPP; flag 1 above 0.8, 2 from 1',
    coverageWarningBelow: COVERAGE_WARNING,
    grid: { crs: grid.crs.name, height: grid.height, width: grid.width },
  };
}
