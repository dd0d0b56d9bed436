import { type ChunkRecord, isDone } from '../../lib/job/record.ts';
import { firstStatesRoot, productRoot, recordsRoot } from '../../lib/store/keys.ts';
import type { Store } from '../../lib/store/store.ts';
import { stateOf } from './tiny-product.ts';

/**
 * The state of a product without what chunks that are not computed may have left of an earlier time: an input that is
 * taken away takes away no numbers, but no record claims them any more. Of a place where no chunk is, that goes for its
 * classes too, which are kept once they are counted. Counts on their way to a statistic are of whatever was counted last:
 * who merges them compares.
 */
export async function claimedState(store: Store, product: string): Promise<Record<string, string>> {
  const state = await stateOf(store);
  for (const key of Object.keys(state)) if (ON_ITS_WAY.test(key)) delete state[key];
  const places = new Map<string, boolean>();
  for await (const [key, record] of recordsUnder(store, `${productRoot(product)}records/`)) {
    const at = key.slice(recordsRoot(product, record.level).length, -'.json'.length);
    const place = at.slice(at.indexOf('/') + 1);
    if (record.level === 0) places.set(place, isDone(record) || places.get(place) === true);
    if (isDone(record)) continue;
    for (const left of Object.keys(state)) {
      if (left.endsWith(`/c/${at}`) && left.includes(`/data.zarr/${record.level}/`)) delete state[left];
      if (record.level === 0 && left.includes('/state/') && left.endsWith(`/${at}`)) delete state[left];
    }
  }
  for await (const [key, first] of recordsUnder(store, firstStatesRoot(product))) {
    if (isDone(first)) continue;
    const place = key.slice(firstStatesRoot(product).length, -'.json'.length);
    for (const left of Object.keys(state)) if (left.endsWith(`/first/${place}`)) delete state[left];
  }
  for (const [place, isAny] of places) {
    const classes = new RegExp(`/prepared/[^/]+/${place}\\.json$`);
    for (const left of Object.keys(state)) if (!isAny && classes.test(left)) delete state[left];
  }
  return state;
}

/** Counts of a chunk, and parts of a first state. */
const ON_ITS_WAY = /\/(prepared\/[^/]+\/\d+\/\d+\/\d+\.json$|state\/parts\/)/;

async function* recordsUnder(store: Store, root: string): AsyncGenerator<[string, ChunkRecord]> {
  for await (const { key } of store.list(root))
    yield [key, JSON.parse(new TextDecoder().decode((await store.get(key))!.bytes)) as ChunkRecord];
}
