import { apply } from '../grid/affine.ts';
import { bytesPerCell } from '../grid/cells.ts';
import { crsFromEpsg } from '../grid/crs.ts';
import { transformer } from '../grid/projection.ts';
import { colsOf } from '../grid/region.ts';
import type { LayerFacts } from '../raster/layer.ts';
import type { Binding } from './binding.ts';
import { type DaySource, solarHours, type YearSource } from './binding-days.ts';
import { convertStep, type Meaning, type Tally } from './convert.ts';
import { dayOfModelDay, firstModelDay, localDay, modelDay, neededOf, type Slot } from './day-steps.ts';
import type { DoorContext, DoorInput } from './door.ts';
import { type Resample, resampler } from './door-field.ts';
import { asVapour } from './door-humidity.ts';
import { slotDays } from './door-slots.ts';
import { layerWindow, type PixelWindow, storedSteps } from './footprint.ts';
import { checkYear } from './plausible.ts';
import { daysIn } from './product.ts';
import { readStoredSteps } from './stored-step.ts';

type DayBinding = Binding & { readonly source: DaySource };
type YearBinding = Binding & { readonly source: YearSource };

/** Bytes of stored steps that are read and made days at a time, unless one stored block holds more. */
const BATCH_BYTES = 16 * 2 ** 20;

/** Steps that are read at once: whole blocks along time, so that none is read twice. @param step bytes of one */
export function batchSteps({ block }: LayerFacts, step: number): number {
  const blocks = Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, step * block.t)));
  return blocks * block.t;
}

/**
 * Days of a field on its own grid, interpolated to the product's pixels strip by strip: `[day][cell]`.
 * 29 February is left out and counted.
 *
 * @param before inputs that are open already
 */
export async function dayDoor(
  context: DoorContext,
  binding: DayBinding,
  before: Readonly<Record<string, DoorInput>>,
): Promise<DoorInput> {
  const { product, region, window } = context;
  const { source } = binding;
  const days = daysIn(window);
  const tally: Tally = { outOfRange: 0, clamped: 0 };
  const leapDays = window.steps.filter(({ month, days: length }) => month === 2 && length === 29).length;
  const counts = () => ({ ...tally, ...(leapDays > 0 && { leapDays }) });
  const read = layerWindow(product.grid, binding, source.facts, region);
  if (!read) {
    const nothing = (cells: number) => new Float64Array(days * cells).fill(Number.NaN);
    return { strip: (y0, y1) => nothing((y1 - y0) * colsOf(region)), counts };
  }
  const resample = resampler(context, binding, read);
  const held = source.windows[window.t]!;
  if ('slots' in held) {
    const fields = await slotFields(context, binding, read, held.slots, tally);
    checkYear({ ...binding, facts: source.facts }, fields, tally);
    const toDays = slotDays(held.slots, firstModelDay(window), days, source);
    return { strip: (y0, y1) => toDays(resample(fields, y0, y1)), counts };
  }
  const fields = await daysOfSteps(context, binding, read, tally);
  // counted by step, judged by day
  const perDay = { outOfRange: tally.outOfRange / source.perDay, clamped: tally.clamped / source.perDay };
  checkYear({ ...binding, facts: source.facts }, fields, perDay);
  const daysRead = { grid: source.facts.grid, read, fields };
  context.daysRead.set(binding.name, daysRead);
  const toHumidity = asVapour(context, binding, daysRead);
  const input: DoorInput = { strip: (y0, y1) => resample(fields, y0, y1), counts };
  return toHumidity ? toHumidity(input, before) : input;
}

/** The mean of each slot's stored steps, in the model's units, on the layer's pixels. */
async function slotFields(
  { open, world, window }: DoorContext,
  { source, variable }: DayBinding,
  read: PixelWindow,
  slots: readonly Slot[],
  tally: Tally,
): Promise<Float64Array[]> {
  const wanted = storedSteps(source, window.t);
  const stored = await readStoredSteps(open(source.facts), read, wanted, world.signal);
  const meaning: Meaning = { variable, facts: source.facts, conversion: source.conversion, sign: 1 };
  const fields = new Map(wanted.map((step, i) => [step, convertStep(stored[i]!, 1, meaning, tally)]));
  return slots.map(({ steps }) => meanOf(steps.map((step) => fields.get(step)!)));
}

/** Cell by cell the mean of those that are there. */
function meanOf(fields: readonly Float64Array[]): Float64Array {
  if (fields.length === 1) return fields[0]!;
  return fields[0]!.map((_, i) => {
    let [sum, n] = [0, 0];
    for (const field of fields) {
      if (Number.isNaN(field[i]!)) continue;
      sum += field[i]!;
      n++;
    }
    return n === 0 ? Number.NaN : sum / n;
  });
}

/** Reads hours or days batch by batch and keeps the days that they make. */
async function daysOfSteps(
  context: DoorContext,
  { source, variable }: DayBinding,
  read: PixelWindow,
  tally: Tally,
): Promise<Float64Array[]> {
  const { window, open, world } = context;
  const { facts, conversion } = source;
  const layer = open(facts);
  const meaning: Meaning = { variable, facts, conversion, sign: 1 };
  const pixels = (read.y1 - read.y0) * (read.x1 - read.x0);
  const wanted = storedSteps(source, window.t);
  const size = batchSteps(facts, pixels * bytesPerCell(facts.dtype));
  const gather = new DayGatherer(
    source,
    daysIn(window),
    firstModelDay(window),
    pixels,
    offsetsOf(facts, source, read),
  );
  let from = 0;
  while (from < wanted.length) {
    const blockEnd = Math.floor(wanted[from]! / size) * size + size;
    const to = Math.min(wanted.length, from + blockEnd - wanted[from]!);
    const stored = await readStoredSteps(layer, read, wanted.slice(from, to), world.signal);
    for (const [k, step] of stored.entries())
      gather.add(facts.times![wanted[from + k]!]!, convertStep(step, 1, meaning, tally));
    from = to;
  }
  return gather.finish();
}

