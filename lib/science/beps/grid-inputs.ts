/** What BEPS reads over a grid, by parameters. Ranges are what can be believed; the model's own clips are counted. */

import { LATITUDE } from '../latitude.ts';
import type { InputVariable, ToDays } from '../model.ts';
import { PFT_TITLES } from '../pft.ts';
import type { Unit } from '../units.ts';
import { RULES } from './forcing.ts';
import { type GridParams, VEGETATED } from './grid-params.ts';
import { PFT_SCHEME } from './legends.ts';

interface Daily {
  readonly title: string;
  readonly units: Unit;
  readonly range: readonly [number, number];
  readonly toDays?: ToDays;
  readonly standardName?: string;
  readonly clampNegative?: boolean;
  readonly yearMean?: readonly [number, number];
  readonly ofSaturation?: readonly [string, string];
}

const daily = (of: Daily): InputVariable => ({ toDays: 'mean', ...of, dims: 'dyx', resampling: 'bilinear' });

const TEMP_MIN = daily({
  title: 'Minimum air temperature of the day',
  standardName: 'air_temperature',
  units: 'degC',
  range: RULES.tempMinC.believable,
  toDays: 'min',
});

const TEMP_MAX = daily({
  title: 'Maximum air temperature of the day',
  standardName: 'air_temperature',
  units: 'degC',
  range: RULES.tempMaxC.believable,
  toDays: 'max',
});

const SHORTWAVE = daily({
  title: 'Global radiation of the day',
  standardName: 'surface_downwelling_shortwave_flux_in_air',
  units: 'MJ m-2 day-1',
  range: RULES.shortwaveMJ.believable,
  yearMean: [2, 32],
  clampNegative: true,
});

const PRECIPITATION = daily({
  title: 'Precipitation of the day',
  standardName: 'lwe_precipitation_rate',
  units: 'mm day-1',
  range: RULES.rainMm.believable,
  yearMean: [0, 60],
  clampNegative: true,
});

const RELATIVE_HUMIDITY = daily({
  title: 'Mean relative humidity of the day',
  standardName: 'relative_humidity',
  units: '1',
  range: RULES.humidity.believable,
  yearMean: [0.1, 1.1],
  ofSaturation: ['tempMin', 'tempMax'],
});

const SPECIFIC_HUMIDITY = daily({
  title: 'Mean specific humidity of the day',
  standardName: 'specific_humidity',
  units: '1',
  range: [0, 0.1],
});

const PRESSURE = daily({
  title: 'Mean air pressure of the day',
  standardName: 'surface_air_pressure',
  units: 'kPa',
  range: [30, 115],
});

const DEWPOINT = daily({
  title: 'Mean dewpoint of the day',
  standardName: 'dew_point_temperature',
  units: 'degC',
  range: [-95, 50],
});

const LEAF_AREA = {
  lai: { title: 'Leaf area index', standardName: 'leaf_area_index', units: '1', range: RULES.lai.believable },
  fapar: {
    title: 'Absorbed fraction of photosynthetically active radiation',
    standardName: 'fraction_of_surface_downwelling_photosynthetic_radiative_flux_absorbed_by_vegetation',
    units: '1',
    range: [0, 1],
  },
  ndvi: {
    title: 'NDVI',
    standardName: 'normalized_difference_vegetation_index',
    units: '1',
    range: [-1, 1],
  },
} as const;

const CO2: InputVariable = {
  title: 'Carbon dioxide of the air',
  standardName: 'mole_fraction_of_carbon_dioxide_in_air',
  units: 'ppm',
  dims: 'd',
  range: [100, 3000],
  resampling: 'nearest',
};

const DEPOSITION: InputVariable = {
  title: 'Nitrogen deposition of the year',
  units: 'g m-2 year-1',
  dims: 'ayx',
  range: [0, 50],
  resampling: 'bilinear',
  optional: true,
};

const still = (title: string, units: Unit, range: readonly [number, number]): InputVariable => ({
  title,
  units,
  dims: 'yx',
  range,
  resampling: 'bilinear',
  optional: true,
});

const texture = (title: string): InputVariable => ({ ...still(title, '%', [0, 100]), resampling: 'mean' });

/** Sand is what they leave of 100 %: means of fractions sum as the fractions do. */
const SOIL = {
  clay: texture('Clay of the topsoil'),
  silt: texture('Silt of the topsoil'),
  subsoilClay: texture('Clay of the subsoil; that of the topsoil unless given'),
  subsoilSilt: texture('Silt of the subsoil; that of the topsoil unless given'),
};

const LAND_COVER: InputVariable = {
  title: 'Share of each plant functional type in the cell',
  units: '1',
  dims: 'kyx',
  range: [0, 1],
  resampling: 'fractions',
  classes: PFT_SCHEME,
};

/** Name of the layer of one type's share. */
export const shareName = (pft: string): string => `share_${pft.toLowerCase()}`;

function humidityInputs({ humidity }: GridParams['forcing']): Record<string, InputVariable> {
  if (humidity === 'relative') return { relativeHumidity: RELATIVE_HUMIDITY };
  if (humidity === 'specific') return { specificHumidity: SPECIFIC_HUMIDITY, pressure: PRESSURE };
  return humidity === 'dewpoint' ? { dewpoint: DEWPOINT } : {};
}

function shareInputs({ shares, types }: GridParams['tiles']): Record<string, InputVariable> {
  if (shares === 'map') return { landcover: LAND_COVER };
  return Object.fromEntries(
    VEGETATED.filter((pft) => types.includes(pft)).map((pft) => [
      shareName(pft),
      still(`Share of ${PFT_TITLES[pft]} in the cell`, '1', [0, 1]),
    ]),
  );
}

export function gridInputs({ beps, tiles, forcing }: GridParams): Readonly<Record<string, InputVariable>> {
  const { leafArea } = forcing;
  return {
    tempMin: TEMP_MIN,
    tempMax: TEMP_MAX,
    shortwave: SHORTWAVE,
    precipitation: PRECIPITATION,
    ...humidityInputs(forcing),
    // not interpolated: beside what has no leaves there would be some (spec beps.md 1.2)
    [leafArea]: { ...daily({ ...LEAF_AREA[leafArea], toDays: beps.lai }), resampling: 'mean' },
    co2: CO2,
    nDeposition: DEPOSITION,
    ...SOIL,
    clumping: still('Clumping index of leaves; that of the type unless given', '1', [0, 1]),
    meanTemperature: still(
      'Mean air temperature of many years; of the spin-up unless given',
      'degC',
      [-60, 50],
    ),
    ...shareInputs(tiles),
    latitude: LATITUDE,
  };
}
