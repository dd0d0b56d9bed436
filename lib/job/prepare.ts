import { deflateSync, inflateSync } from 'node:zlib';
import { isFluxError, MissingInput } from '../errors.ts';
import type { ChunkCoord } from '../grid/region.ts';
import type { Prepare, Prepared } from '../science/model.ts';
import { countsKey, preparedKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { stripsOf } from './compute.ts';
import { digestOf } from './digest.ts';
import { openInputs } from './door.ts';
import { fencedStore } from './fence.ts';
import { mapInOrder } from './in-order.ts';
import type { Plan, Task, TaskWindow } from './plan.ts';
import { type Product, regionOf, type Window } from './product.ts';
import { type ChunkRecord, encodeJson, isPermanent, parseJson } from './record.ts';
import type { World } from './world.ts';

/** A merged statistic, and from which counts it was made. */
export interface PreparedWindow {
  /** Digest of the counts' digests; where a part is of all windows, of all of theirs. */
  readonly from: string;
  /** Then those of this window's own. */
  readonly own?: string;
  /** Digest of what chunks depend on in `value`. A recount that ends in the same value leaves them alone. */
  readonly digest: string;
  /** Chunks that could not be counted and why; their cells are not in the statistic. */
  readonly lacking: readonly { readonly at: ChunkCoord; readonly reason: ChunkRecord['reason'] }[];
  readonly value: Prepared;
}

const READ_AT_ONCE = 32;

interface Counts {
  readonly digest: string;
  /** Float64 counters, deflated, base64; absent where the chunk cannot be read. */
  readonly counts?: string;
  readonly reason?: ChunkRecord['reason'];
}

/** Counts one task's chunks for the statistic that the model needs first; current ones are left alone. */
export async function countTask(world: World, plan: Plan, product: Product, task: Task): Promise<void> {
  const { prepare } = product.model;
  if (!prepare) return;
  for (const window of task.windows) {
    const key = countsKey(product.id, prepare.id, { ...task.place, t: window.t });
    const before = await world.store.get(key);
    if (before && (parseJson(key, before.bytes) as Counts).digest === window.countDigest) continue;
    const counts = await countOrSayWhy(world, plan, product, prepare, task, window);
    const fenced = fencedStore(world, product, before ? [key] : []);
    await fenced.put(key, encodeJson({ digest: window.countDigest, ...counts }));
  }
}

/** A chunk whose input is missing or broken does not keep the others from their statistic; the run says so. */
async function countOrSayWhy(
  ...args: Parameters<typeof countWindow>
): Promise<Pick<Counts, 'counts' | 'reason'>> {
  try {
    const counts = await countWindow(...args);
    return { counts: deflateSync(new Uint8Array(counts.buffer), { level: 1 }).toString('base64') };
  } catch (error) {
    if (!isFluxError(error) || !isPermanent(error)) throw error;
    return { reason: { code: error.code, message: error.message } };
  }
}

async function countWindow(
  world: World,
  plan: Plan,
  product: Product,
  prepare: Prepare<unknown>,
  task: Task,
  { t }: TaskWindow,
): Promise<Float64Array> {
  const region = regionOf(product, { ...task.place, t });
  const window = product.windows[t]!;
  const wanted = new Set(prepare.inputs(product.params));
  const inputs = await openInputs(world, plan, product, window, region, (name) => wanted.has(name));
  const counts = new Float64Array(prepare.length(product.params));
  for (const { shape, inputs: strip } of stripsOf(product, region, window, inputs, product.model.room)) {
    prepare.count(shape, strip, product.params, counts);
  }
  for (const input of Object.values(inputs)) input.release?.();
  return counts;
}

type Tasks = Iterable<Task> | AsyncIterable<Task>;

/** What `PreparedWindow.from` is when the statistic of a window is made from a plan's counts. */
export const statisticFrom = (product: Product, counts: Plan['counts'], t: number): string | undefined =>
  isTogether(product) && counts ? digestOf({ own: counts[t], all: counts }) : counts?.[t];

const isTogether = ({ model: { prepare }, params }: Product): boolean =>
  prepare?.together?.isWanted(params) ?? false;

/**
 * Merges the counts of every chunk, window by window, and stores the statistics. What is already made from these counts
 * is left alone.
 *
 * @param tasks all of the plan's, given anew for each window
 * @param counts names the counts of each window together, as the plan has it
 * @throws MissingInput when a chunk has not been counted for this plan
 */
export async function mergeCounts(
  world: World,
  product: Product,
  tasks: () => Tasks,
  counts: Plan['counts'],
): Promise<void> {
  if (!product.model.prepare) return;
  const before = new Map<number, PreparedWindow | undefined>();
  for (const { t } of product.windows) before.set(t, await readPrepared(world.store, product, t));
  const stale = product.windows.filter(({ t }) => before.get(t)?.from !== statisticFrom(product, counts, t));
  if (stale.length === 0) return;
  const add = ({ t }: Window) => addUp(world.store, product, tasks(), t);
  const put = ({ t }: Window, made: Merged) => putPrepared(world, product, t, made, counts, before.get(t));
  if (!isTogether(product)) {
    for (const window of stale) await put(window, await add(window));
    return;
  }
  const merged: Merged[] = [];
  for (const window of product.windows) {
    const known = before.get(window.t);
    merged.push(known?.own === counts![window.t] ? known! : await add(window));
  }
  const values = combined(product, merged);
  for (const [i, window] of product.windows.entries())
    await put(window, { ...merged[i]!, value: values[i]! });
}

const combined = ({ model, params }: Product, merged: readonly Merged[]): readonly Prepared[] =>
  model.prepare!.together!.combine(
    merged.map(({ value }) => value),
    params,
  );

type Merged = Pick<PreparedWindow, 'lacking' | 'value'>;

async function addUp(store: Store, product: Product, tasks: Tasks, t: number): Promise<Merged> {
  const prepare = product.model.prepare!;
  const total = new Float64Array(prepare.length(product.params));
  const lacking: PreparedWindow['lacking'][number][] = [];
  const read = async ({ place, windows }: Task) => {
    const at = { ...place, t };
    return { at, ...(await readCounts(store, product, prepare.id, at, windows[t]!.countDigest)) };
  };
  for await (const { at, counts, reason } of mapInOrder(tasks, READ_AT_ONCE, read)) {
    if (counts) addCounts(total, counts);
    else lacking.push({ at, reason });
  }
  return { lacking, value: prepare.finish(total, product.params) };
}

async function putPrepared(
  world: World,
  product: Product,
  t: number,
  { lacking, value }: Merged,
  counts: Plan['counts'],
  before: PreparedWindow | undefined,
): Promise<void> {
  const prepare = product.model.prepare!;
  const digest = digestOf(prepare.essence?.(value) ?? value);
  const own = isTogether(product) && { own: counts![t]! };
  const key = preparedKey(product.id, prepare.id, t);
  const store = fencedStore(world, product, before ? [key] : []);
  await store.put(
    key,
    encodeJson({ from: statisticFrom(product, counts, t), ...own, digest, lacking, value }),
  );
}

async function readCounts(
  store: Store,
  product: Product,
  name: string,
  at: ChunkCoord,
  digest: string | undefined,
): Promise<Counts> {
  const key = countsKey(product.id, name, at);
  const object = await store.get(key);
  const counts = object && (parseJson(key, object.bytes) as Counts);
  if (counts?.digest !== digest) {
    throw new MissingInput(`${key} is not counted from this plan's inputs. Run again to count it.`);
  }
  return counts!;
}

function addCounts(total: Float64Array, deflated: string): void {
  const bytes = inflateSync(Buffer.from(deflated, 'base64'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < total.length; i++) total[i]! += view.getFloat64(8 * i, true);
}

/** The merged statistic of a window as stored; it may be older than the plan: compare `from`. */
export async function readPrepared(
  store: Store,
  product: Product,
  t: number,
): Promise<PreparedWindow | undefined> {
  const { prepare } = product.model;
  if (!prepare) return undefined;
  const key = preparedKey(product.id, prepare.id, t);
  const object = await store.get(key);
  return object && (parseJson(key, object.bytes) as PreparedWindow);
}
