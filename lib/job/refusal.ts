import type { FluxError } from '../errors.ts';
import { REFUSED, refusedKey } from '../store/keys.ts';
import { encodeJson, parseJson } from './record.ts';
import { specName } from './wanted.ts';
import type { World } from './world.ts';

/** Why a product that someone asked for is not kept up to date. */
export interface Refusal {
  readonly spec: string;
  readonly code: string;
  readonly message: string;
  readonly at: string;
  /** When it was planned again without a fault. */
  readonly mendedAt?: string;
}

/** Says in the log and in the store why a spec is not followed; whoever uploaded it finds it under `runs/refused/`. */
export async function writeRefusal(
  world: World,
  specKey: string,
  { code, message }: FluxError,
): Promise<void> {
  world.log.error({ spec: specKey, code }, message);
  const refusal: Refusal = { spec: specKey, code, message, at: new Date(world.now()).toISOString() };
  await world.store.put(refusedKey(specName(specKey)), encodeJson(refusal));
}

/** Notes that a refused spec is followed again. */
export async function mendRefusal({ store, now }: World, specKey: string): Promise<void> {
  const key = refusedKey(specName(specKey));
  const object = await store.get(key);
  const refusal = object && (parseJson(key, object.bytes) as Refusal);
  if (!refusal || refusal.mendedAt) return;
  await store.put(key, encodeJson({ ...refusal, mendedAt: new Date(now()).toISOString() }));
}

/** What is refused now. */
export async function* refusals({ store }: World): AsyncGenerator<Refusal> {
  for await (const { key } of store.list(REFUSED)) {
    const object = await store.get(key);
    const refusal = object && (parseJson(key, object.bytes) as Refusal);
    if (refusal && !refusal.mendedAt) yield refusal;
  }
}
