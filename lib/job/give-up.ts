import { givenUpKey, givenUpRoot } from '../store/keys.ts';
import type { GivenUp } from './finish.ts';
import type { Reason } from './reason.ts';
import { encodeJson, parseJson } from './record.ts';
import type { World } from './world.ts';

/** Places that are read back for a summary; it does not name more. */
const READ = 1000;

export async function giveUp(
  { store }: World,
  run: string,
  place: { readonly y: number; readonly x: number },
  why: Reason,
): Promise<void> {
  await store.put(givenUpKey(run, place), encodeJson(why));
}

/** The place was done after all. */
export const takeBack = (
  { store }: World,
  run: string,
  place: { readonly y: number; readonly x: number },
): Promise<void> => store.delete(givenUpKey(run, place));

export async function readGivenUp({ store }: World, run: string): Promise<GivenUp> {
  const root = givenUpRoot(run);
  const found = new Map<string, string>();
  for await (const { key } of store.list(root)) {
    if (found.size === READ) break;
    const object = await store.get(key);
    if (!object) continue;
    const { code, message } = parseJson(key, object.bytes) as Reason;
    found.set(key.slice(root.length, -'.json'.length), `${code}: ${message}`);
  }
  return found;
}
