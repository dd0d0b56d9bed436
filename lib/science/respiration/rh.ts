/**
 * Heterotrophic respiration (spec casa.md 3 and 9). It depends on the weather alone: its detail at 250 m is that of
 * the interpolated climate.
 */

/** Exponent of the Pei equation, K-1; two public codes have 0.0913. */
export const PEI_EXPONENT = 0.0912;

/** Days of the published month. */
export const PEI_DAYS = 30;

/** Coefficient of precipitation, mm-1. */
export const PEI_RAIN = 0.3145;

/** gC m-2 month-1 of a month: 0.22 gC m-2 d-1, days, heterotrophic share 46.5 %. */
export const peiScale = (days: number): number => 0.22 * days * 0.465;

/**
 * RH = 0.22·[exp(0.0912·T) + ln(0.3145·R + 1)]·30·46.5 %.
 *
 * @param tempC monthly mean air temperature, degC
 * @param rainMm precipitation of the month, mm; below 0 counts as 0
 * @param days of the month as the equation has it: 30, or the true length
 * @returns gC m-2 month-1, above 0
 * @see Pei et al. 2010, Pan et al. 2015 as in Li et al. 2022; spec casa.md eq. 9. From alpine steppe: 28 degC and
 *   300 mm are far outside its data.
 */
export function peiRespiration(
  tempC: number,
  rainMm: number,
  a: number = PEI_EXPONENT,
  days: number = PEI_DAYS,
): number {
  const rain = rainMm < 0 ? 0 : rainMm;
  return peiScale(days) * (Math.exp(a * tempC) + Math.log(PEI_RAIN * rain + 1));
}

/**
 * Soil respiration of a day.
 * @param tempC monthly mean, degC, −13.3..33.5
 * @param rainCm precipitation of the month, **cm**
 * @returns gC m-2 d-1
 * @see Raich et al. 2002; spec casa.md 9
 */
export function raichSoilRespiration(tempC: number, rainCm: number): number {
  const rain = rainCm < 0 ? 0 : rainCm;
  return (1.25 * Math.exp(0.05452 * tempC) * rain) / (4.259 + rain);
}

/** RH of a year from soil respiration of a year, gC m-2 a-1, above 0. @see Bond-Lamberty et al. 2004 */
export const bondLamberty2004 = (annualSoil: number): number => Math.exp(1.22 + 0.73 * Math.log(annualSoil));

/** RH of a year from soil respiration of a year, gC m-2 a-1, above 0. @see Bond-Lamberty & Thomson 2010 */
export const bondLamberty2010 = (annualSoil: number): number => Math.exp(0.22 + 0.87 * Math.log(annualSoil));

/** Heterotrophic share of soil respiration, 1. @param annualSoil gC m-2 a-1, above 0 @see Subke et al. 2006 */
export const subkeShare = (annualSoil: number): number => -0.138 * Math.log(annualSoil) + 1.482;

/** RH by a fixed Q10. @param rate at `referenceC`, gC m-2 d-1 @returns gC m-2 d-1 @see spec casa.md 9 */
export const q10Respiration = (tempC: number, rate: number, q10: number, referenceC: number): number =>
  rate * q10 ** ((tempC - referenceC) / 10);

/** Kelvin of 0 degC. */
const KELVIN = 273.15;

/** Below this temperature, K, the Lloyd–Taylor factor has no meaning; it goes to 0 towards it. */
const LLOYD_TAYLOR_T0 = 227.13;

/**
 * Factor on the respiration at 10 degC.
 * @param tempC above −46 degC
 * @returns 1; 1 at 10 degC
 * @see Lloyd & Taylor 1994, eq. 11; spec casa.md 9
 */
export function lloydTaylorFactor(tempC: number): number {
  const above = tempC + KELVIN - LLOYD_TAYLOR_T0;
  if (above <= 0) return 0;
  return Math.exp(308.56 * (1 / 56.02 - 1 / above));
}
