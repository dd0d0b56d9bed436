import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptInput, isFluxError, UnsupportedInput } from '../../lib/errors.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import { fileStore } from '../../lib/store/file.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { cpuMillis } from '../helpers/cpu-time.ts';
import {
  BLOCK_START,
  buildTiff,
  imageTags,
  type RawTag,
  type RawTiff,
  sixteenCells,
  tag,
  text,
} from './build-tiff.ts';
import { digest, openTiff, readTiff } from './tiff-image.ts';

const MEBI = 2 ** 20;

/** The most memory that this process has held so far, bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

/** Reads everything that a file holds; the error, when there is one. */
async function attempt(store: Store, key: string): Promise<unknown> {
  try {
    const file = await openTiff(store, key);
    for (let level = 0; level < file.levels.length; level++) {
      for (let band = 0; band < file.levels[level]!.image.samples; band++)
        await readTiff(store, file, band, level);
    }
    await openCog(store, key);
    return undefined;
  } catch (error) {
    return error;
  }
}

const isTyped = (error: unknown, key: string): boolean =>
  (error instanceof CorruptInput || error instanceof UnsupportedInput) && error.message.includes(key);

const shared = fileURLToPath(new URL('../../../shared/data/tiff', import.meta.url));

describe.skipIf(!existsSync(shared))('hostile and odd TIFFs of others (needs ../shared/data/tiff)', () => {
  const store = fileStore(shared);
  const files = existsSync(shared)
    ? readdirSync(shared, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(shared.length + 1))
    : [];

  it('are read, or refused by name, each within 2 s of CPU time and all within 256 MiB', async () => {
    const before = peak();
    const untyped: string[] = [];
    const slow: string[] = [];
    let read = 0;
    for (const key of files) {
      const start = cpuMillis();
      const error = await attempt(store, key);
      if (cpuMillis() - start > 2000) slow.push(key);
      if (error === undefined) read++;
      else if (!isTyped(error, key)) untyped.push(`${key}: ${error}`);
    }
    expect(files.length).toBeGreaterThan(300);
    expect(untyped).toEqual([]);
    expect(slow).toEqual([]);
    expect(read).toBeGreaterThan(15); // georeferenced and whole
    expect(peak() - before).toBeLessThan(256 * MEBI);
  });

  it.each([
    ['image-rs+image-tiff/geotiff/usda_naip_256_webp_z3.tif', 'compression 50001 (WebP)'],
    ['image-rs+image-tiff/images/fax4.tiff', 'compression 4 (CCITT group 4 fax)'],
    ['image-rs+image-tiff/images/gradient-1c-64b.tiff', 'unsigned cells of 64 bits'],
    ['image-rs+image-tiff/libtiffpic/ycbcr-cat.tif', 'photometric interpretation 6 (YCbCr)'],
    ['image-rs+image-tiff/images/cmyk-4c-8b.tiff', 'CMYK'],
    ['cogeotiff+rio-cogeo/validate/nontiff.jpg', 'is not a TIFF'],
    ['cogeotiff+rio-tiler/cog_nonearth.tif', 'ProjCoordTransGeoKey'],
  ])('%s is refused for what it is: %s', async (key, cause) => {
    const error = await attempt(store, key);
    expect(error).toBeInstanceOf(UnsupportedInput);
    expect(String(error)).toContain(cause);
  });
});

const EXPECTED = digest(new Int16Array(sixteenCells().buffer as ArrayBuffer));

async function openBuilt(raw: RawTiff | Uint8Array): Promise<{ error: unknown; cells?: string }> {
  const store = memoryStore();
  await store.put('x.tif', raw instanceof Uint8Array ? raw : buildTiff(raw));
  const error = await attempt(store, 'x.tif');
  if (error !== undefined) return { error };
  const layer = await openCog(store, 'x.tif');
  const { height, width } = layer.facts.grid;
  const { cells } = await layer.read({ t0: 0, t1: 1, y0: 0, y1: height, x0: 0, x1: width });
  return { error: undefined, cells: digest(cells) };
}

const image = (changes: RawTag[] = [], without: number[] = [], blocks = sixteenCells()): RawTiff => ({
  directories: [imageTags(changes, without)],
  blocks,
});

describe('what people hand over instead of a TIFF', () => {
  it.each([
    ['\x89HDF\r\n\x1a\n', /it is HDF5 or NetCDF-4\. Write it as Zarr/],
    ['CDF\x01', /it is classic NetCDF\. Write it as Zarr/],
    ['GRIB', /it is GRIB\. Write it as Zarr/],
    ['\x0e\x03\x13\x01', /it is HDF4\. Write a layer of it as COG/],
    ['PK\x03\x04', /it is a zip\. Unpack it/],
    ['version https://git-lfs.github.com/spec/v1', /a pointer of Git LFS\. Fetch the file itself/],
    ['anything else', /does not start with II or MM/],
  ])('%j is refused by its kind, with the remedy', async (start, message) => {
    const { error } = await openBuilt(Buffer.from(start.padEnd(100, '\0'), 'latin1'));
    expect(error).toBeInstanceOf(UnsupportedInput);
    expect(String(error)).toMatch(message);
  });
});

