import { BadRequest } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { ChunkCoord, Region, Size2 } from '../grid/region.ts';
import { type MonthStep, monthSteps } from '../grid/time.ts';
import { levelGrid } from '../raster/zarr-product.ts';
import {
  type FluxModel,
  type InputVariable,
  MODEL_YEAR_DAYS,
  type OutputVariable,
  statesOf,
} from '../science/model.ts';
import { modelNamed } from '../science/models.ts';
import { checkChecks } from './checks.ts';
import { digestOf } from './digest.ts';
import { fieldsAt, nearest, refusal } from './explain.ts';
import type { Spec } from './spec.ts';

/** Steps that are computed together: one calendar year of months. */
export interface Window {
  readonly t: number;
  readonly year: number;
  readonly steps: readonly MonthStep[];
}

/** Number of the window in which the first state is made. */
export const SPIN_UP = -1;

/** A resolution of the product: 0 is native, each further one halves rows and columns. */
export interface Level {
  readonly level: number;
  readonly grid: GeoGrid;
  readonly shards: Size2;
}

/** A spec with everything looked up: its model, its grid, its windows. Made again from the spec in every worker. */
export interface Product {
  readonly id: string;
  readonly spec: Spec;
  readonly model: FluxModel;
  readonly params: unknown;
  readonly inputs: Readonly<Record<string, InputVariable>>;
  readonly outputs: Readonly<Record<string, OutputVariable>>;
  readonly grid: GeoGrid;
  readonly shard: Size2;
  readonly chunk: Size2;
  readonly windows: readonly Window[];
  /**
   * Years that the first state is made from, as one window before the first: of a spin-up, or all of the product's for a
   * climatology. Absent where the model wants none.
   */
  readonly spinUp?: Window;
  readonly levels: readonly Level[];
  /** Model, version, parameters, grid and outputs: what a chunk depends on besides its inputs' bytes. */
  readonly digest: string;
}

/**
 * Looks up all that a spec names.
 * @param grid the product's pixels, already taken from the source that `grid.like` names
 * @throws BadRequest with the field, when a name is not known or an option does not fit
 */
export function resolveProduct(spec: Spec, grid: GeoGrid): Product {
  const model = modelOf(spec);
  const params = paramsOf(spec, model);
  const outputs = outputsOf(spec, model);
  const inputs = inputsOf(model, params, outputs);
  checkSources(spec, inputs);
  checkChecks(spec, outputs, model.outputs);
  const [shardY, shardX] = spec.grid.shard;
  const [chunkY, chunkX] = spec.grid.chunk;
  if (shardY % chunkY || shardX % chunkX) {
    throw new BadRequest(
      'spec.grid.chunk',
      `${chunkY}x${chunkX} does not divide the shard ${shardY}x${shardX}`,
    );
  }
  if ((shardY % 2 && grid.height > shardY) || (shardX % 2 && grid.width > shardX)) {
    throw new BadRequest(
      'spec.grid.shard',
      `${shardY}x${shardX}: say even numbers; a pixel of the level above must not lie in two shards`,
    );
  }
  const shard = { height: shardY, width: shardX };
  const windows = windowsOf(spec);
  const spinUp = spinUpOf(model, params, windows);
  return {
    id: spec.product,
    spec,
    model,
    params,
    inputs,
    outputs,
    grid,
    shard,
    chunk: { height: chunkY, width: chunkX },
    windows,
    ...(spinUp && { spinUp }),
    levels: levelsOf(grid, shard),
    digest: digestOf({
      model: [model.id, model.version],
      params,
      grid: { crs: grid.crs.proj4, transform: grid.transform, shape: [grid.height, grid.width] },
      shard: spec.grid.shard,
      outputs: Object.keys(outputs),
    }),
  };
}

/** A window by its number. */
export const windowAt = ({ windows, spinUp }: Product, t: number): Window =>
  t === SPIN_UP ? spinUp! : windows[t]!;

/** The window in which the first state is made, if there is one, and those of the product. */
export const allWindows = ({ windows, spinUp }: Product): readonly Window[] =>
  spinUp ? [spinUp, ...windows] : windows;

/** Names of the inputs that a climatology is made from; undefined where the model makes none. */
export function climatologyInputs({ model, params }: Product): ReadonlySet<string> | undefined {
  const names = model.climatology?.inputs(params) ?? [];
  return names.length > 0 ? new Set(names) : undefined;
}

/** Names of the inputs that a first state is made from; undefined where it is of all of them, or there is none. */
export function firstStateInputs(product: Product): ReadonlySet<string> | undefined {
  const { model, params } = product;
  const names = model.spinUp?.inputs?.(params);
  return climatologyInputs(product) ?? (names && new Set(names));
}

/** Pools of state that a window leaves behind: the constant ones are left by the first state alone. */
export const poolsAt = ({ model, params }: Product, t: number): string[] =>
  statesOf(model, params).flatMap(([name, { constant }]) => (constant && t !== SPIN_UP ? [] : [name]));

/** Days of a window for a daily model: 29 February is left out. */
export const daysIn = ({ steps }: Pick<Window, 'steps'>): number => (steps.length / 12) * MODEL_YEAR_DAYS;

/** The days of a window for a daily model, since 1970-01-01. */
export const daysOfWindow = ({ steps }: Pick<Window, 'steps'>): number[] =>
  steps.flatMap(({ month, start, days }) =>
    Array.from({ length: month === 2 ? 28 : days }, (_, d) => start + d),
  );

