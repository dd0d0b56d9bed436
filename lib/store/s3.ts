import { randomUUID } from 'node:crypto';
import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { Conflict, StaleInput, StoreFailure, TooLarge } from '../errors.ts';
import { assertRange, outsideObject } from './byte-range.ts';
import { assertKey, assertPrefix } from './object-key.ts';
import { extentOf, readBody } from './s3-body.ts';
import { S3Connection, type Server } from './s3-connection.ts';
import { isAbsent, s3Failure, statusOf } from './s3-errors.ts';
import type {
  ByteRange,
  DeleteOptions,
  GetOptions,
  ObjectHead,
  PutOptions,
  Store,
  StoredObject,
} from './store.ts';

export interface S3Options extends Server {
  readonly bucket: string;
  /** Keys of the store lie below it; no "/" at either end. */
  readonly prefix?: string;
}

interface Signal {
  readonly signal?: AbortSignal;
}

const LARGEST_PUT = 5 * 1024 ** 3; // bytes, S3's limit for one PUT
const BODY_TRIES = 3; // the SDK tries again until an answer begins; from there on it is ours
const PUT_ID = 'chunkflux-put';

/**
 * Objects in an S3 bucket, or below a prefix of it. Requests are tried again by the SDK (AWS_MAX_ATTEMPTS, 3 by
 * default), so an error from here is one that stayed. Listings are in order on general-purpose buckets; directory
 * buckets (S3 Express) do not sort theirs.
 */
export function s3Store(options: S3Options): Store {
  return new S3Store(options);
}

class S3Store implements Store {
  readonly name: string;
  readonly #bucket: string;
  readonly #below: string;
  readonly #s3: S3Connection;

  constructor({ bucket, prefix, ...server }: S3Options) {
    this.#bucket = bucket;
    this.#below = prefix ? `${prefix}/` : '';
    this.name = `s3://${bucket}${prefix ? `/${prefix}` : ''}`;
    this.#s3 = new S3Connection(server);
  }

