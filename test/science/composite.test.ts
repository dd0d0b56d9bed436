import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompositeOptions, composeMonths } from '../../lib/science/casa/composite.ts';
import {
  lastDayOf,
  monthOfComposite,
  monthStarts,
  overlapDays,
} from '../../lib/science/casa/composite-calendar.ts';
import { NDVI_FLAG } from '../../lib/science/casa/outputs.ts';

const every = (period: number) => Array.from({ length: Math.ceil(365 / period) }, (_, k) => 1 + k * period);
const SIXTEEN = every(16);
const EIGHT = every(8);
const NONE = Number.NaN;

/** One cell's months from values by composite. */
function compose(
  values: readonly number[],
  reliability?: readonly number[],
  options: Partial<CompositeOptions> = {},
  startDoy: readonly number[] = SIXTEEN,
  period = 16,
) {
  const months = new Float64Array(12);
  const flags = new Uint8Array(12);
  const stack = { year: 2021, period, startDoy, values: Float64Array.from(values), reliability };
  composeMonths(stack, 1, { method: 'mvc', qa: 'lenient', ...options }, months, flags);
  return { months: [...months], flags: [...flags] };
}

const steady = SIXTEEN.map(() => 0.5);
const good = SIXTEEN.map(() => 0);

/** Values of a year where the composites of these months (from 0) are `value`. */
const inMonths = (months: readonly number[], value: number, other = 0.5) =>
  SIXTEEN.map((doy) => (months.includes(monthOfComposite(2021, doy, 16)) ? value : other));

describe('The calendar of composites', () => {
  it('gives every month a 16-day composite by its middle, which start dates do not', () => {
    expect(new Set(SIXTEEN.map((doy) => monthOfComposite(2021, doy, 16))).size).toBe(12);
    expect(SIXTEEN.filter((doy) => monthOfComposite(2021, doy, 16) === 9)).toEqual([273, 289]);
  });

  it.each([
    [2021, 16, 365],
    [2024, 16, 366],
    [2021, 8, 365],
    [2024, 8, 366],
  ])('shares out the days of %d among composites of %d days, none beyond its end', (year, period, days) => {
    const starts = every(period);
    const shared = starts.flatMap((doy) =>
      Array.from({ length: 12 }, (_, m) => overlapDays(year, doy, period, m)),
    );
    expect(shared.reduce((a, b) => a + b)).toBe(days);
    expect(Math.max(...starts.map((doy) => lastDayOf(year, doy, period)))).toBe(days);
    expect(monthStarts(year)[12]).toBe(days + 1);
  });
});

describe('Maximum value composites', () => {
  it('take the highest of the month', () => {
    const values = [...steady];
    values[SIXTEEN.indexOf(289)] = 0.7;
    expect(compose(values, good).months[9]).toBe(0.7);
    expect(compose(values, good).months[8]).toBe(0.5);
  });

  it('of eight days go to the month of their fourth day', () => {
    const values = EIGHT.map((doy) => doy / 1000);
    const { months } = compose(values, undefined, {}, EIGHT, 8);
    expect(months[0]).toBe(0.025); // 25 January + 3 = 28 January
    expect(months[1]).toBe(0.049); // day 57 + 3 = 1 March
    expect(months[11]).toBe(0.361);
  });

  it('keep good and marginal pixels, strictly only good ones, and all but fill when off', () => {
    const values = [...steady];
    const reliability = [...good];
    values[0] = 0.9;
    reliability[0] = 1;
    expect(compose(values, reliability).months[0]).toBe(0.9);
    expect(compose(values, reliability, { qa: 'strict' }).months[0]).toBe(0.5);
    reliability[0] = 3;
    expect(compose(values, reliability).months[0]).toBe(0.5);
    expect(compose(values, reliability, { qa: 'off' }).months[0]).toBe(0.9);
  });

  it('take snow and cloud for months that have nothing better, and say so', () => {
    const reliability = inMonths([0, 6], 3, 0);
    const { months, flags } = compose(inMonths([0, 6], 0.2), reliability);
    expect([months[0], months[6]]).toEqual([0.2, 0.2]);
    expect(flags).toEqual([NDVI_FLAG.degraded, 0, 0, 0, 0, 0, NDVI_FLAG.degraded, 0, 0, 0, 0, 0]);
    expect(compose(inMonths([0, 6], 0.2), reliability, { qa: 'strict' }).months[0]).toBeNaN();
  });

  it('never take fill', () => {
    const { months, flags } = compose(inMonths([0], 0.9), inMonths([0], -1, 0));
    expect(months[0]).toBeNaN();
    expect(flags[0]).toBe(NDVI_FLAG.missing);
  });
});

