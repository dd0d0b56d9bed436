import { CorruptInput, isFluxError, MissingInput, UnsupportedInput } from '../errors.ts';
import type { Store, StoredObject } from '../store/store.ts';

/** The first request for a file: a COG's header of usual size comes with it. */
const FIRST_READ = 65_536;
/** No honest header (directories, tags and block tables) is larger. */
const MAX_HEADER = 64 * 2 ** 20;

/** Read access to the header of one version of one object. What lies past its end cannot be read, ever. */
export interface HeaderSource {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  /** Exactly `length` bytes. @throws CorruptInput when they are not all in the file */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** geotiff's source interface. A slice past the end is cut, and geotiff's views then throw instead of reading 0. */
  fetch(slices: readonly { offset: number; length: number }[]): Promise<ArrayBuffer[]>;
}

/** @throws MissingInput, CorruptInput for an empty file, StoreFailure */
export async function openHeader(store: Store, key: string, signal?: AbortSignal): Promise<HeaderSource> {
  const first = await getFirst(store, key, signal);
  const { etag, size } = first;
  const spans = [{ offset: 0, bytes: first.bytes }];
  let held = first.bytes.byteLength;

  async function load(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const end = offset + length;
    const span = spans.find((s) => s.offset <= offset && end <= s.offset + s.bytes.byteLength);
    if (span) return span.bytes.subarray(offset - span.offset, end - span.offset);
    const range = { offset, length: Math.min(Math.max(length, FIRST_READ), size - offset) };
    held += range.length;
    if (held > MAX_HEADER) throw new UnsupportedInput(`${key}: its header is over ${MAX_HEADER} bytes.`);
    const got = await store.get(key, { range, ifMatch: etag, ...(signal && { signal }) });
    if (!got) throw new MissingInput(`${key} vanished from ${store.name} while it was opened.`);
    if (got.bytes.byteLength !== range.length) throw shortAnswer(key, range, got.bytes.byteLength);
    spans.push({ offset, bytes: got.bytes });
    return got.bytes.subarray(0, length);
  }

  async function read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (offset < 0 || length < 0 || !Number.isSafeInteger(offset + length) || offset + length > size) {
      throw new CorruptInput(
        `${key}: bytes ${offset} to ${offset + length} are wanted, but the file ends at ${size}. It is truncated or garbled.`,
      );
    }
    return load(offset, length);
  }

  async function fetch(slices: readonly { offset: number; length: number }[]): Promise<ArrayBuffer[]> {
    const cut = slices.map(({ offset, length }) => read(offset, Math.min(length, size - offset)));
    return (await Promise.all(cut)).map((bytes) => bytes.slice().buffer);
  }

  return { key, etag, size, read, fetch };
}

async function getFirst(store: Store, key: string, signal?: AbortSignal): Promise<StoredObject> {
  const options = { range: { offset: 0, length: FIRST_READ }, ...(signal && { signal }) };
  const first = await store.get(key, options).catch(async (error: unknown) => {
    // An empty object has no byte 0, so that its range read is refused; only then is a second look worth a request.
    if (isFluxError(error) && (await store.head(key))?.size === 0) throw emptyFile(key);
    throw error;
  });
  if (!first) throw new MissingInput(`${key} is not in ${store.name}.`);
  if (first.size === 0) throw emptyFile(key);
  const wanted = Math.min(FIRST_READ, first.size);
  if (first.bytes.byteLength !== wanted) {
    throw shortAnswer(key, { offset: 0, length: wanted }, first.bytes.byteLength);
  }
  return first;
}

const emptyFile = (key: string): CorruptInput => new CorruptInput(`${key} is empty (0 bytes).`);

/** An answer with other than the bytes asked for. */
export function shortAnswer(
  key: string,
  range: { offset: number; length: number },
  got: number,
): CorruptInput {
  return new CorruptInput(
    `${key}: ${got} of ${range.length} bytes came from offset ${range.offset}. The file is truncated or garbled.`,
  );
}
