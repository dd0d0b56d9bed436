/** THE SEAM: everything that chunkflux reads or writes goes through this, on a folder, in memory or on S3. */

/** Bytes `[offset, offset + length)`, or the last `suffix` bytes. A range that runs past the end is clipped. */
export type ByteRange = { readonly offset: number; readonly length: number } | { readonly suffix: number };

export interface GetOptions {
  readonly range?: ByteRange;
  /** Only this version of the object; another one is `StaleInput`. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface PutOptions {
  /** Create only; an existing object is `Conflict`. */
  readonly onlyIfAbsent?: boolean;
  /** Replace only this version; another one, or none, is `Conflict`. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface DeleteOptions {
  /** Delete only this version; another one is `Conflict`, none is nothing to do. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface ObjectHead {
  readonly key: string;
  /** Opaque; differs whenever the bytes may differ. */
  readonly etag: string;
  /** Bytes of the whole object. */
  readonly size: number;
}

export interface StoredObject extends ObjectHead {
  /** The bytes asked for; they own their buffer (`byteOffset` 0), so that a typed array may look at them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * An object store. Absent is `undefined`; being refused (403), a range outside the object (416) and a server's fault
 * (5xx) are errors, never an absence. A put is atomic: readers see the old bytes or the new, whole.
 */
export interface Store {
  /** How messages call it: `memory`, `folder /data/x`, `s3://bucket/prefix`. */
  readonly name: string;
  /** @throws StaleInput, StoreFailure */
  get(key: string, options?: GetOptions): Promise<StoredObject | undefined>;
  /** @throws Conflict, StoreFailure */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectHead>;
  head(key: string, options?: { readonly signal?: AbortSignal }): Promise<ObjectHead | undefined>;
  /** Every object whose key starts with `prefix`, in UTF-8 order of the keys. */
  list(prefix: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<ObjectHead>;
  /**
   * Absent or not, afterwards it is gone.
   * @throws Conflict when `ifMatch` names a version that is not the one there
   */
  delete(key: string, options?: DeleteOptions): Promise<void>;
}
