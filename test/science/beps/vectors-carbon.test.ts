import { describe, expect, it } from 'vitest';
import { maintenanceAt } from '../../../lib/science/beps/carbon-day.ts';
import {
  airRates,
  decompose,
  ligninOf,
  type Rates,
  rateMatrix,
  ratesOf,
} from '../../../lib/science/beps/decomposition.ts';
import {
  decompositionFactor,
  moistureCurve,
  soilMoistureFactor,
  soilTempFactor,
} from '../../../lib/science/beps/environment.ts';
import {
  scaledMatrix,
  setSteadyBiomass,
  steadyInput,
  steadySoil,
} from '../../../lib/science/beps/equilibrium.ts';
import { mineralDrive, nitrogenUptake } from '../../../lib/science/beps/nitrogen.ts';
import {
  leafQ10,
  leafRespiration,
  maintenanceOf,
  netProduction,
  rootRespiration,
  stemRespiration,
  temperatureFactor,
  woodQ10,
} from '../../../lib/science/beps/respiration.ts';
import { AT, BIOMASS_POOLS, SOIL_POOLS, STATE_LENGTH } from '../../../lib/science/beps/state.ts';
import { makeTile } from '../../../lib/science/beps/tile.ts';
import { isShedding, turnoverOf } from '../../../lib/science/beps/turnover.ts';
import { nitrogenScalar } from '../../../lib/science/leaf.ts';
import { type Pft, pftParams } from '../../../lib/science/pft.ts';
import { hydraulicsOf } from '../../../lib/science/soil.ts';
import { group, haveVectors, leftOver, OWNED } from './vectors.ts';

type Named = Record<string, number>;

const LOAM = hydraulicsOf(25, 35);
const TEXTURE = { clay: 25, silt: 35 };

const named = (names: readonly string[], values: ArrayLike<number>): Named =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]));

const inOrder = (names: readonly string[], values: Named): number[] => names.map((name) => values[name]!);

