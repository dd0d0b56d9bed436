import { allocate, type Cells } from '../grid/cells.ts';
import { colsOf, type Region, rowsOf } from '../grid/region.ts';
import {
  type Counts,
  type Inputs,
  type InputVariable,
  type Outputs,
  type OutputVariable,
  type Prepared,
  type Rested,
  type Room,
  type Shape,
  statesOf,
  valuesPerCell,
} from '../science/model.ts';
import { schemeOf } from './binding-classes.ts';
import type { DoorInput } from './door.ts';
import { daysIn, isDaily, type Product, type Window } from './product.ts';

/**
 * Cells that a model sees at once. A strip of all inputs and outputs of twelve months stays in the core's second-level
 * cache, and the memory of a task hardly grows with the number of inputs.
 */
export const STRIP_CELLS = 4096;

/** The same of a daily model: as many days. */
const DAILY_STRIP_CELLS = 128;

export const stripRows = (product: Product, region: Region): number =>
  Math.max(1, Math.floor((isDaily(product) ? DAILY_STRIP_CELLS : STRIP_CELLS) / colsOf(region)));

/** Carried values of a whole chunk, one array of `[cell]`, or `[cell][value]`, a pool; updated in place. */
export type ChunkState = Readonly<Record<string, Float64Array>>;

/** Rows of a chunk, relative to its first, and their cells. */
export interface Strip {
  readonly y0: number;
  readonly y1: number;
  readonly shape: Shape;
  readonly inputs: Inputs;
}

/**
 * Walks a chunk from top to bottom; every strip's input arrays are valid until the next strip.
 * @param from row of the first strip that is wanted
 */
export function* stripsOf(
  product: Product,
  region: Region,
  window: Window,
  inputs: Readonly<Record<string, DoorInput>>,
  roomFor?: (shape: Shape) => Room | undefined,
  from = 0,
): Generator<Strip> {
  const rows = rowsOf(region);
  const step = stripRows(product, region);
  for (let y0 = from - (from % step); y0 < rows; y0 += step) {
    const y1 = Math.min(y0 + step, rows);
    const shape = { steps: window.steps, cells: (y1 - y0) * colsOf(region) };
    const room = roomFor?.(shape);
    const strip = ([name, input]: [string, DoorInput]) =>
      [name, input.strip(y0, y1, (length) => room?.input(name, length))] as const;
    yield { y0, y1, shape, inputs: Object.fromEntries(Object.entries(inputs).map(strip)) };
  }
}

export interface Computed {
  /** Whole arrays `[step][y][x]` or `[y][x]` by output name. */
  readonly arrays: Record<string, Cells>;
  /** What the model had to say of its inputs. */
  readonly counts: Counts;
}

/** Runs the model over a chunk, strip by strip. */
export function computeWindow(
  product: Product,
  region: Region,
  window: Window,
  inputs: Readonly<Record<string, DoorInput>>,
  prepared: Prepared,
  state: ChunkState,
): Computed {
  const cols = colsOf(region);
  const cells = rowsOf(region) * cols;
  const whole = outputArrays(product, window, cells);
  const scratch = outputArrays(product, window, stripRows(product, region) * cols);
  const roomFor = product.model.room;
  const counts: Record<string, number> = {};
  for (const { y0, shape, inputs: strip } of stripsOf(product, region, window, inputs, roomFor)) {
    const room = roomFor?.(shape);
    const output = mapOutputs(product, (name, variable) => {
      const length = stepCount(variable, window) * shape.cells;
      return room?.output(name, length) ?? scratch[name]!.subarray(0, length);
    }) as Outputs;
    const carried = stateOfCells(product, state, y0 * cols, shape.cells);
    addCounts(
      counts,
      product.model.computeChunk(shape, strip, product.params, prepared, carried, output) ?? {},
    );
    mapOutputs(product, (name, variable) => {
      for (let s = 0; s < stepCount(variable, window); s++) {
        whole[name]!.set(
          output[name]!.subarray(s * shape.cells, (s + 1) * shape.cells),
          s * cells + y0 * cols,
        );
      }
    });
  }
  return { arrays: whole, counts };
}

/** Makes the first state of a chunk in the arrays that it is given, from the cell `from` on (see `SpinUp.compute`). */
export function* spinUpWindow(
  product: Product,
  region: Region,
  window: Window,
  inputs: Readonly<Record<string, DoorInput>>,
  state: ChunkState,
  from: number,
): Generator<Rested> {
  const cols = colsOf(region);
  const spinUp = product.model.spinUp!;
  const strips = stripsOf(product, region, window, inputs, undefined, Math.floor(from / cols));
  for (const { y0, shape, inputs: strip } of strips) {
    const first = y0 * cols;
    const part = stateOfCells(product, state, first, shape.cells);
    const rested = spinUp.compute(shape, strip, product.params, part, Math.max(0, from - first));
    for (const { cells, counts } of rested) yield { cells: first + cells, counts };
  }
}

export function addCounts(sums: Record<string, number>, counts: Counts): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}

/** The part of a chunk's state that belongs to some of its cells. */
export const stateOfCells = (
  { model, params }: Product,
  state: ChunkState,
  from: number,
  cells: number,
): ChunkState =>
  Object.fromEntries(
    Object.entries(state).map(([pool, values]) => {
      const each = valuesPerCell(model.state![pool]!, params);
      return [pool, values.subarray(from * each, (from + cells) * each)];
    }),
  );

/** Steps that an output has in one window: each month, each day, or one for the year. */
export const stepCount = ({ dims }: OutputVariable, window: Window): number =>
  dims === 'tyx' ? window.steps.length : dims === 'dyx' ? daysIn(window) : 1;

/** Values that an input has in one cell of a window. */
export function valuesIn(variable: InputVariable, window: Window): number {
  switch (variable.dims) {
    case 'tyx':
      return window.steps.length;
    case 'dyx':
      return daysIn(window);
    case 'ayx':
      return window.steps.length / 12;
    case 'kyx':
      return schemeOf(variable).names.length;
    default:
      return 1;
  }
}

const outputArrays = (product: Product, window: Window, cells: number): Record<string, Cells> =>
  mapOutputs(product, (_name, variable) =>
    allocate(variable.dtype ?? 'float32', stepCount(variable, window) * cells),
  );

const mapOutputs = <T>(
  product: Product,
  make: (name: string, variable: OutputVariable) => T,
): Record<string, T> =>
  Object.fromEntries(Object.entries(product.outputs).map(([name, variable]) => [name, make(name, variable)]));

/** Values of all that is carried, in one cell. */
export const stateValues = ({ model, params }: Product): number =>
  statesOf(model, params).reduce((sum, [, variable]) => sum + valuesPerCell(variable, params), 0);

/** The state before the first window. */
export function initialState({ model, params }: Product, region: Region): ChunkState {
  const cells = rowsOf(region) * colsOf(region);
  return Object.fromEntries(
    statesOf(model, params).map(([pool, variable]) => [
      pool,
      new Float64Array(cells * valuesPerCell(variable, params)).fill(variable.initial),
    ]),
  );
}
