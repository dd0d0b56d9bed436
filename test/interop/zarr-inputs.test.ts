import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Layer } from '../../lib/raster/layer.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { fileStore } from '../../lib/store/file.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';

const python = pythonWith('zarr', 'xarray', 'rioxarray', 'rasterio');
const script = fileURLToPath(new URL('write_inputs.py', import.meta.url));

interface Written {
  variable: string;
  shape: number[];
  cells: (number | null)[];
  crs?: string;
  transform?: number[];
}

/** Cells after nodata, scale and offset, as a consumer of the layer decodes them; null for nodata. */
async function decoded(layer: Layer): Promise<(number | null)[]> {
  const { facts } = layer;
  const { height, width } = facts.grid;
  const region = { t0: 0, t1: facts.times?.length ?? 1, y0: 0, y1: height, x0: 0, x1: width };
  const { cells } = await layer.read(region);
  return Array.from(cells, (v) =>
    Number.isNaN(v) || facts.nodata?.includes(v) ? null : v * facts.scale + facts.offset,
  );
}

describe.skipIf(!python)(`inputs written by the programs of others (${PYTHON_HINT})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-inputs-'));
  let written: Record<string, Written>;

  beforeAll(() => {
    const { status, stdout, stderr } = spawnSync(python!, ['-W', 'ignore', script, folder], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    written = JSON.parse(stdout);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads every form of a cube with the same cells, months and place', async () => {
    const wrong: string[] = [];
    for (const [name, { variable, shape, cells, crs, transform }] of Object.entries(written)) {
      try {
        const layer = await openZarr(fileStore(folder), name, variable);
        const { times, grid } = layer.facts;
        expect(await decoded(layer)).toEqual(cells);
        expect([grid.height, grid.width]).toEqual(shape.slice(-2));
        expect(grid.crs.name).toBe(crs ?? 'EPSG:4326');
        expect(grid.transform).toEqual(
          (transform ?? [0.1, 0, 113, 0, -0.1, 23]).map((v) => expect.closeTo(v, 9)),
        );
        expect(times).toEqual(crs ? undefined : [18_993, 19_024, 19_052]);
      } catch (error) {
        wrong.push(`${name}: ${(error as Error).message}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(written).length).toBeGreaterThanOrEqual(58);
  });

  it('keeps the packing as facts, and nodata as stored', async () => {
    for (const version of ['v2', 'v3']) {
      const packed = await openZarr(fileStore(folder), `${version}-packed`, 't2m');
      expect(packed.facts).toMatchObject({
        dtype: 'int16',
        scale: 0.5,
        offset: 100,
        nodata: [-32_768],
        units: 'K',
      });
      const filled = await openZarr(fileStore(folder), `${version}-fill`, 't2m');
      expect(filled.facts).toMatchObject({ dtype: 'float32', scale: 1, offset: 0, nodata: [-9999] });
    }
  });

  it('knows inner chunks as the unit of reading', async () => {
    const layer = await openZarr(fileStore(folder), 'v3-sharded', 't2m');
    expect(layer.facts.block).toEqual({ t: 1, y: 2, x: 2 });
    expect(layer.facts.objects).toHaveLength(8);
  });
});
