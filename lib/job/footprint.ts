import { sameCrs } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { Region } from '../grid/region.ts';
import { coastWindow } from '../grid/resample.ts';
import { sourceWindow } from '../grid/warp.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { type Binding, isRead, type ReadSource, type SeriesSource } from './binding.ts';
import { mapOf } from './binding-classes.ts';
import type { DayWindow } from './binding-days.ts';
import { SPIN_UP } from './product.ts';

/** What must be read of one layer for a window of the product: the planner's promise, and the door's order. */
export interface Footprint {
  /** Input name; its quality layer is `<name>.quality`. */
  readonly layer: string;
  /** Windows of the layer, one for each run of neighbouring steps. */
  readonly regions: readonly Region[];
}

/** Pixels of a layer around a product's window; undefined where they do not meet. */
export type PixelWindow = Pick<Region, 'y0' | 'y1' | 'x0' | 'x1'>;

/**
 * The pixels that resampling to a window may look at. One pixel too many on each side would make nine blocks of one,
 * where the grids are the same: a margin is left only where places are not exact.
 */
export function layerWindow(
  grid: GeoGrid,
  binding: Binding,
  facts: LayerFacts,
  region: Region,
): PixelWindow | undefined {
  const bilinear = binding.variable.resampling === 'bilinear';
  const { crs, transform, height, width } = facts.grid;
  const windows = windowsOfPlace(grid, region);
  const key = JSON.stringify([bilinear, crs.proj4, transform, height, width]);
  if (!windows.has(key)) {
    const margin = sameCrs(grid.crs, crs) ? 0 : 1;
    const window = bilinear
      ? coastWindow(grid, region, facts.grid)
      : sourceWindow(grid, region, facts.grid, margin);
    windows.set(key, window);
  }
  return windows.get(key);
}

type Windows = Map<string, PixelWindow | undefined>;

const lastPlace = new WeakMap<GeoGrid, { readonly place: string; readonly windows: Windows }>();

/** The windows of the last place that was asked for: a planner asks for each several times, for every layer and year. */
function windowsOfPlace(grid: GeoGrid, { y0, y1, x0, x1 }: Region): Windows {
  const place = [y0, y1, x0, x1].join();
  const last = lastPlace.get(grid);
  if (last?.place === place) return last.windows;
  const windows: Windows = new Map();
  lastPlace.set(grid, { place, windows });
  return windows;
}

export function layerRegions(grid: GeoGrid, binding: Binding, t: number, region: Region): Footprint[] {
  const { source, name } = binding;
  if (!isRead(source)) return [];
  const window = layerWindow(grid, binding, source.facts, region);
  if (!window) return [];
  const of = (layer: string, steps: readonly number[]): Footprint => ({
    layer,
    regions: runsOf(steps).map(([t0, t1]) => ({ ...window, t0, t1 })),
  });
  if (source.kind === 'series' && source.quality) {
    return [of(name, storedSteps(source, t)), of(`${name}.quality`, qualitySteps(source, source.quality, t))];
  }
  return [of(name, storedSteps(source, t))];
}

/**
 * Stored steps that a window of the product reads, in its order; for a first state those of all windows.
 * @param t number of the window
 */
export function storedSteps(source: ReadSource, t: number): readonly number[] {
  switch (source.kind) {
    case 'classes':
      return [mapOf(source, t)?.step ?? 0];
    case 'field':
      return t === SPIN_UP ? (source.before ?? source.steps.flat()) : source.steps[t]!;
    case 'series':
      return compositesOf(source, t).map(({ index }) => index);
    case 'days':
      return stepsOfDayWindow(source.windows[t]!);
    case 'years':
      return [...new Set(source.windows[t]!.flat())];
  }
}

const compositesOf = ({ composites }: SeriesSource, t: number) =>
  t === SPIN_UP ? composites.flat() : composites[t]!;

function stepsOfDayWindow(window: DayWindow): readonly number[] {
  if ('slots' in window) return [...new Set(window.slots.flatMap(({ steps }) => steps))];
  const [t0, t1] = window.steps;
  return Array.from({ length: t1 - t0 }, (_, i) => t0 + i);
}

/** The quality layer may hold other dates too: its steps are found by date. */
export function qualitySteps(source: SeriesSource, quality: LayerFacts, t: number): readonly number[] {
  return compositesOf(source, t).map(({ index }) => quality.times!.indexOf(source.facts.times![index]!));
}

/** `[3, 4, 5, 9]` → `[3, 6), [9, 10)`; each step once. */
export function runsOf(steps: readonly number[]): [start: number, end: number][] {
  const runs: [number, number][] = [];
  for (const step of [...new Set(steps)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.[1] === step) last[1] = step + 1;
    else runs.push([step, step + 1]);
  }
  return runs;
}
