import { describe, expect, it } from 'vitest';
import { notesOf } from '../../lib/job/notes.ts';
import { tiny, tinyFiles } from '../helpers/tiny-files.ts';
import { putClimate } from '../helpers/tiny-inputs.ts';
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
});
