import { beforeAll, describe, expect, it } from 'vitest';
import type { Spec } from '../../lib/job/spec.ts';
import type { World } from '../../lib/job/world.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { eventPlatform } from '../helpers/event-platform.ts';
import { putSpec } from '../helpers/event-products.ts';
import {
  ndviKey,
  putClimate,
  putTinyInputs,
  qualityKey,
  type TinyInputs,
  tinyInputs,
} from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  runPlanned,
  runTiny,
  stateOf,
  tinyFields,
  tinySpec,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';
import { pixelYears } from './tiny-truth.ts';

const inputs = tinyInputs();
const { rows, cols } = inputs;
const SECOND = { time: { from: '2022-01', to: '2022-12' } };

const spec = (water: object, patch: object = {}): Spec =>
  tinySpec({ params: { fpar: { range: 'table' }, water }, outputs: ['npp', 'we'], ...patch });

/** Of inputs for a mode that does not read evaporation. */
function modeSpec(mode: string, yearBefore: object, patch: object = {}): Spec {
  const of = spec({ mode, ...yearBefore }, patch);
  const needed = { hybrid: ['potentialEvaporation'], complementary: ['evaporation', 'potentialEvaporation'] };
  const idle = needed[mode as keyof typeof needed] ?? [];
  return {
    ...of,
    sources: Object.fromEntries(Object.entries(of.sources).filter(([name]) => !idle.includes(name))),
  };
}

async function files(of = inputs): Promise<Store> {
  const store = memoryStore('inputs');
  await putTinyInputs(store, of);
  return store;
}

/** So little water that W is below 1 in every mode. */
function dry(): TinyInputs {
  const { e, tp, ...fields } = inputs.climate.fields;
  const less = { e: e.map((metres) => metres / 20), tp: tp.map((metres) => metres / 50) };
  return { ...inputs, climate: { ...inputs.climate, fields: { ...fields, ...less } } };
}

/** All cells of a year of months, the last of the product. */
async function lastYear({ store }: World, name: string): Promise<number[]> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', name, { absentChunks: 'fill' });
  const t1 = layer.facts.times!.length;
  const { cells } = await layer.read({ t0: t1 - 12, t1, y0: 0, y1: rows, x0: 0, x1: cols });
  return [...(cells as Float32Array)];
}

async function made(from: Store, of: Spec): Promise<World> {
  const world = tinyWorld(from);
  expect((await runTiny(world, of)).state).toBe('complete');
  return world;
}

const januaryOf = (values: readonly number[]) => values.slice(0, rows * cols);

describe('a product that goes on from the year before', () => {
  it.each(['era5l', 'hybrid', 'complementary'])(
    'has the W and NPP of one that starts a year earlier, to the bit (%s)',
    async (mode) => {
      const from = await files(dry());
      const longer = await made(from, modeSpec(mode, {}));
      const alone = await made(from, modeSpec(mode, {}, SECOND));
      const goesOn = await made(from, modeSpec(mode, { yearBefore: true }, SECOND));
      for (const name of ['we', 'npp'])
        expect(await lastYear(goesOn, name)).toEqual(await lastYear(longer, name));
      // January is frozen: without a month before it, W is 1
      expect(new Set(januaryOf(await lastYear(alone, 'we')))).toEqual(new Set([1]));
      expect(Math.min(...januaryOf(await lastYear(goesOn, 'we')))).toBeLessThan(1);
    },
  );

  it('has in a frozen January the W of the last month that was not, as on paper', async () => {
    const goesOn = await made(await files(), spec({ yearBefore: true }, SECOND));
    const january = januaryOf(await lastYear(goesOn, 'we'));
    for (let cell = 0; cell < rows * cols; cell++) {
      const [, second] = pixelYears(inputs, Math.floor(cell / cols), cell % cols);
      expect(january[cell]).toBeCloseTo(second!.we[0]!, 5);
    }
  });

  it('reads nothing of that year but what W is made of', async () => {
    const from = await files();
    for (const composite of inputs.composites.filter(({ year }) => year === 2021)) {
      await from.delete(ndviKey(composite));
      await from.delete(qualityKey(composite));
    }
    const { plan } = await planTiny(tinyWorld(from), spec({ yearBefore: true }, SECOND));
    const without = await planTiny(tinyWorld(from), spec({}, SECOND));
    expect(plan.tasks[0]!.spinUp!.missing).toEqual([]);
    expect(plan.tasks[0]!.spinUp!.bytes).toBeLessThan(without.plan.tasks[0]!.windows[0]!.bytes);
    await made(from, spec({ yearBefore: true }, SECOND));
  });

  it('ends in the same bytes behind queues', async () => {
    const inputsOf = await files();
    const platform = eventPlatform(inputsOf);
    const params = { fpar: { range: 'table' }, water: { yearBefore: true } };
    platform.upload(await putSpec(inputsOf, tinyFields({ params, outputs: ['npp', 'we'], ...SECOND })));
    await platform.drain();
    const clean = await made(await files(), spec({ yearBefore: true }, SECOND));
    expect(await stateOf(platform.world.store)).toEqual(await stateOf(clean.store));
  });

  describe('when its inputs change', () => {
    let from: Store;
    let world: World;
    let product: ReturnType<typeof watchedStore>;
    const of = spec({ yearBefore: true }, SECOND);
    beforeAll(async () => {
      from = await files();
      product = watchedStore(memoryStore('product'));
      world = tinyWorld(from, product.store);
      await runTiny(world, of);
    });
    const again = async (): Promise<string[]> => {
      const planned = await planTiny(world, of);
      product.take();
      await runPlanned(world, planned);
      return keysOf(product.take(), 'put').filter((key) => /records\/0|state/.test(key));
    };

    it('has nothing to do when nothing has', async () => {
      expect(await again()).toEqual([]);
    });

    it('is made anew after another evaporation of the year before, and ends as a clean run does', async () => {
      const { lat, lon, fields } = inputs.climate;
      const e = fields.e.map((value, i) => (i < 12 * lat.length * lon.length ? value / 2 : value));
      await putClimate(from, { ...inputs, climate: { ...inputs.climate, fields: { ...fields, e } } }, 'e');
      const puts = await again();
      expect(puts.filter((key) => key.includes('/state/first/'))).toHaveLength(4);
      expect(puts.filter((key) => key.includes('/records/0/0/'))).toHaveLength(4);
      const clean = tinyWorld(from);
      await runTiny(clean, of);
      expect(await stateOf(world.store)).toEqual(await stateOf(clean.store));
    });
  });
});

describe('the year before', () => {
  const planned = async (of: Spec) => planTiny(tinyWorld(await files()), of);

  it('is refused by name where the climate does not have it', async () => {
    await expect(planned(spec({ yearBefore: true }))).rejects.toThrow(
      /era5\.zarr\/\w+ has no step for 2020-01\. Add it: 2020 is read for the wetness that its December leaves; or start a year later\./,
    );
  });

  it('is refused where nothing goes on from it, or beside a T_opt of the mean year', async () => {
    await expect(planned(spec({ mode: 'one', yearBefore: true }))).rejects.toThrow(
      'spec.params.water.yearBefore: W by lswi or one goes on from no month before',
    );
    const params = { fpar: { range: 'table' }, water: { yearBefore: true }, topt: { year: 'climatology' } };
    await expect(planned(tinySpec({ params, ...SECOND }))).rejects.toThrow('do not go together');
  });

  it('is in no parameters of a product that does not say it', async () => {
    const { product } = await planned(spec({}));
    expect(JSON.stringify(product.params)).not.toContain('yearBefore');
    expect(product.spinUp).toBeUndefined();
  });
});
