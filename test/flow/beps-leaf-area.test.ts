import { expect, it } from 'vitest';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import {
  bepsSources,
  cellsOf,
  DEGREES,
  halfMonths,
  LAT,
  LON,
  onCells,
  putWeather,
} from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, tinyWorld } from '../helpers/tiny-product.ts';
import { json, putV2 } from '../raster/zarr-made.ts';

const FILL = -9999;
/** Columns of a cell, and rows, of which there are some more than the product has. */
const FINE = 2;
const [ROWS, COLS] = [FINE * 2 + 1, FINE * 3 + 1];
/** East of another in the same cell there are more leaves; one pixel is missing, and a whole cell beside it. */
const leaves = (k: number, row: number, col: number): number => {
  if ((row < FINE && col === 1) || (row >= FINE && col >> 1 === 1)) return FILL;
  return 0.5 + 0.1 * k + 0.75 * (col % FINE) + 0.25 * (col >> 1);
};
const meanLeaves = (k: number, row: number, cell: number): number => {
  const there = [0, 1].map((c) => leaves(k, FINE * row, FINE * cell + c)).filter((v) => v !== FILL);
  return there.length === 0 ? FILL : there.reduce((a, b) => a + b) / there.length;
};

async function putLai(
  store: Store,
  root: string,
  degrees: number,
  [rows, cols]: readonly [number, number],
  value: (k: number, row: number, col: number) => number,
): Promise<void> {
  const time = halfMonths(1983);
  const cells = Float32Array.from({ length: time.length * rows * cols }, (_, i) =>
    value(Math.floor(i / (rows * cols)), Math.floor(i / cols) % rows, i % cols),
  );
  await putV2(store, `${root}/lai`, {
    cells,
    shape: [time.length, rows, cols],
    dims: ['time', 'lat', 'lon'],
    attrs: { units: '1', _FillValue: FILL },
  });
  const north = LAT[0]! + DEGREES / 2;
  const west = LON[0]! - DEGREES / 2;
  for (const [dim, values, units] of [
    ['time', time, 'days since 1970-01-01'],
    ['lat', Array.from({ length: rows }, (_, i) => north - (i + 0.5) * degrees), 'degrees_north'],
    ['lon', Array.from({ length: cols }, (_, i) => west + (i + 0.5) * degrees), 'degrees_east'],
  ] as const)
    await putV2(store, `${root}/${dim}`, {
      cells: Float64Array.from(values),
      shape: [values.length],
      dims: [dim],
      attrs: { units },
    });
  await store.put(`${root}/.zgroup`, json({ zarr_format: 2 }));
}

it('leaf area of finer pixels than the product’s is their mean over the cell, of those that have a value', async () => {
  const inputs = memoryStore('inputs');
  await putWeather(inputs, [1983]);
  await putLai(inputs, 'fine.zarr', DEGREES / FINE, [ROWS, COLS], leaves);
  await putLai(inputs, 'mean.zarr', DEGREES, [2, 3], meanLeaves);
  const gppFrom = async (zarr: string): Promise<Float64Array> => {
    const world = tinyWorld(inputs);
    const spec = onCells({
      time: { from: '1983-01', to: '1983-12' },
      outputs: ['gpp_d'],
      params: { tiles: { types: ['DBF'] }, spinUp: null },
      sources: bepsSources({ lai: { zarr, variable: 'lai' }, landcover: { constant: 'DBF' } }),
    });
    expect((await runPlanned(world, await planTiny(world, spec))).state).toBe('complete');
    return Float64Array.from(await cellsOf(world.store, 'gpp_d'));
  };
  const [fine, mean] = [await gppFrom('fine.zarr'), await gppFrom('mean.zarr')];
  const without = [...fine].flatMap((value, i) => (Number.isNaN(value) ? [i % 6] : []));
  expect([...new Set(without)]).toEqual([4]); // the cell that has no leaf area at all
  for (const [i, value] of fine.entries())
    if (i % 6 !== 4) expect(Math.abs(value - mean[i]!)).toBeLessThan(1e-5); // stored in single precision
  expect(Math.max(...fine.filter(Number.isFinite))).toBeGreaterThan(2);
});
