/** Parameters of CASA NPP, with the defaults of spec casa.md (ADR 0006). */
import { z } from 'zod';
import { CLIMATE_SECTION } from '../air-temperature.ts';
import { EXCLUDED_TYPES, VEGETATION_TYPES, type VegetationType } from '../landcover/classes.ts';
import { NDVI_LIMIT_CAP } from './fpar.ts';
import { SEASON_STRESS_K, TOPT_MIN_MONTHS } from './stress.ts';

const typeName = z.enum(VEGETATION_TYPES);

const byType = <T extends z.ZodType>(value: T) =>
  z
    .partialRecord(typeName, value)
    .refine(
      (values) => EXCLUDED_TYPES.every((type) => !(type in values)),
      `${EXCLUDED_TYPES.join(' and ')} are left out of NPP, RH and NEP; leave them out here too`,
    )
    .default({});

const ndviLimits = z
  .tuple([z.number().min(-0.2).max(1), z.number().min(-0.2).max(1)])
  .refine(([low, high]) => high > low, 'the upper NDVI limit must be above the lower')
  .refine(
    ([low]) => low < NDVI_LIMIT_CAP,
    `the lower NDVI limit must be below ${NDVI_LIMIT_CAP}, where upper limits are capped`,
  );

const fpar = z
  .strictObject({
    /** `zhu2007` mean of the two forms, `ndvi` and `sr` one of them, `linear` 1.257·NDVI − 0.161, `product` as given. */
    mode: z.enum(['zhu2007', 'ndvi', 'sr', 'linear', 'product']).default('zhu2007'),
    /** Where the NDVI limits of a type come from. */
    range: z.enum(['percentile', 'table']).default('percentile'),
    /** Whose percentiles built-up and bare land take. */
    nonvegRange: z.enum(['grass_crop', 'own', 'table']).default('grass_crop'),
    /** Limits that are simply set, by type; they win over everything else. */
    limits: byType(ndviLimits),
  })
  .prefault({});

const topt = z
  .strictObject({
    /** Whose greenest month; `given` reads the input `optimumTemperature`, e.g. of a climatology. */
    scope: z.enum(['pixel', 'class', 'region', 'given']).default('pixel'),
    /** Each year has its own (also when nothing is said), or all have that of their mean year. */
    year: z.enum(['each', 'climatology']).optional(),
    /** Months with NDVI that a year, or the mean year, must have. */
    minMonths: z.int().min(1).max(12).default(TOPT_MIN_MONTHS),
  })
  .refine(({ scope, year }) => scope !== 'given' || year !== 'climatology', {
    path: ['year'],
    message:
      'a given T_opt is the same in every year as it is; leave year out, or say scope: pixel, class or region',
  })
  .prefault({});

const stress = z
  .strictObject({
    /** k of T_ε2: 1.184, 1.1814 (Potter et al. 1993) or 1.1919 (GTMM). */
    k: z.number().min(1).max(1.3).default(SEASON_STRESS_K),
  })
  .prefault({});

const water = z
  .strictObject({
    mode: z.enum(['era5l', 'complementary', 'hybrid', 'lswi', 'one']).default('era5l'),
    /** Thornthwaite with true day and month length; needs `latitude`. */
    daylength: z.boolean().default(false),
    lswiForm: z.enum(['half', 'vpm']).default('half'),
    /** The first January goes on from the December before: climate of that year is read. Else from none. */
    yearBefore: z.boolean().optional(),
  })
  .refine(({ mode, yearBefore }) => !yearBefore || (mode !== 'lswi' && mode !== 'one'), {
    path: ['yearBefore'],
    message: 'W by lswi or one goes on from no month before; leave yearBefore out',
  })
  .prefault({});

const eps = z
  .strictObject({
    set: z.enum(['zhu', 'potter', 'pan2017', 'feng2014', 'iggi']).default('zhu'),
    /** Efficiency of the majority type, or of all types by their share of the cell. */
    perPixel: z.enum(['majority', 'fractional']).default('majority'),
    /** Values that are simply set, gC MJ-1, by type. */
    values: byType(z.number().min(0).max(5)),
  })
  .prefault({});

/** The sections of CASA NPP, so that a chain can take them over. */
export const CASA_SECTIONS = { ...CLIMATE_SECTION, fpar, topt, stress, water, eps } as const;

export const casaParams = z.strictObject(CASA_SECTIONS);

export type CasaParams = z.infer<typeof casaParams>;

/** Whether Thornthwaite's evapotranspiration is needed. */
export const needsThornthwaite = ({ water: { mode } }: CasaParams): boolean =>
  mode === 'complementary' || mode === 'hybrid';

/** Whether FPAR scales NDVI between the limits of a type. */
export const scalesNdvi = ({ fpar: { mode } }: CasaParams): boolean =>
  mode !== 'linear' && mode !== 'product';

export type LimitsByType = Readonly<Partial<Record<VegetationType, readonly [number, number]>>>;
