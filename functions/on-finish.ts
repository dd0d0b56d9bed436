import { advance, hasLostRecords, readSummary } from '../lib/job/advance.ts';
import { readCurrent } from '../lib/job/current.ts';
import { follow, wantedProduct } from '../lib/job/follow.ts';
import { lookAgain } from '../lib/job/look-again.ts';
import { openRun } from '../lib/job/opened-run.ts';
import type { EventWorld } from '../lib/job/queue.ts';
import { reasonOf } from '../lib/job/reason.ts';
import { writeRefusal } from '../lib/job/refusal.ts';
import { wantedProducts } from '../lib/job/wanted.ts';
import { CURRENT } from '../lib/store/keys.ts';

/** What a sweep found. */
export interface Swept {
  readonly started: readonly string[];
  readonly underWay: readonly string[];
  readonly ended: readonly string[];
  /** Products that are not what their inputs say: refused, incomplete, or not to be looked at now. */
  readonly stale: readonly { readonly product: string; readonly reason: string }[];
}

type Finds = { [name in keyof Swept]: Swept[name][number][] };

/**
 * Called by the clock: mends what crashes and lost events left. Every wanted product is planned from its inputs as
 * they are; every run under way is taken on, and what stands still is sent again.
 */
export async function onFinish(world: EventWorld): Promise<Swept> {
  const finds: Finds = { started: [], underWay: [], ended: [], stale: [] };
  const { products, refused } = await wantedProducts(world);
  for (const { specKey, error } of refused) {
    await writeRefusal(world, specKey, error);
    finds.stale.push({ product: specKey, reason: error.message });
  }
  for (const wanted of products) {
    await guarded(world, wanted.spec.product, finds, async () => {
      const kept = await follow(world, wanted);
      if (!kept) finds.stale.push({ product: wanted.spec.product, reason: 'refused; see the log' });
      if (kept?.started) finds.started.push(kept.run);
    });
  }
  for await (const { key } of world.store.list(CURRENT)) {
    const product = key.slice(CURRENT.length, -'.json'.length);
    await guarded(world, product, finds, () => takeOn(world, product, finds));
  }
  return finds;
}

/** One product that cannot be mended does not keep the others from it. */
async function guarded(
  world: EventWorld,
  product: string,
  { stale }: Finds,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = reasonOf(error);
    world.log.error({ product, code }, message);
    stale.push({ product, reason: `${code}: ${message}` });
  }
}

async function takeOn(world: EventWorld, product: string, finds: Finds): Promise<void> {
  const { current } = await readCurrent(world, product);
  if (!current) return;
  const opened = await openRun(world, current.run);
  const summary = await readSummary(world, current.run);
  const isSpoilt =
    summary && ((await hasLostRecords(world, opened, summary)) || (await lookAgain(world, opened, summary)));
  if (isSpoilt) return startAgain(world, product, finds);
  const state = summary ?? (await advance(world, opened, { sweep: true }));
  if (typeof state === 'string') finds.underWay.push(current.run);
  else if (!summary) finds.ended.push(current.run);
  if (typeof state === 'string' || state.state === 'complete') return;
  finds.stale.push({ product, reason: `incomplete: ${state.because[0]?.reason}` });
}

async function startAgain(world: EventWorld, product: string, { started }: Finds): Promise<void> {
  const wanted = await wantedProduct(world, product);
  const kept = wanted && (await follow(world, wanted, { force: true }));
  if (kept) started.push(kept.run);
}
