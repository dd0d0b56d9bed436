import type { World } from '../../../lib/job/world.ts';
import { reductionRoot, reductionsRoot } from '../../../lib/store/keys.ts';
import { deleteRun, findAsked, signalOf, timeInName } from './asked.ts';

/** A reduction that is done is kept so long after it was asked for. */
export const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** The same of several products; one that fails does not keep the others from it. */
export async function sweepAll(world: World, products: readonly string[]): Promise<void> {
  for (const product of products) {
    try {
      const removed = await sweepReductions(world, product);
      if (removed.length > 0) world.log.info({ product, removed }, 'reductions were removed for their age');
    } catch (error) {
      world.log.error({ product, error: String(error) }, 'reductions could not be swept');
    }
  }
}

/** What a listing says of one reduction. */
interface Listed {
  readonly keys: string[];
  parts: number;
}

/**
 * Removes the reductions of a product that were asked for more than `KEPT_DAYS` ago, and what a removal left that did not
 * come to its end. One that is not done stays, however old it is. Costs a listing while nothing is old.
 *
 * @returns names of what was removed
 */
export async function sweepReductions(world: World, product: string): Promise<string[]> {
  const removed: string[] = [];
  for (const [run, { keys, parts }] of await oldReductions(world, product)) {
    const asked = await findAsked(world, product, run);
    if (asked && parts < asked.parts.length) continue;
    if (asked) await deleteRun(world, asked);
    else for (const key of keys) await world.store.delete(key);
    removed.push(run);
  }
  return removed;
}

/** Names begin with their time, so that nothing is read of those that are young. */
async function oldReductions(world: World, product: string): Promise<Map<string, Listed>> {
  const before = timeInName(world.now() - KEPT_DAYS * DAY_MS);
  const old = new Map<string, Listed>();
  const root = reductionsRoot(product);
  for await (const { key } of world.store.list(root, signalOf(world))) {
    const run = key.slice(root.length, key.indexOf('/', root.length));
    if (run >= before) break; // the listing is in order: from here on all are young
    const listed = old.get(run) ?? { keys: [], parts: 0 };
    old.set(run, listed);
    listed.keys.push(key);
    if (key.startsWith(`${reductionRoot(product, run)}parts/`)) listed.parts++;
  }
  return old;
}
