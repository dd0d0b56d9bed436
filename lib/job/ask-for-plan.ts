import { Conflict } from '../errors.ts';
import { askedKey } from '../store/keys.ts';
import { readCurrent } from './current.ts';
import type { EventWorld } from './queue.ts';

/** Asks once a run that its product be planned anew; what many stale items of one run want is one plan. */
export async function askForPlan(world: EventWorld, product: string): Promise<void> {
  const { current } = await readCurrent(world, product);
  if (!current) return;
  try {
    await world.store.put(askedKey(current.run), new Uint8Array(), { onlyIfAbsent: true });
  } catch (error) {
    if (error instanceof Conflict) return;
    throw error;
  }
  await world.queue.send([{ kind: 'plan', product, after: current.run }]);
}
