import { netEcosystemProduction, respirationRatio } from '../../lib/science/balance/nep.ts';
import { casaNep } from '../../lib/science/models.ts';
import { peiRespiration } from '../../lib/science/respiration/rh.ts';
import { guangzhou } from './guangzhou.ts';
import { vector } from './vectors.ts';
import { run, shapeOf, sum, withLimits } from './year.ts';

/** The bracket as a public code has it, wrongly. */
export const wrongBracket = (T: number, R: number) =>
  0.22 * (Math.exp(0.0912 * T) + Math.log(0.3145 * R + 1) * 30 * 0.465);

/** NPP from NEP and the ratio RH/NPP. */
const nppOf = (nep: number, ratio: number) => nep / (1 - ratio);

export function publishedCities() {
  const guangzhou = nppOf(326.1, 0.528);
  const dongguan = nppOf(-20.1, 1.056);
  const zhongshan = nppOf(-40, 1.115);
  const zhaoqingTotal = (637.5 * 14_891e6) / 1e9;
  return {
    Zhaoqing_NPP: 637.5 + 342.9,
    Zhaoqing_ratio: respirationRatio(637.5 + 342.9, 342.9),
    Guangzhou_NPP: guangzhou,
    Guangzhou_RH: guangzhou - 326.1,
    Zhuhai_NEP: netEcosystemProduction(484.9, 395.6),
    Zhuhai_ratio: respirationRatio(484.9, 395.6),
    Shenzhen_area_km2: 450.9e9 / 229.1 / 1e6,
    Dongguan_NPP: dongguan,
    Dongguan_RH: dongguan + 20.1,
    'Zhongshan_NPP_if_NEP_is_-40': zhongshan,
    'Zhongshan_RH_if_NEP_is_-40': zhongshan + 40,
    Zhaoqing_total_NEP_KtC_if_area_14891km2: zhaoqingTotal,
    'regional_NEP_KtC_if_Zhaoqing_is_41.9pct': zhaoqingTotal / 0.419,
    PRD_pixels_250m_for_56000km2: 56_000e6 / vector('V19').intermediates.pixel_area_250_m2,
  };
}

export function publishedLandCover() {
  const npp = 1731.3 / 0.262;
  const nep = 96.4 / 0.019;
  const forest = { npp: 0.483 * npp, nep: 0.551 * nep };
  const built = 0.217 * nep;
  return {
    LULC_total_NPP_from_built_KtC: npp,
    LULC_total_NPP_from_grass_KtC: 114.4 / 0.017,
    LULC_total_NEP_from_grass_KtC: nep,
    LULC_forest_NPP_KtC: forest.npp,
    LULC_forest_NEP_KtC: forest.nep,
    LULC_built_NEP_KtC: built,
    LULC_built_RH_over_NPP: 1 - built / 1731.3,
    LULC_forest_RH_over_NPP: 1 - forest.nep / forest.npp,
    LULC_grass_RH_over_NPP: 1 - 96.4 / 114.4,
    LULC_overall_RH_over_NPP: 1 - nep / npp,
    cropland_plus_bare_NPP_share: 1 - 0.483 - 0.262 - 0.017,
    cropland_plus_bare_NEP_share: 1 - 0.551 - 0.217 - 0.019,
    city_based_over_LULC_based_NEP: (637.5 * 14.891) / 0.419 / nep,
    LULC_total_NPP_over_56000km2_gC_m2: (npp * 1e9) / 56_000e6,
  };
}

/** Respiration of the synthetic year by month, as the model gives it. */
function respiration(rh: Record<string, unknown> = {}, warmer = 0): number[] {
  const input = guangzhou();
  const temperature = input.temperature.map((T) => T + warmer);
  const params = withLimits('ebf', [0.25, 0.86], { rh });
  return [...run(casaNep, shapeOf(1), { ...input, temperature }, params).rh!];
}

/** Warming, K, at which the year respires 364.8 gC m-2, by halving. */
function warmingTo(annual: number, rh: Record<string, unknown>): number {
  let [low, high] = [-10, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(respiration(rh, middle)) < annual) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const summerOverWinter = (rh: number[]) => sum(rh.slice(5, 9)) / sum([11, 0, 1, 2].map((i) => rh[i]!));

export function publishedSeasons() {
  const { temperature, precipitation } = guangzhou();
  const perDay = { precipUnit: 'mm_per_day' };
  const published = nppOf(326.1, 0.528) - 326.1;
  return {
    synthetic_Guangzhou_RH_formA: sum(respiration()),
    synthetic_Guangzhou_RH_formB_wrong_bracket: sum(
      temperature.map((T, i) => wrongBracket(T, precipitation[i]!)),
    ),
    synthetic_Guangzhou_RH_if_P_left_in_mm_per_day: sum(respiration(perDay)),
    synthetic_Guangzhou_RH_exp_term_only: sum(temperature.map((T) => peiRespiration(T, 0))),
    dT_needed_to_match_Guangzhou_RH_monthly_mm: warmingTo(published, {}),
    dT_needed_to_match_Guangzhou_RH_mm_per_day: warmingTo(published, perDay),
    implied_RH_summer_over_winter: 0.6 / (0.45 * 0.31),
    formA_RH_summer_over_winter_monthly_mm: summerOverWinter(respiration()),
    formA_RH_summer_over_winter_mm_per_day: summerOverWinter(respiration(perDay)),
    NEP_amplitude_over_NPP_amplitude_from_45_60_31pct: (0.4 - 0.55 * 0.31) / (1 - 0.31),
  };
}
