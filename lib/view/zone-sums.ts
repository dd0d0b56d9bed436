import { Sum } from '../grid/sum.ts';
import type { PixelLists, SparseWeights } from './sparse-weights.ts';

/** What the sums of a zone are kept for besides mean, total and area. */
export interface SumsWanted {
  readonly fields: number;
  readonly periods: number;
  /** Least, greatest and spread. */
  readonly spread: boolean;
  /** All values with their areas, for quantiles and histograms. */
  readonly samples: boolean;
}

export interface FieldSums {
  readonly mass: Sum;
  min: number;
  max: number;
  readonly spread: SpreadSums | undefined;
}

/** Area times the square of the distance from `anchor`, and area times that distance. */
interface SpreadSums {
  readonly squares: Sum;
  readonly offsets: Sum;
  anchor: number;
}

/** One zone and period. Fields share one mask. */
export interface PeriodSums {
  pixels: number;
  n: number;
  readonly area: Sum;
  readonly fields: readonly FieldSums[];
  /** Values of each field and the areas that they count with. */
  readonly samples: { readonly values: number[][]; readonly areas: number[] } | undefined;
}

/** Sums of one zone, period by period, while chunks go by. */
export class ZoneSums {
  readonly periods: readonly PeriodSums[];
  readonly #spread: boolean;

  constructor({ fields, periods, spread, samples }: SumsWanted) {
    this.#spread = spread;
    this.periods = Array.from({ length: periods }, () => ({
      pixels: 0,
      n: 0,
      area: new Sum(),
      fields: Array.from({ length: fields }, () => newField(spread)),
      samples: samples ? { values: Array.from({ length: fields }, () => []), areas: [] } : undefined,
    }));
  }

  addPixels(period: number, weights: SparseWeights, cells: StepCells): void {
    const sums = this.periods[period]!;
    sums.pixels += weights.pixels;
    if (this.#spread || sums.samples) this.#addEach(sums, weights, cells);
    else addSums(sums, weights, cells);
  }

  /** Adds what is known of a whole chunk: its valid cells, their area, and the total of each field. */
  addKnown(period: number, pixels: number, n: number, area: number, totals: readonly number[]): void {
    const sums = this.periods[period]!;
    sums.pixels += pixels;
    sums.n += n;
    sums.area.add(area);
    for (let f = 0; f < totals.length; f++) sums.fields[f]!.mass.add(totals[f]!);
  }

  /** For what has to see every value. */
  #addEach(sums: PeriodSums, weights: SparseWeights, step: StepCells): void {
    const { values, areas } = step;
    const add = (cell: number, area: number): void => {
      if (!isValid(values, cell)) return;
      if (this.#spread) addSpread(sums.fields, values, cell, area);
      if (!sums.samples) return;
      sums.samples.areas.push(area);
      for (let f = 0; f < values.length; f++) sums.samples.values[f]!.push(values[f]![cell]!);
    };
    const { cells, shares, from, to } = weights.lists;
    for (let i = weights.cell0; i < weights.cell1; i++) add(cells[i]!, shares[i]! * areas[cells[i]!]!);
    for (let k = weights.run0; k < weights.run1; k++)
      for (let cell = from[k]!; cell < to[k]!; cell++) add(cell, areas[cell]!);
    addSums(sums, weights, step);
  }
}

/** Cells of one field, as they are stored; what is not finite is no data. */
export type FieldCells = Float32Array | Float64Array;

/** One step of a window. A pixel counts only where every field has a value. */
export interface StepCells {
  readonly values: readonly FieldCells[];
  /** True areas of the pixels, m2. */
  readonly areas: Float64Array;
  /** Whether all pixels of a row have one area. */
  readonly evenRows: boolean;
}

function isValid(values: readonly FieldCells[], cell: number): boolean {
  for (let f = 0; f < values.length; f++) {
    const value = values[f]![cell]!;
    if (value - value !== 0) return false;
  }
  return true;
}

/** What a chunk gives to a zone in one step; one is enough, as they are filled and emptied one by one. */
class ChunkSums {
  n = 0;
  area = 0;
  readonly mass: number[] = [];
  /** Of the pixels at hand, by field. */
  readonly #found: number[] = [];
  /** Which pixels of a run have a value in every field. */
  #valid = new Uint8Array(1024);

  begin(fields: number): void {
    this.n = 0;
    this.area = 0;
    this.mass.length = 0;
    for (let f = 0; f < fields; f++) this.mass.push(0);
  }

  /** Pixels that belong in part. A sum that is finite says that none of them lacks a value: no mask is made. */
  addParts(values: readonly FieldCells[], { lists, cell0, cell1 }: SparseWeights, areas: Float64Array): void {
    for (let f = 0; f < values.length; f++) {
      const sum = weightedSum(values[f]!, lists, cell0, cell1, areas);
      if (sum - sum !== 0) {
        const { cells, shares } = lists;
        for (let i = cell0; i < cell1; i++) this.addCell(values, cells[i]!, shares[i]! * areas[cells[i]!]!);
        return;
      }
      this.#found[f] = sum;
    }
    this.n += cell1 - cell0;
    this.area += partArea(lists, cell0, cell1, areas);
    for (let f = 0; f < values.length; f++) this.mass[f]! += this.#found[f]!;
  }

