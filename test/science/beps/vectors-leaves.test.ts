import { describe, expect, it } from 'vitest';
import {
  CODE_BRAKE_GAS,
  codeDailyAssimilation,
  codeLightLimit,
  codeRubiscoLimit,
  iterateLeaf,
  jarvisConductance,
  PICARD_STEPS,
} from '../../../lib/science/beps/code-variant.ts';
import { leafConductance } from '../../../lib/science/beps/conductance.ts';
import { ballBerrySlope, coupleLeaf, makeLeaf } from '../../../lib/science/beps/coupling.ts';
import {
  absorbedParOf,
  leafPpfd,
  lightLeaves,
  makeCanopyLight,
  netRadiation,
  sunlitLai,
} from '../../../lib/science/canopy.ts';
import {
  assimilationAt,
  compensationPa,
  dailyAssimilation,
  electronTransport,
  farquhar,
  kineticsAt,
  type Limit,
  lightLimit,
  makeKinetics,
  makeLimit,
  michaelisCo2Pa,
  michaelisO2Pa,
  nitrogenScalar,
  rubiscoBrake,
  rubiscoLimit,
} from '../../../lib/science/leaf.ts';
import { type Pft, pftParams } from '../../../lib/science/pft.ts';
import {
  clearness,
  dayLength,
  dayLengthAstronomical,
  dayLengthUnbounded,
  meanZenith,
  noonZenith,
  relativeHumidity,
  saturationKPa,
  vapourPressure,
} from '../../../lib/science/sun.ts';
import { group, groups, haveVectors, leftOver, OWNED } from './vectors.ts';

const kineticsOf = (tempC: number, vm25: number, gas?: number) => {
  const kinetics = makeKinetics();
  kineticsAt(tempC, vm25, kinetics, gas);
  return kinetics;
};

const ENF_VM = 45 * nitrogenScalar(34, 27);

