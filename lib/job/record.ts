import { BadRequest, type ErrorCode, type FluxError } from '../errors.ts';
import type { ChunkCoord, Region } from '../grid/region.ts';
import type { Counts } from '../science/model.ts';
import { recordKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { canonicalJson } from './digest.ts';

/** `missing-input` and `failed` say why in `reason`; neither is ever shown as NaN. */
export type ChunkState = 'computed' | 'all-nodata' | 'missing-input' | 'failed';

/** Sums of one variable over a chunk's valid cells, one entry a step. */
export interface Sums {
  readonly valid: readonly number[];
  /** True area of the valid cells, m2. */
  readonly area: readonly number[];
  /** Area times value: g per period for a flux in g m-2. */
  readonly total: readonly number[];
  /** Over all steps; null when no cell is valid. */
  readonly min: number | null;
  readonly max: number | null;
}

/** What the door did to an input's cells on their way in. */
export interface DoorCounts {
  /** Outside the declared physical range: became NaN. */
  readonly outOfRange: number;
  /** Below zero by packing noise or condensation: became 0. */
  readonly clamped: number;
  /** Days of 29 February that a daily model leaves out. */
  readonly leapDays?: number;
  /** Year of the map of classes that was read, where there is a map a year. */
  readonly mapOf?: number;
  /** Class codes that the legend does not know, with how many cells had them. */
  readonly unknownCodes?: Readonly<Record<string, number>>;
}

/**
 * What is true of a chunk: its state and what it was made from. Written last, after the shards it speaks of. Says
 * nothing of when or how fast (that is in the run's receipts), so that doing it twice gives the same bytes.
 */
export interface ChunkRecord {
  readonly level: number;
  readonly at: ChunkCoord;
  readonly region: Region;
  readonly state: ChunkState;
  /** Everything that the result depends on; an equal digest means nothing to do. */
  readonly digest: string;
  readonly reason?: { readonly code: ErrorCode; readonly message: string };
  readonly sums: Readonly<Record<string, Sums>>;
  readonly inputs: Readonly<Record<string, DoorCounts>>;
  /** Digests of the objects that the chunk consists of, by array or pool; one without data has none. */
  readonly objects?: Readonly<Record<string, string>>;
  /** What the model did with its inputs and how often: days with a gap, clipped, and so on. */
  readonly counts?: Counts;
  /** Digest of the state that the window leaves to the next one of this place. */
  readonly stateOut?: string;
  /**
   * Coarser levels: chunks of level 0 below this one that are missing or failed. Where there is none it says 0, so that
   * the sums are known to be those of the whole.
   */
  readonly lacking?: number;
}

export const isDone = (record: Pick<ChunkRecord, 'state'> | undefined): boolean =>
  record?.state === 'computed' || record?.state === 'all-nodata';

export async function readRecord(
  store: Store,
  product: string,
  level: number,
  at: ChunkCoord,
): Promise<ChunkRecord | undefined> {
  const key = recordKey(product, level, at);
  const object = await store.get(key);
  return object && (parseJson(key, object.bytes) as ChunkRecord);
}

export async function writeRecord(store: Store, product: string, record: ChunkRecord): Promise<void> {
  await store.put(recordKey(product, record.level, record.at), encodeJson(record));
}

/** From here on the chunk counts as not computed. */
export const eraseRecord = (store: Store, product: string, level: number, at: ChunkCoord): Promise<void> =>
  store.delete(recordKey(product, level, at));

export const sameRecord = (a: ChunkRecord, b: ChunkRecord): boolean => canonicalJson(a) === canonicalJson(b);

export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));

/** @throws BadRequest naming the key, when the object is not JSON */
export function parseJson(key: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new BadRequest(key, 'is not JSON; delete it and run again', { cause });
  }
}

/**
 * Whether a failure follows from the inputs, so that it is a fact of the chunk. A store that fails, for good or in
 * passing, says nothing of a chunk: a full disk is not written down, it ends the run.
 */
export const isPermanent = ({ code, transient }: FluxError): boolean => !transient && code !== 'StoreFailure';

/** How a failure that no other try can mend is written down. */
export function failureOf(error: FluxError): Pick<ChunkRecord, 'state' | 'reason'> {
  const state = error.code === 'MissingInput' ? 'missing-input' : 'failed';
  return { state, reason: { code: error.code, message: error.message } };
}
