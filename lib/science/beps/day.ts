/** One day of a tile, in the order of spec beps.md 16.1: light, leaves, water, then carbon and nitrogen. */
import { type CanopyLight, leafPpfd, lightLeaves, makeCanopyLight, netRadiation } from '../canopy.ts';
import { BIOCHEMISTRY_PA, type Kinetics, kineticsAt, makeKinetics, nitrogenScalar } from '../leaf.ts';
import { makeWaterStress, type WaterStress, waterStress } from '../soil.ts';
import { daytimeTemp, LOWEST_COS_ZENITH, nightTemp, SHORTEST_DAY_H, saturationKPa } from '../sun.ts';
import { type Evaporating, makeEvaporating, setEvaporating } from '../water.ts';
import { CODE_BRAKE_GAS, iterateLeaf, jarvisConductance } from './code-variant.ts';
import { type AirBasis, RECOMMENDED_AIR } from './conductance.ts';
import { ballBerrySlope, coupleLeaf, type Leaf, makeLeaf } from './coupling.ts';
import { decompositionFactor, soilMoistureFactor } from './environment.ts';
import { expOf } from './powers.ts';
import { AT } from './state.ts';
import { daylightSeconds, type Tile } from './tile.ts';
import { makeWaterDay, type WaterDay, type WaterWeather, waterDay } from './water-day.ts';

/** gC of 1 umol. */
const CARBON_OF_UMOL = 12e-6;
export const DAY_S = 86_400;
/** Mean over noon of a half-sine. */
const NOON_SHAPE = Math.PI / 2;

/** The weather of a day, within the model's ranges. */
export interface Weather {
  /** 1..365 */
  doy: number;
  tempMinC: number;
  tempMaxC: number;
  /** MJ m-2 d-1 */
  shortwaveMJ: number;
  /** Relative humidity, 0.15..1. */
  humidity: number;
  rainMm: number;
  /** m2 m-2, 0.01..10 */
  lai: number;
  co2Ppm: number;
  /** Nitrogen that falls beyond the reference year's, gN m-2 yr-1. */
  extraDeposition: number;
}

export const makeWeather = (): Weather => ({
  doy: 1,
  tempMinC: Number.NaN,
  tempMaxC: Number.NaN,
  shortwaveMJ: Number.NaN,
  humidity: Number.NaN,
  rainMm: Number.NaN,
  lai: Number.NaN,
  co2Ppm: Number.NaN,
  extraDeposition: 0,
});

/** What a day's physics leaves for its carbon, and the bench it works on. Made once for a column. */
export interface Physics {
  tempMeanC: number;
  tempDayC: number;
  tempNightC: number;
  vpdKPa: number;
  /** Share of the day that is light; outside 0..1 only with the unbounded length of the public code. */
  daylight: number;
  /** gC m-2 d-1, net of dark respiration of leaves by day (Q21). */
  gpp: number;
  /** Factor on decomposition. */
  decomposition: number;
  readonly light: CanopyLight;
  readonly sun: Leaf;
  readonly shade: Leaf;
  readonly stress: WaterStress;
  readonly water: WaterDay;
  readonly weather: WaterWeather;
  readonly air: Evaporating;
  readonly kinetics: Kinetics;
  readonly leafAir: {
    tempC: number;
    co2Ppm: number;
    slope: number;
    start: number;
    pressurePa: number;
    basis: AirBasis;
  };
  readonly noon: CanopyLight;
}

export const makePhysics = (): Physics => ({
  tempMeanC: Number.NaN,
  tempDayC: Number.NaN,
  tempNightC: Number.NaN,
  vpdKPa: Number.NaN,
  daylight: Number.NaN,
  gpp: Number.NaN,
  decomposition: Number.NaN,
  light: makeCanopyLight(),
  sun: makeLeaf(),
  shade: makeLeaf(),
  stress: makeWaterStress(),
  water: makeWaterDay(),
  weather: {
    rainM: 0,
    tempDayC: 0,
    tempMaxC: 0,
    daylightS: 0,
    shortwaveJ: 0,
    floorShortwaveJ: 0,
    lai: 0,
    dark: false,
  },
  air: makeEvaporating(),
  kinetics: makeKinetics(),
  leafAir: { tempC: 0, co2Ppm: 0, slope: 0, start: 0, pressurePa: BIOCHEMISTRY_PA, basis: RECOMMENDED_AIR },
  noon: makeCanopyLight(),
});

/**
 * Steps 2 to 8 without plant respiration: everything that does not look at carbon.
 *
 * @param leafCn C:N of leaves at the start of the day
 * @param state water, updated
 */
