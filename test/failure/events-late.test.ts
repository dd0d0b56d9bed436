import { beforeEach, describe, expect, it } from 'vitest';
import { onFinish } from '../../functions/on-finish.ts';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { bepsFields, putBepsEventInputs } from '../helpers/event-beps.ts';
import { type EventPlatform, eventPlatform } from '../helpers/event-platform.ts';
import { productionFields, putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';
import { green } from '../helpers/event-uploads.ts';
import { stateOf } from '../helpers/tiny-product.ts';
import { watchedStore } from '../helpers/watched-store.ts';

/** Puts that arrive after all else is done, of workers that nobody hears of again: no message comes back, nobody doubts. */
let inputs: Store;
let platform: EventPlatform;
const HOUR = 3_600_000;

const sweepAfter = (hours: number, world = platform.world) =>
  onFinish({ ...world, now: () => world.now() + hours * HOUR });

async function finished(fields: object, put = putEventInputs): Promise<Record<string, string>> {
  inputs = await put(memoryStore('inputs'));
  platform = eventPlatform(inputs);
  platform.upload(await putSpec(inputs, fields));
  await platform.drain();
  return stateOf(platform.world.store);
}

const summaryOf = async (product: string) =>
  readSummary(platform.world, (await readCurrent(platform.world, product)).current!.run);

/** Another object of the same kind in the place of one. */
const spoil = async (key: string, by: string): Promise<void> => {
  const { store } = platform.world;
  await store.put(key, (await store.get(by))!.bytes);
};

describe('what a dead worker’s last put lays over a product that is finished', () => {
  const rh = 'products/soil/data.zarr/0/rh/c/0';
  it.each([
    ['a shard', respirationFields, putEventInputs, `${rh}/0/0`, `${rh}/0/1`],
    [
      'a shard of a coarser level',
      respirationFields,
      putEventInputs,
      `${rh.replace('/0/rh', '/1/rh')}/0/0`,
      `${rh}/1/1`,
    ],
    [
      'the state of a year',
      bepsFields,
      putBepsEventInputs,
      'products/daily/state/tiles/1/0/0',
      'products/daily/state/tiles/0/0/0',
    ],
    [
      'a first state',
      bepsFields,
      putBepsEventInputs,
      'products/daily/state/tiles/first/0/0',
      'products/daily/state/tiles/0/0/0',
    ],
    ['the accepted product', respirationFields, putEventInputs, 'products/soil/product.json', undefined],
    [
      'metadata of the group',
      respirationFields,
      putEventInputs,
      'products/soil/data.zarr/zarr.json',
      'products/soil/data.zarr/0/zarr.json',
    ],
    [
      'metadata of an array',
      respirationFields,
      putEventInputs,
      'products/soil/data.zarr/0/rh/zarr.json',
      'products/soil/data.zarr/1/rh/zarr.json',
    ],
  ] as const)('is found by the sweep an hour later: %s', async (_title, fields, put, key, by) => {
    const clean = await finished(fields(), put);
    if (by) await spoil(key, by);
    else await renamed(key);
    expect(await stateOf(platform.world.store)).not.toEqual(clean);
    await sweepAfter(0.5);
    expect(await stateOf(platform.world.store), 'too early to look').not.toEqual(clean);
    await sweepAfter(2);
    await platform.drain();
    expect(await stateOf(platform.world.store)).toEqual(clean);
    const watched = watchedStore(platform.world.store);
    await sweepAfter(4, { ...platform.world, store: watched.store });
    await sweepAfter(4, { ...platform.world, store: watched.store });
    watched.take();
    await sweepAfter(5, { ...platform.world, store: watched.store });
    expect(
      watched.take().filter((asked) => /get .*(records|c\/0)/.test(asked)),
      'looked at once',
    ).toEqual([]);
  });

  it('is not looked for where etags say nothing, and costs no more than a few reads there', async () => {
    await finished(respirationFields({ grid: { ...respirationFields().grid, shape: [8, 8] } }));
    const plain = platform.world.store;
    const watched = watchedStore({
      ...plain,
      async *list(prefix, options) {
        for await (const head of plain.list(prefix, options)) yield { ...head, etag: `"${'0'.repeat(32)}"` };
      },
    });
    await sweepAfter(2, { ...platform.world, store: watched.store });
    const read = watched.take().filter((asked) => asked.startsWith('get') && asked.includes('/c/0/'));
    expect(read.length).toBeLessThan(40);
    expect(await summaryOf('soil')).toMatchObject({ state: 'complete' });
  });
});

/** The accepted product as it was before its title was put back. */
async function renamed(key: string): Promise<void> {
  const { store } = platform.world;
  const other = eventPlatform(await putEventInputs(memoryStore('inputs')));
  other.upload(await putSpec(other.inputs, respirationFields({ title: 'As it was before' })));
  await other.drain();
  await store.put(key, (await other.world.store.get(key))!.bytes);
}

describe('what it lays under a run that is under way, without any sweep', () => {
  beforeEach(async () => {
    inputs = await putEventInputs(memoryStore('inputs'));
    platform = eventPlatform(inputs, { tries: 2 });
  });

  /** Plans, counts, and hands over the items of the computing. */
  async function untilComputed(): Promise<void> {
    platform.upload(await putSpec(inputs, productionFields()));
    for (let message = platform.waiting.shift(); message; message = platform.waiting.shift()) {
      await platform.deliver(message);
      if (platform.waiting.some((each) => 'item' in each && each.item.kind === 'run')) return;
    }
  }

  it.each(['products/production/product.json', 'products/production/data.zarr/zarr.json'])(
    'is put right by whoever needs it or ends the run: %s',
    async (key) => {
      const old = eventPlatform(await putEventInputs(memoryStore('inputs')));
      old.upload(await putSpec(old.inputs, productionFields({ title: 'As it was before' })));
      await old.drain();
      await untilComputed();
      await platform.world.store.put(key, (await old.world.store.get(key))!.bytes);
      await platform.drain();
      expect(platform.dead).toEqual([]);
      expect(await summaryOf('production')).toMatchObject({ state: 'complete' });
      const state = await claimedState(platform.world.store, 'production');
      const clean = eventPlatform(inputs);
      clean.upload('specs/spec.yaml');
      await clean.drain();
      expect(state).toEqual(await claimedState(clean.world.store, 'production'));
    },
  );

  it('is merged again: the statistic of other inputs', async () => {
    await untilComputed();
    const key = 'products/production/prepared/ndvi-limits/0.json';
    const other = await putEventInputs(memoryStore('inputs'));
    await green(other, 2);
    const old = eventPlatform(other);
    old.upload(await putSpec(other, productionFields()));
    await old.drain();
    const { bytes } = (await old.world.store.get(key))!;
    const own = (await platform.world.store.get(key))!.bytes;
    expect(own).not.toEqual(bytes);
    await platform.world.store.put(key, bytes);
    await platform.drain();
    expect(platform.dead).toEqual([]);
    expect(await summaryOf('production')).toMatchObject({ state: 'complete' });
    expect((await platform.world.store.get(key))!.bytes).toEqual(own);
  });
});
