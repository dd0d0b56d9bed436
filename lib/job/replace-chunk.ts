import { Conflict } from '../errors.ts';
import { notingStore } from './chunk-objects.ts';
import { fencedStore } from './fence.ts';
import { chunkKeys } from './outputs.ts';
import type { Product } from './product.ts';
import { type ChunkRecord, eraseRecord, isDone, writeRecord } from './record.ts';
import { checkStillAccepted } from './start.ts';
import type { World } from './world.ts';

/**
 * Puts a chunk in the place of the one that is recorded: the old record goes, the shards come, the new record comes
 * last. A record therefore never speaks of shards that are not all its own, wherever the work is cut off, and also
 * when the inputs go back to what they were before it was.
 *
 * @param write writes the shards by the world it is given and says what is true of them
 * @throws Conflict when the product was accepted anew with another spec; the chunk is left unrecorded
 */
export async function replaceChunk(
  world: World,
  product: Product,
  { level, at }: Pick<ChunkRecord, 'level' | 'at'>,
  before: ChunkRecord | undefined,
  write: (fenced: World) => Promise<ChunkRecord>,
): Promise<ChunkRecord> {
  const keys = chunkKeys(product, level, at);
  const { store, noted } = notingStore(fencedStore(world, product, before ? [...keys.values()] : []), keys);
  if (before) {
    await checkStillAccepted(world, product);
    await eraseRecord(world.store, product.id, level, at);
  }
  try {
    const said = await write({ ...world, store });
    const record = isDone(said) ? { ...said, objects: noted } : said;
    await checkStillAccepted(world, product);
    await writeRecord(store, product.id, record);
    return record;
  } catch (error) {
    if (error instanceof Conflict) await eraseRecord(world.store, product.id, level, at);
    throw error;
  }
}
