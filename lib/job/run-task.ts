import { Conflict, isFluxError, MissingInput } from '../errors.ts';
import { type Cells, release } from '../grid/cells.ts';
import type { ChunkCoord } from '../grid/region.ts';
import type { Counts } from '../science/model.ts';
import { isAsRecorded } from './chunk-objects.ts';
import { climb } from './climb.ts';
import { type ChunkState as CarriedState, computeWindow } from './compute.ts';
import { digestOf } from './digest.ts';
import { openInputs } from './door.ts';
import { sumOutputs, writeOutputs } from './outputs.ts';
import type { Plan, Task, TaskWindow } from './plan.ts';
import { type PreparedWindow, readPrepared, statisticFrom } from './prepare.ts';
import { type Product, regionOf } from './product.ts';
import {
  type ChunkRecord,
  type ChunkState,
  failureOf,
  isDone,
  isPermanent,
  readRecord,
  sameRecord,
} from './record.ts';
import { replaceChunk } from './replace-chunk.ts';
import { runSpinUp } from './spin-up.ts';
import { carriesState, readState, StateNotAsRecorded, writeState } from './state.ts';
import type { World } from './world.ts';

/** What became of one chunk; `current` when nothing was to do. */
export interface ChunkOutcome {
  readonly at: ChunkCoord;
  readonly state: ChunkState | 'current';
  readonly reason?: ChunkRecord['reason'];
  readonly millis: { readonly read: number; readonly compute: number; readonly write: number };
}

const NO_TIME = { read: 0, compute: 0, write: 0 };

/**
 * Does a column: its windows in order, each of them only if its digest is not the recorded one. Doing it twice, or by
 * two workers at once, ends in the same bytes: shards are put whole, and the record comes last.
 *
 * A failure that another try, or another store, can mend is thrown; what follows from the inputs alone is written
 * down, and the windows after it as missing what it would have left. Where a state is not the recorded one, the column
 * is gone through again in doubt: the window that left it is done again.
 * @returns what became of its windows; fewer than there are where the worker is tired: done again, it goes on there
 */
export async function runTask(
  world: World,
  plan: Plan,
  product: Product,
  task: Task,
): Promise<ChunkOutcome[]> {
  try {
    return await runColumn(world, plan, product, task);
  } catch (error) {
    if (!(error instanceof StateNotAsRecorded)) throw error;
    world.log.warn({ product: product.id, place: task.place }, error.message);
    return runColumn({ ...world, doubts: true }, plan, product, task);
  }
}

async function runColumn(world: World, plan: Plan, product: Product, task: Task): Promise<ChunkOutcome[]> {
  const outcomes: ChunkOutcome[] = [];
  const first = await runSpinUp(world, plan, product, task);
  if (first === 'unfinished') return outcomes;
  let before: Before | undefined = first;
  for (const window of task.windows) {
    world.signal?.throwIfAborted();
    if (world.isTired?.() && outcomes.some(({ state }) => state !== 'current')) break;
    const { record, outcome } = await runWindow(world, plan, product, task, window, before);
    before = record;
    outcomes.push(outcome);
  }
  return outcomes;
}

/** What a window goes on from: the one before it, or the first state. */
type Before = Pick<ChunkRecord, 'state' | 'reason' | 'stateOut'>;

async function runWindow(
  world: World,
  plan: Plan,
  product: Product,
  task: Task,
  window: TaskWindow,
  before: Before | undefined,
): Promise<{ record: ChunkRecord; outcome: ChunkOutcome }> {
  const at = { t: window.t, ...task.place };
  const prepared = await readPrepared(world.store, product, window.t);
  checkPrepared(plan, product, window.t, prepared);
  const digest = chunkDigest(window, prepared?.digest, before?.stateOut);
  const recorded = await readRecord(world.store, product.id, 0, at);
  if (recorded?.digest === digest && isDone(recorded) && (await stands(world, product, recorded))) {
    return { record: recorded, outcome: { at, state: 'current', millis: NO_TIME } };
  }
  const base = { level: 0, at, region: regionOf(product, at), digest };
  const { record, millis } = await computeAndPut(world, product, base, recorded, () => {
    checkInputs(product, window, before);
    return computeChunk(world, plan, product, at, prepared?.value ?? {}, before?.stateOut);
  });
  const climbedFrom = world.now();
  await climb(world, product, record, record);
  const { state, reason } = record;
  const write = millis.write + world.now() - climbedFrom;
  return { record, outcome: { at, state, ...(reason && { reason }), millis: { ...millis, write } } };
}

const stands = async (world: World, product: Product, record: ChunkRecord): Promise<boolean> =>
  !world.doubts || isAsRecorded(world, product, record);

