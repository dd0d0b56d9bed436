import type { ShareTaker } from '../grid/coverage.ts';
import type { PixelWindow } from '../grid/warp.ts';
import type { ZoneWeights } from './zone-weights.ts';

/** Pixels of many zones, one after the other: thousands of small zones would else be as many small arrays. */
export interface PixelLists {
  /** Pixels that belong in part, by their places in the window, row-major, and their weights. */
  readonly cells: Int32Array;
  readonly shares: Float64Array;
  /** Runs of pixels that belong whole: the first of each, and the one behind its last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** The pixels of a window that belong to one zone: parts of the lists. */
export interface SparseWeights {
  readonly lists: PixelLists;
  /** Parts `[cell0, cell1)` and runs `[run0, run1)`. */
  readonly cell0: number;
  readonly cell1: number;
  readonly run0: number;
  readonly run1: number;
  /** All pixels together. */
  readonly pixels: number;
}

/** Gathers the pixels of zones in a window, zone by zone. */
export class WeightLists implements ShareTaker {
  #window: PixelWindow = { y0: 0, y1: 0, x0: 0, x1: 0 };
  #width = 0;
  #lists: PixelLists = listsOf(65_536, 16_384);
  #cells = 0;
  #runs = 0;
  #pixels = 0;

  /** Forgets all zones: the next ones lie in this window. What was added before is no longer good. */
  begin(window: PixelWindow): void {
    this.#window = window;
    this.#width = window.x1 - window.x0;
    this.#cells = 0;
    this.#runs = 0;
  }

  /**
   * Adds a zone. Its weights are good to use after the last one, when the lists have come to rest.
   * @param part of the window that the zone meets
   * @param scale of each pixel of the window on its weight: 0 for those that do not count
   */
  add(
    zone: Pick<ZoneWeights, 'weights' | 'eachShare'>,
    part: PixelWindow,
    scale?: Float64Array,
  ): Omit<SparseWeights, 'lists'> {
    const [cell0, run0] = [this.#cells, this.#runs];
    this.#pixels = 0;
    if (zone.eachShare && !scale) zone.eachShare(part, this);
    else this.#addEach(zone.weights(part), part, scale);
    return { cell0, cell1: this.#cells, run0, run1: this.#runs, pixels: this.#pixels };
  }

  /** Adds a zone from other lists, over a window that holds this one's pixels of it. */
  copy(
    { lists, cell0, cell1, run0, run1, pixels }: SparseWeights,
    other: PixelWindow,
  ): Omit<SparseWeights, 'lists'> {
    const begun = { cell0: this.#cells, run0: this.#runs };
    const cols = other.x1 - other.x0;
    for (let i = cell0; i < cell1; i++) {
      const row = Math.floor(lists.cells[i]! / cols);
      this.part(other.y0 + row, other.x0 + lists.cells[i]! - row * cols, lists.shares[i]!);
    }
    for (let k = run0; k < run1; k++) {
      const row = Math.floor(lists.from[k]! / cols);
      const left = other.x0 - row * cols;
      this.run(other.y0 + row, left + lists.from[k]!, left + lists.to[k]!);
    }
    return { ...begun, cell1: this.#cells, run1: this.#runs, pixels };
  }

  /** Adds a zone that holds all of a part of the window. */
  whole(part: PixelWindow): Omit<SparseWeights, 'lists'> {
    const begun = { cell0: this.#cells, run0: this.#runs };
    for (let y = part.y0; y < part.y1; y++) this.run(y, part.x0, part.x1);
    const pixels = (part.y1 - part.y0) * (part.x1 - part.x0);
    return { ...begun, cell1: this.#cells, run1: this.#runs, pixels };
  }

  get lists(): PixelLists {
    return this.#lists;
  }

  part(row: number, col: number, share: number): void {
    if (this.#cells === this.#lists.cells.length) this.#grow(2 * this.#cells, this.#lists.from.length);
    this.#lists.cells[this.#cells] = this.#placeOf(row, col);
    this.#lists.shares[this.#cells++] = share;
    this.#pixels++;
  }

  run(row: number, from: number, to: number): void {
    if (this.#runs === this.#lists.from.length) this.#grow(this.#lists.cells.length, 2 * this.#runs);
    const first = this.#placeOf(row, from);
    this.#lists.from[this.#runs] = first;
    this.#lists.to[this.#runs++] = first + to - from;
    this.#pixels += to - from;
  }

  #addEach(weights: ArrayLike<number>, { y0, x0, x1 }: PixelWindow, scale: Float64Array | undefined): void {
    for (let i = 0, row = y0; i < weights.length; row++) {
      for (let col = x0; col < x1; col++, i++) {
        const weight = scale ? weights[i]! * scale[this.#placeOf(row, col)]! : weights[i]!;
        if (weight > 0) this.part(row, col, weight);
      }
    }
  }

  #placeOf(row: number, col: number): number {
    return (row - this.#window.y0) * this.#width + col - this.#window.x0;
  }

  #grow(cells: number, runs: number): void {
    const grown = listsOf(cells, runs);
    for (const name of ['cells', 'shares', 'from', 'to'] as const) grown[name].set(this.#lists[name]);
    this.#lists = grown;
  }
}

const listsOf = (cells: number, runs: number): PixelLists => ({
  cells: new Int32Array(cells),
  shares: new Float64Array(cells),
  from: new Int32Array(runs),
  to: new Int32Array(runs),
});

/** True area that belongs, m2. @param areas of the window's pixels */
export function areaOf({ lists, cell0, cell1, run0, run1 }: SparseWeights, areas: Float64Array): number {
  const { cells, shares, from, to } = lists;
  let sum = 0;
  for (let i = cell0; i < cell1; i++) sum += shares[i]! * areas[cells[i]!]!;
  for (let k = run0; k < run1; k++)
    for (let cell = from[k]!, end = to[k]!; cell < end; cell++) sum += areas[cell]!;
  return sum;
}
