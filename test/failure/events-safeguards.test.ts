import { beforeEach, describe, expect, it } from 'vitest';
import { onInput } from '../../functions/on-input.ts';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { readRecord } from '../../lib/job/record.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { type EventPlatform, eventPlatform, type Message } from '../helpers/event-platform.ts';
import { putEventInputs, putSpec, respirationFields, specOf } from '../helpers/event-products.ts';
import { warm } from '../helpers/event-uploads.ts';
import { dieAfter, faultyStore } from '../helpers/faulty-store.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';

/** What sweeps would mend, they mend: here is none, so that each safeguard stands for itself. */
let inputs: Store;
let platform: EventPlatform;

beforeEach(async () => {
  inputs = await putEventInputs(memoryStore('inputs'));
  platform = eventPlatform(inputs);
});

type PlaceMessage = Extract<Message, { item: unknown }>;

const cleanState = async (of: Store): Promise<Record<string, string>> => {
  const clean = tinyWorld(of);
  await runTiny(clean, { ...specOf(respirationFields()), inputs: '.' });
  return claimedState(clean.store, 'soil');
};

const summary = async () => {
  const { current } = await readCurrent(platform.world, 'soil');
  return readSummary(platform.world, current!.run);
};

/** Plans the wanted product and hands over its items. */
async function planned(keys: string[]): Promise<PlaceMessage[]> {
  platform.upload(...keys);
  await platform.deliver(platform.waiting.shift()!);
  return platform.waiting.splice(0) as PlaceMessage[];
}

describe('a planner that is slow', () => {
  it('does not put a plan of what it saw earlier in the place of one that saw more', async () => {
    const key = 'data/era5.zarr/t2m/0.1.1';
    const spec = await putSpec(inputs, respirationFields());
    const whole = (await inputs.get(key))!.bytes;
    await inputs.delete(key);
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const { store } = faultyStore(platform.world.store, [
      {
        on: 'put',
        key: 'runs/current/',
        nth: 1,
        fault: async (go) => {
          reached.resolve();
          await gate.promise;
          return go();
        },
      },
    ]);
    const slow = onInput({ ...platform.world, store }, [spec]);
    await reached.promise;
    await inputs.put(key, whole);
    platform.upload(key);
    await platform.drain();
    gate.resolve();
    await slow;
    await platform.drain();
    expect(await summary()).toMatchObject({ state: 'complete' });
    expect(await claimedState(platform.world.store, 'soil')).toEqual(await cleanState(inputs));
  });
});

describe('a place that is handed out again', () => {
  it('is climbed from, when its worker died between its record and the level above', async () => {
    const grid = { ...respirationFields().grid, shape: [3, 6] };
    const items = await planned([await putSpec(inputs, respirationFields({ grid }))]);
    const square = items.filter(({ item }) => 'x' in item && item.x < 2);
    expect([items.length, square.length]).toEqual([6, 4]);
    const last = square.pop()!;
    for (const message of square) await platform.deliver(message);
    const at = { t: 0, y: 0, x: 0 };
    const { store, struck } = faultyStore(platform.world.store, [
      { on: 'put', key: 'records/0/', fault: dieAfter },
    ]);
    await platform.deliver(last, { ...platform.world, store });
    expect(struck).toHaveLength(1);
    expect(await readRecord(platform.world.store, 'soil', 1, at)).toBeUndefined();
    await platform.deliver(last);
    expect(await summary(), 'two places are still to be done').toBeUndefined();
    expect(await readRecord(platform.world.store, 'soil', 1, at)).toMatchObject({ state: 'computed' });
  });
});

describe('a shard that arrived after its worker had died, under the record of a newer run', () => {
  const shard = 'products/soil/data.zarr/0/rh/c/0/0/0';

  /** The bytes that a run of warmer inputs has there. */
  async function strange(): Promise<Uint8Array> {
    const other = await putEventInputs(memoryStore('inputs'));
    await warm(other, 3);
    const world = tinyWorld(other);
    await runTiny(world, { ...specOf(respirationFields()), inputs: 'data' });
    return (await world.store.get(shard))!.bytes;
  }

  it('is not built upon: its chunk counts as not computed, until the dead worker’s place comes again', async () => {
    const items = await planned([await putSpec(inputs, respirationFields())]);
    const last = items.pop()!;
    for (const message of items) await platform.deliver(message);
    await platform.world.store.put(shard, await strange());
    await platform.deliver(last);
    expect(await summary()).toMatchObject({
      state: 'incomplete',
      because: [{ chunk: '2021 at 0/0', reason: 'not computed yet' }],
    });
    expect(platform.logged.join()).toContain(`${shard} is not the object that its chunk's record speaks of`);
    await platform.deliver(items[0]!);
    expect(await summary()).toMatchObject({ state: 'complete' });
    expect(await claimedState(platform.world.store, 'soil')).toEqual(await cleanState(inputs));
  });

  it('is replaced when the dead worker’s place comes again, also at a coarser level', async () => {
    const items = await planned([await putSpec(inputs, respirationFields())]);
    for (const message of items) await platform.deliver(message);
    const bytes = await strange();
    for (const level of [0, 1]) {
      await platform.world.store.put(shard.replace('/0/rh/', `/${level}/rh/`), bytes);
      await platform.deliver(items[0]!);
      expect(await claimedState(platform.world.store, 'soil'), `level ${level}`).toEqual(
        await cleanState(inputs),
      );
    }
  });

  it('is found by every place that a sweep sends a second time', async () => {
    await planned([await putSpec(inputs, respirationFields())]); // nobody takes them
    await platform.sweep();
    expect(platform.waiting.map((each) => 'item' in each && each.item)).toContainEqual({
      kind: 'run',
      product: 'soil',
      y: 0,
      x: 0,
      again: true,
    });
  });
});
