import { typeIndex } from '../../lib/science/landcover/classes.ts';
import { casaNep } from '../../lib/science/models.ts';
import { type InputArrays, inputsOf } from '../contract/inputs.ts';
import { type Arrays, shapeOf, withLimits } from './year.ts';

export const CELLS = 30;
export const SHAPE = shapeOf(CELLS);
export const LIMITS: [number, number] = [0.25, 0.86];

/** One type for all cells, so that its limits are known. */
export function setUp(
  seed: number,
  more: Record<string, unknown> = {},
): { input: InputArrays; params: ReturnType<typeof withLimits> } {
  const params = withLimits('ebf', LIMITS, more);
  const input = inputsOf(casaNep.inputs(params), SHAPE, seed);
  input.vegtype!.fill(typeIndex('ebf'));
  return { input, params };
}

export const field = (input: InputArrays, name: string) => input[name] as Float64Array;
export const at = (arrays: Arrays, name: string, q: number) => arrays[name]![q]!;
