import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { isFluxError, StoreFailure } from '../errors.ts';
import { allocate } from './byte-range.ts';
import type { ByteRange } from './store.ts';

/** What an answer says of the object and of the bytes that it brings. */
interface Extent {
  /** Bytes of the whole object. */
  readonly size: number;
  /** Bytes in this answer. */
  readonly length: number;
}

/**
 * Checks that a server sends the part that was asked for: some ignore ranges, some count a suffix wrongly.
 *
 * @throws StoreFailure
 */
export function extentOf(answer: GetObjectCommandOutput, range: ByteRange | undefined, what: string): Extent {
  const length = answer.ContentLength;
  if (length === undefined)
    throw new StoreFailure(`${what}: the server does not say how long its answer is.`, false);
  if (!range) return { size: length, length };
  const [, first, last, size] = (/^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.ContentRange ?? '') ?? []).map(
    Number,
  );
  if (first === undefined || last === undefined || size === undefined) {
    throw new StoreFailure(`${what}: the server does not honour byte ranges (no Content-Range).`, false);
  }
  const [start, end] =
    'suffix' in range
      ? [Math.max(0, size - range.suffix), size]
      : [range.offset, Math.min(size, range.offset + range.length)];
  if (first !== start || last !== end - 1 || length !== end - start) {
    throw new StoreFailure(
      `${what}: asked for bytes ${start}-${end - 1}, the server sent ${answer.ContentRange}.`,
      false,
    );
  }
  return { size, length };
}

/**
 * The bytes of an answer, in a buffer of their own that is made once and filled as they come. Fewer than announced is
 * an error, never a shorter result.
 *
 * @throws StoreFailure (transient)
 */
export async function readBody(
  body: GetObjectCommandOutput['Body'],
  length: number,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(length, what);
  let at = 0;
  try {
    for await (const chunk of body as unknown as Readable) {
      const piece = chunk as Uint8Array;
      if (at + piece.length > length)
        throw new StoreFailure(`${what}: more than the ${length} bytes announced.`, true);
      bytes.set(piece, at);
      at += piece.length;
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isFluxError(error)) throw error;
    const reason = (error as Error).message;
    throw new StoreFailure(
      `${what}: the answer broke off after ${at} of ${length} bytes (${reason}).`,
      true,
      {
        cause: error,
      },
    );
  }
  if (at < length) throw new StoreFailure(`${what}: the answer ended after ${at} of ${length} bytes.`, true);
  return bytes;
}
