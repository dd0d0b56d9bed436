import { describe, expect, it } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import type { ApiOptions } from '../../functions/api/options.ts';
import type { Item } from '../../lib/job/queue.ts';
import type { ChunkRecord } from '../../lib/job/record.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { isData, quickSpec, runTiny, stateOf, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';
import { watchedStore } from '../helpers/watched-store.ts';

/** Temperature of 2021 over the chunk, in part. */
const CLIMATE = 'era5.zarr/t2m/0.2.1';
const CHUNK = '/products/tiny/chunks/0/1/0';
const OPEN: ApiOptions = { auth: { loopback: true }, compute: { memoryLimit: 2 ** 32 }, freshMs: 60_000 };

/** A chunk of temperature, all of it a degree warmer. */
async function warmer(): Promise<Uint8Array> {
  const store = memoryStore('warm');
  const tiny = tinyInputs();
  const { fields } = tiny.climate;
  const t2m = fields.t2m.map((kelvin) => kelvin + 1);
  await putTinyInputs(store, { ...tiny, climate: { ...tiny.climate, fields: { ...fields, t2m } } });
  return (await store.get(CLIMATE))!.bytes;
}

/** A run over inputs, and the API over both. */
async function served(
  options: ApiOptions = OPEN,
  spec = quickSpec(),
  before = async (_: ReturnType<typeof memoryStore>) => {},
) {
  const inputs = memoryStore('inputs');
  await putTinyInputs(inputs, tinyInputs());
  await before(inputs);
  const world = tinyWorld(inputs);
  await runTiny(world, spec);
  const app = createApp(world, options);
  const get = async (path: string) => {
    const response = await app.request(path);
    const body = (await response.json()) as {
      state: string;
      record: ChunkRecord;
      values: number[];
      detail: string;
    };
    return { status: response.status, fresh: response.headers.get('x-chunk-fresh'), ...body };
  };
  return { inputs, world, app, get };
}

describe('a chunk on demand', () => {
  it('is computed when it was missing its input and that has come, to the bytes of a clean run', async () => {
    const whole = memoryStore('inputs');
    await putTinyInputs(whole, tinyInputs());
    const { inputs, world, get } = await served(OPEN, quickSpec(), (early) => early.delete(CLIMATE));
    expect(await get(`${CHUNK}?variable=npp`)).toMatchObject({
      status: 200,
      state: 'missing-input',
      fresh: null,
    });
    await inputs.put(CLIMATE, (await whole.get(CLIMATE))!.bytes);
    const now = await get(`${CHUNK}?variable=npp&fresh=true`);
    expect(now).toMatchObject({ status: 200, state: 'computed', fresh: 'computed' });
    expect(now.values.some((value) => value > 0)).toBe(true);

    const clean = tinyWorld(whole);
    await runTiny(clean, quickSpec());
    const [made, expected] = [await stateOf(world.store), await stateOf(clean.store)];
    const chunk = Object.keys(expected).filter(
      (key) => isData(key) && /\/0\/(npp|nep|rh)\/c\/0\/1\/0$|records\/0\/0\/1\/0/.test(key),
    );
    expect(chunk).toHaveLength(4);
    for (const key of chunk) expect(made[key], key).toBe(expected[key]);
  });

  it('is computed again when an input has changed since, with the coarser ones above it, and no other', async () => {
    const { inputs, world, get } = await served();
    const before = await stateOf(world.store);
    const old = await get(`${CHUNK}?variable=npp`);
    await inputs.put(CLIMATE, await warmer());
    expect((await get(`${CHUNK}?variable=npp`)).values).toEqual(old.values);
    const now = await get(`${CHUNK}?variable=npp&fresh=true`);
    expect([now.status, now.fresh]).toEqual([200, 'computed']);
    expect(now.record.digest).not.toBe(old.record.digest);
    expect(now.values).not.toEqual(old.values);
    const after = await stateOf(world.store);
    const changed = Object.keys(after).filter((key) => isData(key) && after[key] !== before[key]);
    for (const key of changed)
      expect(key).toMatch(
        /\/0\/[a-z_]+\/c\/0\/1\/0$|records\/0\/0\/1\/0|\/1\/[a-z_]+\/c\/0\/0\/0$|records\/1\/0\/0\/0/,
      );
    expect(changed.length).toBeGreaterThan(4);
    expect((await get(`${CHUNK}?fresh=true`)).fresh).toBe('current');
  });

  it('that is current costs headers and listings, and no pixel', async () => {
    const { inputs, world } = await served();
    const watched = watchedStore(world.store);
    const app = createApp({ ...tinyWorld(inputs, watched.store) }, OPEN);
    const response = await app.request(`${CHUNK}?fresh=true`);
    expect(response.headers.get('x-chunk-fresh')).toBe('current');
    expect(watched.take().filter((request) => request.startsWith('put'))).toEqual([]);
  });

  it('is refused where a statistic of the whole region has to be made anew first', async () => {
    const { inputs, get } = await served(OPEN, tinySpec());
    const ndvi: string[] = [];
    for await (const { key } of inputs.list('ndvi/ndvi_2021')) ndvi.push(key);
    const other = await inputs.get(ndvi[3]!);
    await inputs.put(ndvi[2]!, other!.bytes);
    const { status, detail } = await get(`${CHUNK}?fresh=true`);
    expect([status, detail]).toEqual([
      422,
      expect.stringMatching(
        /2021 is a statistic of the whole region.*Run the product \(chunkflux run, or redrive\)/,
      ),
    ]);
  });

  it('needs the right to write, inputs at hand, and to be within the limits', async () => {
    const closed = await served({ ...OPEN, auth: {} });
    expect((await closed.get(`${CHUNK}?fresh=true`)).status).toBe(403);
    expect((await closed.get(CHUNK)).status).toBe(200);
    const status = async (options: ApiOptions, path = CHUNK) => {
      const app = createApp(closed.world, { ...OPEN, ...options });
      const response = await app.request(`${path}?fresh=true`);
      return [response.status, ((await response.json()) as { limit?: { name: string } }).limit?.name];
    };
    const { compute: _, ...blind } = OPEN;
    expect((await createApp(closed.world, blind).request(`${CHUNK}?fresh=true`)).status).toBe(422);
    expect(await status({ limits: { freshChunks: 3 } })).toEqual([413, 'freshChunks']);
    expect(await status({ limits: { freshBytes: 10 } })).toEqual([413, 'freshBytes']);
    expect(await status({ compute: { memoryLimit: 100 } })).toEqual([422, undefined]);
    const coarse = '/products/tiny/chunks/0/0/0?fresh=true&level=1';
    expect((await createApp(closed.world, OPEN).request(coarse)).status).toBe(400);
    expect(await status({}, '/products/tiny/chunks/9/0/0')).toEqual([404, undefined]);
  });

  it('is asked of the workers where a queue leads to them', async () => {
    const items: Item[] = [];
    const queue = { send: async (sent: readonly Item[]) => void items.push(...sent) };
    const { app } = await served({ auth: { loopback: true }, queue });
    const response = await app.request(`${CHUNK}?fresh=true`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([202, '15']);
    expect(items).toEqual([{ kind: 'run', product: 'tiny', y: 1, x: 0 }]);
  });
});
