import { describe, expect, it } from 'vitest';
import { agreement } from '../../lib/science/validation/regression.ts';

describe('The agreement of two series', () => {
  it('says nothing of fewer than three pairs, but how many there are', () => {
    const two = agreement([1, 2, Number.NaN], [1, 3, 5]);
    expect(two).toMatchObject({ n: 2, meanX: 1.5, meanY: 2 });
    for (const name of ['slope', 'r2', 'rmse', 'bias'] as const) expect(two[name]).toBeNaN();
    expect(agreement([1, 2, 3], [1, 3, 5])).toMatchObject({ n: 3, slope: 2, intercept: -1, bias: 1 });
  });

  it('has no slope where the reference is constant, nor r where either is', () => {
    // the mean of three tenths is not a tenth in double precision
    const tenths = [0.1, 0.1, 0.1];
    const flat = agreement(tenths, [1, 2, 3]);
    expect([flat.slope, flat.r2]).toEqual([Number.NaN, Number.NaN]);
    expect(flat.bias).toBeCloseTo(1.9, 12);
    const level = agreement([1, 2, 3], tenths);
    expect(level.slope).toBeCloseTo(0, 12);
    expect(level.r2).toBeNaN();
  });

  it('has the RMSE of the differences, not of the residuals of the fit', () => {
    const { rmse, r2, mae } = agreement([1, 2, 3], [11, 12, 13]);
    expect([rmse, mae]).toEqual([10, 10]);
    expect(r2).toBeCloseTo(1, 12);
  });
});
