import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absorbedPar, lightUseEfficiency, netPrimaryProduction } from '../../lib/science/casa/equations.ts';
import { fparCurve, fparFromNdvi } from '../../lib/science/casa/fpar.ts';
import { QA, QA_YEAR } from '../../lib/science/casa/outputs.ts';
import { greenestStep, optimumTemperature } from '../../lib/science/casa/stress.ts';
import { wetness } from '../../lib/science/casa/water.ts';
import { casaNepBlock } from '../../lib/science/casa-nep.ts';
import { fastExp, fastLn, makeBits } from '../../lib/science/fast-math.ts';
import { typeIndex } from '../../lib/science/landcover/classes.ts';
import { casaNep } from '../../lib/science/models.ts';
import { peiRespiration } from '../../lib/science/respiration/rh.ts';
import { at, CELLS, field, LIMITS, SHAPE, setUp } from './one-type.ts';
import { freshState, outputsOf, run, sum, withLimits } from './year.ts';

describe('The inner loops', () => {
  it('give what the equations give, cell by cell and month by month', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { input, params } = setUp(seed);
      const out = run(casaNep, SHAPE, input, params);
      for (let i = 0; i < CELLS; i++) {
        const greenest = greenestStep(field(input, 'ndvi'), 12, CELLS, i);
        const topt = optimumTemperature(field(input, 'temperature')[greenest * CELLS + i]!);
        let before = Number.NaN;
        for (let q = i; q < 12 * CELLS; q += CELLS) {
          const [ndvi, solar, temp, e, ep, rain] = [
            'ndvi',
            'solar',
            'temperature',
            'evaporation',
            'potentialEvaporation',
            'precipitation',
          ].map((name) => field(input, name)[q]!) as [number, number, number, number, number, number];
          before = wetness(e, ep, temp, before);
          const lue = lightUseEfficiency(temp, topt, before, 0.985);
          const npp = netPrimaryProduction(absorbedPar(solar, fparFromNdvi(ndvi, ...LIMITS, 0.5)), lue);
          expect(Math.abs(at(out, 'npp', q) - npp)).toBeLessThanOrEqual(1e-11 * npp);
          const rh = peiRespiration(temp, rain);
          expect(Math.abs(at(out, 'rh', q) - rh)).toBeLessThanOrEqual(1e-11 * rh);
        }
      }
    }
  });

  it('take exp and ln from tables to 3e-13', () => {
    const bits = makeBits();
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        (x) => Math.abs(fastExp(x) / Math.exp(x) - 1) < 3e-13,
      ),
    );
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 65_535, noNaN: true }),
        (x) => Math.abs(fastLn(x, bits) - Math.log(x)) < 3e-13,
      ),
    );
    expect([fastExp(Number.NaN), fastLn(Number.NaN, bits)]).toEqual([Number.NaN, Number.NaN]);
    expect(fastExp(0)).toBe(1);
  });

  it('write FPAR as one curve of NDVI', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.97, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ndvi, alpha) => {
          const { low, high, slope, bend, base } = fparCurve(...LIMITS, alpha);
          const c = Math.min(Math.max(ndvi, low), high);
          expect(slope * c + bend / (1 - c) + base).toBeCloseTo(fparFromNdvi(ndvi, ...LIMITS, alpha), 12);
        },
      ),
    );
  });

  it('refuse a negative flux, which no valid input gives', () => {
    const { input, params } = setUp(2);
    field(input, 'solar')[5] = -300;
    expect(() => run(casaNep, SHAPE, input, params)).toThrow(/outside its range/);
  });

  /** Without the kernel. */
  const byLoops = (input: ReturnType<typeof setUp>['input'], params: ReturnType<typeof setUp>['params']) => {
    const out = outputsOf(casaNep, SHAPE);
    casaNepBlock(SHAPE, input, params, {}, freshState(casaNep, CELLS), out);
    return out;
  };

  it('do not let what rounding leaves below zero hide it', () => {
    const { input, params } = setUp(2);
    field(input, 'solar')[5] = -300;
    field(input, 'solar')[6] = -1e-14;
    expect(() => byLoops(input, params)).toThrow(/outside its range/);
  });

  it('give no production below zero, by loops and by kernel, where FPAR ends at 0', () => {
    const { input } = setUp(2);
    const params = casaNep.params.parse({ fpar: { mode: 'linear' } });
    const ndvi = field(input, 'ndvi');
    for (let q = 0; q < ndvi.length; q++) ndvi[q] = -0.2 + (q % 97) * 0.00345; // to just above 0.161/1.257
    const tries = [byLoops(input, params), run(casaNep, SHAPE, input, params)];
    for (const { npp } of tries) expect(Math.min(...npp!) + 0).toBe(0);
  });
});

