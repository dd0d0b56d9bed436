/** What CASA writes: NPP, and every diagnostic of spec casa.md 4 when the product names it. */
import { FLUX_NAMES, SUM_OVER_TIME } from '../cf-names.ts';
import { NO_TYPE, TYPE_TITLES, VEGETATION_TYPES } from '../landcover/classes.ts';
import type { OutputVariable } from '../model.ts';

/** Bits of `qa`, a month: why a cell is empty or degraded. */
export const QA = Object.freeze({
  noNdvi: 1,
  ndviFilled: 2,
  ndviDegraded: 4,
  climateMissing: 8,
  wetnessCarried: 16,
  noType: 32,
  excluded: 64,
  noOptimum: 128,
});

/** Bits of `qa_a`, a year. */
export const QA_YEAR = Object.freeze({
  noType: 1,
  excluded: 2,
  fewMonths: 4,
  optimumMissing: 8,
  limitsFromTable: 16,
  limitsUnusable: 32,
});

/** Bits of the input `ndviFlags`, set where monthly NDVI was composed. */
export const NDVI_FLAG = Object.freeze({ filled: 1, degraded: 2, missing: 4 });

const diagnostic = <T extends object>(variable: T): T & { readonly diagnostic: true } => ({
  ...variable,
  diagnostic: true,
});

const MONTHS = Object.freeze(
  'January February March April May June July August September October November December'.split(' '),
);

export const CASA_OUTPUTS = {
  npp: {
    title: 'Net primary production, carbon',
    standardName: FLUX_NAMES.npp,
    units: 'g m-2 month-1',
    dims: 'tyx',
    range: [0, 1200],
    cellMethods: SUM_OVER_TIME,
  },
  fpar: diagnostic({
    title: 'Absorbed fraction of photosynthetically active radiation',
    standardName: 'fraction_of_surface_downwelling_photosynthetic_radiative_flux_absorbed_by_vegetation',
    units: '1',
    dims: 'tyx',
    range: [0, 1],
  }),
  apar: diagnostic({
    title: 'Absorbed photosynthetically active radiation',
    units: 'MJ m-2 month-1',
    dims: 'tyx',
    range: [0, 600],
    cellMethods: SUM_OVER_TIME,
  }),
  te1: diagnostic({
    title: 'Temperature stress of the habitat, T_e1',
    units: '1',
    dims: 'tyx',
    range: [0, 1],
  }),
  te2: diagnostic({
    title: 'Temperature stress of the season, T_e2',
    units: '1',
    dims: 'tyx',
    range: [0, 1.1],
  }),
  we: diagnostic({ title: 'Water stress, W_e', units: '1', dims: 'tyx', range: [0, 1] }),
  topt: diagnostic({
    title: 'Optimum temperature: mean of the greenest month',
    units: 'degC',
    dims: 'yx',
    range: [0, 50],
  }),
  topt_month: diagnostic({
    title: 'Calendar month with the highest NDVI',
    units: '1',
    dims: 'yx',
    range: [1, 12],
    dtype: 'uint8',
    fill: 255,
    flags: { values: MONTHS.map((_, i) => i + 1), meanings: MONTHS },
  }),
  eps_max: diagnostic({
    title: 'Maximum light-use efficiency, carbon',
    units: 'g MJ-1',
    dims: 'yx',
    range: [0, 5],
  }),
  vegtype: diagnostic({
    title: 'Vegetation type',
    units: '1',
    dims: 'yx',
    range: [0, VEGETATION_TYPES.length - 1],
    dtype: 'uint8',
    fill: NO_TYPE,
    flags: {
      values: VEGETATION_TYPES.map((_, index) => index),
      meanings: VEGETATION_TYPES.map((type) => TYPE_TITLES[type].replaceAll(/[ -]/g, '_')),
    },
  }),
  landcover_valid: diagnostic({
    title: 'Share of the fine pixels of the land-cover map that have a class',
    units: '1',
    dims: 'yx',
    range: [0, 1],
  }),
  qa: diagnostic({
    title: 'Why NPP of the month is missing or degraded',
    units: '1',
    dims: 'tyx',
    range: [0, 255],
    dtype: 'uint8',
    flags: {
      masks: Object.values(QA),
      meanings: [
        'ndvi_missing',
        'ndvi_filled_in_time',
        'ndvi_of_degraded_quality',
        'climate_missing',
        'wetness_of_an_earlier_month',
        'no_vegetation_type',
        'water_or_snow_excluded',
        'no_optimum_temperature',
      ],
    },
  }),
  qa_a: diagnostic({
    title: 'Why NPP of the year is missing or degraded',
    units: '1',
    dims: 'yx',
    range: [0, 63],
    dtype: 'uint8',
    flags: {
      masks: Object.values(QA_YEAR),
      meanings: [
        'no_vegetation_type',
        'water_or_snow_excluded',
        'too_few_months_with_ndvi',
        'temperature_of_greenest_month_missing',
        'fpar_limits_from_table',
        'fpar_limits_unusable',
      ],
    },
  }),
} as const satisfies Readonly<Record<string, OutputVariable>>;
