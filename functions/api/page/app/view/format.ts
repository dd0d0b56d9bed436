import { MONTH_NAMES } from '../../../../../lib/grid/calendar.ts';

const MINUS = '−';

const NO_VALUE = '–';

/** A number with as many digits as carry meaning: three, or all before the point. */
export function number(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  const whole = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  const decimals = Math.max(0, Math.min(size < 1 ? digits : digits - whole, 20));
  const text = new Intl.NumberFormat('en-GB', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
    .format(size)
    .replaceAll(',', '\u202f');
  const zero = Number(size.toFixed(decimals)) === 0;
  return value < 0 && !zero ? MINUS + text : text;
}

/** With its sign, for balances. */
export const signed = (value: number | null | undefined, digits = 3): string =>
  (value ?? 0) > 0 ? `+${number(value, digits)}` : number(value, digits);

/** Evenly spaced numbers of an axis, with the decimals that they need. */
export function tickTexts(ticks: readonly number[]): string[] {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) || 1;
  let decimals = 0;
  while (decimals < 12 && Math.abs(step - Number(step.toFixed(decimals))) > 1e-6 * step) decimals++;
  return ticks.map((value) => value.toFixed(decimals).replace('-', MINUS));
}

export interface Mass {
  readonly unit: 'KtC' | 'tC' | 'kgC';
  readonly perGram: number;
}

/** The unit in which the largest of some totals reads well. */
export function massUnit(grams: readonly (number | null)[]): Mass {
  const most = Math.max(0, ...grams.map((value) => Math.abs(value ?? 0)));
  if (most >= 1e8) return { unit: 'KtC', perGram: 1e-9 };
  if (most >= 1e5 || most === 0) return { unit: 'tC', perGram: 1e-6 };
  return { unit: 'kgC', perGram: 1e-3 };
}

const stepIn = (label: string, letters: number): string => {
  const [year = '', month, day] = label.split('-');
  const name = month && (MONTH_NAMES[Number(month) - 1] ?? month).slice(0, letters);
  return [day && String(Number(day)), name, year].filter(Boolean).join(' ');
};

/** `2021-07` as July 2021, `2021-07-04` as 4 July 2021. */
export const stepName = (label: string): string => stepIn(label, 9);
/** `2021-07` as Jul 2021. */
export const shortStep = (label: string): string => stepIn(label, 3);

/** How a value changed between two dates, whichever is told first. */
export function changeText(
  [time, value]: readonly [string, number | null | undefined],
  [other, before]: readonly [string, number | null | undefined],
  unit: string,
): string | undefined {
  if (value === null || value === undefined || before === null || before === undefined) return undefined;
  const [from, to] = [time, other].sort() as [string, string];
  const change = to === time ? value - before : before - value;
  return `Change from ${stepName(from)} to ${stepName(to)}: ${signed(change)} ${unit}`.trimEnd();
}

export function placeName([lon, lat]: readonly [number, number]): string {
  const side = (value: number, plus: string, minus: string) =>
    `${Math.abs(value).toFixed(3)}° ${value < 0 ? minus : plus}`;
  return `${side(lat, 'N', 'S')}, ${side(lon, 'E', 'W')}`;
}

/** m2 as km2. */
export const area = (squareMetres: number | null | undefined): string =>
  `${number(squareMetres === undefined || squareMetres === null ? undefined : squareMetres / 1e6)} km²`;

export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined || !Number.isFinite(share)
    ? NO_VALUE
    : `${Math.round(100 * share)} %`;
