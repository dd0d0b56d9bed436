import { describe, expect, it } from 'vitest';
import { maintenanceAt } from '../../../lib/science/beps/carbon-day.ts';
import { ballBerrySlope, coupleLeaf, makeLeaf } from '../../../lib/science/beps/coupling.ts';
import {
  leafRespiration,
  netProduction,
  rootRespiration,
  stemRespiration,
  temperatureFactor,
} from '../../../lib/science/beps/respiration.ts';
import { AT } from '../../../lib/science/beps/state.ts';
import { makeTile } from '../../../lib/science/beps/tile.ts';
import { makeWaterDay, waterDay } from '../../../lib/science/beps/water-day.ts';
import { leafPpfd, lightLeaves, makeCanopyLight } from '../../../lib/science/canopy.ts';
import { kineticsAt, makeKinetics, nitrogenScalar } from '../../../lib/science/leaf.ts';
import { type Pft, pftParams } from '../../../lib/science/pft.ts';
import { hydraulicsOf, makeWaterStress, rootShares, waterStress } from '../../../lib/science/soil.ts';
import { daytimeTemp } from '../../../lib/science/sun.ts';
import { makeEvaporating, penmanMonteith, setEvaporating } from '../../../lib/science/water.ts';
import { group, haveVectors, leftOver, OWNED } from './vectors.ts';

const LOAM = hydraulicsOf(25, 35);

const stressOf = (pft: Pft, theta: readonly number[]) => {
  const { rootBeta, group: plants } = pftParams(pft)!;
  const stress = makeWaterStress();
  const roots = rootShares(rootBeta);
  waterStress(theta[0]!, theta[1]!, theta[2]!, [LOAM, LOAM, LOAM], roots, plants, stress);
  return { stress, roots };
};

const enfOnLoam = (meanTempC: number) => {
  const texture = { clay: 25, silt: 35 };
  return makeTile({ latDeg: 45, meanTempC, topsoil: texture, subsoil: texture }, 'ENF')!;
};

