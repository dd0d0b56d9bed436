/** Where the sun stands, and what the air takes of its light, day by day (spec beps.md 2.1, 2.2, 2.4). */
import { expOf } from './beps/powers.ts';

const RAD = Math.PI / 180;

/** Solar constant of the diffuse fraction, W m-2. */
const SOLAR_CONSTANT = 1367;

/** Seconds of an hour. */
export const HOUR_S = 3600;

/** Below this cosine of the zenith angle there is no direct light on leaves. */
export const LOWEST_COS_ZENITH = 0.01;

/** Below this length of day nothing grows, h. */
export const SHORTEST_DAY_H = 0.5;

/** Solar declination, degrees. @param doy day of the year, 1..365 @see Liu et al. 1997 */
export const declinationDeg = (doy: number): number => 23.5 * Math.sin((2 * Math.PI * (doy - 81)) / 365);

/** Zenith angle of the sun at noon, rad. @param latDeg −90..90 */
export const noonZenith = (latDeg: number, doy: number): number =>
  Math.abs(latDeg - declinationDeg(doy)) * RAD;

/** Zenith angle that stands for the whole day, rad. @see Chen et al. 1999 */
export const meanZenith = (noonZenithRad: number): number => Math.PI / 8 + 0.75 * noonZenithRad;

/**
 * Length of the day as BEPS has it, h: unbounded, −1.5 or 25.5 at 75 degrees (spec beps.md 15, Q1).
 *
 * @see Liu et al. 1997; spec beps.md 2.2
 */
export function dayLengthUnbounded(latDeg: number, doy: number): number {
  const amplitude = Math.exp(7.42 + 0.045 * Math.abs(latDeg)) / HOUR_S;
  const northern = doy - 79 < 0 ? doy + 286 : doy - 79;
  return amplitude * Math.sin(0.01721 * (latDeg >= 0 ? northern : doy + 105)) + 12;
}

/** The same within 0..24 h: the default. */
export const dayLength = (latDeg: number, doy: number): number =>
  Math.min(24, Math.max(0, dayLengthUnbounded(latDeg, doy)));

/** Length of the day by astronomy, h, 0..24. @see spec beps.md 2.2, option ASTRO */
export function dayLengthAstronomical(latDeg: number, doy: number): number {
  const cosine = -Math.tan(latDeg * RAD) * Math.tan(declinationDeg(doy) * RAD);
  return (24 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, cosine)));
}

/** Daytime temperature, degC. @see spec beps.md 2.1 */
export const daytimeTemp = (tempMeanC: number, tempMaxC: number): number =>
  tempMeanC + 0.212 * (tempMaxC - tempMeanC);

/** Temperature of the night, degC. */
export const nightTemp = (tempDayC: number, tempMinC: number): number => 0.5 * (tempDayC + tempMinC);

/**
 * Diffuse share of shortwave, 0..1.
 *
 * @param shortwave mean over daylight, W m-2
 * @param cosZenith of the day's mean zenith angle, above 0
 * @see Black et al. 1991 in Chen et al. 1999; spec beps.md 2.4
 */
export function diffuseFraction(shortwave: number, cosZenith: number): number {
  const r = clearness(shortwave, cosZenith);
  if (r > 0.75) return 0.15;
  return Math.min(1, Math.max(0, 0.943 + r * (0.732 + r * (-4.9 + r * (1.796 + r * 2.058)))));
}

/** Share of the light above the air that reaches the canopy. */
export const clearness = (shortwave: number, cosZenith: number): number =>
  shortwave / (SOLAR_CONSTANT * cosZenith);

/** Saturation vapour pressure, kPa. @param tempC above −237 @see FAO form; spec beps.md 1.3 */
export const saturationKPa = (tempC: number): number => expOf((16.78 * tempC - 116.9) / (tempC + 237.3));

/** Vapour pressure in the unit of the air pressure. @param specificHumidity kg kg-1 */
export const vapourPressure = (specificHumidity: number, pressure: number): number =>
  (specificHumidity * pressure) / (0.622 + 0.378 * specificHumidity);

/** Lowest relative humidity that the model takes, 1. */
export const DRIEST = 0.15;

/**
 * Relative humidity, 0.15..1, by the model's own saturation curve.
 *
 * @param specificHumidity kg kg-1
 * @param pressureKPa air pressure, kPa
 * @see spec beps.md 1.3
 */
export function relativeHumidity(specificHumidity: number, tempC: number, pressureKPa: number): number {
  const share = vapourPressure(specificHumidity, pressureKPa) / saturationKPa(tempC);
  return Math.min(1, Math.max(DRIEST, share));
}
