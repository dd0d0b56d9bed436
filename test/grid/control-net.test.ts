import { describe, expect, it } from 'vitest';
import { makeCells } from '../../lib/grid/control-net.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { locator } from '../../lib/grid/locator.ts';

const target = {
  crs: crsByName('modis_sinusoidal'),
  transform: [5000, 0, 9_000_000, 0, -5000, 7_500_000],
  height: 200,
  width: 200,
} as const;
const source = {
  crs: crsByName('EPSG:4326'),
  transform: [0.05, 0, -180, 0, -0.05, 90],
  height: 3600,
  width: 7200,
} as const;

describe('The cells of a control net', () => {
  it('are each the same as made alone, where they are divided and beyond the edge of the world too', () => {
    const places = locator(target, source);
    let located = 0;
    const counting = {
      ...places,
      locate: (...args: Parameters<typeof places.locate>) => {
        located++;
        places.locate(...args);
      },
    };
    const [is, js] = [
      [0, 32, 64, 90, 91],
      [0, 16, 48, 80],
    ];
    const together = makeCells(counting, is, js, 0.5, 0.02);
    const forAll = located;
    const alone = js
      .slice(1)
      .flatMap((j1, b) =>
        is.slice(1).flatMap((i1, a) => makeCells(counting, [is[a]!, i1], [js[b]!, j1], 0.5, 0.02)),
      );
    expect(together).toEqual(alone);
    expect(together.some(({ parts }) => parts)).toBe(true);
    expect(together.flatMap(({ corners }) => [...corners]).some(Number.isNaN)).toBe(true);
    expect(forAll).toBeLessThan(located - forAll);
  });
});
