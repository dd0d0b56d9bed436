/** The middle value; the upper one of an even number. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Four digits, as many as a shared machine can tell. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
