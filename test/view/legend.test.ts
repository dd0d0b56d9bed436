import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitsInName, unitsInPicture, unitsInText } from '../../lib/view/carbon-units.ts';
import { type LegendVariable, legendOf, paint } from '../../lib/view/legend.ts';
import { centredScale, niceScale, niceStep, tickLabels } from '../../lib/view/ticks.ts';
import { percentile, sortedSample } from '../../lib/view/value-range.ts';

const flux = (name: string): LegendVariable => ({ name, title: name.toUpperCase(), units: 'g m-2 month-1' });
const ramp = (...args: Parameters<typeof legendOf>) => {
  const legend = legendOf(...args);
  if (legend.kind !== 'ramp') throw new Error(`${args[0].name} has no ramp`);
  return legend;
};
const spread = (low: number, high: number): Float32Array =>
  Float32Array.from({ length: 1001 }, (_, i) => low + ((high - low) * i) / 1000);

describe('the range of a legend', () => {
  it('is as wide below 0 as above for the balance, however the values lie', () => {
    expect(ramp(flux('nep'), [spread(-20, 130)]).range).toEqual([-150, 150]);
    expect(ramp(flux('nep_a'), [spread(300, 900)]).range).toEqual([-1000, 1000]);
  });

  it('starts at 0 for production and respiration', () => {
    expect(ramp(flux('npp'), [spread(200, 900)]).range).toEqual([0, 1000]);
    expect(ramp(flux('rh_a'), [spread(31, 58)]).range).toEqual([0, 60]);
  });

  it('does not follow a few odd pixels, and points beyond its end for them', () => {
    const values = spread(0, 100);
    values[7] = 1e6;
    const legend = ramp(flux('npp'), [values]);
    expect(legend.range).toEqual([0, 100]);
    expect([legend.below, legend.above]).toEqual([false, true]);
  });

  it('is the one that is asked for', () => {
    const legend = ramp(flux('npp'), [spread(0, 900)], { range: [0, 450] });
    expect(legend.range).toEqual([0, 450]);
    expect(legend.above).toBe(true);
  });

  it('is the same for all maps of a year', () => {
    expect(ramp(flux('npp'), [spread(0, 10), spread(0, 100)]).range).toEqual([0, 100]);
  });

  it('is the whole of a share, be there one value or many', () => {
    const share = { name: 'landcover_valid', title: 'Share', units: '1' };
    expect(ramp(share, [new Float32Array(9).fill(1)]).range).toEqual([0, 1]);
    expect(ramp(share, [spread(0.2, 0.4)]).range).toEqual([0, 1]);
  });

  it('exists for a map of one value', () => {
    const { range } = ramp(flux('t'), [new Float32Array(9).fill(20)]);
    expect(range[0]).toBeLessThanOrEqual(20);
    expect(range[1]).toBeGreaterThan(20);
  });

  it('has both ends among its ticks, four to ten round steps', () => {
    const width = fc.double({ min: 1e-3, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), width, (low, size) => {
        const { range, ticks } = niceScale(low, low + size);
        expect(ticks[0]).toBe(range[0]);
        expect(ticks.at(-1)).toBe(range[1]);
        expect(range[0]).toBeLessThanOrEqual(low + 1e-6 * size);
        expect(range[1]).toBeGreaterThanOrEqual(low + size - 1e-6 * size);
        expect(ticks.length).toBeGreaterThan(2);
        expect(ticks.length).toBeLessThan(10);
        expect(new Set(tickLabels(ticks)).size).toBe(ticks.length);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('ticks', () => {
  it.each([
    [0.7, 1],
    [1.3, 2],
    [2.2, 2.5],
    [40, 50],
    [0.021, 0.025],
  ])('rounds a step of %f up to %f', (raw, step) => expect(niceStep(raw)).toBeCloseTo(step, 12));

  it('writes a true minus sign and equal decimals', () => {
    expect(tickLabels(centredScale(0.9).ticks)).toEqual([
      '−1.00',
      '−0.75',
      '−0.50',
      '−0.25',
      '0',
      '0.25',
      '0.50',
      '0.75',
      '1.00',
    ]);
    expect(tickLabels([0, 500, 1000])).toEqual(['0', '500', '1000']);
  });
});

describe('units', () => {
  it('says carbon in pictures, text and names of columns, and powers as people write them', () => {
    expect(unitsInPicture('g m-2 month-1')).toBe('g C m⁻² month⁻¹');
    expect(unitsInPicture('g m-2 year-1')).toBe('g C m⁻² yr⁻¹');
    expect(unitsInPicture('degC')).toBe('°C');
    expect(unitsInPicture('1')).toBe('');
    expect(unitsInPicture('MJ m-2 month-1')).toBe('MJ m⁻² month⁻¹');
    expect(unitsInText('kg m-2 year-1')).toBe('kgC m-2 yr-1');
    expect(unitsInName('g m-2 month-1')).toBe('gC_m2_month');
  });
});

it('calls fluxes by their short names, and other variables by the first clause of their title', () => {
  const title = 'Net ecosystem production of the year, carbon; positive is uptake by land';
  expect(ramp({ name: 'nep_a', title, units: 'g m-2 year-1' }, [[1]])).toMatchObject({
    title: 'NEP',
    note: 'positive: uptake by land',
  });
  const lue = { name: 'eps_max', title: 'Maximum light-use efficiency, carbon', units: 'g MJ-1' };
  expect(ramp(lue, [[1]])).toMatchObject({ title: 'Maximum light-use efficiency', units: 'g C MJ⁻¹' });
});

describe('classes', () => {
  it('shows the classes that occur, forest green and water blue', () => {
    const flags = { values: [0, 1, 2], meanings: ['forest', 'water', 'cropland'] };
    const legend = legendOf({ name: 'vegtype', title: 'Vegetation', units: '1', flags }, [[0, 1, 0, NaN]]);
    if (legend.kind !== 'classes') throw new Error('classes');
    expect(legend.classes).toEqual([
      { value: 0, label: 'forest', color: '#1b7837' },
      { value: 1, label: 'water', color: '#3b7cb8' },
    ]);
  });

  it('names every combination of bits that occurs', () => {
    const flags = { masks: [1, 2, 4], meanings: ['ndvi_missing', 'climate_missing', 'frost'] };
    const legend = legendOf({ name: 'qa', title: 'Quality', units: '1', flags }, [[0, 3, 4, 3]]);
    if (legend.kind !== 'classes') throw new Error('classes');
    expect(legend.classes.map(({ label }) => label)).toEqual([
      'none',
      'ndvi missing + climate missing',
      'frost',
    ]);
    expect(new Set(legend.classes.map(({ color }) => color)).size).toBe(3);
  });

  it('gives a class without a colour, and a missing value, no paint', () => {
    const flags = { values: [0, 1], meanings: ['forest', 'water'] };
    const legend = legendOf({ name: 'vegtype', title: 'Vegetation', units: '1', flags }, [[0]]);
    const rgba = paint([0, 7, NaN], legend);
    expect([rgba[3], rgba[7], rgba[11]]).toEqual([255, 0, 0]);
  });
});

it('has the colours of the month for a day, for a year, and for one vegetation type', () => {
  const rampOf = (name: string) => {
    const legend = legendOf({ ...flux('nep'), name }, [spread(-20, 130)]);
    return legend.kind === 'ramp' ? legend.ramp : 'none';
  };
  expect(['nep', 'nep_d', 'nep_a', 'nep_enf', 'nep_a_enf'].map(rampOf)).toEqual(Array(5).fill('balance'));
  expect(['et_d', 'npp_a_dbf', 'slope_a'].map(rampOf)).toEqual(['water', 'production', 'plain']);
});

it('is plain JSON, so that tiles and the API can draw from it', () => {
  const legend = legendOf(flux('nep'), [spread(-20, 130)]);
  expect(JSON.parse(JSON.stringify(legend))).toEqual(legend);
});

it('finds percentiles by linear interpolation between order statistics', () => {
  expect(percentile([10, 20, 30, 40], 0.5)).toBe(25);
  expect(percentile([], 0.5)).toBeNaN();
  const sample = sortedSample([Float64Array.from({ length: 2_000_000 }, (_, i) => (i % 3 === 0 ? NaN : i))]);
  expect(sample.length).toBeLessThan(300_000);
  expect(percentile(sample, 0.98)).toBeCloseTo(1_960_000, -4);
});
