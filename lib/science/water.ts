/** Evaporation by Penman and Monteith (spec beps.md 4.2). */
import { expOf } from './beps/powers.ts';

/** Aerodynamic conductance above trees and shrubs, and above grass and crops, m s-1. */
export const ROUGH_AIR = 1 / 5;
export const SMOOTH_AIR = 1 / 30;

/** Heat of vaporisation, J kg-1. */
export const latentHeat = (tempC: number): number => (2.501 - 0.0024 * tempC) * 1e6;

/** Saturation vapour pressure of the slope, mbar. */
const saturationMbar = (tempC: number): number => 6.1078 * expOf((17.269 * tempC) / (237 + tempC));

/** Slope of the saturation curve, mbar K-1. */
export const saturationSlope = (tempC: number): number =>
  saturationMbar(tempC + 0.5) - saturationMbar(tempC - 0.5);

/** What of Penman and Monteith depends on the air of a day alone. Made once and filled again and again. */
export interface Evaporating {
  /** Slope of saturation and psychrometric constant, mbar K-1. */
  slope: number;
  gamma: number;
  /** ρ cp VPD, J m-3 mbar. */
  drying: number;
  /** J that evaporate 1 m of water from 1 m2. */
  heatOfMetre: number;
}

export const makeEvaporating = (): Evaporating => ({
  slope: Number.NaN,
  gamma: Number.NaN,
  drying: Number.NaN,
  heatOfMetre: Number.NaN,
});

/** @param tempC daytime air temperature, degC @param vpdMbar vapour pressure deficit, mbar */
export function setEvaporating(tempC: number, vpdMbar: number, out: Evaporating): void {
  out.slope = saturationSlope(tempC);
  out.gamma = 0.646 + 0.0006 * tempC;
  out.drying = 1010 * (1.292 - 0.00428 * tempC) * vpdMbar;
  out.heatOfMetre = 1000 * latentHeat(tempC);
}

/**
 * Evaporation, never negative.
 *
 * @param netRadiation W m-2
 * @param airMs aerodynamic conductance, m s-1
 * @param surfaceMs conductance of leaf or soil, m s-1, above 0
 * @returns m s-1 of water
 * @see Monteith 1965; spec beps.md 4.2
 */
export function penmanMonteith(
  netRadiation: number,
  airMs: number,
  surfaceMs: number,
  { slope, gamma, drying, heatOfMetre }: Evaporating,
): number {
  const energy = slope * netRadiation + drying * airMs;
  return Math.max(0, energy / (slope + gamma * (1 + airMs / surfaceMs)) / heatOfMetre);
}
