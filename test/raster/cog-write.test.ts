import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadRequest, UnsupportedInput } from '../../lib/errors.ts';
import { allocate, type Cells, type DType, isFloat } from '../../lib/grid/cells.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { indexOf } from '../../lib/raster/block-index.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { type CogImage, encodeCog } from '../../lib/raster/cog-write.ts';
import type { Layer } from '../../lib/raster/layer.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { askGdal, type GdalFile, gdalPython } from './gdal.ts';
import { digest, openTiff } from './tiff-image.ts';

const WIDTH = 83;
const HEIGHT = 70;
const DTYPES: readonly DType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float16',
  'float32',
  'float64',
];

const nodataOf = (dtype: DType): number => (isFloat(dtype) ? Number.NaN : dtype.startsWith('u') ? 255 : -3);

/** Waves with holes; the second tile of the second row (of 32) holds nothing. */
function field(dtype: DType): Cells {
  const cells = allocate(dtype, WIDTH * HEIGHT);
  for (let i = 0; i < cells.length; i++) {
    const y = Math.floor(i / WIDTH);
    const x = i % WIDTH;
    const hole = (x * y) % 17 === 1 || (y >= 32 && y < 64 && x >= 32 && x < 64);
    cells[i] = hole ? nodataOf(dtype) : isFloat(dtype) ? 100 * Math.sin((x * y) / 50) : (x * 3 + y * y) % 120;
  }
  return cells;
}

function imageOf(dtype: DType, changes: Partial<CogImage> = {}): CogImage {
  return {
    cells: field(dtype),
    width: WIDTH,
    height: HEIGHT,
    dtype,
    nodata: nodataOf(dtype),
    transform: [463.3127, 0, 1e6, 0, -463.3127, 5e6],
    crs: crsByName('MODIS sinusoidal'),
    compression: 'deflate',
    tile: 32,
    overviews: 'mean',
    ...changes,
  };
}

const encode = (image: CogImage): Buffer => Buffer.concat(encodeCog(image));

async function opened(image: CogImage): Promise<Layer> {
  const store = memoryStore();
  await store.put('x.tif', encode(image));
  return openCog(store, 'x.tif');
}

async function cellsOf(layer: Layer, level = 0): Promise<Cells> {
  const { height, width } = level === 0 ? layer.facts.grid : layer.facts.overviews![level - 1]!;
  return (await layer.read({ t0: 0, t1: 1, y0: 0, y1: height, x0: 0, x1: width }, { level })).cells;
}

const CODECS = ['deflate', 'zstd', 'none'] as const;
const COMBINATIONS = DTYPES.flatMap((dtype) =>
  CODECS.flatMap((compression) => [false, true].map((bigTiff) => ({ dtype, compression, bigTiff }))),
);

