import { Sum } from '../grid/sum.ts';
import { type CarbonTotal, carbonTotal } from './zone-reduction.ts';

export interface ClassLegend {
  /** In their order: the first of two equal fractions is the majority. */
  readonly classes: readonly string[];
  /** Water and snow: neither in a share nor in the sum that shares are of. */
  readonly excluded: readonly string[];
  /** Spread a mixed pixel over its classes that are not excluded, instead of dropping the excluded part. */
  readonly renormalise?: boolean;
}

/** One class. Areas in m2. */
export interface ClassRow {
  readonly name: string;
  readonly area: number;
  readonly mean: number;
  readonly total: CarbonTotal;
  /** Of the sum of all classes that are not excluded; NaN when that sum is below 1e-6 KtC. */
  readonly share: number;
  /** Area of the class where the flux has no value; it counts nowhere else. */
  readonly missingArea: number;
}

export interface ClassSums {
  readonly classes: readonly ClassRow[];
  /** Sum over `classes`. */
  readonly total: CarbonTotal;
  /** What lies in excluded classes: with `total` and `unclassified` it makes up the whole. */
  readonly dropped: { readonly area: number; readonly total: CarbonTotal };
  /** Pixels with a flux but without a class. */
  readonly unclassified: { readonly area: number; readonly total: CarbonTotal };
}

/** Below this many gC the classes cancel out, and shares say nothing (spec casa.md 5.2: 1e-6 KtC). */
const NO_SHARE_BELOW = 1e3;

class Bin {
  readonly area = new Sum();
  readonly mass = new Sum();
  readonly missing = new Sum();

  add(value: number, area: number): void {
    if (!Number.isFinite(value)) {
      this.missing.add(area);
      return;
    }
    this.area.add(area);
    this.mass.add(area * value);
  }
}

/** Areas and carbon by class, while windows of the map go by. */
export class ClassTally {
  readonly #legend: ClassLegend;
  readonly #bins: readonly Bin[];
  readonly #excluded: readonly boolean[];
  readonly #none = new Bin();

  constructor(legend: ClassLegend) {
    this.#legend = legend;
    this.#bins = legend.classes.map(() => new Bin());
    this.#excluded = legend.classes.map((name) => legend.excluded.includes(name));
  }

  /** @param values gC m-2, NaN = missing @param index class of each cell, -1 = none @param areas m2 */
  addMajority(values: Float64Array, index: ArrayLike<number>, areas: Float64Array): void {
    for (let i = 0; i < values.length; i++) (this.#bins[index[i]!] ?? this.#none).add(values[i]!, areas[i]!);
  }

  /** @param fractions `[class][cell]`, 0..1; NaN in one class leaves the cell without any */
  addFractions(values: Float64Array, fractions: Float64Array, areas: Float64Array): void {
    const cells = values.length;
    for (let i = 0; i < cells; i++) {
      let sum = 0;
      let kept = 0;
      for (let c = 0; c < this.#bins.length; c++) {
        sum += fractions[c * cells + i]!;
        if (!this.#excluded[c]) kept += fractions[c * cells + i]!;
      }
      if (sum > 0) this.#addMixed(values[i]!, fractions, i, cells, areas[i]!, kept);
      else this.#none.add(values[i]!, areas[i]!);
    }
  }

  #addMixed(
    value: number,
    fractions: Float64Array,
    i: number,
    cells: number,
    area: number,
    kept: number,
  ): void {
    const spread = this.#legend.renormalise === true && kept > 0;
    for (let c = 0; c < this.#bins.length; c++) {
      const fraction = fractions[c * cells + i]!;
      if (fraction <= 0) continue;
      if (!spread) this.#bins[c]!.add(value, fraction * area);
      else if (!this.#excluded[c]) this.#bins[c]!.add(value, (fraction / kept) * area);
    }
  }

  sums(): ClassSums {
    const kept = this.#bins.filter((_, c) => !this.#excluded[c]);
    const sum = add(kept.map((bin) => bin.mass));
    const classes = this.#legend.classes.flatMap((name, c) =>
      this.#excluded[c] ? [] : rowOf(name, this.#bins[c]!, sum),
    );
    const dropped = this.#bins.filter((_, c) => this.#excluded[c]);
    return {
      classes,
      total: carbonTotal(sum),
      dropped: { area: add(dropped.map((b) => b.area)), total: carbonTotal(add(dropped.map((b) => b.mass))) },
      unclassified: { area: this.#none.area.value, total: carbonTotal(this.#none.mass.value) },
    };
  }
}

function add(parts: readonly Sum[]): number {
  const sum = new Sum();
  for (const part of parts) sum.add(part.value);
  return sum.value;
}

function rowOf(name: string, bin: Bin, sum: number): ClassRow {
  const mass = bin.mass.value;
  return {
    name,
    area: bin.area.value,
    mean: mass / bin.area.value,
    total: carbonTotal(mass),
    share: Math.abs(sum) < NO_SHARE_BELOW ? NaN : mass / sum,
    missingArea: bin.missing.value,
  };
}

/**
 * The class of the largest fraction in each cell; of equal ones the first.
 *
 * @param fractions `[class][cell]`, 0..1
 * @returns index of the class, -1 where no fraction is above 0
 */
export function majorityOf(fractions: ArrayLike<number>, classes: number): Int16Array {
  const cells = fractions.length / classes;
  const out = new Int16Array(cells).fill(-1);
  for (let i = 0; i < cells; i++) {
    let most = 0;
    for (let c = 0; c < classes; c++) {
      const fraction = fractions[c * cells + i]!;
      if (!(fraction > most)) continue;
      most = fraction;
      out[i] = c;
    }
  }
  return out;
}
