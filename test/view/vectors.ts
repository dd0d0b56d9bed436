/**
 * Worked examples V16 and V17 of the model's specification, computed in double precision by an independent reference;
 * null stands for NaN.
 */
export const V16 = {
  inputs: {
    NPP: [1000.0, 900.0, null, 400.0, 0.0, 350.0],
    RH: [350.0, 360.0, 370.0, 380.0, 390.0, 400.0],
    zone: [1, 1, 1, 2, 2, 2],
    pixel_area_m2: 53664.66833372575,
  },
  intermediates: {},
  outputs: {
    '1': {
      n_valid: 2,
      area_km2: 0.1073293366674515,
      mean_NPP: 950.0,
      mean_RH: 355.0,
      mean_NEP: 595.0,
      total_NPP_KtC: 0.10196286983407893,
      total_RH_KtC: 0.03810191451694528,
      total_NEP_KtC: 0.06386095531713364,
      ratio_of_totals: 0.3736842105263158,
      mean_of_pixel_ratios_DO_NOT_USE: 0.375,
    },
    '2': {
      n_valid: 3,
      area_km2: 0.16099400500117725,
      mean_NPP: 250.0,
      mean_RH: 390.0,
      mean_NEP: -140.0,
      total_NPP_KtC: 0.04024850125029431,
      total_RH_KtC: 0.06278766195045914,
      total_NEP_KtC: -0.022539160700164818,
      ratio_of_totals: 1.56,
      mean_of_pixel_ratios_DO_NOT_USE: null,
    },
  },
} as const;
export const V17 = {
  inputs: {
    classes: ['forest', 'cropland', 'grassland', 'built', 'bare', 'water', 'snow'],
    fractions: [
      [0.7, 0.1, 0.05, 0.1, 0.0, 0.05, 0],
      [0.2, 0.3, 0.0, 0.5, 0.0, 0.0, 0],
      [0.0, 0.45, 0.0, 0.45, 0.1, 0.0, 0],
      [0.1, 0.0, 0.0, 0.2, 0.0, 0.7, 0],
    ],
    NEP: [600.0, 50.0, -40.0, 120.0],
    pixel_area_m2: 53664.66833372575,
  },
  intermediates: {
    majority_class: ['forest', 'built', 'cropland', 'water'],
    tie_rule: 'lowest class index wins',
  },
  outputs: {
    majority_total_KtC: {
      forest: 0.03219880100023545,
      cropland: -0.0021465867333490297,
      grassland: 0.0,
      built: 0.0026832334166862876,
      bare: 0.0,
    },
    majority_share: {
      forest: 0.9836065573770492,
      cropland: -0.06557377049180327,
      grassland: 0.0,
      built: 0.0819672131147541,
      bare: 0.0,
    },
    fractional_total_KtC: {
      forest: 0.02371978340350678,
      cropland: 0.003058886095022368,
      grassland: 0.0016099400500117725,
      built: 0.004883484818369043,
      bare: -0.000214658673334903,
    },
    fractional_area_km2: {
      forest: 0.05366466833372575,
      cropland: 0.045614968083666885,
      grassland: 0.0026832334166862876,
      built: 0.06708083541715719,
      bare: 0.005366466833372575,
    },
    fractional_mean_gC_m2: {
      forest: 442.0,
      cropland: 67.05882352941177,
      grassland: 600.0,
      built: 72.8,
      bare: -40.0,
    },
    fractional_share: {
      forest: 0.7175324675324676,
      cropland: 0.09253246753246754,
      grassland: 0.048701298701298704,
      built: 0.14772727272727273,
      bare: -0.006493506493506494,
    },
    fractional_dropped_water_KtC: 0.006117772190044735,
  },
} as const;
