import pLimit, { type LimitFunction } from 'p-limit';
import { CorruptInput, MissingInput, StaleInput, UnsupportedInput } from '../errors.ts';
import { release } from '../grid/cells.ts';
import type { ByteRange, ObjectHead, Store } from '../store/store.ts';
import { type Box, chunkKey, meet, placesOf, shifted } from './chunk-grid.ts';
import { coalesce, type Part } from './coalesce.ts';
import { cStrides, itemSize } from './codecs.ts';
import { copyBox, fillBox, type Strided } from './copy-box.ts';
import { indexBytes, indexRange, parseIndex, type ShardIndex } from './shard.ts';
import { keepSpare } from './spare-buffers.ts';
import { type ChunkDecoder, chunkDecoder } from './zarr-decoder.ts';
import { type ArrayMeta, fillNumber } from './zarr-meta.ts';
import { joinKey } from './zarr-tree.ts';

const REQUESTS_AT_ONCE = 8;
/** A shard up to the first size is read whole, up to the second when half of it is wanted: one request, not several. */
const SMALL_SHARD_BYTES = 256 * 1024;
const WHOLE_SHARD_BYTES = 64 * 2 ** 20;

export interface ArrayOptions {
  readonly title: string;
  /** What a listing found; without it objects are read as they are, with no check of their version. */
  readonly heads?: ReadonlyMap<string, ObjectHead>;
  /** Whether a chunk that is not there is an error or holds the array's fill value. */
  readonly absentChunks: 'error' | 'fill';
}

/** One stored array: which objects a box needs, and its cells. Opening costs no request. */
export class ZarrArray {
  readonly meta: ArrayMeta;
  readonly title: string;
  readonly #store: Store;
  readonly #base: string;
  readonly #options: ArrayOptions;
  readonly #decode: ChunkDecoder;
  readonly #indexes = new Map<string, Promise<ShardIndex>>();

  constructor(store: Store, base: string, meta: ArrayMeta, options: ArrayOptions) {
    this.meta = meta;
    this.title = options.title;
    this.#store = store;
    this.#base = base;
    this.#options = options;
    this.#decode = chunkDecoder(meta);
  }