describe('writing a COG', () => {
  it.each(COMBINATIONS)('gives $dtype cells back ($compression, BigTIFF $bigTiff)', async (form) => {
    const image = imageOf(form.dtype, form);
    expect(digest(await cellsOf(await opened(image)))).toBe(digest(image.cells));
  });

  it('keeps place, CRS and meaning', async () => {
    const meaning = { scale: 0.0001, offset: -1.5, units: 'gC m-2', description: 'NPP <of> März & April' };
    for (const name of ['MODIS sinusoidal', 'EPSG:4326', 'EPSG:32650', 'EPSG:3035', 'ESRI:102025']) {
      const { facts } = await opened(imageOf('int16', { ...meaning, crs: crsByName(name) }));
      expect(facts.grid.transform).toEqual([463.3127, 0, 1e6, 0, -463.3127, 5e6]);
      expect(facts.grid.crs.proj4).toBe(crsByName(name).proj4);
      expect(facts).toMatchObject({ scale: 0.0001, offset: -1.5, units: 'gC m-2', nodata: [-3] });
      expect(facts.longName).toBe('NPP <of> März & April');
    }
  });

  it('keeps rotated and south-up affines', async () => {
    for (const transform of [[10, 2, 5e5, 3, -9, 4e6] as const, [0.5, 0, -180, 0, 0.5, -90] as const]) {
      expect((await opened(imageOf('int16', { transform }))).facts.grid.transform).toEqual(transform);
    }
  });

  it('stores nothing for a tile of nodata alone', async () => {
    const store = memoryStore();
    await store.put('x.tif', encode(imageOf('float32')));
    const { offsets, lengths } = indexOf((await openTiff(store, 'x.tif')).levels[0].image);
    expect([offsets[4], lengths[4]]).toEqual([0, 0]);
    expect(lengths.filter((length) => length === 0)).toHaveLength(1);
  });

  it('halves until one tile is left, by the mean of the valid cells', async () => {
    const cells = Int16Array.of(1, 3, -3, -3, 5, 5, -3, 8, 7, 7, 4, -3, 9, 9, -3, -3);
    const layer = await opened({ ...imageOf('int16'), cells, width: 4, height: 4, tile: 16 });
    expect(layer.facts.overviews).toBeUndefined(); // it already is one tile
    const large = allocate('int16', 33 * 33).fill(-3);
    for (let y = 0; y < 4; y++) large.set(cells.subarray(4 * y, 4 * y + 4), 33 * y);
    large[33 * 33 - 1] = 11;
    const halved = await opened({ ...imageOf('int16'), cells: large, width: 33, height: 33, tile: 16 });
    expect(halved.facts.overviews!.map(({ height, width }) => [height, width])).toEqual([
      [17, 17],
      [9, 9],
    ]);
    const first = await cellsOf(halved, 1);
    expect([first[0], first[1], first[17], first[18]]).toEqual([4, 8, 8, 4]); // (1+3+5+5)/4 is 3.5, rounded up
    expect([first[2], first.at(-1)]).toEqual([-3, 11]); // nothing stays nothing; the odd corner stands for itself
  });

  it('takes one of four cells where a mean of classes would be nonsense', async () => {
    const cells = Uint8Array.from({ length: 33 * 33 }, (_, i) => (i % 33) + Math.floor(i / 33));
    const layer = await opened({
      ...imageOf('uint8'),
      cells,
      width: 33,
      height: 33,
      tile: 16,
      overviews: 'nearest',
    });
    const half = await cellsOf(layer, 1);
    expect([half[0], half[1], half[17], half.at(-1)]).toEqual([0, 2, 2, 64]);
  });

  it('keeps NaN out of a mean without a nodata value', async () => {
    const { nodata, ...image } = imageOf('float32');
    const first = await cellsOf(await opened(image), 1);
    expect(Number.isNaN(first[20 * 42 + 20])).toBe(true);
    expect(first.some((cell) => Number.isNaN(cell))).toBe(true);
    expect(Array.from(first).filter(Number.isNaN).length).toBeLessThan(350);
  });

  it.each(['cells', 'tile'])('refuses %s that do not fit', (field) => {
    const wrong = field === 'cells' ? { width: WIDTH + 1 } : { tile: 100 };
    expect(() => encodeCog(imageOf('int16', wrong))).toThrow(BadRequest);
    expect(() => encodeCog(imageOf('int16', wrong))).toThrow(new RegExp(`^${field}: `));
  });
});

