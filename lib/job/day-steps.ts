import { MissingInput, UnsupportedInput } from '../errors.ts';
import { civilFromDays, dayOfYear, daysFromCivil, isLeapYear, isoDate } from '../grid/time.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { MODEL_YEAR_DAYS } from '../science/model.ts';
import type { Window } from './product.ts';

/*
 * Which stored steps make which days of a window: pure, and the same for the planner, which refuses what is not there,
 * and for the door, which reads it.
 */

/** How the stamps of a source become days. */
export interface Clock {
  /** Hours to add to UTC: all that occur; one unless they go by longitude. */
  readonly offsets: readonly number[];
  /** By the longitude of each cell. */
  readonly solar: boolean;
  /** Days to take off a stamp, so that it lies within the step that it names. */
  readonly shift: number;
}

/** A value that holds for a while from its first day on: the mean of some stored steps, mostly of one. */
export interface Slot {
  /** Model day (see `modelDay`). */
  readonly start: number;
  readonly steps: readonly number[];
}

/** Share of a day's steps that must be there. */
const STEPS_NEEDED = 0.9;
/** The same of the first and the last day of a record, which local time cuts. */
const STEPS_NEEDED_AT_ENDS = 0.5;
/** Days that a composite is held at most: one that is missing between two half-months. */
const LONGEST_HOLD = 46;
/** A minute, by which stamps may be off. */
const SLACK = 1 / 1440;

/** Days counted without 29 February: year × 365 + day of the year − 1; NaN for 29 February itself. */
export function modelDay(day: number): number {
  const { year, month, day: date } = civilFromDays(day);
  const doy = dayOfYear(year, month, date);
  const late = isLeapYear(year) && doy > 59;
  if (late && doy === 60) return Number.NaN;
  return year * MODEL_YEAR_DAYS + doy - 1 - (late ? 1 : 0);
}

/** First model day of a window. */
export const firstModelDay = ({ steps }: Pick<Window, 'steps'>): number => steps[0]!.year * MODEL_YEAR_DAYS;

/** The local day that a stamp lies in, days since 1970-01-01. */
export const localDay = (time: number, offsetHours: number, { shift }: Clock): number =>
  Math.floor(time + offsetHours / 24 - shift + SLACK / 2);

/** Steps of a day, from the smallest distance of stamps; below 1 for steps longer than a day. */
export function stepsPerDay({ times = [], title }: LayerFacts): number {
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < times.length; i++) {
    const apart = times[i]! - times[i - 1]!;
    if (!(apart > 0)) {
      throw new UnsupportedInput(
        `${title}: step ${i} (${isoDate(times[i]!)}) is not after the one before it. Sort the steps by time, each once.`,
      );
    }
    step = Math.min(step, apart);
  }
  const perDay = 1 / step;
  if (perDay < 0.98) return perDay;
  const whole = Math.round(perDay);
  if (Math.abs(whole * step - 1) > 0.02) {
    throw new UnsupportedInput(`${title}: steps of ${(24 * step).toFixed(2)} h do not divide a day.`);
  }
  return whole;
}

/**
 * The stored steps `[t0, t1)` that the days of a window are made of.
 * @throws MissingInput a day, UnsupportedInput a day with too many steps, by date
 */
export function stepsOfDays(
  window: Pick<Window, 'steps'>,
  facts: LayerFacts,
  perDay: number,
  clock: Clock,
): [t0: number, t1: number] {
  const { times = [] } = facts;
  const [first, end] = [window.steps[0]!.start, window.steps.at(-1)!.end];
  const widest = Math.max(0, ...clock.offsets.map(Math.abs)) / 24 + Math.abs(clock.shift) + 1;
  const from = lowerBound(times, first - widest);
  const to = lowerBound(times, end + widest);
  let [t0, t1] = [to, from];
  for (const offset of clock.offsets) {
    const counts = new Int32Array(end - first);
    for (let i = from; i < to; i++) {
      const day = localDay(times[i]!, offset, clock);
      if (day < first || day >= end) continue;
      counts[day - first]!++;
      t0 = Math.min(t0, i);
      t1 = Math.max(t1, i + 1);
    }
    checkDays(counts, first, facts, (day) => neededOf(facts, perDay, clock, day), perDay);
  }
  return [t0, Math.max(t0, t1)];
}

/** Steps that a day needs, days since 1970-01-01. */
export function neededOf({ times = [] }: LayerFacts, perDay: number, clock: Clock, day: number): number {
  const isEnd = clock.offsets.some(
    (offset) => day === localDay(times[0]!, offset, clock) || day === localDay(times.at(-1)!, offset, clock),
  );
  return perDay * (isEnd ? STEPS_NEEDED_AT_ENDS : STEPS_NEEDED);
}

