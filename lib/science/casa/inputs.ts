/** What CASA reads, by parameters. */
import { temperatureInputs } from '../air-temperature.ts';
import { LATITUDE } from '../latitude.ts';
import type { InputVariable } from '../model.ts';
import { type CasaParams, needsThornthwaite } from './params.ts';

export const PRECIPITATION: InputVariable = {
  title: 'Monthly precipitation',
  standardName: 'lwe_precipitation_rate',
  units: 'mm month-1',
  dims: 'tyx',
  range: [0, 2500],
  resampling: 'bilinear',
  clampNegative: true,
};

export const VEGTYPE: InputVariable = {
  title: 'Vegetation type of the majority of the cell',
  units: '1',
  dims: 'yx',
  range: [0, 254],
  resampling: 'majority',
};

const NDVI: InputVariable = {
  title: 'Monthly NDVI',
  standardName: 'normalized_difference_vegetation_index',
  units: '1',
  dims: 'tyx',
  range: [-0.2, 1],
  resampling: 'nearest',
};

const NDVI_FLAGS: InputVariable = {
  title: 'Flags of the NDVI composites',
  units: '1',
  dims: 'tyx',
  range: [0, 255],
  resampling: 'nearest',
  optional: true,
};

const FPAR: InputVariable = {
  title: 'Absorbed fraction of photosynthetically active radiation, of a product',
  standardName: 'fraction_of_surface_downwelling_photosynthetic_radiative_flux_absorbed_by_vegetation',
  units: '1',
  dims: 'tyx',
  range: [0, 1],
  resampling: 'nearest',
};

const SOLAR: InputVariable = {
  title: 'Global radiation of the month',
  standardName: 'surface_downwelling_shortwave_flux_in_air',
  units: 'MJ m-2 month-1',
  dims: 'tyx',
  range: [0, 1200],
  // Under the clouds of the Arctic about 200, in the Atacama about 800.
  yearMean: [60, 1000],
  resampling: 'bilinear',
  clampNegative: true,
};

const EVAPORATION: InputVariable = {
  title: 'Actual evapotranspiration of the month',
  standardName: 'lwe_water_evaporation_rate',
  units: 'mm month-1',
  dims: 'tyx',
  range: [0, 400],
  resampling: 'bilinear',
  clampNegative: true,
  positive: 'up',
};

const POTENTIAL_EVAPORATION: InputVariable = {
  title: 'Potential evaporation of the month',
  units: 'mm month-1',
  dims: 'tyx',
  range: [0, 600],
  resampling: 'bilinear',
  clampNegative: true,
  positive: 'up',
};

const LSWI: InputVariable = {
  title: 'Land-surface water index of the month',
  units: '1',
  dims: 'tyx',
  range: [-1, 1],
  resampling: 'nearest',
};

const TYPE_FRACTIONS: InputVariable = {
  title: 'Share of each vegetation type in the cell',
  units: '1',
  dims: 'kyx',
  range: [0, 1],
  resampling: 'fractions',
};

const LANDCOVER_VALID: InputVariable = {
  title: 'Share of the fine pixels of the land-cover map that have a class',
  units: '1',
  dims: 'yx',
  range: [0, 1],
  resampling: 'fractions',
  optional: true,
  onlyFor: 'landcover_valid',
};

const OPTIMUM_TEMPERATURE: InputVariable = {
  title: 'Optimum temperature of growth, given',
  units: 'degC',
  dims: 'yx',
  range: [-60, 50],
  resampling: 'bilinear',
};

const STUDY: InputVariable = {
  title: 'Study region: 1 inside, 0 outside; the population of the NDVI percentiles',
  units: '1',
  dims: 'yx',
  range: [0, 1],
  resampling: 'nearest',
  optional: true,
};

/** What W is made of, beside temperature. */
export function waterInputs(params: CasaParams): Record<string, InputVariable> {
  const { mode, daylength } = params.water;
  return {
    ...(mode === 'era5l' || mode === 'hybrid' ? { evaporation: EVAPORATION } : {}),
    ...(mode === 'era5l' ? { potentialEvaporation: POTENTIAL_EVAPORATION } : {}),
    ...(mode === 'complementary' ? { precipitation: PRECIPITATION } : {}),
    ...(mode === 'lswi' ? { lswi: LSWI } : {}),
    ...(needsThornthwaite(params) && daylength ? { latitude: LATITUDE } : {}),
  };
}

/** Inputs of CASA NPP with these parameters; only those are read. */
export function casaInputs(params: CasaParams): Readonly<Record<string, InputVariable>> {
  const percentiles = params.fpar.range === 'percentile' || params.topt.scope !== 'pixel';
  return {
    ...(params.fpar.mode === 'product' ? { fpar: FPAR } : { ndvi: NDVI, ndviFlags: NDVI_FLAGS }),
    vegtype: VEGTYPE,
    landcoverValid: LANDCOVER_VALID,
    ...(params.eps.perPixel === 'fractional' ? { typeFractions: TYPE_FRACTIONS } : {}),
    solar: SOLAR,
    ...temperatureInputs(params),
    ...waterInputs(params),
    ...(params.topt.scope === 'given' ? { optimumTemperature: OPTIMUM_TEMPERATURE } : {}),
    ...(percentiles ? { study: STUDY } : {}),
  };
}
