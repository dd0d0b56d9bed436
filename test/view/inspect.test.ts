import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { fileStore } from '../../lib/store/file.ts';
import { bytesText, inspect, inspectJson, inspectText } from '../../lib/view/inspect.ts';
import { sampleLayer } from '../../lib/view/sample-layer.ts';
import { timeAxis } from '../../lib/view/time-axis.ts';
import { memoryLayer, sinusoidalGrid } from './memory-layer.ts';

describe('an input in words', () => {
  const { facts } = memoryLayer(sinusoidalGrid(5, 6), new Float32Array(30), {
    kind: 'cog',
    title: 'ndvi_{YYYY}{DDD}.tif',
    dtype: 'int16',
    nodata: [-3000],
    scale: 0.0001,
    units: '1',
    longName: 'NDVI',
    times: [18628, 18644, 18660, 18692],
    objects: [
      { key: 'a', etag: 'a', size: 1000 },
      { key: 'b', etag: 'b', size: 2072 },
    ],
  });

  it('tells CRS, grid, extent, unit, steps, storage and size', () => {
    const text = inspectText(facts);
    expect(text).toMatch(/^ndvi_\{YYYY\}\{DDD\}\.tif \(COG\)$/m);
    expect(text).toContain('NDVI, in 1');
    expect(text).toContain('MODIS sinusoidal');
    expect(text).toContain('5 rows x 6 columns of 231.65636 m');
    expect(text).toMatch(/extent +11\d\.\d{4} E to 11\d\.\d{4} E, 24\.\d{4} N to 24\.\d{4} N/);
    expect(text).toContain('x 11275644 to 11277033.94');
    expect(text).toContain('4 steps, 2021-01-01 to 2021-03-06, irregular');
    expect(text).toContain('int16, nodata -3000, value = stored * 0.0001');
    expect(text).toContain('2 objects, 3.0 KiB');
  });

  it('says what nobody said', () => {
    const { units: _, times: __, ...silent } = facts;
    const text = inspectText({ ...silent, nodata: [] });
    expect(text).toContain('no unit said');
    expect(text).toContain('no nodata said');
    expect(text).toContain('no time axis');
  });

  it('tells the sampled range with its unit, or that all was missing', () => {
    const sample = { cells: 48, missing: 0.25, min: -5.25, max: 31.5, mean: 12, steps: 3 };
    expect(inspectText({ ...facts, units: 'degC' }, sample)).toContain(
      '-5.25 to 31.5 degC, mean 12, 25.0 % missing (48 cells of 3 steps)',
    );
    const none = { ...sample, missing: 1, min: NaN, max: NaN, mean: NaN };
    expect(inspectText(facts, none)).toContain('all missing in the 48 cells of 3 steps looked at');
  });

  it('gives the same as JSON, with NaN as text', () => {
    const json = JSON.parse(inspectJson({ ...facts, nodata: [NaN] }));
    expect(json).toMatchObject({
      kind: 'cog',
      crs: 'MODIS sinusoidal',
      shape: [5, 6],
      nodata: ['NaN'],
      bytes: 3072,
    });
    expect(inspect(facts).pixelGround![0]).toBeCloseTo(231.656, 2);
  });

  it('leaves out longitudes where a corner lies off the Earth', () => {
    const grid = {
      crs: crsByName('modis-sinusoidal'),
      transform: [1e6, 0, -2e7, 0, -1e6, 1e7],
      height: 20,
      width: 40,
    } as const;
    expect(inspect({ ...facts, grid })).not.toHaveProperty('lonLatExtent');
  });
});

describe('a time axis in words', () => {
  const months = Array.from({ length: 24 }, (_, i) =>
    daysFromCivil(2021 + Math.floor(i / 12), (i % 12) + 1, 1),
  );
  const eightDays = Array.from({ length: 46 }, (_, i) => daysFromCivil(2022, 1, 1) + 8 * i);

  it.each([
    ['monthly', months],
    ['monthly', months.map((t) => t + 14)],
    ['every 8 days', eightDays],
    ['daily', [1, 2, 3, 4]],
    ['hourly', [0, 1 / 24, 2 / 24, 3 / 24]],
    ['every 6 hours', [0, 0.25, 0.5, 0.75]],
    ['yearly', [0, 365, 731, 1096].map((t) => t)],
    ['irregular', [0, 3, 10, 11, 40]],
    ['one step', [5]],
  ])('calls its steps %s', (name, times) => expect(timeAxis(times)!.step).toBe(name));

  it('finds the composite that does not exist', () => {
    const axis = timeAxis(eightDays.filter((_, i) => i !== 36))!;
    expect(axis.gaps).toEqual([{ after: '2022-10-08', days: 16 }]);
  });

  it('is nothing without steps', () => expect(timeAxis([])).toBeUndefined());
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [150 * 1024, '150 KiB'],
  [2.5 * 1024 ** 3, '2.5 GiB'],
])('writes %d bytes as %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

const munich = fileURLToPath(new URL('../../../shared/data/munich-2022', import.meta.url));
const real = existsSync(munich);

describe.skipIf(!real)(`real inputs${real ? '' : ' (skipped: the folder shared/data is not here)'}`, () => {
  it('describes ERA5 monthly temperature', async () => {
    const layer = await openZarr(fileStore(munich), 'era5_monthly.zarr', 't2m');
    const text = inspectText(layer.facts, await sampleLayer(layer));
    expect(text).toContain('in K');
    expect(text).toContain('12 steps, 2022-01-01 to 2022-12-01, monthly');
    expect(text).toContain('14 rows x 20 columns');
  });

  it('describes a composite of MODIS', async () => {
    const layer = await openCog(fileStore(munich), 'mod09a1/ndvi_2022161.tif');
    const it = inspect(layer.facts, await sampleLayer(layer));
    expect(it).toMatchObject({ crs: 'MODIS sinusoidal', shape: [108, 110], nodata: [-3000], scale: 0.0001 });
    expect(it.lonLatExtent!.map((v) => v.toFixed(2))).toEqual(['11.18', '47.91', '11.97', '48.36']);
    expect(it.sample!.max).toBeLessThan(1);
  });
});
