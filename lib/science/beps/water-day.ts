/** Water of a tile over a day: leaves, snow and three layers, closed to rounding (spec beps.md 4.3). All water in m. */
import type { CanopyLight } from '../canopy.ts';
import type { PlantGroup } from '../pft.ts';
import { DEPTH_1, DEPTH_2, type Hydraulics, type Layers, type WaterStress } from '../soil.ts';
import { type Evaporating, penmanMonteith } from '../water.ts';
import { expOf, shareToPower } from './powers.ts';
import { AT } from './state.ts';

/** What wet leaves hold at most, m, and their conductance, m s-1. */
const LEAF_STORE = 0.0015;
export const WET_LEAF = 0.05;

/** Heat of fusion and of sublimation, J m-3 of water, and how much of the light they get. */
const FUSION = 3.34e8;
const SUBLIMATION = 2.83e9;
const MELTING_LIGHT = 0.12;
const SUBLIMING_LIGHT = 0.01;

/** Conductance of bare soil, m s-1, and the share that is left when it is dry. */
const SOIL_CONDUCTANCE = 0.01;
const DRY_SOIL = 0.0005;

/** From here on rain may run off, m d-1. */
const HEAVY_RAIN = 0.005;

/** Frozen soil drains half as fast; below this daily maximum, degC. */
const FREEZING_DAY_C = -2;

const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The column under a tile. */
export interface WaterColumn {
  readonly soils: readonly [Hydraulics, Hydraulics, Hydraulics];
  readonly depths: Layers;
  readonly roots: Layers;
  readonly group: PlantGroup;
  /** Snow melt, m K-1 d-1. */
  readonly melt: number;
  /** Aerodynamic conductance, m s-1. */
  readonly airMs: number;
  readonly meanTempC: number;
  /** Crops never drier than a tenth between wilting point and field capacity; booked as irrigation (Q23). */
  readonly irrigation: boolean;
}

export const depthsOf = (depth3: number): Layers => [DEPTH_1, DEPTH_2, depth3];

/** What the air does on a day. */
export interface WaterWeather {
  rainM: number;
  tempDayC: number;
  tempMaxC: number;
  daylightS: number;
  /** J m-2 d-1 above the canopy and on its floor. */
  shortwaveJ: number;
  floorShortwaveJ: number;
  lai: number;
  /** Leaves are shut: night all day. */
  dark: boolean;
}

/** Fluxes of a day, m. */
export interface WaterDay {
  intercepted: number;
  rain: number;
  snow: number;
  melt: number;
  sublimation: number;
  soilEvaporation: number;
  /** Wanted by the leaves, and given by the soil. */
  demand: number;
  transpiration: number;
  readonly byLayer: Layers;
  runoff: number;
  baseflow: number;
  drain1: number;
  drain2: number;
  irrigation: number;
  /** Evaporation that wet leaves could reach, m d-1, and conductance of the soil's surface, m s-1. */
  wetLeaves: number;
  soilMs: number;
}

export const makeWaterDay = (): WaterDay => ({
  intercepted: 0,
  rain: 0,
  snow: 0,
  melt: 0,
  sublimation: 0,
  soilEvaporation: 0,
  demand: 0,
  transpiration: 0,
  byLayer: [0, 0, 0],
  runoff: 0,
  baseflow: 0,
  drain1: 0,
  drain2: 0,
  irrigation: 0,
  wetLeaves: 0,
  soilMs: 0,
});

/** Evapotranspiration of a day, m. */
export const evapotranspiration = (day: WaterDay): number =>
  day.intercepted + day.sublimation + day.soilEvaporation + day.transpiration;

/**
 * One day. `intercepted` is what evaporates from leaves; what they do not lose drips.
 *
 * @param stress from the water at the start of the day
 * @param sunMs, shadeMs leaf conductances to water, m s-1
 * @param state updated: three layers and the snow
 * @see spec beps.md 4.3; structure of the public code, closure of the recommended form
 */
export function waterDay(
  column: WaterColumn,
  weather: WaterWeather,
  light: CanopyLight,
  air: Evaporating,
  stress: WaterStress,
  sunMs: number,
  shadeMs: number,
  state: Float64Array,
  day: WaterDay,
): void {
  const filled = state[AT.theta]!;
  fall(column, weather, light, air, state, day);
  demand(column, weather, light, air, sunMs, shadeMs, filled, state[AT.snow]!, day);
  soakIn(column, state, day);
  takeUp(column, stress, state, day);
  drain(column, weather.tempMaxC < FREEZING_DAY_C ? 0.5 : 1, state, day);
  irrigate(column, state, day);
}

/** Steps 1 to 3: interception, rain or snow, melt and sublimation. */
function fall(
  { airMs, melt }: WaterColumn,
  weather: WaterWeather,
  light: CanopyLight,
  air: Evaporating,
  state: Float64Array,
  day: WaterDay,
): void {
  const { rainM, tempDayC, lai } = weather;
  const canopy = light.netSun * light.laiSun + light.netShade * light.laiShade;
  day.wetLeaves = weather.daylightS * penmanMonteith(canopy, airMs, WET_LEAF, air);
  const held = Math.min(rainM, LEAF_STORE * (1 - expOf(-0.5 * lai)));
  day.intercepted = Math.min(held, day.wetLeaves);
  const through = rainM - held + (held - day.intercepted);
  const warm = tempDayC > 0;
  day.rain = warm ? through : 0;
  day.snow = warm ? 0 : through;
  const pack = state[AT.snow]! + day.snow;
  day.melt = warm ? Math.min(pack, (MELTING_LIGHT * weather.shortwaveJ) / FUSION + melt * tempDayC) : 0;
  day.sublimation = warm ? 0 : Math.min(pack, (SUBLIMING_LIGHT * weather.floorShortwaveJ) / SUBLIMATION);
  state[AT.snow] = pack - day.melt - day.sublimation;
}

