import { NotFound } from '../errors.ts';
import { doneKey, type Stage } from '../store/keys.ts';
import { mergeRun } from './accept-run.ts';
import { advance, giveUpPlace, readSummary } from './advance.ts';
import { sentOf } from './allowance.ts';
import { deadTries } from './bounds.ts';
import { climb } from './climb.ts';
import { addEffort, effortOf, NO_EFFORT, NOTING, type Receipt } from './cost.ts';
import { readCurrent } from './current.ts';
import { takeBack } from './give-up.ts';
import { type OpenedRun, openRun, worldFor } from './opened-run.ts';
import { countTask } from './prepare.ts';
import type { EventWorld, PlaceItem } from './queue.ts';
import type { Reason } from './reason.ts';
import { type ChunkOutcome, NotPrepared, runTask } from './run-task.ts';
import { hasPlace, markDone, type Place, type Todo } from './stage.ts';

/** The stage of the current run that an item's place belongs to. */
interface Duty {
  readonly opened: OpenedRun;
  readonly todo: Todo;
}

/**
 * Does what the current plan wants at an item's place, and takes the run further if that was the last of its stage.
 * Does nothing, and says so in the log, when nothing is wanted there any more.
 *
 * @param attempt how often the item has been handed out, this time included
 */
export async function doItem(
  world: EventWorld,
  item: PlaceItem,
  attempt = 1,
): Promise<readonly ChunkOutcome[]> {
  world.takeEffort?.();
  const started = world.now();
  const duty = await dutyOf(world, item);
  if (!duty) return [];
  const { opened, todo } = duty;
  const { run } = opened.plan;
  const own = { ...worldFor(world, opened), isPending: pendingIn(world, run, item.kind, todo) };
  const { outcomes, isWhole } = await work(own, opened, item);
  const taken = { outcomes, millis: world.now() - started, effort: world.takeEffort?.() };
  const receipt = receiptOf(world, item, taken, attempt - 1);
  if (!isWhole) return handOn(own, item, outcomes, receipt);
  const sent = await sentOf(own, opened, item.kind, todo);
  const marked = hasPlace(todo, item) && (await markDone(own, run, item.kind, sent, item, receipt));
  const { first, last } = marked || { first: false, last: false };
  const isLate =
    !first && outcomes.some(({ state }) => state !== 'current') && (await readSummary(world, run));
  if (isLate) await takeBack(own, run, item);
  if (last || isLate) await advance(world, opened);
  return outcomes;
}

/** What a place has taken: this try, what it was handed on with, tries that nobody heard of, and noting it. */
function receiptOf<T extends Receipt>(world: EventWorld, item: PlaceItem, taken: T, dead: number): T {
  const others = [deadTries(world, dead, effortOf(taken)), item.before ?? NO_EFFORT, NOTING];
  return { ...taken, before: others.reduce(addEffort) };
}

/** Leaves the rest of a place to whoever comes next: a new message, so that no try of it is counted. */
async function handOn(
  world: EventWorld,
  { kind, product, y, x }: PlaceItem,
  outcomes: readonly ChunkOutcome[],
  receipt: Receipt,
): Promise<readonly ChunkOutcome[]> {
  await world.queue.send([{ kind, product, y, x, before: effortOf(receipt) }]);
  world.log.info({ product, y, x, windows: outcomes.length }, 'handed on');
  return outcomes;
}

async function dutyOf(world: EventWorld, item: PlaceItem): Promise<Duty | undefined> {
  const { current } = await readCurrent(world, item.product);
  if (!current) return nothing(world, item, 'no run of this product is current');
  const opened = await openRun(world, current.run);
  const todo = await opened.todo(item.kind);
  if (!todo) return nothing(world, item, 'the current run has not come to this stage');
  return { opened, todo };
}

const pendingIn =
  ({ store }: EventWorld, run: string, stage: Stage, todo: Todo) =>
  async (place: Place): Promise<boolean> =>
    hasPlace(todo, place) && !(await store.head(doneKey(run, stage, place)));

function nothing(world: EventWorld, item: PlaceItem, why: string): undefined {
  world.log.info({ item }, `item ignored: ${why}`);
}

/** What became of a place, and whether it is all that was wanted there. */
interface Work {
  readonly outcomes: ChunkOutcome[];
  readonly isWhole: boolean;
}

const NOTHING: Work = { outcomes: [], isWhole: true };

async function work(own: EventWorld, opened: OpenedRun, item: PlaceItem): Promise<Work> {
  const { plan, product } = opened;
  const found = await opened.task(item).catch((error) => {
    if (error instanceof NotFound) return nothing(own, item, error.message);
    throw error;
  });
  if (!found) return NOTHING;
  if (item.kind === 'count') {
    await countTask(own, plan, product, found);
    return NOTHING;
  }
  const outcomes = await runTask(own, plan, product, found).catch(async (error) => {
    if (!(error instanceof NotPrepared)) throw error;
    await mergeRun(own, opened); // refused where this run was overtaken; else an overtaken one's came late
    return runTask(own, plan, product, found);
  });
  for (const { at, state } of outcomes) {
    if (state === 'current') await climb(own, product, { level: 0, at }); // whoever recorded it may have died before
  }
  return { outcomes, isWhole: outcomes.length === found.windows.length };
}

/** After the last try: the run goes on without the place, and its end says why. */
export async function giveUpItem(
  world: EventWorld,
  item: PlaceItem,
  why: Reason,
  attempt: number,
): Promise<void> {
  const taken = { givenUp: why, effort: world.takeEffort?.() };
  const duty = await dutyOf(world, item);
  if (!duty || !hasPlace(duty.todo, item)) return;
  const own = worldFor(world, duty.opened);
  const sent = await sentOf(own, duty.opened, item.kind, duty.todo);
  const receipt = receiptOf(world, item, taken, attempt); // how long the last one took, nobody says either
  const { last } = await giveUpPlace(own, duty.opened, item.kind, sent, item, receipt);
  if (last) await advance(world, duty.opened);
}
