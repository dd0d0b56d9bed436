/** Nitrogen: taken up, laid into pools, limited and given back (spec beps.md 6.6). */

import { LEAF_CN } from '../leaf.ts';
import type { ByBiomass } from '../pft.ts';
import { expOf, lnOf } from './powers.ts';
import { AT, SOIL_POOLS, soilCarbon, soilCn, WOOD_CN } from './state.ts';

/** Share of the extra deposition that stays. */
const DEPOSITION_KEPT = 0.8;

/** C:N may leave its reference by this factor, both ways. */
const CN_REACH = 2;

const KELVIN = 273.15;

/** How much of a mineral pool this large plants can reach, gN m-2. */
const MINERAL_SCALE = 600;

/** Drive of the uptake, "NP" of the vectors: mineral nitrogen, or how starved the plants are, whichever is less. */
export function mineralDrive(mineralN: number, starvation: number, soilWithoutPassive: number): number {
  const starved = Math.min(2, Math.max(1, starvation));
  return 120 * Math.min(mineralN / MINERAL_SCALE, starved) * expOf(-8e-5 * soilWithoutPassive);
}

/**
 * Nitrogen that roots take up on a day.
 *
 * @param tempMeanC mean of the day, degC
 * @param mineralN gN m-2; without any there is no uptake
 * @param starvation plant nitrogen at reference C:N over that there is, 1; taken within 1..2
 * @param soilWithoutPassive soil carbon without the passive pool, gC m-2
 * @returns gN m-2 d-1, at most `mineralN`
 * @see Woodward et al. 1995; SDGVM; spec beps.md 6.6, V20
 */
export function nitrogenUptake(
  tempMeanC: number,
  mineralN: number,
  starvation: number,
  soilWithoutPassive: number,
): number {
  if (mineralN <= 0) return 0;
  const u1 = 40.8 + 0.01 * tempMeanC - 0.002 * tempMeanC * tempMeanC;
  const u2 = 0.738 - 0.002 * tempMeanC;
  const u3 = 97.42 - 2.504 * lnOf(mineralDrive(mineralN, starvation, soilWithoutPassive));
  const tempK = tempMeanC + KELVIN;
  const gas = 0.00831 * tempK;
  const cold =
    tempMeanC < 15 && soilWithoutPassive > 13_000
      ? (1 + (15 - tempMeanC) / 30) * (1 + (soilWithoutPassive - 13_000) / 10_000)
      : 1;
  const wanted = ((14 / 1000) * cold * expOf(u1 - u3 / gas)) / (1 + expOf((u2 * tempK - 205.9) / gas));
  return Math.min(mineralN, wanted);
}

/** Carbon:nitrogen of two pools, the reference where there is nothing. */
const ratio = (carbon: number, nitrogen: number, reference: number): number =>
  carbon > 0 && nitrogen > 0 ? carbon / nitrogen : reference;

const woodCarbon = (state: Float64Array): number => state[AT.biomass]! + state[AT.biomass + 1]!;
const leafCarbon = (state: Float64Array): number => state[AT.biomass + 2]! + state[AT.biomass + 3]!;

/** C:N of wood, and of leaves and fine roots, kgC kgN-1. */
export const woodCnOf = (state: Float64Array): number => ratio(woodCarbon(state), state[AT.woodN]!, WOOD_CN);
export const leafCnOf = (state: Float64Array): number => ratio(leafCarbon(state), state[AT.leafN]!, LEAF_CN);

/** Nitrogen of all pools at their first C:N; the mineral is twenty years of the plants' demand. */
export function startNitrogen(state: Float64Array, annualNpp: number, allocation: ByBiomass): void {
  state[AT.woodN] = woodCarbon(state) / WOOD_CN;
  state[AT.leafN] = leafCarbon(state) / LEAF_CN;
  for (let i = 0; i < SOIL_POOLS.length; i++) state[AT.soilN + i] = state[AT.soil + i]! / soilCn(i);
  const { stem, croot, leaf, froot } = allocation;
  state[AT.mineralN] = 20 * annualNpp * ((stem + croot) / WOOD_CN + (leaf + froot) / LEAF_CN);
}

/** Nitrogen of a tile on a day. */
export interface NitrogenDay {
  uptake: number;
  deposition: number;
  /** What limits of C:N made out of nothing, gN m-2: where mineral nitrogen ran out (Q20). */
  residual: number;
}

export const makeNitrogenDay = (): NitrogenDay => ({ uptake: 0, deposition: 0, residual: 0 });

/**
 * Nitrogen after the carbon of the day is known: mineral income, uptake, and the limits of C:N. Litter and
 * mineralisation have been moved before, with `decompose`.
 *
 * @param mineralised gN m-2 d-1
 * @param extraDeposition above that of the reference year, gN m-2 yr-1
 */
export function nitrogenDay(
  state: Float64Array,
  allocation: ByBiomass,
  tempMeanC: number,
  mineralised: number,
  extraDeposition: number,
  out: NitrogenDay,
): void {
  out.deposition = (DEPOSITION_KEPT * Math.max(0, extraDeposition)) / 365;
  state[AT.mineralN]! += mineralised + out.deposition;
  const wanted = woodCarbon(state) / WOOD_CN + leafCarbon(state) / LEAF_CN;
  const held = state[AT.woodN]! + state[AT.leafN]!;
  const soft = soilCarbon(state) - state[AT.soil + 8]!;
  const starvation = held > 0 ? wanted / held : 1;
  out.uptake = nitrogenUptake(tempMeanC, state[AT.mineralN]!, starvation, soft);
  layIn(state, allocation, out);
  out.residual = limitAll(state);
}

/** Shares the uptake by allocation and hunger, (C:N over reference)⁴. */
function layIn(state: Float64Array, { stem, croot, leaf, froot }: ByBiomass, out: NitrogenDay): void {
  const wood = (stem + croot) * (woodCnOf(state) / WOOD_CN) ** 4;
  const green = (leaf + froot) * (leafCnOf(state) / LEAF_CN) ** 4;
  if (!(wood + green > 0)) out.uptake = 0;
  else {
    state[AT.woodN]! += (out.uptake * wood) / (wood + green);
    state[AT.leafN]! += (out.uptake * green) / (wood + green);
    state[AT.mineralN]! -= out.uptake;
  }
}

/** Holds every C:N within half and twice its reference; the mineral pool gives and takes. */
function limitAll(state: Float64Array): number {
  let missing = limit(state, AT.woodN, woodCarbon(state), WOOD_CN);
  missing += limit(state, AT.leafN, leafCarbon(state), LEAF_CN);
  for (let i = 0; i < SOIL_POOLS.length; i++)
    missing += limit(state, AT.soilN + i, state[AT.soil + i]!, soilCn(i));
  return missing;
}

/** @returns gN m-2 that the mineral pool did not have */
function limit(state: Float64Array, at: number, carbon: number, reference: number): number {
  const held = state[at]!;
  const within = Math.min(Math.max(held, carbon / (CN_REACH * reference)), (carbon * CN_REACH) / reference);
  if (within === held) return 0;
  state[at] = within;
  const left = state[AT.mineralN]! - (within - held);
  state[AT.mineralN] = Math.max(0, left);
  return Math.max(0, -left);
}
