import type { Field } from './bilinear.ts';

/** Pixels that take the mean of some cells, by their corners or the nearest one; of the last mask. */
export class Mended {
  #count = 0;
  readonly #pixels: Int32Array;
  /** The cells of the i-th such pixel lie from `#first[i]` to `#first[i + 1]`. */
  readonly #first: Int32Array;
  readonly #cells: Int32Array;
  readonly #weights: Float64Array;
  /** Sum of the weights of each pixel. */
  readonly #sums: Float64Array;
  /** Cells of the pixel that is looked at. */
  #open = 0;

  /** @param pixels the most that there can be */
  constructor(pixels: number) {
    this.#pixels = new Int32Array(pixels);
    this.#first = new Int32Array(pixels + 1);
    this.#cells = new Int32Array(4 * pixels);
    this.#weights = new Float64Array(4 * pixels);
    this.#sums = new Float64Array(pixels);
  }

  clear(): void {
    this.#count = this.#open = 0;
  }

  /** One more cell of the pixel that is looked at. */
  add(cell: number, weight: number): void {
    this.#cells[this.#open] = cell;
    this.#weights[this.#open++] = weight;
  }

  finish(pixel: number, sum: number): void {
    this.#pixels[this.#count] = pixel;
    this.#sums[this.#count++] = sum;
    this.#first[this.#count] = this.#open;
  }

  /** Forgets the cells of a pixel that was not finished. */
  drop(): void {
    this.#open = this.#first[this.#count]!;
  }

  apply(field: Field, out: Field, at: number): void {
    for (let i = 0; i < this.#count; i++) {
      let sum = 0;
      const end = this.#first[i + 1]!;
      for (let k = this.#first[i]!; k < end; k++) sum += this.#weights[k]! * field[this.#cells[k]!]!;
      out[at + this.#pixels[i]!] = sum / this.#sums[i]!;
    }
  }
}
