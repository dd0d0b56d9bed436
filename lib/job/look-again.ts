import { lookedAgainKey } from '../store/keys.ts';
import { acceptRun, mergeRun } from './accept-run.ts';
import type { RunSummary } from './finish.ts';
import { type OpenedRun, worldFor } from './opened-run.ts';
import type { EventWorld } from './queue.ts';
import { encodeJson } from './record.ts';
import { disownStrange } from './strange-objects.ts';

/** After this long no put of a dead worker is on its way any more, ms: a worker has minutes, and so has a connection. */
const LATEST_PUT_MS = 3_600_000;

/**
 * Looks once more, an hour after a run's end, at all that the run left: what a dead worker had sent may have arrived
 * since, and no message need come back that would make anybody doubt. What follows from the plan is put back at once;
 * chunks that are not what their records say lose them.
 * @returns whether any did: the product is to be run again
 */
export async function lookAgain(
  world: EventWorld,
  opened: OpenedRun,
  { finishedAt }: RunSummary,
): Promise<boolean> {
  const { run } = opened.plan;
  if (world.now() - Date.parse(finishedAt) < LATEST_PUT_MS) return false;
  if (await world.store.head(lookedAgainKey(run))) return false;
  const own = worldFor(world, opened);
  await acceptRun(own, opened);
  await mergeRun(own, opened);
  const strange = await disownStrange(own, opened.product);
  if (strange === 0) await own.store.put(lookedAgainKey(run), encodeJson({ at: world.now() }));
  else own.log.warn({ run, strange }, 'chunks were not what their records said');
  return strange > 0;
}
