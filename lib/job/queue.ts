import { z } from 'zod';
import { BadRequest } from '../errors.ts';
import type { Stage } from '../store/keys.ts';
import { type Effort, effortSchema } from './cost.ts';
import type { World } from './world.ts';

/**
 * What workers are told. An item names a place, not what to do there: whoever takes it looks at the plan that is
 * current by then. So an item that is late, doubled or of an older run does what is wanted now, or nothing.
 */
export type Item = PlaceItem | PlanItem | ReduceItem;

export interface PlaceItem {
  readonly kind: Stage;
  readonly product: string;
  readonly y: number;
  readonly x: number;
  /** It was sent before, and nobody knows how far it came. */
  readonly again?: true | undefined;
  /** It is what a worker left whose time was up: what was taken so far. */
  readonly before?: Effort | undefined;
}

/** Plan a product anew, unless someone already did since the run `after`. */
export interface PlanItem {
  readonly kind: 'plan';
  readonly product: string;
  readonly after: string;
}

/** Do a part of a reduction that someone asked for over HTTP. */
export interface ReduceItem {
  readonly kind: 'reduce';
  readonly product: string;
  /** Name of the reduction's run. */
  readonly run: string;
  readonly part: number;
}

/** An item as the platform hands it out. */
export interface Delivery {
  readonly id: string;
  readonly item: Item;
  /** How often it has been handed out, this time included. */
  readonly attempt: number;
}

/** What nobody tries any more, and why. */
export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
}

/** The one half of a queue that we call; handing out, waiting and repeating is the platform's. */
export interface Queue<T> {
  send(items: readonly T[]): Promise<void>;
}

/** The world of the handlers: besides the stores, where to send. */
export interface EventWorld extends World {
  readonly queue: Queue<Item>;
  readonly dead: Queue<DeadLetter>;
  /** Bytes that one task may need. */
  readonly memoryLimit: number;
  /** How often an item is tried before it is given up. */
  readonly tries: number;
  /** How long one worker stays with a place before it hands the rest of it on, ms. Absent: to its end. */
  readonly shift?: number;
  /** How long the platform lets a worker live, ms: what one that died may have taken. Absent: nobody asks for its time. */
  readonly longest?: number;
  /** How long a stage may stand still before a sweep sends again what is not done, ms. */
  readonly patience: number;
  /** What one run of any product may cost, USD. */
  readonly budget?: number;
}

const product = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const index = z.int().nonnegative();
const again = z.literal(true).optional();
const before = effortSchema.optional();
/** Names of reductions' runs. */
export const REDUCTION = /^\d{8}T\d{6}-[0-9a-f]{8}$/;
const itemSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count'), product, y: index, x: index, again }),
  z.strictObject({ kind: z.literal('run'), product, y: index, x: index, again, before }),
  z.strictObject({ kind: z.literal('plan'), product, after: z.string().max(200) }),
  z.strictObject({ kind: z.literal('reduce'), product, run: z.string().regex(REDUCTION), part: index }),
]);

/** Larger than any message that we send; a queue may hold ones that others sent. */
const LONGEST_ITEM = 4096;

/** @throws BadRequest when a message is no item of ours */
export function parseItem(body: string): Item {
  if (body.length > LONGEST_ITEM) throw new BadRequest('message', `${body.length} characters are no item`);
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch (cause) {
    throw new BadRequest('message', 'is not JSON', { cause });
  }
  const parsed = itemSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadRequest(['message', ...issue!.path].join('.'), issue!.message, { cause: parsed.error });
}
