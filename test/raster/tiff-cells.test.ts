import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Cells } from '../../lib/grid/cells.ts';
import { indexOf } from '../../lib/raster/block-index.ts';
import { fileStore } from '../../lib/store/file.ts';
import { openTiff, readTiff } from './tiff-image.ts';

const images = fileURLToPath(
  new URL('../../../shared/data/tiff/image-rs+image-tiff/images/', import.meta.url),
);
const store = fileStore(images);

async function bandsOf(key: string): Promise<Cells[]> {
  const file = await openTiff(store, key);
  const bands: Cells[] = [];
  for (let b = 0; b < file.levels[0].image.samples; b++) bands.push((await readTiff(store, file, b)).cells);
  return bands;
}

/** What the file's name says of cell `i` of band `b`: the images count up, wrapping at their number of bits. */
function counted(name: string, i: number, b: number): number {
  const [, channels, kind = ''] = /seq-(\d)c-(\w+)/.exec(name)!;
  const n = Number(channels);
  const nth = name.includes('planar') ? i + 100 * b : n * i + b;
  if (kind.endsWith('f')) return Math.fround(nth / (256 * n - 1));
  if (kind.startsWith('i')) return (nth % 256) - 128;
  const bits = Number.parseInt(kind, 10);
  const value = nth % 2 ** bits;
  return name.includes('miniswhite') ? 2 ** bits - 1 - value : value;
}

describe.skipIf(!existsSync(images))(
  'images that count up, made by others (needs ../shared/data/tiff)',
  () => {
    const names = existsSync(images) ? readdirSync(`${images}seq`) : [];
    const readable = names.filter((name) => !/fax3|cmyk/.test(name));

    it.each(readable)('%s holds the cells that its name says', async (name) => {
      const bands = await bandsOf(`seq/${name}`);
      const wrong = bands.flatMap((cells, b) => {
        const at = cells.findIndex((cell, i) => Math.abs(cell - counted(name, i, b)) > 1e-7);
        return at < 0 ? [] : [`band ${b}, cell ${at}: ${cells[at]}, not ${counted(name, at, b)}`];
      });
      expect(wrong).toEqual([]);
      expect(bands[0]).toHaveLength(256);
    });

    it.each([
      ['minisblack-1c-8b.tiff', 'minisblack-1c-8b.pgm', 1],
      ['rgb-3c-8b.tiff', 'rgb-3c-8b.ppm', 3],
    ])('%s holds the cells of the plain %s', async (key, plain, channels) => {
      const bands = await bandsOf(key);
      const bytes = readFileSync(`${images}${plain}`).subarray(-bands[0]!.length * channels);
      for (const [b, cells] of bands.entries()) {
        expect(Array.from(cells)).toEqual(Array.from(bytes.filter((_, i) => i % channels === b)));
      }
    });

    const old = fileStore(fileURLToPath(new URL('../libtiffpic', `file://${images}`)));

    it('finds tiles that are listed by the tags of strips', async () => {
      const file = await openTiff(old, 'quad-tile.tif');
      expect(file.levels[0].image).toMatchObject({ tiled: true, width: 512, height: 384 });
      expect(indexOf(file.levels[0].image).offsets).toHaveLength(12);
      expect(new Set((await readTiff(old, file, 2)).cells).size).toBeGreaterThan(100);
    });

    it('refuses LZW of before TIFF 6.0 instead of reading it wrong', async () => {
      const reading = readTiff(old, await openTiff(old, 'quad-lzw.tif'), 0);
      await expect(reading).rejects.toThrow(/quad-lzw.tif.*before TIFF 6.0/);
    });
  },
);
