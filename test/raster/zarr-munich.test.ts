import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openZarr, reopenZarr } from '../../lib/raster/zarr.ts';
import { countingStore } from '../../lib/store/counting.ts';
import { fileStore } from '../../lib/store/file.ts';

const folder = fileURLToPath(new URL('../../../shared/data/munich-2022', import.meta.url));
const there = existsSync(folder);

describe.skipIf(!there)('ERA5 of Munich 2022 (needs ../shared/data/munich-2022)', () => {
  const store = there ? fileStore(folder) : undefined!;

  it('gives the monthly means of the data set, in window means of degrees Celsius', async () => {
    const layer = await openZarr(store, 'era5_monthly.zarr', 't2m');
    const { cells } = await layer.read({ t0: 0, t1: 12, y0: 0, y1: 14, x0: 0, x1: 20 });
    const means = Array.from({ length: 12 }, (_, m) => {
      const month = Float64Array.from(cells.subarray(m * 280, (m + 1) * 280));
      return Math.round((month.reduce((a, b) => a + b) / 280 - 273.15) * 10) / 10;
    });
    expect(means).toEqual([-1.0, 1.1, 2.9, 5.8, 13.2, 17.4, 18.2, 17.9, 11.3, 11.0, 3.9, -0.5]);
  });

  it('knows units, names, months and the place on the ground', async () => {
    const { facts } = await openZarr(store, 'era5_monthly.zarr', 'ssrd');
    expect(facts).toMatchObject({
      kind: 'zarr',
      title: 'era5_monthly.zarr/ssrd',
      dtype: 'float32',
      units: 'J m-2',
      standardName: 'surface_downwelling_shortwave_flux_in_air',
      scale: 1,
      offset: 0,
      block: { t: 12, y: 14, x: 20 },
    });
    expect(facts.times?.slice(0, 3)).toEqual([18_993, 19_024, 19_052]);
    expect(facts.grid).toMatchObject({ height: 14, width: 20, crs: { name: 'EPSG:4326' } });
    const [a, , c, , e, f] = facts.grid.transform;
    expect([a, e]).toEqual([expect.closeTo(0.2812, 4), expect.closeTo(-0.281, 4)]);
    expect([c, f]).toEqual([expect.closeTo(9 - 0.14, 2), expect.closeTo(49.88 + 0.14, 2)]);
  });

  it('reads one hour of one place from one chunk of 744 hours, in a worker that lists nothing', async () => {
    const opened = await openZarr(store, 'era5_hourly.zarr', 't2m');
    const counting = countingStore(store);
    const layer = reopenZarr(counting.store, JSON.parse(JSON.stringify(opened.facts)));
    const region = { t0: 4000, t1: 4001, y0: 7, y1: 8, x0: 10, x1: 11 };
    const { cells } = await layer.read(region);
    expect(cells[0]).toBeGreaterThan(273);
    expect(layer.dependencies(region)).toMatchObject([{ key: 'era5_hourly.zarr/t2m/5.0.0' }]);
    expect(counting.counts).toMatchObject({ get: 1, list: 0, head: 0 });
  });

  it('takes arrays called latitude and longitude for WGS 84 even without attributes', async () => {
    const { facts } = await openZarr(store, 'precipitation_normals.zarr', 'pr');
    expect(facts.grid).toMatchObject({ crs: { name: 'EPSG:4326' }, transform: [2, 0, 9.5, 0, -2, 50] });
  });
});
