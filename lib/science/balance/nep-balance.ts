/** The model that closes the balance: NEP from NPP and RH, with annual sums, ratio and flag. */
import { z } from 'zod';
import { FLUX_NAMES, SUM_OVER_TIME } from '../cf-names.ts';
import type { CasaDesk } from '../kernels/casa.ts';
import { defineModel, type InputVariable, type Outputs, type OutputVariable } from '../model.ts';
import { storeRow } from '../rows.ts';
import {
  type AnnualPolicy,
  annualFactor,
  FLAG,
  netEcosystemProduction,
  respirationFlag,
  respirationRatio,
} from './nep.ts';

const annual = z
  .strictObject({
    /** `strict`: a missing month empties the year; `scaled`: 10 or 11 months are scaled to 12, see `months_a`. */
    policy: z.enum(['strict', 'scaled']).default('strict'),
  })
  .prefault({});

export const NEP_SECTIONS = { annual } as const;

export const nepParams = z.strictObject(NEP_SECTIONS);

export const NEP_VERSION = '1';

export const NEP_CITE = ['Wang, L.; Liu, Z. (2025) Carbon Footprints 4(4), 28'] as const;

export type NepParams = z.infer<typeof nepParams>;

const flux = (title: string, standardName: string, range: readonly [number, number]) =>
  ({ title, standardName, units: 'g m-2 month-1', dims: 'tyx', range }) as const;

const yearly = (
  title: string,
  standardName: string,
  range: readonly [number, number],
  positive?: 'up' | 'down',
): OutputVariable => ({
  title,
  standardName,
  units: 'g m-2 year-1',
  dims: 'yx',
  range,
  cellMethods: SUM_OVER_TIME,
  ...(positive && { positive }),
});

const INPUTS = {
  npp: {
    ...flux('Net primary production', FLUX_NAMES.npp, [0, 1200]),
    resampling: 'bilinear',
  },
  rh: {
    ...flux('Heterotrophic respiration', FLUX_NAMES.rh, [0, 1000]),
    resampling: 'bilinear',
  },
} as const satisfies Record<string, InputVariable>;

export const NEP_OUTPUTS = {
  nep: {
    ...flux('Net ecosystem production, carbon; positive is uptake by land', FLUX_NAMES.nep, [-1000, 1200]),
    cellMethods: SUM_OVER_TIME,
    positive: 'down',
  },
  npp_a: yearly('Net primary production of the year, carbon', FLUX_NAMES.npp, [0, 14_400]),
  rh_a: yearly('Heterotrophic respiration of the year, carbon', FLUX_NAMES.rh, [0, 12_000], 'up'),
  nep_a: yearly(
    'Net ecosystem production of the year, carbon; positive is uptake by land',
    FLUX_NAMES.nep,
    [-12_000, 14_400],
    'down',
  ),
  ratio_a: {
    title: 'Heterotrophic respiration over net primary production of the year',
    units: '1',
    dims: 'yx',
    range: [0, Number.POSITIVE_INFINITY],
    coarsen: { ratio: ['rh_a', 'npp_a'] },
  },
  flag_a: {
    title: 'Carbon balance of the year by the 80 % rule',
    units: '1',
    dims: 'yx',
    range: [0, 2],
    dtype: 'uint8',
    fill: FLAG.undefined,
    flags: { values: [0, 1, 2], meanings: ['sink', 'at_risk', 'source'] },
  },
  months_a: {
    title: 'Months of the year with both fluxes; below 12 the sums are empty or scaled',
    units: '1',
    dims: 'yx',
    range: [0, 12],
    dtype: 'uint8',
    diagnostic: true,
  },
} as const satisfies Record<string, OutputVariable>;

/** NEP and the sums of a block, fed with its rows of NPP and RH in order. */
export class BalanceBlock {
  readonly #cells: number;
  readonly #output: Outputs;
  readonly #npp: Float64Array;
  readonly #rh: Float64Array;
  /** Months without one or the other flux. */
  readonly #lost: Float64Array;
  readonly #desk: CasaDesk | undefined;
  #months = 0;