describe('a hand-made TIFF', () => {
  it.each([true, false])(
    'is read when nothing is wrong with it (little-endian: %s)',
    async (littleEndian) => {
      const plain = { ...image([], [], sixteenCells(littleEndian)), littleEndian };
      expect(await openBuilt(plain)).toEqual({ error: undefined, cells: EXPECTED });
      expect(await openBuilt({ ...plain, bigTiff: true })).toEqual({ error: undefined, cells: EXPECTED });
    },
  );

  const broken: [string, RawTiff | Uint8Array, RegExp][] = [
    ['no bytes', new Uint8Array(0), /is empty/],
    ['7 bytes', new Uint8Array(7), /is not a TIFF/],
    ['no directory', buildTiff({ directories: [] }), /no image directory/],
    ['a directory that leads back to itself', { ...image(), next: { directory: 0 } }, /loop/],
    ['a directory behind the end', { ...image(), next: 4_000_000 }, /ends at/],
    ['a next directory in the middle of cells', { ...image(), next: BLOCK_START }, /./],
    [
      '65 directories',
      { directories: Array.from({ length: 65 }, () => imageTags()), blocks: sixteenCells() },
      /over 64/,
    ],
    ['a text of 2 GB', image([{ id: 270, type: 2, values: [1], count: 2 ** 31, offset: 8 }]), /tag 270/],
    [
      'values behind the end',
      image([{ id: 33550, type: 12, values: [1], count: 3, offset: 1e6 }]),
      /tag 33550/,
    ],
    [
      'a count beyond 2^53',
      { ...image([{ id: 270, type: 2, values: [1], count: 2 ** 60, offset: 8 }]), bigTiff: true },
      /tag 270/,
    ],
    ['an unknown field type', image([tag(270, 99, 1)]), /field type 99/],
    ['no width', image([], [256]), /width .* missing/],
    ['a width of 0', image([tag(256, 4, 0)]), /width is 0/],
    ['a width given as text', image([text(256, 'wide')]), /tag 256/],
    ['0 bits', image([tag(258, 3, 0)]), /0 bits/],
    ['0 bands', image([tag(277, 3, 0)]), /band count is 0/],
    ['a tile size of 0', image([tag(322, 4, 0), tag(323, 4, 16)]), /tile width is 0/],
    ['0 rows in a strip', image([tag(278, 4, 0)]), /0 rows/],
    ['a huge image of one strip row', image([tag(256, 4, 2 ** 31 - 1)]), /decodes to/],
    ['a huge image with one block', image([tag(257, 4, 2 ** 31 - 1)]), /needs 536870912 blocks/],
    ['no blocks', image([], [273, 279]), /needs 1 blocks/],
    ['a block behind the end', image([tag(273, 4, 1e6)]), /block 0 would be 32 bytes at 1000000/],
    ['a block that ends behind the end', image([tag(279, 4, 4000)]), /block 0 would be 4000 bytes/],
    ['a block with an offset and no length', image([tag(279, 4, 0)]), /block 0/],
    ['too short a block', image([tag(279, 4, 30)]), /30 of 32 bytes/],
    ['planar configuration 7', image([tag(284, 3, 7)]), /planar configuration 7/],
    ['an unknown compression', image([tag(259, 3, 12345)]), /compression 12345 \(unknown\)/],
    ['cells of unlike bands', image([tag(277, 3, 2), tag(258, 3, 8, 16)]), /different bit depths/],
    ['complex cells', image([tag(339, 3, 6)]), /complex/],
    ['a float predictor on integers', image([tag(259, 3, 8), tag(317, 3, 3)]), /predictor 3/],
    ['no georeference', image([], [33550, 33922]), /no affine georeference/],
    ['pixels without area', image([tag(33550, 12, 0, 0, 0)]), /without area/],
    ['a georeference of NaN', image([tag(33922, 12, 0, 0, 0, Number.NaN, 0, 0)]), /NaN/],
    ['no CRS', image([], [34735]), /names no CRS/],
    ['a geokey outside its doubles', image([tag(34735, 3, 1, 1, 0, 1, 2057, 34736, 5, 0)]), /geokey 2057/],
    ['a nodata value of "none"', image([text(42113, 'none')]), /nodata value is "none"/],
    [
      'a scale of "x"',
      image([text(42112, '<Item name="S" sample="0" role="scale">x</Item>')]),
      /scale is "x"/,
    ],
  ];
  it.each(broken)('with %s is refused, naming file and cause', async (_, raw, cause) => {
    const { error } = await openBuilt(raw);
    expect(error).toSatisfy((e) => isTyped(e, 'x.tif'));
    expect(String(error)).toMatch(cause);
  });

  const compressed = (compression: number, blocks: Uint8Array): RawTiff =>
    image([tag(259, 3, compression), tag(279, 4, blocks.length)], [], blocks);

  it.each([
    ['deflate that is garbage', compressed(8, sixteenCells()), /cannot be decompressed/],
    [
      'deflate that ends early',
      compressed(8, deflateSync(sixteenCells()).subarray(0, -6)),
      /cannot be decompressed/,
    ],
    ['deflate of too few cells', compressed(8, deflateSync(sixteenCells().subarray(2))), /30 of 32 bytes/],
    ['zstd that is garbage', compressed(50000, sixteenCells()), /cannot be decompressed/],
    [
      'zstd that ends early',
      compressed(50000, zstdCompressSync(sixteenCells()).subarray(0, -3)),
      /decompressed/,
    ],
    ['LZW with a code of the future', compressed(5, Uint8Array.of(0x80, 0x7f, 0xff, 0xff)), /LZW code/],
    ['LZW that ends early', compressed(5, Uint8Array.of(0x80, 0x00, 0x20)), /of 32 bytes/],
    ['PackBits that ends early', compressed(32773, Uint8Array.of(31, 1, 2, 3)), /PackBits/],
    ['LERC that is garbage', compressed(34887, sixteenCells()), /LERC/],
  ] as const)('with %s is refused, never read as zeros', async (_, raw, cause) => {
    const { error } = await openBuilt(raw);
    expect(error).toBeInstanceOf(CorruptInput);
    expect(String(error)).toMatch(cause);
  });

  it.each([
    ['deflate', 8, deflateSync],
    ['zstd', 50000, zstdCompressSync],
  ] as const)(
    'with a %s bomb of 60 MiB in a block of 32 bytes is refused at byte 33',
    async (_, id, compress) => {
      const { error } = await openBuilt(compressed(id, compress(Buffer.alloc(60 * MEBI))));
      expect(error).toBeInstanceOf(CorruptInput);
      expect(String(error)).toContain('larger than 32 bytes');
    },
  );
});

