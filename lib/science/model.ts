import type { z } from 'zod';
import type { Unit } from './units.ts';

/**
 * `tyx` a value a step (month) and cell, `yx` one a cell (an output: one a cell and window), `kyx` one a class and cell;
 * of daily models `dyx` one a day and cell, `ayx` one a year and cell, `d` one a day alone.
 */
export type Dims = 'tyx' | 'yx' | 'kyx' | 'dyx' | 'ayx' | 'd';

/** What an output may have. */
export type OutputDims = 'tyx' | 'yx' | 'dyx';

/** How stored steps become days: of those in it, or, of steps longer than a day, held or along a line between middles. */
export type ToDays = 'mean' | 'min' | 'max' | 'hold' | 'linear';

/** What a variable is; planner, worker, writer, API and contract test read nothing else. */
export interface Variable {
  readonly title: string;
  readonly units: Unit;
  readonly dims: Dims;
  /** Physical range in `units`, both ends included; outside it an input becomes NaN at the door and is counted. */
  readonly range: readonly [number, number];
  readonly standardName?: string;
}

/** Classes that a land-cover map is read into, in the order of their index. */
export interface ClassScheme {
  readonly id: string;
  readonly names: readonly string[];
  /**
   * Class index by stored code, `NO_CLASS` for fill; of a ready legend by name or of one's own.
   * @throws BadRequest naming `field`
   */
  codes(legend: string | Readonly<Record<string, string>>, field: string): Readonly<Record<number, number>>;
  /** @throws BadRequest naming `field` */
  index(name: string, field: string): number;
}

/**
 * How an input gets from its own grid and steps to the product's: `mean` is that over the area of each pixel, `majority`
 * and `fractions` are of classes.
 */
export type Resampling = 'bilinear' | 'nearest' | 'mean' | 'majority' | 'fractions';

export interface InputVariable extends Variable {
  readonly resampling: Resampling;
  /** Set to 0 when below it: packing noise of accumulated fluxes, condensation (spec casa.md 1.1). */
  readonly clampNegative?: boolean;
  /** Direction in which the model counts the flux as positive; the source must then say its own. */
  readonly positive?: 'up' | 'down';
  /** The door adds `perMetre` for each metre that the height `of` lies above the height `from`: two other inputs. */
  readonly toHeight?: { readonly perMetre: number; readonly of: string; readonly from: string };
  /**
   * A share of what air of the mean of two other inputs, degrees Celsius, can hold of vapour: what goes over to the
   * product's pixels is the vapour (spec beps.md 1.2).
   */
  readonly ofSaturation?: readonly [low: string, high: string];
  /** What the mean of a whole year can be on Earth: tells mistaken sums and means apart (spec casa.md 1.1). */
  readonly yearMean?: readonly [number, number];
  /** The model runs without it. */
  readonly optional?: boolean;
  /** Output that it is read for: without that, nobody reads it. */
  readonly onlyFor?: string;
  /** Of a `dyx` input. */
  readonly toDays?: ToDays;
  /** Of a class input; the vegetation types of CASA unless said. */
  readonly classes?: ClassScheme;
}

export interface OutputVariable extends Variable {
  readonly dims: OutputDims;
  /** Stored type; float32 with NaN as nodata unless said. */
  readonly dtype?: 'float32' | 'uint8';
  /** Nodata of a uint8 output. */
  readonly fill?: number;
  /** CF flag values or masks and their meanings. */
  readonly flags?: {
    readonly values?: readonly number[];
    readonly masks?: readonly number[];
    readonly meanings: readonly string[];
  };
  readonly cellMethods?: string;
  /** Direction in which a flux through the surface counts as positive. */
  readonly positive?: 'up' | 'down';
  /** Written only when the spec names it. */
  readonly diagnostic?: boolean;
  /** Its sum over an area is no carbon of that area: it is of nitrogen, or per m2 of one vegetation type alone. */
  readonly noTotal?: true;
  /** What a coarser cell shows: area-weighted mean (default of floats), majority (of uint8), or a ratio of two means. */
  readonly coarsen?:
    | 'mean'
    | 'majority'
    | { readonly ratio: readonly [numerator: string, denominator: string] };
}

/** One step of the window that is computed. */
export interface Step {
  readonly year: number;
  /** 1…12 */
  readonly month: number;
  /** True calendar length, days. */
  readonly days: number;
}

/** Days of a year of a daily model: 29 February is left out. */
export const MODEL_YEAR_DAYS = 365;

/**
 * A block of cells that a model computes at once: `steps` in order, and how many cells. Arrays are `[step][cell]`; those
 * of days `[day][cell]`, `MODEL_YEAR_DAYS` a year.
 */
export interface Shape {
  readonly steps: readonly Step[];
  readonly cells: number;
}

/** Inputs are float64 (`NaN` = missing) or class indices in uint8 (255 = none). */
export type Inputs = Readonly<Record<string, Float64Array | Uint8Array | undefined>>;
export type Outputs = Readonly<Record<string, Float64Array | Float32Array | Uint8Array | undefined>>;
export type State = Readonly<Record<string, Float64Array>>;
/** Plain JSON, because it is stored and part of the digest. */
export type Prepared = Readonly<Record<string, unknown>>;

/**
 * A statistic of the whole region that a model needs first. Counts are integers and only ever added, so any order of
 * chunks, any number of workers and any repetition give the same result.
 */
