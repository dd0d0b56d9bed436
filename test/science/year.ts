/** A year of months, and running a model on it, for the tests of the science floor. */
import { daysInMonth } from '../../lib/grid/calendar.ts';
import {
  type FluxModel,
  type Inputs,
  MODEL_YEAR_DAYS,
  type Prepared,
  type Shape,
  valuesPerCell,
} from '../../lib/science/model.ts';
import { casaNep } from '../../lib/science/models.ts';

export const stepsOf = (year: number) =>
  Array.from({ length: 12 }, (_, i) => ({ year, month: i + 1, days: daysInMonth(year, i + 1) }));

export const shapeOf = (cells: number, year = 2021): Shape => ({ steps: stepsOf(year), cells });

/** Parameters of casa-nep whose FPAR limits are set, so that nothing needs preparing. */
export const withLimits = (
  type: string,
  limits: readonly [number, number],
  more: Record<string, unknown> = {},
) => casaNep.params.parse({ ...more, fpar: { limits: { [type]: limits }, range: 'table' } });

export type Arrays = Record<string, Float64Array | Float32Array | Uint8Array>;

/** Every output of a model, all in double unless told. */
export function outputsOf(
  model: FluxModel,
  { steps, cells }: Shape,
  stored = false,
  names: readonly string[] = Object.keys(model.outputs),
): Arrays {
  return Object.fromEntries(
    names.map((name) => {
      const { dims, dtype } = model.outputs[name]!;
      const rows = dims === 'tyx' ? steps.length : dims === 'dyx' ? MODEL_YEAR_DAYS : 1;
      const length = rows * cells;
      if (dtype === 'uint8') return [name, new Uint8Array(length)];
      return [name, stored ? new Float32Array(length) : new Float64Array(length)];
    }),
  );
}

export const freshState = (
  model: FluxModel,
  cells: number,
  params: unknown = model.params.parse({}),
): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(model.state ?? {}).map(([name, variable]) => [
      name,
      new Float64Array(cells * valuesPerCell(variable, params)).fill(variable.initial),
    ]),
  );

/** Runs a model with every output. */
export function run(
  model: FluxModel,
  shape: Shape,
  input: Inputs,
  params: unknown = model.params.parse({}),
  prepared: Prepared = {},
  state = freshState(model, shape.cells, params),
  stored = false,
): Arrays {
  const output = outputsOf(model, shape, stored);
  model.computeChunk(shape, input, params, prepared, state, output);
  return output;
}

export const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