describe.skipIf(!haveVectors)('Soil and water: the vectors of spec beps.md (../shared present)', () => {
  it('gets hydraulics from texture, with their floors (V11)', () => {
    const { check } = group('V11_soil_hydraulics');
    const of = (clay: number, silt: number) => {
      const soil = hydraulicsOf(clay, silt);
      return {
        por: soil.porosity,
        fc: soil.fieldCapacity,
        wp: soil.wiltingPoint,
        psi: soil.suctionM,
        B: soil.b,
        K: soil.conductivity,
        clay: soil.clay,
        silt: soil.silt,
      };
    };
    check({ loam_sand40_silt35_clay25: of(25, 35), sandy_80_12_8: of(8, 12) });
  });

  it('limits plants by soil water, trees by their wet layers (V10)', () => {
    const { tree, check, given } = group('V10_water_scalar');
    for (const [name, { theta }] of Object.entries<{ theta: number[] }>(tree)) {
      const { stress, roots } = stressOf(name.slice(0, 3) as Pft, theta);
      check({ [name]: { root: roots, f: stress.byLayer, weights: stress.uptake, psi: stress.scalar } });
      given(`${name}.theta`);
    }
  });

  it('evaporates by Penman and Monteith (V12)', () => {
    const { tree, check } = group('V12_penman_monteith');
    const { t, vpd_mbar, rn, ga, gs } = tree.inp;
    const air = makeEvaporating();
    setEvaporating(t, vpd_mbar, air);
    const E_ms = penmanMonteith(rn, ga, gs, air);
    check({ E_ms, E_mm_per_12h: E_ms * 12 * 3600 * 1000 });
  });

  it('takes the water of a day from rain to the third layer (V14)', () => {
    const { tree, check } = group('V14_water_step');
    const { inp } = tree;
    const { stress, roots } = stressOf('ENF', inp.theta);
    const { column } = enfOnLoam(inp.mat);
    const air = makeEvaporating();
    setEvaporating(inp.td, inp.vpd_mbar, air);
    const light = makeCanopyLight();
    light.laiSun = inp.lai_sun;
    light.laiShade = inp.lai_shade;
    light.netSun = inp.rn.sun;
    light.netShade = inp.rn.shade;
    light.netGround = inp.rn.ground;
    const weather = {
      rainM: inp.precip,
      tempDayC: inp.td,
      tempMaxC: inp.tmax,
      daylightS: inp.dl_s,
      shortwaveJ: inp.srad,
      floorShortwaveJ: inp.srad_floor,
      lai: inp.lai,
      dark: false,
    };
    const state = Float64Array.of(...inp.theta, inp.swe);
    const stored = () => column.depths.reduce((sum, depth, i) => sum + state[i]! * depth, 0);
    const before = stored();
    const day = makeWaterDay();
    waterDay(column, weather, light, air, stress, inp.G_sun, inp.G_shade, state, day);
    check({
      theta: [...state.subarray(0, 3)],
      swe: state[3],
      psi: stress.scalar,
      w: stress.uptake,
      f: stress.byLayer,
      r: roots,
      Ec: day.intercepted,
      melt: day.melt,
      sub: day.sublimation,
      Es: day.soilEvaporation,
      T: day.transpiration,
      Ti: day.byLayer,
      rs: day.runoff,
      qb: day.baseflow,
      q: [day.drain1, day.drain2],
      rain: day.rain,
      snow: day.snow,
      epot: day.wetLeaves,
      gsoil: day.soilMs,
    });
    const closure =
      stored() -
      before -
      (day.rain + day.melt - day.runoff - day.soilEvaporation - day.transpiration - day.baseflow);
    const closureP = inp.precip - day.intercepted - day.rain - day.snow;
    check({ closure, closureP }, 1e-12);
  });

  it('goes from light to NPP through a day (V27)', () => {
    const { tree, check } = group('V27_day_chain');
    const { inp } = tree;
    const tile = enfOnLoam(inp.mat);
    const { pft } = tile;
    const { stress } = stressOf(inp.pft, inp.theta);
    const light = makeCanopyLight();
    lightLeaves(inp.sg, inp.cosz, inp.lai, inp.omega, light);
    const kinetics = makeKinetics();
    kineticsAt(inp.td_leaf, pft.vcmax25 * nitrogenScalar(inp.cn_leaf, pft.criticalCn), kinetics);
    const slope = ballBerrySlope(pft.ballBerry, inp.rh, stress.scalar, inp.co2);
    const leafOn = (shortwave: number) => {
      const leaf = makeLeaf();
      coupleLeaf(kinetics, leafPpfd(shortwave), { tempC: inp.td_leaf, co2Ppm: inp.co2, slope }, leaf);
      return leaf;
    };
    const sun = leafOn(light.onSun);
    const shade = leafOn(light.onShade);
    const seconds = inp.dl_h * 3600;
    const gpp = (sun.assimilation * light.laiSun + shade.assimilation * light.laiShade) * seconds * 12e-9;
    const tempMean = (inp.tmin + inp.tmax) / 2;
    const tempDay = daytimeTemp(tempMean, inp.tmax);
    const factor = (ln: number) => temperatureFactor(ln, tempDay, (tempDay + inp.tmin) / 2, seconds / 86_400);
    const { maintenance } = tile;
    const leafFactor = factor(maintenance.lnLeafQ10);
    const woodFactor = factor(maintenance.lnWoodQ10);
    const state = new Float64Array(29);
    state.set([inp.C.stem, inp.C.croot, inp.C.leaf, inp.C.froot], AT.biomass);
    const total = maintenanceAt(tile, state, leafFactor, woodFactor) / 1000;
    check({
      psi: stress.scalar,
      A_sun: sun.assimilation,
      A_shade: shade.assimilation,
      gs_sun: sun.stomatalMol,
      gs_shade: shade.stomatalMol,
      gpp_kgC: gpp,
      rm: {
        leaf: leafRespiration(maintenance, inp.C.leaf, leafFactor),
        stem: stemRespiration(maintenance, inp.C.stem, woodFactor),
        root: rootRespiration(maintenance, inp.C.croot, inp.C.froot, woodFactor),
        total,
      },
      npp_noclamp: netProduction(gpp, total, null),
      npp: netProduction(gpp, total),
    });
  });

  it('has looked at every number of these groups', () => {
    expect(leftOver(OWNED.water)).toEqual([]);
  });
});
