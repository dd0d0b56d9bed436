import type { InputVariable } from './model.ts';

/** Of the centre of a cell; follows from the grid. */
export const LATITUDE: InputVariable = {
  title: 'Latitude',
  standardName: 'latitude',
  units: 'degrees_north',
  dims: 'yx',
  range: [-90, 90],
  resampling: 'bilinear',
};