  async get(key: string, options: GetOptions = {}): Promise<StoredObject | undefined> {
    if (options.range) assertRange(options.range);
    for (let tries = 1; ; tries++) {
      const answer = await this.#open(key, options);
      if (!answer) return undefined;
      const { size, length } = extentOf(answer, options.range, this.#what(key));
      try {
        const bytes = await readBody(answer.Body, length, this.#what(key), options.signal);
        return { key, etag: quoted(answer.ETag), size, bytes };
      } catch (error) {
        if (tries === BODY_TRIES || !isTransient(error)) throw error;
      }
    }
  }

  async head(key: string, { signal }: Signal = {}): Promise<ObjectHead | undefined> {
    const answer = await this.#ask(key, signal);
    return answer && { key, etag: quoted(answer.ETag), size: answer.ContentLength ?? 0 };
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<ObjectHead> {
    const at = this.#place(key);
    assertFits(bytes.length, this.#what(key));
    const id = options.onlyIfAbsent || options.ifMatch !== undefined ? randomUUID() : undefined;
    const condition = {
      ...(options.onlyIfAbsent && { IfNoneMatch: '*' }),
      ...(options.ifMatch !== undefined && { IfMatch: options.ifMatch }),
      ...(id && { Metadata: { [PUT_ID]: id } }),
    };
    try {
      const answer = await this.#s3.send(
        (sdk) => new sdk.PutObjectCommand({ ...at, ...condition, Body: bytes }),
        options.signal,
      );
      return { key, etag: quoted(answer.ETag), size: bytes.length };
    } catch (error) {
      const etag = await this.#etagIfWritten(error, key, id, options);
      return { key, etag, size: bytes.length };
    }
  }

  async *list(prefix: string, { signal }: Signal = {}): AsyncGenerator<ObjectHead> {
    assertPrefix(prefix);
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token, signal);
      for (const { Key, ETag, Size } of page.Contents ?? []) {
        if (!Key || Key.endsWith('/')) continue; // placeholders that consoles make for folders
        yield { key: Key.slice(this.#below.length), etag: quoted(ETag), size: Size ?? 0 };
        signal?.throwIfAborted();
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (page.IsTruncated && !token)
        throw new StoreFailure(`${this.name}: a listing was cut off by the server.`, true);
    } while (token);
  }

  async delete(key: string, { ifMatch, signal }: DeleteOptions = {}): Promise<void> {
    const at = { ...this.#place(key), ...(ifMatch !== undefined && { IfMatch: ifMatch }) };
    try {
      await this.#s3.send((sdk) => new sdk.DeleteObjectCommand(at), signal);
    } catch (error) {
      if (isAbsent(error)) return;
      if (ifMatch === undefined || ![409, 412].includes(statusOf(error) ?? 0))
        throw s3Failure(error, `${this.#what(key)}: deleting`, signal);
      throw new Conflict(`${this.#what(key)} is no longer ${ifMatch}. Read it again.`, { cause: error });
    }
  }

  async #open(
    key: string,
    { range, ifMatch, signal }: GetOptions,
  ): Promise<GetObjectCommandOutput | undefined> {
    const at = this.#place(key);
    const part = {
      ...(range && { Range: rangeHeader(range) }),
      ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    };
    try {
      return await this.#s3.send((sdk) => new sdk.GetObjectCommand({ ...at, ...part }), signal);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      const status = statusOf(error);
      if (status === 412)
        throw new StaleInput(`${this.#what(key)} changed: it is no longer ${ifMatch}. Plan again.`);
      if (status === 416 && range) return this.#openWhole(key, range, ifMatch, signal);
      throw s3Failure(error, `${this.#what(key)}: reading`, signal);
    }
  }

  /** Some servers call a suffix longer than the object unsatisfiable; it is the whole object. */
  async #openWhole(
    key: string,
    range: ByteRange,
    ifMatch: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<GetObjectCommandOutput | undefined> {
    const found = 'suffix' in range ? await this.#ask(key, signal) : undefined;
    const size = found?.ContentLength ?? 0;
    if (!('suffix' in range) || size === 0 || size >= range.suffix)
      throw outsideObject(this.#what(key), range);
    const version = ifMatch ?? found?.ETag;
    return this.#open(key, {
      range: { offset: 0, length: size },
      ...(version !== undefined && { ifMatch: version }),
      ...(signal && { signal }),
    });
  }

  async #ask(key: string, signal: AbortSignal | undefined): Promise<HeadObjectCommandOutput | undefined> {
    const at = this.#place(key);
    try {
      return await this.#s3.send((sdk) => new sdk.HeadObjectCommand(at), signal);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw s3Failure(error, `${this.#what(key)}: reading`, signal);
    }
  }

  /**
   * The etag of a put that failed to the eye but was done, else throws. The answer to a conditional put may be lost,
   * and the SDK's second try then meets what its first one wrote. So such an object is read back before anything is
   * said of it: each conditional put carries an id of its own.
   */
  async #etagIfWritten(
    error: unknown,
    key: string,
    id: string | undefined,
    { ifMatch, signal }: PutOptions,
  ): Promise<string> {
    const failure = s3Failure(error, `${this.#what(key)}: writing`, signal);
    const status = statusOf(error);
    const refused = status === 412 || status === 409 || (ifMatch !== undefined && isAbsent(error));
    if (!id || !(refused || isTransient(failure))) throw failure;
    const found = await this.#ask(key, signal);
    if (found?.Metadata?.[PUT_ID] === id) return quoted(found.ETag);
    if (!refused) throw failure;
    const how =
      ifMatch === undefined ? 'is there already' : `is ${found ? 'no longer' : 'gone, not'} ${ifMatch}`;
    throw new Conflict(`${this.#what(key)} ${how}. Read it again.`, { cause: error });
  }

  async #page(
    prefix: string,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ListObjectsV2CommandOutput> {
    const from = {
      Bucket: this.#bucket,
      Prefix: this.#below + prefix,
      ...(token && { ContinuationToken: token }),
    };
    try {
      return await this.#s3.send((sdk) => new sdk.ListObjectsV2Command(from), signal);
    } catch (error) {
      throw s3Failure(error, `${this.name}: listing "${prefix}"`, signal);
    }
  }

  #place(key: string): { Bucket: string; Key: string } {
    assertKey(key);
    return { Bucket: this.#bucket, Key: this.#below + key };
  }

  #what(key: string): string {
    return `${this.name}/${key}`;
  }
}

function assertFits(length: number, what: string): void {
  if (length <= LARGEST_PUT) return;
  throw new TooLarge(`${what}: ${length} bytes are more than one PUT takes (5 GiB). Use smaller shards.`);
}

function isTransient(error: unknown): boolean {
  return error instanceof StoreFailure && error.transient;
}

function rangeHeader(range: ByteRange): string {
  return 'suffix' in range
    ? `bytes=-${range.suffix}`
    : `bytes=${range.offset}-${range.offset + range.length - 1}`;
}

/** Some servers leave the quotes out in listings; an etag must be the same wherever it is read. */
function quoted(etag = ''): string {
  return etag.startsWith('"') || etag.startsWith('W/') ? etag : `"${etag}"`;
}
