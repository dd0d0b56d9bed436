import { describe, expect, it } from 'vitest';
import { shareCsv, shareTable } from '../../lib/view/class-share-tables.ts';
import { reduceClassShares } from '../../lib/view/class-shares.ts';
import { farZone, MODIS_PIXEL, memoryLayer, memoryZone, sinusoidalGrid } from './memory-layer.ts';

const PIXEL = MODIS_PIXEL ** 2;
const grid = sinusoidalGrid(2, 3);
const window = { y0: 0, y1: 2, x0: 0, x1: 3 };
const zones = [
  memoryZone({ id: 'a', name: 'West', polygonArea: 3 * PIXEL }, window, [1, 0, 0, 1, 0.25, 0]),
  memoryZone({ id: 'b', name: 'East', polygonArea: 4 * PIXEL }, window, [0, 1, 1, 0, 0.75, 1]),
  farZone('c'),
];
const flag = {
  name: 'flag_a',
  title: 'Balance',
  units: '1',
  flags: { values: [0, 1, 2], meanings: ['sink', 'at_risk', 'source'] },
};
const layer = memoryLayer(grid, [0, 1, 255, 2, 2, 2], {
  dtype: 'uint8',
  nodata: [255],
  times: [18_993],
  timeName: 'year',
});
const shares = (more: object = {}) =>
  reduceClassShares({ layer, variable: flag, zones, steps: { t0: 0, t1: 1 }, ...more });

describe('shares of classes in zones', () => {
  it('are areas of pixels by their centre, and what has no class counts nowhere', async () => {
    const { zones: rows, classes } = await shares();
    expect(classes).toEqual(['sink', 'at risk', 'source']);
    const [west, east, far] = rows;
    expect(west!.areas.sink).toBeCloseTo(PIXEL, 3);
    expect(west!.areas.source).toBeCloseTo(PIXEL, 3);
    expect(west!.validArea).toBeCloseTo(2 * PIXEL, 3);
    expect(east!.areas['at risk']).toBeCloseTo(PIXEL, 3);
    expect(east!.areas.source).toBeCloseTo(2 * PIXEL, 3);
    expect(far).toMatchObject({ areas: {}, validArea: 0, period: { label: '2022' } });
  });

  it('by coverage add up to the area that has a class', async () => {
    const { zones: rows } = await shares({ membership: 'coverage' });
    const sums = rows.map(({ areas }) => Object.values(areas).reduce((a, b) => a + b, 0));
    expect(sums).toEqual(rows.map(({ validArea }) => expect.closeTo(validArea, 3)));
    expect(rows[0]!.areas.source! / PIXEL).toBeCloseTo(1.25, 9);
  });

  it('of bits count each bit that is set, and say where none is', async () => {
    const variable = { ...flag, name: 'qa', flags: { masks: [1, 2], meanings: ['filled', 'no_ndvi'] } };
    const bits = memoryLayer(grid, [3, 0, 1, 0, 2, 2], { dtype: 'uint8', times: [18_993] });
    const { zones: rows, classes } = await shares({ layer: bits, variable });
    expect(classes).toEqual(['none', 'filled', 'no ndvi']);
    const inPixels = (areas: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(areas).map(([name, area]) => [name, Math.round(area / PIXEL)]));
    expect(inPixels(rows[0]!.areas)).toEqual({ none: 1, filled: 1, 'no ndvi': 1 });
    expect(inPixels(rows[1]!.areas)).toEqual({ none: 1, filled: 1, 'no ndvi': 2 });
  });

  it('stand in a table in percent, and in CSV as areas', async () => {
    const found = await shares();
    expect(shareTable(found)).toMatch(/^Balance, 2022\nzone +sink +at risk +source +valid +area\n/);
    expect(shareTable(found)).toMatch(/^West +50\.0 +0\.0 +50\.0 +66\.7 /m);
    expect(shareTable(found)).toMatch(/^Far away +- +- +- +0\.0 /m);
    const [head, first] = shareCsv(found).split('\r\n');
    expect(head).toBe('zone_id,zone_name,period,class,area_m2,share,valid_area_m2,polygon_area_m2');
    expect(first).toMatch(/^a,West,2022,sink,53664\.\d+,0\.5,107329\.\d+,160994/);
  });
});
