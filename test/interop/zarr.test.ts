import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportV2 } from '../../lib/raster/export-v2.ts';
import { productArrays } from '../../lib/raster/zarr-product.ts';
import { fileStore } from '../../lib/store/file.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import {
  SAMPLE_CRS,
  type SampleCrs,
  sampleProduct,
  sampleValue,
  writeSample,
} from '../raster/zarr-sample.ts';

const python = pythonWith('zarr', 'xarray', 'rioxarray', 'rasterio', 'rio_tiler', 'isochron');
const script = fileURLToPath(new URL('read_product.py', import.meta.url));

type Cells = (number | null)[][][];
interface Level {
  crs: string;
  epsg: number | null;
  transform: number[];
  times: string[];
  years: string[];
  npp: Cells;
  npp_annual: Cells;
  qa: Cells;
  qa_dtype: string;
  units: string;
  title: string;
}
interface Report {
  levels: [Level, Level];
  tree: string[];
  tiler: { variables: string[]; point: number[]; bounds: number[] };
  arrayReader: { crs: string; shape: number[]; bounds: number[] };
  v2: Record<'zlib' | 'blosc', Level>;
  gdal: Record<
    'zlib' | 'blosc',
    { crs: string; epsg: number | null; transform: number[]; count: number; npp: Cells }
  >;
}

/** What every reader must see of an array, nodata as null where `masked`. */
function expected(crs: SampleCrs, level: number, name: string, masked = true): Cells {
  const array = productArrays(sampleProduct(crs)).find((a) => a.level === level && a.name === name)!;
  const [steps, rows, cols] = array.shape as [number, number, number];
  const range = (n: number) => Array.from({ length: n }, (_, i) => i);
  return range(steps).map((t) =>
    range(rows).map((r) =>
      range(cols).map((c) => {
        const value = sampleValue(array, t, r, c);
        return masked && Object.is(value, array.fill) ? null : value;
      }),
    ),
  );
}

describe.skipIf(!python)(`products in the programs of others (${PYTHON_HINT})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-zarr-'));
  const reports = new Map<SampleCrs, Report>();

  beforeAll(async () => {
    const paths = SAMPLE_CRS.map((crs) => join(folder, crs.replace(':', '-')));
    for (const [i, crs] of SAMPLE_CRS.entries()) {
      const store = fileStore(paths[i]!);
      await writeSample(store, 'data.zarr', sampleProduct(crs));
      for (const compressor of ['zlib', 'blosc'] as const) {
        const to = { store, root: `v2-${compressor}.zarr` };
        await exportV2({ store, root: 'data.zarr' }, to, { compressor });
      }
    }
    const { status, stdout, stderr } = spawnSync(python!, ['-W', 'ignore', script, ...paths], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    const found = JSON.parse(stdout) as Report[];
    for (const [i, crs] of SAMPLE_CRS.entries()) reports.set(crs, found[i]!);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe.each(SAMPLE_CRS)('in %s', (crs) => {
    const isCrs = (wkt: string): void => {
      const name = { 'EPSG:4326': 'WGS 84', 'EPSG:32632': 'UTM zone 32N', 'modis-sinusoidal': '6371007.181' }[
        crs
      ];
      expect(wkt).toContain(name);
    };
    const { transform } = sampleProduct(crs).grid;
    const epsg = crs === 'modis-sinusoidal' ? null : Number(crs.slice(5));

    it('xarray and zarr-python 3 open both levels with equal values', () => {
      for (const level of [0, 1] as const) {
        const found = reports.get(crs)!.levels[level];
        expect(found.npp).toEqual(expected(crs, level, 'npp'));
        expect(found.npp_annual).toEqual(expected(crs, level, 'npp_annual'));
        expect(found.qa).toEqual(expected(crs, level, 'qa', false));
        expect(found.qa_dtype).toBe('uint8');
      }
    });

    it('rioxarray finds the CRS and the transform of both levels without being told how', () => {
      for (const level of [0, 1] as const) {
        const found = reports.get(crs)!.levels[level];
        isCrs(found.crs);
        expect(found.epsg).toBe(epsg);
        const factor = 2 ** level;
        const scaled = transform.map((v, i) => (i === 0 || i === 4 ? v * factor : v));
        expect(found.transform).toEqual(scaled.map((v) => expect.closeTo(v, 9)));
      }
    });

    it('xarray decodes months and years, units and title, and opens the tree of levels', () => {
      const [native] = reports.get(crs)!.levels;
      expect(native.times).toEqual(['2022-01-01', '2022-02-01', '2022-03-01']);
      expect(native.years).toEqual(['2022-01-01']);
      expect([native.units, native.title]).toEqual(['g m-2 month-1', 'Sample']);
      expect(reports.get(crs)!.tree).toEqual(['/', '/0', '/1']);
    });

    it("rio-tiler's GeoZarr readers find the pyramid, its place and its values", () => {
      const { tiler, arrayReader } = reports.get(crs)!;
      expect(tiler.variables).toEqual(expect.arrayContaining(['npp', 'qa', 'land_cover', 'npp_annual']));
      expect(tiler.point).toHaveLength(3);
      const values = new Set(expected(crs, 0, 'npp').flat(2));
      expect(tiler.point.every((v) => values.has(v))).toBe(true);
      isCrs(arrayReader.crs);
      expect(arrayReader.shape).toEqual([5, 6]);
      const [a, , c, , e, f] = transform;
      expect(arrayReader.bounds).toEqual([c, f + 5 * e, c + 6 * a, f].map((v) => expect.closeTo(v, 6)));
    });

    it.each(['zlib', 'blosc'] as const)(
      'GDAL opens the Zarr v2 export in %s, georeferenced, with equal values',
      (name) => {
        const found = reports.get(crs)!.gdal[name];
        expect(found.npp).toEqual(expected(crs, 0, 'npp'));
        expect(found.count).toBe(3);
        isCrs(found.crs);
        expect(found.epsg).toBe(epsg);
        expect(found.transform).toEqual(transform.map((v) => expect.closeTo(v, 6)));
      },
    );

    it.each(['zlib', 'blosc'] as const)(
      'xarray opens the Zarr v2 export in %s as it opens the product',
      (name) => {
        const { v2, levels } = reports.get(crs)!;
        expect(v2[name]).toEqual({
          ...levels[0],
          transform: levels[0].transform.map((v) => expect.closeTo(v, 9)),
        });
      },
    );
  });
});
