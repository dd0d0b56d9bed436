/** Parameters of soil heterotrophic respiration (ADR 0006). */
import { z } from 'zod';
import { CLIMATE_SECTION } from '../air-temperature.ts';
import { PEI_EXPONENT } from './rh.ts';

const rh = z
  .strictObject({
    /** `pei` as in the paper; the others are extensions (spec casa.md 9). */
    formula: z.enum(['pei', 'raich2002', 'q10', 'lloyd_taylor']).default('pei'),
    /** Exponent of `pei`, K-1. */
    a: z.number().min(0).max(0.2).default(PEI_EXPONENT),
    /** Month of `pei`: 30 days as published, or its true length. */
    days: z.union([z.literal(30), z.literal('actual')]).default(30),
    /** RH is 0 at this temperature and below, degC; null for no such rule. */
    frozenCutoffC: z.number().min(-60).max(10).nullable().default(null),
    /** What R in `pei` is: the total of the month as documented, or its mean day, for replication only. */
    precipUnit: z.enum(['mm_per_month', 'mm_per_day']).default('mm_per_month'),
    /** How `raich2002` gets from soil respiration to RH. */
    share: z.enum(['bond_lamberty_2004', 'bond_lamberty_2010', 'subke_2006']).default('bond_lamberty_2010'),
    /** Rate of `q10` (at `referenceC`) and `lloyd_taylor` (at 10 degC), gC m-2 d-1. */
    rate: z.number().positive().max(20).default(1.2),
    q10: z.number().min(1).max(5).default(2),
    referenceC: z.number().min(-20).max(40).default(10),
  })
  .prefault({});

export const RH_SECTIONS = { ...CLIMATE_SECTION, rh } as const;

export const rhParams = z.strictObject(RH_SECTIONS);

export type RhParams = z.infer<typeof rhParams>;
