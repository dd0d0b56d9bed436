import { ClassDesk } from '../kernels/class-desk.ts';
import type { Cells } from './cells.ts';
import { type Cell, type VisitSegment, visitRow } from './control-net.ts';
import type { PixelWindow, Warp } from './warp.ts';

/** A code that means "no data here". */
export const FILL = -1;
/** A code that the legend does not know. */
export const UNKNOWN = -2;

/**
 * @param legend class index by stored code; a negative index means fill
 * @param codes one more than the largest code that may be stored
 */
export function classTable(legend: Readonly<Record<number, number>>, codes = 256): Int16Array {
  const table = new Int16Array(codes).fill(UNKNOWN);
  for (const [code, index] of Object.entries(legend)) table[Number(code)] = index < 0 ? FILL : index;
  return table;
}

/** Codes of a band of a class map, row-major, and what each means. */
export interface ClassBand {
  readonly codes: Cells;
  /** Class index by code, `FILL` or `UNKNOWN`; a code beyond its end is unknown. */
  readonly classOf: Int16Array;
}

/** Goes through the pixels of a class map and counts each in the coarse pixel of a window that holds its centre. */
export class ClassTally {
  /** `[pixel][class]`, and behind the classes of each pixel its fine pixels without one. */
  readonly counts: Uint32Array;
  /** Counts of a pixel. */
  readonly stride: number;
  /** Fine pixels that fall into the window, by codes that the legend does not know. */
  readonly unknownCodes: Record<number, number> = {};
  readonly #window: PixelWindow;
  readonly #desk: ClassDesk | undefined;

  /** @param byKernel whether the kernel may count: the loops are its oracle */
  constructor(window: PixelWindow, classes: number, byKernel = true) {
    this.stride = classes + 1;
    this.#window = window;
    this.#desk = byKernel ? ClassDesk.of(window, this.stride) : undefined;
    this.counts =
      this.#desk?.counts ?? new Uint32Array((window.y1 - window.y0) * (window.x1 - window.x0) * this.stride);
  }

  /** @param of the codes of the band; none where the map has no pixels */
  visit(warp: Warp, band: PixelWindow, of?: ClassBand): void {
    if (!warp.cells) {
      this.#visitPixels(warp, band, of);
      return;
    }
    const desk = this.#take(band, of);
    warp.cells(band, (cell, part) => {
      if (!canMeet(this.#window, cell, part)) return;
      if (desk?.takes(part)) desk.count(cell, part);
      else this.#visitCell(cell, part, band, of);
    });
    if (desk) this.#takeUnknown(desk.unknown);
  }

  /** The desk with the codes of a band; undefined where the loops have to count. */
  #take(band: PixelWindow, of: ClassBand | undefined): ClassDesk | undefined {
    if (!(of?.codes instanceof Uint8Array)) return undefined;
    const none = this.stride - 1;
    this.#desk?.take(band, of.codes, (code) => {
      const index = of.classOf[code] ?? UNKNOWN;
      return { place: index < 0 ? none : index, isKnown: index !== UNKNOWN };
    });
    return this.#desk;
  }

  #takeUnknown(byCode: Uint32Array): void {
    for (const [code, times] of byCode.entries()) if (times > 0) this.#countUnknown(code, times);
    byCode.fill(0);
  }

  #visitPixels(warp: Warp, band: PixelWindow, of: ClassBand | undefined): void {
    const width = band.x1 - band.x0;
    const cols = new Float64Array(width);
    const rows = new Float64Array(width);
    const { x0, x1, y0, y1 } = this.#window;
    const { counts, stride } = this;
    for (let y = band.y0; y < band.y1; y++) {
      warp.row(y, cols, rows);
      const at = (y - band.y0) * width;
      for (let i = 0; i < width; i++) {
        const col = cols[i]!;
        const row = rows[i]!;
        if (!(col >= x0 && col < x1 && row >= y0 && row < y1)) continue;
        // within the window places are not negative: |0 rounds them down
        const pixel = (((row | 0) - y0) * (x1 - x0) + (col | 0) - x0) * stride;
        const index = of ? (of.classOf[of.codes[at + i]!] ?? UNKNOWN) : FILL;
        counts[pixel + (index < 0 ? stride - 1 : index)]!++;
        if (index === UNKNOWN) this.#countUnknown(of!.codes[at + i]!, 1);
      }
    }
  }

  /** The kernel's oracle. */
  #visitCell(cell: Cell, part: PixelWindow, band: PixelWindow, of: ClassBand | undefined): void {
    const { x0, x1, y0, y1 } = this.#window;
    let at = 0;
    const visit: VisitSegment = (from, to, i0, line) => {
      const col = line[0]!;
      const row = line[1]!;
      const colStep = line[2]!;
      const rowStep = line[3]!;
      for (let i = from; i < to; i++) {
        const c = col + (i - i0) * colStep;
        const r = row + (i - i0) * rowStep;
        if (!(c >= x0 && c < x1 && r >= y0 && r < y1)) continue;
        this.#count(((r | 0) - y0) * (x1 - x0) + (c | 0) - x0, of?.codes[at + i], of);
      }
    };
    for (let y = part.y0; y < part.y1; y++) {
      at = (y - band.y0) * (band.x1 - band.x0) - band.x0;
      visitRow(cell, y, part.x0, part.x1, visit);
    }
  }

  #count(pixel: number, code: number | undefined, of: ClassBand | undefined): void {
    const index = of ? (of.classOf[code!] ?? UNKNOWN) : FILL;
    this.counts[pixel * this.stride + (index < 0 ? this.stride - 1 : index)]!++;
    if (index === UNKNOWN) this.#countUnknown(code!, 1);
  }

  #countUnknown(code: number, times: number): void {
    this.unknownCodes[code] = (this.unknownCodes[code] ?? 0) + times;
  }
}

/** Rounding may put a place beside the ends of the lines it lies between, source pixels. */
const ROUNDING = 1e-6;

/** Whether a place of a part of a cell can lie in a window: between corners places are bilinear, so those tell. */
export function canMeet({ x0, x1, y0, y1 }: PixelWindow, cell: Cell, part: PixelWindow): boolean {
  const cols: number[] = [];
  const rows: number[] = [];
  const visit: VisitSegment = (from, to, i0, line) => {
    for (const k of [from - i0, to - 1 - i0]) {
      cols.push(line[0]! + k * line[2]!);
      rows.push(line[1]! + k * line[3]!);
    }
  };
  visitRow(cell, part.y0, part.x0, part.x1, visit);
  visitRow(cell, part.y1 - 1, part.x0, part.x1, visit);
  const meet = (places: number[], from: number, to: number): boolean =>
    Math.max(...places) >= from - ROUNDING && Math.min(...places) < to + ROUNDING;
  return meet(cols, x0, x1) && meet(rows, y0, y1);
}
