/** BEPS over a grid: tiles of plant functional types, carried from rest to today (spec beps.md 1 to 7, mode E of 9.2). */
import { defineModel } from '../model.ts';
import { runStrip } from './grid-block.ts';
import { gridInputs } from './grid-inputs.ts';
import { GRID_OUTPUTS } from './grid-outputs.ts';
import { cycleYears, type GridParams, gridParams } from './grid-params.ts';
import { spinUpStrip } from './grid-spin-up.ts';
import { STATE_LENGTH } from './state.ts';

export const beps = defineModel<GridParams>({
  id: 'beps',
  version: '2',
  title: 'BEPS: daily photosynthesis, water, carbon and nitrogen of land',
  cite: [
    'Peng et al. (2025) Nature Communications, doi 10.1038/s41467-025-61956-y',
    'Chen, J.M. et al. (1999) Ecological Modelling 124, 99',
    'Parton, W.J. et al. (1993) Global Biogeochemical Cycles 7, 785',
  ],
  params: gridParams,
  window: 'year',
  inputs: gridInputs,
  outputs: GRID_OUTPUTS,
  state: {
    tiles: {
      title: 'Water, carbon and nitrogen of each type, `[cell][type][number]`',
      units: '1',
      dims: 'yx',
      range: [0, Number.POSITIVE_INFINITY],
      initial: Number.NaN,
      values: ({ tiles }: GridParams) => tiles.types.length * STATE_LENGTH,
    },
    meanTemperature: {
      title: 'Mean air temperature of many years',
      units: 'degC',
      dims: 'yx',
      range: [-60, 50],
      initial: Number.NaN,
    },
    referenceDeposition: {
      title: 'Nitrogen deposition that extra deposition is counted from',
      units: 'g m-2 year-1',
      dims: 'yx',
      range: [0, 50],
      initial: 0,
    },
  },
  spinUp: { years: cycleYears, compute: spinUpStrip },
  computeChunk: (shape, input, params, _prepared, state, output) =>
    runStrip(shape, input, params, state, output),
});
