import zlib from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { CorruptInput, isFluxError, UnsupportedInput } from '../../lib/errors.ts';
import { crc32c } from '../../lib/raster/crc32c.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { cpuMillis } from '../helpers/cpu-time.ts';
import { ALL, json, madeCube } from './zarr-made.ts';
import { hasShelf, readWhole, shelfStore } from './zarr-shelf.ts';

/** A v3 array of 4 x 4 int16 in one chunk, with what the test says instead. */
const v3 = (more: Record<string, unknown> = {}) => ({
  zarr_format: 3,
  node_type: 'array',
  shape: [4, 4],
  data_type: 'int16',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4] } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: 0,
  codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
  attributes: {},
  ...more,
});
const shardCodec = (more: Record<string, unknown> = {}) => ({
  name: 'sharding_indexed',
  configuration: {
    chunk_shape: [2, 2],
    codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
    index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }],
    ...more,
  },
});

async function read(document: unknown, chunk?: Uint8Array): Promise<ArrayLike<number>> {
  const store = memoryStore();
  await store.put('a/zarr.json', json(document));
  if (chunk) await store.put('a/c/0/0', chunk);
  return (await readWhole(store, 'a', 'error')).cells;
}

describe('metadata that must be refused', () => {
  it.each([
    ['an extension that must be understood', { future: { must_understand: true } }, '"future"'],
    ['an extension that says nothing', { future: 1 }, '"future"'],
    ['a storage transformer', { storage_transformers: [{ name: 'x' }] }, 'storage transformer {"name":"x"}'],
    ['a data type as an object', { data_type: { name: 'numpy.datetime64' } }, 'numpy.datetime64'],
    ['complex cells', { data_type: 'complex64' }, '"complex64"'],
    ['a rectilinear grid', { chunk_grid: { name: 'rectilinear', configuration: {} } }, '"rectilinear"'],
    ['another key encoding', { chunk_key_encoding: { name: 'zorder' } }, '"zorder"'],
    ['an unknown codec', { codecs: [{ name: 'bytes' }, { name: 'pcodec' }] }, '"pcodec"'],
    ['no codec to bytes', { codecs: [{ name: 'zstd' }] }, 'no "bytes" codec'],
    [
      'a transposition of other axes',
      { codecs: [{ name: 'transpose', configuration: { order: [0, 2] } }, 'bytes'] },
      'no order of 2',
    ],
    [
      'delta to another type',
      { codecs: [{ name: 'numcodecs.delta', configuration: { astype: '<i4' } }, 'bytes'] },
      'astype',
    ],
    ['shards within shards', { codecs: [shardCodec({ codecs: [shardCodec()] })] }, 'within shards'],
    ['a compressed shard', { codecs: [shardCodec(), { name: 'zstd' }] }, 'around a sharding codec'],
    [
      'a packed shard index',
      { codecs: [shardCodec({ index_codecs: [{ name: 'bytes' }, { name: 'gzip' }] })] },
      'bytes, gzip',
    ],
    ['inner chunks that do not fill a shard', { codecs: [shardCodec({ chunk_shape: [3, 2] })] }, '[3,2]'],
    [
      'a chunk of 8 GiB',
      { chunk_grid: { name: 'regular', configuration: { chunk_shape: [65536, 65536] } } },
      '8192 MiB',
    ],
  ])('names %s', async (_, more, message) => {
    const attempt = read(v3(more));
    await expect(attempt).rejects.toThrow(UnsupportedInput);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(/^a: /);
  });

  it.each([
    [
      'chunks of another rank',
      { chunk_grid: { name: 'regular', configuration: { chunk_shape: [4] } } },
      'differ in rank',
    ],
    ['names of another rank', { dimension_names: ['y'] }, 'differ in rank'],
    ['a negative shape', { shape: [-4, 4] }, 'shape.0'],
    [
      'a chunk of no cells',
      { chunk_grid: { name: 'regular', configuration: { chunk_shape: [0, 4] } } },
      'chunk_grid',
    ],
    ['a fill value of another kind', { fill_value: 'many' }, '"many" is not a int16'],
    ['a future format', { zarr_format: 4 }, 'zarr_format'],
    ['no codecs', { codecs: [] }, 'codecs'],
    ['a thousand dimensions', { shape: Array(1000).fill(1) }, 'shape'],
  ])('calls %s corrupt', async (_, more, message) => {
    const attempt = read(v3(more));
    await expect(attempt).rejects.toThrow(CorruptInput);
    await expect(attempt).rejects.toThrow(message);
  });

  it('refuses attributes nested a hundred thousand deep where a number belongs', async () => {
    const store = await madeCube();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const attributes = `{"_ARRAY_DIMENSIONS":["time","lat","lon"],"scale_factor":${deep}}`;
    await store.put('cube/t2m/.zattrs', new TextEncoder().encode(attributes));
    const open = await openZarr(store, 'cube', 't2m').catch((error) => error);
    expect(isFluxError(open)).toBe(true);
  });

  it('ignores what need not be understood', async () => {
    const chunk = new Uint8Array(new Int16Array(16).fill(7).buffer);
    expect([...((await read(v3({ note: { must_understand: false } }), chunk)) as Int16Array)]).toEqual(
      Array(16).fill(7),
    );
  });

  it('reads a float fill value written as the bits of a NaN or a number', async () => {
    const store = memoryStore();
    for (const [name, bits] of [
      ['nan', '0x7fc00000'],
      ['one', '0x3f800000'],
    ] as const) {
      await store.put(`${name}/zarr.json`, json(v3({ data_type: 'float32', fill_value: bits })));
    }
    expect((await readWhole(store, 'nan', 'fill')).cells[0]).toBeNaN();
    expect((await readWhole(store, 'one', 'fill')).cells[0]).toBe(1);
  });
});

