import { ChunkTooLarge } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { Layer } from '../raster/layer.ts';
import type { Binding } from './binding.ts';
import { digestOf, listDigest } from './digest.ts';
import { taskMemory } from './memory.ts';
import { factsOf, type Needs, needsOf } from './needs.ts';
import { climatologyInputs, type Product, placesOf, regionOf, type Window } from './product.ts';
import type { Spec } from './spec.ts';

/** One window of a task: a chunk of the product. */
export interface TaskWindow {
  readonly t: number;
  /** Inputs' objects and all that the product fixes; prepared statistics and carried state come on top of it. */
  readonly digest: string;
  /** What the counting of `prepare` depends on; absent where the model needs none. */
  readonly countDigest?: string;
  /** Bound of the bytes that reading it moves. */
  readonly bytes: number;
  /** Objects that should be there and are not. */
  readonly missing: readonly string[];
}

/** A column: one place of the map and its windows in order. */
export interface Task {
  readonly place: { readonly y: number; readonly x: number };
  /** What the first state is made from; absent where the model wants none. */
  readonly spinUp?: TaskWindow;
  readonly windows: readonly TaskWindow[];
  /** Bound of the memory that doing it needs, bytes. */
  readonly memory: number;
}

/** Everything that a worker needs to do any task; plain JSON. */
export interface Plan {
  readonly run: string;
  readonly spec: Spec;
  readonly grid: GeoGrid;
  readonly bindings: readonly Binding[];
  /** Zones of the spec as GeoJSON text, for the study mask. */
  readonly zones?: string;
  /** Per window, what the statistic that the model needs first is to be merged from; absent where it needs none. */
  readonly counts?: readonly string[];
  readonly tasks: readonly Task[];
}

export interface PlanInput {
  readonly run: string;
  readonly product: Product;
  readonly bindings: readonly Binding[];
  /** Opened layers by input name; quality layers as `<name>.quality`. Only `dependencies` is asked of them. */
  readonly layers: Readonly<Record<string, Layer>>;
  readonly zones?: string;
  /** Bytes that one task may need. */
  readonly memoryLimit: number;
}

/**
 * The tasks of a product, with bytes, memory and digests. Pure: reads nothing but what headers and listings said.
 * @throws ChunkTooLarge when one task would need more than `memoryLimit`
 */
export function planRun(input: PlanInput): Plan {
  const tasks = [...planTasks(input)];
  return { ...planHead(input, countsDigests(input.product, tasks)), tasks };
}

/** All of a plan but its tasks. */
export function planHead(
  { run, product, bindings, zones }: PlanInput,
  counts: readonly string[] | undefined,
): Omit<Plan, 'tasks'> {
  return {
    run,
    spec: product.spec,
    grid: product.grid,
    bindings,
    ...(zones !== undefined && { zones }),
    ...(counts && { counts }),
  };
}

/** The tasks one after the other, in the order of places: a plan of a million of them is never whole in memory. */
export function* planTasks({
  product,
  bindings,
  layers,
  zones,
  memoryLimit,
}: Omit<PlanInput, 'run'>): Generator<Task> {
  const zonesDigest = zones === undefined ? undefined : digestOf(zones);
  for (const place of placesOf(product)) {
    const memory = taskMemory(product, bindings, place);
    if (memory > memoryLimit) throw tooLarge(product, memory, memoryLimit);
    const windows = product.windows.map((window) =>
      planWindow(product, bindings, layers, place, window, zonesDigest),
    );
    const spinUp = product.spinUp && planSpinUp(product, bindings, layers, place, product.spinUp);
    yield { place, ...(spinUp && { spinUp }), windows, memory };
  }
}

/** Names the counts of all chunks of a window together. */
export function countsDigest(tasks: Iterable<Task>, t: number): string {
  const digest = listDigest();
  for (const { windows } of tasks) digest.add(windows[t]!.countDigest);
  return digest.end();
}

const countsDigests = (product: Product, tasks: readonly Task[]): string[] | undefined =>
  product.model.prepare && product.windows.map(({ t }) => countsDigest(tasks, t));

/**
 * The first state depends on the model and on what is read of its own years, not on what the product writes; a
 * climatology on no more than its own inputs and parameters.
 */
function planSpinUp(
  product: Product,
  bindings: readonly Binding[],
  layers: Readonly<Record<string, Layer>>,
  place: { y: number; x: number },
  window: Window,
): TaskWindow {
  const { model, params, grid } = product;
  const region = regionOf(product, { ...place, t: window.t });
  const wanted = climatologyInputs(product);
  const needs = needsOf(product, bindings, layers, region, window);
  return {
    ...windowOf(window, needs),
    digest: digestOf({
      [wanted ? 'climatology' : 'spinUp']: [model.id, model.version],
      params: wanted ? model.climatology!.uses(params) : params,
      grid: { crs: grid.crs.proj4, transform: grid.transform },
      region,
      years: [window.year, window.steps.at(-1)!.year],
      inputs: factsOf(product, window, needs),
    }),
  };
}

/** What is to be read for a window. */
function windowOf({ t }: Window, needs: Needs): Pick<TaskWindow, 't' | 'bytes' | 'missing'> {
  const all = needs.flatMap(([, dependencies]) => dependencies);
  return {
    t,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    missing: all.filter(({ etag }) => etag === undefined).map(({ key }) => key),
  };
}

function planWindow(
  product: Product,
  bindings: readonly Binding[],
  layers: Readonly<Record<string, Layer>>,
  place: { y: number; x: number },
  window: Window,
  zonesDigest: string | undefined,
): TaskWindow {
  const region = regionOf(product, { ...place, t: window.t });
  const needs = needsOf(product, bindings, layers, region, window);
  const { prepare } = product.model;
  const counted = new Set(prepare?.inputs(product.params));
  const facts = (among: Needs) => factsOf(product, window, among);
  const here = { region, year: window.year };
  return {
    ...windowOf(window, needs),
    digest: digestOf({ product: product.digest, ...here, inputs: facts(needs) }),
    ...(prepare && {
      countDigest: digestOf({
        prepare: [prepare.id, product.model.version],
        params: prepare.uses?.(product.params) ?? product.params,
        grid: product.grid.transform,
        ...here,
        zones: zonesDigest,
        inputs: facts(needs.filter(([binding]) => counted.has(binding.name))),
      }),
    }),
  };
}

function tooLarge({ id, shard }: Product, memory: number, limit: number): ChunkTooLarge {
  const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  return new ChunkTooLarge(
    `${id}: one chunk of ${shard.height}x${shard.width} pixels needs ${mib(memory)}; a worker may have ${mib(limit)}. ` +
      'Make grid.shard smaller, or give the worker more memory.',
  );
}