/** Hours of local time of each pixel, where they go by longitude. */
function offsetsOf({ grid }: LayerFacts, { clock }: DaySource, read: PixelWindow): Int8Array | undefined {
  if (!clock.solar) return undefined;
  const toDegrees = transformer(grid.crs, crsFromEpsg(4326));
  const width = read.x1 - read.x0;
  const [low, high] = [clock.offsets[0]!, clock.offsets.at(-1)!];
  return Int8Array.from({ length: width * (read.y1 - read.y0) }, (_, i) => {
    const [lon] = toDegrees(
      ...apply(grid.transform, read.x0 + (i % width) + 0.5, read.y0 + Math.floor(i / width) + 0.5),
    );
    return Math.min(high, Math.max(low, solarHours(lon)));
  });
}

/** Makes days of the steps of a year, fed with them in any order. */
class DayGatherer {
  readonly #source: DaySource;
  readonly #first: number;
  readonly #days: readonly Float64Array[];
  /** Steps that each pixel of a day has. */
  readonly #counts: readonly Uint8Array[];
  /** Hours of local time by pixel, where they differ, and which of them there are. */
  readonly #offsets: Int8Array | undefined;
  readonly #present: readonly number[];

  constructor(
    source: DaySource,
    days: number,
    first: number,
    pixels: number,
    offsets: Int8Array | undefined,
  ) {
    const empty =
      source.toDays === 'min' ? Number.POSITIVE_INFINITY : source.toDays === 'max' ? -Infinity : 0;
    this.#source = source;
    this.#first = first;
    this.#days = Array.from({ length: days }, () => new Float64Array(pixels).fill(empty));
    this.#counts = Array.from({ length: days }, () => new Uint8Array(pixels));
    this.#offsets = offsets;
    this.#present = [...new Set(offsets)];
  }

  /** @param time stamp, days since 1970-01-01 */
  add(time: number, values: Float64Array): void {
    const { clock } = this.#source;
    const dayAt = (offset: number) => modelDay(localDay(time, offset, clock)) - this.#first;
    const offsets = this.#offsets;
    if (!offsets) {
      this.#addTo(dayAt(clock.offsets[0]!), values);
      return;
    }
    for (const offset of this.#present) this.#addTo(dayAt(offset), values, (i) => offsets[i] === offset);
  }

  #addTo(day: number, values: Float64Array, isWanted?: (pixel: number) => boolean): void {
    const [to, counts] = [this.#days[day], this.#counts[day]];
    if (!to || !counts) return; // another year's, or 29 February
    const { toDays } = this.#source;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value) || (isWanted && !isWanted(i))) continue;
      counts[i]!++;
      if (toDays === 'min') to[i] = Math.min(to[i]!, value);
      else if (toDays === 'max') to[i] = Math.max(to[i]!, value);
      else to[i]! += value;
    }
  }

  /** NaN where too few steps of a day are there. */
  finish(): Float64Array[] {
    const { facts, clock, toDays, perDay, conversion } = this.#source;
    const amount = conversion.perStep ? perDay : 1;
    for (const [d, day] of this.#days.entries()) {
      const counts = this.#counts[d]!;
      const needed = neededOf(facts, perDay, clock, dayOfModelDay(this.#first + d));
      for (let i = 0; i < day.length; i++) {
        const n = counts[i]!;
        if (n === 0 || n < needed) day[i] = Number.NaN;
        else if (toDays === 'mean') day[i] = (amount * day[i]!) / n;
      }
    }
    return [...this.#days];
  }
}

/** A value a year and cell, `[year][cell]`: the mean of its stored steps, interpolated. */
export async function yearDoor(context: DoorContext, binding: YearBinding): Promise<DoorInput> {
  const { product, region, window, open, world } = context;
  const { source, variable } = binding;
  const tally: Tally = { outOfRange: 0, clamped: 0 };
  const counts = () => ({ ...tally });
  const years = source.windows[window.t]!;
  const read = layerWindow(product.grid, binding, source.facts, region);
  if (!read) {
    const nothing = (cells: number) => new Float64Array(years.length * cells).fill(Number.NaN);
    return { strip: (y0, y1) => nothing((y1 - y0) * colsOf(region)), counts };
  }
  const wanted = storedSteps(source, window.t);
  const stored = await readStoredSteps(open(source.facts), read, wanted, world.signal);
  const meaning: Meaning = { variable, facts: source.facts, conversion: source.conversion, sign: 1 };
  const converted = new Map(wanted.map((step, i) => [step, convertStep(stored[i]!, 1, meaning, tally)]));
  const factors = source.factors?.[window.t];
  const fields = years.map((steps, i) => {
    const mean = meanOf(steps.map((step) => converted.get(step)!));
    const factor = factors?.[i] ?? 1;
    return factor === 1 ? mean : mean.map((value) => factor * value);
  });
  const resample: Resample = resampler(context, binding, read);
  return { strip: (y0, y1) => resample(fields, y0, y1), counts };
}