export function physicsDay(
  tile: Tile,
  today: Weather,
  leafCn: number,
  state: Float64Array,
  p: Physics,
): void {
  const { column } = tile;
  p.tempMeanC = 0.5 * (today.tempMinC + today.tempMaxC);
  p.tempDayC = daytimeTemp(p.tempMeanC, today.tempMaxC);
  p.tempNightC = nightTemp(p.tempDayC, today.tempMinC);
  const saturation = saturationKPa(p.tempDayC);
  p.vpdKPa = Math.max(0, saturation * (1 - today.humidity));
  const seconds = daylightSeconds(tile, today.doy);
  p.daylight = seconds / DAY_S;
  const cosZenith = tile.cosMean[today.doy]!;
  const dark = tile.dayHours[today.doy]! < SHORTEST_DAY_H || cosZenith < LOWEST_COS_ZENITH;
  const shortwave = dark ? 0 : (today.shortwaveMJ * 1e6) / seconds;
  lightLeaves(shortwave, cosZenith, today.lai, tile.clumping, p.light);
  netRadiation(p.tempDayC, saturation * today.humidity, cosZenith, today.lai, tile.clumping, p.light);
  waterStress(
    state[AT.theta]!,
    state[AT.theta + 1]!,
    state[AT.theta + 2]!,
    column.soils,
    column.roots,
    column.group,
    p.stress,
  );
  breathe(tile, today, leafCn, shortwave, p);
  const grown = p.sun.assimilation * p.light.laiSun + p.shade.assimilation * p.light.laiShade;
  p.gpp = dark ? 0 * grown : grown * seconds * CARBON_OF_UMOL;
  moisten(tile, today, cosZenith, dark ? 0 : seconds, dark, state, p);
  p.decomposition = decomposition(tile, state, p);
}

/** Step 5: both leaf classes. */
function breathe(tile: Tile, today: Weather, leafCn: number, shortwave: number, p: Physics): void {
  const { pft, options } = tile;
  const { leafAir, kinetics, light } = p;
  const code = options.leaf === 'code';
  leafAir.tempC = p.tempDayC;
  leafAir.co2Ppm = today.co2Ppm;
  leafAir.pressurePa = tile.pressurePa;
  leafAir.basis = tile.basis;
  leafAir.slope = ballBerrySlope(pft.ballBerry, today.humidity, p.stress.scalar, today.co2Ppm);
  const vm25 = pft.vcmax25 * nitrogenScalar(leafCn, pft.criticalCn);
  kineticsAt(
    p.tempDayC,
    vm25,
    kinetics,
    code ? CODE_BRAKE_GAS : undefined,
    code ? undefined : tile.pressurePa,
  );
  if (code) {
    breatheAsCode(tile, today, shortwave, p);
    return;
  }
  coupleLeaf(kinetics, leafPpfd(light.onSun), leafAir, p.sun, options.diurnal);
  coupleLeaf(kinetics, leafPpfd(light.onShade), leafAir, p.shade, options.diurnal);
}

/** The public code's leaves, which start from Jarvis's conductance in the light of noon. */
function breatheAsCode(tile: Tile, today: Weather, shortwave: number, p: Physics): void {
  const { leafAir, kinetics, light, noon } = p;
  lightLeaves(NOON_SHAPE * shortwave, tile.cosNoon[today.doy]!, today.lai, tile.clumping, noon);
  const start = (onLeaf: number) =>
    jarvisConductance(
      leafPpfd(onLeaf),
      p.tempDayC,
      p.vpdKPa,
      p.stress.scalar,
      tile.pft.jarvisMax,
      tile.meanTempC,
    );
  leafAir.start = start(noon.onSun);
  iterateLeaf(kinetics, leafPpfd(light.onSun), leafAir, p.sun);
  leafAir.start = start(noon.onShade);
  iterateLeaf(kinetics, leafPpfd(light.onShade), leafAir, p.shade);
}

/** Step 6: water. */
function moisten(
  tile: Tile,
  today: Weather,
  cosZenith: number,
  seconds: number,
  dark: boolean,
  state: Float64Array,
  p: Physics,
): void {
  const { weather, air, light } = p;
  setEvaporating(p.tempDayC, 10 * p.vpdKPa, air);
  weather.rainM = today.rainMm / 1000;
  weather.tempDayC = p.tempDayC;
  weather.tempMaxC = today.tempMaxC;
  weather.daylightS = seconds;
  weather.shortwaveJ = today.shortwaveMJ * 1e6;
  weather.floorShortwaveJ =
    weather.shortwaveJ * expOf((-0.5 * tile.clumping * today.lai) / Math.max(cosZenith, 0.05));
  weather.lai = today.lai;
  weather.dark = dark;
  waterDay(tile.column, weather, light, air, p.stress, p.sun.waterMs, p.shade.waterMs, state, p.water);
}

/** Step 8: with the water at the end of the day. */
function decomposition({ column, curves, layers, options }: Tile, state: Float64Array, p: Physics): number {
  let moisture = 0;
  for (let i = 0; i < 3; i++)
    moisture +=
      layers[i]! * soilMoistureFactor((100 * state[AT.theta + i]!) / column.soils[i]!.porosity, curves[i]!);
  return decompositionFactor(p.tempDayC, p.tempNightC, moisture, p.daylight, options.lloydTaylorOffset);
}
