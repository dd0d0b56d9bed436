/** Carbon over a zone and period, in the three sizes that tables use. */
export interface CarbonTotal {
  readonly gC: number;
  readonly tC: number;
  readonly KtC: number;
}

/** One variable over the common mask of a zone; NaN where no pixel is valid. */
export interface FieldStatistics {
  /** Area-weighted, in the layer's units. */
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Only for fluxes per m2. */
  readonly total?: CarbonTotal;
  /** This zone's total over the sum of all zones' totals; can be negative or above 1 when signs differ. */
  readonly share?: number;
}

/** Days since 1970-01-01 of the first and last step that are in it, and how a table calls it: `2021`, `2021-03`. */
export interface Period {
  readonly label: string;
  readonly first?: number;
  readonly last?: number;
  readonly steps: number;
}

/** One zone over one period. Areas in m2. */
export interface ZoneReduction {
  readonly id: string;
  readonly name: string;
  readonly period: Period;
  /** Pixels that belong to the zone, wholly or in part. */
  readonly pixels: number;
  /** Those of them where every variable is valid. */
  readonly n: number;
  readonly validArea: number;
  readonly polygonArea: number;
  /** validArea / polygonArea */
  readonly coverage: number;
  readonly lowCoverage: boolean;
  readonly fields: Readonly<Record<string, FieldStatistics>>;
  /** Total RH over total NPP, of the totals, never the mean of pixel ratios; NaN when NPP is not above 0. */
  readonly ratio?: number;
  /** 0 below or at 80 %, 1 at risk, 2 source, 255 undefined. */
  readonly flag?: number;
  /** Why numbers are missing, in a sentence. */
  readonly note?: string;
}

/** What a period is: one step, or all of them summed or averaged pixel by pixel. */
export type Over = 'each' | 'sum' | 'mean';

/** How the numbers came about; stands beside them wherever they are shown. */
export interface ReductionMethod {
  readonly over: Over;
  readonly variables: Readonly<Record<string, { readonly title: string; readonly units: string }>>;
  readonly sign: string;
  readonly weights: string;
  readonly mask: string;
  readonly area: string;
  readonly mean: string;
  readonly total: string;
  readonly ratio: string;
  readonly coverageWarningBelow: number;
  readonly grid: { readonly crs: string; readonly height: number; readonly width: number };
}

export interface Reduction {
  readonly method: ReductionMethod;
  /** Period by period, zones in the order given. */
  readonly zones: readonly ZoneReduction[];
  /** Sum of the zones, one a period; a pixel in two overlapping zones counts twice. */
  readonly totals: readonly ZoneReduction[];
}

export const COVERAGE_WARNING = 0.9;

export const carbonTotal = (gC: number): CarbonTotal => ({ gC, tC: gC / 1e6, KtC: gC / 1e9 });
