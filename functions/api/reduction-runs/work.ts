import { Conflict, isFluxError } from '../../../lib/errors.ts';
import type { ReduceItem } from '../../../lib/job/queue.ts';
import type { World } from '../../../lib/job/world.ts';
import { reductionPartKey } from '../../../lib/store/keys.ts';
import { answerTo, type Problem } from '../errors.ts';
import { LIMITS, type Limits } from '../options.ts';
import { answerZone, type ZoneAnswer } from '../reduction/answer.ts';
import { prepareReduction } from '../reduction/reduce.ts';
import { ReductionRun, type Sources } from '../reduction/run.ts';
import { toJson } from '../reply.ts';
import type { Shelf } from '../shelf.ts';
import { type AskedRun, findAsked, type Part, readAskedZones, signalOf } from './asked.ts';

/** What a part came to. Written once, whole; a part that can never be done says why. */
export type PartDone =
  | { readonly zones: readonly ZoneAnswer[]; readonly sources: Sources }
  | { readonly problem: Problem };

/** Only time is no limit behind a request; memory is. */
export const runLimits = (limits: Limits = LIMITS): Limits => ({
  ...limits,
  cells: Number.POSITIVE_INFINITY,
});

/**
 * Does one part of a reduction that someone asked for, unless it is done. Twice or by two at once it ends in the same
 * object. What follows from what was asked is written down as the part's problem; what another try can mend is thrown.
 */
export async function reducePart(
  world: World,
  shelf: Shelf,
  item: ReduceItem,
  limits?: Limits,
): Promise<void> {
  const { product, run, part } = item;
  const key = reductionPartKey(product, run, part);
  if (await world.store.head(key, signalOf(world))) return;
  const asked = await findAsked(world, product, run);
  const wanted = asked?.parts[part];
  if (!asked || !wanted) return world.log.info({ ...item }, 'nobody wants this part any more');
  let done: PartDone;
  try {
    done = await reduceZones(world, shelf, asked, wanted, runLimits(limits));
  } catch (error) {
    if (!isFluxError(error) || (error.transient && !(error instanceof Conflict))) throw error;
    done = { problem: answerTo(error, world).problem };
  }
  await putPart(world, item, done);
}

/** Nobody tries this part any more. */
export async function giveUpPart(world: World, item: ReduceItem, error: unknown): Promise<void> {
  await putPart(world, item, { problem: answerTo(error, world).problem });
}

async function putPart({ store }: World, { product, run, part }: ReduceItem, done: PartDone): Promise<void> {
  await store.put(reductionPartKey(product, run, part), new TextEncoder().encode(toJson(done)));
}

async function reduceZones(
  world: World,
  shelf: Shelf,
  asked: AskedRun,
  { zones, range }: Part,
  limits: Limits,
): Promise<PartDone> {
  const product = await shelf.open(world, asked.product);
  if (product.accepted.digest !== asked.accepted)
    throw new Conflict(`${asked.product} was made anew since this was asked. Ask again.`);
  const sent = await readAskedZones(world, asked);
  const body = { ...asked.body, ...(sent !== undefined && { zones: sent }) };
  const plan = await prepareReduction(world, limits, product, body, { only: zones, range });
  const run = new ReductionRun(world, plan, limits);
  const answers: ZoneAnswer[] = [];
  for await (const done of run.zones()) answers.push(answerZone(plan, done));
  return { zones: answers, sources: run.sources() };
}
