import { describe, expect, it } from 'vitest';
import { checkMeans } from '../../lib/view/checks.ts';
import { reduceZones } from '../../lib/view/reduce.ts';
import { memoryLayer, memoryZone, sinusoidalGrid } from './memory-layer.ts';

const WINDOW = { y0: 0, y1: 1, x0: 0, x1: 4 };
const zone = (id: string, name: string, weights: number[]) =>
  memoryZone({ id, name, polygonArea: 53_664.668 }, WINDOW, weights);

/** Two years of three zones of a pixel each, and a fourth pixel that nobody knows. */
const grid = sinusoidalGrid(1, 4);
const axis = { times: [18628, 18993], timeName: 'year', units: 'g m-2 year-1' };
const zones = [
  zone('441200', 'Zhaoqing', [1, 0, 0, 0]),
  zone('440400', 'Zhuhai', [0, 1, 0, 0]),
  zone('441900', 'Dongguan', [0, 0, 1, 0]),
  zone('0', 'Sea', [0, 0, 0, 1]),
];
const layers = {
  npp: memoryLayer(grid, [900, 500, 400, NaN, 450, 500, 400, NaN], axis),
  rh: memoryLayer(grid, [360, 400, 500, NaN, 360, 299, 500, NaN], axis),
};
const reduction = await reduceZones({ layers, zones, membership: 'coverage' });
const fields = { npp_a: 'npp', rh_a: 'rh' };
const look = (...checks: Parameters<typeof checkMeans>[2]) => checkMeans(reduction, fields, checks);
const LAND = ['441200', '440400', '441900'];

describe('checks of the means of zones', () => {
  it('say zone, year, variable, value and range of what lies outside, ends being inside', () => {
    const { looked, wrong } = look({ variable: 'rh_a', zones: LAND, between: [300, 500] });
    expect(looked).toBe(1);
    expect(wrong).toEqual(['Zhuhai, 2022: rh_a is 299 gC m-2 yr-1, expected 300 to 500']);
  });

  it('do not hold where there is no mean', () => {
    const { wrong } = look({ variable: 'npp_a', between: [0, 1000] });
    expect(wrong).toEqual([
      'Sea, 2021: npp_a is missing, expected 0 to 1000',
      'Sea, 2022: npp_a is missing, expected 0 to 1000',
    ]);
  });

  it('take the ratio of totals, and only of the zones that they name', () => {
    expect(look({ variable: 'ratio_a', zones: ['441200'], between: [0, 0.45] }).wrong).toEqual([
      'Zhaoqing, 2022: ratio_a is 0.8, expected 0 to 0.45',
    ]);
    expect(look({ variable: 'ratio_a', zones: ['441900'], between: [0.85, 2] }).wrong).toEqual([]);
  });

  it('name the pair that is out of order, in the year in which it is', () => {
    expect(look({ variable: 'npp_a', falling: LAND }).wrong).toEqual([
      'Zhuhai, 2022: npp_a is 500 gC m-2 yr-1, expected below the 450 of Zhaoqing',
    ]);
  });

  it('leave out variables that were not reduced', () => {
    expect(look({ variable: 'nep_a', between: [-100, 700] })).toEqual({ looked: 0, wrong: [] });
    const onlyRh = checkMeans(reduction, { rh_a: 'rh' }, [{ variable: 'ratio_a', between: [0, 1] }]);
    expect(onlyRh.looked).toBe(0);
  });
});
