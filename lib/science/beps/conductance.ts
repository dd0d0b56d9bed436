/** From the stomata to the air: units and resistances of a leaf's conductance (spec beps.md 3.4). */
import { GAS_CONSTANT, KELVIN } from '../leaf.ts';

/** Conductance of the leaf's boundary layer and of its cuticle, m s-1. */
export const BOUNDARY = 0.08;
export const CUTICLE = 5e-5;

/** Air pressure of the unit chain, Pa. */
const AIR_PA = 101_325;

/** Water vapour diffuses faster than CO2. */
const H2O_TO_CO2 = 1.6;

/** What is left of a stomatal conductance where there is none to speak of, mol m-2 s-1. */
export const LEAST_CONDUCTANCE = 0.005;

/** How a molar conductance becomes one in m s-1: both differ between the recommended form and the public code (Q3). */
export interface AirBasis {
  readonly pressurePa: number;
  readonly kelvin: number;
}

export const RECOMMENDED_AIR: AirBasis = Object.freeze({ pressurePa: AIR_PA, kelvin: KELVIN });
export const CODE_AIR: AirBasis = Object.freeze({ pressurePa: 101_350, kelvin: 273.14 });

/** The pressure of a place, in biochemistry and conductance alike; without one, the two that the public code mixes (Q3). */
export const airOf = (pressurePa: number | null): AirBasis =>
  pressurePa === null ? RECOMMENDED_AIR : { pressurePa, kelvin: KELVIN };

/** m s-1 of one mol m-2 s-1. */
export const metresOfMole = (tempC: number, { pressurePa, kelvin }: AirBasis = RECOMMENDED_AIR): number =>
  (GAS_CONSTANT * (tempC + kelvin)) / pressurePa;

/** Conductance of the leaf to water, m s-1. @param stomatal m s-1 */
export const leafConductance = (stomatal: number): number =>
  (BOUNDARY * (CUTICLE + stomatal)) / (BOUNDARY + CUTICLE + stomatal);

/** umol m-2 s-1 Pa-1 of CO2 for one m s-1 of water. */
export const co2OfWater = (tempC: number, gasConstant: number = GAS_CONSTANT): number =>
  1e6 / (H2O_TO_CO2 * gasConstant * (tempC + KELVIN));
