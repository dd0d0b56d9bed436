import { BadRequest } from '../../lib/errors.ts';
import { isoDate, isoDateTime } from '../../lib/grid/time.ts';
import { daysOfWindow, type Product } from '../../lib/job/product.ts';

/** The steps of a variable: days, months or years, by name and by day. */
export interface StepAxis {
  readonly kind: 'day' | 'month' | 'year';
  /** `2021-03-09`, `2021-03` or `2021` */
  readonly labels: readonly string[];
  /** First day of each step, days since 1970-01-01. */
  readonly times: readonly number[];
  /** First day after each step. */
  readonly ends: readonly number[];
}

export function stepAxis({ windows }: Product, kind: StepAxis['kind']): StepAxis {
  if (kind === 'year') {
    return {
      kind,
      labels: windows.map(({ year }) => String(year)),
      times: windows.map(({ steps }) => steps[0]!.start),
      ends: windows.map(({ steps }) => steps.at(-1)!.end),
    };
  }
  if (kind === 'day') {
    const days = windows.flatMap(daysOfWindow);
    return { kind, labels: days.map(isoDate), times: days, ends: days.map((day) => day + 1) };
  }
  const months = windows.flatMap(({ steps }) => steps);
  return {
    kind,
    labels: months.map(({ year, month }) => `${year}-${String(month).padStart(2, '0')}`),
    times: months.map(({ start }) => start),
    ends: months.map(({ end }) => end),
  };
}

/** Values of a coordinate of the native level, moments as ISO 8601; undefined when there is none of that name. */
export function coordinateValues(product: Product, name: string): readonly (number | string)[] | undefined {
  const { transform, width, height } = product.grid;
  const centres = (size: number, step: number, from: number): number[] =>
    Array.from({ length: size }, (_, i) => from + (i + 0.5) * step);
  if (name === 'time') return stepAxis(product, 'month').times.map(isoDateTime);
  if (name === 'year') return stepAxis(product, 'year').times.map(isoDateTime);
  if (name === 'x') return centres(width, transform[0], transform[2]);
  if (name === 'y') return centres(height, transform[4], transform[5]);
  return undefined;
}

/** Steps `[t0, t1)`. */
export interface StepRange {
  readonly t0: number;
  readonly t1: number;
}

/**
 * One step: a month or year by name, any day or moment in it, `latest`, or the last when nothing is said. TiTiler's
 * `nearest::`, `pad::` and `bfill::` before it are understood.
 * @throws BadRequest when the variable has no such step
 */
export function oneStep(axis: StepAxis, text: string | undefined): number {
  if (text === undefined || text === 'latest') return axis.labels.length - 1;
  const [, rule, value = text] = /^(nearest|pad|ffill|backfill|bfill)::(.*)$/.exec(text) ?? [];
  const { t0, t1 } = spanOf(axis, value, rule);
  if (t1 - t0 === 1) return t0;
  throw new BadRequest('time', `"${text}" is ${t1 - t0} steps; say one, such as ${axis.labels[t0]}`);
}

/**
 * Some steps in a row: a name, `from/to` with both included (`..` is open), or all when nothing is said.
 * @throws BadRequest when there is no such step
 */
export function stepRange(axis: StepAxis, text: string | undefined): StepRange {
  const all = { t0: 0, t1: axis.labels.length };
  if (text === undefined || text === '' || text === '..' || text === '../..') return all;
  const parts = text.split('/');
  if (parts.length > 2) throw new BadRequest('time', `"${text}" is no period; write 2021-01/2021-06`);
  const [from = '', to] = parts;
  if (to === undefined) return spanOf(axis, from);
  const open = (part: string): boolean => part === '..' || part === '';
  const t0 = open(from) ? 0 : spanOf(axis, from).t0;
  const t1 = open(to) ? all.t1 : spanOf(axis, to).t1;
  if (t0 < t1) return { t0, t1 };
  throw new BadRequest('time', `"${text}" ends before it begins`);
}

function spanOf(axis: StepAxis, text: string, rule?: string): StepRange {
  const { start, end } = daysOf(text);
  const hits = axis.times.flatMap((from, i) => (from < end && start < axis.ends[i]! ? [i] : []));
  if (hits.length > 0) return { t0: hits[0]!, t1: hits.at(-1)! + 1 };
  const last = axis.labels.length - 1;
  const before = start >= axis.ends[last]!;
  if (rule === 'nearest' || rule === (before ? 'pad' : 'bfill') || rule === (before ? 'ffill' : 'backfill'))
    return before ? { t0: last, t1: last + 1 } : { t0: 0, t1: 1 };
  throw new BadRequest('time', `there is no "${text}"; there is ${axis.labels[0]} to ${axis.labels[last]}`);
}

/** Days of a year, a month, a day or a moment, half-open. */
function daysOf(text: string): { start: number; end: number } {
  const match =
    /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/.exec(
      text,
    );
  const [year, month, day] = [match?.[1], match?.[2], match?.[3]];
  const start = Date.parse(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`) / DAY_MS;
  if (!match || !Number.isInteger(start) || isoDate(start).slice(0, 7) !== `${year}-${month ?? '01'}`) {
    throw new BadRequest('time', `"${text.slice(0, 60)}" is no date; write 2021, 2021-03 or 2021-03-09`);
  }
  if (day) return { start, end: start + 1 };
  const [y, m] = [Number(year), Number(month)];
  return { start, end: (month ? Date.UTC(y, m, 1) : Date.UTC(y + 1, 0, 1)) / DAY_MS };
}

const DAY_MS = 86_400_000;
