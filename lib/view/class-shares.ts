import type { Zone } from '../grid/zone.ts';
import type { Layer } from '../raster/layer.ts';
import { blockWindows } from './block-windows.ts';
import { decode } from './decode.ts';
import type { LegendVariable } from './legend.ts';
import { periodOf } from './period.ts';
import { areaBasis, trueAreas } from './true-areas.ts';
import type { Period } from './zone-reduction.ts';
import { type Membership, meet, type PixelWindow, weigh, type ZoneWeights } from './zone-weights.ts';

export interface ClassShareInput {
  /** A layer of classes or of bits; cells without one are left out. */
  readonly layer: Layer;
  readonly variable: LegendVariable;
  readonly zones: readonly Zone[];
  /** By centre when absent. */
  readonly membership?: Membership;
  /** Steps of the layer, half-open. */
  readonly steps: { readonly t0: number; readonly t1: number };
}

/** How much of a zone is of which class in one period. Areas in m2. */
export interface ZoneShares {
  readonly id: string;
  readonly name: string;
  readonly period: Period;
  readonly validArea: number;
  readonly polygonArea: number;
  /** By the name of the class; bits can be set together, so that theirs may sum to more than `validArea`. */
  readonly areas: Readonly<Record<string, number>>;
}

export interface ClassShares {
  readonly title: string;
  /** Names of all classes that occur, in the order that the variable declares. */
  readonly classes: readonly string[];
  readonly area: string;
  readonly zones: readonly ZoneShares[];
}

/** Areas of the classes of a layer in zones: what a mean is for a flux. */
export async function reduceClassShares(input: ClassShareInput): Promise<ClassShares> {
  const { layer, variable, steps } = input;
  const zones = input.zones.map((zone) => weigh(zone, input.membership ?? 'centre'));
  const touched = zones.flatMap(({ window }) => window ?? []);
  const areasOf = trueAreas(layer.facts.grid);
  const tallies = Array.from({ length: steps.t1 - steps.t0 }, () =>
    zones.map(() => new Map<number, number>()),
  );
  for (const window of blockWindows(layer.facts, touched, tallies.length)) {
    const cells = decode(layer.facts, await layer.read({ ...steps, ...window }));
    const areas = areasOf(window);
    for (const [t, byZone] of tallies.entries()) {
      const step = cells.subarray(t * areas.length, (t + 1) * areas.length);
      for (const [z, zone] of zones.entries()) tally(byZone[z]!, zone, window, step, areas);
    }
  }
  const named = namesOf(variable);
  const rows = tallies.flatMap((byZone, t) => {
    const period = periodOf(layer.facts, steps.t0 + t, steps.t0 + t + 1);
    return byZone.map((areas, z) => sharesOf(zones[z]!, period, areas, named));
  });
  const seen = new Set(rows.flatMap(({ areas }) => Object.keys(areas)));
  const classes = named.all.filter((name) => seen.has(name));
  return { title: variable.title, classes, area: areaBasis(layer.facts.grid), zones: rows };
}

function tally(
  into: Map<number, number>,
  zone: ZoneWeights,
  window: PixelWindow,
  cells: Float64Array,
  areas: Float64Array,
): void {
  const part = zone.window && meet(zone.window, window);
  if (!part) return;
  const weights = zone.weights(part);
  const width = window.x1 - window.x0;
  for (let y = part.y0, i = 0; y < part.y1; y++) {
    for (let x = part.x0; x < part.x1; x++, i++) {
      const cell = (y - window.y0) * width + (x - window.x0);
      const value = cells[cell]!;
      const area = weights[i]! * areas[cell]!;
      if (area > 0 && !Number.isNaN(value)) into.set(value, (into.get(value) ?? 0) + area);
    }
  }
}

interface Names {
  readonly all: readonly string[];
  /** What a stored number says: one class, or every bit that is set. */
  of(value: number): readonly string[];
}

const NO_BIT = 'none';

function namesOf({ flags }: LegendVariable): Names {
  const meanings = (flags?.meanings ?? []).map((meaning) => meaning.replaceAll('_', ' '));
  const { values, masks } = flags ?? {};
  if (masks) {
    const bits = (value: number) => meanings.filter((_, i) => (value & masks[i]!) !== 0);
    return {
      all: [NO_BIT, ...meanings],
      of: (value) => (bits(value).length > 0 ? bits(value) : [NO_BIT]),
    };
  }
  const nameOf = (value: number) => meanings[values?.indexOf(value) ?? -1];
  return { all: meanings, of: (value) => [nameOf(value) ?? []].flat() };
}

function sharesOf(
  { id, name, polygonArea }: ZoneWeights,
  period: Period,
  byValue: ReadonlyMap<number, number>,
  names: Names,
): ZoneShares {
  const areas: Record<string, number> = {};
  let validArea = 0;
  for (const [value, area] of byValue) {
    validArea += area;
    for (const meaning of names.of(value)) areas[meaning] = (areas[meaning] ?? 0) + area;
  }
  return { id, name, period, validArea, polygonArea, areas };
}