describe('a COG of our own', () => {
  const width = 70;
  const height = 53;
  const cells = Int16Array.from({ length: width * height }, (_, i) => 1 + ((i * 7919) % 5000));
  const whole = { t0: 0, t1: 1, y0: 0, y1: height, x0: 0, x1: width };
  const bytes = Buffer.concat(
    encodeCog({
      cells,
      width,
      height,
      dtype: 'int16',
      nodata: -3000,
      transform: [250, 0, 1e6, 0, -250, 5e6],
      crs: crsByName('MODIS sinusoidal'),
      compression: 'deflate',
      tile: 32,
      overviews: 'mean',
    }),
  );

  async function readBroken(broken: Uint8Array): Promise<'same' | 'other' | 'refused'> {
    const store = memoryStore();
    await store.put('x.tif', broken);
    try {
      const layer = await openCog(store, 'x.tif');
      const { height: h, width: w } = layer.facts.grid;
      const read = await layer.read({ ...whole, y1: h, x1: w });
      return digest(read.cells) === digest(cells) ? 'same' : 'other';
    } catch (error) {
      if (isFluxError(error)) return 'refused';
      throw error;
    }
  }

  it('is refused wherever it is cut off, unless only padding is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (end) => {
        const outcome = await readBroken(bytes.subarray(0, end));
        expect(outcome).toBe(end >= bytes.length - 4 ? 'same' : 'refused');
      }),
      { seed: 20260921, numRuns: 200 },
    );
  });

  it('is the same or refused when a bit of its blocks flips, as deflate carries a checksum', async () => {
    const first = bytes.indexOf(Buffer.from([0x78, 0x9c]));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: first, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          const flipped = Buffer.from(bytes);
          flipped[at]! ^= 1 << bit;
          expect(await readBroken(flipped)).not.toBe('other');
        },
      ),
      { seed: 20260922, numRuns: 200 },
    );
  });

  it('never crashes or hangs when bits of its header flip', async () => {
    const first = bytes.indexOf(Buffer.from([0x78, 0x9c]));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(8 * first - 1), { minLength: 1, maxLength: 3 }), async (bits) => {
        const flipped = Buffer.from(bytes);
        for (const bit of bits) flipped[bit >> 3]! ^= 1 << (bit & 7);
        if ((await readBroken(flipped)) === 'refused') refused++;
      }),
      { seed: 20260923, numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
