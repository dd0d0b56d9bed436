import { MODEL_YEAR_DAYS } from '../science/model.ts';
import type { DaySource } from './binding-days.ts';
import type { Slot } from './day-steps.ts';

/** From values that hold for a while, such as half-monthly leaf area, to days. */

/** For each day: the slot that it lies in, and, on a line between middles, another one and its weight. */
interface DayWeights {
  readonly at: Int32Array;
  readonly other: Int32Array;
  readonly weight: Float64Array;
}

/**
 * Makes days of a strip's slots, `[slot][cell]` → `[day][cell]`. Held, a slot is the value from its first day on; on a
 * line, it is the value of its middle. Missing values stay so, unless the source says that they are bridged.
 *
 * @param first model day of the first day
 */
export function slotDays(
  slots: readonly Slot[],
  first: number,
  days: number,
  { toDays, bridge }: Pick<DaySource, 'toDays' | 'bridge'>,
): (strip: Float64Array) => Float64Array {
  const weights = toDays === 'linear' ? lineWeights(slots, first, days) : heldWeights(slots, first, days);
  let out = new Float64Array(0);
  return (strip) => {
    const cells = strip.length / slots.length;
    if (out.length < days * cells) out = new Float64Array(days * cells);
    if (bridge !== undefined) bridgeGaps(strip, slots, cells, bridge);
    spread(strip, cells, weights, out);
    return out.subarray(0, days * cells);
  };
}

function heldWeights(slots: readonly Slot[], first: number, days: number): DayWeights {
  const at = new Int32Array(days);
  let slot = 0;
  for (let d = 0; d < days; d++) {
    while (slots[slot + 1] && slots[slot + 1]!.start <= first + d) slot++;
    at[d] = slot;
  }
  return { at, other: at, weight: new Float64Array(days) };
}

function lineWeights(slots: readonly Slot[], first: number, days: number): DayWeights {
  const { at } = heldWeights(slots, first, days);
  const other = new Int32Array(days);
  const weight = new Float64Array(days);
  const middles = middlesOf(slots);
  for (let d = 0; d < days; d++) {
    const own = at[d]!;
    const middle = middles[own]!;
    const neighbour = first + d < middle ? own - 1 : own + 1;
    const there = middles[neighbour] !== undefined;
    other[d] = there ? neighbour : own;
    weight[d] = there ? (first + d - middle) / (middles[neighbour]! - middle) : 0;
  }
  return { at, other, weight };
}

/** Middle of each slot; the last of all ends as it would have, and composites begin anew with the year. */
function middlesOf(slots: readonly Slot[]): number[] {
  return slots.map(({ start }, i) => {
    const before = slots[i - 1];
    const end = slots[i + 1]?.start ?? likelyEnd(start, before ? start - before.start : 1);
    return (start + end - 1) / 2;
  });
}

/** Days by which composites of a year are longer or shorter than one another. */
const UNEVEN = 2;

function likelyEnd(start: number, length: number): number {
  const newYear = Math.ceil((start + 1) / MODEL_YEAR_DAYS) * MODEL_YEAR_DAYS;
  return Math.abs(newYear - start - length) <= UNEVEN ? newYear : start + length;
}

function spread(
  strip: Float64Array,
  cells: number,
  { at, other, weight }: DayWeights,
  out: Float64Array,
): void {
  for (let d = 0; d < at.length; d++) {
    const own = at[d]! * cells;
    const next = other[d]! * cells;
    const share = weight[d]!;
    const to = d * cells;
    for (let i = 0; i < cells; i++) {
      const value = strip[own + i]!;
      const across = strip[next + i]!;
      out[to + i] = share === 0 || Number.isNaN(across) ? value : value * (1 - share) + across * share;
    }
  }
}

/** Fills what is missing between two slots that are not too far apart, along the line between them. */
function bridgeGaps(strip: Float64Array, slots: readonly Slot[], cells: number, longest: number): void {
  for (let i = 0; i < cells; i++) {
    let last = -1;
    for (let s = 0; s < slots.length; s++) {
      const value = strip[s * cells + i]!;
      if (Number.isNaN(value)) continue;
      const apart = last < 0 ? 0 : slots[s]!.start - slots[last]!.start;
      if (s - last > 1 && last >= 0 && apart <= longest) fillBetween(strip, slots, cells, i, last, s);
      last = s;
    }
  }
}

function fillBetween(
  strip: Float64Array,
  slots: readonly Slot[],
  cells: number,
  cell: number,
  from: number,
  to: number,
): void {
  const apart = slots[to]!.start - slots[from]!.start;
  for (let s = from + 1; s < to; s++) {
    const share = (slots[s]!.start - slots[from]!.start) / apart;
    strip[s * cells + cell] = strip[from * cells + cell]! * (1 - share) + strip[to * cells + cell]! * share;
  }
}
