/** The kernel of class maps at work: its memory holds the counts of a window, and some codes of the map at a time. */
import { CLASSES_WASM } from './compiled/classes.wasm.ts';
import { KernelCode, type KernelExports, KernelMemory, memoryBytes } from './kernel.ts';

/** Signature of assembly/classes.ts. */
interface ClassesExports extends KernelExports {
  countCell(
    ...args: [
      ...[corners: number, i0: number, i1: number, j0: number, j1: number],
      ...[x0: number, x1: number, y0: number, y1: number, codes: number, pitch: number],
      ...[left: number, right: number, top: number, bottom: number],
      ...[counts: number, stride: number, places: number, unknown: number],
    ]
  ): void;
}

/** Rows and columns, half-open. */
interface Box {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** A cell of a control net that is not divided (control-net.ts). */
interface NetCell {
  readonly i0: number;
  readonly i1: number;
  readonly j0: number;
  readonly j1: number;
  readonly corners: Float64Array;
}

/** Codes of a byte. */
const CODES = 256;
/** Rows and columns of codes that are copied at once, some cells. */
const HELD_ROWS = 64;
const HELD_COLUMNS = 1024;
/** The kernel reads one more than the most neighbours that it takes at once, whatever lies there. */
const READ_BEYOND = 65;

const NOTHING: Box = { y0: 0, y1: 0, x0: 0, x1: 0 };

const CODE = new KernelCode<ClassesExports>(CLASSES_WASM);

export class ClassDesk {
  /** `[pixel of the window][stride]`, zero at first. */
  readonly counts: Uint32Array;
  /** Pixels by code, as far as the legend does not know it. */
  readonly unknown: Uint32Array;
  readonly #window: Box;
  readonly #stride: number;
  readonly #run: ClassesExports;
  readonly #corners: Float64Array;
  readonly #places: Int32Array;
  readonly #held: Uint8Array;
  #codes: Uint8Array = new Uint8Array();
  #band = NOTHING;
  #holds = NOTHING;

  private constructor(window: Box, stride: number) {
    const counts = (window.y1 - window.y0) * (window.x1 - window.x0) * stride;
    const held = HELD_ROWS * HELD_COLUMNS + READ_BEYOND;
    const memory = new KernelMemory(memoryBytes([4 * counts, 4 * CODES, 4 * CODES, 8 * 8, held]));
    this.#window = window;
    this.#stride = stride;
    this.counts = memory.uint32(counts);
    this.unknown = memory.uint32(CODES);
    this.#places = memory.int32(CODES);
    this.#corners = memory.float64(8);
    this.#held = memory.uint8(held);
    this.#run = CODE.on(memory);
  }

  /**
   * Room for the counts of a window.
   *
   * @param stride counts of a pixel
   * @returns undefined where the runtime lacks WebAssembly SIMD
   */
  static of(window: Box, stride: number): ClassDesk | undefined {
    return CODE.isSupported ? new ClassDesk(window, stride) : undefined;
  }

  /**
   * Takes the codes that are counted from here on.
   *
   * @param codes of a band, row-major
   * @param placeOf which count of a pixel a code adds to, and whether the legend knows it
   */
  take(band: Box, codes: Uint8Array, placeOf: (code: number) => { place: number; isKnown: boolean }): void {
    this.#band = band;
    this.#codes = codes;
    this.#holds = NOTHING;
    for (let code = 0; code < CODES; code++) {
      const { place, isKnown } = placeOf(code);
      this.#places[code] = isKnown ? place : -1 - place;
    }
  }

  /** Whether it takes a part of so many pixels. */
  takes({ x0, x1, y0, y1 }: Box): boolean {
    return y1 - y0 <= HELD_ROWS && x1 - x0 <= HELD_COLUMNS;
  }

  /** Counts a part of a cell, pixels of the band. @param part one that it takes */
  count(cell: NetCell, part: Box): void {
    const { x0, x1, y0, y1 } = part;
    if (!holds(this.#holds, part)) this.#hold(part);
    const from = (y0 - this.#holds.y0) * HELD_COLUMNS + x0 - this.#holds.x0;
    const { x0: left, x1: right, y0: top, y1: bottom } = this.#window;
    this.#corners.set(cell.corners);
    this.#run.countCell(
      ...([this.#corners.byteOffset, cell.i0, cell.i1, cell.j0, cell.j1] as const),
      ...([x0, x1, y0, y1, this.#held.byteOffset + from, HELD_COLUMNS, left, right, top, bottom] as const),
      ...([this.counts.byteOffset, this.#stride, this.#places.byteOffset, this.unknown.byteOffset] as const),
    );
  }

  /** Copies the codes of a part, and those to the right of it and below. */
  #hold({ x0, y0 }: Box): void {
    const band = this.#band;
    const width = band.x1 - band.x0;
    const [x1, y1] = [Math.min(x0 + HELD_COLUMNS, band.x1), Math.min(y0 + HELD_ROWS, band.y1)];
    for (let y = y0; y < y1; y++) {
      const at = (y - band.y0) * width - band.x0;
      this.#held.set(this.#codes.subarray(at + x0, at + x1), (y - y0) * HELD_COLUMNS);
    }
    this.#holds = { y0, y1, x0, x1 };
  }
}

const holds = (box: Box, part: Box): boolean =>
  part.y0 >= box.y0 && part.y1 <= box.y1 && part.x0 >= box.x0 && part.x1 <= box.x1;
