/** The model CASA NPP: declaration, and how its parts work together. */
import { inBlocks } from '../blocks.ts';
import { BLOCK_CELLS, type CasaDesk } from '../kernels/casa.ts';
import { casaDesk, casaRoom } from '../kernels/desk.ts';
import { defineModel, type Inputs, type Outputs, type Prepared, type Shape, type State } from '../model.ts';
import { type Rows, storeRow } from '../rows.ts';
import { cellColumns } from './cells.ts';
import { casaClimatology, isOfMeanYear } from './climatology.ts';
import { fparForm, loopCoefficients } from './coefficients.ts';
import { fillDiagnostics } from './diagnostics.ts';
import { casaInputs } from './inputs.ts';
import { casaPrepare, greenness } from './limits.ts';
import { nppRows } from './npp-rows.ts';
import { CASA_OUTPUTS } from './outputs.ts';
import { type CasaParams, casaParams } from './params.ts';
import { wetnessRows } from './wetness-rows.ts';
import { casaYearBefore } from './year-before.ts';

export const CASA_VERSION = '2';

export const CASA_CITE = [
  'Potter, C. S. et al. (1993) Global Biogeochem. Cycles 7(4), 811-841',
  'Zhu, W. et al. (2007) Journal of Plant Ecology 31(3), 413-424',
  'Wang, L.; Liu, Z. (2025) Carbon Footprints 4(4), 28',
] as const;

const ofMeanYear = { dims: 'yx', initial: Number.NaN, constant: true } as const;
const inMeanYear = (params: CasaParams): number => (isOfMeanYear(params) ? 1 : 0);

/** Wetness of the last month that had one, from December to January; before the first, none. */
export const CASA_STATE = {
  wetness: {
    title: 'Wetness of the last month that had one',
    units: '1',
    dims: 'yx',
    range: [0.5, 1],
    initial: Number.NaN,
  },
  topt: {
    ...ofMeanYear,
    title: 'Optimum temperature: mean of the greenest month of the mean year',
    units: 'degC',
    range: [0, 50],
    values: inMeanYear,
  },
  toptMonth: {
    ...ofMeanYear,
    title: 'Greenest calendar month of the mean year',
    units: '1',
    range: [1, 12],
    values: inMeanYear,
  },
} as const;

/** NPP of a block: its rows, and the diagnostics once all rows were asked for. */
export interface NppBlock {
  readonly rows: Rows;
  finish(output: Outputs): void;
}

const DIAGNOSTICS = Object.keys(CASA_OUTPUTS).filter((name) => name !== 'npp');

/** Keeps a copy of every row that is asked for. */
function keepRows(rows: Rows, kept: Float64Array): Rows {
  return (t) => {
    const row = rows(t);
    kept.set(row, t * row.length);
    return row;
  };
}

/** @throws BadRequest when percentiles are wanted and nothing was prepared */
export function nppBlock(
  shape: Shape,
  input: Inputs,
  params: CasaParams,
  prepared: Prepared,
  state: State,
  output: Outputs,
  desk?: CasaDesk,
): NppBlock {
  const diagnosed = DIAGNOSTICS.some((name) => output[name]);
  const wet = new Float64Array(diagnosed ? shape.steps.length * shape.cells : 0);
  const wetness = wetnessRows(shape, input, params, state, desk);
  const columns = cellColumns(shape, input, params, prepared, state, desk);
  const form = fparForm(params, prepared);
  const green = greenness(input, params);
  const forcing = {
    green,
    solar: input.solar as Float64Array,
    tempC: input.temperature as Float64Array,
  };
  const coefficients = loopCoefficients(columns, form, params.stress.k);
  return {
    rows: nppRows(
      forcing,
      input.vegtype as Uint8Array,
      coefficients,
      diagnosed ? keepRows(wetness, wet) : wetness,
      desk,
    ),
    finish(output) {
      if (diagnosed) fillDiagnostics(shape, input, params, prepared, { green, wet, columns, form }, output);
    },
  };
}

export const casaNpp = defineModel<CasaParams>({
  id: 'casa-npp',
  version: CASA_VERSION,
  title: 'CASA net primary production',
  cite: CASA_CITE,
  params: casaParams,
  window: 'year',
  inputs: casaInputs,
  outputs: CASA_OUTPUTS,
  state: CASA_STATE,
  climatology: casaClimatology,
  spinUp: casaYearBefore,
  prepare: casaPrepare,
  room: casaRoom,
  computeChunk(whole, inputs, params, prepared, states, outputs) {
    const desk = casaDesk(whole.steps.length);
    inBlocks(whole, inputs, states, outputs, BLOCK_CELLS, (shape, input, state, output) => {
      const { rows, finish } = nppBlock(shape, input, params, prepared, state, output, desk);
      for (let t = 0; t < shape.steps.length; t++) storeRow(output.npp, t, rows(t), desk);
      finish(output);
    });
  },
});
