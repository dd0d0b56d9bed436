/** Months by maximum value from composites of 16-bit codes, by the door's kernel: the pixels of one strip. */

import type { KernelMemory } from '../../kernels/kernel.ts';
import { type CompositeOptions, qualityRanks, RANK } from '../casa/composite.ts';
import { NDVI_FLAG } from '../casa/outputs.ts';
import { type DoorExports, MOST_PIXELS } from './door.ts';

/** Composites of one month: four of 8 days, or five. */
const MOST_COMPOSITES = 6;
const LOWEST = -32_768;
const CODES = 65_536;
/** Qualities that can count; bytes from here on are fill. */
const QUALITIES = 16;

/** Bytes of the arrays that a desk has. */
export const MONTHS_ARRAYS: readonly number[] = [
  ...[2 * MOST_PIXELS * MOST_COMPOSITES, MOST_PIXELS * MOST_COMPOSITES, 2 * QUALITIES, 8 * CODES],
  ...[2 * MOST_PIXELS, MOST_PIXELS, MOST_PIXELS, 8 * MOST_PIXELS],
];

/** What the codes of a source mean, and which of its qualities count. */
export interface MonthsForm {
  /** By code from −32768 on, NaN where a code is no value. */
  readonly values: Float64Array;
  /** The codes that are values, both ends. */
  readonly low: number;
  readonly high: number;
  /** The code that says that there is no value; the others that are none are refused, and counted. */
  readonly missing: number;
  /** 16 bytes for the first try and 16 for the second, −1 where a quality counts; undefined where all count alike. */
  readonly ranks: Int8Array | undefined;
}

/**
 * @param values by code of int16, NaN where a code is no value
 * @param refused 1 for codes that are no values, though they do not say that there is none
 * @param quality what a stored byte means as MODIS reliability, by byte; undefined where there is none
 * @returns undefined for meanings that the kernel does not cover: values that do not rise with their codes, more codes
 *   than one for nothing
 */
export function monthsForm(
  values: Float64Array,
  refused: Uint8Array,
  quality: Uint8Array | undefined,
  qa: CompositeOptions['qa'],
): MonthsForm | undefined {
  const low = values.findIndex((value) => !Number.isNaN(value));
  const high = values.findLastIndex((value) => !Number.isNaN(value));
  if (low < 1) return undefined;
  for (let i = low + 1; i <= high; i++) if (!(values[i]! >= values[i - 1]!)) return undefined;
  const isMissing = (value: number, i: number): boolean => Number.isNaN(value) && refused[i] === 0;
  const missing = values.findIndex(isMissing);
  if (missing < 0 || missing !== values.findLastIndex(isMissing)) return undefined;
  const codes = { values, low: low + LOWEST, high: high + LOWEST, missing: missing + LOWEST };
  if (!quality || qa === 'off') return { ...codes, ranks: undefined };
  const byReliability = qualityRanks(qa);
  const ranks = quality.map((reliability) => byReliability[reliability]!);
  if (ranks.subarray(QUALITIES).some((rank) => rank !== RANK.none)) return undefined;
  const counts = (of: number) => Array.from(ranks.subarray(0, QUALITIES), (rank) => (rank === of ? -1 : 0));
  return { ...codes, ranks: Int8Array.from([...counts(RANK.first), ...counts(RANK.second)]) };
}

export class MonthsDesk {
  readonly #memory: KernelMemory;
  readonly #run: DoorExports;
  readonly #codes: Int16Array;
  readonly #quality: Uint8Array;
  readonly #ranks: Int8Array;
  readonly #values: Float64Array;
  readonly #best: Int16Array;
  readonly #flags: Uint8Array;
  readonly #lost: Uint8Array;
  readonly #row: Float64Array;
  #form: MonthsForm | undefined;

  /** @param memory with room for `MONTHS_ARRAYS` */
  constructor(memory: KernelMemory, run: DoorExports) {
    this.#memory = memory;
    this.#run = run;
    this.#codes = memory.int16(MOST_PIXELS * MOST_COMPOSITES);
    this.#quality = memory.uint8(MOST_PIXELS * MOST_COMPOSITES);
    this.#ranks = memory.int8(2 * QUALITIES);
    this.#values = memory.float64(CODES);
    this.#best = memory.int16(MOST_PIXELS);
    this.#flags = memory.uint8(MOST_PIXELS);
    this.#lost = memory.uint8(MOST_PIXELS);
    this.#row = memory.float64(MOST_PIXELS);
  }

  /** Whether it has room for so many pixels and composites of a month. */
  takes(pixels: number, composites: number): boolean {
    return pixels <= MOST_PIXELS && composites <= MOST_COMPOSITES;
  }

  /** Begins a strip. */
  begin(form: MonthsForm): void {
    this.#lost.fill(0);
    if (form === this.#form) return;
    this.#form = form;
    this.#values.set(form.values);
    if (form.ranks) this.#ranks.set(form.ranks);
  }

  /** Where the codes of the k-th composite of a month go. */
  codes(k: number, pixels: number): Int16Array {
    return this.#codes.subarray(k * MOST_PIXELS, k * MOST_PIXELS + pixels);
  }

  /** Where its qualities go. */
  quality(k: number, pixels: number): Uint8Array {
    return this.#quality.subarray(k * MOST_PIXELS, k * MOST_PIXELS + pixels);
  }

  /**
   * Makes a month of the composites that lie ready.
   *
   * @param values `[cell]`, written; NaN where there is none
   * @param flags `[cell]`, written
   * @returns how many codes were refused
   */
  compose(composites: number, values: Float64Array, flags: Uint8Array): number {
    const { low, high, missing, ranks } = this.#form!;
    const n = values.length;
    const refused = this.#run.compose(
      ...([n, composites, this.#codes.byteOffset, ranks ? this.#quality.byteOffset : 0] as const),
      ...([MOST_PIXELS, this.#ranks.byteOffset, low, high, missing] as const),
      ...([this.#best.byteOffset, this.#flags.byteOffset, this.#lost.byteOffset] as const),
      NDVI_FLAG.degraded,
    );
    flags.set(this.#flags.subarray(0, n));
    const out = this.#memory.holds(values) ? values : this.#row;
    this.#run.lookUp(n, this.#best.byteOffset, this.#values.byteOffset, out.byteOffset);
    if (out !== values) values.set(out.subarray(0, n));
    return refused;
  }

  /** How many months of the strip each cell lacks so far. */
  lost(pixels: number): Uint8Array {
    return this.#lost.subarray(0, pixels);
  }
}
