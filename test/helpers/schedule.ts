import { onChunks } from '../../functions/on-chunks.ts';
import { onFinish } from '../../functions/on-finish.ts';
import { onInput } from '../../functions/on-input.ts';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { follow, wantedProduct } from '../../lib/job/follow.ts';
import type { Store } from '../../lib/store/store.ts';
import { type Blow, isFrozen, Killed, random, type Worker, worker } from './chaos.ts';
import { type EventPlatform, eventPlatform, type Message } from './event-platform.ts';

/** Puts some objects of the inputs; gives the keys that S3 would tell of. */
export type Upload = (inputs: Store) => Promise<readonly string[]>;

const BLOWS: readonly Blow[] = [
  'killed before',
  'killed after',
  'answer lost',
  'refused',
  'frozen',
  'last gasp',
];
/** Requests within which a worker is struck: more than any item of the tiny monthly products needs. */
const REQUESTS = 60;

/** What a run stands on: puts of it are few, and each of them may be a last gasp. */
const FOUNDATION = /\/(product|zarr|prepared\/[^/]+\/\d+)\.json$/;
const HOUR = 3_600_000;

export interface Played {
  readonly platform: EventPlatform;
  readonly blows: number;
  readonly redriven: boolean;
}

/**
 * Plays one seeded schedule: uploads whose events come twice, late, in any order, or get lost; up to three workers at
 * once, each dealt a blow at any of its requests more often than not; sweeps in between. Then the storm is over: what
 * was lost is redriven, and all is worked off.
 */
export async function play(
  seed: number,
  inputs: Store,
  product: string,
  uploads: readonly Upload[],
  requests = REQUESTS,
): Promise<Played> {
  const next = random(seed);
  const chance = (p: number) => next() < p;
  const platform = eventPlatform(inputs, { tries: 4 });
  const { waiting, world } = platform;
  const ahead = [...uploads];
  const lost: Message[] = [];
  const frozen: Worker[] = [];
  const busy = new Set<Promise<void>>();
  let blows = 0;

  const employ = (work: (as: Worker) => Promise<unknown>): void => {
    const isAimed = chance(0.15);
    const blow = isAimed ? 'last gasp' : chance(0.6) ? BLOWS[Math.floor(next() * BLOWS.length)] : undefined;
    const nth = 1 + Math.floor(isAimed ? next() * 3 : next() ** 2 * requests);
    const as = worker(world, next, blow, nth, isAimed ? FOUNDATION : undefined);
    if (isFrozen(blow)) frozen.push(as);
    const done = work(as).then(
      () => {},
      (error) => {
        if (!(error instanceof Killed) && !String(error).includes('scripted')) throw error;
      },
    );
    const tracked = done.finally(() => {
      if (as.struck()) blows++;
      busy.delete(tracked);
    });
    busy.add(tracked);
  };

  const hand = async (message: Message, as: Worker): Promise<void> => {
    let done = false;
    message.attempt++;
    try {
      done =
        'keys' in message
          ? (await onInput(as.world, message.keys)).again.size === 0
          : (await onChunks(as.world, [message])).again.length === 0;
    } finally {
      if (!done) (chance(0.1) ? lost : waiting).push(message); // lost: died too often, and lies with the dead letters
    }
  };

  const step = async (): Promise<void> => {
    if (ahead.length > 0 && chance(0.15)) return void platform.upload(...(await ahead.shift()!(inputs)));
    if (frozen.length > 0 && chance(0.2))
      return frozen.splice(Math.floor(next() * frozen.length), 1)[0]!.thaw();
    if (chance(0.05)) return employ((as) => onFinish(as.world));
    if (waiting.length === 0) return;
    const at = Math.floor(next() * waiting.length);
    const message = waiting[at]!;
    if (chance(0.1)) return employ((as) => hand({ ...message }, as)); // and once more later
    waiting.splice(at, 1);
    if (chance(0.05)) return void lost.push(message);
    employ((as) => hand(message, as));
  };

  /** All come to an end, some of them only after the others have worked off what waited. */
  const settle = async () => {
    const late = frozen.filter(() => chance(0.5));
    for (const each of frozen.splice(0)) if (!late.includes(each)) each.thaw();
    const prompt = () => busy.size - late.filter((each) => each.struck()).length;
    for (let turns = 0; turns < 1000 && prompt() > 0; turns++) await new Promise(setImmediate);
    await platform.drain();
    for (const each of late) each.thaw();
    while (busy.size > 0) await Promise.all(busy);
  };

  for (let steps = 0; steps < 60 && (ahead.length > 0 || waiting.length > 0 || busy.size > 0); steps++) {
    await step();
    if (busy.size >= 3 || chance(0.5)) await Promise.race([...busy, new Promise((r) => setImmediate(r))]);
    if (busy.size > frozen.length + 2) await Promise.race(busy);
  }
  for (const upload of ahead) platform.upload(...(await upload(inputs)));
  await settle();
  waiting.push(...lost);
  await platform.drain();
  const redriven = await mend(platform, product);
  return { platform, blows, redriven };
}

/** Sweeps as the clock would, hours apart, and redrives as an operator would where workers had given up. */
async function mend(platform: EventPlatform, product: string): Promise<boolean> {
  let redriven = false;
  for (let round = 0; round < 6; round++) {
    const later = 2 * HOUR * (round + 1);
    await onFinish({ ...platform.world, now: () => platform.world.now() + later });
    await platform.drain();
    const { current } = await readCurrent(platform.world, product);
    const summary = current && (await readSummary(platform.world, current.run));
    if (summary?.state !== 'incomplete') continue;
    redriven = true;
    const wanted = await wantedProduct(platform.world, product);
    if (wanted) await follow(platform.world, wanted, { force: true });
    await platform.drain();
  }
  return redriven;
}
