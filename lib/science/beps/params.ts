/** Options of BEPS with the defaults of spec beps.md 15.1, and what a product may set of its types' parameters. */
import { z } from 'zod';
import { PFTS } from '../pft.ts';
import { LLOYD_TAYLOR_OFFSET } from './environment.ts';
import { NPP_RATIO_CLAMP } from './respiration.ts';

const ratio = z.number().min(-1).max(1);

const options = z
  .strictObject({
    /** Length of the day: the lineage's fit within 0..24 h, unbounded as in the public code (Q1), or by astronomy. */
    dayLength: z.enum(['rec', 'code', 'astro']).default('rec'),
    /** Conductance at the one root, or five steps from Jarvis as in the public code (Q3 to Q6). */
    leaf: z.enum(['exact', 'code']).default('exact'),
    /** Air pressure of the place, Pa, in biochemistry and conductance; null for 1e5 Pa in one, 101 325 Pa in the other (Q3). */
    pressurePa: z.number().min(40_000).max(110_000).nullable().default(null),
    /** Photosynthesis as the mean over a day's course of conductance, or at its one value. */
    diurnal: z.enum(['daily', 'inst']).default('daily'),
    /** Daily bounds of NPP/GPP, or null for none (Q8). */
    nppClamp: z
      .tuple([ratio, ratio])
      .refine(([low, high]) => high > low, 'the upper bound must be above the lower')
      .nullable()
      .default([NPP_RATIO_CLAMP[0], NPP_RATIO_CLAMP[1]]),
    /** Flow from slow to passive soil carbon (Q10). */
    slowToPassive: z.enum(['century', 'code']).default('century'),
    /** Full cycle of nitrogen (N1), or leaves that keep their first C:N (N0). */
    nitrogen: z.enum(['full', 'fixed']).default('full'),
    /** Roots that respire: all, or coarse ones alone in grass and crops as in the public code (Q7). */
    roots: z.enum(['rec', 'code']).default('rec'),
    /** Crops are never drier than a tenth between wilting point and field capacity (Q23). */
    irrigation: z.boolean().default(false),
    /** Offset of soil temperature, K: 46.32 of the lineage, 46.02 of the literature (Q19). */
    lloydTaylorOffset: z.number().min(40).max(50).default(LLOYD_TAYLOR_OFFSET),
    /** Leaf area between half-monthly composites: held, or along a line between their middles. */
    lai: z.enum(['hold', 'linear']).default('hold'),
  })
  .prefault({});

const positive = z.number().min(0);
const share = z.number().min(0).max(1);

const byBiomass = (value: z.ZodNumber) =>
  z.strictObject({ stem: value, croot: value, leaf: value, froot: value });

/** What may be set of a type; the rest is the table's. */
const overrides = z
  .strictObject({
    vcmax25: positive.max(300),
    criticalCn: positive.max(100),
    ballBerry: positive.max(30),
    jarvisMax: positive.max(0.05),
    allocation: byBiomass(share),
    turnover: byBiomass(share),
    rootBeta: z.number().min(0.5).max(0.999),
    depth3: z.number().min(0.05).max(20),
    melt: positive.max(0.05),
    clumping: z.number().min(0.1).max(1),
    respiration: byBiomass(positive.max(0.1)),
    kappaLeaf: positive.max(20),
    kappaStem: positive.max(20),
    kappaRoot: positive.max(20),
    metabolic: share,
    decay: positive.max(10),
    ligninLeaf: share,
    ligninWood: share,
  })
  .partial();

/** The sections of BEPS in a product's parameters. */
export const BEPS_SECTIONS = {
  beps: options,
  pft: z.partialRecord(z.enum(PFTS), overrides).default({}),
} as const;

export const bepsParams = z.strictObject(BEPS_SECTIONS);

export type BepsParams = z.infer<typeof bepsParams>;
export type BepsOptions = BepsParams['beps'];

export const DEFAULT_OPTIONS: BepsOptions = Object.freeze(options.parse({}));
