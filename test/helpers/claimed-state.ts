import { type ChunkRecord, isDone } from '../../lib/job/record.ts';
import { productRoot, recordsRoot } from '../../lib/store/keys.ts';
import type { Store } from '../../lib/store/store.ts';
import { stateOf } from './tiny-product.ts';

/**
 * The state of a product without what chunks that are not computed may have left of an earlier time: an input that is
 * taken away takes away no numbers, but no record claims them any more.
 */
export async function claimedState(store: Store, product: string): Promise<Record<string, string>> {
  const state = await stateOf(store);
  for await (const { key } of store.list(`${productRoot(product)}records/`)) {
    const record = JSON.parse(new TextDecoder().decode((await store.get(key))!.bytes)) as ChunkRecord;
    if (isDone(record)) continue;
    const at = key.slice(recordsRoot(product, record.level).length, -'.json'.length);
    for (const left of Object.keys(state)) {
      if (left.endsWith(`/c/${at}`) && left.includes(`/data.zarr/${record.level}/`)) delete state[left];
      if (record.level === 0 && left.includes('/state/') && left.endsWith(`/${at}`)) delete state[left];
    }
  }
  return state;
}