function checkDays(
  counts: Int32Array,
  first: number,
  { title }: LayerFacts,
  needed: (day: number) => number,
  perDay: number,
): void {
  const lacking: number[] = [];
  counts.forEach((count, i) => {
    const day = first + i;
    if (Number.isNaN(modelDay(day))) return;
    if (count > perDay) {
      throw new UnsupportedInput(
        `${title} has ${count} steps on ${isoDate(day)}; ${perDay} make a day. Take out those that are there twice.`,
      );
    }
    if (count < needed(day)) lacking.push(i);
  });
  const [worst] = lacking;
  if (worst === undefined) return;
  const more = lacking.length > 1 ? `, and too few on ${lacking.length - 1} more days` : '';
  throw new MissingInput(
    `${title} has ${counts[worst]} of ${perDay} steps on ${isoDate(first + worst)}${more}. ` +
      'A daily model needs every day but 29 February: add them, shorten time in the spec, or mend stamp and utcOffset of the source.',
  );
}

/**
 * The slots that a window's days look at, in order; the first may begin before it, the last after it.
 *
 * @param past years whose mean stands for those before the first that the layer has
 * @param neighbours whether values lie on lines to the slots before and after, too
 * @throws MissingInput where nothing is there for longer than a composite may be held
 */
export function slotsOf(
  window: Pick<Window, 'steps'>,
  { times = [], title }: LayerFacts,
  past?: readonly [number, number],
  neighbours = true,
): Slot[] {
  const years = new Set(window.steps.map(({ year }) => year));
  const around = [...new Set([...years].flatMap((year) => [year - 1, year, year + 1]))].sort((a, b) => a - b);
  const byYear = stepsByYear(times);
  const firstYear = Math.min(...byYear.keys());
  const slots = around.flatMap((year) => {
    const own = byYear.get(year);
    if (own) return own.map((step) => ({ start: slotStart(times[step]!), steps: [step] }));
    return past && year < firstYear ? slotsOfPast(year, byYear, times, past, title) : [];
  });
  const from = firstModelDay(window);
  const to = from + window.steps.length * (MODEL_YEAR_DAYS / 12);
  checkSlots(slots, from, to, title);
  return trimmed(slots, from, to, neighbours ? 1 : 0);
}

/** What begins on 29 February begins on 1 March. */
const slotStart = (time: number): number => {
  const day = Math.floor(time);
  const start = modelDay(day);
  return Number.isNaN(start) ? modelDay(day + 1) : start;
};

function stepsByYear(times: readonly number[]): Map<number, number[]> {
  const byYear = new Map<number, number[]>();
  times.forEach((time, step) => {
    const { year } = civilFromDays(time);
    const steps = byYear.get(year) ?? [];
    steps.push(step);
    byYear.set(year, steps);
  });
  return byYear;
}

/** Step by step the mean of the years that stand for the past. */
function slotsOfPast(
  year: number,
  byYear: ReadonlyMap<number, readonly number[]>,
  times: readonly number[],
  [from, to]: readonly [number, number],
  title: string,
): Slot[] {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => byYear.get(from + i) ?? []);
  const [first] = rows;
  if (!first || first.length === 0 || rows.some((row) => row.length !== first.length)) {
    throw new MissingInput(
      `${title}: ${from} to ${to} are to stand for the years before, and have ${rows.map((row) => row.length).join(', ')} steps. Say whole years of equal steps in past.`,
    );
  }
  return first.map((step, k) => ({
    start: slotStart(times[step]!) + (year - from) * MODEL_YEAR_DAYS,
    steps: rows.map((row) => row[k]!),
  }));
}

/** What lies before the first step of a record takes that. */
function checkSlots(slots: readonly Slot[], from: number, to: number, title: string): void {
  const within = slots.map(({ start }) => start).filter((start) => start > from && start < to);
  let held = slots.findLast(({ start }) => start <= from)?.start ?? from;
  for (const start of [...within, to]) {
    if (start - held > LONGEST_HOLD) {
      throw new MissingInput(
        `${title} has no step between ${dateOf(held)} and ${dateOf(start)}: a value is held for at most ${LONGEST_HOLD} days. ` +
          'Add the steps, or say in past which years stand for those before the first.',
      );
    }
    held = start;
  }
}

/** The date of a model day, days since 1970-01-01. */
export function dayOfModelDay(model: number): number {
  const year = Math.floor(model / MODEL_YEAR_DAYS);
  const doy = model - year * MODEL_YEAR_DAYS;
  return daysFromCivil(year, 1, 1) + doy + (isLeapYear(year) && doy >= 59 ? 1 : 0);
}

const dateOf = (model: number): string => isoDate(dayOfModelDay(model));

/** The slots that a window's days lie in, and those beside them; of the one after, its end is another one's start. */
function trimmed(slots: readonly Slot[], from: number, to: number, around: number): Slot[] {
  const first = Math.max(
    0,
    slots.findLastIndex(({ start }) => start <= from),
  );
  const after = slots.findIndex(({ start }) => start >= to);
  return slots.slice(Math.max(0, first - around), after < 0 ? undefined : after + 2 * around);
}

/** Index of the first value that is not below. */
function lowerBound(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
