/**
 * NDVI limits of FPAR by vegetation type, and the optimum temperature of a class or region: the statistics of the
 * whole region that CASA needs before a cell can be computed (spec casa.md 0.5, 2.2, 2.4).
 */

import { BadRequest } from '../../errors.ts';
import { temperatureInputs } from '../air-temperature.ts';
import {
  isExcluded,
  NONVEGETATION_TYPES,
  typeIndex,
  VEGETATION_TYPES,
  type VegetationType,
} from '../landcover/classes.ts';
import type { Inputs, Prepare, Prepared, Shape } from '../model.ts';
import { TABLE_NDVI_MAX, TABLE_NDVI_MIN } from './efficiency.ts';
import { NDVI_LIMIT_CAP } from './fpar.ts';
import { type CasaParams, scalesNdvi } from './params.ts';
import { countOf, NDVI_BINS, ndviBin, ndviQuantile } from './quantile.ts';
import { addOptima, countOptimum, finishOptimum, OPTIMUM_COUNTERS } from './region-optimum.ts';

export const LOWER_PERCENTILE = 0.05;
export const UPPER_PERCENTILE = 0.95;

/** With fewer samples, or a narrower range, the static table is used (decision of spec casa.md 2.2). */
export const MIN_SAMPLES = 500;
export const MIN_RANGE = 0.05;
/** Differences of decimals are a hair off: 0.35 − 0.3 is below 0.05. */
const ROUNDING = 1e-12;

const TYPES = VEGETATION_TYPES.length;

/** Where the limits of a type come from. */
export type LimitSource = 'percentile' | 'grass_crop' | 'table' | 'set' | 'none';

export interface TypeLimits {
  readonly low: number;
  readonly high: number;
  readonly source: LimitSource;
  /** NDVI values behind a percentile, 0 for a table. */
  readonly samples: number;
}

const NONE: TypeLimits = { low: Number.NaN, high: Number.NaN, source: 'none', samples: 0 };

/** Limits of Zhu's static table. */
export function tableLimits(type: VegetationType, samples = 0): TypeLimits {
  const high = TABLE_NDVI_MAX[type];
  return high === undefined ? NONE : { low: TABLE_NDVI_MIN, high, source: 'table', samples };
}

/** 5th and 95th percentile of a histogram; the table's where they say too little. */
export function percentileLimits(
  type: VegetationType,
  histogram: Float64Array,
  source: 'percentile' | 'grass_crop' = 'percentile',
): TypeLimits {
  const samples = countOf(histogram);
  if (samples < MIN_SAMPLES) return tableLimits(type, samples);
  const low = ndviQuantile(histogram, LOWER_PERCENTILE);
  const high = Math.min(ndviQuantile(histogram, UPPER_PERCENTILE), NDVI_LIMIT_CAP);
  return high - low < MIN_RANGE - ROUNDING ? tableLimits(type, samples) : { low, high, source, samples };
}

/** Histogram of grass and crop together, for built-up and bare land. */
function grassAndCrop(histogramOf: (type: VegetationType) => Float64Array): Float64Array {
  const pooled = histogramOf('grass').slice();
  const crop = histogramOf('crop');
  for (let bin = 0; bin < pooled.length; bin++) pooled[bin]! += crop[bin]!;
  return pooled;
}

/** Limits of each type, from the counts of the whole region. */
export function limitsFromCounts(counts: Float64Array, params: CasaParams): readonly TypeLimits[] {
  const histogramOf = (type: VegetationType) =>
    counts.subarray(typeIndex(type) * NDVI_BINS, (typeIndex(type) + 1) * NDVI_BINS);
  const pooled = grassAndCrop(histogramOf);
  return VEGETATION_TYPES.map((type) => {
    if (isExcluded(type)) return NONE;
    const nonvegetation = NONVEGETATION_TYPES.includes(type);
    if (nonvegetation && params.fpar.nonvegRange === 'table') return tableLimits(type);
    if (nonvegetation && params.fpar.nonvegRange === 'grass_crop')
      return percentileLimits(type, pooled, 'grass_crop');
    return percentileLimits(type, histogramOf(type));
  });
}

const wantsPercentiles = (params: CasaParams): boolean =>
  scalesNdvi(params) && params.fpar.range === 'percentile';

const wantsOptimum = ({ topt: { scope } }: CasaParams): boolean => scope === 'class' || scope === 'region';

/** Whether the optimum of a class or region is of the mean year of all years. */
const wantsMeanOptimum = (params: CasaParams): boolean =>
  wantsOptimum(params) && params.topt.year === 'climatology';

const histogramLength = (params: CasaParams): number => (wantsPercentiles(params) ? TYPES * NDVI_BINS : 0);

