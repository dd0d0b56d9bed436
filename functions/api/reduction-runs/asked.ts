import { randomBytes } from 'node:crypto';
import { NotFound } from '../../../lib/errors.ts';
import { REDUCTION } from '../../../lib/job/queue.ts';
import { encodeJson, parseJson } from '../../../lib/job/record.ts';
import type { World } from '../../../lib/job/world.ts';
import {
  reductionKey,
  reductionPartsRoot,
  reductionRoot,
  reductionZonesKey,
} from '../../../lib/store/keys.ts';
import type { Method } from '../reduction/answer.ts';
import type { Body } from '../reduction/request.ts';
import type { StepRange } from '../step-axis.ts';

/** Zones and steps that one item of the queue does. */
export interface Part {
  /** Places in the list of zones. */
  readonly zones: readonly number[];
  readonly range: StepRange;
}

/** A reduction as it was asked for, with all that its workers need; plain JSON. */
export interface AskedRun {
  readonly run: string;
  readonly product: string;
  /** Digest of the product that it was asked of: another one is another map. */
  readonly accepted: string;
  /** Without its zones, which lie beside it. */
  readonly body: Body;
  readonly method: Method;
  readonly zones: number;
  /** Zones that each feature became: more than one where classes are told apart. */
  readonly perFeature: number;
  readonly parts: readonly Part[];
  readonly createdAt: string;
}

/** Sorts by time; the tail tells apart what is asked in the same second. */
export const runName = (now: number): string => `${timeInName(now)}-${randomBytes(4).toString('hex')}`;

export const timeInName = (now: number): string =>
  new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15);

export async function writeAsked({ store }: World, asked: AskedRun, zones: unknown): Promise<void> {
  if (zones !== undefined)
    await store.put(
      reductionZonesKey(asked.product, asked.run),
      new TextEncoder().encode(JSON.stringify(zones)),
    );
  await store.put(reductionKey(asked.product, asked.run), encodeJson(asked));
}

/** @returns undefined when nobody asked for it, or it was deleted */
export async function findAsked(world: World, product: string, run: string): Promise<AskedRun | undefined> {
  const key = reductionKey(product, run);
  const object = REDUCTION.test(run) ? await world.store.get(key, signalOf(world)) : undefined;
  return object && (parseJson(key, object.bytes) as AskedRun);
}

/** @throws NotFound */
export async function readAsked(world: World, product: string, run: string): Promise<AskedRun> {
  const asked = await findAsked(world, product, run);
  if (asked) return asked;
  throw new NotFound(`${product} has no reduction "${run.slice(0, 80)}".`);
}

/** From now on nobody works at it. */
export async function deleteRun(world: World, { product, run }: AskedRun): Promise<void> {
  await world.store.delete(reductionKey(product, run));
  for await (const { key } of world.store.list(reductionRoot(product, run), signalOf(world)))
    await world.store.delete(key);
}

/** The zones as they were sent; undefined for a point and for classes. */
export async function readAskedZones(world: World, { product, run }: AskedRun): Promise<unknown> {
  const key = reductionZonesKey(product, run);
  const object = await world.store.get(key, signalOf(world));
  return object && parseJson(key, object.bytes);
}

/** Numbers of the parts that are done. */
export async function doneParts(world: World, { product, run }: AskedRun): Promise<Set<number>> {
  const done = new Set<number>();
  const root = reductionPartsRoot(product, run);
  for await (const { key } of world.store.list(root, signalOf(world)))
    done.add(Number(key.slice(root.length, -'.json'.length)));
  return done;
}

export const signalOf = ({ signal }: World): { signal?: AbortSignal } => (signal ? { signal } : {});
