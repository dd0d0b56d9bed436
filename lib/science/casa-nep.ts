/** CASA NPP, respiration of the soil and their balance as one model: the forcing is read once, nothing in between stored. */
import { z } from 'zod';
import { BalanceBlock, NEP_CITE, NEP_OUTPUTS, NEP_SECTIONS, NEP_VERSION } from './balance/nep-balance.ts';
import { inBlocks } from './blocks.ts';
import { casaClimatology } from './casa/climatology.ts';
import { casaInputs } from './casa/inputs.ts';
import { casaPrepare } from './casa/limits.ts';
import { CASA_CITE, CASA_STATE, CASA_VERSION, nppBlock } from './casa/npp.ts';
import { CASA_OUTPUTS } from './casa/outputs.ts';
import { CASA_SECTIONS } from './casa/params.ts';
import { casaYearBefore } from './casa/year-before.ts';
import { BLOCK_CELLS, type CasaDesk } from './kernels/casa.ts';
import { casaDesk, casaRoom } from './kernels/desk.ts';
import { defineModel, type Inputs, type Outputs, type Prepared, type Shape, type State } from './model.ts';
import { RH_SECTIONS } from './respiration/params.ts';
import { RH_CITE, RH_OUTPUTS, RH_VERSION, rhInputs, rhRows } from './respiration/soil-rh.ts';
import { storeRow } from './rows.ts';

const params = z.strictObject({ ...CASA_SECTIONS, ...RH_SECTIONS, ...NEP_SECTIONS });

export type CasaNepParams = z.infer<typeof params>;

/** One block; by the loops in TypeScript when no desk is given. */
export function casaNepBlock(
  shape: Shape,
  input: Inputs,
  of: CasaNepParams,
  prepared: Prepared,
  state: State,
  output: Outputs,
  desk?: CasaDesk,
): void {
  const npp = nppBlock(shape, input, of, prepared, state, output, desk);
  const rh = rhRows(shape, input, of, desk);
  const balance = new BalanceBlock(shape.cells, output, desk);
  for (let t = 0; t < shape.steps.length; t++) {
    const gain = npp.rows(t);
    const loss = rh(t);
    storeRow(output.npp, t, gain, desk);
    storeRow(output.rh, t, loss, desk);
    balance.add(gain, loss);
  }
  balance.finish(of.annual.policy);
  npp.finish(output);
}

/** The parts see the parameters of the whole and read their own sections; fluxes pass between them in double. */
export const casaNep = defineModel<CasaNepParams>({
  id: 'casa-nep',
  version: `npp ${CASA_VERSION}, rh ${RH_VERSION}, nep ${NEP_VERSION}`,
  title: 'CASA net ecosystem production',
  cite: [...new Set([...CASA_CITE, ...RH_CITE, ...NEP_CITE])],
  params,
  window: 'year',
  inputs: (of) => ({ ...casaInputs(of), ...rhInputs(of) }),
  outputs: { ...CASA_OUTPUTS, ...RH_OUTPUTS, ...NEP_OUTPUTS },
  state: CASA_STATE,
  climatology: casaClimatology,
  spinUp: casaYearBefore,
  prepare: casaPrepare,
  room: casaRoom,
  computeChunk(whole, inputs, of, prepared, states, outputs) {
    const desk = casaDesk(whole.steps.length);
    inBlocks(whole, inputs, states, outputs, BLOCK_CELLS, (shape, input, state, output) => {
      casaNepBlock(shape, input, of, prepared, state, output, desk);
    });
  },
});
