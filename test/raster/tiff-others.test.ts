import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { isFluxError } from '../../lib/errors.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { fileStore } from '../../lib/store/file.ts';
import { PYTHON_HINT } from '../helpers/python.ts';
import { askGdal, type GdalFile, gdalPython } from './gdal.ts';
import { digest, openTiff, readTiff } from './tiff-image.ts';

const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const FOLDERS = [
  'tiff',
  'arcachon-2004',
  'landcover/plum-island',
  'landcover/new-guinea',
  'munich-2022/mod09a1',
];

describe.skipIf(!gdalPython || !existsSync(shared))(
  `TIFFs of others beside GDAL (needs ../shared/data; ${PYTHON_HINT})`,
  () => {
    const store = fileStore(shared);
    /** Of each file that we read whole: the digest of every band. */
    const ours = new Map<string, readonly string[]>();
    let theirs: readonly GdalFile[] = [];

    beforeAll(async () => {
      for (const key of FOLDERS.flatMap(filesBelow)) {
        const bands = await digests(key);
        if (bands) ours.set(key, bands);
      }
      theirs = askGdal('gdal_describe.py', shared, [...ours.keys()]);
    });

    function filesBelow(folder: string): string[] {
      return readdirSync(`${shared}/${folder}`, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(shared.length + 1));
    }

    async function digests(key: string): Promise<string[] | undefined> {
      try {
        const file = await openTiff(store, key);
        const bands: string[] = [];
        for (let b = 0; b < file.levels[0].image.samples; b++) {
          const { cells } = await readTiff(store, file, b);
          bands.push(digest(cells instanceof Float16Array ? Float32Array.from(cells) : cells));
        }
        return bands;
      } catch (error) {
        if (isFluxError(error)) return undefined; // refused by name: cog-hostile.test.ts
        throw error;
      }
    }

    it('hold the same cells in every band of every file that we read', () => {
      expect(ours.size).toBeGreaterThan(280);
      for (const { file, error, bands } of theirs)
        expect([file, error ?? bands]).toEqual([file, ours.get(file)]);
    });

    it('lie in the same place, with the same nodata, scale and offset', async () => {
      let compared = 0;
      for (const file of theirs) {
        const layer = await openCog(store, file.file).catch((error: unknown) => {
          if (isFluxError(error)) return undefined; // no georeference, or a CRS that is not in the table
          throw error;
        });
        if (!layer) continue;
        compared++;
        const { grid, nodata, scale, offset } = layer.facts;
        expect([file.file, grid.transform]).toEqual([file.file, file.transform]);
        // Of projections that are spelled out, GDAL names some by a code, and we others: compared where both do.
        if (grid.crs.epsg && file.epsg !== null)
          expect([file.file, grid.crs.epsg]).toEqual([file.file, file.epsg]);
        const finite = file.nodata === null || file.nodata === 'nan' ? undefined : [Number(file.nodata)];
        expect([file.file, nodata, scale, offset]).toEqual([file.file, finite, file.scale, file.offset]);
      }
      expect(compared).toBeGreaterThan(110);
    });
  },
);
