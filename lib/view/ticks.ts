const STEPS = [1, 2, 2.5, 5, 10];

/** The smallest round step (1, 2, 2.5 or 5 times a power of ten) that is at least `raw`. */
export function niceStep(raw: number): number {
  if (!(raw > 0) || !Number.isFinite(raw)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((s) => s * power >= raw * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Multiples of `step` in `[low, high]`, free of the noise that adding up would bring. */
export function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(step))));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toFixed(digits)),
  );
}

/** About `count` round values of an axis. */
export const niceTicks = (low: number, high: number, count = 6): number[] =>
  multiples(low, high, niceStep((high - low) / count));

/** A range between round numbers, and the round values in it, both ends among them. */
export interface Scale {
  readonly range: readonly [low: number, high: number];
  readonly ticks: readonly number[];
}

/** The range widened to the next round numbers, in about `count` steps. */
export function niceScale(low: number, high: number, count = 6): Scale {
  const step = low === high ? niceStep(Math.abs(low) / 10 || 1) : niceStep((high - low) / count);
  const from = Math.floor(low / step + 1e-9) * step;
  const to = Math.max(Math.ceil(high / step - 1e-9) * step, from + step);
  const ticks = multiples(from, to, step);
  return { range: [ticks[0]!, ticks.at(-1)!], ticks };
}

/** A range as far below 0 as above it. */
export function centredScale(reach: number): Scale {
  const { range, ticks } = niceScale(0, reach || 1, 4);
  const negative = ticks.slice(1).map((tick) => -tick);
  return { range: [-range[1], range[1]], ticks: [...negative.reverse(), ...ticks] };
}

/** Labels of ticks with just the decimals that tell them apart, and a true minus sign. */
export function tickLabels(ticks: readonly number[]): string[] {
  const decimals = Math.max(0, ...ticks.map(decimalsOf));
  return ticks.map((tick) => (tick === 0 ? '0' : tick.toFixed(decimals).replace('-', '−')));
}

/** Decimals that write a round number exactly. */
function decimalsOf(value: number): number {
  const text = value.toFixed(8).replace(/0+$/, '');
  return text.length - text.indexOf('.') - 1;
}
