import { beforeAll, describe, expect, it } from 'vitest';
import { estimateProduct } from '../../functions/entry/local/estimate-product.ts';
import { latestRuns, runWithCost } from '../../functions/entry/local/run-list.ts';
import { runProduct } from '../../functions/entry/local/run-product.ts';
import { countedWorld } from '../../functions/runtime/counted-world.ts';
import { BudgetExceeded } from '../../lib/errors.ts';
import { openBudget } from '../../lib/job/budget.ts';
import { addEffort, type Effort, effortOf, moneyOf, PRICES, WORKER_GB } from '../../lib/job/cost.ts';
import { wholeOf } from '../../lib/job/estimate.ts';
import { readSteps } from '../../lib/job/run-cost.ts';
import type { Spec } from '../../lib/job/spec.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { respirationFields, specOf as soilSpec } from '../helpers/event-products.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { planTiny, poolHere, quickSpec, runTiny, stateOf, tinyWorld } from '../helpers/tiny-product.ts';

/** 5 x 6 ragged places, of which ten are tried; two years, so that state is read; five levels. */
const spec = quickSpec({ grid: { like: 'ndvi', shard: [4, 4], chunk: [2, 4] } });
let inputs: Store;

beforeAll(async () => {
  inputs = memoryStore('inputs');
  await putTinyInputs(inputs, tinyInputs({ rows: 18, cols: 22 }));
});

/** What an estimate says, and what a run of the same plan then reports. */
async function compare(world: World, of: Spec) {
  const estimate = await estimateProduct(world, await planTiny(world, of));
  await runTiny(world, of);
  const { run } = (await latestRuns(world, 1))[0]!;
  const { cost } = await runWithCost(world, run);
  const steps = await readSteps(world, run);
  return { estimate, guess: wholeOf(estimate), cost, steps };
}

/** The world's clock counts looks at it, so that its seconds do not depend on the machine. */
function expectWithin20(guess: Effort, cost: Effort): void {
  for (const name of ['gets', 'puts', 'bytesRead', 'bytesWritten', 'seconds', 'calls'] as const) {
    expect(guess[name] / cost[name], name).toBeGreaterThan(0.8);
    expect(guess[name] / cost[name], name).toBeLessThan(1.2);
  }
  expect(moneyOf(guess) / moneyOf(cost)).toBeGreaterThan(0.8);
  expect(moneyOf(guess) / moneyOf(cost)).toBeLessThan(1.2);
}

/** 10 x 9 ragged places of soil respiration, which counts nothing. */
const soil = (time: object) =>
  soilSpec(
    respirationFields({
      grid: {
        crs: 'EPSG:4326',
        transform: [0.25, 0, 10, 0, -0.25, 48],
        shape: [18, 22],
        shard: [2, 2],
        chunk: [2, 2],
      },
      time,
      sources: {
        temperature: { zarr: 'era5.zarr', variable: 't2m' },
        precipitation: { zarr: 'era5.zarr', variable: 'tp', accumulation: 'per_day' },
        vegtype: { constant: 'crop' },
      },
    }),
  );
const BOTH = { from: '2021-01', to: '2022-12' };
const FIRST = { from: '2021-01', to: '2021-12' };

