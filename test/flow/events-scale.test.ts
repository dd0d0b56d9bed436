import { describe, expect, it } from 'vitest';
import { countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { runScale } from '../bench/scale-run.ts';
import { eventPlatform } from '../helpers/event-platform.ts';
import { putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';
import { warm } from '../helpers/event-uploads.ts';
import { stateOf } from '../helpers/tiny-product.ts';

describe('many tasks through the handlers', () => {
  it('ask for as much each, however many they are: planning, working, finishing', async () => {
    const few = await runScale(8);
    const many = await runScale(16);
    expect([few.tasks, many.tasks]).toEqual([64, 256]);
    expect(many.summary).toMatchObject({ state: 'complete', chunks: { computed: 256 } });
    const of = ({ tasks, work }: typeof few) => [work.get / tasks, work.put / tasks, work.list / tasks];
    for (const [i, each] of of(many).entries()) expect(each / of(few)[i]!).toBeCloseTo(1, 0.7);
    // A shard, its record, its receipt, and a third of a chunk above with its shard, valid area and record.
    expect(many.work.put / many.tasks).toBeLessThan(4.2);
    // Planning: one look at a record each, and what does not depend on the number.
    expect((many.plan.get - few.plan.get) / (many.tasks - few.tasks)).toBeLessThan(1.2);
    // Finishing: the record, and five looks for each chunk above four.
    expect((many.finish.get - few.finish.get) / (many.tasks - few.tasks)).toBeLessThan(3);
  });
});

describe('a product of many places whose input changes', () => {
  it('has its coarser chunks built anew about once each, not once for each place below them', async () => {
    const inputs = await putEventInputs(memoryStore('inputs'));
    const counting = countingStore(memoryStore('product'));
    const platform = eventPlatform(inputs, { store: counting.store });
    const grid = {
      ...respirationFields().grid,
      transform: [0.05, 0, 10, 0, -0.05, 48],
      shape: [16, 16],
    };
    platform.upload(await putSpec(inputs, respirationFields({ grid })));
    await platform.drain();
    counting.take();
    platform.upload(...(await warm(inputs, 2)));
    await platform.drain();
    const { put } = counting.take();
    // 64 places with a shard, a record and a receipt; 21 chunks above with a shard, a valid area and a record.
    expect(put).toBeLessThan(1.25 * (3 * 64 + 3 * 21));
    expect(await stateOf(platform.world.store)).toEqual(await cleanState(inputs, grid));
  });
});

async function cleanState(inputs: Store, grid: object): Promise<Record<string, string>> {
  const clean = eventPlatform(inputs);
  clean.upload(await putSpec(inputs, respirationFields({ grid })));
  await clean.drain();
  return stateOf(clean.world.store);
}
