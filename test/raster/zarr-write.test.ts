import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as zarrita from 'zarrita';
import { allocate } from '../../lib/grid/cells.ts';
import { coalesce } from '../../lib/raster/coalesce.ts';
import { decodeShard, readShard } from '../../lib/raster/read-shard.ts';
import { parseIndex } from '../../lib/raster/shard.ts';
import {
  type ArraySpec,
  arrayDocument,
  encodeShard,
  shardExtent,
  shardKey,
  writeShard,
} from '../../lib/raster/write.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { productArrays, productObjects } from '../../lib/raster/zarr-product.ts';
import { countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { coordsOf, sampleProduct, sampleShard, sampleValue, writeSample } from './zarr-sample.ts';

const N = Number.NaN;
const spec = (more: Partial<ArraySpec> = {}): ArraySpec => ({
  level: 0,
  name: 'npp',
  dims: ['time', 'y', 'x'],
  shape: [4, 8, 8],
  shard: [4, 8, 8],
  chunk: [1, 4, 4],
  dtype: 'float32',
  fill: N,
  attributes: {},
  ...more,
});
const shardMeta = { shape: [4, 8, 8], indexAt: 'end', indexBigEndian: false, indexChecked: true } as const;
const indexOf = (shard: Uint8Array, chunks: number) =>
  parseIndex(shard.subarray(shard.length - 16 * chunks - 4), shardMeta, shard.length, 'shard');
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('a shard', () => {
  const cells = Float32Array.from({ length: 256 }, (_, i) => i);

  it.each(['time', 'day'] as const)('keeps all steps of one place next to each other: %s', (steps) => {
    const shard = encodeShard(spec({ dims: [steps, 'y', 'x'] }), cells)!;
    const index = indexOf(shard, 16);
    const inFile = index.map((entry, i) => ({ place: i % 4, step: i >> 2, offset: entry!.offset }));
    inFile.sort((a, b) => a.offset - b.offset);
    expect(inFile.map(({ place, step }) => `${place}.${step}`)).toEqual(
      [0, 1, 2, 3].flatMap((place) => [0, 1, 2, 3].map((step) => `${place}.${step}`)),
    );
  });

  it('leaves out inner chunks without data, and is nothing when none has any', () => {
    const sparse = new Float32Array(256).fill(N);
    sparse[64 + 4] = 0; // step 1, place 1: a zero is data
    const shard = encodeShard(spec(), sparse)!;
    expect(
      indexOf(shard, 16)
        .map((entry, i) => (entry ? i : -1))
        .filter((i) => i >= 0),
    ).toEqual([5]);
    expect(encodeShard(spec(), new Float32Array(256).fill(N))).toBeUndefined();
    expect(encodeShard(spec({ dtype: 'uint8', fill: 255 }), new Uint8Array(256).fill(255))).toBeUndefined();
    expect(encodeShard(spec({ dtype: 'uint8', fill: 255 }), new Uint8Array(256))).toBeDefined();
  });

  it('leaves out a chunk at the far edge that has no data, whatever its neighbour holds', () => {
    const edge = spec({ shape: [1, 4, 6], shard: [1, 4, 8], dims: ['time', 'y', 'x'] });
    const row = [1, 2, 3, 4, N, N];
    const ragged = Float32Array.from({ length: 24 }, (_, i) => row[i % 6]!);
    const shard = encodeShard(edge, ragged, [1, 4, 6])!;
    expect(indexOf(shard, 2).map((entry) => entry !== undefined)).toEqual([true, false]);
  });

  it('refuses cells of another number or kind', () => {
    expect(() => encodeShard(spec(), cells.subarray(1))).toThrow(
      '255 cells of Float32Array for a shard of 4 x 8 x 8 float32',
    );
    expect(() => encodeShard(spec(), new Float64Array(256))).toThrow(RangeError);
  });

  it('is written by one put, and deleted when its data are gone', async () => {
    const counting = countingStore(memoryStore());
    const origin = { t: 0, y: 0, x: 0 };
    const head = await writeShard(counting.store, 'p/data.zarr', spec(), origin, cells);
    expect(head?.key).toBe('p/data.zarr/0/npp/c/0/0/0');
    expect(counting.take()).toMatchObject({ put: 1, get: 0, delete: 0 });
    expect(
      await writeShard(counting.store, 'p/data.zarr', spec(), origin, new Float32Array(256).fill(N)),
    ).toBeUndefined();
    expect(await counting.store.head('p/data.zarr/0/npp/c/0/0/0')).toBeUndefined();
    const again = await readShard(counting.store, 'p/data.zarr', spec(), origin);
    expect(again.every((v) => Number.isNaN(v))).toBe(true);
  });

  it('compresses and decompresses a chunk once for all steps in a row that are equal', () => {
    const wide = spec({ dtype: 'float64', shape: [4, 16, 16], shard: [4, 16, 16], chunk: [1, 16, 16] });
    const months = [1, 1, -0, 0]; // zeros of two signs are equal numbers and different bytes
    const areas = Float64Array.from({ length: 4 * 256 }, (_, i) => ((i % 256) % 5) * months[i >> 8]!);
    const [compress, decompress] = [vi.spyOn(zlib, 'zstdCompressSync'), vi.spyOn(zlib, 'zstdDecompressSync')];
    try {
      const shard = encodeShard(wide, areas)!;
      expect(compress).toHaveBeenCalledTimes(3);
      expect(decodeShard(wide, shard, [4, 16, 16], 'shard')).toEqual(areas);
      expect(decompress).toHaveBeenCalledTimes(3);
      const chunkOf = (bytes: Uint8Array, steps: number, step: number) => {
        const { offset, length } = indexOf(bytes, steps)[step]!;
        return bytes.slice(offset, offset + length);
      };
      const month = spec({ ...wide, shape: [1, 16, 16], shard: [1, 16, 16] });
      for (const step of months.keys()) {
        const alone = encodeShard(month, areas.slice(256 * step, 256 * (step + 1)))!;
        expect(chunkOf(shard, 4, step)).toEqual(chunkOf(alone, 1, 0));
      }
    } finally {
      compress.mockRestore();
      decompress.mockRestore();
    }
  });

  it('tells a chunk of the far edge from the whole one before it', () => {
    const array = spec({ shape: [2, 4, 6], shard: [2, 4, 8] });
    const same = new Float32Array(48).fill(3);
    const shard = encodeShard(array, same, [2, 4, 6])!;
    expect(decodeShard(array, shard, [2, 4, 6], 'shard')).toEqual(same);
    const whole = decodeShard(array, shard, [2, 4, 8], 'shard');
    expect([...whole.subarray(0, 8)]).toEqual([3, 3, 3, 3, 3, 3, N, N]);
  });

  it('names its object by the dimensions of the array', () => {
    const at = { t: 3, y: 1, x: 2 };
    expect(shardKey('r', spec(), at)).toBe('r/0/npp/c/3/1/2');
    expect(shardKey('r', spec({ dims: ['y', 'x'], name: 'topt', level: 2 }), at)).toBe('r/2/topt/c/1/2');
    expect(shardExtent(spec({ shape: [4, 12, 13] }), { t: 0, y: 1, x: 1 })).toEqual([4, 4, 5]);
  });

  it('gives the same cells back, whatever the shape, the edge and what is missing', async () => {
    const worlds = fc.record({
      steps: fc.integer({ min: 1, max: 4 }),
      rows: fc.integer({ min: 1, max: 9 }),
      cols: fc.integer({ min: 1, max: 9 }),
      same: fc.boolean(),
      dtype: fc.constantFrom('float32' as const, 'float64' as const, 'uint8' as const),
      seed: fc.integer({ min: 1, max: 1e6 }),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ steps, rows, cols, same, dtype, seed }) => {
        const fill = dtype === 'uint8' ? 255 : N;
        const array = spec({ shape: [steps, rows, cols], shard: [2, 4, 4], chunk: [1, 2, 2], dtype, fill });
        const store = memoryStore();
        for (const coord of coordsOf(array)) {
          const [of, height, width] = shardExtent(array, coord) as [number, number, number];
          const made = allocate(dtype, of * height * width);
          for (let i = 0; i < made.length; i++) {
            const n = (same ? i % (height * width) : i) * seed;
            made[i] = n % 7 < 3 ? fill : n % 251;
          }
          await writeShard(store, 'r', array, coord, made);
          expect(await readShard(store, 'r', array, coord)).toEqual(made);
        }
      }),
      { seed: 4, numRuns: 40 },
    );
  });
});

