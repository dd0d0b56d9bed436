import type { Inputs, Outputs, Shape, State } from './model.ts';

type Values = Float64Array | Float32Array | Uint8Array;
type Work = (shape: Shape, input: Inputs, state: State, output: Outputs) => void;

/** Does the work of a model on parts of at most `most` cells; a block that is small enough as it is, uncopied. */
export function inBlocks(
  shape: Shape,
  input: Inputs,
  state: State,
  output: Outputs,
  most: number,
  work: Work,
): void {
  if (shape.cells <= most) {
    work(shape, input, state, output);
    return;
  }
  const { steps, cells } = shape;
  for (let from = 0; from < cells; from += most) {
    const part = { steps, cells: Math.min(most, cells - from) };
    const cut = <T extends Values | undefined>(arrays: Readonly<Record<string, T>>) =>
      mapValues(arrays, (array) => cutOut(array, cells, from, part.cells));
    const [stateOf, outputOf] = [cut(state) as State, cut(output)];
    work(part, cut(input), stateOf, outputOf);
    for (const [name, array] of Object.entries(state)) putBack(stateOf[name]!, array, cells, from);
    for (const [name, array] of Object.entries(output))
      if (array) putBack(outputOf[name]!, array, cells, from);
  }
}

const mapValues = <T extends Values | undefined>(
  arrays: Readonly<Record<string, T>>,
  map: (array: NonNullable<T>) => T,
): Record<string, T> =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array && map(array)]));

/** Cells `[from, from + n)` of every row. */
function cutOut<T extends Values>(whole: T, cells: number, from: number, n: number): T {
  const rows = whole.length / cells;
  const part = new (whole.constructor as new (length: number) => T)(rows * n);
  for (let r = 0; r < rows; r++) part.set(whole.subarray(r * cells + from, r * cells + from + n), r * n);
  return part;
}

function putBack(part: Values, whole: Values, cells: number, from: number): void {
  const rows = whole.length / cells;
  const n = part.length / rows;
  for (let r = 0; r < rows; r++) whole.set(part.subarray(r * n, (r + 1) * n), r * cells + from);
}
