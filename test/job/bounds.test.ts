import { describe, expect, it } from 'vitest';
import { deadTries, finishBound } from '../../lib/job/bounds.ts';
import { NO_EFFORT } from '../../lib/job/cost.ts';
import { startMeter } from '../../lib/job/meter.ts';
import { countMetadata } from '../../lib/job/outputs.ts';
import type { EventWorld } from '../../lib/job/queue.ts';
import { writeStep } from '../../lib/job/receipt.ts';
import { readAnew, readSteps, readWholeCost } from '../../lib/job/run-cost.ts';
import { markDone } from '../../lib/job/stage.ts';
import { silentLog, type World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { planTiny, quickSpec, tinyWorld } from '../helpers/tiny-product.ts';

const worldOf = (now = () => 0): World => ({
  store: memoryStore('product'),
  inputs: memoryStore('inputs'),
  now,
  log: silentLog,
});

describe('bounds of what nobody measures', () => {
  it('of finishing follow from the plan: two looks at each record, metadata, rows, counts', async () => {
    const inputs = memoryStore('inputs');
    await putTinyInputs(inputs, tinyInputs());
    // 5 x 6 pixels in shards of 4 x 4: 2 x 2 places and one above, two years, a statistic a year.
    const { product } = await planTiny(tinyWorld(inputs), quickSpec());
    const metadata = countMetadata(product);
    expect(metadata).toBeGreaterThan(10);
    const gets = 2 * 5 * 2 + (4 + 4) * 2 + metadata + 2 * 2 + 4;
    const puts = 2 + metadata + 2 * 2 + 4;
    const bound = finishBound({ product });
    expect(bound).toMatchObject({ gets, puts, lists: 4, calls: 0 });
    expect(bound.seconds).toBeCloseTo(0.02 * (gets + puts + 4), 12);
  });

  it('of tries that nobody heard of: all of a worker’s time, and the requests of the one that we know', () => {
    const world = { longest: 300_000 } as EventWorld;
    const known = { ...NO_EFFORT, gets: 7, puts: 3, seconds: 20, calls: 1 };
    expect(deadTries(world, 0, known)).toEqual(NO_EFFORT);
    expect(deadTries(world, 2, known)).toEqual({ ...NO_EFFORT, gets: 14, puts: 6, seconds: 600, calls: 2 });
    expect(deadTries({} as EventWorld, 2, known).seconds, 'no platform ends it').toBe(40);
  });
});

describe('what is kept of a run’s cost', () => {
  it('is a sum over every step by whoever did it, with the put that says so, and over places', async () => {
    const world = worldOf();
    await writeStep(world, 'r', 'plan', { ...NO_EFFORT, gets: 10, seconds: 2, calls: 1 });
    await writeStep(world, 'r', 'advance', { ...NO_EFFORT, gets: 1, puts: 4, lists: 2, seconds: 1 });
    await writeStep(world, 'r', 'advance', { ...NO_EFFORT, puts: 1, seconds: 3 });
    const steps = { ...NO_EFFORT, gets: 11, puts: 8, lists: 2, seconds: 6, calls: 1 };
    expect(await readSteps(world, 'r')).toEqual(steps);
    const todo = { places: 1, rows: [{ y: 0, runs: [[0, 1]] as const }] };
    await markDone(world, 'r', 'run', todo, { y: 0, x: 0 }, { millis: 5000, effort: { store: { put: 2 } } });
    expect(await readWholeCost(world, 'r')).toEqual({ ...steps, puts: 10, seconds: 11, calls: 2 });
  });

  it('adds up what a place took that two workers did', async () => {
    const world = worldOf();
    const todo = { places: 1, rows: [{ y: 0, runs: [[0, 1]] as const }] };
    const done = (millis: number) =>
      markDone(world, 'r', 'run', todo, { y: 0, x: 0 }, { millis, effort: { store: { get: 3 } } });
    expect((await done(1000)).first).toBe(true);
    expect((await done(4000)).first).toBe(false);
    expect(await readWholeCost(world, 'r')).toEqual({ ...NO_EFFORT, gets: 6, seconds: 5, calls: 2 });
  });

  it('tells chunks that were done from those that were current, as far as receipts know', async () => {
    const world = worldOf();
    const todo = { places: 2, rows: [{ y: 0, runs: [[0, 2]] as const }] };
    const millis = { read: 1, compute: 1, write: 1 };
    const outcomes = [
      { state: 'current', millis },
      { state: 'computed', millis },
      { state: 'failed', millis },
    ];
    const done = (x: number) => markDone(world, 'r', 'run', todo, { y: 0, x }, { outcomes });
    expect(await readAnew(world, 'r')).toEqual({ chunks: 0, all: true });
    for (const x of [0, 1]) await done(x);
    expect(await readAnew(world, 'r')).toEqual({ chunks: 4, all: true });
    await done(1);
    expect(await readAnew(world, 'r')).toEqual({ chunks: 4, all: false });
  });

  it('is measured from when a meter is started, and goes on growing', () => {
    let at = 1000;
    const asked = [{ store: { get: 9 } }, { store: { get: 2, put: 1 } }, { inputs: { get: 5 } }];
    const meter = startMeter({ ...worldOf(() => at), takeEffort: () => asked.shift()! });
    at = 3000;
    expect(meter.read()).toEqual({ ...NO_EFFORT, gets: 2, puts: 1, seconds: 2 });
    at = 4500;
    expect(meter.read()).toEqual({ ...NO_EFFORT, gets: 7, puts: 1, seconds: 3.5 });
  });
});