describe('requests', () => {
  it('joins parts that lie near each other, up to 16 MiB', () => {
    const part = (offset: number, length: number) => ({ offset, length, place: [0] });
    const ranges = (...parts: ReturnType<typeof part>[]) =>
      coalesce(parts).map(({ offset, length }) => [offset, length]);
    expect(ranges(part(5000, 10), part(0, 100))).toEqual([[0, 5010]]);
    expect(ranges(part(0, 100), part(100 + 65_536, 1))).toEqual([[0, 65_637]]);
    expect(ranges(part(0, 100), part(101 + 65_536, 1))).toEqual([
      [0, 100],
      [65_637, 1],
    ]);
    expect(ranges(part(0, 10), part(5, 2))).toEqual([[0, 10]]);
    const large = 10 * 2 ** 20;
    expect(ranges(part(0, large), part(large, large))).toEqual([
      [0, large],
      [large, large],
    ]);
  });

  const big = spec({ shape: [12, 512, 512], shard: [12, 512, 512], chunk: [1, 128, 128] });
  const noisy = Float32Array.from({ length: 12 * 512 * 512 }, (_, i) => Math.sin(i * i));

  it('reads a time series at a place by the index and one range, a fifteenth of the shard', async () => {
    const store = memoryStore();
    await store.put(
      'p/zarr.json',
      new TextEncoder().encode(JSON.stringify({ zarr_format: 3, node_type: 'group' })),
    );
    const product = {
      ...sampleProduct(),
      steps: Array.from({ length: 12 }, (_, i) => [i, i + 1] as const),
      levels: 1,
    };
    const grid = { ...product.grid, height: 512, width: 512 };
    const [npp] = product.variables;
    const whole = {
      ...product,
      grid,
      variables: [npp!],
      shard: { time: 12, y: 512, x: 512 },
      chunk: { y: 128, x: 128 },
    };
    for (const [key, bytes] of productObjects(whole, 'p')) await store.put(key, bytes);
    await writeShard(store, 'p', big, { t: 0, y: 0, x: 0 }, noisy);
    const counting = countingStore(store);
    const layer = await openZarr(counting.store, 'p', '0/npp');
    counting.take();
    const place = { t0: 0, t1: 12, y0: 300, y1: 301, x0: 77, x1: 78 };
    const { cells } = await layer.read(place);
    expect([...cells]).toEqual(Array.from({ length: 12 }, (_, t) => noisy[(t * 512 + 300) * 512 + 77]));
    const series = counting.take();
    expect(series.get).toBe(2);
    expect(series.bytesRead).toBeLessThan(layer.facts.objects[0]!.size / 15);
    await layer.read(place);
    expect(counting.take().get).toBe(1); // the index is known, and its version goes with the request
    await layer.read({ t0: 0, t1: 12, y0: 0, y1: 512, x0: 0, x1: 512 });
    expect(counting.take().get).toBe(1); // the whole object
  });
});