describe("a COG's layout", () => {
  it.each([false, true])(
    'puts directories first, then blocks from coarse to fine (BigTIFF %s)',
    async (bigTiff) => {
      const bytes = encode(imageOf('int16', { bigTiff }));
      const store = memoryStore();
      await store.put('x.tif', bytes);
      const { levels } = await openTiff(store, 'x.tif');
      const indices = levels.map(({ image }) => indexOf(image));
      const stored = indices
        .toReversed()
        .flatMap(({ offsets, lengths }) =>
          Array.from(offsets, (offset, i) => ({ offset, length: lengths[i]! })).filter(
            ({ length }) => length > 0,
          ),
        );
      expect(levels).toHaveLength(3);
      expect(
        bytes.toString('latin1', bigTiff ? 16 : 8).startsWith('GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\n'),
      ).toBe(true);
      for (const [i, { offset, length }] of stored.entries()) {
        expect(bytes.readUInt32LE(offset - 4)).toBe(length);
        const last = bytes.subarray(offset + length - 4, offset + length);
        expect(bytes.subarray(offset + length, offset + length + 4)).toEqual(last);
        const end = offset + length + 4;
        expect(end).toBe(i + 1 < stored.length ? stored[i + 1]!.offset - 4 : bytes.length);
      }
    },
  );

  it('refuses a CRS that the keys of GeoTIFF cannot spell out', () => {
    const crs = { ...crsByName('EPSG:2056'), epsg: undefined } as never;
    expect(() => encodeCog(imageOf('int16', { crs }))).toThrow(UnsupportedInput);
  });
});

describe.skipIf(!gdalPython)(`COGs of ours in GDAL (${PYTHON_HINT})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-cog-'));
  const images = new Map<string, CogImage>();
  let files: readonly GdalFile[] = [];

  beforeAll(() => {
    for (const form of COMBINATIONS) {
      const crs = crsByName(form.bigTiff ? 'EPSG:32650' : 'MODIS sinusoidal');
      const name = `${form.dtype}-${form.compression}-${form.bigTiff}.tif`;
      images.set(name, imageOf(form.dtype, { ...form, crs, scale: 0.5, offset: 2, units: 'gC m-2' }));
    }
    images.set(
      'albers.tif',
      imageOf('int16', { crs: crsByName('ESRI:102025'), description: 'NPP <of> März & April' }),
    );
    images.set('rotated.tif', imageOf('int16', { transform: [10, 2, 5e5, 3, -9, 4e6] }));
    for (const [name, image] of images) writeFileSync(join(folder, name), encode(image));
    files = askGdal('gdal_describe.py', folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const widened = (cells: Cells): Cells => (cells instanceof Float16Array ? Float32Array.from(cells) : cells);

  it('hold the same cells, place, nodata and meaning', () => {
    expect(files).toHaveLength(COMBINATIONS.length + 2);
    for (const file of files) {
      const image = images.get(file.file)!;
      expect([file.file, file.bands]).toEqual([file.file, [digest(widened(image.cells))]]);
      expect(file.transform).toEqual(image.transform);
      expect(Number(file.nodata)).toBe(image.nodata);
      expect([file.scale, file.offset]).toEqual([image.scale ?? 1, image.offset ?? 0]);
      expect(file.units).toBe(image.units ?? null);
    }
    expect(files.find(({ file }) => file === 'albers.tif')!.description).toBe('NPP <of> März & April');
  });

  it('are in the CRS that was meant', () => {
    const crsOf = (name: string) => files.find(({ file }) => file === name)!;
    expect(crsOf('int16-zstd-true.tif').epsg).toBe(32650);
    expect(crsOf('int16-zstd-false.tif').crs).toContain('+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181');
    expect(crsOf('albers.tif').crs).toContain('+proj=aea +lat_0=30 +lon_0=95 +lat_1=15 +lat_2=65');
  });

  it('are COGs to GDAL, with our overviews', async () => {
    for (const file of files) {
      expect(file.structure.LAYOUT).toBe('COG');
      const layer = await opened(images.get(file.file)!);
      expect(file.overviews).toHaveLength(2);
      for (const [i, overview] of file.overviews.entries()) {
        expect([file.file, overview.bands]).toEqual([
          file.file,
          [digest(widened(await cellsOf(layer, i + 1)))],
        ]);
      }
    }
  });

  it.skipIf(!pythonWith('rasterio', 'rio_cogeo'))(
    'leave a strict validator nothing to say (needs rio-cogeo)',
    () => {
      for (const { file, complaints } of files) expect([file, complaints]).toEqual([file, []]);
    },
  );
});
