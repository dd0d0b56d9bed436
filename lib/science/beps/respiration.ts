/** Respiration of plants, and what is left of photosynthesis (spec beps.md 5.1, 5.2). */
import type { PftParams } from '../pft.ts';
import { expOf } from './powers.ts';

/** Share of GPP that growth respires. @see Peng et al. 2025 */
export const GROWTH_SHARE = 0.25;

/** Bounds of NPP/GPP in the public code, a daily clamp (Q8). */
export const NPP_RATIO_CLAMP: readonly [number, number] = [0.35, 0.65];

/** Q10 of leaves, and of wood and roots: acclimated to the mean of many years. */
export const leafQ10 = (meanTempC: number): number => Math.max(1.9, 2.42 - 0.02 * Math.max(meanTempC, 0));
export const woodQ10 = (meanTempC: number): number => Math.max(1.8, 2.32 - 0.02 * Math.max(meanTempC, 0));

/**
 * Mean temperature factor of a day and its night, 1 at 15 degC.
 *
 * @param lnQ10 ln Q10, K-1 × 10
 * @param daylight share of the day that is light, 0..1
 */
export const temperatureFactor = (
  lnQ10: number,
  tempDayC: number,
  tempNightC: number,
  daylight: number,
): number =>
  expOf((lnQ10 * (tempDayC - 15)) / 10) * daylight + expOf((lnQ10 * (tempNightC - 15)) / 10) * (1 - daylight);

/** Coefficients of a tile: kgC m-2 d-1 at 15 degC per gC m-2, and the saturating sapwood. */
export interface Maintenance {
  readonly lnLeafQ10: number;
  readonly lnWoodQ10: number;
  readonly leaf: number;
  readonly croot: number;
  readonly froot: number;
  /** kgC m-2 d-1 at endless stem, or per kgC m-2 where it is linear. */
  readonly stem: number;
  readonly sapwoodHalf: number | null;
}

/** Which roots respire: those there are, or, as in the public code, coarse ones alone in grass and crops (Q7). */
export type RootRespiration = 'rec' | 'code';

export function maintenanceOf(
  { respiration, kappaLeaf, kappaStem, kappaRoot, sapwoodHalf }: PftParams,
  meanTempC: number,
  roots: RootRespiration = 'rec',
): Maintenance {
  const coarseOnly = roots === 'code' && sapwoodHalf === null;
  return {
    lnLeafQ10: Math.log(leafQ10(meanTempC)),
    lnWoodQ10: Math.log(woodQ10(meanTempC)),
    leaf: (kappaLeaf * respiration.leaf) / 1000,
    croot: (kappaRoot * respiration.croot) / 1000,
    froot: coarseOnly ? 0 : (kappaRoot * respiration.froot) / 1000,
    stem: kappaStem * respiration.stem,
    sapwoodHalf,
  };
}

/** Respiration of leaves, kgC m-2 d-1. @param carbon gC m-2 @param factor from `temperatureFactor` with leafQ10 */
export const leafRespiration = (m: Maintenance, carbon: number, factor: number): number =>
  m.leaf * carbon * factor;

/** Respiration of stems, kgC m-2 d-1: sapwood saturates with the stem. @param carbon gC m-2 */
export function stemRespiration({ stem, sapwoodHalf }: Maintenance, carbon: number, factor: number): number {
  const kilograms = carbon / 1000;
  return stem * factor * (sapwoodHalf === null ? kilograms : kilograms / (sapwoodHalf + kilograms));
}

/** Respiration of roots, kgC m-2 d-1. @param croot, froot gC m-2 */
export const rootRespiration = (m: Maintenance, croot: number, froot: number, factor: number): number =>
  (m.croot * croot + m.froot * froot) * factor;

/**
 * NPP of a day, in the unit of GPP: dark days respire nothing.
 *
 * @param clamp bounds of NPP/GPP, or null for none: then NPP may be negative
 */
export function netProduction(
  gpp: number,
  maintenance: number,
  clamp: readonly [number, number] | null = NPP_RATIO_CLAMP,
): number {
  if (gpp === 0) return 0;
  const npp = (1 - GROWTH_SHARE) * gpp - maintenance;
  return clamp === null ? npp : Math.min(clamp[1] * gpp, Math.max(clamp[0] * gpp, npp));
}