describe.skipIf(!haveVectors)('Light and leaves: the vectors of spec beps.md (../shared present)', () => {
  it('gets relative humidity from specific humidity (V01)', () => {
    const { tree, check } = group('V01_rh');
    const { q, t, p_hpa } = tree.inp;
    check({
      es_kpa: saturationKPa(t),
      e_hpa: vapourPressure(q, p_hpa),
      rh_pct: 100 * relativeHumidity(q, t, p_hpa / 10),
      clip_low: 100 * relativeHumidity(1e-6, t, p_hpa / 10),
      clip_high: 100 * relativeHumidity(0.05, t, p_hpa / 10),
    });
  });

  it('finds the sun and the length of the day, to the poles (V02)', () => {
    const { tree, check, given } = group('V02_sun');
    check(
      tree.map(({ lat, doy }: Record<'lat' | 'doy', number>) => {
        const theta_noon = noonZenith(lat, doy);
        const theta_mean = meanZenith(theta_noon);
        return {
          daylength_code_h: dayLengthUnbounded(lat, doy),
          daylength_rec_h: dayLength(lat, doy),
          daylength_astro_h: dayLengthAstronomical(lat, doy),
          theta_noon,
          theta_mean,
          cos_noon: Math.cos(theta_noon),
          cos_mean: Math.cos(theta_mean),
        };
      }),
      1e-13,
    );
    given('lat', 'doy');
  });

  it('splits leaves into sunlit and shaded (V03)', () => {
    const { tree, check, given } = group('V03_eq3');
    check(
      tree.map(({ lai, omega, cosz }: Record<string, number>) => {
        const lai_sun = sunlitLai(lai!, omega!, cosz!);
        return { lai_sun, lai_shade: lai! - lai_sun };
      }),
    );
    given('lai', 'omega', 'cosz');
  });

  it('lights both leaf classes (V04)', () => {
    const { tree, check } = group('V04_radiation');
    const { sg, cosz, lai, omega } = tree.inp;
    const light = makeCanopyLight();
    lightLeaves(sg, cosz, lai, omega, light);
    check({
      lai_sun: light.laiSun,
      lai_shade: light.laiShade,
      ppfd_sun: leafPpfd(light.onSun),
      ppfd_shade: leafPpfd(light.onShade),
      apar_Wm2: absorbedParOf(light),
      r: clearness(sg, cosz),
      fdif: light.diffuseShare,
      sdir: light.direct,
      sdif: light.diffuse,
      sun: light.onSun,
      shade: light.onShade,
      under: light.under,
      C: light.scattered,
    });
  });

  it('sets the kinetics of Rubisco by temperature (V05)', () => {
    const { tree, check } = group('V05_kinetics');
    const { vc25, cn_leaf, ncrit } = tree.inp;
    const fN = nitrogenScalar(cn_leaf, ncrit);
    const at = (tempC: number) => {
      const { kPa, gammaPa, vm, jMax, rd } = kineticsOf(tempC, vc25 * fN);
      expect(gammaPa).toBeCloseTo(compensationPa(tempC), 10);
      return {
        kc: michaelisCo2Pa(tempC),
        ko: michaelisO2Pa(tempC),
        gamma: gammaPa,
        K: kPa,
        ft: rubiscoBrake(tempC),
        vm,
        jmax: jMax,
        rd,
      };
    };
    const j = electronTransport(800, kineticsOf(20, vc25 * fN).jMax);
    check({ fN, T20: at(20), T38: at(38), J_800_T20: j });
  });

  it('photosynthesises at a given CO2 inside (V06)', () => {
    const { tree, check } = group('V06_farquhar_fixed_ci');
    const { t, ppfd, ci_pa } = tree.inp;
    const kinetics = kineticsOf(t, ENF_VM);
    const J = electronTransport(ppfd, kinetics.jMax);
    const limit = makeLimit();
    rubiscoLimit(kinetics, 40, limit);
    const Ac_net = farquhar(limit, kinetics, ci_pa);
    lightLimit(kinetics, J, 40, limit);
    check({ J, Ac_net, Aj_net: farquhar(limit, kinetics, ci_pa), rd: kinetics.rd });
  });

  it('photosynthesises at a given conductance, at once and over a day (V07, V08)', () => {
    const { tree, check } = group('V07_08_assimilation_at_g');
    const { t, ppfd, ca_pa, g_umol_m2_s_Pa: g, vc25, fN } = tree.inp;
    const kinetics = kineticsOf(t, vc25 * fN);
    const J = electronTransport(ppfd, kinetics.jMax);
    const limit = makeLimit();
    const daily = (at: number) => dailyAssimilation(at, assimilationAt(at, limit), limit);
    const answers = ({ h, s, r }: Limit) => {
      const A_inst = assimilationAt(g, limit);
      const ci_check = ca_pa - A_inst / g;
      return {
        a: h * h,
        b: -2 * h * s + 4 * h * (s - r),
        c: s * s,
        s,
        A_inst,
        ci_check,
        A_daily: daily(g),
        A_daily_g1e4: daily(1e-4),
        A_daily_g5: daily(5),
        A_from_ci: farquhar(limit, kinetics, ci_check),
      };
    };
    rubiscoLimit(kinetics, ca_pa, limit);
    const c = answers(limit);
    lightLimit(kinetics, J, ca_pa, limit);
    check({ c, j: answers(limit) });
    check({
      c: { 'CODE_A_daily_1.27': codeDailyAssimilation(g, codeRubiscoLimit(kinetics, ca_pa)) },
      j: { 'CODE_A_daily_1.27': codeDailyAssimilation(g, codeLightLimit(kinetics, J, ca_pa)) },
    });
  });

  it('couples photosynthesis and stomata, with and without the course of a day (V09)', () => {
    const { tree, check } = group('V09_coupling');
    interface Leafy {
      inp: { t: number; co2: number; rh: number; psi: number; ppfd: number; pft: Pft; cn_leaf: number };
    }
    const run = ({ inp: { t, co2, rh, psi, ppfd, pft, cn_leaf } }: Leafy) => {
      const { vcmax25, criticalCn, ballBerry } = pftParams(pft)!;
      const fN = nitrogenScalar(cn_leaf, criticalCn);
      const kinetics = kineticsOf(t, vcmax25 * fN);
      const air = { tempC: t, co2Ppm: co2, slope: ballBerrySlope(ballBerry, rh, psi, co2) };
      const leaf = makeLeaf();
      coupleLeaf(kinetics, ppfd, air, leaf);
      const daily = {
        fN,
        J: electronTransport(ppfd, kinetics.jMax),
        vm: kinetics.vm,
        gs_mol: leaf.stomatalMol,
        G_ms: leaf.waterMs,
        g_co2: leaf.co2,
        Ac: leaf.byRubisco,
        Aj: leaf.byLight,
        A: leaf.assimilation,
      };
      coupleLeaf(kinetics, ppfd, air, leaf, 'inst');
      return { ...daily, A_inst_mode: leaf.assimilation, gs_inst_mode: leaf.stomatalMol };
    };
    check(tree.map(run));
  });

  it('iterates as the public code does, with its constants (V09b)', () => {
    const { tree, check } = group('V09b_code_iteration');
    const { ppfd_noon, td, vpd_kpa, psi, gmax, mat } = tree.inp;
    const { rh, co2, ppfd } = groups.V09_coupling[0].inp;
    const start = jarvisConductance(ppfd_noon, td, vpd_kpa, psi, gmax, mat);
    const kinetics = kineticsOf(td, ENF_VM, CODE_BRAKE_GAS);
    const leaf = makeLeaf();
    const air = { tempC: td, co2Ppm: co2, slope: ballBerrySlope(10, rh, psi, co2), start };
    const after = (steps: number) => {
      iterateLeaf(kinetics, ppfd, air, leaf, steps);
      return [leaf.assimilation, leaf.stomatalMol, leaf.waterMs];
    };
    check({
      jarvis_gs: start,
      jarvis_G: leafConductance(start),
      A_gs_G_by_iteration: Array.from({ length: PICARD_STEPS }, (_, i) => after(i + 1)),
    });
  });

  it('balances the radiation of leaves and ground (V13)', () => {
    const { tree, check } = group('V13_net_radiation');
    const { sg, cosz, lai, omega, es_kpa, td } = tree.inp;
    const light = makeCanopyLight();
    lightLeaves(sg, cosz, lai, omega, light);
    netRadiation(td, es_kpa, cosz, lai, omega, light);
    check({
      sun: light.netSun,
      shade: light.netShade,
      ground: light.netGround,
      lw_leaf: light.longwaveLeaf,
      lw_ground: light.longwaveGround,
    });
  });

  it('has looked at every number of these groups', () => {
    expect(leftOver(OWNED.leaves)).toEqual([]);
  });

  it('shares all 29 groups among the test files', () => {
    expect(Object.values(OWNED).flat().toSorted()).toEqual(Object.keys(groups).toSorted());
    expect(Object.keys(groups)).toHaveLength(29);
  });
});
