import { firstStatesRoot, recordsRoot, runKey, type Stage } from '../store/keys.ts';
import { acceptRun, mergeRun } from './accept-run.ts';
import { allowedPlaces, readSent, type Sent, sentOf, unpaid, writeSent } from './allowance.ts';
import type { Receipt } from './cost.ts';
import { finishRun, type RunSummary, type Undone } from './finish.ts';
import { giveUp, readGivenUp } from './give-up.ts';
import { type Meter, startMeter } from './meter.ts';
import { type OpenedRun, worldFor } from './opened-run.ts';
import type { EventWorld, PlaceItem } from './queue.ts';
import type { Reason } from './reason.ts';
import { writeStep } from './receipt.ts';
import { parseJson } from './record.ts';
import {
  firstPlaces,
  isClosed,
  type Marked,
  makeTodo,
  markDone,
  openPlaces,
  type Place,
  readTodo,
  type Todo,
} from './stage.ts';

/** How often a stage's open places are sent before a sweep gives them up: the answer to workers that die without a word. */
const SENDINGS = 3;
/** Items in one call of the queue; a million are never all in memory. */
const SENT_AT_ONCE = 1000;

/**
 * Takes a run as far as it goes without workers: accepts the product, sends the next stage that has something to do, and
 * after the last one finishes. Called by whoever has reason to: the one that planned, the worker that did the last
 * place of a stage, a sweep. Called twice or by two at once it ends the same.
 *
 * @param sweep send again what was sent long ago and is not done; give it up after some sendings
 * @returns the stage that is under way, or how the run ended
 * @throws Conflict when another run is current by now
 */
export async function advance(
  world: EventWorld,
  opened: OpenedRun,
  { sweep = false } = {},
): Promise<Stage | RunSummary> {
  const meter = startMeter(world);
  const state = await takeFurther(world, opened, { sweep, meter });
  await writeStep(world, opened.plan.run, 'advance', meter.read());
  return state;
}

/** How a run is taken on, and what that has taken so far. */
interface Turn {
  readonly sweep: boolean;
  readonly meter: Meter;
}

async function takeFurther(world: EventWorld, opened: OpenedRun, turn: Turn): Promise<Stage | RunSummary> {
  const own = worldFor(world, opened);
  const { product, plan } = opened;
  const stages: readonly Stage[] = product.model.prepare ? ['count', 'run'] : ['run'];
  if (!(await readTodo(own, plan.run, stages[0]!))) await acceptRun(own, opened);
  let undone: Undone = {};
  for (const stage of stages) {
    const todo = await makeTodo(own, product, plan, stage);
    const settled = await settle(own, opened, stage, todo, turn);
    if (!settled) return stage;
    if (settled === 'over budget') undone = { unpaid: await unpaid(own, opened, turn.meter) };
    else if (stage === 'count') undone = await mergeRun(own, opened);
    if (undone.unpaid || undone.uncounted) break;
  }
  await acceptRun(own, opened); // once more, for what came late from a run that was overtaken
  if (!undone.unpaid && !undone.uncounted) undone = await mergeRun(own, opened);
  const givenUp = await readGivenUp(own, plan.run);
  const summary = await finishRun(own, product, plan.run, { ...undone, givenUp });
  tellEnd(own, summary);
  return summary;
}

function tellEnd({ log }: EventWorld, { run, product, state, chunks, because }: RunSummary): void {
  const facts = { run, product, ...chunks };
  if (state === 'complete') log.info(facts, 'complete');
  else log.warn(facts, `incomplete: ${because[0]?.reason}`);
}

/** Whether records are gone that a run ended with: two workers on one message, one of them killed at the worst moment. */
export async function hasLostRecords(
  { store }: EventWorld,
  { product }: OpenedRun,
  { chunks, state }: RunSummary,
): Promise<boolean> {
  const before = chunks.computed + chunks['all-nodata'] + chunks['missing-input'] + chunks.failed;
  if ((await countUnder(store, recordsRoot(product.id))) < before) return true;
  if (!product.spinUp || state !== 'complete') return false;
  const { height, width } = product.levels[0]!.shards;
  return (await countUnder(store, firstStatesRoot(product.id))) < height * width;
}

