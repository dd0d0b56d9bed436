import { Conflict } from '../errors.ts';
import type { PutOptions, Store } from '../store/store.ts';
import type { Product } from './product.ts';
import { checkStillAccepted } from './start.ts';
import type { World } from './world.ts';

/** Whoever loses this often against others that write the same key has met something that is no race. */
const TRIES = 5;

/**
 * The store as one run may write a product. Every put and delete names what it replaces, and what it replaces is looked at
 * before the accepted spec is. So a run whose product was accepted anew with another spec can finish a put that is
 * under way, but never lay its bytes over those of the newer one.
 *
 * @param replaced keys that are expected to be there already; a wrong guess costs requests, nothing else
 */
export function fencedStore(world: World, product: Product, replaced: readonly string[]): Store {
  const { store } = world;
  const look = async (keys: readonly string[]): Promise<Map<string, PutOptions>> => {
    const heads = await Promise.all(keys.map((key) => store.head(key)));
    await checkStillAccepted(world, product);
    return new Map(keys.map((key, i) => [key, heads[i] ? { ifMatch: heads[i].etag } : ABSENT]));
  };
  let conditions: Promise<Map<string, PutOptions>> | undefined;
  const conditionally = async <T>(
    key: string,
    guess: PutOptions | undefined,
    write: (condition: PutOptions) => Promise<T>,
  ): Promise<T> => {
    if (replaced.length > 0) conditions ??= look(replaced);
    let condition = (await conditions)?.get(key) ?? guess;
    for (let attempt = 1; ; attempt++) {
      condition ??= (await look([key])).get(key)!;
      try {
        return await write(condition);
      } catch (error) {
        if (!(error instanceof Conflict) || attempt === TRIES) throw error;
        condition = undefined;
      }
    }
  };
  return {
    name: store.name,
    get: (key, options) => store.get(key, options),
    head: (key, options) => store.head(key, options),
    list: (prefix, options) => store.list(prefix, options),
    put: (key, bytes, options) =>
      conditionally(key, ABSENT, (condition) => store.put(key, bytes, { ...options, ...condition })),
    async delete(key, options) {
      if (!replaced.includes(key) && !(await store.head(key))) return;
      await conditionally(key, undefined, async ({ ifMatch }) => {
        if (ifMatch !== undefined) await store.delete(key, { ...options, ifMatch });
      });
    },
  };
}

const ABSENT: PutOptions = { onlyIfAbsent: true };