/** Steps 4 and 5: what soil and leaves would lose. */
function demand(
  { soils, airMs }: WaterColumn,
  weather: WaterWeather,
  light: CanopyLight,
  air: Evaporating,
  sunMs: number,
  shadeMs: number,
  filled: number,
  snow: number,
  day: WaterDay,
): void {
  const { wiltingPoint, porosity } = soils[0];
  const { daylightS } = weather;
  day.soilMs = SOIL_CONDUCTANCE * clip((filled - wiltingPoint) / (porosity - wiltingPoint), DRY_SOIL, 1);
  const covered = weather.tempDayC < 0 || snow > 0;
  day.soilEvaporation = covered
    ? 0
    : daylightS * penmanMonteith(light.netGround, 0.5 * airMs, day.soilMs, air);
  day.demand = weather.dark
    ? 0
    : daylightS *
      (penmanMonteith(light.netSun, airMs, sunMs, air) * light.laiSun +
        penmanMonteith(light.netShade, airMs, shadeMs, air) * light.laiShade);
}

/** Steps 6 and 7: infiltration, runoff, and what overflows from layer to layer. */
function soakIn({ soils, depths }: WaterColumn, state: Float64Array, day: WaterDay): void {
  const income = day.rain + day.melt;
  const theta = state[AT.theta]!;
  const { porosity, fieldCapacity } = soils[0];
  const runs = income >= HEAVY_RAIN && theta > 0.75 * fieldCapacity;
  day.runoff = runs ? income * (theta / porosity) ** 3 : 0;
  let falling = income - day.runoff;
  for (let i = 0; i < 3; i++) {
    const filled = state[AT.theta + i]! + falling / depths[i]!;
    const full = soils[i]!.porosity;
    falling = filled > full ? (filled - full) * depths[i]! : 0;
    state[AT.theta + i] = Math.min(filled, full);
  }
  day.runoff += falling;
}

/** Step 8: evaporation and uptake, no deeper than half the wilting point. */
function takeUp(
  { soils, depths }: WaterColumn,
  stress: WaterStress,
  state: Float64Array,
  day: WaterDay,
): void {
  let given = 0;
  for (let i = 0; i < 3; i++) {
    const depth = depths[i]!;
    const left = Math.max(0, (state[AT.theta + i]! - 0.5 * soils[i]!.wiltingPoint) * depth);
    if (i === 0) day.soilEvaporation = Math.min(day.soilEvaporation, left);
    const evaporated = i === 0 ? day.soilEvaporation : 0;
    const taken = Math.min(day.demand * stress.uptake[i]!, left - evaporated);
    day.byLayer[i] = taken;
    state[AT.theta + i]! -= (evaporated + taken) / depth;
    given += taken;
  }
  day.transpiration = given;
}

/** Baseflow over drainage: cold places hold their water. */
export const baseflowRatio = (meanTempC: number): number => clip(0.5 + 0.2 * meanTempC, 0.01, 0.5);

/** Step 9 and 10: drainage from the top down, and baseflow. */
function drain(column: WaterColumn, thaw: number, state: Float64Array, day: WaterDay): void {
  day.drain1 = seep(column, 0, thaw, state);
  day.drain2 = seep(column, 1, thaw, state);
  const { porosity, fieldCapacity, conductivity, b } = column.soils[2];
  const theta = state[AT.theta + 2]!;
  day.baseflow = 0;
  if (theta <= fieldCapacity) return;
  const ratio = baseflowRatio(column.meanTempC);
  const flow = ratio * thaw * conductivity * shareToPower(theta / porosity, 2.4 * b + 3);
  day.baseflow = Math.min(flow, (theta - fieldCapacity) * column.depths[2]);
  state[AT.theta + 2] = theta - day.baseflow / column.depths[2];
}

/** Water above field capacity that a layer gives to the one below, as far as there is room. */
function seep({ soils, depths }: WaterColumn, i: 0 | 1, thaw: number, state: Float64Array): number {
  const { fieldCapacity, porosity, conductivity, b } = soils[i];
  const above = state[AT.theta + i]! - fieldCapacity;
  if (above <= 0) return 0;
  const room = Math.max(0, (soils[i + 1]!.porosity - state[AT.theta + i + 1]!) * depths[i + 1]!);
  const flow = thaw * conductivity * shareToPower(state[AT.theta + i]! / porosity, 2 * b + 3);
  const moved = Math.min(flow, above * depths[i], room);
  state[AT.theta + i]! -= moved / depths[i];
  state[AT.theta + i + 1]! += moved / depths[i + 1]!;
  return moved;
}

/** Water of a layer from which on crops are watered. */
export const irrigatedFrom = ({ wiltingPoint, fieldCapacity }: Hydraulics): number =>
  wiltingPoint + 0.1 * (fieldCapacity - wiltingPoint);

/** Step 11, where wanted. */
function irrigate({ irrigation, soils, depths }: WaterColumn, state: Float64Array, day: WaterDay): void {
  day.irrigation = 0;
  if (!irrigation) return;
  for (let i = 0; i < 3; i++) {
    const lowest = irrigatedFrom(soils[i]!);
    const missing = lowest - state[AT.theta + i]!;
    if (missing <= 0) continue;
    state[AT.theta + i] = lowest;
    day.irrigation += missing * depths[i]!;
  }
}
