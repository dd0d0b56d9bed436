/** The door's kernel at work, over the pixels of one strip. */
import type { Interpolate, Places } from '../../grid/bilinear.ts';
import { KernelCode, type KernelExports, type KernelMemory } from '../../kernels/kernel.ts';
import { DOOR_WASM } from './compiled/door.wasm.ts';

/** Signatures of assembly/door.ts. */
export interface DoorExports extends KernelExports {
  interpolate(
    ...args: [
      ...[runs: number, count: number, fx: number, fy: number, field: number, width: number, out: number],
    ]
  ): number;
  compose(
    ...args: [
      ...[n: number, count: number, codes: number, quality: number, pitch: number, ranks: number],
      ...[low: number, high: number, missing: number, best: number, flags: number, lost: number],
      degraded: number,
    ]
  ): number;
  lookUp(n: number, codes: number, table: number, out: number): void;
  sumCells(n: number, values: number, areas: number, sums: number): void;
}

/** A strip has some more pixels than a model's block when one row is longer. */
export const MOST_PIXELS = 8192;
/** Cells of a coarse field that lie under a strip's chunk. */
const MOST_FIELD = 32_768;
/** Pixels that share their corners, at least: fields that are as fine as the pixels are better left to the plain loop. */
const SHORTEST_RUN = 4;
const RUN_WORDS = 3;
const MOST_RUNS = MOST_PIXELS / SHORTEST_RUN;

/** Bytes of the arrays that a desk has. */
export const DOOR_ARRAYS: readonly number[] = [
  ...[8 * MOST_PIXELS, 8 * MOST_PIXELS, 8 * MOST_PIXELS],
  ...[8 * MOST_FIELD, 4 * RUN_WORDS * MOST_RUNS],
];

export const DOOR_CODE = new KernelCode<DoorExports>(DOOR_WASM);

export class DoorDesk {
  readonly #memory: KernelMemory;
  readonly #run: DoorExports;
  readonly #fx: Float64Array;
  readonly #fy: Float64Array;
  readonly #row: Float64Array;
  readonly #field: Float64Array;
  readonly #runs: Int32Array;
  /** Which places `#fx`, `#fy` and `#runs` hold. */
  #places: Places | undefined;
  #version = -1;
  /** Of the places; more than there is room for when runs are too short. */
  #count = 0;

  /** @param memory with room for `DOOR_ARRAYS` */
  constructor(memory: KernelMemory, run: DoorExports) {
    this.#memory = memory;
    this.#run = run;
    this.#fx = memory.float64(MOST_PIXELS);
    this.#fy = memory.float64(MOST_PIXELS);
    this.#row = memory.float64(MOST_PIXELS);
    this.#field = memory.float64(MOST_FIELD);
    this.#runs = memory.int32(RUN_WORDS * MOST_RUNS);
  }

  /** For coarse fields, whose cells lie under many pixels each. */
  readonly interpolate: Interpolate = (places, field, out, at) => {
    if (places.length > MOST_PIXELS || field.length > MOST_FIELD) return undefined;
    if (places !== this.#places || places.version !== this.#version) this.#take(places);
    if (this.#count > MOST_RUNS) return undefined;
    this.#field.set(field);
    const inPlace = this.#memory.holds(out);
    const missing = this.#run.interpolate(
      ...([this.#runs.byteOffset, this.#count, this.#fx.byteOffset, this.#fy.byteOffset] as const),
      ...([this.#field.byteOffset, places.width] as const),
      inPlace ? out.byteOffset + 8 * at : this.#row.byteOffset,
    );
    if (!inPlace) out.set(this.#row.subarray(0, places.length), at);
    return missing !== 0;
  };

  #take(places: Places): void {
    [this.#places, this.#version] = [places, places.version];
    this.#fx.set(places.fx.subarray(0, places.length));
    this.#fy.set(places.fy.subarray(0, places.length));
    this.#count = findRuns(places, this.#runs);
  }
}

/** @returns how many there are; one more than there is room for when there are too many */
function findRuns({ base, length }: Places, runs: Int32Array): number {
  const most = runs.length / RUN_WORDS;
  let count = 0;
  for (let from = 0; from < length; count++) {
    if (count === most) return most + 1;
    let to = from + 1;
    while (to < length && base[to] === base[from]) to++;
    runs.set([from, to, base[from]!], RUN_WORDS * count);
    from = to;
  }
  return count;
}
