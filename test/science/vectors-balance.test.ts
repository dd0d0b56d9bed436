import { describe, expect, it } from 'vitest';
import { netEcosystemProduction, respirationFlag, respirationRatio } from '../../lib/science/balance/nep.ts';
import { fparLinear, fparPotter, simpleRatio } from '../../lib/science/casa/fpar.ts';
import {
  bondLamberty2004,
  bondLamberty2010,
  lloydTaylorFactor,
  peiRespiration,
  q10Respiration,
  raichSoilRespiration,
  subkeShare,
} from '../../lib/science/respiration/rh.ts';
import { decodeMod17, meanOfChildren } from '../../lib/science/validation/mod17.ts';
import { agreement } from '../../lib/science/validation/regression.ts';
import { ClassTally, majorityOf } from '../../lib/view/class-tally.ts';
import { ZoneTally } from '../../lib/view/zone-tally.ts';
import { denseZone } from '../../lib/view/zone-weights.ts';
import { publishedCities, publishedLandCover, publishedSeasons, wrongBracket } from './published.ts';
import { haveVectors, leftOver, num, OWNED, series, vector } from './vectors.ts';
import { sum } from './year.ts';

describe.skipIf(!haveVectors)(
  'Respiration, balance, zones and land cover: the vectors of spec casa.md (../shared present)',
  () => {
    it('respires by Pei, at any temperature (V13)', () => {
      const { inputs, check } = vector('V13');
      for (const [name, { T, R }] of Object.entries<{ T: number | null; R: number }>(inputs))
        check({ [name]: peiRespiration(num(T), R) });
    });

    it('tells the bracket, the exponent and the month of Pei apart (V14)', () => {
      const {
        inputs: { T, R },
        check,
      } = vector('V14');
      check({
        formA_0p0912: peiRespiration(T, R),
        formA_0p0913: peiRespiration(T, R, 0.0913),
        formB_wrong_bracket_0p0912: wrongBracket(T, R),
        formA_days31: peiRespiration(T, R, 0.0912, 31),
        formA_days28: peiRespiration(T, R, 0.0912, 28),
        Rs_per_day: peiRespiration(T, R, 0.0912, 1) / 0.465,
      });
    });

    it('balances production and respiration (V15)', () => {
      const { inputs, check } = vector('V15');
      for (const [name, c] of Object.entries<{ NPP: number | null; RH: number }>(inputs)) {
        const npp = num(c.NPP);
        check({
          [name]: {
            NEP: netEcosystemProduction(npp, c.RH),
            ratio: respirationRatio(npp, c.RH),
            flag: respirationFlag(npp, c.RH),
          },
        });
      }
    });

    it('sums zones over one mask (V16)', () => {
      const { inputs, check } = vector('V16');
      const npp = series(inputs.NPP);
      const rh = series(inputs.RH);
      const nep = npp.map((value, i) => netEcosystemProduction(value, rh[i]!));
      const window = { y0: 0, y1: 1, x0: 0, x1: 6 };
      for (const id of [1, 2]) {
        const inside = inputs.zone.map((zone: number) => Number(zone === id));
        const tally = new ZoneTally(denseZone({ id: `${id}`, name: '', polygonArea: 1 }, window, inside), [
          'npp',
          'rh',
          'nep',
        ]);
        tally.add(window, { npp, rh, nep }, new Float64Array(6).fill(inputs.pixel_area_m2));
        const period = { label: '2021', steps: 1 };
        const grams = { npp: 1, rh: 1, nep: 1 };
        const { n, validArea, fields, ratio } = tally.reduction(period, grams);
        const valid = [...npp.keys()].filter((i) => inside[i] && !Number.isNaN(nep[i]));
        const ratios = valid.map((i) => respirationRatio(npp[i]!, rh[i]!));
        check({
          [id]: {
            n_valid: n,
            area_km2: validArea / 1e6,
            mean_NPP: fields.npp!.mean,
            mean_RH: fields.rh!.mean,
            mean_NEP: fields.nep!.mean,
            total_NPP_KtC: fields.npp!.total!.KtC,
            total_RH_KtC: fields.rh!.total!.KtC,
            total_NEP_KtC: fields.nep!.total!.KtC,
            ratio_of_totals: ratio,
            mean_of_pixel_ratios_DO_NOT_USE: sum(ratios) / ratios.length,
          },
        });
      }
    });

    it('shares NEP among land covers, by majority and by fractions (V17)', () => {
      const { inputs, intermediates, check } = vector('V17');
      const { classes } = inputs as { classes: string[] };
      const cells = inputs.NEP.length;
      const fractions = new Float64Array(classes.length * cells);
      inputs.fractions.forEach((row: number[], cell: number) => {
        row.forEach((f, c) => {
          fractions[c * cells + cell] = f;
        });
      });
      const legend = { classes, excluded: ['water', 'snow'] };
      const areas = new Float64Array(cells).fill(inputs.pixel_area_m2);
      const majority = majorityOf(fractions, classes.length);
      expect([...majority].map((c) => classes[c])).toEqual(intermediates.majority_class);
      const byMajority = new ClassTally(legend);
      byMajority.addMajority(series(inputs.NEP), majority, areas);
      const byFraction = new ClassTally(legend);
      byFraction.addFractions(series(inputs.NEP), fractions, areas);
      type Row = ReturnType<ClassTally['sums']>['classes'][number];
      const table = (rows: readonly Row[], of: (row: Row) => number) =>
        Object.fromEntries(rows.map((row) => [row.name, of(row)]));
      const m = byMajority.sums().classes;
      const f = byFraction.sums();
      check({
        majority_total_KtC: table(m, (row) => row.total.KtC),
        majority_share: table(m, (row) => row.share),
        fractional_total_KtC: table(f.classes, (row) => row.total.KtC),
        fractional_area_km2: table(f.classes, (row) => row.area / 1e6),
        fractional_mean_gC_m2: table(f.classes, (row) => row.mean),
        fractional_share: table(f.classes, (row) => row.share),
        fractional_dropped_water_KtC: f.dropped.total.KtC,
      });
    });

    it('compares with MOD17A3HGF (V18)', () => {
      const { inputs, check } = vector('V18');
      const modis = inputs.mod17_raw.map(decodeMod17);
      const casa = inputs.casa_250m_children.map((cells: (number | null)[]) => meanOfChildren(series(cells)));
      const { n, meanX, meanY, slope, intercept, r2, rmse, bias, mae } = agreement(modis, casa);
      check({ n, mean_x: meanX, mean_y: meanY, slope, intercept, R2: r2, RMSE: rmse, bias, MAE: mae });
    });

    it('reckons with the published numbers (V24)', () => {
      const { check } = vector('V24');
      check({ ...publishedCities(), ...publishedLandCover(), ...publishedSeasons() });
    });

    it('knows the formulas of extensions (V25)', () => {
      const { inputs: v, check } = vector('V25');
      check({
        Raich2002_RS_gC_m2_day: raichSoilRespiration(v.T, v.P_cm_month),
        BL2004_RH: bondLamberty2004(v.RS_annual),
        BL2010_RH: bondLamberty2010(v.RS_annual),
        Subke2006_RH_fraction: subkeShare(v.RS_annual),
        Q10_RH_per_day: q10Respiration(v.T, v.R10, v.Q10, v.Tref),
        LloydTaylor_factor_T25_ref10: lloydTaylorFactor(v.T),
        Potter_FPAR_SR_1p08_SRmax_6p17: fparPotter(simpleRatio(v.NDVI), 6.17),
        linear_FPAR_1p257NDVI_m0p161: fparLinear(v.NDVI),
      });
    });

    it('leaves no output of these vectors unchecked', () => {
      expect(leftOver(OWNED.balance)).toEqual([]);
    });
  },
);
