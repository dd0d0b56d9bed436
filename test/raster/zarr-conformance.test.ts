import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { isFluxError, UnsupportedInput } from '../../lib/errors.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { describeZarr } from '../../lib/raster/zarr-describe.ts';
import { parseArrayV3 } from '../../lib/raster/zarr-meta.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import oracle from './zarr-oracle.json' with { type: 'json' };
import { hasShelf, readWhole, shelfStore } from './zarr-shelf.ts';

const expected = oracle.arrays as Record<string, string>;

/** As test/raster/zarr-oracle.py writes it. */
async function digest(store: Store, path: string): Promise<string> {
  const { shape, cells } = await readWhole(store, path);
  const doubles = Float64Array.from(cells, (v) => (Number.isNaN(v) ? Number.NaN : v));
  const sha1 = createHash('sha1').update(new Uint8Array(doubles.buffer)).digest('hex');
  return `${shape.join('x')} ${sha1.slice(0, 12)}`;
}

async function arrayPaths(store: Store): Promise<string[]> {
  const paths = new Set<string>();
  for await (const { key } of store.list('')) {
    const match = /^(.*)\/(zarr\.json|\.zarray)$/.exec(key);
    if (match) paths.add(match[1]!);
  }
  return [...paths];
}

describe.skipIf(!hasShelf)('stores written by others (needs ../shared/data/zarr)', () => {
  let store: Store;
  let paths: string[];
  beforeAll(async () => {
    store = await shelfStore();
    paths = await arrayPaths(store);
  });

  it('reads every array of numbers as zarr-python 3 does, and refuses the others by name', async () => {
    const refused: string[] = [];
    let equal = 0;
    for (const path of paths) {
      try {
        const found = await digest(store, path);
        const draft = path.replace(
          'zarr-developers+pizzarr/extdata/fixtures/v3/data.zarr.zip!',
          'manzt+zarrita.js/fixtures/v3',
        );
        expect(`${path} ${found}`).toBe(`${path} ${expected[path] ?? expected[draft]}`);
        equal++;
      } catch (error) {
        if (isFluxError(error)) refused.push(`${path}: ${error.code}: ${error.message}`);
        else if (!String(error).includes('is a group')) throw error;
      }
    }
    expect(refused.filter((line) => !line.includes('UnsupportedInput'))).toEqual([]);
    expect(refused.every((line) => /data type|codec|storage transformer/.test(line))).toBe(true);
    const readable = refused.filter((line) => expected[line.split(': ')[0]!]);
    expect(readable, 'zarr-python reads no more of them').toEqual([]);
    expect(equal).toBeGreaterThanOrEqual(409);
  });

  it('gives a climate cube the same cells from v2 and from v3', async () => {
    const cube = 'zarr-developers+pizzarr/extdata/bcsd';
    const [two, three] = await Promise.all([
      openZarr(store, `${cube}_v2.zarr.zip!/bcsd_v2.zarr`, 'pr'),
      openZarr(store, `${cube}_v3.zarr.zip!/bcsd_v3.zarr`, 'pr'),
    ]);
    const all = { t0: 0, t1: 12, y0: 0, y1: 33, x0: 0, x1: 81 };
    expect((await two.read(all)).cells).toEqual((await three.read(all)).cells);
    expect(three.facts.times).toEqual(two.facts.times);
    expect(three.facts.grid).toMatchObject({
      transform: [0.125, 0, -85, 0, -0.125, 37.125],
      height: 33,
      width: 81,
    });
    expect(two.facts).toMatchObject({ units: 'mm/m', nodata: [Math.fround(1e20)] });
  });

  it('asks for a CRS where x and y have no units, rather than guess degrees', async () => {
    await expect(openZarr(store, 'cogeotiff+rio-tiler/dataset_3d.zarr', 'dataset')).rejects.toThrow(/no CRS/);
    await expect(openZarr(store, 'developmentseed+titiler-xarray/pyramid.zarr', '0/value')).rejects.toThrow(
      /no CRS/,
    );
  });

  it('says of nameless dimensions that rows and columns are unknown', async () => {
    const open = openZarr(store, 'zarr-developers+zarr-java/testdata/v2_sample', 'double');
    await expect(open).rejects.toThrow(UnsupportedInput);
    await expect(open).rejects.toThrow(/dimensions have no names/);
  });

  it('describes groups and single arrays without reading a chunk', async () => {
    const described = await describeZarr(store, 'cogeotiff+rio-tiler/dataset_3d.zarr');
    expect(described.map(({ name, shape, dims }) => [name, shape, dims])).toEqual([
      ['dataset', [2, 1000, 2000], ['time', 'y', 'x']],
      ['time', [2], ['time']],
      ['x', [2000], ['x']],
      ['y', [1000], ['y']],
    ]);
    const nested = await describeZarr(store, 'zarr-developers+zarr-java/testdata/v2_sample');
    expect(nested.map(({ name }) => name)).toEqual(['bool', 'double', 'subgroup/array']);
    const [one] = await describeZarr(store, 'LDeakin+zarrs/v3/array_pcodec.zarr');
    expect(one?.problem).toMatch(/codec "numcodecs.pcodec" is not read/);
  });

  it('takes or refuses by name every array of two Sentinel-2 GeoZarr hierarchies', async () => {
    let read = 0;
    for await (const { key } of store.list('EOPF-Explorer+data-model/geozarr_examples/')) {
      const object = await store.get(key);
      for (const document of arraysOf(JSON.parse(new TextDecoder().decode(object!.bytes)))) {
        try {
          expect(parseArrayV3(document, key).shape).toEqual(document.shape);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(UnsupportedInput);
        }
      }
    }
    expect(read).toBeGreaterThan(100);
  });

  it('finds no arrays, and no fault, in the examples of the multiscales convention', async () => {
    for await (const { key } of store.list('zarr-conventions+multiscales/examples/')) {
      if (!key.endsWith('.json')) continue;
      const memory = memoryStore();
      await memory.put('x/zarr.json', (await store.get(key))!.bytes);
      expect(await describeZarr(memory, 'x')).toEqual([]);
    }
  });
});

type Node = { node_type: string; shape?: number[]; members?: Record<string, Node> };

/** The dump nests groups by `members`. */
const arraysOf = (node: Node): Node[] =>
  node.node_type === 'array' ? [node] : Object.values(node.members ?? {}).flatMap(arraysOf);
