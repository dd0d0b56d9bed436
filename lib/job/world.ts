import type { Store } from '../store/store.ts';
import type { Receipt } from './cost.ts';

/** What handlers know of the outside; made by `functions/runtime`, by a test, or by a worker. */
export interface World {
  /** Holds products and runs; read and written. */
  readonly store: Store;
  /** Holds what products are made from; only read. */
  readonly inputs: Store;
  /** Milliseconds since 1970-01-01. */
  readonly now: () => number;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /**
   * Asked wherever something that is already there would be replaced: throws `Conflict` when another run has taken the
   * place of this one. Absent where runs do not overtake each other.
   */
  readonly stillWanted?: () => Promise<void>;
  /**
   * Whether the run under way has yet to do a place. What lies above such a place is not built anew for each place below
   * it: the last one does it, or the run's end. Absent where that is not known.
   */
  readonly isPending?: (place: { readonly y: number; readonly x: number }) => Promise<boolean>;
  /**
   * Whether to leave what is left of a column to the next worker: asked between its windows, and while its first state
   * is made. Absent where nobody ends a worker that takes long.
   */
  readonly isTired?: () => boolean;
  /**
   * Records are not taken at their word: what a chunk consists of is read and compared. Set where a worker may have
   * died in the middle of the same work, with a put of its on the way.
   */
  readonly doubts?: boolean;
  /** What was asked of the stores since it was last asked. Absent where nobody counts. */
  readonly takeEffort?: () => NonNullable<Receipt['effort']>;
}

export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export const silentLog: Log = { info() {}, warn() {}, error() {} };
