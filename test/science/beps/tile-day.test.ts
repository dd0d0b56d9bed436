import { describe, expect, it } from 'vitest';
import { makeFluxes, tileDay } from '../../../lib/science/beps/carbon-day.ts';
import { ballBerrySlope, coupleLeaf, makeLeaf } from '../../../lib/science/beps/coupling.ts';
import { makePhysics, makeWeather, type Weather } from '../../../lib/science/beps/day.ts';
import { decompositionFactor, soilMoistureFactor } from '../../../lib/science/beps/environment.ts';
import { leafQ10, woodQ10 } from '../../../lib/science/beps/respiration.ts';
import { spinUp } from '../../../lib/science/beps/spin-up.ts';
import { AT } from '../../../lib/science/beps/state.ts';
import type { Tile } from '../../../lib/science/beps/tile.ts';
import { makeWaterDay, waterDay } from '../../../lib/science/beps/water-day.ts';
import { lightLeaves, makeCanopyLight, netRadiation } from '../../../lib/science/canopy.ts';
import { kineticsAt, makeKinetics, nitrogenScalar } from '../../../lib/science/leaf.ts';
import { makeWaterStress, waterStress } from '../../../lib/science/soil.ts';
import { dayLength, meanZenith, noonZenith } from '../../../lib/science/sun.ts';
import { makeEvaporating, setEvaporating } from '../../../lib/science/water.ts';
import { LOAM_PLACE, madeForcing, tileOf } from './weather.ts';

const { latDeg, clumping = Number.NaN } = LOAM_PLACE;

const weatherOf = (doy: number): Weather => ({
  ...makeWeather(),
  doy,
  tempMinC: 9,
  tempMaxC: 21,
  shortwaveMJ: 16,
  humidity: 0.62,
  rainMm: 3,
  lai: 3.2,
  co2Ppm: 385,
  extraDeposition: 0.5,
});

/** The order of spec beps.md 16.1 written out from the equations alone. */
function byHand(tile: Tile, today: Weather, before: Float64Array) {
  const tempDay = 15 + 0.212 * 6;
  const tempNight = (tempDay + 9) / 2;
  const es = Math.exp((16.78 * tempDay - 116.9) / (tempDay + 237.3));
  const hours = dayLength(latDeg, today.doy);
  const cosine = Math.cos(meanZenith(noonZenith(latDeg, today.doy)));
  const light = makeCanopyLight();
  lightLeaves(16e6 / (3600 * hours), cosine, 3.2, clumping, light);
  netRadiation(tempDay, 0.62 * es, cosine, 3.2, clumping, light);
  const stress = makeWaterStress();
  const [t1, t2, t3] = before;
  waterStress(t1!, t2!, t3!, tile.column.soils, tile.column.roots, tile.pft.group, stress);
  const leafCn = (before[AT.biomass + 2]! + before[AT.biomass + 3]!) / before[AT.leafN]!;
  const kinetics = makeKinetics();
  kineticsAt(tempDay, tile.pft.vcmax25 * nitrogenScalar(leafCn, tile.pft.criticalCn), kinetics);
  const slope = ballBerrySlope(tile.pft.ballBerry, 0.62, stress.scalar, 385);
  const leafIn = (shortwave: number) => {
    const leaf = makeLeaf();
    coupleLeaf(kinetics, 4.55 * 0.5 * shortwave, { tempC: tempDay, co2Ppm: 385, slope }, leaf);
    return leaf;
  };
  const sun = leafIn(light.onSun);
  const shade = leafIn(light.onShade);
  const gpp = (sun.assimilation * light.laiSun + shade.assimilation * light.laiShade) * hours * 3600 * 12e-6;
  const air = makeEvaporating();
  setEvaporating(tempDay, 10 * es * 0.38, air);
  const water = before.slice();
  const flows = makeWaterDay();
  const weather = {
    rainM: 0.003,
    tempDayC: tempDay,
    tempMaxC: 21,
    daylightS: hours * 3600,
    shortwaveJ: 16e6,
    floorShortwaveJ: 16e6 * Math.exp((-0.5 * clumping * 3.2) / cosine),
    lai: 3.2,
    dark: false,
  };
  waterDay(tile.column, weather, light, air, stress, sun.waterMs, shade.waterMs, water, flows);
  const moisture = [0, 1, 2].reduce(
    (sum, i) =>
      sum +
      (tile.pft.layers[i]! / 100) *
        soilMoistureFactor((100 * water[i]!) / tile.column.soils[i]!.porosity, tile.curves[i]!),
    0,
  );
  const factor = decompositionFactor(tempDay, tempNight, moisture, hours / 24);
  return {
    tempDay,
    tempNight,
    hours,
    gpp,
    water,
    factor,
    maintenance: respired(tile, before, tempDay, tempNight, hours / 24),
  };
}

