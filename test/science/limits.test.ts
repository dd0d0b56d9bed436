import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../lib/errors.ts';
import { casaPrepare, countNdvi, limitsFromCounts, type TypeLimits } from '../../lib/science/casa/limits.ts';
import { QA_YEAR } from '../../lib/science/casa/outputs.ts';
import { casaParams } from '../../lib/science/casa/params.ts';
import { binNdvi, NDVI_BINS, ndviBin, ndviQuantile } from '../../lib/science/casa/quantile.ts';
import { typeIndex, type VegetationType } from '../../lib/science/landcover/classes.ts';
import { casaNep } from '../../lib/science/models.ts';
import { uniform } from '../bench/kernel-data.ts';
import { run, shapeOf } from './year.ts';

const PARAMS = casaParams.parse({});

/** A region of cells, each with its type and a range of NDVI. */
function region(
  parts: readonly { type: VegetationType; cells: number; ndvi: readonly [number, number] }[],
  seed = 7,
) {
  const next = uniform(seed);
  const types = parts.flatMap(({ type, cells }) => new Array<number>(cells).fill(typeIndex(type)));
  const ranges = parts.flatMap(({ cells, ndvi }) => new Array<readonly [number, number]>(cells).fill(ndvi));
  const ndvi = Float64Array.from({ length: 12 * types.length }, (_, q) => {
    const [low, high] = ranges[q % types.length]!;
    return Math.round((low + next() * (high - low)) * 1e4) / 1e4;
  });
  return { ndvi, vegtype: Uint8Array.from(types), cells: types.length };
}

const layers = ({ ndvi, vegtype }: ReturnType<typeof region>) => ({ ndvi, vegtype });

function count(of: ReturnType<typeof region>, params = PARAMS, study?: Uint8Array): Float64Array {
  const counts = new Float64Array(casaPrepare.length(params));
  casaPrepare.count(shapeOf(of.cells), { ndvi: of.ndvi, vegtype: of.vegtype, study }, params, counts);
  return counts;
}

const limitsOf = (limits: readonly TypeLimits[], type: VegetationType) => limits[typeIndex(type)]!;

