import { isFluxError, MissingInput } from '../errors.ts';
import { colsOf, rowsOf } from '../grid/region.ts';
import type { Counts } from '../science/model.ts';
import { firstStateKey, stateKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { notingStore } from './chunk-objects.ts';
import { addCounts, type ChunkState, initialState, spinUpWindow, stripsOf } from './compute.ts';
import { type DoorInput, openInputs } from './door.ts';
import { fencedStore } from './fence.ts';
import type { Plan, Task, TaskWindow } from './plan.ts';
import {
  climatologyInputs,
  firstStateInputs,
  type Product,
  poolsAt,
  regionOf,
  SPIN_UP,
  windowAt,
} from './product.ts';
import { type ChunkRecord, encodeJson, failureOf, isDone, isPermanent, parseJson } from './record.ts';
import { putPart, sweepParts, takeParts } from './spin-up-parts.ts';
import { checkStillAccepted } from './start.ts';
import { isFirstStateThere, writeState } from './state.ts';
import type { World } from './world.ts';

/** What is true of the first state of a place: how it came about, from which digest, and the digest of its values. */
export type FirstState = Pick<
  ChunkRecord,
  'state' | 'digest' | 'reason' | 'inputs' | 'objects' | 'counts' | 'stateOut'
>;

/** As it lies there: whoever replaces it names the version that it has seen. */
interface SeenFirstState {
  readonly first: FirstState;
  readonly etag: string;
}

export async function readFirstState(
  store: Store,
  product: string,
  place: Task['place'],
): Promise<FirstState | undefined> {
  return (await seeFirstState(store, product, place))?.first;
}

async function seeFirstState(
  store: Store,
  product: string,
  place: Task['place'],
): Promise<SeenFirstState | undefined> {
  const key = firstStateKey(product, place);
  const object = await store.get(key);
  return object && { first: parseJson(key, object.bytes) as FirstState, etag: object.etag };
}

/** Everything that a first state consists of, but its record: keys by the names that it has for them. */
export const firstStateKeys = (product: Product, place: Task['place']): Map<string, string> =>
  new Map(
    poolsAt(product, SPIN_UP).map((pool) => [
      `state/${pool}`,
      stateKey(product.id, pool, { ...place, t: SPIN_UP }),
    ]),
  );

/** Whether a task's first state is the one that its plan asks for. */
export const isFirstStateCurrent = ({ spinUp }: Task, first: FirstState | undefined): boolean =>
  spinUp === undefined || (first?.digest === spinUp.digest && isDone(first));

/** How long a part of a spin-up takes: what a worker that dies has done for nothing, ms. */
const PART_MS = 60_000;

/**
 * Makes the first state of a place, unless the recorded one is current. It is put down part by part on the way, so that
 * it goes on from there when it was cut off. The state is put before its record, and the old record goes first, so that
 * a record never speaks of another state.
 * @returns what the first window goes on from; nothing where the model has no first state to make; or that the worker's
 * time was up before it was made
 */
export async function runSpinUp(
  world: World,
  plan: Plan,
  product: Product,
  task: Task,
): Promise<FirstState | 'unfinished' | undefined> {
  const { spinUp, place } = task;
  if (!spinUp) return undefined;
  const before = await seeFirstState(world.store, product.id, place);
  let first = before?.first;
  if (!(before && isFirstStateCurrent(task, first) && (await stands(world, product, task, before)))) {
    const made = await makeOrSayWhy(world, plan, product, place, spinUp);
    if (!made) return 'unfinished';
    first = await putFirstState(world, product, place, spinUp.digest, made, before);
  }
  if (product.model.spinUp && !climatologyInputs(product)) await sweepParts(world, product, place); // also those of one who put the record and died
  return first;
}

const stands = async (world: World, product: Product, { place }: Task, { first }: SeenFirstState) =>
  !world.doubts || isFirstStateThere(world, product, place, first.stateOut);

type Made =
  | Awaited<ReturnType<typeof makeFirstState>>
  | { readonly failure: Pick<ChunkRecord, 'state' | 'reason'> };

async function makeOrSayWhy(...args: Parameters<typeof makeFirstState>): Promise<Made> {
  try {
    return await makeFirstState(...args);
  } catch (error) {
    if (!isFluxError(error) || !isPermanent(error)) throw error;
    return { failure: failureOf(error) };
  }
}

async function makeFirstState(
  world: World,
  plan: Plan,
  product: Product,
  place: Task['place'],
  { t, digest, missing: [lacking] }: TaskWindow,
) {
  const wanted = climatologyInputs(product);
  if (lacking !== undefined) {
    const { climatology, spinUp } = product.model;
    const what = wanted ? climatology!.title : (spinUp!.title ?? 'the spin-up');
    throw new MissingInput(
      `${lacking} should be there and is not: ${what} reads it. Upload it and run again.`,
    );
  }
  if (wanted)
    return { state: await fromAllWindows(world, plan, product, place, wanted), counts: {}, inputs: {} };
  const read = firstStateInputs(product);
  const inputs = await openInputs(
    world,
    plan,
    product,
    windowAt(product, t),
    regionOf(product, { t, ...place }),
    (name) => read?.has(name) ?? true,
  );
  const spunUp = await fromSpinUp(world, product, place, digest, inputs);
  if (!spunUp) return undefined;
  const doors = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.counts()]));
  return { ...spunUp, inputs: doors };
}

