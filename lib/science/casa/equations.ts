/** Net primary production by light-use efficiency (spec casa.md 2.1; eqs. 1, 2 and 4). */
import { habitatStress, SEASON_STRESS_K, seasonStress } from './stress.ts';

/** Photosynthetically active share of global radiation. @see spec casa.md eq. 2 */
export const PAR_SHARE = 0.5;

/**
 * Absorbed photosynthetically active radiation.
 *
 * @param solarMJ global radiation, MJ m-2 month-1
 * @param fpar absorbed fraction, 1, 0..1
 * @returns MJ m-2 month-1
 * @see Potter et al. 1993; spec casa.md eq. 2
 */
export const absorbedPar = (solarMJ: number, fpar: number): number => solarMJ * fpar * PAR_SHARE;

/**
 * Light-use efficiency after heat and drought stress.
 *
 * @param tempC monthly mean air temperature, degC
 * @param tempOptC temperature of the greenest month, degC
 * @param wetness water scalar W, 1, 0.5..1
 * @param lueMax unstressed efficiency, gC MJ-1
 * @returns gC MJ-1
 * @see Potter et al. 1993; spec casa.md eq. 4
 */
export function lightUseEfficiency(
  tempC: number,
  tempOptC: number,
  wetness: number,
  lueMax: number,
  k: number = SEASON_STRESS_K,
): number {
  return lueMax * habitatStress(tempC, tempOptC) * seasonStress(tempC, tempOptC, k) * wetness; // ε = ε* T_ε1 T_ε2 W
}

/**
 * Net primary production.
 * @param aparMJ absorbed radiation, MJ m-2 month-1
 * @param efficiency gC MJ-1
 * @returns gC m-2 month-1, never negative
 * @see Potter et al. 1993; spec casa.md eq. 1
 */
export const netPrimaryProduction = (aparMJ: number, efficiency: number): number => aparMJ * efficiency;
