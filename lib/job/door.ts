import type { Region } from '../grid/region.ts';
import type { Bilinear } from '../grid/resample.ts';
import type { Layer, LayerFacts } from '../raster/layer.ts';
import { reopenLayer } from '../raster/read.ts';
import type { Binding } from './binding.ts';
import { classDoor, fractionDoor, validDoor } from './door-classes.ts';
import { dayDoor, yearDoor } from './door-days.ts';
import { constantDoor, latitudeDoor, studyDoor, tableDoor } from './door-derived.ts';
import { fieldDoor } from './door-field.ts';
import { takeToHeight } from './door-height.ts';
import type { DaysRead } from './door-humidity.ts';
import { seriesDoor } from './door-series.ts';
import type { Plan } from './plan.ts';
import type { Product, Window } from './product.ts';
import type { DoorCounts } from './record.ts';
import type { World } from './world.ts';

/**
 * An input of one chunk inside the door: read, and turned strip by strip into what the model asks for. From here on
 * every number is in the model's units, on the product's pixels and steps, NaN where missing.
 */
export interface DoorInput {
  /**
   * Rows `[y0, y1)` of the chunk, counted from its first: `[step][cell]`, `[cell]` or `[class][cell]`.
   * @param room where the model would have the array, if it has one of that length
   */
  strip(y0: number, y1: number, room?: StripRoom): Float64Array | Uint8Array;
  counts(): DoorCounts;
  /** After the last strip. @throws UnitMismatch when most of what came in cannot be meant so */
  check?(): void;
  /** Frees what was read, once no strip is wanted any more. */
  release?(): void;
}

/** An array for so many numbers, to be filled whole. */
export type StripRoom = (length: number) => Float64Array | undefined;

/** One chunk, as doors see it. */
export interface DoorContext {
  readonly world: World;
  readonly product: Product;
  readonly window: Window;
  readonly region: Region;
  readonly plan: Pick<Plan, 'zones'>;
  open(facts: LayerFacts): Layer;
  /** Resamplings by source grid: the variables of one climate share theirs. */
  readonly resamplings: Map<string, Bilinear>;
  /** By name: what relative humidity is taken together with. */
  readonly daysRead: Map<string, DaysRead>;
}

/** Reads all that a chunk needs of its inputs, one after the other, so that memory stays within the plan's bound. */
export async function openInputs(
  world: World,
  plan: Plan,
  product: Product,
  window: Window,
  region: Region,
  isWanted: (name: string) => boolean = () => true,
): Promise<Record<string, DoorInput>> {
  const open = (facts: LayerFacts) => reopenLayer(world.inputs, facts);
  const context: DoorContext = {
    world,
    product,
    window,
    region,
    plan,
    open,
    resamplings: new Map(),
    daysRead: new Map(),
  };
  const inputs: Record<string, DoorInput> = {};
  for (const binding of plan.bindings) {
    if (!isWanted(binding.name)) continue;
    Object.assign(inputs, await openInput(context, binding, plan.bindings, inputs));
  }
  return takeToHeight(inputs, plan.bindings);
}

async function openInput(
  context: DoorContext,
  { name, variable, source }: Binding,
  bindings: readonly Binding[],
  before: Readonly<Record<string, DoorInput>>,
): Promise<Record<string, DoorInput>> {
  switch (source.kind) {
    case 'constant':
      return { [name]: constantDoor(context, variable, source.value) };
    case 'field':
      return { [name]: await fieldDoor(context, { name, variable, source }) };
    case 'series':
      return seriesDoor(context, { name, variable, source });
    case 'classes':
      return { [name]: await classesDoor(context, { name, variable, source }) };
    case 'days':
      return { [name]: await dayDoor(context, { name, variable, source }, before) };
    case 'years':
      return { [name]: await yearDoor(context, { name, variable, source }) };
    case 'table':
      return { [name]: tableDoor(context, variable, source) };
    case 'derived':
      return derivedInput(context, name, bindings);
  }
}

const classesDoor = (...args: Parameters<typeof classDoor>): Promise<DoorInput> =>
  args[1].variable.resampling === 'fractions' ? fractionDoor(...args) : classDoor(...args);

/** Inputs that follow from the grid, the zones or another input (see `isDerived`). */
async function derivedInput(
  context: DoorContext,
  name: string,
  bindings: readonly Binding[],
): Promise<Record<string, DoorInput>> {
  if (name === 'latitude') return { latitude: latitudeDoor(context) };
  if (name === 'study') return context.plan.zones ? { study: studyDoor(context, context.plan.zones) } : {};
  if (name === 'typeFractions' || name === 'landcoverValid')
    return { [name]: await ofLandCover(context, name, bindings) };
  return {};
}

/** What else the map of vegetation types tells of a cell; the same type everywhere is the whole of every cell. */
async function ofLandCover(
  context: DoorContext,
  name: 'typeFractions' | 'landcoverValid',
  bindings: readonly Binding[],
): Promise<DoorInput> {
  const { variable, source } = bindings.find((binding) => binding.name === 'vegtype')!;
  if (source.kind === 'classes') {
    const door = name === 'typeFractions' ? fractionDoor : validDoor;
    return door(context, { name: 'vegtype', variable, source });
  }
  if (source.kind !== 'constant') throw new RangeError(`vegtype is a ${source.kind}, no class`);
  return name === 'typeFractions'
    ? constantDoor(context, { ...variable, resampling: 'fractions', dims: 'kyx' }, source.value)
    : constantDoor(context, { ...variable, resampling: 'nearest' }, 1);
}
