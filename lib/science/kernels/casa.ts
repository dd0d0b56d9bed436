/** CASA's kernel at work: the arrays of one block, and the functions on them. */

import { KernelCode, type KernelExports, type KernelMemory } from '../../kernels/kernel.ts';
import type { Room } from '../model.ts';
import { CASA_WASM } from './compiled/casa.wasm.ts';

/** Cells that are worked on at once: their rows fit the core's second cache. */
export const BLOCK_CELLS = 4096;
/** Steps of a block. */
export const CASA_STEPS = 12;

/** Signatures of assembly/casa.ts. Every argument but counts and coefficients is an address. */
interface CasaExports extends KernelExports {
  wetness(
    ...args: [
      ...[n: number, evaporation: number, potential: number, tempC: number, known: number, out: number],
      ...[frozenC: number, noDemandMm: number],
    ]
  ): void;
  npp(
    ...args: [
      ...[n: number, green: number, solar: number, tempC: number, wet: number],
      ...[columns: number, stride: number, list: number, out: number],
    ]
  ): number;
  respiration(
    ...args: [
      ...[n: number, tempC: number, rainMm: number, mask: number, out: number],
      ...[perKelvin: number, perMm: number, scale: number],
    ]
  ): void;
  balance(n: number, gain: number, loss: number, sums: number, stride: number, net: number): void;
  round(n: number, row: number, out: number): void;
  greenest(
    ...args: [
      ...[n: number, steps: number, green: number, tempC: number, stride: number],
      ...[step: number, topt: number, minSteps: number],
    ]
  ): void;
}

/** Inputs that the kernel reads, `[step][cell]`. */
const INPUTS = [
  ...['ndvi', 'fpar', 'solar', 'temperature', 'evaporation', 'potentialEvaporation', 'precipitation'],
] as const;
/** Outputs that it writes, likewise. */
const OUTPUTS = ['npp', 'rh', 'nep'] as const;
/** Rows that it works with, and how many of each lie behind one another. */
const ROWS = {
  ...{ wet: 1, known: 1, step: 1, topt: 1, mask: 1, npp: 1, rh: 1, nep: 1 },
  ...{ columns: 7, sums: 3, list: 1 },
} as const;

const BLOCK = CASA_STEPS * BLOCK_CELLS;

/** Bytes of the arrays that a desk has. */
export const CASA_ARRAYS: readonly number[] = [
  ...INPUTS.map(() => 8 * BLOCK),
  ...OUTPUTS.map(() => 4 * BLOCK),
  ...Object.values(ROWS).map((count) => 8 * count * BLOCK_CELLS),
  4 * BLOCK_CELLS,
];

export const CASA_CODE = new KernelCode<CasaExports>(CASA_WASM);

export type CasaInput = (typeof INPUTS)[number];
export type CasaOutput = (typeof OUTPUTS)[number];
export type CasaRow = keyof typeof ROWS;

/** The kernel, and the arrays of a block of at most `BLOCK_CELLS`. */
export class CasaDesk implements Room {
  readonly run: CasaExports;
  readonly #memory: KernelMemory;
  readonly #inputs = new Map<string, Float64Array<ArrayBuffer>>();
  readonly #outputs = new Map<string, Float32Array<ArrayBuffer>>();
  /** A row on its way to an output that lies elsewhere. */
  readonly #rounded: Float32Array<ArrayBuffer>;
  readonly #rows = new Map<string, Float64Array<ArrayBuffer>>();

  /** @param memory with room for `CASA_ARRAYS` */
  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.run = CASA_CODE.on(memory);
    for (const name of INPUTS) this.#inputs.set(name, memory.float64(BLOCK));
    for (const name of OUTPUTS) this.#outputs.set(name, memory.float32(BLOCK));
    for (const [name, count] of Object.entries(ROWS))
      this.#rows.set(name, memory.float64(count * BLOCK_CELLS));
    this.#rounded = memory.float32(BLOCK_CELLS);
  }

  /** The array of an input, to be filled in place: `[step][cell]` of a block; undefined where the kernel has none. */
  input(name: string, length: number): Float64Array | undefined {
    return this.#inputs.get(name)?.subarray(0, length);
  }

  /** The array of an output, likewise. */
  output(name: string, length: number): Float32Array | undefined {
    return this.#outputs.get(name)?.subarray(0, length);
  }

  /** Working rows, one behind the other. */
  row(name: CasaRow, length: number): Float64Array {
    return this.#rows.get(name)!.subarray(0, length);
  }

  /** Whether an array lies in the kernel's memory. */
  holds(array: Float64Array): boolean {
    return this.#memory.holds(array);
  }

  /** Address of an input's values, copied if they lie elsewhere. */
  address(name: CasaInput, values: Float64Array): number {
    if (this.#memory.holds(values)) return values.byteOffset;
    const own = this.input(name, values.length)!;
    own.set(values);
    return own.byteOffset;
  }

  /** Stores one of its rows, rounded to what the output holds. */
  store(out: Float64Array | Float32Array | Uint8Array, t: number, row: Float64Array): void {
    const at = t * row.length;
    if (!(out instanceof Float32Array)) out.set(row, at);
    else if (this.#memory.holds(out)) this.run.round(row.length, row.byteOffset, out.byteOffset + 4 * at);
    else {
      this.run.round(row.length, row.byteOffset, this.#rounded.byteOffset);
      out.set(this.#rounded.subarray(0, row.length), at);
    }
  }
}
