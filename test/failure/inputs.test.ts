import { beforeEach, describe, expect, it } from 'vitest';
import { isFluxError } from '../../lib/errors.ts';
import { type ChunkRecord, readRecord } from '../../lib/job/record.ts';
import { planProduct } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import type { Store } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';
import { tiny as inputs, tinyFiles } from '../helpers/tiny-files.ts';
import { ndviKey, putClimate, putComposite, putNdviZarr, qualityKey } from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  quickSpec,
  runPlanned,
  runTiny,
  stateOf,
  tinySources,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { json } from '../raster/zarr-made.ts';

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

const record = async (t: number, y: number, x: number, level = 0): Promise<ChunkRecord> =>
  (await readRecord(world.store, 'tiny', level, { t, y, x }))!;

/** A run over the inputs as they are now, in a store of its own. */
async function cleanState(spec = quickSpec()): Promise<Record<string, string>> {
  const clean = tinyWorld(files);
  await runTiny(clean, spec);
  return stateOf(clean.store);
}

describe('a Zarr input without one of its chunks', () => {
  /** Read for the southern row of shards alone. */
  const chunk = 'era5.zarr/t2m/0.3.1';

  it('leaves the chunks that need it missing-input, by the name of the object, and computes the others', async () => {
    await files.delete(chunk);
    const summary = await runTiny(world, quickSpec());
    expect(summary).toMatchObject({ state: 'incomplete', chunks: { computed: 4, 'missing-input': 4 } });
    expect(summary.because[0]).toEqual({
      chunk: '2021 at 1/0',
      reason: `${chunk} should be there and is not. Upload it and run again.`,
    });
    const missing = await record(0, 1, 0);
    expect(missing).toMatchObject({ state: 'missing-input', reason: { code: 'MissingInput' }, sums: {} });
    expect((await record(1, 1, 0)).reason?.message).toMatch(/The year before is missing-input .* .*0\.3\.1/);
    expect(await record(0, 0, 0)).toMatchObject({ state: 'computed' });
    expect(await record(0, 0, 0, 1)).toMatchObject({ state: 'computed', lacking: 2 });
    expect(
      await world.store.head('products/tiny/data.zarr/0/npp/c/0/1/0'),
      'no NaN is written for it',
    ).toBeUndefined();
  });

  it('is completed by the upload and another run, to the bytes of a clean run', async () => {
    const bytes = (await files.get(chunk))!.bytes;
    await files.delete(chunk);
    await runTiny(world, quickSpec());
    await files.put(chunk, bytes);
    expect(await runTiny(world, quickSpec())).toMatchObject({ state: 'complete', because: [] });
    expect(await stateOf(world.store)).toEqual(await cleanState());
  });

  it('says so again, and writes nothing, when run again without it', async () => {
    await files.delete(chunk);
    await runTiny(world, quickSpec());
    const before = await stateOf(world.store);
    expect((await runTiny(world, quickSpec())).state).toBe('incomplete');
    expect(await stateOf(world.store)).toEqual(before);
  });

  it('loses nothing that was computed before it went', async () => {
    await runTiny(world, quickSpec());
    const before = await stateOf(world.store, 'products/tiny/data.zarr/0/');
    await files.delete(chunk);
    expect((await runTiny(world, quickSpec())).state).toBe('incomplete');
    expect(await stateOf(world.store, 'products/tiny/data.zarr/0/')).toEqual(before);
  });

  it('is full of fill values where the spec says that absent chunks mean them', async () => {
    await files.delete('era5.zarr/t2m/0.1.1');
    const sources = tinySources({ temperature: climate('t2m', { absentChunks: 'fill' }) });
    expect(await runTiny(world, quickSpec({ sources }))).toMatchObject({ state: 'complete' });
    expect((await record(0, 0, 0)).sums.rh!.valid[0]).toBeLessThan(16);
    expect((await record(1, 0, 0)).sums.rh!.valid[0]).toBe(16);
  });

  it('changes nothing of the year that it is not in', async () => {
    await files.delete('era5.zarr/t2m/1.3.1');
    expect(await runTiny(world, quickSpec())).toMatchObject({ chunks: { computed: 6, 'missing-input': 2 } });
  });
});

