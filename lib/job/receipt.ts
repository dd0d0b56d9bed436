import { doneKey, type Stage } from '../store/keys.ts';
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