/** Adds the NDVI of a block to the histograms of its types; cells outside the study region do not count. */
export function countNdvi(
  { steps, cells }: Shape,
  ndvi: Float64Array,
  vegtype: ArrayLike<number>,
  study: ArrayLike<number> | undefined,
  counts: Float64Array,
): void {
  const end = steps.length * cells;
  for (let i = 0; i < cells; i++) {
    const type = vegtype[i]!;
    if (!(type < TYPES) || (study && study[i] !== 1)) continue;
    // all steps of a cell at once: they fall into one histogram, near to each other
    const start = type * NDVI_BINS;
    for (let at = i; at < end; at += cells) {
      const bin = ndviBin(ndvi[at]!);
      if (bin >= 0 && bin < NDVI_BINS) counts[start + (bin | 0)]! += 1;
    }
  }
}

/** What says how green a cell is: NDVI, or a given FPAR. */
export const greenness = (input: Inputs, { fpar: { mode } }: CasaParams): Float64Array =>
  (mode === 'product' ? input.fpar : input.ndvi) as Float64Array;

export const greennessName = ({ fpar: { mode } }: CasaParams): string =>
  mode === 'product' ? 'fpar' : 'ndvi';

/** The two-stage statistic: integer histograms by chunk, percentiles from their sum. One run of it a calendar year. */
export const casaPrepare: Prepare<CasaParams> = {
  id: 'ndvi-limits',
  inputs: (params) => {
    if (!wantsPercentiles(params) && !wantsOptimum(params)) return [];
    const names = [greennessName(params), 'vegtype', 'study'];
    return wantsOptimum(params) ? [...names, ...Object.keys(temperatureInputs(params))] : names;
  },
  length: (params) => histogramLength(params) + (wantsOptimum(params) ? OPTIMUM_COUNTERS : 0),
  count(shape, input, params, counts) {
    const green = greenness(input, params);
    const vegtype = input.vegtype as Uint8Array;
    const split = histogramLength(params);
    if (split > 0) countNdvi(shape, green, vegtype, input.study, counts.subarray(0, split));
    if (wantsOptimum(params)) {
      const temperature = input.temperature as Float64Array;
      countOptimum(shape, green, temperature, vegtype, input.study, counts.subarray(split));
    }
  },
  finish(counts, params) {
    const split = histogramLength(params);
    const limits = split > 0 ? { limits: writeLimits(limitsFromCounts(counts, params)) } : {};
    const sums = counts.subarray(split);
    if (wantsMeanOptimum(params)) return { ...limits, optimumSums: [...sums] };
    if (!wantsOptimum(params)) return limits;
    return { ...limits, optimumC: finishOptimum(sums, params.topt.scope === 'region') };
  },
  together: {
    isWanted: wantsMeanOptimum,
    combine(values, { topt: { scope, minMonths } }) {
      const sums = addOptima(values.map(({ optimumSums }) => optimumSums as readonly number[]));
      const optimumC = finishOptimum(sums, scope === 'region', minMonths);
      return values.map((value) => ({ ...value, optimumC }));
    },
  },
  uses: (params) => {
    const { fpar, topt, climate } = params;
    // whoever takes temperature to another height takes T_opt there too
    return { fpar, topt, ...(wantsOptimum(params) && climate.lapseKPerKm !== null && { climate }) };
  },
  // How many samples stand behind a limit is for readers: it changes with every pixel, the limits hardly ever. So do the
  // sums behind an optimum of several years.
  essence: ({ limits, optimumSums: _, ...rest }) => ({
    ...rest,
    limits: Object.entries((limits ?? {}) as StoredLimits).map(([type, { low, high, source }]) => [
      type,
      low,
      high,
      source,
    ]),
  }),
};

type StoredLimits = Record<string, { low: number; high: number; source: LimitSource; samples: number }>;

/** As plain JSON by type name, so that a reader of the product can see what drove it. */
function writeLimits(limits: readonly TypeLimits[]): StoredLimits {
  const stored: StoredLimits = {};
  limits.forEach((of, index) => {
    if (of.source !== 'none') stored[VEGETATION_TYPES[index]!] = { ...of };
  });
  return stored;
}

/**
 * The limits that a run uses, by type index: set ones first, then percentiles or the table.
 * @throws BadRequest when percentiles are wanted and nothing was prepared
 */
export function usedLimits(prepared: Prepared, params: CasaParams): readonly TypeLimits[] {
  const stored = prepared.limits as StoredLimits | undefined;
  if (wantsPercentiles(params) && !stored)
    throw new BadRequest('fpar.range', 'percentile limits need the prepared statistics of the region.');
  return VEGETATION_TYPES.map((type) => {
    const set = params.fpar.limits[type];
    if (set) return { low: set[0], high: Math.min(set[1], NDVI_LIMIT_CAP), source: 'set', samples: 0 };
    if (!wantsPercentiles(params)) return tableLimits(type);
    return stored![type] ?? NONE;
  });
}