/** Whether the model reads days. */
export const isDaily = ({ inputs }: Product): boolean =>
  Object.values(inputs).some(({ dims }) => dims === 'dyx' || dims === 'd');

/** The cells of level 0 that a chunk holds, ragged at the edges of the map. Steps count within the window. */
export function regionOf(product: Product, at: ChunkCoord, level = 0): Region {
  const { grid } = product.levels[level]!;
  const { height, width } = product.shard;
  return {
    t0: 0,
    t1: windowAt(product, at.t).steps.length,
    y0: at.y * height,
    y1: Math.min((at.y + 1) * height, grid.height),
    x0: at.x * width,
    x1: Math.min((at.x + 1) * width, grid.width),
  };
}

/** Every place of the product, row by row. */
export function* placesOf(product: Product): Generator<{ y: number; x: number }> {
  const { height, width } = product.levels[0]!.shards;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) yield { y, x };
  }
}

const modelOf = (spec: Spec): FluxModel => modelNamed(spec.model, 'spec.model');

function paramsOf(spec: Spec, model: FluxModel): unknown {
  const parsed = model.params.safeParse(spec.params);
  if (parsed.success) return parsed.data;
  throw refusal('spec.params', spec.params, parsed.error, (path) => fieldsAt(model.params, path));
}

/** Inputs that the parameters and the outputs ask for. */
const inputsOf = (
  model: FluxModel,
  params: unknown,
  outputs: Product['outputs'],
): Readonly<Record<string, InputVariable>> =>
  Object.fromEntries(
    Object.entries(model.inputs(params)).filter(([, { onlyFor }]) => !onlyFor || outputs[onlyFor]),
  );

function checkSources(spec: Spec, inputs: Readonly<Record<string, InputVariable>>): void {
  const known = Object.keys(inputs);
  for (const name of Object.keys(spec.sources)) {
    if (inputs[name]) continue;
    const near = nearest(name, known);
    throw new BadRequest(
      `spec.sources.${name}`,
      `${spec.model} reads no "${name}" with these parameters${near ? `; did you mean "${near}"?` : `; it reads: ${known.join(', ')}`}`,
    );
  }
  for (const [name, { optional, title }] of Object.entries(inputs)) {
    if (!optional && !spec.sources[name] && !isDerived(name)) {
      throw new BadRequest(`spec.sources.${name}`, `missing; ${spec.model} needs ${title.toLowerCase()}`);
    }
  }
}

/** Inputs that the door makes itself, from the grid, the zones or another input. */
export const isDerived = (name: string): boolean => DERIVED.has(name);

const DERIVED = new Set(['latitude', 'study', 'ndviFlags', 'typeFractions', 'landcoverValid']);

function outputsOf(spec: Spec, model: FluxModel): Record<string, OutputVariable> {
  const all = Object.entries(model.outputs);
  const wanted = spec.outputs ?? all.filter(([, output]) => !output.diagnostic).map(([name]) => name);
  for (const name of wanted) {
    if (model.outputs[name]) continue;
    const near = nearest(name, Object.keys(model.outputs));
    throw new BadRequest(
      'spec.outputs',
      `${spec.model} has no output "${name}"${near ? `; did you mean "${near}"?` : `; it has: ${Object.keys(model.outputs).join(', ')}`}`,
    );
  }
  return Object.fromEntries(all.filter(([name]) => wanted.includes(name)));
}

function windowsOf({ time }: Spec): Window[] {
  if (time.to < time.from) throw new BadRequest('spec.time.to', `${time.to} lies before ${time.from}`);
  if (!time.from.endsWith('-01'))
    throw new BadRequest('spec.time.from', 'start in January: a window is a calendar year');
  if (!time.to.endsWith('-12'))
    throw new BadRequest('spec.time.to', 'end in December: a window is a calendar year');
  const steps = monthSteps(time.from, time.to);
  const first = steps[0]!.year;
  return Array.from({ length: steps.length / 12 }, (_, t) => ({
    t,
    year: first + t,
    steps: steps.slice(12 * t, 12 * t + 12),
  }));
}

function spinUpOf(model: FluxModel, params: unknown, windows: readonly Window[]): Window | undefined {
  const run = [windows[0]!.year, windows.at(-1)!.year] as const;
  const isWanted = (model.climatology?.inputs(params) ?? []).length > 0;
  const before = model.spinUp?.years(params, run);
  if (isWanted && before) {
    throw new BadRequest(
      'spec.params',
      `${model.climatology!.title} and ${model.spinUp!.title ?? 'a spin-up'} do not go together; leave one of them out`,
    );
  }
  const years = isWanted ? run : before;
  if (!years) return undefined;
  const [from, to] = years;
  return { t: SPIN_UP, year: from, steps: monthSteps(`${yyyy(from)}-01`, `${yyyy(to)}-12`) };
}

const yyyy = (year: number): string => String(year).padStart(4, '0');

/** Halves until the whole map fits one shard. */
function levelsOf(native: GeoGrid, shard: Size2): Level[] {
  const levels: Level[] = [];
  for (let level = 0; ; level++) {
    const grid = levelGrid(native, level);
    const shards = {
      height: Math.ceil(grid.height / shard.height),
      width: Math.ceil(grid.width / shard.width),
    };
    levels.push({ level, grid, shards });
    if (shards.height * shards.width === 1) return levels;
  }
}
