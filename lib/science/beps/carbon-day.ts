/** Carbon and nitrogen of a tile after the physics of a day (spec beps.md 5, 6, steps 7 to 13 of 16.1). */

import { LEAF_CN } from '../leaf.ts';
import { type Physics, physicsDay, type Weather } from './day.ts';
import { decompose, type Litter } from './decomposition.ts';
import { leafCnOf, makeNitrogenDay, type NitrogenDay, nitrogenDay, woodCnOf } from './nitrogen.ts';
import {
  leafRespiration,
  netProduction,
  rootRespiration,
  stemRespiration,
  temperatureFactor,
} from './respiration.ts';
import { AT } from './state.ts';
import type { Tile } from './tile.ts';
import { isShedding } from './turnover.ts';

/** What is left in a biomass pool that respiration would empty, gC m-2; only without the clamp of NPP. */
const LEAST_BIOMASS = 0.001;

/** Carbon of a day, gC m-2 d-1. Made once for a column. */
export interface Fluxes {
  gpp: number;
  /** Maintenance that pools would respire, before the clamp. */
  maintenance: number;
  ar: number;
  npp: number;
  hr: number;
  nep: number;
  /** Whether the clamp of NPP/GPP held. */
  clamped: boolean;
  /** Carbon that floors of biomass made out of nothing. */
  residual: number;
  /** Litter of the day, of carbon and of nitrogen. */
  readonly litter: Litter;
  readonly litterN: Litter;
  readonly nitrogen: NitrogenDay;
}

export const makeFluxes = (): Fluxes => ({
  gpp: 0,
  maintenance: 0,
  ar: 0,
  npp: 0,
  hr: 0,
  nep: 0,
  clamped: false,
  residual: 0,
  litter: { leaf: 0, froot: 0, wood: 0 },
  litterN: { leaf: 0, froot: 0, wood: 0 },
  nitrogen: makeNitrogenDay(),
});

/** Maintenance respiration at the pools of a state, gC m-2 d-1. */
export function maintenanceAt(
  { maintenance }: Tile,
  state: Float64Array,
  leafFactor: number,
  woodFactor: number,
): number {
  const stem = stemRespiration(maintenance, state[AT.biomass]!, woodFactor);
  const roots = rootRespiration(maintenance, state[AT.biomass + 1]!, state[AT.biomass + 3]!, woodFactor);
  return 1000 * (leafRespiration(maintenance, state[AT.biomass + 2]!, leafFactor) + stem + roots);
}

/** One whole day of a tile: state and fluxes. */
export function tileDay(
  tile: Tile,
  today: Weather,
  state: Float64Array,
  physics: Physics,
  fluxes: Fluxes,
): void {
  const full = tile.options.nitrogen === 'full';
  physicsDay(tile, today, full ? leafCnOf(state) : LEAF_CN, state, physics);
  carbonDay(tile, today, physics, state, fluxes);
}

/** Steps 7 to 13, after `physicsDay`. */
export function carbonDay(
  tile: Tile,
  today: Weather,
  physics: Physics,
  state: Float64Array,
  f: Fluxes,
): void {
  const { tempDayC, tempNightC, daylight } = physics;
  const { lnLeafQ10, lnWoodQ10 } = tile.maintenance;
  f.gpp = physics.gpp;
  f.maintenance = maintenanceAt(
    tile,
    state,
    temperatureFactor(lnLeafQ10, tempDayC, tempNightC, daylight),
    temperatureFactor(lnWoodQ10, tempDayC, tempNightC, daylight),
  );
  f.npp = netProduction(f.gpp, f.maintenance, tile.options.nppClamp);
  f.ar = f.gpp - f.npp;
  f.clamped = f.gpp > 0 && f.npp !== 0.75 * f.gpp - f.maintenance;
  soilDay(tile, today, physics, state, f);
  f.nep = f.npp - f.hr;
}

/** Litter, decomposition, growth and nitrogen; right-hand sides at the pools of the morning. */
function soilDay(tile: Tile, today: Weather, p: Physics, state: Float64Array, f: Fluxes): void {
  const { pft, rates } = tile;
  const nitrogen = tile.options.nitrogen === 'full';
  const woodCn = woodCnOf(state);
  const leafCn = leafCnOf(state);
  grow(tile, today.doy, state, f);
  f.hr = decompose(state, AT.soil, f.litter, pft.metabolic, rates, p.decomposition);
  if (!nitrogen) return;
  f.litterN.leaf = f.litter.leaf / leafCn;
  f.litterN.froot = f.litter.froot / leafCn;
  f.litterN.wood = f.litter.wood / woodCn;
  state[AT.leafN]! -= f.litterN.leaf + f.litterN.froot;
  state[AT.woodN]! -= f.litterN.wood;
  const mineralised = decompose(state, AT.soilN, f.litterN, pft.metabolic, rates, p.decomposition);
  nitrogenDay(state, pft.allocation, p.tempMeanC, mineralised, today.extraDeposition, f.nitrogen);
}

/** Litterfall and growth of the biomass. */
function grow({ pft, turnover }: Tile, doy: number, state: Float64Array, f: Fluxes): void {
  const { allocation } = pft;
  const shedding = isShedding(turnover, doy);
  const stem = turnover.stem * state[AT.biomass]!;
  const croot = turnover.croot * state[AT.biomass + 1]!;
  f.litter.wood = stem + croot;
  f.litter.leaf = shedding ? turnover.leaf * state[AT.biomass + 2]! : 0;
  f.litter.froot = shedding ? turnover.froot * state[AT.biomass + 3]! : 0;
  f.residual = 0;
  add(state, AT.biomass, allocation.stem * f.npp - stem, f);
  add(state, AT.biomass + 1, allocation.croot * f.npp - croot, f);
  add(state, AT.biomass + 2, allocation.leaf * f.npp - f.litter.leaf, f);
  add(state, AT.biomass + 3, allocation.froot * f.npp - f.litter.froot, f);
}

/** Without the clamp, NPP below 0 can eat more than there is: what it could not is booked. */
function add(state: Float64Array, at: number, change: number, f: Fluxes): void {
  const left = state[at]! + change;
  const floor = f.npp < 0 ? Math.min(LEAST_BIOMASS, state[at]!) : left;
  state[at] = Math.max(left, floor);
  f.residual += Math.max(0, floor - left);
}
