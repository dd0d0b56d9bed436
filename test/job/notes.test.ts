import { describe, expect, it } from 'vitest';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { notesOf } from '../../lib/job/notes.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { tiny, tinyFiles } from '../helpers/tiny-files.ts';
import { ndviKey, putAxes, putClimate, putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { planTiny, quickSpec, tinySources, tinyWorld } from '../helpers/tiny-product.ts';
import { putV2 } from '../raster/zarr-made.ts';

describe('notes on what a product reads', () => {
  it('tell of the component of ERA5-Land that is not what its name says', async () => {
    const files = await tinyFiles();
    await putClimate(files, tiny);
    const { lat, lon, fields } = tiny.climate;
    await putV2(files, 'era5.zarr/evabs', {
      cells: fields.e,
      shape: [24, lat.length, lon.length],
      dims: ['time', 'lat', 'lon'],
      attrs: { units: 'm of water equivalent' },
    });
    const evaporation = { zarr: 'era5.zarr', variable: 'evabs', accumulation: 'per_day', positive: 'down' };
    const swapped = await planTiny(tinyWorld(files), quickSpec({ sources: tinySources({ evaporation }) }));
    expect(notesOf(swapped.product, swapped.plan)).toEqual([
      expect.stringMatching(
        /^evaporation: era5\.zarr\/evabs of ERA5-Land holds transpiration, .* total evaporation/,
      ),
    ]);
    const plain = await planTiny(tinyWorld(files), quickSpec());
    expect(notesOf(plain.product, plain.plan)).toEqual([]);
  });

  it('tell of a composite that should be there, between two others or at the end of a year', async () => {
    const files = await tinyFiles();
    const notes = async () => {
      const { product, plan } = await planTiny(tinyWorld(files), quickSpec());
      return notesOf(product, plan);
    };
    for (const startDoy of [46, 349]) await files.delete(ndviKey({ year: 2021, startDoy }));
    const gap =
      /^ndvi: ndvi\/ndvi_.* has no composite after 2021-02-01, after 2021-12-01, where one is due after 16 days$/;
    expect(await notes()).toEqual([expect.stringMatching(gap)]);
    for (const startDoy of [60, 121]) await files.delete(ndviKey({ year: 2022, startDoy }));
    expect((await notes())[0]).toMatch(
      / after 2021-02-01, after 2021-12-01, after 2022-02-15 and 1 more, where one is due after 16 days$/,
    );
  });

  it('say nothing of a series that has one composite a month throughout', async () => {
    const files = memoryStore('inputs');
    await putTinyInputs(files, tinyInputs({ perMonth: 1 }));
    const { product, plan } = await planTiny(tinyWorld(files), quickSpec());
    expect(notesOf(product, plan)).toEqual([]);
  });

  it('tell of two evaporations that are not of one reanalysis', async () => {
    const files = await tinyFiles();
    const coarse = { cells: new Float32Array(24 * 5 * 5).fill(-0.003), shape: [24, 5, 5] };
    await putV2(files, 'era5.25.zarr/pev', {
      ...coarse,
      dims: ['time', 'lat', 'lon'],
      attrs: { units: 'm' },
    });
    await putAxes(files, 'era5.25.zarr', {
      time: tiny.years.flatMap((year) => Array.from({ length: 12 }, (_, m) => daysFromCivil(year, m + 1, 1))),
      lat: [48.5, 48, 47.5, 47, 46.5],
      lon: [9.5, 10, 10.5, 11, 11.5],
    });
    const potentialEvaporation = {
      zarr: 'era5.25.zarr',
      variable: 'pev',
      accumulation: 'per_day',
      positive: 'down',
    };
    const mixed = await planTiny(
      tinyWorld(files),
      quickSpec({ sources: tinySources({ potentialEvaporation }) }),
    );
    expect(notesOf(mixed.product, mixed.plan)).toEqual([
      expect.stringMatching(
        /^potentialEvaporation: era5\.25\.zarr\/pev has other pixels than era5\.zarr\/e; /,
      ),
    ]);
  });
});
