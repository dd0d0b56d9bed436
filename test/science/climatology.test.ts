import { describe, expect, it } from 'vitest';
import { casaClimatology } from '../../lib/science/casa/climatology.ts';
import { casaPrepare } from '../../lib/science/casa/limits.ts';
import { QA_YEAR } from '../../lib/science/casa/outputs.ts';
import { casaParams } from '../../lib/science/casa/params.ts';
import { typeIndex } from '../../lib/science/landcover/classes.ts';
import { type State, statesOf } from '../../lib/science/model.ts';
import { casaNep } from '../../lib/science/models.ts';
import { freshState, run, shapeOf } from './year.ts';

const ofMeanYear = { scope: 'pixel', year: 'climatology' };
const params = casaParams.parse({ topt: ofMeanYear });
const NONE = Number.NaN;

/** A year of some cells, `[month][cell]`, from the twelve values of each. */
const year = (...cells: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(
    { length: 12 * cells.length },
    (_, q) => cells[q % cells.length]![Math.floor(q / cells.length)]!,
  );

const flat = (value: number): number[] => new Array<number>(12).fill(value);
/** A year with some of its months, from 1, set. */
const months = (value: number, set: Readonly<Record<number, number>>): number[] =>
  flat(value).map((v, m) => set[m + 1] ?? v);

function meanYear(ndvi: readonly Float64Array[], tempC: readonly Float64Array[], of = params): State {
  const cells = ndvi[0]!.length / 12;
  const made = casaClimatology.open(cells, of);
  for (const [i, green] of ndvi.entries())
    made.add(shapeOf(cells, 2021 + i), { ndvi: green, temperature: tempC[i] }, 0);
  const state = freshState(casaNep, cells, casaNep.params.parse({ topt: ofMeanYear }));
  made.finish(state);
  return state;
}

describe('T_opt of the mean year', () => {
  it('is the mean temperature of the month whose mean NDVI is highest, which may be no year’s greenest', () => {
    // July: 0.9 and 0.5, mean 0.7. September: 0.5 and 0.9, mean 0.7. August: 0.75 and 0.75.
    const ndvi = [
      year(months(0.3, { 7: 0.9, 8: 0.75, 9: 0.5 })),
      year(months(0.3, { 7: 0.5, 8: 0.75, 9: 0.9 })),
    ];
    const tempC = [year(months(5, { 8: 21 })), year(months(5, { 8: 24 }))];
    const { topt, toptMonth } = meanYear(ndvi, tempC);
    expect([...topt!]).toEqual([22.5]);
    expect([...toptMonth!]).toEqual([8]);
  });

  it('takes the earliest of equal months, and nothing below freezing', () => {
    const even = [year(months(0.3, { 5: 0.5, 6: 0.75 })), year(months(0.3, { 5: 1, 6: 0.75 }))];
    expect([...meanYear(even, [year(flat(9)), year(flat(12))]).toptMonth!]).toEqual([5]);
    expect([...meanYear(even, [year(flat(-3)), year(flat(-9))]).topt!]).toEqual([0]);
  });

  it('counts each year with a value, and no other', () => {
    const ndvi = [year(months(0.3, { 4: NONE, 7: 0.8 })), year(months(0.3, { 4: 0.9, 7: 0.8 }))];
    const tempC = [year(months(10, { 4: 11 })), year(months(20, { 4: NONE }))];
    const { topt, toptMonth } = meanYear(ndvi, tempC);
    expect([...toptMonth!]).toEqual([4]);
    expect([...topt!]).toEqual([11]);
  });

  it('wants eight calendar months with NDVI in any year, and the temperature of the greenest', () => {
    const early = months(NONE, { 1: 0.3, 2: 0.3, 3: 0.3, 4: 0.3, 5: 0.3 });
    const seven = months(NONE, { 6: 0.4, 7: 0.5 });
    const eight = months(NONE, { 6: 0.4, 7: 0.5, 8: 0.4 });
    const ndvi = [year(early, early, flat(0.5)), year(seven, eight, flat(0.5))];
    const cold = months(10, { 1: NONE });
    const tempC = [year(flat(10), flat(10), cold), year(flat(20), flat(20), cold)];
    const { topt, toptMonth } = meanYear(ndvi, tempC);
    expect([...topt!]).toEqual([NONE, 15, NONE]);
    expect([...toptMonth!]).toEqual([NONE, 7, 1]);
    const few = casaParams.parse({ topt: { ...ofMeanYear, minMonths: 7 } });
    expect(meanYear(ndvi, tempC, few).topt![0]).toBe(15);
  });

  it('does not depend on how cells are cut', () => {
    const of = (seed: number) => months(0.3, { [1 + (seed % 12)]: 0.5 + seed / 100, 7: 0.6 });
    const cells = [0, 1, 2, 3, 4].map(of);
    const whole = meanYear([year(...cells)], [year(...cells)]);
    const made = casaClimatology.open(5, params);
    for (const [from, to] of [
      [0, 2],
      [2, 5],
    ] as const) {
      const part = year(...cells.slice(from, to));
      made.add(shapeOf(to - from), { ndvi: part, temperature: part }, from);
    }
    const state = freshState(casaNep, 5, casaNep.params.parse({ topt: ofMeanYear }));
    made.finish(state);
    expect(state).toEqual(whole);
  });
});

describe('CASA with T_opt of the mean year', () => {
  const nep = (topt: object) =>
    casaNep.params.parse({ topt, fpar: { range: 'table' }, water: { mode: 'one' } });
  const weather = (tempC: Float64Array) => ({
    solar: new Float64Array(12).fill(400),
    precipitation: new Float64Array(12).fill(80),
    vegtype: Uint8Array.of(typeIndex('crop')),
    temperature: tempC,
  });
  const ndvi = [year(months(0.3, { 7: 0.9, 8: 0.75 })), year(months(0.3, { 7: 0.5, 8: 0.8 }))];
  const tempC = [year(months(5, { 7: 20, 8: 21 })), year(months(7, { 7: 20, 8: 24 }))];
  const at = (i: number, state: State) =>
    run(
      casaNep,
      shapeOf(1, 2021 + i),
      { ndvi: ndvi[i], ...weather(tempC[i]!) },
      nep(ofMeanYear),
      {},
      { ...state },
    );

  it('has the same optimum and month in every year, and stresses of it', () => {
    const state = meanYear(ndvi, tempC);
    const years = [at(0, state), at(1, state)];
    for (const out of years) {
      expect([...out.topt!]).toEqual([22.5]); // August: (0.75 + 0.8)/2 > (0.9 + 0.5)/2; (21 + 24)/2
      expect([...out.topt_month!]).toEqual([8]);
      expect(out.te1![7]).toBeCloseTo(0.8 + 0.02 * 22.5 - 0.0005 * 22.5 ** 2, 14);
      expect([...out.qa_a!]).toEqual([0]);
    }
    expect(years[0]!.npp![7]).toBeGreaterThan(0);
    expect([...state.topt!], 'is left as it was').toEqual([22.5]);
  });

  it('is empty where there is none, and says why', () => {
    const [gap, cold] = [new Float64Array(1).fill(NONE), Float64Array.of(1)];
    const few = at(0, { wetness: gap.slice(), topt: gap, toptMonth: gap });
    expect(few.qa_a![0]).toBe(QA_YEAR.fewMonths);
    expect([few.npp_a![0], few.topt_month![0]]).toEqual([NONE, 255]);
    expect(at(0, { wetness: gap.slice(), topt: gap, toptMonth: cold }).qa_a![0]).toBe(QA_YEAR.optimumMissing);
  });

  it('of one year gives the bits of that year’s own', () => {
    const input = { ndvi: ndvi[0], ...weather(tempC[0]!) };
    const own = run(casaNep, shapeOf(1), input, nep({ scope: 'pixel' }));
    expect(at(0, meanYear(ndvi.slice(0, 1), tempC.slice(0, 1)))).toEqual(own);
  });

  it('carries it only where it is wanted', () => {
    const names = (topt: object) => statesOf(casaNep, nep(topt)).map(([name]) => name);
    expect(names({})).toEqual(['wetness']);
    expect(names({ scope: 'class', year: 'climatology' })).toEqual(['wetness']);
    expect(names(ofMeanYear)).toEqual(['wetness', 'topt', 'toptMonth']);
    expect(casaClimatology.inputs(casaParams.parse({ topt: { year: 'each' } }))).toEqual([]);
    expect(
      casaClimatology.inputs(casaParams.parse({ topt: ofMeanYear, climate: { lapseKPerKm: 6 } })),
    ).toEqual(['ndvi', 'temperature', 'elevation', 'climateElevation']);
  });

  it('refuses a given optimum that is to be of several years', () => {
    const parsed = casaNep.params.safeParse({ topt: { scope: 'given', year: 'climatology' } });
    expect(parsed.error?.issues).toMatchObject([
      { path: ['topt', 'year'], message: expect.stringMatching(/leave year out/) },
    ]);
    expect(casaNep.params.safeParse({ topt: { year: 'decade' } }).success).toBe(false);
  });
});

describe('T_opt of a class or region over several years', () => {
  const crop = typeIndex('crop');
  const vegtype = Uint8Array.of(crop, crop, typeIndex('ebf'));
  /** Crop: July is greenest in the first year, May on average over both; the forest has five months only. */
  const ndvi = [
    year(
      months(0.2, { 5: 0.7, 7: 0.8 }),
      months(0.2, { 5: 0.7, 7: 0.8 }),
      months(NONE, { 1: 0.9, 2: 0.5, 3: 0.5 }),
    ),
    year(
      months(0.2, { 5: 0.7, 7: 0.4 }),
      months(0.2, { 5: NONE, 7: 0.4 }),
      months(NONE, { 1: 0.9, 4: 0.5, 5: 0.5 }),
    ),
  ];
  const tempC = [
    year(months(3, { 5: 12, 7: 20 }), months(3, { 5: 14, 7: 20 }), flat(4)),
    year(months(3, { 5: 16, 7: 20 }), months(3, { 5: 99, 7: 20 }), flat(4)),
  ];
  const optimum = (topt: object) => {
    const of = casaParams.parse({ topt: { year: 'climatology', ...topt }, fpar: { range: 'table' } });
    const values = ndvi.map((green, i) => {
      const counts = new Float64Array(casaPrepare.length(of));
      casaPrepare.count(shapeOf(3, 2021 + i), { ndvi: green, temperature: tempC[i], vegtype }, of, counts);
      return JSON.parse(JSON.stringify(casaPrepare.finish(counts, of)));
    });
    const combined = casaPrepare.together!.combine(values, of);
    expect(casaPrepare.together!.isWanted(of)).toBe(true);
    expect(combined[0]!.optimumC).toEqual(combined[1]!.optimumC);
    expect(Object.keys(casaPrepare.essence!(combined[0]!) as object)).not.toContain('optimumSums');
    return combined[0]!.optimumC as (number | null)[];
  };

  it('is the mean, over cells and years with both, of the month that is greenest on average', () => {
    // May: NDVI 0.7 in three of four; July: (0.8 + 0.8 + 0.4 + 0.4)/4 = 0.6. T of those three Mays: 14.
    expect(optimum({ scope: 'class' })[crop]).toBe(14);
  });

  it('has none with fewer than eight calendar months', () => {
    expect(optimum({ scope: 'class' })[typeIndex('ebf')]).toBeNull();
    expect(optimum({ scope: 'class', minMonths: 5 })[typeIndex('ebf')]).toBe(4);
  });

  it('is one for all in a region', () => {
    // January: (4 · 0.2 + 2 · 0.9)/6 = 0.433; May: (3 · 0.7 + 0.5)/4 = 0.65, T (12 + 14 + 16 + 4)/4.
    expect(new Set(optimum({ scope: 'region' }))).toEqual(new Set([11.5]));
  });

  it('is of each year alone where nothing else is said', () => {
    const of = casaParams.parse({ topt: { scope: 'class' }, fpar: { range: 'table' } });
    expect(casaPrepare.together!.isWanted(of)).toBe(false);
  });
});
