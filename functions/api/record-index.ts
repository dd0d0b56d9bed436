import pLimit from 'p-limit';
import type { ChunkCoord } from '../../lib/grid/region.ts';
import { type ChunkRecord, type ChunkState, parseJson } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import { recordsRoot } from '../../lib/store/keys.ts';
import type { ServedProduct } from './served-product.ts';

/** A record without its sums. */
export interface RecordBrief {
  readonly at: ChunkCoord;
  readonly state: ChunkState;
  readonly digest: string;
}

interface Known {
  readonly etag: string;
  readonly brief: RecordBrief;
}

const READ_AT_ONCE = 32;
const indexes = new WeakMap<ServedProduct, Map<string, Known>>();

/**
 * All recorded chunks of a level, in order of their keys. What was read once is read again only when its ETag in the
 * listing is another: to look again at ten thousand chunks costs ten requests.
 */
export async function briefRecords(
  { store, signal }: World,
  product: ServedProduct,
  level: number,
): Promise<RecordBrief[]> {
  const index = indexes.get(product) ?? new Map<string, Known>();
  indexes.set(product, index);
  const options = signal ? { signal } : {};
  const limit = pLimit(READ_AT_ONCE);
  const found: Promise<Known | undefined>[] = [];
  const read = async (key: string): Promise<Known | undefined> => {
    const object = await store.get(key, options);
    if (!object) return undefined; // gone since it was listed
    const { at, state, digest } = parseJson(key, object.bytes) as ChunkRecord;
    const known = { etag: object.etag, brief: { at, state, digest } };
    index.set(key, known);
    return known;
  };
  for await (const { key, etag } of store.list(recordsRoot(product.id, level), options)) {
    const known = index.get(key);
    found.push(known?.etag === etag ? Promise.resolve(known) : limit(() => read(key)));
  }
  return (await Promise.all(found)).flatMap((known) => known?.brief ?? []);
}
