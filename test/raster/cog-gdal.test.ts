import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Region } from '../../lib/grid/region.ts';
import { openCog } from '../../lib/raster/cog.ts';
import type { Layer } from '../../lib/raster/layer.ts';
import { fileStore } from '../../lib/store/file.ts';
import type { Store } from '../../lib/store/store.ts';
import { PYTHON_HINT } from '../helpers/python.ts';
import { askGdal, type GdalFile, type GdalLevel, gdalPython } from './gdal.ts';
import { digest } from './tiff-image.ts';

const whole = ([height, width]: readonly [number, number]): Region => ({
  t0: 0,
  t1: 1,
  y0: 0,
  y1: height,
  x0: 0,
  x1: width,
});

describe.skipIf(!gdalPython)(`TIFFs that GDAL wrote (${PYTHON_HINT})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-gdal-'));
  let files: readonly GdalFile[] = [];
  let store: Store;

  beforeAll(() => {
    files = askGdal('gdal-tiffs.py', folder);
    store = fileStore(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const named = (name: RegExp): readonly GdalFile[] => files.filter(({ file }) => name.test(file));

  /** What differs from GDAL's reading of one level of a file: empty when nothing does. */
  async function differences(file: GdalFile, expected: GdalLevel, level: number): Promise<string[]> {
    const found: string[] = [];
    for (const [i, band] of expected.bands.entries()) {
      const layer = await openCog(store, file.file, { band: i + 1 });
      const { cells, valid } = await layer.read(whole(expected.size), { level });
      // GDAL widens half floats when it reads them.
      const same = layer.facts.dtype === 'float16' ? Float32Array.from(cells) : cells;
      if (digest(same) !== band) found.push(`${file.file} band ${i + 1} level ${level}: cells`);
      if (expected.mask && digest(valid ?? new Uint8Array(0)) !== expected.mask) {
        found.push(`${file.file} band ${i + 1} level ${level}: mask`);
      }
      if (!expected.mask && valid && !file.file.startsWith('nan-LERC'))
        found.push(`${file.file}: a mask of none`);
      const transform =
        level === 0 ? layer.facts.grid.transform : layer.facts.overviews![level - 1]!.transform;
      const off = transform.findIndex((value, k) => Math.abs(value - expected.transform[k]!) > 1e-9);
      if (off >= 0) found.push(`${file.file} level ${level}: transform[${off}]`);
    }
    return found;
  }

  const allDifferences = async (some: readonly GdalFile[]): Promise<string[]> => {
    const found: string[] = [];
    for (const file of some) {
      found.push(...(await differences(file, file, 0)));
      for (const [i, overview] of file.overviews.entries())
        found.push(...(await differences(file, overview, i + 1)));
    }
    return found;
  };

  it.each(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'])(
    'reads the same %s cells under every codec, predictor, layout and byte order',
    async (dtype) => {
      const some = named(new RegExp(`^${dtype}-`));
      expect(some.length).toBeGreaterThan(20);
      expect(await allDifferences(some)).toEqual([]);
    },
  );

  it('reads the same cells of 1 to 31 bits', async () => {
    expect(named(/^bits/)).toHaveLength(26);
    expect(await allDifferences(named(/^bits/))).toEqual([]);
  });

  it('reads the same half floats under every predictor', async () => {
    expect(await allDifferences(named(/^half/))).toEqual([]);
  });

  it('keeps NaN as NaN, in LERC through its mask', async () => {
    expect(named(/^nan/)).toHaveLength(6);
    expect(await allDifferences(named(/^nan/))).toEqual([]);
    const layer = await openCog(store, 'nan-LERC_ZSTD.tif');
    const { cells, valid } = await layer.read(whole([45, 37]));
    expect(Array.from(cells).filter(Number.isNaN)).toHaveLength(250);
    expect(valid!.filter((v) => v === 0)).toHaveLength(250);
    expect(layer.facts.nodata).toBeUndefined();
  });

  it('gives an internal mask as validity, on every overview', async () => {
    const some = named(/^mask/);
    expect(some.every(({ mask, overviews }) => mask && overviews.length === 2)).toBe(true);
    expect(await allDifferences(some)).toEqual([]);
  });

  it('fills blocks that are not stored with nodata, or with 0 where there is none', async () => {
    expect(await allDifferences(named(/^sparse/))).toEqual([]);
    const stored = async (key: string) => (await openCog(store, key)).dependencies(whole([45, 37]))[0]!.bytes;
    expect(await stored('sparse-zero.tif')).toBeLessThan(100); // one block of six
    expect(await stored('sparse-nodata.tif')).toBeLessThan(2000);
  });

  it('reads scale, offset, unit and nodata as GDAL does', async () => {
    for (const file of files) {
      const { facts } = await openCog(store, file.file);
      expect([facts.scale, facts.offset, facts.units ?? null]).toEqual([file.scale, file.offset, file.units]);
      const nodata = file.nodata === null || file.nodata === 'nan' ? undefined : [Number(file.nodata)];
      expect(facts.nodata).toEqual(nodata);
    }
    const { facts } = await openCog(store, 'meaning.tif');
    expect(facts).toMatchObject({
      scale: 0.0001,
      offset: -273.15,
      units: 'gC m-2 <& month>',
      nodata: [-9999],
    });
  });

  it('places rotated and south-up pixels, and pixels whose coordinates are their centres', async () => {
    expect(await allDifferences(named(/^(rotated|south-up|point)/))).toEqual([]);
  });

  it('reads any window as the part of the whole that it is', async () => {
    for (const { file, size } of named(/^(int16-|float32-|mask-|nan-)/)) {
      const layer = await openCog(store, file);
      await expectWindow(layer, size, { t0: 0, t1: 1, y0: 13, y1: 34, x0: 15, x1: 17 });
      await expectWindow(layer, size, { t0: 0, t1: 1, y0: 44, y1: 45, x0: 36, x1: 37 });
    }
  });
});

async function expectWindow(layer: Layer, size: readonly [number, number], part: Region): Promise<void> {
  const all = await layer.read(whole(size));
  const { cells, valid } = await layer.read(part);
  let i = 0;
  for (let y = part.y0; y < part.y1; y++) {
    for (let x = part.x0; x < part.x1; x++, i++) {
      const at = y * size[1] + x;
      if (!Object.is(cells[i], all.cells[at])) expect(`${layer.facts.title} ${y},${x}`).toBe('the same cell');
      if ((valid?.[i] ?? 1) !== (all.valid?.[at] ?? 1))
        expect(`${layer.facts.title} ${y},${x}`).toBe('as valid');
    }
  }
}