describe('Percentiles', () => {
  it('count each NDVI in the bin that it rounds to, of the cells in the study region that have a type', () => {
    const ndvi = fc.oneof(
      fc.integer({ min: -25_000, max: 105_000 }).map((n) => n / 1e5),
      fc.double({ min: -0.3, max: 1.1 }),
    );
    fc.assert(
      fc.property(
        fc.array(ndvi, { minLength: 60, maxLength: 60 }),
        fc.array(fc.constantFrom(0, 7, 8, 255), { minLength: 5, maxLength: 5 }),
        fc.option(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 5, maxLength: 5 }), {
          nil: undefined,
        }),
        (values, types, study) => {
          const expected = new Map<number, number>();
          for (const [k, value] of values.entries()) {
            const code = Math.round(value * 1e4);
            const type = types[k % 5]!;
            if (type === 255 || study?.[k % 5] === 0 || !(code >= -2000 && code <= 10_000)) continue;
            const at = type * NDVI_BINS + code + 2000;
            expected.set(at, (expected.get(at) ?? 0) + 1);
          }
          const counts = new Float64Array(casaPrepare.length(PARAMS));
          countNdvi(shapeOf(5), Float64Array.from(values), types, study, counts);
          const found = [...counts.entries()].filter(([, n]) => n > 0);
          expect(found).toEqual([...expected].sort(([a], [b]) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a histogram are those of the sorted values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2000, max: 10_000 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (raw, p) => {
          const histogram = new Float64Array(NDVI_BINS);
          for (const value of raw) histogram[ndviBin(value / 1e4)]! += 1;
          const sorted = raw.toSorted((a, b) => a - b);
          const place = (sorted.length - 1) * p;
          const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
          expect(ndviQuantile(histogram, p)).toBeCloseTo(
            (low + (place - Math.floor(place)) * (high - low)) / 1e4,
            10,
          );
        },
      ),
    );
  });

  it('have a bin for every stored NDVI', () => {
    for (let raw = -2000; raw <= 10_000; raw++)
      expect(Math.round(binNdvi(ndviBin(raw * 1e-4)) * 1e4)).toBe(raw);
  });

  it('are the same for any cut into chunks, in any order', () => {
    const whole = region([
      { type: 'crop', cells: 37, ndvi: [0.1, 0.8] },
      { type: 'ebf', cells: 60, ndvi: [0.5, 0.9] },
    ]);
    const merged = new Float64Array(casaPrepare.length(PARAMS));
    for (const cell of [...Array(whole.cells).keys()].reverse()) {
      const ndvi = Float64Array.from({ length: 12 }, (_, t) => whole.ndvi[t * whole.cells + cell]!);
      const one = count({ ndvi, vegtype: whole.vegtype.slice(cell, cell + 1), cells: 1 });
      one.forEach((n, i) => {
        merged[i]! += n;
      });
    }
    expect(casaPrepare.finish(merged, PARAMS)).toEqual(casaPrepare.finish(count(whole), PARAMS));
  });

  it('count valid months inside the study region alone', () => {
    const of = region([{ type: 'ebf', cells: 100, ndvi: [0.4, 0.8] }]);
    const study = Uint8Array.from({ length: 100 }, (_, i) => Number(i < 50));
    for (let t = 0; t < 12; t++) of.ndvi[t * 100 + 60] = 0.05;
    of.ndvi[3] = Number.NaN;
    const limits = limitsOf(limitsFromCounts(count(of, PARAMS, study), PARAMS), 'ebf');
    expect(limits.samples).toBe(599);
    expect(limits.low).toBeGreaterThan(0.4);
  });
});

describe('NDVI limits', () => {
  it('fall back to the table below 500 samples and below a range of 0.05', () => {
    const of = region([
      { type: 'ebf', cells: 42, ndvi: [0.4, 0.8] }, // 504 samples
      { type: 'dbf', cells: 41, ndvi: [0.4, 0.8] }, // 492
      { type: 'shrub', cells: 60, ndvi: [0.5, 0.54] },
    ]);
    const limits = limitsFromCounts(count(of), PARAMS);
    expect(limitsOf(limits, 'ebf').source).toBe('percentile');
    expect(limitsOf(limits, 'dbf')).toEqual({ low: 0.023, high: 0.747, source: 'table', samples: 492 });
    expect(limitsOf(limits, 'shrub').source).toBe('table');
    expect(limitsOf(limits, 'enf')).toEqual({ low: 0.023, high: 0.647, source: 'table', samples: 0 });
    expect(limitsOf(limits, 'water').source).toBe('none');
  });

  it('are percentiles from 500 samples and a range of 0.05 on', () => {
    const limitsFor = (counts: Readonly<Record<number, number>>) => {
      const all = new Float64Array(casaPrepare.length(PARAMS));
      for (const [ndvi, n] of Object.entries(counts))
        all[typeIndex('ebf') * NDVI_BINS + ndviBin(Number(ndvi))] = n;
      return limitsOf(limitsFromCounts(all, PARAMS), 'ebf');
    };
    expect(limitsFor({ 0.3: 250, 0.8: 250 }).source).toBe('percentile');
    expect(limitsFor({ 0.3: 250, 0.8: 249 }).source).toBe('table');
    // 0.35 - 0.3 and 0.65 - 0.6 are below and above 0.05 in double precision
    for (const low of [0.3, 0.6]) {
      const at = (range: number) => limitsFor({ [low]: 300, [(low + range).toFixed(4)]: 300 }).source;
      expect([at(0.05), at(0.0499)]).toEqual(['percentile', 'table']);
    }
  });

  it('are capped at 0.98', () => {
    const of = region([{ type: 'ebf', cells: 60, ndvi: [0.5, 1] }]);
    for (let q = 0; q < of.ndvi.length; q += 2) of.ndvi[q] = 1;
    expect(limitsOf(limitsFromCounts(count(of), PARAMS), 'ebf').high).toBe(0.98);
  });

  it('of built-up land are those of grass and crop together, its own, or the table', () => {
    const of = region([
      { type: 'grass', cells: 50, ndvi: [0.2, 0.6] },
      { type: 'crop', cells: 50, ndvi: [0.4, 0.9] },
      { type: 'urban', cells: 50, ndvi: [0.1, 0.3] },
    ]);
    const urban = (nonvegRange: string) => {
      const params = casaParams.parse({ fpar: { nonvegRange } });
      return limitsOf(limitsFromCounts(count(of), params), 'urban');
    };
    expect(urban('grass_crop')).toMatchObject({ source: 'grass_crop', samples: 1200 });
    expect(urban('grass_crop').high).toBeGreaterThan(0.8);
    expect(urban('own')).toMatchObject({ source: 'percentile', samples: 600 });
    expect(urban('own').high).toBeLessThan(0.31);
    expect(urban('table')).toMatchObject({ source: 'table', low: 0.023, high: 0.634 });
  });

  it('reach the model through the prepared statistics, with a flag where they are the table’s', () => {
    const of = region([
      { type: 'ebf', cells: 50, ndvi: [0.4, 0.8] },
      { type: 'dbf', cells: 2, ndvi: [0.4, 0.8] },
    ]);
    const params = casaNep.params.parse({ water: { mode: 'one' } });
    const prepared = casaNep.prepare!.finish(count(of), params);
    const weather = (value: number) => new Float64Array(12 * of.cells).fill(value);
    const input = {
      ...layers(of),
      solar: weather(400),
      temperature: weather(20),
      precipitation: weather(80),
    };
    const out = run(casaNep, shapeOf(of.cells), input, params, JSON.parse(JSON.stringify(prepared)));
    expect([...out.qa_a!]).toEqual([
      ...new Array(50).fill(0),
      QA_YEAR.limitsFromTable,
      QA_YEAR.limitsFromTable,
    ]);
    const { low, high } = (prepared.limits as Record<string, TypeLimits>).ebf!;
    of.ndvi.forEach((ndvi, q) => {
      if (q % 52 >= 50) return;
      if (ndvi <= low) expect(out.fpar![q]).toBeCloseTo(0.001, 12);
      if (ndvi >= high) expect(out.fpar![q]).toBeCloseTo(0.95, 12);
    });
  });

  it('must be prepared before a cell is computed', () => {
    const of = region([{ type: 'ebf', cells: 1, ndvi: [0.4, 0.8] }]);
    const params = casaNep.params.parse({});
    expect(() => casaNep.computeChunk(shapeOf(1), layers(of), params, {}, {}, {})).toThrow();
    const flat = new Float64Array(12);
    const input = {
      ...layers(of),
      solar: flat,
      temperature: flat,
      precipitation: flat,
      evaporation: flat,
      potentialEvaporation: flat,
    };
    expect(() => run(casaNep, shapeOf(1), input, params)).toThrow(BadRequest);
  });
});

describe('The optimum temperature of a class or region', () => {
  const of = region([
    { type: 'ebf', cells: 10, ndvi: [0.4, 0.5] },
    { type: 'crop', cells: 10, ndvi: [0.2, 0.3] },
  ]);
  const green = (cell: number, month: number) => {
    of.ndvi[month * 20 + cell] = 0.9;
  };
  for (let cell = 0; cell < 10; cell++) green(cell, 6);
  for (let cell = 10; cell < 20; cell++) green(cell, 3);
  const temperature = Float64Array.from({ length: 240 }, (_, q) => Math.floor(q / 20) * 2 + (q % 20) / 100);

  const optimum = (scope: string) => {
    const params = casaParams.parse({ topt: { scope }, fpar: { range: 'table' } });
    const counts = new Float64Array(casaPrepare.length(params));
    casaPrepare.count(shapeOf(20), { ...layers(of), temperature }, params, counts);
    return casaPrepare.finish(counts, params).optimumC as (number | null)[];
  };

  it('is the mean of the month that is greenest on average', () => {
    const byClass = optimum('class');
    expect(byClass[typeIndex('ebf')]).toBeCloseTo(12 + 0.045, 6);
    expect(byClass[typeIndex('crop')]).toBeCloseTo(6 + 0.145, 6);
    expect(byClass[typeIndex('shrub')]).toBeNull();
  });

  it('is that of the earliest of equally green months', () => {
    const flat = { ...layers(of), ndvi: new Float64Array(240).fill(0.4), temperature };
    const params = casaParams.parse({ topt: { scope: 'region' }, fpar: { range: 'table' } });
    const counts = new Float64Array(casaPrepare.length(params));
    casaPrepare.count(shapeOf(20), flat, params, counts);
    expect((casaPrepare.finish(counts, params).optimumC as number[])[0]).toBeCloseTo(0.095, 6);
  });

  it('is one for all in a region', () => {
    const all = optimum('region');
    expect(new Set(all).size).toBe(1);
    expect(all[0]).toBeCloseTo(6 + 0.095, 6);
  });
});
