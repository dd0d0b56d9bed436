import { describe, expect, it } from 'vitest';
import { efficiencies, sharedEfficiency } from '../../lib/science/casa/efficiency.ts';
import { absorbedPar, lightUseEfficiency } from '../../lib/science/casa/equations.ts';
import { fparFromNdvi } from '../../lib/science/casa/fpar.ts';
import { QA, QA_YEAR } from '../../lib/science/casa/outputs.ts';
import {
  greenestStep,
  habitatStress,
  optimumTemperature,
  seasonStress,
} from '../../lib/science/casa/stress.ts';
import {
  dayLengthFactor,
  dayLengthHours,
  lswiWetness,
  thornthwaitePet,
} from '../../lib/science/casa/water.ts';
import { typeIndex, VEGETATION_TYPES } from '../../lib/science/landcover/classes.ts';
import { casaNep } from '../../lib/science/models.ts';
import { at, CELLS, field, LIMITS, SHAPE, setUp } from './one-type.ts';
import { freshState, run, shapeOf } from './year.ts';

describe('Temperature stress', () => {
  it('is the same on both sides of -10 degC but for T_e1, which stops growth there', () => {
    expect(habitatStress(-10, 12)).toBe(0);
    expect(habitatStress(-9.999, 12)).toBeGreaterThan(0.9);
  });

  it('stops growth at -10 degC in the model, also where -10 is near the optimum', () => {
    const { input, params } = setUp(2);
    for (let q = 0; q < 12 * CELLS; q++) field(input, 'temperature')[q] = q < CELLS ? -10 : -9;
    const { npp } = run(casaNep, SHAPE, input, params);
    expect(npp!.subarray(0, CELLS).every((v) => v === 0)).toBe(true);
    expect(npp!.subarray(CELLS).some((v) => v > 0)).toBe(true);
  });

  it('is the same in the loop as in the equation at every edge', () => {
    const { input, params } = setUp(2);
    const optimum = 18;
    const edges = [28, 28.5, 5, 4.9, -10, -9.99, 18, 30, 8, 0.5, 12];
    field(input, 'ndvi').fill(0.5);
    field(input, 'ndvi')[0] = 0.8;
    for (const [name, value] of [
      ['solar', 400],
      ['evaporation', 80],
      ['potentialEvaporation', 100],
    ] as const)
      field(input, name).fill(value);
    field(input, 'temperature').fill(optimum);
    edges.forEach((temp, m) => {
      field(input, 'temperature')[(m + 1) * CELLS] = temp;
    });
    const { npp, te2 } = run(casaNep, SHAPE, input, params);
    const apar = absorbedPar(400, fparFromNdvi(0.5, ...LIMITS, 0.5));
    edges.forEach((temp, m) => {
      const wanted = apar * lightUseEfficiency(temp, optimum, 0.9, 0.985);
      expect(npp![(m + 1) * CELLS], `${temp} degC`).toBeCloseTo(wanted, 9);
      expect(te2![(m + 1) * CELLS]).toBe(seasonStress(temp, optimum));
    });
  });

  it('keeps its jump 10 K above the optimum and 13 K below', () => {
    const half = 0.5 * seasonStress(20, 20);
    for (const edge of [30, 7]) expect(seasonStress(edge, 20)).not.toBe(half);
    for (const beyond of [30.001, 6.999]) expect(seasonStress(beyond, 20)).toBe(half);
  });
});

describe('The optimum temperature', () => {
  const ofYear = (ndvi: number[]) => greenestStep(Float64Array.from(ndvi), 12, 1, 0);

  it('is that of the earliest of equally green months', () => {
    expect(ofYear([1, 2, 9, 4, 9, 1, 1, 1, 1, 1, 1, 1])).toBe(2);
  });

  it('needs eight months of NDVI', () => {
    const months = (n: number) => Array.from({ length: 12 }, (_, i) => (i < n ? 0.1 * i : Number.NaN));
    expect([ofYear(months(8)), ofYear(months(7))]).toEqual([7, -1]);
  });

  it('is never below freezing', () => {
    expect([optimumTemperature(-3), optimumTemperature(3)]).toEqual([0, 3]);
  });

  it('empties the year where the greenest month has no temperature, and says so', () => {
    const { input, params } = setUp(2);
    (input.ndviFlags as Uint8Array).fill(0);
    field(input, 'ndvi').fill(0.4);
    field(input, 'ndvi')[3 * CELLS] = 0.8;
    field(input, 'temperature')[3 * CELLS] = Number.NaN;
    const out = run(casaNep, SHAPE, input, params);
    expect(at(out, 'npp_a', 0)).toBeNaN();
    expect(at(out, 'npp', 0)).toBeNaN();
    expect(at(out, 'qa_a', 0)).toBe(QA_YEAR.optimumMissing);
    expect(at(out, 'qa', 0)).toBe(QA.noOptimum);
    expect(at(out, 'qa', 3 * CELLS)).toBe(QA.noOptimum | QA.climateMissing);
  });
});

