/** Monthly values from 8-day or 16-day composites (spec casa.md 1.3, 1.4). */
import { monthOfComposite, overlapDays } from './composite-calendar.ts';
import { NDVI_FLAG } from './outputs.ts';

export interface CompositeOptions {
  /** `mvc` maximum of the composites whose middle lies in the month; `weighted` mean by days and quality. */
  readonly method: 'mvc' | 'weighted';
  /** `lenient` keeps reliability 0 and 1 (and, in months left empty, 2 and 3), `strict` 0 only, `off` all but fill. */
  readonly qa: 'lenient' | 'strict' | 'off';
}

/** The composites that start in one calendar year, in order of time. */
export interface CompositeStack {
  readonly year: number;
  /** Days that a composite covers, 16 or 8. */
  readonly period: number;
  /** First day of the year of each composite. */
  readonly startDoy: readonly number[];
  /** `[composite][cell]`, NaN = fill or outside the valid range. */
  readonly values: Float64Array;
  /** MODIS pixel reliability `[composite][cell]`, a byte: 0 good, 1 marginal, 2 snow or ice, 3 cloud, else fill. */
  readonly reliability?: ArrayLike<number> | undefined;
}

/** Longest gap, months, that is interpolated. */
export const LONGEST_GAP = 2;

const MONTHS = 12;

/** Weight by reliability 0, 1, 2, 3 and fill. */
type QualityWeights = readonly [number, number, number, number, number];

const WEIGHTS: Readonly<Record<CompositeOptions['qa'], QualityWeights>> = {
  lenient: [1, 0.5, 0, 0, 0],
  strict: [1, 0, 0, 0, 0],
  off: [1, 1, 1, 1, 1],
};

/** Second try for months that `lenient` left empty. */
const DEGRADED: QualityWeights = [0, 0, 1, 1, 0];

/** Weight of every reliability byte. */
const weightTable = (weights: QualityWeights): Float64Array =>
  Float64Array.from({ length: 256 }, (_, reliability) => weights[Math.min(reliability, 4)]!);

/** Makes months of composites that come one after the other, so that only one of them need be at hand. */
export interface MonthComposer {
  /**
   * Takes the next composite.
   *
   * @param values `[cell]`, NaN = fill or outside the valid range
   * @param reliability `[cell]`, see `CompositeStack`
   */
  add(values: Float64Array, reliability?: ArrayLike<number>): void;
  /** Fills gaps in time; `months` and `flags` are whole then. */
  finish(): void;
}

/** What a composer needs to know of the composites. */
export type CompositeDates = Pick<CompositeStack, 'year' | 'period' | 'startDoy'>;

/**
 * @param months `[month][cell]`, filled whole; NaN where nothing valid lies within two months
 * @param flags `[month][cell]`, filled whole: bits of `NDVI_FLAG` (filled in time, degraded quality, missing)
 * @see MVC: Holben 1986; assignment, weights and gaps: spec casa.md 1.4
 */
export function monthComposer(
  dates: CompositeDates,
  cells: number,
  { method, qa }: CompositeOptions,
  months: Float64Array,
  flags: Uint8Array,
): MonthComposer {
  months.fill(Number.NaN);
  flags.fill(0);
  const first = weightTable(WEIGHTS[qa]);
  const second = qa === 'lenient' ? weightTable(DEGRADED) : undefined;
  const make = method === 'mvc' ? maximumComposer : weightedComposer;
  const { add, finish } = make(dates, cells, first, second, months, flags);
  return {
    add,
    finish() {
      finish();
      fillGaps(cells, months, flags);
    },
  };
}

type MakeComposer = (
  dates: CompositeDates,
  cells: number,
  first: Float64Array,
  second: Float64Array | undefined,
  months: Float64Array,
  flags: Uint8Array,
) => MonthComposer;

/** What a quality is good for: the first try, the second one, nothing. */
export const RANK = Object.freeze({ first: 0, second: 1, none: 2 });

/** Rank of every reliability byte. */
export function qualityRanks(qa: CompositeOptions['qa']): Uint8Array {
  const first = weightTable(WEIGHTS[qa]);
  const second = qa === 'lenient' ? weightTable(DEGRADED) : undefined;
  return ranksOf(first, second);
}

const ranksOf = (first: Float64Array, second: Float64Array | undefined): Uint8Array =>
  Uint8Array.from(first, (weight, i) =>
    weight > 0 ? RANK.first : second && second[i]! > 0 ? RANK.second : RANK.none,
  );