  /** @param desk of the kernel that makes the rows of both fluxes, if one does */
  constructor(cells: number, output: Outputs, desk?: CasaDesk) {
    this.#cells = cells;
    this.#output = output;
    this.#desk = desk;
    const sums = (desk?.row('sums', 3 * cells) ?? new Float64Array(3 * cells)).fill(0);
    this.#npp = sums.subarray(0, cells);
    this.#rh = sums.subarray(cells, 2 * cells);
    this.#lost = sums.subarray(2 * cells);
  }

  /** NPP and RH are summed over the same months. */
  add(npp: Float64Array, rh: Float64Array): void {
    if (this.#desk?.holds(npp) && this.#desk.holds(rh)) {
      this.#addAtDesk(npp, rh, this.#desk);
      return;
    }
    const from = this.#months * this.#cells;
    const sums = { npp: this.#npp, rh: this.#rh, lost: this.#lost };
    if (this.#output.nep) addWithNep(npp, rh, sums, this.#output.nep, from);
    else addRow(npp, rh, sums);
    this.#months++;
  }

  #addAtDesk(npp: Float64Array, rh: Float64Array, desk: CasaDesk): void {
    const net = desk.row('nep', this.#cells);
    const [gain, loss, sums] = [npp.byteOffset, rh.byteOffset, this.#npp.byteOffset];
    desk.run.balance(this.#cells, gain, loss, sums, 8 * this.#cells, net.byteOffset);
    storeRow(this.#output.nep, this.#months++, net, desk);
  }

  finish(policy: AnnualPolicy): void {
    const { npp_a, rh_a, nep_a, ratio_a, flag_a, months_a } = this.#output;
    for (let i = 0; i < this.#cells; i++) {
      const months = this.#months - this.#lost[i]!;
      const factor = annualFactor(months, policy);
      const npp = this.#npp[i]! * factor;
      const rh = this.#rh[i]! * factor;
      if (npp_a) npp_a[i] = npp;
      if (rh_a) rh_a[i] = rh;
      if (nep_a) nep_a[i] = netEcosystemProduction(npp, rh);
      if (ratio_a) ratio_a[i] = respirationRatio(npp, rh);
      if (flag_a) flag_a[i] = respirationFlag(npp, rh);
      if (months_a) months_a[i] = months;
    }
  }
}

interface Sums {
  readonly npp: Float64Array;
  readonly rh: Float64Array;
  readonly lost: Float64Array;
}

/** One loop for NEP and the sums: what it reads is in the first cache once. */
function addWithNep(
  npp: Float64Array,
  rh: Float64Array,
  sums: Sums,
  nep: NonNullable<Outputs[string]>,
  from: number,
): void {
  const { npp: nppSum, rh: rhSum, lost } = sums;
  for (let i = 0, q = from; i < npp.length; i++, q++) {
    const gain = npp[i]!;
    const loss = rh[i]!;
    const net = netEcosystemProduction(gain, loss);
    nep[q] = net;
    if (Number.isNaN(net)) lost[i]! += 1;
    else {
      nppSum[i]! += gain;
      rhSum[i]! += loss;
    }
  }
}

function addRow(npp: Float64Array, rh: Float64Array, sums: Sums): void {
  const { npp: nppSum, rh: rhSum, lost } = sums;
  for (let i = 0; i < npp.length; i++) {
    const gain = npp[i]!;
    const loss = rh[i]!;
    if (Number.isNaN(gain + loss)) lost[i]! += 1;
    else {
      nppSum[i]! += gain;
      rhSum[i]! += loss;
    }
  }
}

export const nepBalance = defineModel<NepParams>({
  id: 'nep-balance',
  version: NEP_VERSION,
  title: 'Net ecosystem production from NPP and RH',
  cite: NEP_CITE,
  params: nepParams,
  window: 'year',
  inputs: () => INPUTS,
  outputs: NEP_OUTPUTS,
  computeChunk({ steps, cells }, input, params, _prepared, _state, output) {
    const block = new BalanceBlock(cells, output);
    const row = (name: 'npp' | 'rh', t: number) =>
      (input[name] as Float64Array).subarray(t * cells, (t + 1) * cells);
    for (let t = 0; t < steps.length; t++) block.add(row('npp', t), row('rh', t));
    block.finish(params.annual.policy);
  },
});