/**
 * Spins up some cells after the other from where an earlier worker stopped, and puts down what is at rest.
 * @returns nothing when the worker's time was up before the last cell
 */
async function fromSpinUp(
  world: World,
  product: Product,
  place: Task['place'],
  digest: string,
  inputs: Readonly<Record<string, DoorInput>>,
): Promise<{ state: ChunkState; counts: Counts } | undefined> {
  const region = regionOf(product, { t: SPIN_UP, ...place });
  const state = initialState(product, region);
  const parts = await takeParts(world, product, place, digest, state);
  const counts: Record<string, number> = {};
  for (const part of parts) addCounts(counts, part.counts);
  const cells = rowsOf(region) * colsOf(region);
  let part = partFrom(world, parts.at(-1)?.to ?? 0);
  for (const rested of spinUpWindow(product, region, windowAt(product, SPIN_UP), inputs, state, part.from)) {
    addCounts(counts, rested.counts);
    addCounts(part.counts, rested.counts);
    const isTired = world.isTired?.() ?? false;
    if (rested.cells === cells || !(isTired || world.now() - part.begun >= PART_MS)) continue;
    await putPart(world, product, place, digest, { ...part, to: rested.cells }, state);
    if (isTired) return undefined;
    part = partFrom(world, rested.cells);
  }
  return { state, counts };
}

/** One window after the other: no more than one of them lies in memory. */
async function fromAllWindows(
  world: World,
  plan: Plan,
  product: Product,
  place: Task['place'],
  wanted: ReadonlySet<string>,
): Promise<ChunkState> {
  const { windows, params, model } = product;
  const whole = regionOf(product, { t: 0, ...place });
  const made = model.climatology!.open(rowsOf(whole) * colsOf(whole), params);
  for (const window of windows) {
    world.signal?.throwIfAborted();
    const region = regionOf(product, { t: window.t, ...place });
    const inputs = await openInputs(world, plan, product, window, region, (name) => wanted.has(name));
    for (const { y0, shape, inputs: strip } of stripsOf(product, region, window, inputs, model.room))
      made.add(shape, strip, y0 * colsOf(region));
    for (const input of Object.values(inputs)) input.check?.();
    for (const input of Object.values(inputs)) input.release?.();
  }
  const state = initialState(product, whole);
  made.finish(state);
  return state;
}

const partFrom = (world: World, from: number) => ({
  from,
  begun: world.now(),
  counts: {} as Record<string, number>,
});

async function putFirstState(
  world: World,
  product: Product,
  place: Task['place'],
  digest: string,
  made: Exclude<Made, undefined>,
  before: SeenFirstState | undefined,
): Promise<FirstState> {
  const key = firstStateKey(product.id, place);
  const keys = firstStateKeys(product, place);
  const fenced = fencedStore(world, product, before ? [...keys.values()] : []);
  const { store, noted } = notingStore(fenced, keys);
  if (before) {
    await checkStillAccepted(world, product);
    await world.store.delete(key, { ifMatch: before.etag });
  }
  const record: FirstState =
    'failure' in made
      ? { ...made.failure, digest, inputs: {} }
      : {
          state: 'computed',
          digest,
          inputs: made.inputs,
          counts: made.counts,
          stateOut: await writeState({ ...world, store }, product, { ...place, t: SPIN_UP }, made.state),
          objects: noted,
        };
  await checkStillAccepted(world, product);
  await store.put(key, encodeJson(record));
  return record;
}