describe('Weighted months', () => {
  it('weigh by shared days and by quality', () => {
    const values = [...steady];
    const reliability = [...good];
    values[1] = 0.8; // days 17 to 32: 15 in January, 1 in February
    expect(compose(values, reliability, { method: 'weighted' }).months[0]).toBeCloseTo(
      (16 * 0.5 + 15 * 0.8) / 31,
      12,
    );
    reliability[1] = 1;
    expect(compose(values, reliability, { method: 'weighted' }).months[0]).toBeCloseTo(
      (16 * 0.5 + 7.5 * 0.8) / 23.5,
      12,
    );
    reliability[1] = 2;
    expect(compose(values, reliability, { method: 'weighted' }).months[0]).toBe(0.5);
  });

  it('lie between the lowest and the highest composite', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.2, max: 1, noNaN: true }), { minLength: 23, maxLength: 23 }),
        (values) => {
          const { months } = compose(values, good, { method: 'weighted' });
          const [low, high] = [Math.min(...values), Math.max(...values)];
          return months.every((m) => m >= low - 1e-12 && m <= high + 1e-12);
        },
      ),
    );
  });
});

describe('Gaps in time', () => {
  const withGap = (months: readonly number[]) => {
    const ramp = SIXTEEN.map((doy) => 0.1 * monthOfComposite(2021, doy, 16));
    return SIXTEEN.map((doy, k) => (months.includes(monthOfComposite(2021, doy, 16)) ? NONE : ramp[k]!));
  };

  it('of one or two months are bridged by a straight line, flagged', () => {
    const { months, flags } = compose(withGap([3, 7, 8]), good);
    expect(months[3]).toBeCloseTo(0.3, 12);
    expect([months[7], months[8]]).toEqual([expect.closeTo(0.7, 12), expect.closeTo(0.8, 12)]);
    expect(flags.map((f, m) => (f === NDVI_FLAG.filled ? m : -1)).filter((m) => m >= 0)).toEqual([3, 7, 8]);
  });

  it('of three months stay', () => {
    const { months, flags } = compose(withGap([3, 4, 5]), good);
    expect(months.slice(3, 6).every(Number.isNaN)).toBe(true);
    expect(flags.slice(3, 6)).toEqual(new Array(3).fill(NDVI_FLAG.missing));
  });

  it('at the ends of the year stay: years never mix', () => {
    const { months } = compose(withGap([0, 11]), good);
    expect([months[0], months[11]]).toEqual([NONE, NONE]);
    expect(months[1]).toBeCloseTo(0.1, 12);
  });

  it('are the same for each cell of a block as alone', () => {
    const alone = [withGap([3]), withGap([4, 5, 6]), steady];
    const values = SIXTEEN.flatMap((_, k) => alone.map((cell) => cell[k]!));
    const months = new Float64Array(36);
    const flags = new Uint8Array(36);
    const stack = { year: 2021, period: 16, startDoy: SIXTEEN, values: Float64Array.from(values) };
    composeMonths(stack, 3, { method: 'weighted', qa: 'lenient' }, months, flags);
    alone.forEach((cell, i) => {
      const one = compose(cell, undefined, { method: 'weighted' });
      expect([...months].filter((_, q) => q % 3 === i)).toEqual(one.months);
      expect([...flags].filter((_, q) => q % 3 === i)).toEqual(one.flags);
    });
  });
});