/** Maximum of the accepted composites of each month; of those of the second try only where there is no other. */
const maximumComposer: MakeComposer = ({ year, period, startDoy }, cells, first, second, months, flags) => {
  const ranks = ranksOf(first, second);
  const good = new Uint8Array(cells).fill(ranks.indexOf(RANK.first));
  let k = 0;
  return {
    add(values, reliability = good) {
      const row = monthOfComposite(year, startDoy[k++]!, period) * cells;
      for (let i = 0, q = row; i < cells; i++, q++) {
        const value = values[i]!;
        const rank = ranks[reliability[i]! & 0xff]!;
        if (Number.isNaN(value) || rank === RANK.none) continue;
        const before = months[q]!;
        const degraded = flags[q]! !== 0;
        // better quality wins, then the larger value
        if (
          !Number.isNaN(before) &&
          (degraded ? rank === RANK.second && before >= value : rank === RANK.second || before >= value)
        )
          continue;
        months[q] = value;
        flags[q] = rank === RANK.second ? NDVI_FLAG.degraded : 0;
      }
    },
    finish() {},
  };
};

/** Mean of the accepted composites of each month, weighted by shared days and quality. */
const weightedComposer: MakeComposer = ({ year, period, startDoy }, cells, first, second, months, flags) => {
  const tries = [first, ...(second ? [second] : [])].map((weights) => ({
    weights,
    sum: new Float64Array(MONTHS * cells),
    weight: new Float64Array(MONTHS * cells),
  }));
  let k = 0;
  return {
    add(values, reliability) {
      const doy = startDoy[k++]!;
      for (let month = 0; month < MONTHS; month++) {
        const days = overlapDays(year, doy, period, month);
        if (days === 0) continue;
        // without quality all count alike, and there is no second try
        for (const { weights, sum, weight } of reliability ? tries : tries.slice(0, 1)) {
          for (let i = 0, q = month * cells; i < cells; i++, q++) {
            if (Number.isNaN(values[i]!)) continue;
            const w = days * (reliability ? weights[reliability[i]! & 0xff]! : 1);
            sum[q]! += w * values[i]!;
            weight[q]! += w;
          }
        }
      }
    },
    finish() {
      tries.forEach(({ sum, weight }, rank) => {
        for (let q = 0; q < months.length; q++) {
          if (weight[q] === 0 || !Number.isNaN(months[q]!)) continue;
          months[q] = sum[q]! / weight[q]!;
          flags[q] = rank === RANK.second ? NDVI_FLAG.degraded : 0;
        }
      });
    },
  };
};

/**
 * Straight line over gaps of at most two months between months of the same year; longer and outer gaps stay NaN.
 * @param missing how many months each cell lacks
 */
export function fillGaps(
  cells: number,
  months: Float64Array,
  flags: Uint8Array,
  missing: Uint8Array = countMissing(cells, months),
): void {
  for (let i = 0; i < cells; i++) {
    if (missing[i] === 0) continue;
    let before = -1;
    for (let month = 0; month < MONTHS; month++) {
      if (Number.isNaN(months[month * cells + i]!)) continue;
      const gap = month - before - 1;
      if (before >= 0 && gap > 0 && gap <= LONGEST_GAP) fillGap(cells, i, before, month, months, flags);
      before = month;
    }
    for (let month = 0; month < MONTHS; month++)
      if (Number.isNaN(months[month * cells + i]!)) flags[month * cells + i]! |= NDVI_FLAG.missing;
  }
}

/** Empty months of each cell. */
function countMissing(cells: number, months: Float64Array): Uint8Array {
  const missing = new Uint8Array(cells);
  for (let row = 0; row < months.length; row += cells)
    for (let i = 0; i < cells; i++) if (Number.isNaN(months[row + i]!)) missing[i]!++;
  return missing;
}

function fillGap(
  cells: number,
  cell: number,
  before: number,
  after: number,
  months: Float64Array,
  flags: Uint8Array,
): void {
  const from = months[before * cells + cell]!;
  const to = months[after * cells + cell]!;
  for (let month = before + 1; month < after; month++) {
    months[month * cells + cell] = from + ((month - before) / (after - before)) * (to - from);
    flags[month * cells + cell] = NDVI_FLAG.filled;
  }
}

/** Composes the twelve months of a year from composites that are all at hand; see `monthComposer`. */
export function composeMonths(
  stack: CompositeStack,
  cells: number,
  options: CompositeOptions,
  months: Float64Array,
  flags: Uint8Array,
): void {
  const { values, reliability, startDoy } = stack;
  const composer = monthComposer(stack, cells, options, months, flags);
  const quality = reliability && Uint8Array.from(reliability);
  for (let from = 0; from < startDoy.length * cells; from += cells)
    composer.add(values.subarray(from, from + cells), quality?.subarray(from, from + cells));
  composer.finish();
}
