/**
 * The raster kernel at work, over arrays that lie elsewhere: some rows or elements at a time are copied to its memory and
 * back, all of which stays in the core's first caches.
 */
import { RASTER_WASM } from './compiled/raster.wasm.ts';
import { KernelCode, type KernelExports, KernelMemory, memoryBytes } from './kernel.ts';

/** Signatures of assembly/raster.ts. */
interface RasterExports extends KernelExports {
  shuffle(n: number, elements: number, planes: number): void;
  unshuffle(n: number, planes: number, elements: number): void;
  halveRow(
    ...args: [
      ...[cols: number, upper: number, lower: number, areaUpper: number, areaLower: number, byCell: number],
      ...[mean: number, validArea: number],
    ]
  ): void;
}

/** Elements of four bytes that are shuffled at once. */
const ELEMENTS = 4096;
/** The kernel takes as many as fill a vector of each plane. */
const VECTOR = 16;
/** Columns of a row that is halved. */
export const MOST_COLUMNS = 8192;

const ARRAYS: readonly number[] = [
  ...[4 * ELEMENTS, 4 * ELEMENTS, 4 * MOST_COLUMNS, 4 * MOST_COLUMNS, 8 * MOST_COLUMNS, 8 * MOST_COLUMNS],
  ...[2 * MOST_COLUMNS, 4 * MOST_COLUMNS],
];

/** Bytes of the memory. */
export const RASTER_DESK_BYTES = memoryBytes(ARRAYS);

const CODE = new KernelCode<RasterExports>(RASTER_WASM);

export class RasterDesk {
  readonly #run: RasterExports;
  readonly #from: Uint8Array<ArrayBuffer>;
  readonly #to: Uint8Array<ArrayBuffer>;
  readonly #upper: Float32Array;
  readonly #lower: Float32Array;
  readonly #areaUpper: Float64Array;
  readonly #areaLower: Float64Array;
  readonly #mean: Float32Array;
  readonly #validArea: Float64Array;

  /** @param memory with room for `RASTER_DESK_BYTES` */
  constructor(memory: KernelMemory) {
    this.#run = CODE.on(memory);
    this.#from = memory.uint8(4 * ELEMENTS);
    this.#to = memory.uint8(4 * ELEMENTS);
    this.#upper = memory.float32(MOST_COLUMNS);
    this.#lower = memory.float32(MOST_COLUMNS);
    this.#areaUpper = memory.float64(MOST_COLUMNS);
    this.#areaLower = memory.float64(MOST_COLUMNS);
    this.#mean = memory.float32(MOST_COLUMNS / 2);
    this.#validArea = memory.float64(MOST_COLUMNS / 2);
  }

  /** Whether it takes so many elements. */
  takesElements(count: number): boolean {
    return count % VECTOR === 0;
  }

  /** Shuffles elements of four bytes. @param bytes of a count that it takes, @param out as long */
  shuffle(bytes: Uint8Array, out: Uint8Array): void {
    const count = bytes.length / 4;
    for (let first = 0; first < count; first += ELEMENTS) {
      const n = Math.min(ELEMENTS, count - first);
      this.#from.set(bytes.subarray(4 * first, 4 * (first + n)));
      this.#run.shuffle(n, this.#from.byteOffset, this.#to.byteOffset);
      for (let k = 0; k < 4; k++) out.set(this.#to.subarray(k * n, (k + 1) * n), k * count + first);
    }
  }

  /** The inverse of `shuffle`. */
  unshuffle(bytes: Uint8Array, out: Uint8Array): void {
    const count = bytes.length / 4;
    for (let first = 0; first < count; first += ELEMENTS) {
      const n = Math.min(ELEMENTS, count - first);
      for (let k = 0; k < 4; k++)
        this.#from.set(bytes.subarray(k * count + first, k * count + first + n), k * n);
      this.#run.unshuffle(n, this.#from.byteOffset, this.#to.byteOffset);
      out.set(this.#to.subarray(0, 4 * n), 4 * first);
    }
  }

  /**
   * Makes one coarse row of means and valid areas.
   *
   * @param upper cells of a row, at most `MOST_COLUMNS`
   * @param lower those of the row below; undefined where there is none
   * @param areaUpper m2: one for the whole row, or one a cell
   * @param areaLower likewise
   * @param mean row that is written, @param validArea likewise
   */
  halve(
    upper: Float32Array,
    lower: Float32Array | undefined,
    areaUpper: Float64Array,
    areaLower: Float64Array,
    mean: Float32Array,
    validArea: Float64Array,
  ): void {
    const cols = upper.length;
    this.#upper.set(upper);
    if (lower) this.#lower.set(lower);
    else this.#lower.fill(Number.NaN, 0, cols);
    this.#areaUpper.set(areaUpper);
    this.#areaLower.set(areaLower);
    this.#run.halveRow(
      ...([cols, this.#upper.byteOffset, this.#lower.byteOffset] as const),
      ...([this.#areaUpper.byteOffset, this.#areaLower.byteOffset, areaUpper.length > 1 ? 1 : 0] as const),
      ...([this.#mean.byteOffset, this.#validArea.byteOffset] as const),
    );
    mean.set(this.#mean.subarray(0, mean.length));
    validArea.set(this.#validArea.subarray(0, validArea.length));
  }
}

let desk: RasterDesk | undefined;

/** This thread's desk; undefined where the runtime lacks WebAssembly SIMD. */
export function rasterDesk(): RasterDesk | undefined {
  if (!desk && CODE.isSupported) desk = new RasterDesk(new KernelMemory(RASTER_DESK_BYTES));
  return desk;
}
