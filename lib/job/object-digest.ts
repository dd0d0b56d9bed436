import { hash } from 'node:crypto';
import { digestOfBytes } from './digest.ts';

const FORM = 'md5-';

/**
 * Names the bytes of an object by their MD5: it is what S3 gives an object of one put as its ETag, so that a listing shows
 * whether it is still there. Against accidents, not against people.
 */
export const objectDigest = (bytes: Uint8Array): string => FORM + hash('md5', bytes);

/** Whether bytes are those that a record speaks of; of older ones it has the SHA-256. Both may be absent. */
export function isOfDigest(bytes: Uint8Array | undefined, recorded: string | undefined): boolean {
  if (bytes === undefined || recorded === undefined) return bytes === recorded;
  return recorded === (recorded.startsWith(FORM) ? objectDigest(bytes) : digestOfBytes(bytes));
}

/**
 * Whether a listed object may be the one that a record speaks of. An etag that is no MD5 (of a folder, of a bucket with
 * keys of its own) and a digest of another form say nothing.
 */
export function mayBeOfDigest(etag: string | undefined, recorded: string | undefined): boolean {
  if (etag === undefined || recorded === undefined) return etag === recorded;
  const md5 = /^"?([0-9a-f]{32})"?$/.exec(etag)?.[1];
  return md5 === undefined || !recorded.startsWith(FORM) || recorded === FORM + md5;
}
