import { describe, expect, it } from 'vitest';
import { netEcosystemProduction, respirationRatio } from '../../lib/science/balance/nep.ts';
import { absorbedPar, lightUseEfficiency, netPrimaryProduction } from '../../lib/science/casa/equations.ts';
import { fparFromNdvi } from '../../lib/science/casa/fpar.ts';
import { habitatStress, seasonStress } from '../../lib/science/casa/stress.ts';
import {
  complementaryPotential,
  heatIndex,
  netRadiationMm,
  thornthwaiteExponent,
  thornthwaitePet,
  wetness,
  zhouZhangEvaporation,
} from '../../lib/science/casa/water.ts';
import { casaNep } from '../../lib/science/models.ts';
import { peiRespiration } from '../../lib/science/respiration/rh.ts';
import { guangzhou } from './guangzhou.ts';
import { expectTree, haveVectors, leftOver, num, OWNED, series, vector } from './vectors.ts';
import { type Arrays, run, shapeOf, stepsOf, withLimits } from './year.ts';

const YEAR = 2021;

const at = (arrays: Arrays, name: string, i = 0) => arrays[name]![i]!;

describe.skipIf(!haveVectors)(
  'Net primary production: the vectors of spec casa.md (../shared present)',
  () => {
    it('scales NDVI inside its range (V03)', () => {
      const { inputs, check } = vector('V03');
      const fpar = (alpha: number) => fparFromNdvi(inputs.NDVI, inputs.NDVImin, inputs.NDVImax, alpha);
      check({ FPAR_mode_zhu2007: fpar(0.5), FPAR_mode_ndvi: fpar(1), FPAR_mode_sr: fpar(0) });
    });

    it('holds FPAR at its edges (V04)', () => {
      const { inputs, check } = vector('V04');
      const names = ['below_min', 'above_max', 'at_min', 'at_max', 'degenerate_range', 'missing'];
      const cases: number[][] = inputs.cases;
      check(
        Object.fromEntries(
          names.map((name, i) => {
            const [ndvi, low, high] = cases[i]!.map(num);
            return [name, fparFromNdvi(ndvi!, low!, high!, 0.5)];
          }),
        ),
      );
    });

    it('scales NDVI by the static table (V05)', () => {
      const { inputs, check } = vector('V05');
      check({ FPAR: fparFromNdvi(inputs.NDVI, inputs.NDVImin, inputs.NDVImax, 0.5) });
    });

    it('stresses growth by temperature (V06)', () => {
      const { inputs, intermediates, check } = vector('V06');
      for (const [name, { T, Topt }] of Object.entries<Record<string, number>>(inputs)) {
        const T_eps1 = habitatStress(T!, Topt!);
        const T_eps2 = seasonStress(T!, Topt!);
        check({ [name]: { T_eps1, T_eps2, product: lightUseEfficiency(T!, Topt!, 1, 1) } });
      }
      expectTree(
        'V06',
        {
          'T_eps2_at_Topt_k1.184': seasonStress(28, 28),
          half_value: seasonStress(50, 28),
          'T_eps2_at_Topt_k1.1814': seasonStress(28, 28, 1.1814),
          'T_eps2_at_Topt_k1.1919': seasonStress(28, 28, 1.1919),
        },
        intermediates,
      );
    });

    it('stresses growth by water, with the month before where demand says nothing (V07)', () => {
      const { inputs, check } = vector('V07');
      for (const [name, c] of Object.entries<Record<string, number | null>>(inputs))
        check({ [name]: wetness(num(c.E!), num(c.EP!), num(c.T!), num(c.W_prev!)) });
    });

    it('finds wetness without evaporation, month by month and through the model (V08)', () => {
      const { inputs, intermediates, check } = vector('V08');
      const temps: number[] = inputs.T_degC;
      const I = heatIndex(temps);
      const a = thornthwaiteExponent(I);
      expectTree('V08', { I, a }, intermediates);
      const months = temps.map((T, i) => {
        const P = inputs.P_mm[i];
        const Ep0 = thornthwaitePet(T, I, a);
        const Rn = netRadiationMm(Ep0, P);
        const E = zhouZhangEvaporation(P, Rn);
        const EP = complementaryPotential(E, Ep0);
        return { month: i + 1, T, P, Ep0, Rn, E, EP, W: wetness(E, EP, T, Number.NaN) };
      });
      check({ months });
      const input = { ...guangzhou(), temperature: series(temps), precipitation: series(inputs.P_mm) };
      const params = withLimits('ebf', [0.25, 0.86], { water: { mode: 'complementary' } });
      const { we } = run(casaNep, shapeOf(1), input, params);
      check({ months: [...we!].map((W) => ({ W })) });
    });

    it('finds wetness of dry and of cold months (V09)', () => {
      const { inputs, intermediates, check } = vector('V09');
      for (const name of ['dry', 'cold', 'equal']) {
        const { P, Ep0 } = inputs[name];
        const Rn = netRadiationMm(Ep0, P);
        const E = zhouZhangEvaporation(P, Rn);
        const EP = complementaryPotential(E, Ep0);
        check({ [name]: { Rn, E, EP, W: wetness(E, EP, 10, Number.NaN) } });
      }
      const temps: number[] = inputs.T12_cold;
      const I = heatIndex(temps);
      expectTree('V09', { I_cold: I, a_cold: thornthwaiteExponent(I) }, intermediates);
      check({ Ep0_cold: temps.map((T) => thornthwaitePet(T, I, thornthwaiteExponent(I))) });
    });

    it('gives the whole chain of one July (V10)', () => {
      const { inputs: v, intermediates, check } = vector('V10');
      const FPAR = fparFromNdvi(v.NDVI, v.NDVImin, v.NDVImax, 0.5);
      const APAR = absorbedPar(v.SOL_MJ_m2_month, FPAR);
      const W_eps = wetness(v.E_mm_month, v.EP_mm_month, v.T_degC, Number.NaN);
      const eps = lightUseEfficiency(v.T_degC, v.Topt, W_eps, v.eps_max);
      expectTree('V10', { FPAR, APAR, W_eps, eps }, intermediates);
      const NPP = netPrimaryProduction(APAR, eps);
      const RH = peiRespiration(v.T_degC, v.P_mm_month);
      check({ NPP, RH, NEP: netEcosystemProduction(NPP, RH), ratio: respirationRatio(NPP, RH) });
    });

    it('gives twelve months and their year through the model (V11)', () => {
      const { inputs, intermediates, check } = vector('V11');
      const out = run(casaNep, shapeOf(1), guangzhou(), withLimits('ebf', [0.25, 0.86]));
      const months = stepsOf(YEAR).map((_, i) => ({
        FPAR: at(out, 'fpar', i),
        APAR: at(out, 'apar', i),
        T_eps1: at(out, 'te1', i),
        T_eps2: at(out, 'te2', i),
        W_eps: at(out, 'we', i),
        NPP: at(out, 'npp', i),
        RH: at(out, 'rh', i),
        NEP: at(out, 'nep', i),
      }));
      expectTree('V11', { Topt_month: at(out, 'topt_month'), Topt: at(out, 'topt'), months }, intermediates);
      check({
        annual_NPP: at(out, 'npp_a'),
        annual_RH: at(out, 'rh_a'),
        annual_NEP: at(out, 'nep_a'),
        ratio: at(out, 'ratio_a'),
        flag: at(out, 'flag_a'),
      });
      expect(at(out, 'eps_max')).toBe(inputs.eps_max);
    });

    it('moves with its options as the reference does (V11)', () => {
      const { check } = vector('V11');
      const annual = (more: Record<string, unknown>, fpar: Record<string, unknown> = {}) => {
        const limits = { ebf: [0.25, 0.86] };
        const params = casaNep.params.parse({ ...more, fpar: { limits, range: 'table', ...fpar } });
        return at(run(casaNep, shapeOf(1), guangzhou(), params), 'npp_a');
      };
      check({
        sensitivity: {
          NPP_fpar_ndvi: annual({}, { mode: 'ndvi' }),
          NPP_fpar_sr: annual({}, { mode: 'sr' }),
          NPP_W_fallback: annual({ water: { mode: 'complementary' } }),
          NPP_W_equal_1: annual({ water: { mode: 'one' } }),
          NPP_Teps2_k1p1814: annual({ stress: { k: 1.1814 } }),
          NPP_Teps2_k1p1919: annual({ stress: { k: 1.1919 } }),
        },
      });
    });

    it('stores the nearest single-precision number of every flux (V11)', () => {
      const params = withLimits('ebf', [0.25, 0.86]);
      const double = run(casaNep, shapeOf(1), guangzhou(), params);
      const stored = run(casaNep, shapeOf(1), guangzhou(), params, {}, undefined, true);
      for (const [name, values] of Object.entries(stored))
        expect([...values], name).toEqual(
          [...double[name]!].map(values instanceof Float32Array ? Math.fround : Number),
        );
    });

    it('makes a built-up pixel a source (V12)', () => {
      const { inputs, intermediates, check } = vector('V12');
      const input = { ...guangzhou(), ndvi: series(inputs.NDVI), vegtype: Uint8Array.of(9) };
      const out = run(casaNep, shapeOf(1), input, casaNep.params.parse({ fpar: { range: 'table' } }));
      const NPP_RH_by_month = [...out.npp!].map((npp, i) => [npp, at(out, 'rh', i)]);
      expectTree(
        'V12',
        { Topt_month: at(out, 'topt_month'), Topt: at(out, 'topt'), NPP_RH_by_month },
        intermediates,
      );
      check({
        annual_NPP: at(out, 'npp_a'),
        annual_RH: at(out, 'rh_a'),
        annual_NEP: at(out, 'nep_a'),
        ratio: at(out, 'ratio_a'),
        flag: at(out, 'flag_a'),
      });
    });

    it('leaves no output of these vectors unchecked', () => {
      expect(leftOver(OWNED.production)).toEqual([]);
    });
  },
);
