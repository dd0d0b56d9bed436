import type { World } from '../../lib/job/world.ts';
import { countingStore } from '../../lib/store/counting.ts';

/** The same world, with what is asked of its stores counted. */
export function countedWorld<W extends World>(world: W): W & Required<Pick<World, 'takeEffort'>> {
  const store = countingStore(world.store);
  const inputs = countingStore(world.inputs);
  return {
    ...world,
    store: store.store,
    inputs: inputs.store,
    takeEffort: () => ({ store: store.take(), inputs: inputs.take() }),
  };
}
