import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Counts } from '../science/model.ts';
import { spinUpPartKey, spinUpPartsRoot } from '../store/keys.ts';
import { type ChunkState, stateOfCells } from './compute.ts';
import { digestOfBytes } from './digest.ts';
import type { Task } from './plan.ts';
import type { Product } from './product.ts';
import { encodeJson, parseJson } from './record.ts';
import { checkStillAccepted } from './start.ts';
import { bytesOf } from './state.ts';
import type { World } from './world.ts';

/**
 * A first state on its way. What some cells have come to is put down, an object a part, each beginning where the one
 * before ends; whoever begins again, or takes it over, goes on behind the last. They are swept when the whole is there.
 */
export interface Part {
  /** Cells of the place, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly counts: Counts;
}

/** What stands before the numbers of a part. */
interface Head extends Part {
  /** Of the spin-up that it belongs to: parts of any other are not looked at. */
  readonly digest: string;
  /** Of the numbers. */
  readonly values: string;
}

const NEW_LINE = 10;

/** Puts down what some cells of `state` have come to. @throws Conflict when the product was accepted anew meanwhile */
export async function putPart(
  world: World,
  product: Product,
  place: Task['place'],
  digest: string,
  { from, to, counts }: Part,
  state: ChunkState,
): Promise<void> {
  await checkStillAccepted(world, product);
  const values = Buffer.concat(poolsOf(product, state, from, to).map(bytesOf));
  const head: Head = { from, to, counts, digest, values: digestOfBytes(values) };
  const bytes = zstdCompressSync(Buffer.concat([encodeJson(head), Uint8Array.of(NEW_LINE), values]));
  await world.store.put(spinUpPartKey(product.id, place, from), bytes);
}

/** Sets the cells of `state` that a spin-up of this digest has come to, and says up to where. */
export async function takeParts(
  world: World,
  product: Product,
  place: Task['place'],
  digest: string,
  state: ChunkState,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (let from = 0; ; ) {
    const key = spinUpPartKey(product.id, place, from);
    const object = await world.store.get(key);
    const part = object && partOf(world, key, object.bytes, digest);
    if (!part) return parts;
    let at = 0;
    for (const pool of poolsOf(product, state, from, part.head.to)) {
      pool.set(part.values.subarray(at, at + pool.length));
      at += pool.length;
    }
    parts.push(part.head);
    from = part.head.to;
  }
}

/** Undefined for what belongs to another spin-up, or is not whole: those cells are worked out again. */
function partOf({ log }: World, key: string, bytes: Uint8Array, digest: string): ReadPart | undefined {
  try {
    const raw = new Uint8Array(zstdDecompressSync(bytes));
    const end = raw.indexOf(NEW_LINE);
    const head = parseJson(key, raw.subarray(0, end)) as Head;
    const values = raw.slice(end + 1);
    if (head.digest !== digest || head.values !== digestOfBytes(values)) return undefined;
    return { head, values: new Float64Array(values.buffer) };
  } catch (error) {
    log.warn({ key, error: String(error) }, 'a part of a spin-up cannot be read: it is made again');
    return undefined;
  }
}

interface ReadPart {
  readonly head: Head;
  readonly values: Float64Array;
}

const poolsOf = (product: Product, state: ChunkState, from: number, to: number): Float64Array[] =>
  Object.values(stateOfCells(product, state, from, to - from));

/** Takes away all parts of a place. */
export async function sweepParts({ store }: World, product: Product, place: Task['place']): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(spinUpPartsRoot(product.id, place))) keys.push(key);
  for (const key of keys) await store.delete(key);
}
