import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CorruptInput } from '../errors.ts';
import type { ChunkCoord, Region } from '../grid/region.ts';
import { statesOf } from '../science/model.ts';
import { stateKey } from '../store/keys.ts';
import { type ChunkState, initialState } from './compute.ts';
import { digestOfBytes } from './digest.ts';
import { type Product, poolsAt, regionOf, SPIN_UP, windowAt } from './product.ts';
import type { World } from './world.ts';

/** Whether a window leaves anything to the next one of its place. */
export const carriesState = ({ model, params }: Product): boolean => statesOf(model, params).length > 0;

/** The window whose state a window starts from. */
const windowBefore = ({ spinUp }: Product, t: number): number | undefined =>
  t > 0 ? t - 1 : spinUp ? SPIN_UP : undefined;

/** What a window left is not there, or not what was recorded: whoever meets it for the first time makes it again. */
export class StateNotAsRecorded extends CorruptInput {}

/** Saves what a window leaves to the next one of its place. @returns the digest of its values */
export async function writeState(
  { store }: World,
  product: Product,
  at: ChunkCoord,
  state: ChunkState,
): Promise<string> {
  for (const pool of poolsAt(product, at.t)) {
    await store.put(stateKey(product.id, pool, at), zstdCompressSync(bytesOf(state[pool]!)));
  }
  return digestOfState(state);
}

/**
 * What the window before left.
 *
 * @param digest of it, as that window's record has it
 * @throws StateNotAsRecorded when it is not there, or not the one that was recorded
 */
export async function readState(
  { store }: World,
  product: Product,
  region: Region,
  at: ChunkCoord,
  digest: string | undefined,
): Promise<ChunkState> {
  const before = windowBefore(product, at.t);
  if (before === undefined) return initialState(product, region);
  const left = statesOf(product.model, product.params);
  const pools = left.map(async ([pool, { constant }]) => {
    const key = stateKey(product.id, pool, { ...at, t: constant ? SPIN_UP : before });
    const object = await store.get(key);
    if (!object) {
      throw new StateNotAsRecorded(
        `${key} is not there although its year is recorded. Delete that record and run again.`,
      );
    }
    const raw = zstdDecompressSync(object.bytes);
    return [
      pool,
      new Float64Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)),
    ] as const;
  });
  const state = Object.fromEntries(await Promise.all(pools));
  if (carriesState(product) && digestOfState(state) !== digest) {
    throw new StateNotAsRecorded(
      `The state that ${windowAt(product, before).year} left at ${at.y}/${at.x} is not the recorded one. Delete that year's record and run again.`,
    );
  }
  return state;
}

/** Whether the first state of a place is there and is the recorded one. */
export async function isFirstStateThere(
  world: World,
  product: Product,
  place: Pick<ChunkCoord, 'y' | 'x'>,
  digest: string | undefined,
): Promise<boolean> {
  const at = { ...place, t: 0 };
  try {
    await readState(world, product, regionOf(product, at), at, digest);
    return true;
  } catch (error) {
    if (error instanceof StateNotAsRecorded) return false;
    throw error;
  }
}

const digestOfState = (state: ChunkState): string =>
  Object.keys(state)
    .sort()
    .map((pool) => digestOfBytes(bytesOf(state[pool]!)))
    .join('-');

export const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
