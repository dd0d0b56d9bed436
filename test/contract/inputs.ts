/** Seeded inputs of any model, from its declaration alone. */
import { VEGETATION_TYPES } from '../../lib/science/landcover/classes.ts';
import { type InputVariable, MODEL_YEAR_DAYS, type Shape } from '../../lib/science/model.ts';
import { uniform } from '../bench/kernel-data.ts';

export type InputArrays = Record<string, Float64Array | Uint8Array>;

/** Values of an input in one cell; of a series for the whole region all of them. */
export function rowsOf({ dims, classes }: InputVariable, { steps }: Pick<Shape, 'steps'>): number {
  if (dims === 'tyx') return steps.length;
  if (dims === 'dyx' || dims === 'd') return MODEL_YEAR_DAYS;
  return dims === 'kyx' ? (classes?.names ?? VEGETATION_TYPES).length : 1;
}

const lengthOf = (variable: InputVariable, shape: Shape): number =>
  rowsOf(variable, shape) * (variable.dims === 'd' ? 1 : shape.cells);

/** Where physical ranges end at a rare extreme, what weather mostly is. */
const USUAL: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [-15, 35],
  optimumTemperature: [5, 35],
  precipitation: [0, 400],
  potentialEvaporation: [0, 250],
  evaporation: [0, 150],
  tempMin: [-8, 12],
  tempMax: [12, 28],
  shortwave: [2, 28],
  relativeHumidity: [0.3, 0.95],
  lai: [0.2, 6],
  nDeposition: [0, 2],
  co2: [350, 420],
};

/** Numbers over the whole declared range for odd seeds, of usual weather for even ones. */
export function inputsOf(
  declared: Readonly<Record<string, InputVariable>>,
  shape: Shape,
  seed: number,
): InputArrays {
  const next = uniform(seed);
  return Object.fromEntries(
    Object.entries(declared).map(([name, variable]) => {
      const [low, high] = (seed % 2 === 0 && USUAL[name]) || variable.range;
      const length = lengthOf(variable, shape);
      if (name === 'vegtype') return [name, Uint8Array.from({ length }, (_, i) => (i * 7 + seed) % 11)];
      if (name === 'ndviFlags') return [name, Uint8Array.from({ length }, () => Math.floor(next() * 8))];
      if (name === 'study') return [name, Uint8Array.from({ length }, () => Math.round(next()))];
      return [name, Float64Array.from({ length }, () => low + next() * (high - low))];
    }),
  );
}

/** One part of the cells of every array. */
export function cutCells(
  arrays: InputArrays,
  declared: Readonly<Record<string, InputVariable>>,
  shape: Shape,
  from: number,
  to: number,
): InputArrays {
  const { cells } = shape;
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      if (declared[name]!.dims === 'd') return [name, array];
      const rows = rowsOf(declared[name]!, shape);
      const parts = Array.from({ length: rows }, (_, r) => [
        ...array.subarray(r * cells + from, r * cells + to),
      ]);
      return [
        name,
        array instanceof Uint8Array ? Uint8Array.from(parts.flat()) : Float64Array.from(parts.flat()),
      ];
    }),
  );
}
