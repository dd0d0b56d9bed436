import { beforeEach, describe, expect, it } from 'vitest';
import { isFluxError } from '../../lib/errors.ts';
import { planProduct } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import type { Store } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';
import { tiny as inputs, tinyFiles } from '../helpers/tiny-files.ts';
import { ndviKey, qualityKey } from '../helpers/tiny-inputs.ts';
import { quickSpec, runTiny, tinySources, tinyWorld } from '../helpers/tiny-product.ts';

let files: Store;
let world: World;

beforeEach(async () => {
  files = await tinyFiles();
  world = tinyWorld(files);
});

/** The named error that planning refuses with, as `Code: message`. */
async function refusal(patch: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const requests = await collect(world.store.list(''));
  try {
    await runTiny(world, quickSpec(patch));
  } catch (error) {
    if (!isFluxError(error)) throw error;
    expect(await collect(world.store.list('')), 'nothing is written').toEqual(requests);
    return `${error.code}: ${error.message}`;
  }
  throw new Error('the product was planned');
}

const climate = (variable: string, more = {}) => ({ zarr: 'era5.zarr', variable, ...more });

describe('planning refuses, before a pixel is read and with nothing written,', () => {
  it('an NDVI series without a composite in a month', async () => {
    for (const { year, month, startDoy } of inputs.composites) {
      if (year === 2022 && month === 7) await files.delete(ndviKey({ year, startDoy }));
    }
    expect(await refusal()).toMatch(/^MissingInput: ndvi\/ndvi_.* no composite that starts in 2022-07\./);
  });

  it('a composite without its file of quality', async () => {
    await files.delete(qualityKey({ year: 2021, startDoy: 60 }));
    expect(await refusal()).toMatch(
      /^MissingInput: ndvi\/rel_.* has no file for 2021-3-1, which ndvi\/ndvi_/,
    );
  });

  it('a climate that ends before the product does', async () => {
    expect(await refusal({ time: { from: '2021-01', to: '2023-12' } })).toMatch(
      /^MissingInput: (ndvi\/ndvi_|era5\.zarr\/t2m).* 2023-01\./,
    );
  });

  it('a unit that cannot become the one the model asks for', async () => {
    const sources = tinySources({ temperature: climate('tp') });
    expect(await refusal({ sources })).toMatch(
      /^UnitMismatch: era5\.zarr\/tp \(spec\.sources\.temperature\) is in "m"; .* "degC"/,
    );
  });

  it('an amount whose period is not said', async () => {
    const sources = tinySources({ solar: climate('ssrd') });
    expect(await refusal({ sources })).toMatch(
      /^UnitMismatch: era5\.zarr\/ssrd \(spec\.sources\.solar\) is in "J m\*\*-2".*say accumulation: per_day .* or monthly_total/,
    );
  });

  it('a flux whose positive direction is not said', async () => {
    const sources = tinySources({ evaporation: climate('e', { accumulation: 'per_day' }) });
    expect(await refusal({ sources })).toMatch(/^UnitMismatch: era5\.zarr\/e .*Say positive: up or down/);
  });

  it('a grid that does not meet a source', async () => {
    const grid = {
      crs: 'EPSG:4326',
      transform: [0.25, 0, -120, 0, -0.25, -10],
      shape: [5, 6],
      shard: [4, 4],
      chunk: [2, 4],
    };
    expect(await refusal({ grid })).toMatch(
      /^GridMismatch: ndvi\/ndvi_.* does not meet the product's grid .* mend grid in the spec/,
    );
  });

  it('a COG that is cut off', async () => {
    const key = ndviKey({ year: 2021, startDoy: 74 });
    const whole = (await files.get(key))!.bytes;
    for (const length of [0, 7, 60, 300, whole.length - 20]) {
      await files.put(key, whole.subarray(0, length));
      expect(await refusal(), `${length} bytes`).toMatch(
        /^(CorruptInput|UnsupportedInput): .*ndvi_2021074\.tif/,
      );
    }
  });

  it('a source that is not there', async () => {
    const sources = tinySources({ temperature: climate('t2n') });
    expect(await refusal({ sources })).toMatch(/^NotFound: .*era5\.zarr\/t2n/);
  });

  it.each([
    [
      'a source that the model does not read',
      { sources: tinySources({ temperatur: climate('t2m') }) },
      /spec\.sources\.temperatur: .* did you mean "temperature"/,
    ],
    ['an output that the model does not have', { outputs: ['np'] }, /spec\.outputs: .* did you mean "npp"/],
    ['a parameter that the model does not know', { params: { rh: { day: 30 } } }, /spec\.params\.rh: /],
    [
      'an efficiency of water, which is left out',
      { params: { eps: { values: { water: 0.296 } } } },
      /^BadRequest: spec\.params\.eps\.values: water and snow are left out of NPP, RH and NEP/,
    ],
    [
      'NDVI limits of snow, which is left out',
      { params: { fpar: { limits: { snow: [0, 0.5] } } } },
      /^BadRequest: spec\.params\.fpar\.limits: water and snow are left out/,
    ],
    [
      'NDVI limits that leave nothing between them',
      { params: { fpar: { limits: { ebf: [0.98, 0.99] } } } },
      /^BadRequest: spec\.params\.fpar\.limits\.ebf: the lower NDVI limit must be below 0\.98/,
    ],
    [
      'an efficiency of a type that nobody knows',
      { params: { eps: { values: { oak: 1 } } } },
      /^BadRequest: spec\.params\.eps\.values: .*"oak"/,
    ],
    [
      'a model that nobody knows',
      { model: 'casa' },
      /spec\.model: "casa" is no known model\. Known: casa-nep/,
    ],
    [
      'a legend that nobody knows',
      { sources: tinySources({ vegtype: { file: 'classes.tif', legend: 'glc' } }) },
      /spec\.sources\.vegtype\.legend: "glc"/,
    ],
    [
      'a year that does not begin in January',
      { time: { from: '2021-02', to: '2022-12' } },
      /spec\.time\.from: start in January/,
    ],
    [
      'chunks that do not divide the shards',
      { grid: { like: 'ndvi', shard: [4, 4], chunk: [3, 4] } },
      /spec\.grid\.chunk: 3x4 does not divide/,
    ],
  ])('%s', async (_what, patch, message) => {
    expect(await refusal(patch)).toMatch(message);
  });

  it('a chunk that needs more memory than a worker may have', async () => {
    await expect(planProduct(world, quickSpec(), 2 ** 20)).rejects.toThrow(
      /one chunk of 4x4 pixels needs \d+ MiB; a worker may have 1 MiB/,
    );
  });
});
