/** A number for people: fixed decimals, true minus sign in pictures, `-` for what is not there. */
export function fixed(value: number | undefined, decimals: number, missing = '-'): string {
  if (value === undefined || !Number.isFinite(value)) return missing;
  const text = value.toFixed(decimals);
  // -0.0 is a rounded small negative number; its sign tells nothing.
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Decimals that give at least `digits` significant digits to the largest of some values, at most 6. */
export function decimalsFor(values: readonly number[], digits = 4): number {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  if (largest === 0) return 0;
  const whole = Math.floor(Math.log10(largest)) + 1;
  return Math.min(6, Math.max(0, digits - whole));
}

/** With the typographic minus, for pictures. */
export const pictured = (text: string): string => text.replace(/^-/, '−');