describe('Wetness', () => {
  it('of a frozen January is that of the December before', () => {
    const { input, params } = setUp(2);
    field(input, 'temperature').fill(10);
    field(input, 'temperature').fill(-5, 0, CELLS);
    const state = freshState(casaNep, CELLS);
    const first = run(casaNep, SHAPE, input, params, {}, state);
    expect(first.we!.subarray(0, CELLS).every((w) => w === 1)).toBe(true);
    const second = run(casaNep, shapeOf(CELLS, 2022), input, params, {}, state);
    expect([...second.we!.subarray(0, CELLS)]).toEqual([...first.we!.subarray(11 * CELLS)]);
    expect(second.qa!.subarray(0, CELLS).every((bits) => bits & QA.wetnessCarried)).toBe(true);
  });

  it('survives a missing month', () => {
    const { input, params } = setUp(2);
    const temperature = field(input, 'temperature').fill(10);
    temperature[2 * CELLS] = -1;
    field(input, 'evaporation')[CELLS] = Number.NaN;
    const { we } = run(casaNep, SHAPE, input, params);
    expect(we![CELLS]).toBeNaN();
    expect(we![2 * CELLS]).toBe(we![0]);
  });

  it('from LSWI is highest in the wettest month of the pixel', () => {
    expect(lswiWetness(0.3, 0.3, 'half')).toBe(1);
    expect(lswiWetness(0.3, 0.3, 'vpm')).toBe(1);
    expect(lswiWetness(-0.35, 0.3, 'vpm')).toBe(0.5);
    expect(lswiWetness(-0.35, 0.3, 'half')).toBe(0.75);
    expect(lswiWetness(-1, -1, 'half')).toBeNaN();
  });

  it('lasts all day in summer and none in winter beyond the polar circle', () => {
    expect(dayLengthHours(80, 172)).toBe(24);
    expect(dayLengthHours(80, 355)).toBe(0);
    expect(dayLengthHours(0, 100)).toBeCloseTo(12, 6);
    expect(dayLengthFactor(12, 30)).toBe(1);
  });

  it('has no evaporation in frost and Willmott’s above 26.5 degC', () => {
    expect(thornthwaitePet(-1, 100, 2)).toBe(0);
    expect(thornthwaitePet(28, 100, 2)).toBeCloseTo(149.75, 10);
    expect(thornthwaitePet(20, 0, 0.49)).toBe(0);
  });
});

describe('Efficiency', () => {
  it('of a shared cell is the mean of its modelled types', () => {
    const byType = efficiencies('zhu', {});
    const fractions = new Float64Array(VEGETATION_TYPES.length);
    fractions[typeIndex('ebf')] = 0.3;
    fractions[typeIndex('crop')] = 0.3;
    fractions[typeIndex('water')] = 0.4;
    expect(sharedEfficiency(fractions, 1, 0, byType)).toBeCloseTo((0.985 + 0.542) / 2, 12);
  });

  it('of one’s own wins over the table', () => {
    expect(efficiencies('iggi', { urban: 0.3 })[typeIndex('urban')]).toBe(0.3);
    expect(efficiencies('iggi', {})[typeIndex('urban')]).toBe(0.196);
  });

  it('has every modelled type in every table', () => {
    for (const set of ['zhu', 'potter', 'pan2017', 'feng2014', 'iggi'] as const)
      efficiencies(set, {}).forEach((value, index) => {
        const type = VEGETATION_TYPES[index]!;
        expect(Number.isNaN(value), `${set} ${type}`).toBe(type === 'water' || type === 'snow');
      });
  });
});