describe('an NDVI chunk that is missing while the percentiles are counted', () => {
  it('keeps its cells out of them, and the run says which', async () => {
    await putNdviZarr(files, inputs);
    await files.delete('ndvi.zarr/ndvi/0.1.1');
    const ndvi = { zarr: 'ndvi.zarr', variable: 'ndvi', composite: { period: 16, qa: 'off' } };
    const spec = quickSpec({ sources: tinySources({ ndvi }), params: {} });
    const summary = await runTiny(world, spec);
    expect(summary).toMatchObject({ state: 'incomplete', chunks: { computed: 6, 'missing-input': 2 } });
    const prepared = await world.store.get('products/tiny/prepared/ndvi-limits/0.json');
    expect(JSON.parse(new TextDecoder().decode(prepared!.bytes)).lacking).toEqual([
      {
        at: { t: 0, x: 1, y: 1 },
        reason: { code: 'MissingInput', message: expect.stringContaining('0.1.1') },
      },
    ]);
    await putNdviZarr(files, inputs);
    expect((await runTiny(world, spec)).state).toBe('complete');
    expect(await stateOf(world.store)).toEqual(await cleanState(spec));
  });
});

describe('a Zarr chunk of garbled bytes', () => {
  it('fails the chunks that read it by name, and no other; mended, it ends as a clean run', async () => {
    const key = 'era5.zarr/ssrd/1.1.2';
    const bytes = (await files.get(key))!.bytes;
    await files.put(
      key,
      bytes.map((byte, i) => (i > 20 ? byte ^ 0x5a : byte)),
    );
    const summary = await runTiny(world, quickSpec());
    expect(summary).toMatchObject({ state: 'incomplete' });
    const failed = await record(1, 0, 1);
    expect(failed).toMatchObject({ state: 'failed', reason: { code: 'CorruptInput' } });
    expect(failed.reason!.message).toContain(key);
    expect(summary.because.map(({ reason }) => reason)).toContain(failed.reason!.message);
    expect(await record(0, 0, 1)).toMatchObject({ state: 'computed' });
    await files.put(key, bytes);
    expect((await runTiny(world, quickSpec())).state).toBe('complete');
    expect(await stateOf(world.store)).toEqual(await cleanState());
  });
});

describe('an input that changes between plan and run', () => {
  it.each(['ndvi', 'climate'])(
    '(%s) is stale: the run stops, and another one ends as a clean run',
    async (what) => {
      const planned = await planTiny(world, quickSpec());
      if (what === 'ndvi') {
        const composite = inputs.composites[3]!;
        await putComposite(files, inputs, { ...composite, ndvi: composite.ndvi.map((v) => v + 1) });
      } else {
        const { fields } = inputs.climate;
        const t2m = fields.t2m.map((v) => v + 1);
        await putClimate(
          files,
          { ...inputs, climate: { ...inputs.climate, fields: { ...fields, t2m } } },
          't2m',
        );
      }
      await expect(runPlanned(world, planned)).rejects.toMatchObject({ code: 'StaleInput' });
      expect((await runTiny(world, quickSpec())).state).toBe('complete');
      expect(await stateOf(world.store)).toEqual(await cleanState());
    },
  );

  it('and goes away is missing or stale, and never a hole of NaN', async () => {
    const planned = await planTiny(world, quickSpec());
    await files.delete('era5.zarr/t2m/0.1.1');
    const end = await runPlanned(world, planned).catch((error) => error.code);
    if (end !== 'StaleInput') expect(end).toMatchObject({ state: 'incomplete', chunks: { computed: 0 } });
    expect(await world.store.head('products/tiny/data.zarr/0/npp/c/0/0/0')).toBeUndefined();
  });

  it('in its metadata alone makes a new plan, not a mixture', async () => {
    await runTiny(world, quickSpec());
    const before = await stateOf(world.store);
    await files.put(
      'era5.zarr/t2m/.zattrs',
      json({ units: 'K', add_offset: 1, _ARRAY_DIMENSIONS: ['time', 'lat', 'lon'] }),
    );
    expect((await runTiny(world, quickSpec())).state).toBe('complete');
    expect(await stateOf(world.store)).not.toEqual(before);
    expect(await stateOf(world.store)).toEqual(await cleanState());
  });
});
