import { closedRowsRoot, doneRoot, receiptsRoot, type Stage, stepsRoot } from '../store/keys.ts';
import { addEffort, type Effort, effortOf, moneyOf, NO_EFFORT, type Receipt } from './cost.ts';
import { mapInOrder } from './in-order.ts';
import { parseJson } from './record.ts';
import type { World } from './world.ts';

const READ_AT_ONCE = 32;

/** What a stage of a run took, by its receipts. */
export async function readCost(world: World, run: string, stage: Stage): Promise<Effort> {
  let sum = NO_EFFORT;
  for await (const effort of effortsUnder(world, receiptsRoot(run, stage))) sum = addEffort(sum, effort);
  return sum;
}

/** What a run took besides its places: planning, merging, sending, finishing. */
export async function readSteps({ store }: World, run: string): Promise<Effort> {
  const read = async ({ key }: { readonly key: string }) => {
    const object = await store.get(key);
    return object ? (parseJson(key, object.bytes) as Effort) : NO_EFFORT;
  };
  let sum = NO_EFFORT;
  for await (const step of mapInOrder(store.list(stepsRoot(run)), READ_AT_ONCE, read))
    sum = addEffort(sum, step);
  return sum;
}

/** All that a run took. */
export async function readWholeCost(world: World, run: string): Promise<Effort> {
  const parts = [readSteps(world, run), readCost(world, run, 'count'), readCost(world, run, 'run')];
  return (await Promise.all(parts)).reduce(addEffort);
}

/** Chunks that a run did, besides those that were current. */
export interface Anew {
  readonly chunks: number;
  /** Whether that is all: of a place that was taken several times only the last time is told. */
  readonly all: boolean;
}

/** What a run did anew, by its receipts. */
export async function readAnew(world: World, run: string): Promise<Anew> {
  let [chunks, all] = [0, true];
  for await (const { outcomes = [], before } of receiptsUnder(world, receiptsRoot(run, 'run'))) {
    chunks += outcomes.filter(({ state }) => state !== 'current').length;
    if ((before?.calls ?? 0) > 0) all = false;
  }
  return { chunks, all };
}

/** What places have cost, USD. */
export interface Spent {
  readonly usd: number;
  /** The dearest place. */
  readonly dearest: number;
}

/** What the places of a row have cost so far. */
export async function costOfRow(world: World, run: string, stage: Stage, y: number): Promise<Spent> {
  const sum = { usd: 0, dearest: 0 };
  for await (const effort of effortsUnder(world, doneRoot(run, stage, y))) {
    const usd = moneyOf(effort);
    sum.usd += usd;
    sum.dearest = Math.max(sum.dearest, usd);
  }
  return sum;
}

/** What a stage has cost, by what was said where its rows were closed: one small object a row. */
export async function spentBy({ store }: World, run: string, stage: Stage): Promise<Spent> {
  const root = closedRowsRoot(run, stage);
  const rows = new Map<string, { places: number; key: string }>();
  for await (const { key } of store.list(root)) {
    const [y, places] = key.slice(root.length, -'.json'.length).split('-') as [string, string];
    // A row that was closed before the rest of it was sent is in the sum of the whole row.
    if ((rows.get(y)?.places ?? 0) < Number(places)) rows.set(y, { places: Number(places), key });
  }
  const read = async ({ key }: { readonly key: string }) => {
    const object = await store.get(key);
    return object && (parseJson(key, object.bytes) as Partial<Spent>);
  };
  const sum = { usd: 0, dearest: 0 };
  for await (const row of mapInOrder(rows.values(), READ_AT_ONCE, read)) {
    sum.usd += row?.usd ?? 0;
    sum.dearest = Math.max(sum.dearest, row?.dearest ?? 0);
  }
  return sum;
}

async function* effortsUnder(world: World, root: string): AsyncGenerator<Effort> {
  for await (const receipt of receiptsUnder(world, root)) yield effortOf(receipt);
}

async function* receiptsUnder({ store }: World, root: string): AsyncGenerator<Receipt> {
  const read = async ({ key }: { readonly key: string }) => {
    const object = await store.get(key);
    return object && (parseJson(key, object.bytes) as Receipt);
  };
  for await (const receipt of mapInOrder(store.list(root), READ_AT_ONCE, read)) if (receipt) yield receipt;
}
