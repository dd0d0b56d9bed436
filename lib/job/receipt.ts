import { randomUUID } from 'node:crypto';
import { doneKey, type Stage, stepKey } from '../store/keys.ts';
import { addEffort, type Effort, NO_EFFORT } from './cost.ts';
import type { Task } from './plan.ts';
import { encodeJson } from './record.ts';
import type { World } from './world.ts';

/** What doing a task cost. Kept with the run, not with the chunk: it differs each time, the record must not. */
export async function writeReceipt(
  { store }: World,
  run: string,
  stage: Stage,
  { place }: Task,
  receipt: object,
): Promise<void> {
  await store.put(doneKey(run, stage, place), encodeJson(receipt));
}

/** What a run took besides its places. Many may do the same step, and each of them costs: no two share an object. */
export async function writeStep({ store }: World, run: string, step: string, effort: Effort): Promise<void> {
  const whole = addEffort(effort, { ...NO_EFFORT, puts: 1 });
  await store.put(stepKey(run, step, randomUUID()), encodeJson(whole));
}
