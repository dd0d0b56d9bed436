import { createHash } from 'node:crypto';

/** JSON with the keys of every object in order, so that equal facts are equal bytes. ASCII; no NaN or Infinity. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner))
      throw new RangeError(`${inner} has no place in JSON`);
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([, v]) => v !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Names everything that a result depends on: 32 hex digits of SHA-256 over the canonical JSON. */
export const digestOf = (value: unknown): string => digestOfBytes(Buffer.from(canonicalJson(value)));

/** `digestOf` of a list that is not held: each entry as it comes. */
export function listDigest(): { add(value: unknown): void; end(): string } {
  const hash = createHash('sha256');
  let lead = '[';
  return {
    add(value) {
      hash.update(lead + canonicalJson(value ?? null));
      lead = ',';
    },
    end: () =>
      hash
        .update(lead === '[' ? '[]' : ']')
        .digest('hex')
        .slice(0, 32),
  };
}

export const digestOfBytes = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 32);
