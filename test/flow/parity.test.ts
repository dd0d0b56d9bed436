import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '../../functions/entry/local/pool.ts';
import { runProduct } from '../../functions/entry/local/run-product.ts';
import type { Cells } from '../../lib/grid/cells.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { fileStore } from '../../lib/store/file.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { s3Store } from '../../lib/store/s3.ts';
import type { Store } from '../../lib/store/store.ts';
import { startFauxqs } from '../helpers/s3-server.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { planTiny, runTiny, stateOf, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';
import { unevenStore } from '../helpers/uneven-store.ts';

let folder: string;
let inputs: Store;
let expected: Record<string, string>;
const spec = tinySpec();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkflux-parity-'));
  inputs = fileStore(join(folder, 'inputs'));
  await putTinyInputs(inputs, tinyInputs());
  const world = tinyWorld(inputs);
  await runTiny(world, spec);
  expected = await stateOf(world.store);
  expect(Object.keys(expected).filter((key) => key.includes('/records/'))).toHaveLength(10);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('shards, records and all else of a product are the same bytes', () => {
  it('in a folder as in memory', async () => {
    const store = fileStore(join(folder, 'product'));
    await runTiny(tinyWorld(inputs, store), spec);
    expect(await stateOf(store)).toEqual(expected);
  });

  it('in S3, over HTTP, as in memory', async () => {
    const server = await startFauxqs();
    try {
      const store = s3Store({ bucket: 'bucket', prefix: 'products of', client: server.client });
      await runTiny(tinyWorld(inputs, store), spec, 4);
      expect(await stateOf(store)).toEqual(expected);
    } finally {
      await server.stop();
    }
  });

  it('from two worker threads as from a loop', async () => {
    const at = { store: join(folder, 'threads'), inputs: join(folder, 'inputs') };
    const world = tinyWorld(inputs, fileStore(at.store));
    const pool = openPool(2);
    try {
      const progress = { begin() {}, done() {}, end() {} };
      const summary = await runProduct(world, await planTiny(world, spec), pool, at, progress);
      expect(summary.state).toBe('complete');
    } finally {
      await pool.close();
    }
    expect(await stateOf(world.store)).toEqual(expected);
  });

  it('in whatever order the columns come to an end', async () => {
    for (const seed of [1, 2, 3]) {
      const store = memoryStore();
      await runTiny(tinyWorld(inputs, unevenStore(store, seed)), spec, 4);
      expect(await stateOf(store), `order ${seed}`).toEqual(expected);
    }
  });
});

/** How many cells are not the same number, bit for bit. */
function differing(a: Cells, b: Cells): number {
  expect(a.length).toBe(b.length);
  let count = 0;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) count++;
  return count;
}

describe('the numbers of a product', () => {
  const read = async (store: Store, name: string) => {
    const layer = await openZarr(store, 'products/tiny/data.zarr/0', name, { absentChunks: 'fill' });
    const { height, width } = layer.facts.grid;
    const t1 =
      layer.facts.times?.length ?? (layer.facts.reader as { meta: { shape: number[] } }).meta.shape[0]!;
    return layer.read({ t0: 0, t1, y0: 0, y1: height, x0: 0, x1: width });
  };

  it('do not depend on the shape of its shards and chunks', async () => {
    const reference = tinyWorld(inputs);
    await runTiny(reference, spec);
    for (const [shard, chunk] of [
      [
        [2, 2],
        [1, 2],
      ],
      [
        [6, 8],
        [3, 4],
      ],
      [
        [16, 16],
        [8, 16],
      ],
    ]) {
      const world = tinyWorld(inputs, memoryStore());
      await runTiny(world, tinySpec({ grid: { like: 'ndvi', shard, chunk } }));
      for (const name of ['npp', 'nep', 'nep_a', 'flag_a', 'we', 'qa']) {
        const [got, wanted] = [await read(world.store, name), await read(reference.store, name)];
        expect(differing(got.cells, wanted.cells), `${name} in shards of ${shard}`).toBe(0);
      }
    }
  });

  it('do not depend on how many strips a chunk is computed in', async () => {
    const wide = memoryStore('inputs');
    await putTinyInputs(wide, tinyInputs({ rows: 70, cols: 90, pixel: 0.02, years: [2021], perMonth: 1 }));
    const time = { from: '2021-01', to: '2021-12' };
    const [whole, parts] = [tinyWorld(wide), tinyWorld(wide)];
    await runTiny(whole, tinySpec({ time, grid: { like: 'ndvi', shard: [96, 96], chunk: [32, 32] } }));
    await runTiny(parts, tinySpec({ time, grid: { like: 'ndvi', shard: [32, 32], chunk: [32, 32] } }));
    for (const name of ['npp', 'rh', 'nep_a', 'flag_a', 'we', 'qa']) {
      const [got, wanted] = [await read(whole.store, name), await read(parts.store, name)];
      expect(differing(got.cells, wanted.cells), name).toBe(0);
    }
  });
});