describe('a product', () => {
  it('comes back as layers with cells, times and place, at both levels', async () => {
    for (const crs of ['EPSG:4326', 'modis-sinusoidal'] as const) {
      const product = sampleProduct(crs);
      const store = memoryStore();
      await writeSample(store, 'data.zarr', product);
      for (const array of productArrays(product)) {
        if (array.dims.length < 3) continue;
        const layer = await openZarr(store, 'data.zarr', `${array.level}/${array.name}`);
        expect(layer.facts.times).toEqual(array.dims[0] === 'time' ? [18_993, 19_024, 19_052] : [18_993]);
        expect(layer.facts.grid.crs.name).toBe(product.grid.crs.name);
        expect(layer.facts.grid.transform[0]).toBe(product.grid.transform[0] * 2 ** array.level);
        const [steps, rows, cols] = array.shape as [number, number, number];
        const { cells } = await layer.read({ t0: 0, t1: steps, y0: 0, y1: rows, x0: 0, x1: cols });
        const expected = Array.from({ length: cells.length }, (_, i) =>
          sampleValue(array, Math.floor(i / (rows * cols)), Math.floor(i / cols) % rows, i % cols),
        );
        expect([...cells]).toEqual(expected);
      }
    }
  });

  it('is read by zarrita with its own codecs', async () => {
    const product = sampleProduct();
    const store = memoryStore();
    await writeSample(store, 'data.zarr', product);
    const files = new Map<string, Uint8Array>();
    for await (const { key } of store.list('data.zarr/'))
      files.set(key.slice(9), (await store.get(key))!.bytes);
    const ranged: zarrita.AsyncReadable = {
      get: async (key) => files.get(key),
      getRange: async (key, range) => {
        const bytes = files.get(key);
        if (!bytes) return undefined;
        return 'suffixLength' in range
          ? bytes.slice(-range.suffixLength)
          : bytes.slice(range.offset, range.offset + range.length);
      },
    };
    const consolidated = await zarrita.withConsolidatedMetadata(ranged, { format: 'v3' });
    expect(consolidated.contents().length).toBeGreaterThan(20);
    const root = zarrita.root(consolidated);
    for (const array of productArrays(product)) {
      const opened = await zarrita.open.v3(root.resolve(`${array.level}/${array.name}`), { kind: 'array' });
      const { data } = await zarrita.get(opened);
      const [first] = coordsOf(array);
      const { cols, at } = { cols: array.shape.at(-1)!, at: sampleShard(array, first!) };
      expect([...(data as Float32Array)].slice(0, 4)).toEqual([...at].slice(0, 4));
      expect((data as Float32Array)[cols]).toBe(sampleValue(array, 0, 1, 0));
    }
    const years = await zarrita.get(await zarrita.open.v3(root.resolve('0/year'), { kind: 'array' }));
    expect([...(years.data as Int32Array)]).toEqual([18_993]); // 1 January
  });

  it('has ASCII metadata without bare NaN, in one round of puts', () => {
    for (const [key, bytes] of productObjects(sampleProduct())) {
      if (!key.endsWith('zarr.json')) continue;
      expect(bytes.every((b) => b < 128)).toBe(true);
      expect(() => JSON.parse(text(bytes))).not.toThrow();
    }
    const npp = JSON.parse(text(productObjects(sampleProduct()).get('0/npp/zarr.json')));
    expect(npp.attributes.long_name).toBe('net primary production, in carbon, at 20 °C');
    expect(npp.fill_value).toBe('NaN');
    expect(npp.attributes._FillValue).toBe('AAAAAAAA+H8=');
  });

  it('spells the three GeoZarr conventions v0.1 to the letter', () => {
    const objects = productObjects(sampleProduct(), 'data.zarr');
    const root = JSON.parse(text(objects.get('data.zarr/zarr.json'))).attributes;
    const tag = 'https://raw.githubusercontent.com/zarr-conventions';
    expect(root.zarr_conventions).toEqual([
      {
        uuid: 'd35379db-88df-4056-af3a-620245f8e347',
        schema_url: `${tag}/multiscales/refs/tags/v0.1/schema.json`,
        spec_url: 'https://github.com/zarr-conventions/multiscales/blob/v0.1/README.md',
        name: 'multiscales',
        description: 'Multiscale layout of zarr datasets',
      },
      {
        uuid: 'f17cb550-5864-4468-aeb7-f3180cfb622f',
        schema_url: `${tag}/proj/refs/tags/v0.1/schema.json`,
        spec_url: 'https://github.com/zarr-conventions/proj/blob/v0.1/README.md',
        name: 'proj',
        description: 'Coordinate reference system information for geospatial data',
      },
      {
        uuid: '689b58e2-cf7b-45e0-9fff-9cfc0883d6b4',
        schema_url: `${tag}/spatial/refs/tags/v0.1/schema.json`,
        spec_url: 'https://github.com/zarr-conventions/spatial/blob/v0.1/README.md',
        name: 'spatial',
        description: 'Spatial coordinate information',
      },
    ]);
    expect(Object.keys(root).filter((key) => /^(spatial|proj):/.test(key))).toEqual([
      'proj:code',
      'spatial:dimensions',
      'spatial:bbox',
    ]);
    expect(root.multiscales.layout[1]).toEqual({
      asset: '1',
      derived_from: '0',
      transform: { scale: [2, 2], translation: [0, 0] },
      resampling_method: 'average',
      'spatial:shape': [3, 3],
      'spatial:transform': [0.2, 0, 113, 0, -0.2, 23],
    });
    const npp = JSON.parse(text(objects.get('data.zarr/1/npp/zarr.json'))).attributes;
    expect(npp).toMatchObject({
      'proj:code': 'EPSG:4326',
      'spatial:dimensions': ['y', 'x'],
      'spatial:transform': [0.2, 0, 113, 0, -0.2, 23],
      'spatial:shape': [3, 3],
      'spatial:bbox': [113, expect.closeTo(22.4, 9), expect.closeTo(113.6, 9), 23],
      'spatial:registration': 'pixel',
      grid_mapping: 'spatial_ref',
      coordinates: 'spatial_ref',
      ancillary_variables: 'qa npp_valid_area',
      cell_methods: 'area: mean where land time: sum',
    });
    expect(npp).not.toHaveProperty('proj:wkt2');
    const sinusoidal = productObjects(sampleProduct('modis-sinusoidal'));
    const attributes = JSON.parse(text(sinusoidal.get('0/npp/zarr.json'))).attributes;
    expect(attributes['proj:wkt2']).toMatch(/^PROJCRS\["MODIS sinusoidal"/);
    expect(attributes).not.toHaveProperty('proj:code');
  });

  it('consolidates every node in the root and again in each level', () => {
    const objects = productObjects(sampleProduct());
    const nodes = [...objects.keys()]
      .filter((key) => key.endsWith('/zarr.json'))
      .map((key) => key.slice(0, -10));
    const root = JSON.parse(text(objects.get('zarr.json')));
    expect(Object.keys(root.consolidated_metadata.metadata).sort()).toEqual(nodes.sort());
    const level = JSON.parse(text(objects.get('1/zarr.json')));
    const below = nodes.filter((node) => node.startsWith('1/')).map((node) => node.slice(2));
    expect(Object.keys(level.consolidated_metadata.metadata).sort()).toEqual(below.sort());
    expect(root.consolidated_metadata.metadata['0/npp']).toEqual(
      arrayDocument(productArrays(sampleProduct())[0]!),
    );
  });

  it('gives flags their words, and keeps bits free of a fill that would make them floats', () => {
    const objects = productObjects(sampleProduct());
    const qa = JSON.parse(text(objects.get('0/qa/zarr.json'))).attributes;
    expect(qa).toMatchObject({ flag_masks: [1, 2], flag_meanings: 'no_ndvi gap_filled' });
    expect(qa).not.toHaveProperty('_FillValue');
    const classes = JSON.parse(text(objects.get('0/land_cover/zarr.json'))).attributes;
    expect(classes).toMatchObject({ flag_values: [1, 2], _FillValue: 255 });
  });

  it('makes chunks no longer than the array and shards no longer than they need be', () => {
    const small = { ...sampleProduct(), shard: { time: 12, y: 512, x: 512 } };
    const { chunk, ...unsaid } = small;
    const [npp] = productArrays(unsaid);
    expect(npp).toMatchObject({ shape: [3, 5, 6], chunk: [1, 5, 6], shard: [3, 5, 6] });
    expect(chunk).toBeDefined();
    expect(() => productArrays({ ...small, shard: { time: 2, y: 5, x: 4 } })).toThrow(
      'no whole number of chunks',
    );
  });

  it('stores the area with data beside every coarser mean, where unwritten means none', () => {
    const arrays = productArrays(sampleProduct());
    expect(
      arrays.filter(({ level }) => level === 1).map(({ name, dtype, fill }) => [name, dtype, fill]),
    ).toEqual([
      ['npp', 'float32', N],
      ['npp_valid_area', 'float64', 0],
      ['npp_annual', 'float32', N],
      ['npp_annual_valid_area', 'float64', 0],
      ['qa', 'uint8', 255],
      ['land_cover', 'uint8', 255],
    ]);
  });
});