async function countUnder(store: EventWorld['store'], prefix: string): Promise<number> {
  let count = 0;
  for await (const _object of store.list(prefix)) count++;
  return count;
}

/** How a run ended; undefined while it goes on. */
export async function readSummary({ store }: EventWorld, run: string): Promise<RunSummary | undefined> {
  const object = await store.get(runKey(run));
  return object && (parseJson(object.key, object.bytes) as RunSummary);
}

/** Whether a stage needs no more workers, or may have none. If it needs some, they have been sent for. */
async function settle(
  own: EventWorld,
  opened: OpenedRun,
  stage: Stage,
  todo: Todo,
  { sweep, meter }: Turn,
): Promise<'done' | 'over budget' | false> {
  const { run } = opened.plan;
  while (todo.places > 0) {
    const said = await readSent(own, run, stage);
    const within = await sentOf(own, opened, stage, todo);
    const sent = said && said.times > 0 ? said : undefined;
    if (sent && !(await isSettled(own, opened, stage, within, sent, sweep))) return false;
    if (sent && within.places === todo.places) return 'done';
    const before = sent ? within.places : 0;
    const places = await allowedPlaces(own, opened, stage, todo, before, meter);
    if (places === before) return 'over budget';
    if (await send(own, opened, stage, firstPlaces({ ...within, ...todo }, places), 1)) return false;
  }
  return 'done';
}

/** Whether what was sent of a stage is done. A sweep sends again what has stood still, and gives it up in the end. */
async function isSettled(
  own: EventWorld,
  opened: OpenedRun,
  stage: Stage,
  todo: Todo,
  sent: Sent,
  sweep: boolean,
): Promise<boolean> {
  const { run } = opened.plan;
  if (await isClosed(own, run, stage, todo)) return true;
  if (!sweep) return false;
  const open = await countOpen(own, run, stage, todo);
  if (open === 0) return true;
  if (open < sent.open) await writeSent(own, run, stage, { ...sent, at: own.now(), open });
  if (open < sent.open || own.now() - sent.at < own.patience) return false;
  if (sent.times < SENDINGS) return !(await send(own, opened, stage, todo, sent.times + 1));
  const why: Reason = {
    code: 'StoreFailure',
    message: `sent ${sent.times} times and never answered; see the dead-letter queue`,
  };
  for await (const place of openPlaces(own, run, stage, todo))
    await giveUpPlace(own, opened, stage, todo, place, { givenUp: why });
  return true;
}

/**
 * Sends every open place. How far the stage goes is said before, so that the first worker knows; that it was sent, after.
 * @returns whether there was any
 */
async function send(
  own: EventWorld,
  { product, plan }: OpenedRun,
  stage: Stage,
  todo: Todo,
  times: number,
): Promise<boolean> {
  let items: PlaceItem[] = [];
  let open = 0;
  const { places } = todo;
  if (times === 1) await writeSent(own, plan.run, stage, { at: own.now(), times: 0, open: places, places });
  for await (const { y, x } of openPlaces(own, plan.run, stage, todo)) {
    open++;
    items.push({ kind: stage, product: product.id, y, x, ...(times > 1 && { again: true }) });
    if (items.length < SENT_AT_ONCE) continue;
    await own.queue.send(items);
    items = [];
  }
  if (items.length > 0) await own.queue.send(items);
  await writeSent(own, plan.run, stage, { at: own.now(), times, open, places });
  if (open > 0) own.log.info({ run: plan.run, stage, places: open, times }, 'sent');
  return open > 0;
}

async function countOpen(own: EventWorld, run: string, stage: Stage, todo: Todo): Promise<number> {
  let open = 0;
  for await (const _place of openPlaces(own, run, stage, todo)) open++;
  return open;
}

/** Leaves a place undone, says why, and counts it as settled: the run then ends incomplete instead of never. */
export async function giveUpPlace(
  own: EventWorld,
  { plan }: OpenedRun,
  stage: Stage,
  todo: Todo,
  place: Place,
  receipt: Receipt & { readonly givenUp: Reason },
): Promise<Marked> {
  await giveUp(own, plan.run, place, receipt.givenUp);
  return markDone(own, plan.run, stage, todo, place, receipt);
}
