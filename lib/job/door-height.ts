import type { Binding } from './binding.ts';
import type { DoorInput } from './door.ts';

/**
 * Takes inputs to the height of the place where the model asks for it: what differs between the two heights is
 * interpolated before the product, so that valleys and ridges of one climate cell part. A missing height leaves
 * nothing.
 */
export function takeToHeight(
  inputs: Readonly<Record<string, DoorInput>>,
  bindings: readonly Binding[],
): Record<string, DoorInput> {
  const corrected = bindings.flatMap(({ name, variable: { toHeight } }) => {
    const [input, of, from] = [name, toHeight?.of, toHeight?.from].map((key) => inputs[key ?? '']);
    return toHeight && input && of && from
      ? [[name, atHeight(input, of, from, toHeight.perMetre)] as const]
      : [];
  });
  return { ...inputs, ...Object.fromEntries(corrected) };
}

function atHeight(input: DoorInput, of: DoorInput, from: DoorInput, perMetre: number): DoorInput {
  return {
    ...input,
    strip(...rows) {
      const values = input.strip(...rows) as Float64Array;
      const [heights, stood] = [of.strip(rows[0], rows[1]), from.strip(rows[0], rows[1])];
      const cells = heights.length;
      for (let q = 0; q < values.length; q++)
        values[q]! += perMetre * (heights[q % cells]! - stood[q % cells]!);
      return values;
    },
  };
}
