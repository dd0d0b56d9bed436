import { CorruptInput } from '../errors.ts';
import type { ByteRange } from '../store/store.ts';
import { verifyCrc32c } from './codecs.ts';
import { crc32c } from './crc32c.ts';
import type { ShardMeta } from './zarr-meta.ts';

/** Where each inner chunk lies in its shard, in C order of the inner chunks; undefined where nothing was written. */
export type ShardIndex = readonly ({ readonly offset: number; readonly length: number } | undefined)[];

const ENTRY_BYTES = 16;
const CHECKSUM_BYTES = 4;
const ABSENT = 2n ** 64n - 1n;

export const indexBytes = (innerChunks: number, checked: boolean): number =>
  innerChunks * ENTRY_BYTES + (checked ? CHECKSUM_BYTES : 0);

/** Where the index lies in a shard of `size` bytes. @throws CorruptInput when the object is too short for one */
export function indexRange(
  shard: ShardMeta,
  innerChunks: number,
  size: number,
  key: string,
): ByteRange & { readonly offset: number; readonly length: number } {
  const length = indexBytes(innerChunks, shard.indexChecked);
  if (size < length)
    throw new CorruptInput(`${key}: ${size} bytes are too few for a shard of ${innerChunks} chunks.`);
  return { offset: shard.indexAt === 'start' ? 0 : size - length, length };
}

/** @throws CorruptInput when the checksum does not match or an entry lies outside the chunks of a shard of `size` bytes */
export function parseIndex(bytes: Uint8Array, shard: ShardMeta, size: number, key: string): ShardIndex {
  const body = shard.indexChecked ? verified(bytes, key) : bytes;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const little = !shard.indexBigEndian;
  const first = BigInt(shard.indexAt === 'start' ? bytes.length : 0);
  const end = BigInt(shard.indexAt === 'start' ? size : size - bytes.length);
  return Array.from({ length: body.length / ENTRY_BYTES }, (_, i) => {
    const offset = view.getBigUint64(i * ENTRY_BYTES, little);
    const length = view.getBigUint64(i * ENTRY_BYTES + 8, little);
    if (offset === ABSENT && length === ABSENT) return undefined;
    if (offset < first || offset + length > end) {
      throw new CorruptInput(
        `${key}: the shard index puts chunk ${i} at ${offset}+${length} of ${size} bytes; the object is damaged.`,
      );
    }
    return { offset: Number(offset), length: Number(length) };
  });
}

function verified(bytes: Uint8Array, key: string): Uint8Array {
  try {
    return verifyCrc32c(bytes);
  } catch (cause) {
    throw new CorruptInput(`${key}: the shard index is damaged.`, { cause });
  }
}

/**
 * Puts encoded inner chunks into one shard, in the order `order` (places in C order), the index at the end.
 * @returns undefined when no chunk is there: such a shard is not written
 */
export function assembleShard(
  chunks: readonly (Uint8Array | undefined)[],
  order: Iterable<number>,
): Uint8Array<ArrayBuffer> | undefined {
  const body = chunks.reduce((n, chunk) => n + (chunk?.length ?? 0), 0);
  if (body === 0) return undefined;
  const shard = new Uint8Array(body + indexBytes(chunks.length, true));
  const index = new DataView(shard.buffer, body);
  for (let i = 0; i < 2 * chunks.length; i++) index.setBigUint64(8 * i, ABSENT, true);
  let offset = 0;
  for (const i of order) {
    const chunk = chunks[i];
    if (!chunk) continue;
    shard.set(chunk, offset);
    index.setBigUint64(ENTRY_BYTES * i, BigInt(offset), true);
    index.setBigUint64(ENTRY_BYTES * i + 8, BigInt(chunk.length), true);
    offset += chunk.length;
  }
  const entries = shard.subarray(body, body + ENTRY_BYTES * chunks.length);
  index.setUint32(ENTRY_BYTES * chunks.length, crc32c(entries), true);
  return shard;
}
