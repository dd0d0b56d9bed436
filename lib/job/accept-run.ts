import { MissingInput } from '../errors.ts';
import { zonesKey } from '../store/keys.ts';
import type { Undone } from './finish.ts';
import type { OpenedRun } from './opened-run.ts';
import { writeMetadata } from './outputs.ts';
import { mergeCounts } from './prepare.ts';
import type { EventWorld } from './queue.ts';
import { acceptProduct } from './start.ts';
import { readTasks } from './task-parts.ts';

/**
 * Puts what all chunks of a run stand on, and follows from its plan alone: the accepted product, its zones, the metadata
 * of its arrays. What is there as it should be is left alone.
 * @throws Conflict when another run is current by now
 */
export async function acceptRun(own: EventWorld, { product, plan }: OpenedRun): Promise<void> {
  await acceptProduct(own, product);
  if (plan.zones !== undefined) await keepZones(own, product.id, new TextEncoder().encode(plan.zones));
  await writeMetadata(own, product);
}

async function keepZones(
  { store, stillWanted }: EventWorld,
  product: string,
  bytes: Uint8Array,
): Promise<void> {
  const key = zonesKey(product);
  const before = await store.get(key);
  if (before && Buffer.from(before.bytes).equals(bytes)) return;
  await stillWanted?.();
  await store.put(key, bytes, before ? { ifMatch: before.etag } : { onlyIfAbsent: true });
}

/**
 * Merges what was counted, unless the statistic that is there was made of the very same. A place whose counting was given
 * up keeps the whole region from its statistic: computing with a part of it would give numbers that no clean run gives.
 * @returns why there is no statistic, where there is none
 */
export async function mergeRun(own: EventWorld, { product, plan }: OpenedRun): Promise<Undone> {
  try {
    await mergeCounts(own, product, () => readTasks(own, plan.run, product), plan.counts);
    return {};
  } catch (error) {
    if (!(error instanceof MissingInput)) throw error;
    own.log.error({ run: plan.run }, error.message);
    return { uncounted: error.message };
  }
}