describe('chunks that are not what they claim', () => {
  const cells = new Uint8Array(new Int16Array(16).fill(7).buffer);
  const coded = (name: string) =>
    v3({ codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name }] });

  it('never fills a short chunk up with zeros, nor drops the end of a long one', async () => {
    await expect(read(v3(), cells.subarray(0, 30))).rejects.toThrow(
      'a/c/0/0: the chunk does not decode: chunk has 30 bytes, not 32',
    );
    await expect(read(v3(), new Uint8Array(40))).rejects.toThrow(CorruptInput);
    await expect(read(v3(), new Uint8Array(0))).rejects.toThrow(CorruptInput);
    await expect(read(coded('zstd'), zlib.zstdCompressSync(cells.subarray(0, 16)))).rejects.toThrow(
      '16 bytes, not 32',
    );
  });

  it.each(['zstd', 'gzip', 'zlib', 'blosc', 'lz4', 'crc32c'])(
    'names the object of garbage in %s',
    async (name) => {
      const garbage = Uint8Array.from({ length: 60 }, (_, i) => (i * 89 + 13) & 255);
      await expect(read(coded(name), garbage)).rejects.toThrow(/^a\/c\/0\/0: /);
      await expect(read(coded(name), garbage)).rejects.toThrow(CorruptInput);
    },
  );

  it.each([
    ['zstd', (raw: Uint8Array) => zlib.zstdCompressSync(raw)],
    ['gzip', (raw: Uint8Array) => zlib.gzipSync(raw, { level: 1 })],
    ['zlib', (raw: Uint8Array) => zlib.deflateSync(raw, { level: 1 })],
  ])('does not inflate a %s bomb', async (name, compress) => {
    const bomb = compress(new Uint8Array(32 * 2 ** 20));
    const [memory, start] = [process.memoryUsage().rss, cpuMillis()];
    await expect(read(coded(name), bomb)).rejects.toThrow(CorruptInput);
    expect(process.memoryUsage().rss - memory).toBeLessThan(16 * 2 ** 20);
    expect(cpuMillis() - start).toBeLessThan(1000);
  });

  it('does not believe an lz4 chunk that claims 4 GiB', async () => {
    const claim = Uint8Array.of(255, 255, 255, 255, 0x10, 1, 0);
    await expect(read(coded('lz4'), claim)).rejects.toThrow('claims 4294967295 bytes');
  });

  it('verifies the crc32c of a chunk', async () => {
    const whole = new Uint8Array(36);
    whole.set(cells);
    new DataView(whole.buffer).setUint32(32, crc32c(cells), true);
    expect((await read(coded('crc32c'), whole))[0]).toBe(7);
    whole[5]! ^= 4;
    await expect(read(coded('crc32c'), whole)).rejects.toThrow('crc32c checksum does not match');
  });

  it('does not read an object that is far longer than its cells can be', async () => {
    const store = await madeCube();
    await store.put('cube/t2m/0.0.0', new Uint8Array(2 ** 20));
    const layer = await openZarr(store, 'cube', 't2m');
    await expect(layer.read(ALL)).rejects.toThrow('cube/t2m/0.0.0: 1048576 bytes for a chunk of 128 bytes');
  });
});