/** Section 5.1, gC m-2 d-1. */
function respired(
  { pft }: Tile,
  state: Float64Array,
  tempDay: number,
  tempNight: number,
  rho: number,
): number {
  const q = (base: number) =>
    base ** ((tempDay - 15) / 10) * rho + base ** ((tempNight - 15) / 10) * (1 - rho);
  const [stem, croot, leaf, froot] = Array.from(
    state.subarray(AT.biomass, AT.soil),
    (carbon) => carbon / 1000,
  );
  const b = pft.respiration;
  const mean = LOAM_PLACE.meanTempC;
  return (
    1000 *
    (pft.kappaLeaf * leaf! * b.leaf * q(leafQ10(mean)) +
      ((pft.kappaStem * stem!) / (pft.sapwoodHalf! + stem!)) * b.stem * q(woodQ10(mean)) +
      pft.kappaRoot * (croot! * b.croot + froot! * b.froot) * q(woodQ10(mean)))
  );
}

describe('A day of a tile', () => {
  const tile = tileOf('DBF');
  const { state: rested } = spinUp(tile, madeForcing({ years: 1 }), { relaxationYears: 3, mostYears: 3 });

  it.each([
    ['of summer', 180],
    ['of shedding', 310],
  ])('%s puts the equations together in their order', (_, doy) => {
    const today = weatherOf(doy);
    const state = rested.slice();
    const physics = makePhysics();
    const fluxes = makeFluxes();
    tileDay(tile, today, state, physics, fluxes);
    const wanted = byHand(tile, today, rested);
    expect(physics.tempDayC).toBeCloseTo(wanted.tempDay, 12);
    expect(physics.tempNightC).toBeCloseTo(wanted.tempNight, 12);
    expect(fluxes.gpp / wanted.gpp).toBeCloseTo(1, 9);
    expect(fluxes.maintenance / wanted.maintenance).toBeCloseTo(1, 9);
    for (let i = 0; i < 4; i++) expect(state[i]!).toBeCloseTo(wanted.water[i]!, 11);
    expect(physics.decomposition / wanted.factor).toBeCloseTo(1, 9);
    const npp = Math.min(
      0.65 * wanted.gpp,
      Math.max(0.35 * wanted.gpp, 0.75 * wanted.gpp - wanted.maintenance),
    );
    expect(fluxes.npp / npp).toBeCloseTo(1, 9);
    expect(fluxes.nep).toBeCloseTo(fluxes.npp - fluxes.hr, 12);
  });

  it('lets litter carry nitrogen at the C:N of the plants that drop it', () => {
    const state = rested.slice();
    state[AT.leafN]! *= 1.3;
    const [stem, croot, leaf, froot] = state.subarray(AT.biomass, AT.soil);
    const woodCn = (stem! + croot!) / state[AT.woodN]!;
    const leafCn = (leaf! + froot!) / state[AT.leafN]!;
    const fluxes = makeFluxes();
    tileDay(tile, weatherOf(310), state, makePhysics(), fluxes);
    expect(fluxes.litter.leaf).toBeCloseTo(leaf! * (1 - 1e-4 ** (1 / 65)), 9);
    expect(fluxes.litter.wood).toBeCloseTo((stem! + croot!) * (1 - 0.98 ** (1 / 365)), 9);
    expect(fluxes.litterN.wood).toBeCloseTo(fluxes.litter.wood / woodCn, 12);
    expect(fluxes.litterN.leaf).toBeCloseTo(fluxes.litter.leaf / leafCn, 12);
    expect(fluxes.litterN.froot).toBeCloseTo(fluxes.litter.froot / leafCn, 12);
  });

  it('sees leaves with less carbon for their nitrogen photosynthesise more', () => {
    const gppAt = (leafN: number) => {
      const state = rested.slice();
      state[AT.leafN]! *= leafN;
      const fluxes = makeFluxes();
      tileDay(tile, weatherOf(180), state, makePhysics(), fluxes);
      return fluxes.gpp;
    };
    expect(gppAt(0.3)).toBeLessThan(gppAt(0.45));
    const fixed = tileOf('DBF', { nitrogen: 'fixed' });
    const gppFixed = (leafN: number) => {
      const state = rested.slice();
      state[AT.leafN]! *= leafN;
      const fluxes = makeFluxes();
      tileDay(fixed, weatherOf(180), state, makePhysics(), fluxes);
      return fluxes.gpp;
    };
    expect(gppFixed(0.3)).toBe(gppFixed(0.45));
  });
});