describe('Identities of the balance', () => {
  it.each([1, 2, 3])('NEP is NPP less RH, and the year is the sum of its months (seed %d)', (seed) => {
    const { input, params } = setUp(seed);
    const out = run(casaNep, SHAPE, input, params);
    out.nep!.forEach((nep, q) => {
      expect(nep).toBe(at(out, 'npp', q) - at(out, 'rh', q));
    });
    for (let i = 0; i < CELLS; i++) {
      const year = (name: string) => sum(SHAPE.steps.map((_, t) => at(out, name, t * CELLS + i)));
      expect(at(out, 'npp_a', i)).toBe(year('npp'));
      expect(at(out, 'rh_a', i)).toBe(year('rh'));
      expect(at(out, 'nep_a', i)).toBe(at(out, 'npp_a', i) - at(out, 'rh_a', i));
      expect(at(out, 'ratio_a', i)).toBe(at(out, 'rh_a', i) / at(out, 'npp_a', i));
      expect(at(out, 'months_a', i)).toBe(12);
    }
  });

  it('keeps the same months in NPP and in RH', () => {
    const { input, params } = setUp(2, { annual: { policy: 'scaled' } });
    field(input, 'solar')[0] = Number.NaN; // January of cell 0 has no NPP
    field(input, 'precipitation')[CELLS] = Number.NaN; // February of cell 0 has no RH
    const out = run(casaNep, SHAPE, input, params);
    const months = SHAPE.steps.map((_, t) => t * CELLS).slice(2);
    expect(at(out, 'months_a', 0)).toBe(10);
    expect(at(out, 'npp_a', 0)).toBeCloseTo((sum(months.map((q) => at(out, 'npp', q))) * 12) / 10, 10);
    expect(at(out, 'rh_a', 0)).toBeCloseTo((sum(months.map((q) => at(out, 'rh', q))) * 12) / 10, 10);
  });

  it('has no year of nine months, nor of eleven by the strict policy', () => {
    const { input, params } = setUp(2);
    field(input, 'solar')[0] = Number.NaN;
    const strict = run(casaNep, SHAPE, input, params);
    expect([at(strict, 'nep_a', 0), at(strict, 'flag_a', 0), at(strict, 'months_a', 0)]).toEqual([
      Number.NaN,
      255,
      11,
    ]);
    for (const t of [1, 2]) field(input, 'solar')[t * CELLS] = Number.NaN;
    const scaled = run(casaNep, SHAPE, input, withLimits('ebf', LIMITS, { annual: { policy: 'scaled' } }));
    expect(at(scaled, 'nep_a', 0)).toBeNaN();
  });
});

describe('FPAR', () => {
  it('never falls while NDVI rises, in every mode and within its limits', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.2, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.constantFrom(0, 0.5, 1),
        (ndvi, step, alpha) => {
          const low = fparFromNdvi(ndvi, ...LIMITS, alpha);
          const high = fparFromNdvi(ndvi + step, ...LIMITS, alpha);
          return high >= low - 1e-15 && low >= 0.001 && high <= 0.95;
        },
      ),
    );
  });

  it('has no meaning for limits that cannot scale', () => {
    expect(fparFromNdvi(0.5, 0.2, 1, 0.5)).toBeNaN();
    expect(fparFromNdvi(0.5, 0.7, 0.6, 0.5)).toBeNaN();
    expect(fparCurve(0.2, 1, 0.5).slope).toBeNaN();
  });

  it('is a fixed line of NDVI, or given, in the modes that scale nothing', () => {
    const { input } = setUp(2);
    const linear = run(casaNep, SHAPE, input, casaNep.params.parse({ fpar: { mode: 'linear' } }));
    linear.fpar!.forEach((fpar, q) => {
      expect(fpar).toBeCloseTo(Math.min(Math.max(1.257 * field(input, 'ndvi')[q]! - 0.161, 0), 1), 12);
    });
    const given = run(
      casaNep,
      SHAPE,
      { ...input, fpar: field(input, 'ndvi').map(Math.abs) },
      casaNep.params.parse({ fpar: { mode: 'product' } }),
    );
    expect([...given.fpar!]).toEqual([...field(input, 'ndvi')].map(Math.abs));
  });
});

describe('Quality flags', () => {
  it('say why a cell is empty', () => {
    const { input, params } = setUp(2);
    field(input, 'temperature').fill(10);
    const flags = (input.ndviFlags as Uint8Array).fill(0);
    flags[0] = 1;
    flags[1] = 2;
    field(input, 'ndvi')[2] = Number.NaN;
    field(input, 'solar')[3] = Number.NaN;
    input.vegtype![4] = 255;
    input.vegtype![5] = typeIndex('water');
    const { qa, qa_a } = run(casaNep, SHAPE, input, params);
    expect([...qa!.subarray(0, 7)]).toEqual([
      QA.ndviFilled,
      QA.ndviDegraded,
      QA.noNdvi,
      QA.climateMissing,
      QA.noType,
      QA.excluded,
      0,
    ]);
    expect([...qa_a!.subarray(3, 7)]).toEqual([0, QA_YEAR.noType, QA_YEAR.excluded, 0]);
  });
});