type Base = Pick<ChunkRecord, 'level' | 'at' | 'region' | 'digest'>;

async function computeAndPut(
  world: World,
  product: Product,
  base: Base,
  recorded: ChunkRecord | undefined,
  compute: () => Promise<ComputedChunk>,
): Promise<{ record: ChunkRecord; millis: Millis }> {
  const computed = await computeOrSayWhy(world, compute);
  const started = world.now();
  const record = await putChunk(world, product, base, computed, recorded);
  return { record, millis: { ...computed.millis, write: world.now() - started } };
}

/** Everything that a chunk depends on: objects and meaning, the prepared statistic, the state that it starts from. */
export const chunkDigest = (window: TaskWindow, prepared?: string, stateIn?: string): string =>
  digestOf({ window: window.digest, prepared, stateIn });

/** The prepared statistic is not made of this plan's counts. */
export class NotPrepared extends Conflict {}

/** @throws NotPrepared when another run merged a statistic of other inputs than this plan's */
function checkPrepared(plan: Plan, product: Product, t: number, prepared: PreparedWindow | undefined): void {
  if (prepared?.from === statisticFrom(product, plan.counts, t)) return;
  throw new NotPrepared(
    `${plan.spec.product}: another run prepared other inputs while this one was under way. Run again.`,
  );
}

function checkInputs(product: Product, window: TaskWindow, before: Before | undefined): void {
  const [key] = window.missing;
  if (key !== undefined) {
    const more = window.missing.length > 1 ? ` and ${window.missing.length - 1} more objects` : '';
    throw new MissingInput(`${key}${more} should be there and is not. Upload it and run again.`);
  }
  if (before && !isDone(before) && carriesState(product)) {
    const what = window.t === 0 ? 'first state' : 'year before';
    throw new MissingInput(
      `The ${what} is ${before.state} at this place, and carries over into this one: ${before.reason?.message}`,
    );
  }
}

type Millis = ChunkOutcome['millis'];
type Computed = ComputedChunk | { readonly failure: ReturnType<typeof failureOf>; readonly millis: Millis };

interface ComputedChunk {
  readonly arrays: Readonly<Record<string, Cells>>;
  readonly state: CarriedState;
  readonly inputs: ChunkRecord['inputs'];
  readonly counts: Counts;
  readonly millis: Millis;
}

async function computeOrSayWhy({ doubts }: World, work: () => Promise<ComputedChunk>): Promise<Computed> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StateNotAsRecorded && !doubts) throw error;
    if (!isFluxError(error) || !isPermanent(error)) throw error;
    return { failure: failureOf(error), millis: NO_TIME };
  }
}

async function computeChunk(
  world: World,
  plan: Plan,
  product: Product,
  at: ChunkCoord,
  prepared: Readonly<Record<string, unknown>>,
  stateIn: string | undefined,
): Promise<ComputedChunk> {
  const region = regionOf(product, at);
  const window = product.windows[at.t]!;
  const started = world.now();
  const inputs = await openInputs(world, plan, product, window, region);
  const state = await readState(world, product, region, at, stateIn);
  const read = world.now();
  const { arrays, counts } = computeWindow(product, region, window, inputs, prepared, state);
  for (const input of Object.values(inputs)) input.check?.();
  const doors = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.counts()]));
  for (const input of Object.values(inputs)) input.release?.();
  const millis = { read: read - started, compute: world.now() - read, write: 0 };
  return { arrays, state, inputs: doors, counts, millis };
}

async function putChunk(
  world: World,
  product: Product,
  base: Base,
  computed: Computed,
  recorded: ChunkRecord | undefined,
): Promise<ChunkRecord> {
  if ('failure' in computed) {
    const record = { ...base, ...computed.failure, sums: {}, inputs: {} };
    if (recorded && sameRecord(recorded, record)) return recorded;
    return replaceChunk(world, product, base, recorded, async () => record);
  }
  return replaceChunk(world, product, base, recorded, async (fenced) => {
    const { arrays, state, inputs, counts } = computed;
    const sums = sumOutputs(product, base.at, arrays);
    const any = await writeOutputs(fenced, product, 0, base.at, async (write) => {
      for (const [name, cells] of Object.entries(arrays)) {
        await write(name, cells);
        release(cells); // they need not lie in memory while the pyramid is built on the chunk
      }
    });
    const stateOut = carriesState(product) ? await writeState(fenced, product, base.at, state) : undefined;
    return {
      ...base,
      state: any ? 'computed' : 'all-nodata',
      sums,
      inputs,
      ...(Object.keys(counts).length > 0 && { counts }),
      ...(stateOut !== undefined && { stateOut }),
    };
  });
}
