import { beforeEach, describe, expect, it } from 'vitest';
import { latestRuns, runWithCost } from '../../functions/entry/local/run-list.ts';
import { allowance } from '../../lib/job/allowance.ts';
import { addEffort, moneyOf } from '../../lib/job/cost.ts';
import { follow, wantedProduct } from '../../lib/job/follow.ts';
import { readCost } from '../../lib/job/run-cost.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { type EventPlatform, eventPlatform } from '../helpers/event-platform.ts';
import { productionFields, putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';
import { stateOf } from '../helpers/tiny-product.ts';

let inputs: Store;
let platform: EventPlatform;

beforeEach(async () => {
  inputs = await putEventInputs(memoryStore('inputs'));
  platform = eventPlatform(inputs);
});

/** 7 x 9 places of 2 x 2 pixels. */
const grid = { ...respirationFields().grid, transform: [0.05, 0, 10, 0, -0.05, 48], shape: [14, 18] };

async function put(fields: object): Promise<void> {
  platform.upload(await putSpec(inputs, fields));
  await platform.drain();
}

/** The newest run, with what it has cost. */
async function lastRun() {
  const [latest] = await latestRuns(platform.world, 1);
  const { summary, cost, run } = await runWithCost(platform.world, latest!.run);
  return {
    run,
    summary: summary!,
    cost,
    usd: moneyOf(cost),
    places: await placesUsd(platform.world, latest!.run),
  };
}

/** What the places of a run have cost, without planning, merging, sending and finishing, which every run needs. */
async function placesUsd(world: World, run: string): Promise<number> {
  return moneyOf(addEffort(await readCost(world, run, 'count'), await readCost(world, run, 'run')));
}

/** What all of it costs, and the state that it leaves. */
async function whole(fields: object) {
  const other = eventPlatform(inputs);
  other.upload(await putSpec(inputs, fields));
  await other.drain();
  const [latest] = await latestRuns(other.world, 1);
  const { cost } = await runWithCost(other.world, latest!.run);
  const places = await placesUsd(other.world, latest!.run);
  return { usd: moneyOf(cost), places, state: await stateOf(other.world.store) };
}

const withoutSpec = (state: Record<string, string>) =>
  Object.fromEntries(Object.entries(state).filter(([key]) => !key.endsWith('product.json')));

describe.each([
  ['is computed at once', respirationFields],
  ['is counted first', productionFields],
])('the budget of a spec whose product %s', (_title, fields) => {
  it('ends the run incomplete before it is exceeded; a larger one goes on, to the same bytes', async () => {
    const all = await whole(fields({ grid }));
    const budget = 0.6 * all.usd;
    await put(fields({ grid, budget }));
    const stopped = await lastRun();
    expect(stopped.summary.state).toBe('incomplete');
    expect(stopped.summary.because[0]).toMatchObject({
      chunk: 'what is not computed yet',
      reason: expect.stringMatching(
        /^Stopped before the budget of \S+ USD would be exceeded; \S+ USD are spent/,
      ),
    });
    expect(stopped.usd).toBeLessThanOrEqual(budget);
    expect(stopped.usd).toBeGreaterThan(0.5 * budget);
    expect(platform.waiting).toEqual([]);
    await platform.sweep();
    expect(platform.waiting, 'a sweep does not go on').toEqual([]);
    await put(fields({ grid, budget: 100 * budget }));
    const ended = await lastRun();
    expect(ended.summary).toMatchObject({ state: 'complete', because: [] });
    expect(ended.places + stopped.places, 'no place is done twice').toBeLessThan(1.05 * all.places);
    expect(withoutSpec(await stateOf(platform.world.store))).toEqual(withoutSpec(all.state));
  });
});

describe('the budget of a deploy', () => {
  it('holds for every run; redriving spends as much again', async () => {
    const all = await whole(respirationFields({ grid }));
    const world = { ...platform.world, budget: all.usd / 2 };
    const drain = async () => {
      for (let message = platform.waiting.shift(); message; message = platform.waiting.shift())
        await platform.deliver(message, world);
    };
    platform.upload(await putSpec(inputs, respirationFields({ grid, budget: 1 })));
    await drain();
    const states = [(await lastRun()).summary.state];
    for (let run = 2; run <= 4 && states.at(-1) !== 'complete'; run++) {
      await follow(world, (await wantedProduct(world, 'soil'))!, { force: true });
      await drain();
      const { usd, summary } = await lastRun();
      expect(usd).toBeLessThanOrEqual(world.budget);
      states.push(summary.state);
    }
    expect(states).toEqual(['incomplete', 'incomplete', 'complete']);
    expect(withoutSpec(await stateOf(world.store))).toEqual(withoutSpec(all.state));
  });

  it('too small for planning and finishing does no place', async () => {
    const world = { ...platform.world, budget: 1e-9 };
    platform.upload(await putSpec(inputs, respirationFields({ grid })));
    for (let message = platform.waiting.shift(); message; message = platform.waiting.shift())
      await platform.deliver(message, world);
    const { summary } = await lastRun();
    expect(summary).toMatchObject({ state: 'incomplete', chunks: { computed: 0, unrecorded: 63 } });
  });
});

describe('how far a stage is sent', () => {
  const spent = (dearest: number) => ({ usd: 0, dearest });
  it('begins with one place, then grows by what has been seen, and keeps a fifth back', () => {
    expect(allowance(1000, 0, 10, spent(0))).toBe(1);
    expect(allowance(1000, 1, 10, spent(0.1))).toBe(5);
    expect(allowance(1000, 5, 10, spent(0.1))).toBe(25);
    expect(allowance(1000, 25, 10, spent(0.1))).toBe(105);
    expect(allowance(60, 25, 10, spent(0.1))).toBe(60);
  });
  it('comes to its last place when no more than one fits, and stops when none does', () => {
    expect(allowance(1000, 25, 0.15, spent(0.1))).toBe(26);
    expect(allowance(1000, 25, 0.05, spent(0.1))).toBe(25);
    expect(allowance(1000, 0, 1e-9, spent(0))).toBe(1);
    expect(allowance(1000, 1, 1e-9, spent(0.1))).toBe(1);
    expect(allowance(1000, 0, 0, spent(0))).toBe(0);
  });
});
