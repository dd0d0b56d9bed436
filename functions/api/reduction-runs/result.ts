import { createHash } from 'node:crypto';
import { mapInOrder } from '../../../lib/job/in-order.ts';
import { parseJson } from '../../../lib/job/record.ts';
import type { World } from '../../../lib/job/world.ts';
import { reductionPartKey } from '../../../lib/store/keys.ts';
import type { Problem } from '../errors.ts';
import type { ZoneAnswer } from '../reduction/answer.ts';
import type { Sources } from '../reduction/run.ts';
import { type AskedRun, signalOf } from './asked.ts';
import type { PartDone } from './work.ts';

const PARTS_AT_ONCE = 8;

/** A reduction's parts put together. What was no number came through JSON as null. */
export interface RunResult {
  /** In the order in which they were sent. */
  readonly zones: readonly ZoneAnswer[];
  readonly sources: Sources;
}

/** @returns undefined while a part is not done */
export async function readResult(world: World, asked: AskedRun): Promise<RunResult | undefined> {
  const zones = new Map<number, ZoneAnswer>();
  const sources: Sources[] = [];
  const read = async (part: number) => {
    const key = reductionPartKey(asked.product, asked.run, part);
    const object = await world.store.get(key, signalOf(world));
    return { part, done: object && (parseJson(key, object.bytes) as PartDone) };
  };
  for await (const { part, done } of mapInOrder(asked.parts.keys(), PARTS_AT_ONCE, read)) {
    if (!done) return undefined;
    if ('problem' in done)
      for (const index of asked.parts[part]!.zones) addFailure(zones, index, done.problem);
    else for (const zone of done.zones) zones.set(zone.index, joined(zones.get(zone.index), zone));
    if ('sources' in done) sources.push(done.sources);
  }
  return { zones: [...zones.values()].sort((a, b) => a.index - b.index), sources: together(sources) };
}

function addFailure(zones: Map<number, ZoneAnswer>, index: number, { detail }: Problem): void {
  const known = zones.get(index);
  const base = known ?? { index, id: String(index + 1), name: String(index + 1), periods: [] };
  zones.set(index, { ...base, status: 'failed', reason: detail });
}

/** Steps that were done apart. What is worst of them is true of the whole. */
function joined(before: ZoneAnswer | undefined, now: ZoneAnswer): ZoneAnswer {
  if (!before) return now;
  const worse = GRAVITY.indexOf(before.status) > GRAVITY.indexOf(now.status) ? before : now;
  return {
    ...now,
    status: worse.status,
    ...(worse.reason !== undefined && { reason: worse.reason }),
    periods: [...before.periods, ...now.periods],
  };
}

const GRAVITY: readonly ZoneAnswer['status'][] = ['empty', 'ok', 'partial', 'outside', 'invalid', 'failed'];

function together(parts: readonly Sources[]): Sources {
  const digest = createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part.digest)))
    .digest('hex');
  const sum = (of: (part: Sources) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return { wholeBlocks: sum((p) => p.wholeBlocks), pixelChunks: sum((p) => p.pixelChunks), digest };
}