export interface Prepare<P> {
  readonly id: string;
  /** Names of the inputs that counting reads. */
  inputs(params: P): readonly string[];
  /** How many counters a chunk keeps. */
  length(params: P): number;
  /** Adds the cells of one block, for one window, to `counts`. */
  count(shape: Shape, input: Inputs, params: P, counts: Float64Array): void;
  /** What `computeChunk` reads, from the sums of all chunks. */
  finish(counts: Float64Array, params: P): Prepared;
  /** The parameters that counting and finishing look at; all of them unless said. */
  uses?(params: P): unknown;
  /** The part of a prepared statistic that `computeChunk` reads, when the rest is for people; all of it unless said. */
  essence?(prepared: Prepared): unknown;
  /** Where a part of the statistic is of all windows together. */
  readonly together?: {
    isWanted(params: P): boolean;
    /** What `finish` gave for each window, in order, completed by what follows from all of them. */
    combine(values: readonly Prepared[], params: P): readonly Prepared[];
  };
}

/** What a model carries from window to window: `[cell]`, or `[cell][value]`. */
export interface StateVariable extends Variable {
  /** Before the first window. */
  readonly initial: number;
  /** Values a cell; one unless said, none where the parameters do not want it. */
  values?(params: never): number;
  /** Set before the first window, and the same for all of them. */
  readonly constant?: true;
}

/** How often a model did what with its inputs, summed over a chunk: said in the record. */
export type Counts = Readonly<Record<string, number>>;

/** How far a spin-up has come. */
export interface Rested {
  /** Cells that have their first state, from the first of the block on. */
  readonly cells: number;
  /** What was done since the last that was said. */
  readonly counts: Counts;
}

/** The first state of a model, made from years of its inputs before the first window: at rest, or what they leave. */
export interface SpinUp<P> {
  /** What messages call it, where it is not a state at rest. */
  readonly title?: string;
  /**
   * First and last year of the climate that is gone through; `undefined` when the parameters want none.
   * @param run first and last year of the product
   */
  years(params: P, run: readonly [number, number]): readonly [number, number] | undefined;
  /** Names of the inputs that it reads; all of them unless said. */
  inputs?(params: P): readonly string[];
  /**
   * Sets `state` in the order of cells, from the cell `from` on, and says after every few of them how far it is: whoever
   * asks may stop there, and go on another day. What a cell's state is does not depend on that.
   *
   * @param shape with all months of those years
   */
  compute(shape: Shape, input: Inputs, params: P, state: State, from: number): Iterable<Rested>;
}

/**
 * What a model must know of a place from all of its windows before it computes the first: its state is then set from
 * them, one window after the other, so that they never lie in memory together.
 */
export interface Climatology<P> {
  /** What messages call it. */
  readonly title: string;
  /** Names of the inputs that it is made from; none when the parameters want none. */
  inputs(params: P): readonly string[];
  /** The parameters that it looks at. */
  uses(params: P): unknown;
  /** Bytes that `open` takes for each cell. */
  readonly bytesPerCell: number;
  open(
    cells: number,
    params: P,
  ): {
    /** Adds one window of some of the cells, the first of which is the cell `from`. */
    add(shape: Shape, input: Inputs, from: number): void;
    /** Sets what it is for in `state`, after the last window. */
    finish(state: State): void;
  };
}

/** Arrays that a model would have its block in: it then reads and writes them where they are. */
export interface Room {
  /** `[step][cell]` of an input by its name; undefined for one that the model takes from anywhere. */
  input(name: string, length: number): Float64Array | undefined;
  output(name: string, length: number): Float32Array | undefined;
}

/** A flux model: a declaration, and pure functions on typed arrays. */
export interface FluxModel<P = unknown> {
  readonly id: string;
  /** Changes whenever a number changes; part of every digest. */
  readonly version: string;
  readonly title: string;
  readonly cite: readonly string[];
  /** Parameters with their defaults; unknown names are refused. */
  readonly params: z.ZodType<P>;
  /** Steps that are computed together: one window is one calendar year. */
  readonly window: 'year';
  inputs(params: P): Readonly<Record<string, InputVariable>>;
  readonly outputs: Readonly<Record<string, OutputVariable>>;
  /** Carried from one window of a place to the next; `initial` is the value before the first. */
  readonly state?: Readonly<Record<string, StateVariable>>;
  readonly spinUp?: SpinUp<P>;
  /** Instead of a spin-up: parameters that want both are refused. */
  readonly climatology?: Climatology<P>;
  readonly prepare?: Prepare<P>;
  /** The same arrays each time: only for a block that is computed before anything else of the thread runs. */
  room?(shape: Shape): Room | undefined;
  /**
   * Writes every output array it is given (others are not wanted) and updates `state` in place. Synchronous; no
   * allocation per cell, no I/O, clock, randomness or module state. NaN in an input gives NaN in every output that
   * reads it, there and nowhere else. May say how often it did something that people want to know.
   */
  computeChunk(
    shape: Shape,
    input: Inputs,
    params: P,
    prepared: Prepared,
    state: State,
    output: Outputs,
    // biome-ignore lint/suspicious/noConfusingVoidType: most models have nothing to say
  ): Counts | void;
}

/** Values that a state variable has in a cell. */
export const valuesPerCell = ({ values }: StateVariable, params: unknown): number =>
  values?.(params as never) ?? 1;

/** What a model carries with these parameters, by name. */
export const statesOf = (
  { state }: Pick<FluxModel, 'state'>,
  params: unknown,
): readonly (readonly [name: string, variable: StateVariable])[] =>
  Object.entries(state ?? {}).filter(([, variable]) => valuesPerCell(variable, params) > 0);

/** Keeps the type of the parameters while a registry holds models of any. */
export function defineModel<P>(model: FluxModel<P>): FluxModel<P> {
  return model;
}
