/** Sums of a chunk by the door's kernel, step by step. */
import { Sum } from '../../grid/sum.ts';
import type { KernelMemory } from '../../kernels/kernel.ts';
import { type DoorExports, MOST_PIXELS } from './door.ts';

/** Steps of a window: the days of a year at most. */
const MOST_STEPS = 366;
/** Doubles of one step's sums: six vectors, and one of counts. */
const DOUBLES = 14;

/** Bytes of the arrays that a desk has. */
export const SUMS_ARRAYS: readonly number[] = [
  ...[4 * MOST_PIXELS, 8 * MOST_PIXELS, 8 * DOUBLES * MOST_STEPS],
];

/** Sums of one step. */
export interface StepSums {
  readonly valid: number;
  readonly area: number;
  readonly total: number;
  /** +∞ without a valid cell. */
  readonly min: number;
  readonly max: number;
}

export class SumsDesk {
  readonly #run: DoorExports;
  readonly #values: Float32Array;
  readonly #areas: Float64Array;
  readonly #sums: Float64Array;
  readonly #words: Int32Array;

  /** @param memory with room for `SUMS_ARRAYS` */
  constructor(memory: KernelMemory, run: DoorExports) {
    this.#run = run;
    this.#values = memory.float32(MOST_PIXELS);
    this.#areas = memory.float64(MOST_PIXELS);
    this.#sums = memory.float64(DOUBLES * MOST_STEPS);
    this.#words = new Int32Array(this.#sums.buffer, this.#sums.byteOffset, 2 * DOUBLES * MOST_STEPS);
  }

  /**
   * @param cells `[step][cell]`, NaN = nodata
   * @param areas `[cell]`
   * @returns undefined for more steps than there is room for
   */
  sum(cells: Float32Array, steps: number, areas: Float64Array): StepSums[] | undefined {
    if (steps > MOST_STEPS) return undefined;
    const count = cells.length / steps;
    for (let step = 0; step < steps; step++) this.#clear(step);
    for (let from = 0; from < count; from += MOST_PIXELS) {
      const n = Math.min(MOST_PIXELS, count - from);
      this.#areas.set(areas.subarray(from, from + n));
      for (let step = 0; step < steps; step++) {
        this.#values.set(cells.subarray(step * count + from, step * count + from + n));
        this.#run.sumCells(
          ...([n, this.#values.byteOffset, this.#areas.byteOffset] as const),
          this.#sums.byteOffset + 8 * DOUBLES * step,
        );
      }
    }
    return Array.from({ length: steps }, (_, step) => this.#of(step));
  }

  #clear(step: number): void {
    const from = DOUBLES * step;
    this.#sums.fill(0, from, from + DOUBLES);
    this.#sums.fill(Number.POSITIVE_INFINITY, from + 8, from + 10);
    this.#sums.fill(Number.NEGATIVE_INFINITY, from + 10, from + 12);
  }

  #of(step: number): StepSums {
    const at = (k: number): number => this.#sums[DOUBLES * step + k]!;
    const words = 2 * (DOUBLES * step + 12);
    return {
      valid: this.#words[words]! + this.#words[words + 2]!,
      total: sumOf(at(0), at(1), at(2), at(3)),
      area: sumOf(at(4), at(5), at(6), at(7)),
      min: Math.min(at(8), at(9)),
      max: Math.max(at(10), at(11)),
    };
  }
}

function sumOf(...parts: readonly number[]): number {
  const sum = new Sum();
  for (const part of parts) sum.add(part);
  return sum.value;
}