  /** Key of the object that holds the chunk, or shard, at a place of the chunk grid. */
  key(place: readonly number[]): string {
    return joinKey(this.#base, chunkKey(this.meta.keys, place));
  }

  /** The chunk or shard objects that a box touches, as places of the chunk grid. */
  places(box: Box): number[][] {
    return placesOf(box, this.meta.shard?.shape ?? this.meta.chunk);
  }

  /**
   * Copies a box into strided cells; the first cell of the box goes to `target.offset`.
   * @throws MissingInput, CorruptInput, StaleInput, UnsupportedInput naming the object
   */
  async read(box: Box, target: Strided, signal?: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const run = new Run(
      pLimit(REQUESTS_AT_ONCE),
      signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    );
    try {
      await Promise.all(this.places(box).map((place) => this.#readObject(place, box, target, run)));
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  }

  async #readObject(place: readonly number[], box: Box, target: Strided, run: Run): Promise<void> {
    const key = this.key(place);
    const head = this.#options.heads?.get(key);
    if (this.#options.heads && !head) return this.#absent(key, place, box, target);
    if (this.meta.shard && head) return this.#readShard(place, box, target, head, run);
    const object = await this.#get(key, head, run);
    if (!object) return this.#absent(key, place, box, target);
    if (this.meta.shard) return this.#readWholeShard(place, box, target, object, key);
    await this.#decodeInto(object, key, place, box, target);
    release(object);
  }

  #absent(key: string, place: readonly number[], box: Box, target: Strided): void {
    if (this.#options.absentChunks === 'error') {
      throw new MissingInput(
        `${this.title}: chunk ${key} is not there. Add it, or say that absent chunks hold the fill value.`,
      );
    }
    this.#fill(place, this.meta.shard?.shape ?? this.meta.chunk, box, target);
  }

  async #readShard(
    place: readonly number[],
    box: Box,
    target: Strided,
    head: ObjectHead,
    run: Run,
  ): Promise<void> {
    const wanted = this.#innerPlaces(place, box);
    const half = wanted.length * 2 >= this.#innerCount();
    if (head.size <= (half ? WHOLE_SHARD_BYTES : SMALL_SHARD_BYTES)) {
      const object = await this.#get(head.key, head, run);
      return this.#readWholeShard(place, box, target, object!, head.key);
    }
    const index = await this.#index(head, run);
    const parts = this.#locate(wanted, place, index, box, target);
    await Promise.all(
      coalesce(parts).map(async ({ offset, length, members }) => {
        const bytes = await this.#get(head.key, head, run, { offset, length });
        for (const part of members) {
          const chunk = bytes!.subarray(part.offset - offset, part.offset - offset + part.length);
          await this.#decodeInto(chunk, head.key, part.place, box, target);
        }
        release(bytes!);
      }),
    );
  }

  async #readWholeShard(
    place: readonly number[],
    box: Box,
    target: Strided,
    bytes: Uint8Array,
    key: string,
  ): Promise<void> {
    const shard = this.meta.shard!;
    const range = indexRange(shard, this.#innerCount(), bytes.length, key);
    const index = parseIndex(
      bytes.subarray(range.offset, range.offset + range.length),
      shard,
      bytes.length,
      key,
    );
    for (const part of this.#locate(this.#innerPlaces(place, box), place, index, box, target)) {
      const chunk = bytes.subarray(part.offset, part.offset + part.length);
      await this.#decodeInto(chunk, key, part.place, box, target);
    }
    release(bytes);
  }

  /** The inner chunks that were written; the others hold the fill value, which is put in place. */
  #locate(
    wanted: readonly (readonly number[])[],
    place: readonly number[],
    index: ShardIndex,
    box: Box,
    target: Strided,
  ): Part[] {
    const perShard = this.#innerShape();
    const strides = cStrides(perShard);
    const parts: Part[] = [];
    for (const inner of wanted) {
      const at = inner.reduce((n, p, i) => n + (p - place[i]! * perShard[i]!) * strides[i]!, 0);
      const entry = index[at];
      if (entry) parts.push({ ...entry, place: inner });
      else this.#fill(inner, this.meta.chunk, box, target);
    }
    return parts;
  }

  /** One index per shard and version: the ETag of the listing goes with every request. */
  #index(head: ObjectHead, run: Run): Promise<ShardIndex> {
    const known = this.#indexes.get(head.key);
    if (known) return known;
    const shard = this.meta.shard!;
    const range = indexRange(shard, this.#innerCount(), head.size, head.key);
    const index = this.#get(head.key, head, run, range).then((bytes) =>
      parseIndex(bytes!, shard, head.size, head.key),
    );
    this.#indexes.set(head.key, index);
    index.catch(() => this.#indexes.delete(head.key));
    return index;
  }

  async #get(
    key: string,
    head: ObjectHead | undefined,
    run: Run,
    range?: ByteRange,
  ): Promise<Uint8Array | undefined> {
    this.#refuseBloated(head);
    const object = await run.limit(() => {
      run.signal.throwIfAborted();
      return this.#store.get(key, {
        signal: run.signal,
        ...(head && { ifMatch: head.etag }),
        ...(range && { range }),
      });
    });
    if (!object && head) throw new StaleInput(`${key} was listed and is gone now; plan again.`);
    if (object && range && 'offset' in range && object.bytes.length !== range.length) {
      throw new CorruptInput(`${key}: asked for ${range.length} bytes, got ${object.bytes.length}.`);
    }
    return object?.bytes;
  }

  /** No codec that is read makes cells much longer, so an object far above its raw size is not what it claims. */
  #refuseBloated(head: ObjectHead | undefined): void {
    const shape = this.meta.shard?.shape ?? this.meta.chunk;
    const raw = shape.reduce((n, d) => n * d, itemSize(this.meta.type));
    const most = 1.1 * raw + indexBytes(this.#innerCount(), true) + 65_536 * this.#innerCount();
    if (head && head.size > most) {
      throw new CorruptInput(`${head.key}: ${head.size} bytes for a chunk of ${raw} bytes of cells.`);
    }
  }

  async #decodeInto(
    bytes: Uint8Array,
    key: string,
    place: readonly number[],
    box: Box,
    target: Strided,
  ): Promise<void> {
    const chunk = await this.#decode(
      bytes,
      this.meta.shard ? `${key} (inner chunk ${place.join('/')})` : key,
    );
    const start = place.map((p, i) => p * this.meta.chunk[i]!);
    const common = meet(start, this.meta.chunk, box);
    const offset = common.start.reduce((n, s, i) => n + (s - start[i]!) * chunk.strides[i]!, chunk.offset);
    copyBox({ ...chunk, offset }, shifted(target, box, common.start), common.shape);
    if (chunk.cells.buffer !== bytes.buffer) keepSpare(chunk.cells); // not compressed, it is a view of the object
  }

  #fill(place: readonly number[], size: readonly number[], box: Box, target: Strided): void {
    const common = meet(
      place.map((p, i) => p * size[i]!),
      size,
      box,
    );
    fillBox(shifted(target, box, common.start), common.shape, this.#fillValue());
  }

  #fillValue(): number {
    if (this.meta.fill !== null) return fillNumber(this.meta.fill);
    if (this.meta.type.startsWith('float')) return Number.NaN;
    throw new UnsupportedInput(`${this.title}: no fill_value says what chunks hold that were never written.`);
  }

  #innerShape(): number[] {
    return this.meta.chunk.map((c, i) => (this.meta.shard ? this.meta.shard.shape[i]! / c : 1));
  }

  #innerCount(): number {
    return this.#innerShape().reduce((n, d) => n * d, 1);
  }

  /** Inner chunks of one shard that the box touches, as places of the grid of all inner chunks. */
  #innerPlaces(place: readonly number[], box: Box): number[][] {
    const size = this.meta.shard!.shape;
    const start = place.map((p, i) => p * size[i]!);
    const common = meet(start, size, box);
    return placesOf(
      { start: common.start, stop: common.start.map((s, i) => s + common.shape[i]!) },
      this.meta.chunk,
    );
  }
}

/** One call of `read`: its requests at once, and what stops the others when one fails. */
class Run {
  readonly limit: LimitFunction;
  readonly signal: AbortSignal;
  constructor(limit: LimitFunction, signal: AbortSignal) {
    this.limit = limit;
    this.signal = signal;
  }
}