  addCell(values: readonly FieldCells[], cell: number, area: number): void {
    if (!isValid(values, cell)) return;
    this.n++;
    this.area += area;
    for (let f = 0; f < values.length; f++) this.mass[f]! += area * values[f]![cell]!;
  }

  /** Pixels of one area, side by side; as above. */
  addRun(values: readonly FieldCells[], from: number, to: number, area: number): void {
    for (let f = 0; f < values.length; f++) {
      const sum = sumOf(values[f]!, from, to);
      if (sum - sum !== 0) {
        this.#addBroken(values, from, to, area);
        return;
      }
      this.#found[f] = sum;
    }
    this.n += to - from;
    this.area += (to - from) * area;
    for (let f = 0; f < values.length; f++) this.mass[f]! += area * this.#found[f]!;
  }

  /** A run with pixels that have no value: field by field, as the cells lie. */
  #addBroken(values: readonly FieldCells[], from: number, to: number, area: number): void {
    const length = to - from;
    if (this.#valid.length < length) this.#valid = new Uint8Array(2 * length);
    const valid = this.#valid.fill(1, 0, length);
    for (let f = 0; f < values.length; f++) markInvalid(valid, values[f]!, from, length);
    let n = 0;
    for (let i = 0; i < length; i++) n += valid[i]!;
    if (n === 0) return;
    this.n += n;
    this.area += n * area;
    for (let f = 0; f < values.length; f++) this.mass[f]! += area * validSum(valid, values[f]!, from, length);
  }
}

function markInvalid(valid: Uint8Array, cells: FieldCells, from: number, length: number): void {
  for (let i = 0; i < length; i++) {
    const value = cells[from + i]!;
    if (value - value !== 0) valid[i] = 0;
  }
}

function validSum(valid: Uint8Array, cells: FieldCells, from: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) if (valid[i]) sum += cells[from + i]!;
  return sum;
}

function weightedSum(
  values: FieldCells,
  { cells, shares }: PixelLists,
  from: number,
  to: number,
  areas: Float64Array,
): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const cell = cells[i]!;
    sum += shares[i]! * areas[cell]! * values[cell]!;
  }
  return sum;
}

function partArea({ cells, shares }: PixelLists, from: number, to: number, areas: Float64Array): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += shares[i]! * areas[cells[i]!]!;
  return sum;
}

/** Four sums at once: one alone waits for each addition before it begins the next. */
function sumOf(cells: FieldCells, from: number, to: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = from;
  for (const end = to - 3; i < end; i += 4) {
    a += cells[i]!;
    b += cells[i + 1]!;
    c += cells[i + 2]!;
    d += cells[i + 3]!;
  }
  for (; i < to; i++) a += cells[i]!;
  return a + b + (c + d);
}

const part = new ChunkSums();

/** A chunk's cells are added up plainly, the chunks with compensation: 1e-13 of a total at worst. */
function addSums(sums: PeriodSums, weights: SparseWeights, { areas, values, evenRows }: StepCells): void {
  const { lists, run0, run1 } = weights;
  const { from, to } = lists;
  part.begin(values.length);
  part.addParts(values, weights, areas);
  for (let k = run0; k < run1; k++) {
    // A run never goes beyond its row.
    if (evenRows) part.addRun(values, from[k]!, to[k]!, areas[from[k]!]!);
    else for (let cell = from[k]!, end = to[k]!; cell < end; cell++) part.addCell(values, cell, areas[cell]!);
  }
  sums.n += part.n;
  sums.area.add(part.area);
  for (let f = 0; f < values.length; f++) sums.fields[f]!.mass.add(part.mass[f]!);
}

const newField = (spread: boolean): FieldSums => ({
  mass: new Sum(),
  min: Infinity,
  max: -Infinity,
  spread: spread ? { squares: new Sum(), offsets: new Sum(), anchor: Number.NaN } : undefined,
});

/** Distances are taken from the first value, so that squares of large numbers do not cancel. */
function addSpread(
  fields: readonly FieldSums[],
  values: readonly FieldCells[],
  cell: number,
  area: number,
): void {
  for (let f = 0; f < values.length; f++) {
    const field = fields[f]!;
    const value = values[f]![cell]!;
    const spread = field.spread!;
    if (Number.isNaN(spread.anchor)) spread.anchor = value;
    if (value < field.min) field.min = value;
    if (value > field.max) field.max = value;
    const off = value - spread.anchor;
    spread.offsets.add(area * off);
    spread.squares.add(area * off * off);
  }
}

/** Area-weighted standard deviation of a population. */
export function deviation({ spread }: FieldSums, area: number): number {
  if (!spread) return Number.NaN;
  const { squares, offsets } = spread;
  const mean = offsets.value / area;
  return Math.sqrt(Math.max(0, squares.value / area - mean * mean));
}
