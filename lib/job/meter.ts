import { addEffort, type Effort, effortOf, NO_EFFORT } from './cost.ts';
import type { World } from './world.ts';

/** Tells what was asked of a world's stores, and how long it took, since it was started. */
export interface Meter {
  /** All of it so far. No call is among it: whoever was called for it counts that. */
  read(): Effort;
}

/** What was asked of the stores before is dropped. */
export function startMeter({ now, takeEffort }: World): Meter {
  takeEffort?.();
  const started = now();
  let asked = NO_EFFORT;
  return {
    read() {
      asked = addEffort(asked, effortOf({ effort: takeEffort?.() }));
      return { ...asked, calls: 0, seconds: (now() - started) / 1000 };
    },
  };
}

/** What some work takes. */
export async function measured(world: World, work: () => Promise<unknown>): Promise<Effort> {
  const meter = startMeter(world);
  await work();
  return meter.read();
}
