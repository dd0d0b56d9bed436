import { Conflict } from '../errors.ts';
import { currentKey } from '../store/keys.ts';
import type { StoredObject } from '../store/store.ts';
import { encodeJson, parseJson } from './record.ts';
import type { World } from './world.ts';

/** The run that a product is kept up to date by. */
export interface Current {
  readonly run: string;
  /** Digest of the whole plan: an equal one needs no new run. */
  readonly plan: string;
}

/** What is current, with the version that a successor has to name. */
export interface SeenCurrent {
  readonly current?: Current;
  readonly etag?: string;
}

export async function readCurrent({ store }: World, product: string): Promise<SeenCurrent> {
  const object: StoredObject | undefined = await store.get(currentKey(product));
  if (!object) return {};
  return { current: parseJson(object.key, object.bytes) as Current, etag: object.etag };
}

/**
 * Makes a run the current one, if what was seen before planning still is. So plans follow one another: each has looked
 * at its inputs after the one before it was made current, and the last one has seen everything.
 * @throws Conflict when another run became current meanwhile
 */
export async function makeCurrent(
  { store }: World,
  product: string,
  current: Current,
  { etag }: SeenCurrent,
): Promise<void> {
  const condition = etag === undefined ? { onlyIfAbsent: true } : { ifMatch: etag };
  await store.put(currentKey(product), encodeJson(current), condition);
}

/** The world of one run: whatever it puts in the place of something is refused once another run is current. */
export function worldOfRun<W extends World>(world: W, product: string, run: string): W {
  const stillWanted = async () => {
    const { current } = await readCurrent(world, product);
    if (current?.run === run) return;
    throw new Conflict(`${product}: run ${run} was overtaken by ${current?.run ?? 'nothing'}.`);
  };
  return { ...world, stillWanted };
}
