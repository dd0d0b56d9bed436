import { beforeEach, describe, expect, it } from 'vitest';
import { latestRuns, runWithCost } from '../../functions/entry/local/run-list.ts';
import { countedWorld } from '../../functions/runtime/counted-world.ts';
import { addEffort, effortOf, moneyOf, type Receipt } from '../../lib/job/cost.ts';
import type { EventWorld } from '../../lib/job/queue.ts';
import { readCost, readSteps } from '../../lib/job/run-cost.ts';
import { type CountingStore, countingStore } from '../../lib/store/counting.ts';
import { doneKey } from '../../lib/store/keys.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { type EventPlatform, eventPlatform } from '../helpers/event-platform.ts';
import { productionFields, putEventInputs, putSpec } from '../helpers/event-products.ts';

const LONGEST = 300_000;
/** 7 x 9 places of 2 x 2 pixels, counted before they are computed. */
const fields = (patch: object = {}) => ({ ...productionFields(), ...patch });
const grid = { ...productionFields().grid, transform: [0.05, 0, 10, 0, -0.05, 48], shape: [14, 18] };

let inputs: Store;
let asked: CountingStore;
let platform: EventPlatform;
let world: EventWorld;

beforeEach(async () => {
  inputs = await putEventInputs(memoryStore('inputs'));
  open();
});

/** An empty store, with all that is asked of it counted by someone else too. */
function open(): void {
  asked = countingStore(memoryStore('product'));
  platform = eventPlatform(inputs, { store: asked.store, tries: 3 });
  world = countedWorld({ ...platform.world, longest: LONGEST });
}

async function drain(as = world): Promise<void> {
  for (let message = platform.waiting.shift(); message; message = platform.waiting.shift())
    if (!(await platform.deliver(message, as))) platform.waiting.push(message);
}

async function run(of: object) {
  platform.upload(await putSpec(inputs, of));
  await drain();
  const counts = asked.take();
  const [latest] = await latestRuns(world, 1);
  const { cost, summary } = await runWithCost(world, latest!.run);
  const places = addEffort(
    await readCost(world, latest!.run, 'count'),
    await readCost(world, latest!.run, 'run'),
  );
  return { run: latest!.run, cost, counts, places, steps: await readSteps(world, latest!.run), summary };
}

describe('the cost of a run that events drive', () => {
  it('is all that was asked of the store but one put a row, and little is said twice', async () => {
    const { cost, counts, steps, summary } = await run(fields({ grid }));
    expect(summary?.state).toBe('complete');
    expect(cost.puts / counts.put).toBeGreaterThan(0.95);
    expect(cost.puts / counts.put).toBeLessThan(1.05);
    expect(cost.lists / counts.list).toBeGreaterThan(0.95);
    expect(cost.bytesWritten / counts.bytesWritten).toBeGreaterThan(0.9);
    expect(cost.bytesWritten).toBeLessThanOrEqual(counts.bytesWritten);
    // 63 records of each of the windows and those above them, read when the run ends; counts when they are merged.
    expect(steps.gets).toBeGreaterThan(2 * 63);
    expect(steps.calls).toBe(1);
  });

  it('stays within a budget that its places alone would fit', async () => {
    const whole = await run(fields({ grid }));
    const budget = 1.02 * moneyOf(whole.places);
    expect(moneyOf(whole.cost)).toBeGreaterThan(budget);
    open();
    const stopped = await run(fields({ grid, budget }));
    expect(stopped.summary?.because[0]?.reason).toMatch(/^Stopped before the budget/);
    expect(moneyOf(stopped.cost)).toBeLessThanOrEqual(budget);
    expect(moneyOf(stopped.places)).toBeGreaterThan(0.3 * budget);
  });
});

describe('tries that nobody heard of', () => {
  const receiptAt = async (name: string, y: number, x: number): Promise<Receipt> =>
    JSON.parse(new TextDecoder().decode((await world.store.get(doneKey(name, 'count', { y, x })))!.bytes));

  it('are in the receipt of whoever does the place, as long as a worker may live each', async () => {
    platform.upload(await putSpec(inputs, fields({ grid })));
    await platform.deliver(platform.waiting.shift()!, world);
    platform.waiting[0]!.attempt = 2;
    const { run: name } = await run(fields({ grid }));
    const [twice, once] = [await receiptAt(name, 0, 0), await receiptAt(name, 0, 1)].map(effortOf);
    expect([once!.calls, twice!.calls]).toEqual([1, 3]);
    expect(once!.seconds).toBeLessThan(60);
    expect(twice!.seconds).toBeGreaterThan((2 * LONGEST) / 1000);
    expect(twice!.gets).toBeGreaterThanOrEqual(3 * once!.gets - 6);
  });

  it('are in the receipt of a place that is given up, the last one among them', async () => {
    platform.upload(await putSpec(inputs, fields({ grid })));
    await platform.deliver(platform.waiting.shift()!, world);
    const first = platform.waiting.shift()!;
    const broken = { ...world.inputs, get: () => Promise.reject(new Error('no inputs (scripted)')) };
    for (let attempt = 1; attempt <= 3; attempt++)
      await platform.deliver(first, { ...world, inputs: broken });
    const name = (await latestRuns(world, 1))[0]!.run;
    const given = effortOf(await receiptAt(name, 0, 0));
    expect(given.seconds).toBeCloseTo((3 * LONGEST) / 1000, 6);
    expect(given.calls).toBe(4);
    await drain();
    const { cost, summary } = await runWithCost(world, name);
    expect(summary?.state).toBe('incomplete');
    expect(cost.seconds).toBeGreaterThan((3 * LONGEST) / 1000);
  });
});
