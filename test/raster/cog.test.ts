import { beforeEach, describe, expect, it } from 'vitest';
import { BadRequest, CorruptInput, GridMismatch, MissingInput, StaleInput } from '../../lib/errors.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { Region } from '../../lib/grid/region.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { openCog, reopenCog } from '../../lib/raster/cog.ts';
import { openCogSeries } from '../../lib/raster/cog-series.ts';
import { type CogImage, encodeCog } from '../../lib/raster/cog-write.ts';
import type { Layer } from '../../lib/raster/layer.ts';
import { type CountingStore, countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';

const WIDTH = 150;
const HEIGHT = 101;
const cellAt = (y: number, x: number): number => 1000 + y * 7 + x;

const sinusoidal = crsByName('MODIS sinusoidal');

function fileOf(changes: Partial<CogImage> = {}): Uint8Array {
  const width = changes.width ?? WIDTH;
  const height = changes.height ?? HEIGHT;
  const cells = Int16Array.from({ length: width * height }, (_, i) =>
    cellAt(Math.floor(i / width), i % width),
  );
  const image: CogImage = {
    cells,
    width,
    height,
    dtype: 'int16',
    nodata: -3000,
    transform: [463.3127, 0, 833499.5, 0, -463.3127, 5377670.7],
    crs: sinusoidal,
    compression: 'deflate',
    tile: 32,
    overviews: 'nearest',
    scale: 0.0001,
    ...changes,
  };
  return Buffer.concat(encodeCog(image));
}

const region = (y0: number, y1: number, x0: number, x1: number, t0 = 0, t1 = 1): Region => ({
  t0,
  t1,
  y0,
  y1,
  x0,
  x1,
});
const whole = region(0, HEIGHT, 0, WIDTH);

let counting: CountingStore;

beforeEach(() => {
  counting = countingStore(memoryStore());
});

async function opened(bytes = fileOf(), options = {}): Promise<Layer> {
  await counting.store.put('ndvi.tif', bytes);
  counting.reset();
  return openCog(counting.store, 'ndvi.tif', options);
}

describe('opening a COG', () => {
  it('asks once for a header of up to 64 KiB', async () => {
    const layer = await opened();
    expect(counting.take()).toMatchObject({ get: 1, head: 0, list: 0 });
    expect(layer.facts).toMatchObject({
      kind: 'cog',
      title: 'ndvi.tif',
      dtype: 'int16',
      scale: 0.0001,
      offset: 0,
      nodata: [-3000],
      block: { t: 1, y: 32, x: 32 },
      grid: { height: HEIGHT, width: WIDTH, transform: [463.3127, 0, 833499.5, 0, -463.3127, 5377670.7] },
    });
    expect(layer.facts.grid.crs.name).toBe('MODIS sinusoidal');
    expect(layer.facts.times).toBeUndefined();
  });

  it('says which file is not there', async () => {
    const opening = openCog(counting.store, 'none.tif');
    await expect(opening).rejects.toThrow(MissingInput);
    await expect(opening).rejects.toThrow(/none.tif/);
  });

  it('says which bands there are when another is asked for', async () => {
    await expect(opened(fileOf(), { band: 2 })).rejects.toThrow(/band: 2: ndvi.tif has bands 1 to 1/);
    await expect(opened(fileOf(), { band: 0 })).rejects.toThrow(BadRequest);
  });

  it('opens again from JSON, without a request, and reads the same', async () => {
    const layer = await opened();
    const first = await layer.read(whole);
    counting.reset();
    const again = reopenCog(counting.store, JSON.parse(JSON.stringify(layer.facts)));
    expect(counting.take()).toMatchObject({ get: 0, head: 0, list: 0 });
    expect(again.dependencies(whole)).toEqual(layer.dependencies(whole));
    expect(await again.read(whole)).toEqual(first);
  });
});

describe('reading a window', () => {
  it('gives the cells of the window, ragged edges and all', async () => {
    const layer = await opened();
    const asWideAsABlock = [region(5, 70, 32, 64), region(32, 64, 32, 64), region(96, 101, 64, 96)];
    const others = [
      region(0, 1, 0, 1),
      region(30, 70, 33, 95),
      region(30, 70, 33, 65),
      region(96, 101, 140, 150),
    ];
    for (const r of [...others, ...asWideAsABlock, whole]) {
      const { cells, valid, region: answered } = await layer.read(r);
      const expected = [];
      for (let y = r.y0; y < r.y1; y++) for (let x = r.x0; x < r.x1; x++) expected.push(cellAt(y, x));
      expect(Array.from(cells)).toEqual(expected);
      expect(answered).toEqual(r);
      expect(valid).toBeUndefined();
    }
  });

  it('moves exactly the bytes that it says it depends on', async () => {
    const layer = await opened(fileOf({ compression: 'none' }));
    counting.reset();
    const window = region(40, 60, 40, 60); // one of 5 x 4 tiles
    const [dependency] = layer.dependencies(window);
    expect(dependency).toMatchObject({
      key: 'ndvi.tif',
      etag: layer.facts.objects[0]!.etag,
      bytes: 32 * 32 * 2,
    });
    await layer.read(window);
    expect(counting.take()).toMatchObject({ get: 1, bytesRead: dependency!.bytes });
  });

  it('asks once for tiles that lie side by side in the file', async () => {
    const layer = await opened();
    counting.reset();
    await layer.read(whole);
    expect(counting.take()).toMatchObject({ get: 1 });
  });

  it('refuses a window that is not inside the grid', async () => {
    const layer = await opened();
    for (const r of [
      region(0, 102, 0, 1),
      region(-1, 1, 0, 1),
      region(0, 1, 0.5, 2),
      region(0, 1, 0, 1, 0, 2),
    ]) {
      await expect(layer.read(r)).rejects.toThrow(/region: .* is not inside ndvi.tif \(1 x 101 x 150\)/);
    }
  });

  it('reads an overview, whose affine covers the same ground', async () => {
    const layer = await opened();
    expect(layer.facts.overviews!.map(({ height, width }) => [height, width])).toEqual([
      [51, 75],
      [26, 38],
      [13, 19],
    ]);
    const { transform } = layer.facts.overviews![0]!;
    expect(transform[0]).toBe(463.3127 * 2);
    expect(transform[4]).toBeCloseTo((-463.3127 * 101) / 51, 9);
    const { cells } = await layer.read(region(10, 11, 20, 23), { level: 1 });
    expect(Array.from(cells)).toEqual([cellAt(20, 40), cellAt(20, 42), cellAt(20, 44)]);
    await expect(layer.read(whole, { level: 4 })).rejects.toThrow(/level: 4: ndvi.tif has 3 overviews/);
  });

  it('notices that the file has changed since it was opened', async () => {
    const layer = await opened();
    await counting.store.put('ndvi.tif', fileOf({ scale: 0.001 }));
    await expect(layer.read(whole)).rejects.toThrow(StaleInput);
  });

  it('says that a file has gone since it was opened', async () => {
    const layer = await opened();
    await counting.store.delete('ndvi.tif');
    await expect(layer.read(whole)).rejects.toThrow(MissingInput);
  });

  it('stops when it is told to', async () => {
    const layer = await opened();
    await expect(layer.read(whole, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

describe('a series of COGs', () => {
  const PATTERN = 'm/ndvi_{YYYY}{DDD}.tif';

  async function series(...files: (readonly [name: string, bytes: Uint8Array])[]): Promise<Layer> {
    for (const [name, bytes] of files) await counting.store.put(`m/${name}`, bytes);
    counting.reset();
    return openCogSeries(counting.store, PATTERN);
  }

  const filled = (value: number): Uint8Array =>
    fileOf({ cells: new Int16Array(WIDTH * HEIGHT).fill(value), scale: 1 });

  it('is one layer in order of time, opened by one listing and one request a file', async () => {
    const layer = await series(['ndvi_2022009.tif', filled(9)], ['ndvi_2021361.tif', filled(361)]);
    expect(counting.take()).toMatchObject({ get: 2, list: 1, head: 0 });
    expect(layer.facts.title).toBe(PATTERN);
    expect(layer.facts.times).toEqual([daysFromCivil(2021, 12, 27), daysFromCivil(2022, 1, 9)]);
    expect(layer.facts.objects.map(({ key }) => key)).toEqual(['m/ndvi_2021361.tif', 'm/ndvi_2022009.tif']);
    const both = await layer.read(region(5, 6, 7, 9, 0, 2));
    expect(Array.from(both.cells)).toEqual([361, 361, 9, 9]);
    const second = await layer.read(region(5, 6, 7, 9, 1, 2));
    expect(Array.from(second.cells)).toEqual([9, 9]);
  });

  it('depends only on the files of the steps that are read', async () => {
    const layer = await series(['ndvi_2022009.tif', filled(9)], ['ndvi_2022017.tif', filled(17)]);
    const keys = (t0: number, t1: number) =>
      layer.dependencies(region(0, 1, 0, 1, t0, t1)).map(({ key }) => key);
    expect(keys(1, 2)).toEqual(['m/ndvi_2022017.tif']);
    expect(keys(0, 2)).toEqual(['m/ndvi_2022009.tif', 'm/ndvi_2022017.tif']);
  });

  it('lets files be compressed and tiled each in its own way', async () => {
    const other = fileOf({ compression: 'zstd', tile: 64, overviews: 'none' });
    const layer = await series(
      ['ndvi_2022009.tif', fileOf({ overviews: 'none' })],
      ['ndvi_2022017.tif', other],
    );
    const { cells } = await layer.read({ ...whole, t1: 2 });
    expect(cells.slice(0, WIDTH * HEIGHT)).toEqual(cells.slice(WIDTH * HEIGHT));
  });

  it.each<[string, Partial<CogImage>]>([
    ['size', { width: WIDTH + 1 }],
    ['georeference', { transform: [463.3127, 0, 833500.5, 0, -463.3127, 5377670.7] }],
    ['cell type', { dtype: 'uint16', cells: new Uint16Array(WIDTH * HEIGHT) }],
    ['nodata', { nodata: -1 }],
    ['scale', { scale: 1 }],
    ['offset', { offset: 5 }],
    ['unit', { units: 'K' }],
    ['CRS', { crs: crsByName('EPSG:3035') }],
    ['overviews', { overviews: 'none' }],
  ])('names two files that differ in %s', async (what, changes) => {
    const opening = series(['ndvi_2022009.tif', fileOf()], ['ndvi_2022017.tif', fileOf(changes)]);
    await expect(opening).rejects.toThrow(GridMismatch);
    await expect(opening).rejects.toThrow(
      new RegExp(`ndvi_2022009.tif and m/ndvi_2022017.tif differ in ${what}`),
    );
  });

  it('names the one broken file of many', async () => {
    const cut = fileOf().subarray(0, 1500);
    const opening = series(['ndvi_2022009.tif', fileOf()], ['ndvi_2022017.tif', cut]);
    await expect(opening).rejects.toThrow(CorruptInput);
    await expect(opening).rejects.toThrow(/ndvi_2022017.tif/);
  });
});
