import { BadRequest } from '../errors.ts';

/** Folder that a file store keeps for itself; no key may name it, so every store refuses it alike. */
export const RESERVED = '.chunkflux';

const LONGEST_SEGMENT = 255; // bytes: what ext4, xfs, APFS and NTFS allow for one name
const LONGEST_KEY = 1024; // bytes: S3's limit

/**
 * Refuses a key that some store could not keep, or that could lead out of a folder. The rule is one for all stores,
 * so that what works in memory works on a folder and on S3.
 *
 * @throws BadRequest naming the key and what is wrong with it
 */
export function assertKey(key: string): void {
  const problem = keyProblem(key);
  if (problem) throw new BadRequest('key', `${JSON.stringify(key)} ${problem}`);
}

/** Whether some store could hold this key. */
export function isKey(key: string): boolean {
  return keyProblem(key) === undefined;
}

/** A prefix is cut anywhere, so only its whole segments are judged. @throws BadRequest */
export function assertPrefix(prefix: string): void {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const problem = charProblem(prefix) ?? (folder ? keyProblem(folder.slice(0, -1)) : undefined);
  if (problem) throw new BadRequest('prefix', `${JSON.stringify(prefix)} ${problem}`);
}

function keyProblem(key: string): string | undefined {
  if (key === '') return 'is empty';
  return (
    charProblem(key) ??
    (Buffer.byteLength(key) > LONGEST_KEY ? `is longer than ${LONGEST_KEY} bytes` : undefined) ??
    key.split('/').map(segmentProblem).find(Boolean)
  );
}

function charProblem(key: string): string | undefined {
  if (key.includes('\0')) return 'has a NUL in it';
  if (key.includes('\\')) return 'has a backslash in it; keys are written with "/"';
  if (!key.isWellFormed()) return 'is not valid Unicode (it has half a surrogate pair)';
  if (key.startsWith('/')) return 'starts with "/"; keys are relative to the store';
  return undefined;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'has an empty part ("//", or "/" at its end)';
  if (segment === '.' || segment === '..')
    return `has the part "${segment}", which could lead out of the store`;
  if (segment === RESERVED)
    return `has the part "${RESERVED}", which a folder keeps for its own temporary files`;
  if (Buffer.byteLength(segment) > LONGEST_SEGMENT) return `has a part longer than ${LONGEST_SEGMENT} bytes`;
  return undefined;
}

/**
 * Order of S3 listings: by UTF-8 bytes. JavaScript compares UTF-16 units, where a surrogate pair (U+10000 and up)
 * sorts before U+E000..U+FFFF; the two orders differ there only.
 */
export function compareUtf8(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const difference = utf8Rank(a.charCodeAt(i)) - utf8Rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Moves surrogates behind U+E000..U+FFFF, the rest stays in order. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
