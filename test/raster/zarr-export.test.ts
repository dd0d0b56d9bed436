import { describe, expect, it } from 'vitest';
import { NotFound } from '../../lib/errors.ts';
import { exportV2 } from '../../lib/raster/export-v2.ts';
import { shardExtent, writeShard } from '../../lib/raster/write.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { productArrays } from '../../lib/raster/zarr-product.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { sampleProduct, writeSample } from './zarr-sample.ts';

const ALL = { t0: 0, t1: 3, y0: 0, y1: 5, x0: 0, x1: 6 };

async function sample() {
  const store = memoryStore();
  await writeSample(store, 'data.zarr', sampleProduct());
  return store;
}
const document = async (store: ReturnType<typeof memoryStore>, key: string) =>
  JSON.parse(new TextDecoder().decode((await store.get(key))!.bytes));

describe('a Zarr v2 export', () => {
  it.each(['zlib', 'blosc'] as const)(
    'holds the same cells, months and place with %s',
    async (compressor) => {
      const store = await sample();
      await exportV2({ store, root: 'data.zarr' }, { store, root: 'out.zarr' }, { compressor });
      for (const name of ['npp', 'qa']) {
        const [native, copy] = [
          await openZarr(store, 'data.zarr', `0/${name}`),
          await openZarr(store, 'out.zarr', name),
        ];
        expect((await copy.read(ALL)).cells).toEqual((await native.read(ALL)).cells);
        expect(copy.facts.grid).toEqual(native.facts.grid);
        expect(copy.facts.times).toEqual(native.facts.times);
        expect(copy.facts.units).toBe(native.facts.units);
      }
    },
  );

  it('is flat, consolidated, in ASCII, and leaves the words of v3 behind', async () => {
    const store = await sample();
    await exportV2({ store, root: 'data.zarr' }, { store, root: 'out.zarr' });
    const { metadata, zarr_consolidated_format: format } = await document(store, 'out.zarr/.zmetadata');
    expect(format).toBe(1);
    expect(metadata['npp/.zarray']).toMatchObject({
      zarr_format: 2,
      chunks: [1, 4, 4],
      fill_value: 'NaN',
      order: 'C',
    });
    expect(metadata['npp/.zattrs']).toMatchObject({
      _ARRAY_DIMENSIONS: ['time', 'y', 'x'],
      grid_mapping: 'spatial_ref',
    });
    expect(metadata['spatial_ref/.zattrs']._ARRAY_DIMENSIONS).toEqual([]);
    expect(metadata['x/.zarray'].fill_value).toBeNull();
    const keys = Object.values(metadata).flatMap((part) => Object.keys(part as object));
    expect(keys.filter((key) => /^(spatial:|proj:|zarr_conventions|_FillValue)/.test(key))).toEqual([]);
    expect(await document(store, 'out.zarr/npp/.zarray')).toEqual(metadata['npp/.zarray']);
    for await (const { key } of store.list('out.zarr/')) {
      if (/\.z\w+$/.test(key)) expect((await store.get(key))!.bytes.every((b) => b < 128)).toBe(true);
    }
  });

  it('takes some variables with their coordinates, from a coarser level, and tells how far it is', async () => {
    const store = await sample();
    const progress: [number, number][] = [];
    const options = {
      level: 1,
      variables: ['npp'],
      onChunk: (done: number, all: number) => void progress.push([done, all]),
    };
    await exportV2({ store, root: 'data.zarr' }, { store, root: 'out.zarr' }, options);
    const { facts } = await openZarr(store, 'out.zarr', 'npp');
    expect(facts.grid).toMatchObject({ height: 3, width: 3 });
    expect(await store.head('out.zarr/qa/.zarray')).toBeUndefined();
    expect(progress.at(-1)).toEqual([progress.length, progress.length]);
  });

  it('leaves chunks without data out, and they come back as nodata', async () => {
    const store = await sample();
    const npp = productArrays(sampleProduct())[0]!;
    const coord = { t: 0, y: 0, x: 1 };
    const empty = new Float32Array(shardExtent(npp, coord).reduce((a, b) => a * b)).fill(Number.NaN);
    await writeShard(store, 'data.zarr', npp, coord, empty);
    await exportV2({ store, root: 'data.zarr' }, { store, root: 'out.zarr' });
    expect(await store.head('out.zarr/npp/0.0.1')).toBeUndefined();
    const copy = await openZarr(store, 'out.zarr', 'npp', { absentChunks: 'fill' });
    const { cells } = await copy.read({ ...ALL, t1: 1, y1: 1 });
    expect([...cells]).toEqual([Number.NaN, 1, 2, 3, Number.NaN, Number.NaN]);
  });

  it('names a variable, or a product, that is not there', async () => {
    const store = await sample();
    const to = { store, root: 'out.zarr' };
    await expect(exportV2({ store, root: 'data.zarr' }, to, { variables: ['gpp'] })).rejects.toThrow(
      NotFound,
    );
    await expect(exportV2({ store, root: 'data.zarr' }, to, { variables: ['gpp'] })).rejects.toThrow(
      /no variable gpp; it has .*npp/,
    );
    await expect(exportV2({ store, root: 'nothing' }, to)).rejects.toThrow(NotFound);
  });
});