describe('damaged shards', () => {
  const document = v3({ codecs: [shardCodec()] });
  /** Four inner chunks of 8 bytes; entries may be changed before the index is sealed. */
  function shard(change: (index: DataView) => void = () => undefined, seal = true): Uint8Array {
    const bytes = new Uint8Array(32 + 68);
    bytes.fill(1, 0, 32);
    const index = new DataView(bytes.buffer, 32);
    for (let i = 0; i < 4; i++) {
      index.setBigUint64(16 * i, BigInt(8 * i), true);
      index.setBigUint64(16 * i + 8, 8n, true);
    }
    change(index);
    index.setUint32(64, seal ? crc32c(bytes.subarray(32, 96)) : 0, true);
    return bytes;
  }

  it('reads an undamaged one', async () => {
    expect([...((await read(document, shard())) as Int16Array)]).toEqual(Array(16).fill(257));
  });

  it('fills an inner chunk that was never written, unlike an absent shard', async () => {
    const holed = shard((index) => {
      index.setBigUint64(0, 2n ** 64n - 1n, true);
      index.setBigUint64(8, 2n ** 64n - 1n, true);
    });
    expect([...((await read(document, holed)) as Int16Array)].slice(0, 4)).toEqual([0, 0, 257, 257]);
    await expect(read(document)).rejects.toThrow('chunk a/c/0/0 is not there');
  });

  it.each([
    ['an index that does not match its checksum', shard(undefined, false), 'the shard index is damaged'],
    ['an entry past the end', shard((i) => i.setBigUint64(16, 90n, true)), 'puts chunk 1 at 90+8 of 100'],
    ['an entry of 2^63 bytes', shard((i) => i.setBigUint64(24, 2n ** 63n, true)), 'puts chunk 1 at'],
    [
      'an inner chunk cut short',
      shard((i) => i.setBigUint64(8, 7n, true)),
      '(inner chunk 0/0): the chunk does not decode',
    ],
    ['a shard too short for its index', shard().subarray(40), '60 bytes are too few for a shard of 4 chunks'],
  ])('finds %s', async (_, bytes, message) => {
    await expect(read(document, bytes)).rejects.toThrow(CorruptInput);
    await expect(read(document, bytes)).rejects.toThrow(message);
  });
});

/** Numerical Recipes' linear congruence: the same damage in every run. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1664525 + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const DAMAGE: Readonly<Record<string, (bytes: Uint8Array, random: () => number) => Uint8Array>> = {
  cut: (bytes, random) => bytes.slice(0, Math.floor(random() * bytes.length)),
  flip: (bytes, random) => {
    const copy = bytes.slice();
    if (copy.length > 0) copy[Math.floor(random() * copy.length)]! ^= 1 << Math.floor(random() * 8);
    return copy;
  },
  scatter: (bytes, random) => {
    const copy = bytes.slice();
    for (let i = 0; i < 10; i++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  },
  noise: (bytes, random) => bytes.map(() => Math.floor(random() * 256)),
  lengthen: (bytes) => {
    const longer = new Uint8Array(bytes.length + 100);
    longer.set(bytes);
    return longer;
  },
};

describe.skipIf(!hasShelf)('random damage (needs ../shared/data/zarr)', () => {
  let store: Store;
  beforeAll(async () => {
    store = await shelfStore();
  });

  it('to any file of any foreign store gives a named error or cells, in bounded time and memory', async () => {
    const random = (
      (values) => () =>
        values.next().value
    )(randoms(2022));
    const memory = process.memoryUsage().rss;
    let tried = 0;
    for (const folder of [
      'manzt+zarrita.js/fixtures/v2/data.zarr/',
      'manzt+zarrita.js/fixtures/v3/data.zarr/',
      'LDeakin+zarrs/',
      'zarr-developers+zarr-java/testdata/sharding_index_location/',
    ]) {
      for (const [path, files] of await arraysBelow(store, folder)) {
        const before = await readWhole(store, path, 'error').catch(() => undefined);
        if (!before) continue;
        for (const [kind, damage] of Object.entries(DAMAGE)) {
          const victim = Math.floor(random() * files.length);
          const damaged = memoryStore();
          for (const [i, [key, bytes]] of files.entries()) {
            await damaged.put(key, i === victim ? damage(bytes, random) : bytes);
          }
          const start = cpuMillis();
          const result = await readWhole(damaged, path, 'error').catch((error) => error);
          expect(cpuMillis() - start).toBeLessThan(1000);
          if (result instanceof Error)
            expect([path, kind, isFluxError(result), result.message]).toEqual([
              path,
              kind,
              true,
              result.message,
            ]);
          const isChunk = !/\.json$|\.z\w+$/.test(files[victim]![0]);
          if (kind === 'cut' && isChunk) expect(isFluxError(result)).toBe(true);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(400);
    expect(process.memoryUsage().rss - memory).toBeLessThan(512 * 2 ** 20);
  });
});

async function arraysBelow(store: Store, folder: string): Promise<Map<string, [string, Uint8Array][]>> {
  const arrays = new Map<string, [string, Uint8Array][]>();
  for await (const { key } of store.list(folder)) {
    const path = /^(.*)\/(zarr\.json|\.zarray)$/.exec(key)?.[1];
    if (!path || arrays.has(path)) continue;
    const files: [string, Uint8Array][] = [];
    for await (const head of store.list(`${path}/`))
      files.push([head.key, (await store.get(head.key))!.bytes]);
    arrays.set(path, files);
  }
  return arrays;
}