describe('an estimate', () => {
  it('is within 20 % of what a run then reports: requests, bytes, GB-s, money', async () => {
    const { estimate, guess, cost, steps } = await compare(countedWorld(tinyWorld(inputs)), spec);
    expect(estimate).toMatchObject({ counted: 30, computed: 30, sampled: 10 });
    expectWithin20(guess, cost);
    const around = addEffort(estimate.planning, estimate.finishing);
    for (const name of ['gets', 'puts', 'lists', 'bytesRead', 'bytesWritten', 'calls'] as const) {
      expect(around[name] / steps[name], `planning and finishing: ${name}`).toBeGreaterThan(0.8);
      expect(around[name] / steps[name], `planning and finishing: ${name}`).toBeLessThan(1.2);
    }
  });

  it('is within 20 % for a product that counts nothing', async () => {
    const { estimate, guess, cost } = await compare(countedWorld(tinyWorld(inputs)), soil(BOTH));
    expect(estimate).toMatchObject({ counted: 0, computed: 99 });
    expectWithin20(guess, cost);
  });

  it.each([
    ['that counts nothing', soil],
    ['that counts first', (time: object) => ({ ...spec, time }) as Spec],
  ])('is within 20 % for one more year of a product %s', async (_title, of) => {
    const world = countedWorld(tinyWorld(inputs));
    await runTiny(world, of(FIRST));
    const { guess, cost } = await compare(world, of(BOTH));
    expectWithin20(guess, cost);
  });

  it('is within 20 % for what depends on one changed chunk of climate', async () => {
    const own = memoryStore('inputs');
    for await (const { key } of inputs.list('')) await own.put(key, (await inputs.get(key))!.bytes);
    const world = countedWorld(tinyWorld(own));
    await runTiny(world, soil(FIRST));
    const other = (await own.get('era5.zarr/t2m/0.1.0'))!.bytes;
    await own.put('era5.zarr/t2m/0.1.1', other);
    const { estimate, guess, cost } = await compare(world, soil(FIRST));
    expect(estimate.computed).toBeGreaterThan(8);
    expect(estimate.computed).toBeLessThan(80);
    expectWithin20(guess, cost);
  });

  it('of a product that is up to date is nothing, and writes nothing', async () => {
    const world = countedWorld(tinyWorld(inputs));
    await runTiny(world, spec);
    const before = await stateOf(world.store, '');
    const estimate = await estimateProduct(world, await planTiny(world, spec));
    expect(estimate).toMatchObject({ counted: 0, computed: 0, computing: { gets: 0, seconds: 0 } });
    expect(await stateOf(world.store, '')).toEqual(before);
  });

  it('adds requests, seconds and calls by the stated prices', () => {
    const outcome = { state: 'computed', millis: { read: 400, compute: 500, write: 100 } };
    const effort = effortOf({
      outcomes: [outcome],
      effort: { store: { get: 5, head: 1, put: 10 }, inputs: { get: 4, list: 2 } },
    });
    expect(effort).toMatchObject({ gets: 10, puts: 10, lists: 2, seconds: 1, calls: 1 });
    const requests = 10 * PRICES.s3Get + 12 * PRICES.s3PutOrList;
    expect(moneyOf(effort)).toBeCloseTo(requests + WORKER_GB * 0.0000133334 + 0.2e-6 + 1.2e-6, 12);
  });
});

describe('a budget', () => {
  it('stops a run before it is exceeded, and another run goes on from there', async () => {
    const world = countedWorld(tinyWorld(inputs));
    const planned = await planTiny(world, spec);
    const { computing, counting, planning, finishing } = await estimateProduct(world, planned);
    const each = Math.max(moneyOf(computing), moneyOf(counting)) / 30;
    const quiet = { begin() {}, done() {}, end() {} };
    const run = (usd: number) =>
      runProduct(
        world,
        planned,
        poolHere(world, 2),
        { store: '', inputs: '' },
        quiet,
        openBudget(usd, each, moneyOf(finishing)),
      );
    const around = moneyOf(planning) + moneyOf(finishing);
    const limit = around + moneyOf(counting) + 0.5 * moneyOf(computing);
    await expect(run(limit)).rejects.toThrow(BudgetExceeded);
    const { cost } = await runWithCost(world, planned.plan.run);
    expect(moneyOf(cost)).toBeGreaterThan(0.5 * limit);
    expect(moneyOf(cost)).toBeLessThanOrEqual(limit);
    expect(await run(Number.POSITIVE_INFINITY)).toMatchObject({ state: 'complete' });
    const clean = countedWorld(tinyWorld(inputs));
    await runTiny(clean, spec);
    expect(await stateOf(world.store)).toEqual(await stateOf(clean.store));
  });
});
