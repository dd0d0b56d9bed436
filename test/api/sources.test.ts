import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import { takeChecksums } from '../../lib/job/checksums.ts';
import { inputObjects, newestRunOf, readPlannedInputs } from '../../lib/job/input-objects.ts';
import { allWindows } from '../../lib/job/product.ts';
import { planProduct, startRun } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { quickSpec, runTiny, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';
import { watchedStore } from '../helpers/watched-store.ts';

interface Listed {
  key: string;
  etag?: string;
  size?: number;
  sha256?: string;
  missing?: boolean;
}
interface Link {
  rel: string;
  href: string;
  title: string;
  'file:checksum': string;
  'file:size': number;
  'chunkflux:objects'?: number;
  'chunkflux:bytes'?: number;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function served(spec = quickSpec(), before = async (_: ReturnType<typeof memoryStore>) => {}) {
  const inputs = memoryStore('inputs');
  await putTinyInputs(inputs, tinyInputs());
  await before(inputs);
  const world = tinyWorld(inputs);
  await runTiny(world, spec);
  // The API sees the store alone, as on AWS.
  const app = createApp(tinyWorld(memoryStore('nothing'), world.store), { freshMs: 0 });
  const json = async (path: string) => (await app.request(path)).json() as Promise<Record<string, unknown>>;
  const listed = async (name: string, year = 2022) =>
    (await json(`/products/tiny/sources/${name}?year=${year}`)).objects as Listed[];
  const item = async (year = 2022) => {
    const { links, properties } = await json(`/stac/tiny/items/${year}`);
    const sources = (links as Link[]).filter(({ rel }) => rel === 'derived_from');
    return { sources, made: (properties as Record<string, unknown>)['chunkflux:chunks_made_from'] };
  };
  return { inputs, world, app, json, listed, item };
}

/** Another composite in the place of the first of 2022. */
async function replaceFirst(inputs: Store, by: number): Promise<string> {
  const keys: string[] = [];
  for await (const { key } of inputs.list('ndvi/ndvi_2022')) keys.push(key);
  await inputs.put(keys[0]!, (await inputs.get(keys[by]!))!.bytes);
  return keys[0]!;
}

async function checksummed(world: World) {
  const planned = (await readPlannedInputs(world, (await newestRunOf(world, 'tiny'))!))!;
  const objects = Object.values(inputObjects(planned, allWindows(planned.product))).flat();
  return takeChecksums(world, 'tiny', objects);
}

describe('what a product is made from', () => {
  it('is listed by year: every object that its chunks depend on, with size and ETag, and none of another year', async () => {
    const { inputs, listed, json } = await served();
    for (const name of ['ndvi', 'temperature', 'vegtype']) {
      const objects = await listed(name);
      expect(objects.length).toBeGreaterThan(0);
      for (const { key, etag, size } of objects) expect(await inputs.head(key)).toEqual({ key, etag, size });
    }
    const ndvi = (await listed('ndvi')).map(({ key }) => key);
    const stored: string[] = [];
    for await (const { key } of inputs.list('ndvi/')) if (/_2022\d{3}\.tif$/.test(key)) stored.push(key);
    expect(ndvi).toEqual(stored); // the quality layer's with them
    const both = (await json('/products/tiny/sources/ndvi')).objects as Listed[];
    expect(both.length).toBe((await listed('ndvi', 2021)).length + ndvi.length);
  });

  it('is fixed by the checksum of each link: equal inputs give equal checksums, another object another one', async () => {
    const [one, same, other] = [await served(), await served(), await served()];
    const [{ sources }, again] = [await one.item(), await same.item()];
    expect(sources).toHaveLength(7);
    for (const { href, title, ...link } of sources) {
      const bytes = new Uint8Array(await (await one.app.request(href)).arrayBuffer());
      expect([link['file:checksum'], link['file:size']], title).toEqual([
        `1220${sha256(bytes)}`,
        bytes.length,
      ]);
      const { objects } = JSON.parse(new TextDecoder().decode(bytes)) as { objects: Listed[] };
      expect(link['chunkflux:objects']).toBe(objects.length);
      expect(link['chunkflux:bytes']).toBe(objects.reduce((sum, { size }) => sum + size!, 0));
    }
    expect(again.sources).toEqual(sources);
    await replaceFirst(other.inputs, 5);
    await runTiny(other.world, quickSpec());
    const changed = (await other.item()).sources.filter(
      (link, i) => link['file:checksum'] !== sources[i]!['file:checksum'],
    );
    expect(changed.map(({ title }) => title)).toEqual(['ndvi: ndvi/ndvi_{YYYY}{DDD}.tif']);
    const [before, after] = [await one.item(2021), await other.item(2021)];
    expect(after.sources).toEqual(before.sources);
  });

  it('carries a SHA-256 of the very version that was used, and none of another', async () => {
    const { inputs, world, listed } = await served();
    expect((await listed('ndvi')).some((object) => object.sha256)).toBe(false);
    const watched = watchedStore(inputs);
    expect((await checksummed({ ...world, inputs: watched.store })).changed).toEqual([]);
    for (const { key, sha256: said } of await listed('ndvi'))
      expect(said, key).toBe(sha256((await inputs.get(key))!.bytes));
    watched.take();
    await checksummed({ ...world, inputs: watched.store });
    expect(watched.take()).toEqual([]); // what is known is not read again

    const first = await replaceFirst(inputs, 5);
    await runTiny(world, quickSpec());
    const without = (await listed('ndvi')).filter((object) => object.sha256 === undefined);
    expect(without.map(({ key }) => key)).toEqual([first]);
    await replaceFirst(inputs, 9);
    expect((await checksummed(world)).changed).toEqual([first]);
    expect((await listed('ndvi')).filter((object) => object.sha256 === undefined)).toHaveLength(1);
  });

  it('says of the chunks how many are made from the listed objects', async () => {
    const { inputs, world, item } = await served(tinySpec());
    expect((await item()).made).toEqual({ listed: 4, others: 0, lacking: 0 });
    // A plan that nobody has worked off yet: all NDVI of a year bears on the statistic of the region.
    await replaceFirst(inputs, 5);
    await startRun(world, await planProduct(world, tinySpec(), 2 ** 32));
    expect([(await item()).made, (await item(2021)).made]).toEqual([
      { listed: 0, others: 4, lacking: 0 },
      { listed: 4, others: 0, lacking: 0 },
    ]);
    await runTiny(world, tinySpec());
    expect((await item()).made).toEqual({ listed: 4, others: 0, lacking: 0 });
  });

  it('names an object that was lacking, and the chunks that lack it', async () => {
    const gone = 'era5.zarr/t2m/0.2.1';
    const { listed, item } = await served(quickSpec(), (inputs) => inputs.delete(gone));
    expect((await listed('temperature', 2021)).filter(({ missing }) => missing)).toEqual([
      { key: gone, missing: true },
    ]);
    const { made } = await item(2021);
    expect(made).toMatchObject({ others: 0 });
    expect((made as { lacking: number }).lacking).toBeGreaterThan(0);
  });

  it('is not known where no plan is kept, and then nothing is claimed', async () => {
    const { world, item, json } = await served();
    const keys: string[] = [];
    for await (const { key } of world.store.list('runs/')) keys.push(key);
    await Promise.all(keys.map((key) => world.store.delete(key)));
    const { sources, made } = await item();
    expect([sources[0]!['chunkflux:objects'], made]).toEqual([undefined, undefined]);
    expect(await json('/products/tiny/sources/ndvi?year=2022')).not.toHaveProperty('objects');
    expect((await json('/products/tiny/sources/ndvi?year=1999')).status).toBe(404);
    expect((await json('/products/tiny/sources/constructor')).status).toBe(404);
  });
});
