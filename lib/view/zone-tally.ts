import { Sum } from '../grid/sum.ts';
import { respirationFlag, respirationRatio } from '../science/balance/nep.ts';
import {
  COVERAGE_WARNING,
  carbonTotal,
  type FieldStatistics,
  type Period,
  type ZoneReduction,
} from './zone-reduction.ts';
import { hull, meet, type PixelWindow, type ZoneWeights } from './zone-weights.ts';

class FieldTally {
  readonly mass = new Sum();
  min = Infinity;
  max = -Infinity;
}

/** What is known of a zone so far, while windows of the map go by. */
export class ZoneTally {
  readonly #zone: ZoneWeights;
  readonly #names: readonly string[];
  readonly #fields: readonly FieldTally[];
  readonly #area = new Sum();
  #pixels = 0;
  #n = 0;

  constructor(zone: ZoneWeights, fields: readonly string[]) {
    this.#zone = zone;
    this.#names = fields;
    this.#fields = fields.map(() => new FieldTally());
  }

  /** The zones together, as if they did not overlap. */
  static union(parts: readonly ZoneTally[], fields: readonly string[]): ZoneTally {
    const polygonArea = parts.reduce((sum, part) => sum + part.#zone.polygonArea, 0);
    const window = hull(parts.flatMap((part) => part.#zone.window ?? []));
    const zone = { id: 'total', name: 'All zones', polygonArea, window, weights: () => [] };
    const whole = new ZoneTally(zone, fields);
    for (const part of parts) whole.#merge(part);
    return whole;
  }

  /**
   * @param values one array a field, cells of `window` row-major; a cell counts only if all of them are finite
   * @param areas of the same cells, m2
   */
  add(window: PixelWindow, values: Readonly<Record<string, Float64Array>>, areas: Float64Array): void {
    const part = this.#zone.window && meet(this.#zone.window, window);
    if (!part) return;
    const weights = this.#zone.weights(part);
    const fields = this.#names.map((name) => values[name]!);
    const width = window.x1 - window.x0;
    let i = 0;
    for (let y = part.y0; y < part.y1; y++) {
      let cell = (y - window.y0) * width + (part.x0 - window.x0);
      for (let x = part.x0; x < part.x1; x++, i++, cell++) {
        const weight = weights[i]!;
        if (!(weight > 0)) continue;
        this.#pixels++;
        if (allFinite(fields, cell)) this.#addCell(fields, cell, weight * areas[cell]!);
      }
    }
  }

  #addCell(fields: readonly Float64Array[], cell: number, area: number): void {
    this.#n++;
    this.#area.add(area);
    for (let f = 0; f < fields.length; f++) {
      const value = fields[f]![cell]!;
      const tally = this.#fields[f]!;
      tally.mass.add(area * value);
      if (value < tally.min) tally.min = value;
      if (value > tally.max) tally.max = value;
    }
  }

  #merge(part: ZoneTally): void {
    this.#n += part.#n;
    this.#pixels += part.#pixels;
    this.#area.add(part.#area.value);
    for (const [f, tally] of this.#fields.entries()) {
      const other = part.#fields[f]!;
      tally.mass.add(other.mass.value);
      tally.min = Math.min(tally.min, other.min);
      tally.max = Math.max(tally.max, other.max);
    }
  }

  /**
   * @param grams of carbon in one unit of mass of each field that has a total
   * @param whole all zones together, for shares
   */
  reduction(period: Period, grams: Readonly<Record<string, number>>, whole?: ZoneTally): ZoneReduction {
    const { id, name, polygonArea } = this.#zone;
    const validArea = this.#area.value;
    const coverage = polygonArea > 0 ? validArea / polygonArea : NaN;
    const fields = Object.fromEntries(
      this.#names.map((field, f) => [field, this.#statistics(f, grams[field], whole)]),
    );
    const note = this.#note();
    return {
      id,
      name,
      period,
      pixels: this.#pixels,
      n: this.#n,
      validArea,
      polygonArea,
      coverage,
      lowCoverage: !(coverage >= COVERAGE_WARNING),
      fields,
      ...balance(fields),
      ...(note ? { note } : {}),
    };
  }

  #statistics(f: number, grams: number | undefined, whole: ZoneTally | undefined): FieldStatistics {
    if (this.#n === 0) return { mean: NaN, min: NaN, max: NaN, ...(grams === undefined ? {} : noCarbon) };
    const { mass, min, max } = this.#fields[f]!;
    const statistics = { mean: mass.value / this.#area.value, min, max };
    if (grams === undefined) return statistics;
    const total = carbonTotal(mass.value * grams);
    if (!whole) return { ...statistics, total };
    const all = whole.#fields[f]!.mass.value;
    // Zones that cancel out to less than a kilogram have no meaningful shares (spec casa.md 5.2).
    const share = Math.abs(all * grams) < 1e3 ? NaN : mass.value / all;
    return { ...statistics, total, share };
  }

  #note(): string | undefined {
    if (!this.#zone.window) return 'the zone lies outside the grid';
    if (this.#pixels === 0) return 'no pixel centre lies in the zone; weigh by coverage to get a value';
    if (this.#n === 0) return 'no valid pixel in the zone';
    return undefined;
  }
}

const noCarbon = { total: carbonTotal(NaN), share: NaN };

function allFinite(fields: readonly Float64Array[], cell: number): boolean {
  for (const field of fields) if (!Number.isFinite(field[cell]!)) return false;
  return true;
}

function balance({ npp, rh }: Readonly<Record<string, FieldStatistics>>): { ratio?: number; flag?: number } {
  if (!npp || !rh) return {};
  return { ratio: respirationRatio(npp.mean, rh.mean), flag: respirationFlag(npp.mean, rh.mean) };
}
