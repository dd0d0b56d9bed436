import { follow } from '../lib/job/follow.ts';
import type { EventWorld } from '../lib/job/queue.ts';
import { reasonOf } from '../lib/job/reason.ts';
import { writeRefusal } from '../lib/job/refusal.ts';
import { readerOf, wantedProducts } from '../lib/job/wanted.ts';

export interface InputResult {
  /** Keys worth another try, and why. */
  readonly again: ReadonlyMap<string, string>;
  /** Runs that were started. */
  readonly started: readonly string[];
}

/**
 * Objects of the inputs have changed: plans each product that reads any of them once, from the objects as they are
 * now, and starts what is not current. Keys that no product reads are ignored.
 */
export async function onInput(world: EventWorld, keys: readonly string[]): Promise<InputResult> {
  const changed = [...new Set(keys)];
  const { products, refused } = await wantedProducts(world);
  for (const { specKey, error } of refused) {
    if (changed.includes(specKey)) await writeRefusal(world, specKey, error);
  }
  const again = new Map<string, string>();
  const started: string[] = [];
  const read = new Set<string>(refused.map(({ specKey }) => specKey));
  for (const wanted of products) {
    const own = changed.filter(readerOf(wanted));
    for (const key of own) read.add(key);
    if (own.length === 0) continue;
    try {
      const kept = await follow(world, wanted);
      if (kept?.started) started.push(kept.run);
    } catch (error) {
      const { code, message } = reasonOf(error);
      world.log.warn({ product: wanted.spec.product, code }, message);
      for (const key of own) again.set(key, `${code}: ${message}`);
    }
  }
  const ignored = changed.filter((key) => !read.has(key));
  if (ignored.length > 0) {
    world.log.info({ count: ignored.length, first: ignored[0] }, 'keys that no product reads were ignored');
  }
  return { again, started };
}
