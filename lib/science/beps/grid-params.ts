/** What a spec may say of BEPS over a grid, beside the options and types of `params.ts`. */
import { z } from 'zod';
import { isFluxError } from '../../errors.ts';
import { PFTS, type PftOverrides, pftParams, type VegetatedPft } from '../pft.ts';
import { BEPS_SECTIONS } from './params.ts';
import { RELAXATION_YEARS } from './spin-up.ts';

/** Types that a tile may have. */
export const VEGETATED = PFTS.filter((pft): pft is VegetatedPft => pft !== 'NVG');

/** Years of climate that are repeated unless the spec says which. */
const USUAL_CYCLE = 10;

const year = z.int().min(1).max(9999);

const tiles = z
  .strictObject({
    /** Types that are run; the state keeps room for each of them. */
    types: z
      .array(z.enum(VEGETATED as [VegetatedPft, ...VegetatedPft[]]))
      .min(1)
      .refine((types) => new Set(types).size === types.length, 'each type once')
      .default([...VEGETATED]),
    /** A type with a smaller share of its cell is left out; those that are run take its place. */
    least: z.number().min(0).max(1).default(0.01),
    /** Shares from a land-cover map, or from a layer a type. */
    shares: z.enum(['map', 'layers']).default('map'),
  })
  .prefault({});

const spinUp = z
  .strictObject({
    /** First and last year of the climate that is repeated; the product's first ten unless said. */
    from: year.optional(),
    to: year.optional(),
    /** Years that are run at least after the pools were solved for, and at most until they rest. */
    years: z.int().min(0).max(1000).default(RELAXATION_YEARS),
    most: z.int().min(0).max(2000).default(500),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, 'from lies after to')
  .refine(({ years, most }) => years <= most, 'years is more than most')
  /** `null`: no carbon pools; photosynthesis and water alone. */
  .nullable()
  .prefault({});

const forcing = z
  .strictObject({
    /**
     * Humidity from RH, from specific humidity and pressure, from the dewpoint, or from the day's minimum temperature
     * taken as the dewpoint, which holds where nights are humid (Kimball et al. 1997).
     */
    humidity: z.enum(['relative', 'specific', 'dewpoint', 'minimum']).default('relative'),
    /** Leaf area given, or by Beer's law from fAPAR, which may itself come from NDVI (Myneni & Williams 1994). */
    leafArea: z.enum(['lai', 'fapar', 'ndvi']).default('lai'),
    /** A cell that has no leaf area on any day of a year: has no value, or the least leaf area, as in the public code. */
    leafless: z.enum(['missing', 'bare']).default('missing'),
  })
  .prefault({});

export const gridParams = z
  .strictObject({ ...BEPS_SECTIONS, tiles, spinUp, forcing })
  .superRefine((params, context) => {
    for (const pft of Object.keys(params.pft)) {
      try {
        pftParams(pft, overridesOf(params));
      } catch (error) {
        if (!isFluxError(error)) throw error;
        context.addIssue({ code: 'custom', path: ['pft', pft], message: error.message });
      }
    }
  });

export type GridParams = z.infer<typeof gridParams>;

/** What the spec sets of its types' parameters: JSON has no key without a value. */
export const overridesOf = ({ pft }: Pick<GridParams, 'pft'>): PftOverrides => pft as PftOverrides;

/** Years whose climate is repeated. @param run first and last year of the product */
export function cycleYears(
  { spinUp: wanted }: GridParams,
  [first, last]: readonly [number, number],
): readonly [number, number] | undefined {
  if (!wanted) return undefined;
  const from = wanted.from ?? Math.min(first, wanted.to ?? first);
  return [from, wanted.to ?? Math.max(from, Math.min(from + USUAL_CYCLE - 1, last))];
}
