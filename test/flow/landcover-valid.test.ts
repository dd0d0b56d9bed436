import { beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../lib/job/world.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { tinyFiles } from '../helpers/tiny-files.ts';
import { FINE, putClasses, type TinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { planTiny, runTiny, tinySources, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';

const first = tinyInputs();
const { rows, cols } = first;
const PIXELS = FINE * FINE;

/** Fine pixels without a class, by cell: none, some, more than half, all; half of them a code that nobody knows. */
const LOST: Readonly<Record<number, number>> = { 3: 4, 8: 9, 14: PIXELS, 21: 15, 29: 8 };
const UNKNOWN = 77;

/** Number of the fine pixel `k` of a cell in the map. */
function finePixel(cell: number, k: number): number {
  const [row, col] = [Math.floor(cell / cols), cell % cols];
  return (row * FINE + Math.floor(k / FINE)) * cols * FINE + col * FINE + (k % FINE);
}

function withGaps(inputs: TinyInputs): TinyInputs {
  const classes = inputs.classes.slice();
  for (const [cell, lost] of Object.entries(LOST))
    for (let k = 0; k < lost; k++) classes[finePixel(Number(cell), k)] = k % 2 === 0 ? 0 : UNKNOWN;
  return { ...inputs, classes };
}

const WANTED = { outputs: ['npp_a', 'landcover_valid'], params: { fpar: { range: 'table' } } };

async function started(patch: object = {}): Promise<World> {
  const files = await tinyFiles();
  await putClasses(files, withGaps(first));
  const world = tinyWorld(files);
  await runTiny(world, tinySpec({ ...WANTED, ...patch }));
  return world;
}

async function cellsOf({ store }: World, name: string): Promise<number[]> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', name, { absentChunks: 'fill' });
  const { cells } = await layer.read({ t0: 0, t1: 1, y0: 0, y1: rows, x0: 0, x1: cols });
  return [...(cells as Float32Array)];
}

const expected = Array.from({ length: rows * cols }, (_, cell) => (PIXELS - (LOST[cell] ?? 0)) / PIXELS);

describe('the share of fine pixels that have a class', () => {
  let world: World;
  beforeAll(async () => {
    world = await started();
  });

  it('is written where the product names it: fill and unknown codes are without', async () => {
    expect(await cellsOf(world, 'landcover_valid')).toEqual(expected);
  });

  it('does not decide: one pixel of sixteen is a majority, none is none', async () => {
    const npp = await cellsOf(world, 'npp_a');
    expect(npp[21]).toBeGreaterThan(0);
    expect(npp[14]).toBeNaN();
  });

  it('decides with fractions, where it is below one half', async () => {
    const params = { fpar: { range: 'table' }, eps: { perPixel: 'fractional' } };
    const fractional = await started({ params });
    const npp = await cellsOf(fractional, 'npp_a');
    const without = npp.flatMap((value, cell) => (Number.isNaN(value) ? [cell] : []));
    const few = expected.flatMap((share, cell) => (share < 0.5 ? [cell] : []));
    expect(few).toEqual([8, 14, 21]);
    expect(without).toEqual(expect.arrayContaining(few));
    expect(without).not.toContain(29); // one half is enough
  });

  it('is 1 of a type that is the same everywhere, whose shares are whole', async () => {
    const params = { fpar: { range: 'table' }, eps: { perPixel: 'fractional' } };
    const sources = tinySources({ vegtype: { constant: 'ebf' } });
    const same = await started({ params, sources, outputs: ['npp_a', 'eps_max', 'landcover_valid'] });
    expect(await cellsOf(same, 'landcover_valid')).toEqual(expected.map(() => 1));
    const efficiencies = await cellsOf(same, 'eps_max');
    expect(efficiencies).toEqual(expected.map(() => Math.fround(0.985)));
  });

  it('is all or nothing of a map that is no finer than the cells', async () => {
    const coarse = { ...first, rows: rows / FINE, cols: cols / FINE, pixel: FINE * first.pixel };
    const classes = Uint8Array.from({ length: rows * cols }, (_, i) => (i % 5 === 0 ? 0 : 130));
    const files = await tinyFiles();
    await putClasses(files, { ...coarse, classes });
    const on = tinyWorld(files);
    await runTiny(on, tinySpec(WANTED));
    expect(await cellsOf(on, 'landcover_valid')).toEqual([...classes].map((code) => (code === 0 ? 0 : 1)));
  });

  it('is not looked for, and changes no digest, where no product names it', async () => {
    const { product, plan } = await planTiny(world, tinySpec({ ...WANTED, outputs: ['npp_a'] }));
    expect(Object.keys(product.inputs)).not.toContain('landcoverValid');
    expect(plan.bindings.map(({ name }) => name)).not.toContain('landcoverValid');
  });
});
