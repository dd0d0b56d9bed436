import { StaleInput } from '../lib/errors.ts';
import { askForPlan } from '../lib/job/ask-for-plan.ts';
import { readCurrent } from '../lib/job/current.ts';
import { doItem, giveUpItem } from '../lib/job/do-item.ts';
import { follow, wantedProduct } from '../lib/job/follow.ts';
import type { Delivery, EventWorld, PlaceItem, PlanItem } from '../lib/job/queue.ts';
import { reasonOf } from '../lib/job/reason.ts';
import { giveUpPart } from './api/reduction-runs/work.ts';
import { onReduce } from './on-reduce.ts';

/**
 * Works off some items. What follows from the inputs is written down as the chunk's state by the work itself; here
 * comes only what another try may mend. `again` names those; one that has had its tries is given up: its reason goes
 * to the dead letters and into the run's end.
 */
export async function onChunks(
  world: EventWorld,
  deliveries: readonly Delivery[],
): Promise<{ again: string[] }> {
  const again: string[] = [];
  for (const delivery of deliveries) {
    try {
      await take(world, delivery);
    } catch (error) {
      if (!(await settle(world, delivery, error))) again.push(delivery.id);
    }
  }
  return { again };
}

function take(world: EventWorld, { item, attempt }: Delivery): Promise<unknown> {
  if (item.kind === 'reduce') return onReduce(world, item);
  if (item.kind === 'plan') return planAgain(world, item);
  const { shift, now } = world;
  const begun = now();
  const isTired = shift === undefined ? {} : { isTired: () => now() - begun >= shift };
  return work({ ...world, ...isTired, doubts: attempt > 1 || item.again === true }, item, attempt);
}

async function work(world: EventWorld, item: PlaceItem, attempt: number): Promise<void> {
  try {
    await doItem(world, item, attempt);
  } catch (error) {
    // The plan has aged: someone has to plan anew, and this item is tried again under what comes out.
    if (error instanceof StaleInput) await askForPlan(world, item.product);
    throw error;
  }
}

/** Many items may ask for it; the first one that is taken moves the product on, and the others find that. */
async function planAgain(world: EventWorld, { product, after }: PlanItem): Promise<void> {
  const { current } = await readCurrent(world, product);
  if (current?.run !== after) return;
  const wanted = await wantedProduct(world, product);
  if (wanted) await follow(world, wanted);
}

/** @returns true when the item need not come again */
async function settle(world: EventWorld, { item, attempt }: Delivery, error: unknown): Promise<boolean> {
  const reason = reasonOf(error);
  const last = attempt >= world.tries;
  world.log[last ? 'error' : 'warn']({ item, attempt, code: reason.code }, reason.message);
  if (!last) return false;
  try {
    await world.dead.send([{ body: JSON.stringify(item), reason: `${reason.code}: ${reason.message}` }]);
    if (item.kind === 'reduce') await giveUpPart(world, item, error);
    else if (item.kind !== 'plan') await giveUpItem(world, item, reason, attempt);
    return true;
  } catch (cause) {
    world.log.error({ item, ...reasonOf(cause) }, 'could not be given up');
    return false;
  }
}
