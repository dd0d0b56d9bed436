import { BadRequest, StoreFailure, TooLarge } from '../errors.ts';
import type { ByteRange } from './store.ts';

/** Refuses a range that no server could answer: nothing asked for, or not a whole number of bytes. @throws BadRequest */
export function assertRange(range: ByteRange): void {
  const ok =
    'suffix' in range
      ? isCount(range.suffix) && range.suffix > 0
      : isCount(range.offset) && isCount(range.length) && range.length > 0;
  if (!ok) throw new BadRequest('range', `${JSON.stringify(range)} is not a range of at least one byte`);
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

/**
 * The bytes `[start, end)` of an object of `size` bytes that a range stands for, clipped at the end.
 *
 * @throws StoreFailure when the range starts at or after the end, as S3 answers 416: a reader that gets there holds a
 *   wrong idea of the object, and no bytes would be taken for a success
 */
export function resolveRange(range: ByteRange | undefined, size: number, what: string): [number, number] {
  if (!range) return [0, size];
  assertRange(range);
  const start = 'suffix' in range ? Math.max(0, size - range.suffix) : range.offset;
  if (start >= size) throw outsideObject(what, range, size);
  return [start, 'suffix' in range ? size : Math.min(size, range.offset + range.length)];
}

export function outsideObject(what: string, range: ByteRange, size?: number): StoreFailure {
  const asked =
    'suffix' in range ? `the last ${range.suffix} bytes` : `${range.length} bytes from ${range.offset}`;
  const has = size === undefined ? '' : `, which has ${size}`;
  return new StoreFailure(`${what}: ${asked} are outside the object${has} (416).`, false);
}

const LARGEST_READ = 2 ** 31; // bytes in one piece of memory; anything that large is read by ranges

/** Memory for an answer, which nothing else looks at. It is not cleared: fill it all. @throws TooLarge */
export function allocate(length: number, what: string): Uint8Array<ArrayBuffer> {
  if (length > LARGEST_READ)
    throw new TooLarge(`${what}: ${length} bytes are too many to read at once. Read ranges.`);
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}
