import { Conflict } from '../errors.ts';
import { planKey } from '../store/keys.ts';
import { advance, readSummary } from './advance.ts';
import { makeCurrent, readCurrent, type SeenCurrent } from './current.ts';
import { listDigest } from './digest.ts';
import { worldOf } from './inputs-of.ts';
import { type Meter, startMeter } from './meter.ts';
import { openRun } from './opened-run.ts';
import { type PlanInput, planHead, planTasks } from './plan.ts';
import type { EventWorld } from './queue.ts';
import { writeStep } from './receipt.ts';
import { encodeJson } from './record.ts';
import type { Spec } from './spec.ts';
import { acceptedOf, checkAcceptable, readPlanInput, writeJournal } from './start.ts';
import { writeTasks } from './task-parts.ts';

/** What became of a wish to have a product up to date. */
export interface Kept {
  readonly run: string;
  /** False when the run that is current already is of this very plan: a burst of uploads ends in one run. */
  readonly started: boolean;
}

/** How often planning is done over because another plan became current under it. */
const TRIES = 8;

/**
 * Plans a product from its inputs as they are now, and starts a run if the current one is of another plan.
 *
 * @param readSpec the spec as it is now; asked again when another plan got ahead. Undefined when it is gone.
 * @param force start a run also when nothing has changed: what is not there is tried again
 * @throws every error of planning, naming source and field; nothing is changed then
 */
export async function keepUpToDate(
  world: EventWorld,
  readSpec: () => Promise<Spec | undefined>,
  { force = false } = {},
): Promise<Kept | undefined> {
  const meter = startMeter(world);
  for (let attempt = 1; ; attempt++) {
    const spec = await readSpec();
    if (!spec) return undefined;
    const seen = await readCurrent(world, spec.product);
    try {
      return await planAnew(world, spec, seen, { force, meter });
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === TRIES) throw error;
    }
  }
}

async function planAnew(
  world: EventWorld,
  spec: Spec,
  seen: SeenCurrent,
  { force, meter }: { readonly force: boolean; readonly meter: Meter },
): Promise<Kept> {
  const input = await readPlanInput(worldOf(world, spec), spec, world.memoryLimit);
  const { plan, counts } = digestsOf(input);
  const before = seen.current;
  if (!force && before?.plan === plan && (await world.store.head(planKey(before.run)))) {
    // Whoever started it may have died before anything was sent.
    if (!(await readSummary(world, before.run))) await advance(world, await openRun(world, before.run));
    return { run: before.run, started: false };
  }
  await checkAcceptable(world, input.product);
  await storeRun(world, input, counts);
  await makeCurrent(world, spec.product, { run: input.run, plan }, seen);
  await writeStep(world, input.run, 'plan', { ...meter.read(), calls: 1 });
  world.log.info({ run: input.run, product: spec.product }, 'started');
  await advance(world, await openRun(world, input.run));
  return { run: input.run, started: true };
}

/** Names the whole plan, and the counts of each window together, without holding its tasks. */
function digestsOf(input: PlanInput): { plan: string; counts?: readonly string[] } {
  const { product } = input;
  const whole = listDigest();
  whole.add(acceptedOf(product).digest);
  const counts = product.model.prepare && product.windows.map(() => listDigest());
  for (const { windows, spinUp } of planTasks(input)) {
    if (spinUp) whole.add(spinUp.digest);
    for (const { t, digest, countDigest } of windows) {
      whole.add(digest);
      if (!counts) continue;
      whole.add(countDigest);
      counts[t]!.add(countDigest);
    }
  }
  return { plan: whole.end(), ...(counts && { counts: counts.map((each) => each.end()) }) };
}

async function storeRun(world: EventWorld, input: PlanInput, counts?: readonly string[]): Promise<void> {
  const { run, product } = input;
  const head = planHead(input, counts);
  await writeTasks(world, run, product, planTasks(input));
  await world.store.put(planKey(run), encodeJson(head));
  await writeJournal(world, run, product.id);
}
