import { type Stage, sentKey } from '../store/keys.ts';
import { finishBound } from './bounds.ts';
import { addEffort, moneyOf } from './cost.ts';
import type { Meter } from './meter.ts';
import type { OpenedRun } from './opened-run.ts';
import type { EventWorld } from './queue.ts';
import { encodeJson, parseJson } from './record.ts';
import { readSteps, type Spent, spentBy } from './run-cost.ts';
import { firstPlaces, type Todo } from './stage.ts';

/** How far a stage has been sent, and when it was last seen to move. */
export interface Sent {
  readonly at: number;
  /** How often its open places were sent. */
  readonly times: number;
  /** Places that were open then. */
  readonly open: number;
  /** The first so many places of the stage were sent; all of them where there is no budget. */
  readonly places: number;
}

/** Among how many places the dearest one is looked for before five times as many are sent. */
const GROWTH = 4;
/** Of what is left, so that places which are dearer than the dearest yet do not exceed it. */
const SHARE = 0.8;

/** What a run may cost, USD: the lesser of what its spec and the deploy allow. */
export const budgetOf = (world: EventWorld, { plan }: OpenedRun): number =>
  Math.min(plan.spec.budget ?? Number.POSITIVE_INFINITY, world.budget ?? Number.POSITIVE_INFINITY);

export async function readSent({ store }: EventWorld, run: string, stage: Stage): Promise<Sent | undefined> {
  const object = await store.get(sentKey(run, stage));
  return object && (parseJson(object.key, object.bytes) as Sent);
}

export async function writeSent({ store }: EventWorld, run: string, stage: Stage, sent: Sent): Promise<void> {
  await store.put(sentKey(run, stage), encodeJson(sent));
}

/** What of a stage has been sent. Without a budget that is all, and nothing is asked. */
export async function sentOf(world: EventWorld, opened: OpenedRun, stage: Stage, todo: Todo): Promise<Todo> {
  if (budgetOf(world, opened) === Number.POSITIVE_INFINITY) return todo;
  const sent = await readSent(world, opened.plan.run, stage);
  return { ...firstPlaces(todo, sent?.places ?? 0), priced: true };
}

/**
 * How far a stage may be sent by what its run has spent, with what its end may take kept back; as far as it is already
 * where nothing more fits.
 */
export async function allowedPlaces(
  world: EventWorld,
  opened: OpenedRun,
  stage: Stage,
  todo: Todo,
  sent: number,
  meter: Meter,
): Promise<number> {
  const budget = budgetOf(world, opened);
  if (budget === Number.POSITIVE_INFINITY) return todo.places;
  const spent = await spentSoFar(world, opened, meter);
  const left = budget - spent.usd - moneyOf(finishBound(opened));
  return allowance(todo.places, sent, left, spent[stage]);
}

/** All that a run has cost: its places, its steps, and the one that is under way. */
async function spentSoFar(world: EventWorld, { plan: { run: name } }: OpenedRun, meter: Meter) {
  const [count, run, steps] = await Promise.all([
    spentBy(world, name, 'count'),
    spentBy(world, name, 'run'),
    readSteps(world, name),
  ]);
  return { count, run, usd: count.usd + run.usd + moneyOf(addEffort(steps, meter.read())) };
}

/** Why a run ends that may not go on. */
export async function unpaid(world: EventWorld, opened: OpenedRun, meter: Meter): Promise<string> {
  const { usd } = await spentSoFar(world, opened, meter);
  return (
    `Stopped before the budget of ${budgetOf(world, opened)} USD would be exceeded; ` +
    `${usd.toPrecision(3)} USD are spent. What is done stays: upload the spec with a larger ` +
    'budget, or redrive the product to spend as much again.'
  );
}

/**
 * The first place of a stage is done to see what one costs; then more are sent as long as the dearest one yet would fit,
 * so many times, what is left.
 */
export function allowance(places: number, sent: number, left: number, { dearest }: Spent): number {
  if (left <= 0) return sent;
  if (dearest === 0) return Math.min(places, Math.max(sent, 1));
  const fits = Math.floor(left / dearest);
  const some = Math.max(Math.floor(SHARE * fits), Math.min(fits, 1));
  return Math.min(places, sent + Math.min(some, GROWTH * Math.max(sent, 1)));
}
