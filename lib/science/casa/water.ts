/** Water stress of light-use efficiency (spec casa.md 2.5, 2.6; eq. 7). */
import { clip } from './fpar.ts';

/** Potential evaporation at or below this, mm month-1, tells nothing of drought. */
export const NO_DEMAND_MM = 0.01;

/** At or below this temperature the month keeps the wetness of the month before. */
export const FROZEN_C = 0;

/**
 * W_ε = 0.5 + 0.5·E/EP. A frozen month, or one without demand, keeps the wetness of the month before; with none
 * before, 1.
 *
 * @param evaporationMm actual evapotranspiration, mm month-1
 * @param potentialMm potential evapotranspiration, mm month-1
 * @param tempC monthly mean air temperature, degC
 * @param before wetness of the month before, NaN when there is none
 * @returns 1, 0.5..1; NaN when an input is missing
 * @see Potter et al. 1993; Pan et al. 2017; spec casa.md eq. 7
 */
export function wetness(evaporationMm: number, potentialMm: number, tempC: number, before: number): number {
  if (tempC > FROZEN_C && potentialMm > NO_DEMAND_MM)
    return clip(0.5 + (0.5 * evaporationMm) / potentialMm, 0.5, 1);
  if (Number.isNaN(evaporationMm + potentialMm + tempC)) return Number.NaN;
  return Number.isNaN(before) ? 1 : before;
}

/** Whether the month before decides. */
export const keepsWetness = (potentialMm: number, tempC: number): boolean =>
  tempC <= FROZEN_C || potentialMm <= NO_DEMAND_MM;

/**
 * Annual heat index I of Thornthwaite.
 * @param monthlyTempC the twelve monthly means, degC
 * @returns NaN when a month is missing
 * @see Thornthwaite 1948; spec casa.md 2.6
 */
export function heatIndex(monthlyTempC: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < monthlyTempC.length; t++) sum += monthlyHeat(monthlyTempC[t]!);
  return sum;
}

/** One month's share of the heat index, (max(T, 0)/5)^1.514. */
export const monthlyHeat = (tempC: number): number => (tempC <= 0 ? 0 : (tempC / 5) ** 1.514);

/** Exponent a of Thornthwaite from the heat index. */
export const thornthwaiteExponent = (index: number): number =>
  6.75e-7 * index ** 3 - 7.71e-5 * index ** 2 + 1.792e-2 * index + 0.49239;

/**
 * Potential evapotranspiration of a 30-day month of 12-hour days.
 *
 * @param tempC monthly mean, degC
 * @param index heat index I of the year
 * @param exponent a, of the same year
 * @returns mm month-1; 0 in frost and in a year without heat
 * @see Thornthwaite 1948; above 26.5 degC Willmott et al. 1985; spec casa.md 2.6
 */
export function thornthwaitePet(tempC: number, index: number, exponent: number): number {
  if (Number.isNaN(tempC + index)) return Number.NaN;
  if (tempC <= 0 || index === 0) return 0;
  if (tempC > 26.5) return -415.85 + 32.24 * tempC - 0.43 * tempC * tempC;
  return 16 * ((10 * tempC) / index) ** exponent;
}

/**
 * Length of the day.
 * @param latitude degrees north
 * @param dayOfYear middle of the month, 1..366
 * @returns hours, 0 in polar night and 24 in polar day
 * @see FAO-56 eqs. 24, 25, 34; spec casa.md 2.6
 */
export function dayLengthHours(latitude: number, dayOfYear: number): number {
  const declination = 0.409 * Math.sin((2 * Math.PI * dayOfYear) / 365 - 1.39);
  const cosine = -Math.tan((latitude * Math.PI) / 180) * Math.tan(declination);
  return (24 / Math.PI) * Math.acos(clip(cosine, -1, 1));
}

/** Factor that turns Thornthwaite's standard month into a true one. @see spec casa.md 2.6 */
export const dayLengthFactor = (hours: number, days: number): number => (hours / 12) * (days / 30);

/**
 * Net radiation as water.
 * @param petMm Thornthwaite's evapotranspiration, mm month-1
 * @param rainMm precipitation, mm month-1
 * @returns mm month-1
 * @see Zhou & Zhang 1995, in the form without a division by rain; spec casa.md 2.6
 */
export const netRadiationMm = (petMm: number, rainMm: number): number =>
  0.369 * Math.sqrt(petMm * rainMm) + 0.598 * petMm;

/**
 * Actual evapotranspiration of a region.
 * @param rainMm precipitation, mm month-1
 * @param radiationMm net radiation as water, mm month-1
 * @returns mm month-1, 0 without rain or without radiation
 * @see Zhou & Zhang 1995 (made for annual sums; monthly use is CASA practice); spec casa.md 2.6
 */
export function zhouZhangEvaporation(rainMm: number, radiationMm: number): number {
  if (Number.isNaN(rainMm + radiationMm)) return Number.NaN;
  if (rainMm <= 0 || radiationMm <= 0) return 0;
  const product = rainMm * radiationMm;
  const squares = rainMm * rainMm + radiationMm * radiationMm;
  return (product * (squares + product)) / ((rainMm + radiationMm) * squares);
}

/** Potential evapotranspiration of the region: E and Ep0 move in opposite ways. @see Boucher (Bouchet) 1963 */
export const complementaryPotential = (evaporationMm: number, petMm: number): number =>
  (evaporationMm + petMm) / 2;

/** How the land-surface water index becomes a scalar. */
export type LswiForm = 'half' | 'vpm';

/**
 * Wetness from the land-surface water index.
 *
 * @param lswi of the month, 1, −1..1
 * @param lswiMax the pixel's maximum of the year
 * @param form `half` 0.5 + 0.5·s, `vpm` s, with s = (1 + LSWI)/(1 + LSWI_max)
 * @returns 1, 0.5..1 (`half`) or 0..1 (`vpm`); NaN where LSWI_max is −1
 * @see Xiao et al. 2004 (VPM); spec casa.md 9
 */
export function lswiWetness(lswi: number, lswiMax: number, form: LswiForm): number {
  if (lswiMax <= -1) return Number.NaN;
  const scalar = (1 + lswi) / (1 + lswiMax);
  return form === 'half' ? clip(0.5 + 0.5 * scalar, 0.5, 1) : clip(scalar, 0, 1);
}
