import { NotFound } from '../../../lib/errors.ts';
import type { Effort } from '../../../lib/job/cost.ts';
import { readCurrent } from '../../../lib/job/current.ts';
import type { RunSummary } from '../../../lib/job/finish.ts';
import { parseJson } from '../../../lib/job/record.ts';
import { type Anew, readAnew, readWholeCost } from '../../../lib/job/run-cost.ts';
import type { World } from '../../../lib/job/world.ts';
import { JOURNAL, journalKey, runKey } from '../../../lib/store/keys.ts';

/** A run as the journal has it, and how it ended. */
export interface ListedRun {
  readonly run: string;
  readonly product: string;
  readonly startedAt: string;
  readonly summary?: RunSummary;
  /** It did not end: another run of the product took its place, or was faster to. */
  readonly overtaken?: true;
}

/** The latest runs, the newest first. */
export async function latestRuns(world: World, count: number): Promise<ListedRun[]> {
  const keys: string[] = [];
  for await (const { key } of world.store.list(JOURNAL)) {
    keys.push(key);
    if (keys.length > count) keys.shift();
  }
  const runs = await Promise.all(keys.toReversed().map((key) => readRun(world, key)));
  return runs.filter((run) => run !== undefined);
}

interface RunWithCost extends ListedRun {
  readonly anew: Anew;
  readonly cost: Effort;
}

/** One run with what it did and took. @throws NotFound */
export async function runWithCost(world: World, run: string): Promise<RunWithCost> {
  const listed = await readRun(world, journalKey(run));
  if (!listed) throw new NotFound(`no run ${run} in ${world.store.name}. List them: chunkflux runs`);
  return { ...listed, anew: await readAnew(world, run), cost: await readWholeCost(world, run) };
}

async function readRun(world: World, key: string): Promise<ListedRun | undefined> {
  const { store } = world;
  const object = await store.get(key);
  if (!object) return undefined;
  const listed = parseJson(key, object.bytes) as ListedRun;
  const ended = await store.get(runKey(listed.run));
  if (ended) return { ...listed, summary: parseJson(ended.key, ended.bytes) as RunSummary };
  const { current } = await readCurrent(world, listed.product);
  return { ...listed, ...(current && current.run !== listed.run && { overtaken: true }) };
}