const snake = (rates: Rates): Named =>
  Object.fromEntries(
    Object.entries(rates).map(([name, rate]) => [
      name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`),
      rate,
    ]),
  );

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** Turnover of stem, coarse roots, leaves and fine roots on a day. */
function turnoverOn(pft: Pft, lat: number, doy: number): Named {
  const { stem, croot, leaf, froot, ...season } = turnoverOf(pftParams(pft)!, lat);
  const shed = isShedding({ stem, croot, leaf, froot, ...season }, doy) ? 1 : 0;
  return { stem, croot, leaf: leaf * shed, froot: froot * shed };
}

describe.skipIf(!haveVectors)('Carbon and nitrogen: the vectors of spec beps.md (../shared present)', () => {
  it('respires and clamps NPP (V15)', () => {
    const { tree, check } = group('V15_npp');
    interface Case {
      inp: { gpp: number; pft: Pft; C: Named; td: number; tn: number; dl_s: number; mat: number };
    }
    const run = ({ inp: { gpp, pft, C, td, tn, dl_s, mat } }: Case) => {
      const m = maintenanceOf(pftParams(pft)!, mat);
      const leafFactor = temperatureFactor(m.lnLeafQ10, td, tn, dl_s / 86_400);
      const woodFactor = temperatureFactor(m.lnWoodQ10, td, tn, dl_s / 86_400);
      const tile = makeTile({ latDeg: 45, meanTempC: mat, topsoil: TEXTURE, subsoil: TEXTURE }, pft)!;
      const state = new Float64Array(STATE_LENGTH);
      state.set(inOrder(BIOMASS_POOLS, C), AT.biomass);
      const sum = maintenanceAt(tile, state, leafFactor, woodFactor) / 1000;
      const npp = netProduction(gpp, sum);
      return {
        q10: [leafQ10(mat), woodQ10(mat)],
        rm: {
          leaf: leafRespiration(m, C.leaf!, leafFactor),
          stem: stemRespiration(m, C.stem!, woodFactor),
          root: rootRespiration(m, C.croot!, C.froot!, woodFactor),
          total: sum,
        },
        npp_noclamp: netProduction(gpp, sum, null),
        npp,
        ar: gpp - npp,
      };
    };
    check(tree.map(run));
  });

  it('decomposes faster where it is warm and moist (V16)', () => {
    const { tree, check } = group('V16_env');
    const lam_t = Object.fromEntries(Object.keys(tree.lam_t).map((t) => [t, soilTempFactor(Number(t))]));
    const lam_w = Object.fromEntries(
      Object.keys(tree.lam_w).map((key) => {
        const [, fc, w] = /^fc([\d.]+)_w([\d.]+)$/.exec(key)!;
        return [key, soilMoistureFactor(Number(w), moistureCurve(Number(fc)))];
      }),
    );
    const { td, tn, dl_s, theta, weights } = tree.combined.inp;
    const curve = moistureCurve((100 * LOAM.fieldCapacity) / LOAM.porosity);
    const lam_layers = theta.map((water: number) => soilMoistureFactor((100 * water) / LOAM.porosity, curve));
    const W = total(lam_layers.map((factor: number, i: number) => factor * weights[i])) / total(weights);
    const lam = decompositionFactor(td, tn, W, dl_s / 86_400);
    check({ lam_t, lam_w, combined: { lam_layers, W, lam } });
  });

  it('moves carbon from pool to pool at its rates (V17)', () => {
    const { check } = group('V17_decomposition');
    const enf = pftParams('ENF')!;
    const cro = pftParams('CRO')!;
    const lignin = (pft: typeof enf) => {
      const { leaf, wood } = ligninOf(pft);
      return { Ll: leaf, Lf: leaf, Lw: wood };
    };
    const code = ratesOf(enf, 0.25, 0.35, 'code');
    check({
      ENF_clay25_silt35: snake(ratesOf(enf, 0.25, 0.35)),
      lignin: lignin(enf),
      CODE_s_p: code.sP,
      CODE_s_m: code.sM,
      CRO: snake(ratesOf(cro, 0.25, 0.35)),
      lignin_crop: lignin(cro),
    });
  });

  it('takes biomass and soil through a day of shedding (V18)', () => {
    const { tree, check } = group('V18_soil_step');
    const { pft, lat, doy, pools, bio, npp, lam_u, clay, silt } = tree.inp;
    const params = pftParams(pft)!;
    const turnover = turnoverOn(pft, lat, doy);
    const litter = Object.fromEntries(BIOMASS_POOLS.map((name) => [name, turnover[name]! * bio[name]]));
    const fallen = {
      leaf: litter.leaf!,
      froot: litter.froot!,
      wood: litter.stem! + litter.croot!,
    };
    const rates = ratesOf(params, clay, silt);
    const b = new Float64Array(9);
    decompose(b, 0, fallen, params.metabolic, rates, lam_u);
    const soil = Float64Array.from(inOrder(SOIL_POOLS, pools));
    const before = total(soil);
    const hr = decompose(soil, 0, fallen, params.metabolic, rates, lam_u);
    const allocation = params.allocation as unknown as Named;
    check({
      turnover_daily: turnover,
      litter,
      b: [...b],
      pools_new: named(SOIL_POOLS, soil),
      hr,
      nep: npp - hr,
      bio_new: Object.fromEntries(
        BIOMASS_POOLS.map((name) => [name, bio[name] + allocation[name]! * npp - litter[name]!]),
      ),
    });
    const balance = total(soil) - before - (total(Object.values(litter)) - hr);
    check({ balance }, 1e-9);
  });

  it('comes to rest where heterotrophic respiration is NPP (V19)', () => {
    const { tree, check } = group('V19_steady_state');
    const { npp, pft, clay, silt, lam_u } = tree.inp;
    const params = pftParams(pft)!;
    const rates = ratesOf(params, clay, silt);
    const b = steadyInput(params, npp);
    const pools = steadySoil(rates, lam_u, b);
    const A = scaledMatrix(rates, lam_u);
    const rows = Array.from({ length: 9 }, (_, i) => [...A.subarray(9 * i, 9 * i + 9)]);
    const state = new Float64Array(STATE_LENGTH);
    setSteadyBiomass(params, npp, state);
    const air = airRates(rates).map((rate, i) => rate * lam_u * pools[i]!);
    check({
      b_per_day: [...b],
      A_per_day: rows,
      pools: named(SOIL_POOLS, pools),
      pools_CODE: named(SOIL_POOLS, steadySoil(ratesOf(params, clay, silt, 'code'), lam_u, b)),
      biomass: named(BIOMASS_POOLS, state.subarray(AT.biomass, AT.soil)),
      hr_per_year: 365 * total(air),
      soc: total(pools),
    });
    const residual = rows.map((row, i) => Math.abs(total(row.map((a, j) => a * pools[j]!)) + b[i]!));
    check({ residual_max: Math.max(...residual) }, 1e-12);
  });

  it('starts almost at rest in a climate with seasons (V28)', () => {
    const { tree, check } = group('V28_sasu');
    const { lam_month, npp } = tree.inp;
    const enf = pftParams('ENF')!;
    const rates = ratesOf(enf, 0.25, 0.35);
    const factors: number[] = lam_month.flatMap((lam: number, i: number) =>
      Array<number>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][i]!).fill(lam),
    );
    const lam_mean = total(factors) / 365;
    const input = steadyInput(enf, npp);
    const x = steadySoil(rates, lam_mean, input);
    const atStart = total(x);
    check({ lam_mean, x_sasu: named(SOIL_POOLS, x), soc_sasu: atStart });
    const perDay = npp / 365;
    const litter = {
      leaf: perDay * enf.allocation.leaf,
      froot: perDay * enf.allocation.froot,
      wood: perDay * (enf.allocation.stem + enf.allocation.croot),
    };
    let hr = 0;
    let atNewYear = 0;
    for (let year = 0; year < 200; year++) {
      hr = 0;
      atNewYear = total(x);
      for (const factor of factors) hr += decompose(x, 0, litter, enf.metabolic, rates, factor);
    }
    check({ soc_after_200y: total(x), hr_last_year: hr });
    check({ drift_last_year: total(x) - atNewYear }, 1e-9);
  });

  it('takes up nitrogen, and lets it limit Rubisco (V20)', () => {
    const { tree, check, given } = group('V20_nitrogen');
    check({
      fN: tree.fN.map(({ cn, ncrit }: Named) => ({ fN: nitrogenScalar(cn!, ncrit!) })),
      uptake: tree.uptake.map(({ t, Sc, Nav, ratio }: Named) => ({
        nt_NP: [nitrogenUptake(t!, Nav!, ratio!, Sc!), mineralDrive(Nav!, ratio!, Sc!)],
      })),
    });
    given('cn', 'ncrit', 't', 'Sc', 'Nav', 'ratio');
  });

  it('sheds in its season, north and south (V29)', () => {
    const { tree, check, given } = group('V29_turnover_daily');
    check(
      tree.map(({ pft, lat, doy }: { pft: Pft; lat: number; doy: number }) => ({
        k: inOrder(BIOMASS_POOLS, turnoverOn(pft, lat, doy)),
      })),
    );
    given('pft', 'lat', 'doy');
  });

  it('has looked at every number of these groups', () => {
    expect(leftOver(OWNED.carbon)).toEqual([]);
  });

  it('loses nothing on the way: columns of A are what goes to the air (T4)', () => {
    for (const pft of ['ENF', 'GRA', 'CRO'] as const)
      for (const flow of ['century', 'code'] as const) {
        const rates = ratesOf(pftParams(pft)!, 0.4, 0.3, flow);
        const A = rateMatrix(rates);
        airRates(rates).forEach((air, j) => {
          const column = total(Array.from({ length: 9 }, (_, i) => A[9 * i + j]!));
          expect(Math.abs(column + air)).toBeLessThan(1e-17);
          expect(-air).toBeGreaterThan(A[9 * j + j]!);
        });
      }
  });
});
