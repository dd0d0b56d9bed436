import { beforeEach, describe, expect, it } from 'vitest';
import { type ChunkRecord, readRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import type { Store } from '../../lib/store/store.ts';
import { tiny as inputs, tinyFiles } from '../helpers/tiny-files.ts';
import { putClimate, putComposite, putNdviZarr } from '../helpers/tiny-inputs.ts';
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

const climate = (variable: string, more = {}) => ({ zarr: 'era5.zarr', variable, ...more });

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
