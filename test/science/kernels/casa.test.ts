import { describe, expect, it } from 'vitest';
import { type CasaNepParams, casaNepBlock } from '../../../lib/science/casa-nep.ts';
import { BLOCK_CELLS } from '../../../lib/science/kernels/casa.ts';
import { casaDesk } from '../../../lib/science/kernels/desk.ts';
import { casaNep } from '../../../lib/science/models.ts';
import { uniform } from '../../bench/kernel-data.ts';
import { type InputArrays, inputsOf } from '../../contract/inputs.ts';
import { type Arrays, freshState, outputsOf, shapeOf } from '../year.ts';

/** Reached: 7.8e-13, where the loops take exp from a table; the kernel is within 1e-15 of Math.exp. */
const TOLERANCE = 1e-12;

const params = (more: Record<string, unknown> = {}): CasaNepParams =>
  casaNep.params.parse({ fpar: { range: 'table' }, ...more });

/** Inputs of the contract test, and over them frost, drought, dew, cloudless gaps and NaN wherever it may stand. */
function edgyInputs(cells: number, of: CasaNepParams, seed: number): InputArrays {
  const input = inputsOf(casaNep.inputs(of), shapeOf(cells), seed);
  const next = uniform(seed);
  const edges: Record<string, readonly number[]> = {
    temperature: [Number.NaN, -60, -10, -9.999, -0, 0, 1e-9, 45, 10, 23],
    evaporation: [Number.NaN, 0, -3, 1e-300, 500],
    potentialEvaporation: [Number.NaN, 0, 0.01, 0.010001, 1e-300, 600],
    precipitation: [Number.NaN, 0, -1, 3000],
    solar: [Number.NaN, 0, 1200],
    ndvi: [Number.NaN, -0.2, 0, 0.98, 1],
  };
  for (const [name, values] of Object.entries(edges)) {
    const array = input[name] as Float64Array | undefined;
    for (let q = 0; array && q < array.length; q++)
      if (next() < 0.25) array[q] = values[Math.floor(next() * values.length)]!;
  }
  for (let i = 0; i < cells; i++) input.vegtype![i] = [255, 0, 3, 5, 9, 11, 12, 13][Math.floor(next() * 8)]!;
  return input;
}

/** Two years in a row by the kernel, and by the loops in TypeScript. */
function both(cells: number, of: CasaNepParams, seed: number, stored = false): [Arrays, Arrays] {
  const shape = shapeOf(cells);
  const [byKernel, byLoops] = [outputsOf(casaNep, shape, stored), outputsOf(casaNep, shape, stored)];
  const [one, other] = [freshState(casaNep, cells), freshState(casaNep, cells)];
  for (const year of [seed, seed + 1]) {
    const input = edgyInputs(cells, of, year);
    casaNep.computeChunk(shape, input, of, {}, one, byKernel);
    casaNepBlock(shape, input, of, {}, other, byLoops);
  }
  return [
    { ...byKernel, ...one },
    { ...byLoops, ...other },
  ];
}

/** Largest difference relative to the largest flux that goes into a value; infinite where only one is NaN. */
function worst(a: Arrays, b: Arrays): number {
  let error = 0;
  for (const [name, values] of Object.entries(a)) {
    const scale = name.startsWith('nep') ? 1000 : 1; // a difference of large fluxes
    for (let q = 0; q < values.length; q++) {
      const [found, wanted] = [values[q]!, b[name]![q]!];
      if (Object.is(found, wanted) || found === wanted) continue;
      const relative = Math.abs(found - wanted) / Math.max(scale, Math.abs(wanted));
      error = Math.max(error, Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative);
    }
  }
  return error;
}

describe('The kernel of CASA', () => {
  it('is there on this runtime', () => {
    expect(casaDesk(12)).toBeDefined();
    expect(casaDesk(11)).toBeUndefined();
  });

  it.each([1, 2, 7, 30, 1365])('gives what the loops give, for %i cells with every edge', (cells) => {
    for (const seed of [1, 5, 9]) {
      const [kernel, loops] = both(cells, params(), seed);
      expect(worst(kernel, loops)).toBeLessThan(TOLERANCE);
      expect(Object.keys(kernel)).toContain('wetness');
    }
  });

  it('gives it for a block that is larger than its memory, part by part', () => {
    const [kernel, loops] = both(2 * BLOCK_CELLS + 101, params(), 3);
    expect(worst(kernel, loops)).toBeLessThan(TOLERANCE);
  });

  it.each<Record<string, unknown>>([
    { water: { mode: 'one' } },
    { water: { mode: 'lswi' } },
    { water: { mode: 'complementary' } },
    { water: { mode: 'hybrid', daylength: true } },
    { fpar: { mode: 'linear' } },
    { fpar: { mode: 'product' } },
    { fpar: { mode: 'sr', range: 'table' } },
    { rh: { formula: 'raich2002' } },
    { rh: { formula: 'q10' } },
    { rh: { days: 'actual', precipUnit: 'mm_per_day', frozenCutoffC: -2 } },
    { annual: { policy: 'scaled' } },
    { topt: { minMonths: 3 } },
    { eps: { perPixel: 'fractional' } },
  ])('gives it with %j', (more) => {
    const [kernel, loops] = both(301, params(more), 11);
    expect(worst(kernel, loops)).toBeLessThan(TOLERANCE);
  });

  it('stores the float that is nearest to its double', () => {
    const [doubles] = both(301, params(), 21);
    const [floats] = both(301, params(), 21, true);
    for (const name of ['npp', 'rh', 'nep', 'npp_a'])
      expect(floats[name]).toEqual(Float32Array.from(doubles[name]!));
  });

  it('refuses a flux below zero, as the loops do', () => {
    const of = params();
    const shape = shapeOf(5);
    const input = inputsOf(casaNep.inputs(of), shape, 1);
    (input.solar as Float64Array).fill(-500);
    expect(() =>
      casaNep.computeChunk(shape, input, of, {}, freshState(casaNep, 5), outputsOf(casaNep, shape)),
    ).toThrow(/an input is outside its range/);
  });
});
