import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { StaleInput } from '../errors.ts';
import { checksumsKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { InputObject } from './input-objects.ts';
import { encodeJson, parseJson } from './record.ts';
import type { World } from './world.ts';

/** SHA-256 of an object of the inputs, and the version that it was taken of. */
export interface Checksum {
  readonly etag: string;
  readonly sha256: string;
}

export type Checksums = Readonly<Record<string, Checksum>>;

/** Those that were taken of a product's inputs, by key; of versions that may be of the past. */
export async function readChecksums({ store }: Pick<World, 'store'>, product: string): Promise<Checksums> {
  const object = await store.get(checksumsKey(product));
  return object ? (parseJson(object.key, object.bytes) as Checksums) : {};
}

/** Of the version that was used, or none. */
export const checksumOf = (checksums: Checksums, { key, etag }: InputObject): string | undefined => {
  const known = Object.hasOwn(checksums, key) ? checksums[key] : undefined;
  return known && known.etag === etag ? known.sha256 : undefined;
};

/** What taking checksums came to. */
export interface Taken {
  readonly checksums: Checksums;
  /** Keys of objects that are no longer what the product was made from, or gone. */
  readonly changed: readonly string[];
}

const AT_ONCE = 4;
const PIECE = 8 * 2 ** 20;

/**
 * Reads objects whole, where no checksum of this version is known, and keeps what comes of it with the product. An ETag
 * says only that bytes are the same in one store; a checksum says it of a copy on any disk.
 */
export async function takeChecksums(
  world: World,
  product: string,
  objects: readonly InputObject[],
): Promise<Taken> {
  const known = await readChecksums(world, product);
  const limit = pLimit(AT_ONCE);
  const changed: string[] = [];
  const entries = await Promise.all(
    objects.map((object) =>
      limit(async () => {
        if (object.etag === undefined) return [];
        const sha256 = checksumOf(known, object) ?? (await sha256Of(world.inputs, object, world.signal));
        if (sha256 === undefined) changed.push(object.key);
        return sha256 === undefined ? [] : [[object.key, { etag: object.etag, sha256 }] as const];
      }),
    ),
  );
  const checksums = { ...known, ...Object.fromEntries(entries.flat()) };
  await world.store.put(checksumsKey(product), encodeJson(checksums));
  return { checksums, changed: changed.sort() };
}

/** @returns undefined when the object is gone or another version by now */
async function sha256Of(
  inputs: Store,
  { key, etag, size }: InputObject,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for (let offset = 0; offset < size!; offset += PIECE) {
      const range = { offset, length: PIECE };
      const piece = await inputs.get(key, { range, ifMatch: etag!, ...(signal && { signal }) });
      if (!piece) return undefined;
      hash.update(piece.bytes);
    }
  } catch (error) {
    if (error instanceof StaleInput) return undefined;
    throw error;
  }
  return hash.digest('hex');
}
