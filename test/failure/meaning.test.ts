import { beforeEach, describe, expect, it } from 'vitest';
import { summaryText } from '../../functions/entry/local/summary.ts';
import { type ChunkRecord, readRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import type { Store } from '../../lib/store/store.ts';
import { tiny as inputs, tinyFiles } from '../helpers/tiny-files.ts';
import { FINE, putClasses, putClimate } from '../helpers/tiny-inputs.ts';
import { quickSpec, runTiny, stateOf, tinySources, tinyWorld } from '../helpers/tiny-product.ts';

const PLACES = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

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
async function cleanState(): Promise<Record<string, string>> {
  const clean = tinyWorld(files);
  await runTiny(clean, quickSpec());
  return stateOf(clean.store);
}

describe('land cover', () => {
  it('of fill alone makes a chunk all-nodata, without a shard', async () => {
    const { rows, cols } = inputs;
    const isCorner = (i: number) =>
      Math.floor(i / (cols * FINE)) >= 4 * FINE && i % (cols * FINE) >= 4 * FINE;
    const classes = inputs.classes.map((code, i) => (isCorner(i) ? 0 : code));
    await putClasses(files, { ...inputs, classes });
    const spec = quickSpec();
    expect(await runTiny(world, spec)).toMatchObject({
      state: 'complete',
      chunks: { computed: 6, 'all-nodata': 2 },
    });
    const empty = await record(0, 1, 1);
    expect(empty.region).toMatchObject({ y0: 4, y1: rows, x0: 4, x1: cols });
    expect(empty.sums.npp).toMatchObject({ valid: new Array(12).fill(0), min: null, max: null });
    const keys = Object.keys(await stateOf(world.store)).filter((key) => key.includes('/data.zarr/0/'));
    expect(keys.filter((key) => key.endsWith('/c/0/1/1'))).toEqual([]);
    expect(keys.filter((key) => key.endsWith('/c/0/1/0'))).toHaveLength(5);
  });

  it('that goes away takes the shards of the chunk with it', async () => {
    await runTiny(world, quickSpec());
    await putClasses(files, { ...inputs, classes: inputs.classes.map(() => 0) });
    expect(await runTiny(world, quickSpec())).toMatchObject({ chunks: { 'all-nodata': 8 } });
    expect(await stateOf(world.store)).toEqual(await cleanState());
    expect(await world.store.head('products/tiny/data.zarr/0/npp/c/0/0/0')).toBeUndefined();
    expect(await record(0, 0, 0, 1)).toMatchObject({ state: 'all-nodata' });
  });

  it('with codes that the legend does not know is counted in the record', async () => {
    const classes = inputs.classes.map((code, i) => (i % 7 === 0 ? 77 : i === 1 ? 78 : code));
    await putClasses(files, { ...inputs, classes });
    expect((await runTiny(world, quickSpec())).state).toBe('complete');
    const found: Record<string, number> = {};
    for (const [y, x] of PLACES) {
      const { unknownCodes = {} } = (await record(0, y, x)).inputs.vegtype!;
      for (const [code, n] of Object.entries(unknownCodes)) found[code] = (found[code] ?? 0) + n;
    }
    expect(found).toEqual({ 77: Math.ceil(classes.length / 7), 78: 1 });
  });

  it('with codes that the legend does not know is reported at the end of the run', async () => {
    const classes = inputs.classes.map((code, i) => (i % 7 === 0 ? 77 : i === 1 ? 78 : code));
    await putClasses(files, { ...inputs, classes });
    const summary = await runTiny(world, quickSpec());
    const n = Math.ceil(classes.length / 7);
    expect(summary.inputs).toEqual({ vegtype: { unknownCodes: { 77: n, 78: 1 } } });
    expect(summaryText(summary).split('\n')).toEqual([
      'tiny is complete: 8 computed.',
      `  vegtype: codes that its legend does not know, and fine pixels that have them: 77 (${n}), 78 (1)`,
    ]);
  });
});

describe('numbers outside their physical range', () => {
  it('become NaN at the door and are counted, as is what packing noise left below zero', async () => {
    const { lat, lon, fields } = inputs.climate;
    const [t2m, tp] = [fields.t2m.slice(), fields.tp.slice()];
    t2m[(6 * lat.length + 7) * lon.length + 7] = 900;
    tp[(6 * lat.length + 7) * lon.length + 7] = -1e-9;
    await putClimate(files, { ...inputs, climate: { ...inputs.climate, fields: { ...fields, t2m, tp } } });
    const summary = await runTiny(world, quickSpec());
    expect(summary.state).toBe('complete');
    const [first, ...others] = await Promise.all(PLACES.map(([y, x]) => record(0, y, x)));
    const all = [first!, ...others].map(({ inputs: of }) => of.temperature!.outOfRange);
    expect(summary.inputs).toEqual({ temperature: { outOfRange: all.reduce((a, b) => a + b) } });
    expect(summaryText(summary)).toMatch(/\n {2}temperature: \d values lie outside its physical range/);
    const door = (await record(0, 0, 0)).inputs;
    expect(door.temperature).toEqual({ outOfRange: 1, clamped: 0 });
    expect(door.precipitation).toEqual({ outOfRange: 0, clamped: 1 });
  });
});

describe('what the spec says of an input', () => {
  /** Why each chunk failed, when all did. */
  async function failures(source: Readonly<Record<string, unknown>>): Promise<string> {
    const summary = await runTiny(world, quickSpec({ sources: tinySources(source) }));
    expect(summary).toMatchObject({ state: 'incomplete', chunks: { computed: 0, failed: 4 } });
    expect(summary.chunks['missing-input'], 'the year after').toBe(4);
    expect((await record(0, 0, 0)).reason?.code).toBe('UnitMismatch');
    return summary.because[0]!.reason;
  }

  it('fails by name where it makes a monthly total of a daily mean, or the reverse', async () => {
    expect(await failures({ solar: climate('ssrd', { accumulation: 'monthly_total' }) })).toMatch(
      /^era5\.zarr\/ssrd is in "J m\*\*-2"; .* mean of the year would be 1\d\.\d; on Earth it is 60 to 1000\. Mend accumulation/,
    );
    const totals = { accumulation: 'per_day', scale: 30 };
    expect(await failures({ solar: climate('ssrd', totals) })).toMatch(
      /% of its values would lie outside 0\.\.1200\. Mend accumulation, units or scale of spec\.sources\.solar/,
    );
  });

  it('fails by name where it turns a flux around', async () => {
    const upward = { accumulation: 'per_day', positive: 'up' };
    for (const [name, variable] of [
      ['evaporation', 'e'],
      ['potentialEvaporation', 'pev'],
    ] as const) {
      world = tinyWorld(files);
      expect(await failures({ [name]: climate(variable, upward) })).toMatch(
        new RegExp(
          `^era5\\.zarr/${variable} .* 100 % of its values would go down\\. Mend positive of spec\\.sources\\.${name}\\.$`,
        ),
      );
    }
  });

  it('takes dew in most months of a year as it is', async () => {
    const { lat, lon, fields } = inputs.climate;
    const e = fields.e.map((metres, i) =>
      Math.floor(i / (lat.length * lon.length)) % 12 < 10 ? 1e-5 : metres,
    );
    await putClimate(files, { ...inputs, climate: { ...inputs.climate, fields: { ...fields, e } } });
    expect((await runTiny(world, quickSpec())).state).toBe('complete');
  });

  it('fails by name where it forgets the scale of stored integers', async () => {
    const ndvi = { files: 'ndvi/ndvi_{YYYY}{DDD}.tif', scale: 1, composite: { period: 16, qa: 'off' } };
    expect(await failures({ ndvi })).toMatch(/^ndvi\/ndvi_.*% of its values would lie outside -0\.2\.\.1\./);
  });
});
