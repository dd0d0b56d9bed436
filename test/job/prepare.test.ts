import { describe, expect, it } from 'vitest';
import { digestOf } from '../../lib/job/digest.ts';
import { casaPrepare, limitsFromCounts } from '../../lib/science/casa/limits.ts';
import { casaParams } from '../../lib/science/casa/params.ts';
import { NDVI_BINS } from '../../lib/science/casa/quantile.ts';
import { typeIndex } from '../../lib/science/landcover/classes.ts';

const params = casaParams.parse({});

/** Counts of crop: so many values in each of two bins. */
function countsOf(low: number, high: number): Float64Array {
  const counts = new Float64Array(casaPrepare.length(params));
  counts[typeIndex('crop') * NDVI_BINS + 4000] = low;
  counts[typeIndex('crop') * NDVI_BINS + 9000] = high;
  return counts;
}

const essence = (counts: Float64Array) => digestOf(casaPrepare.essence!(casaPrepare.finish(counts, params)));

describe('what chunks depend on in the NDVI limits', () => {
  it('are the limits, and not how many samples stand behind them', () => {
    const [some, more] = [countsOf(500, 500), countsOf(700, 700)];
    expect(limitsFromCounts(some, params)[typeIndex('crop')]).toMatchObject({
      low: 0.2,
      high: 0.7,
      samples: 1000,
    });
    expect(limitsFromCounts(more, params)[typeIndex('crop')]).toMatchObject({
      low: 0.2,
      high: 0.7,
      samples: 1400,
    });
    expect(essence(more)).toBe(essence(some));
  });

  it('are other ones when a limit is another, or comes from elsewhere', () => {
    expect(essence(countsOf(10, 990))).not.toBe(essence(countsOf(500, 500)));
    expect(essence(countsOf(200, 200)), 'the table').not.toBe(essence(countsOf(500, 500)));
  });

  it('are of the temperature at its height, where that makes an optimum', () => {
    const uses = (scope: string, lapseKPerKm: number | null) =>
      digestOf(casaPrepare.uses!(casaParams.parse({ topt: { scope }, climate: { lapseKPerKm } })));
    expect(uses('class', 6)).not.toBe(uses('class', 6.5));
    expect(uses('pixel', 6)).toBe(uses('pixel', 6.5));
  });

  it('are the optimum temperatures too, where they are of a class', () => {
    const byClass = casaParams.parse({ topt: { scope: 'class' } });
    const optimum = (temperature: number) => {
      const counts = new Float64Array(casaPrepare.length(byClass));
      const at = counts.length - 12 * 3 * 15 + typeIndex('crop') * 36;
      counts.set([1, 5000, temperature * 10_000], at);
      return digestOf(casaPrepare.essence!(casaPrepare.finish(counts, byClass)));
    };
    expect(optimum(21)).not.toBe(optimum(22));
  });
});
