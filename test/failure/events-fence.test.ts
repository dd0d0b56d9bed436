import { describe, expect, it } from 'vitest';
import { onChunks } from '../../functions/on-chunks.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { random, worker } from '../helpers/chaos.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { bepsFields, noNights, putBepsEventInputs, warmNights } from '../helpers/event-beps.ts';
import { type EventPlatform, eventPlatform, type Message } from '../helpers/event-platform.ts';
import { putEventInputs, putSpec, respirationFields, specOf } from '../helpers/event-products.ts';
import { drown, warm } from '../helpers/event-uploads.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';

type Upload = (inputs: Store) => Promise<string[]>;

/** What lies there before, what the slow worker is to do, and what overtakes it. */
interface Story {
  readonly before?: Upload;
  readonly slow: Upload;
  readonly overtaking: Upload;
}

const stories = (land: Upload, warmer: Upload, none: Upload): Record<string, Story> => ({
  'other numbers': { slow: land, overtaking: warmer },
  'no numbers at all': { slow: land, overtaking: none },
  'numbers where there were to be none': { slow: none, overtaking: land },
  'none again': { before: none, slow: warmer, overtaking: none },
  'the numbers of before': { before: land, slow: warmer, overtaking: land },
  'the numbers of before, which were to go': { before: land, slow: none, overtaking: land },
});

interface Told {
  readonly product: string;
  readonly fields: () => object;
  readonly put: (store: Store) => Promise<Store>;
  readonly stories: Record<string, Story>;
  /** Every so many requests one is struck, in each case from another one on; all of them where the variable says 1. */
  readonly stride: number;
  /** Its last place makes more than so many. */
  readonly requests: number;
}

const STRIDE = Number(process.env.CHUNKFLUX_STRIDE ?? 0);

const monthly: Told = {
  product: 'soil',
  fields: respirationFields,
  put: putEventInputs,
  stories: stories(
    (inputs) => warm(inputs, 0),
    (inputs) => warm(inputs, 2),
    drown,
  ),
  stride: STRIDE || 1,
  requests: 30,
};

/** Its last place spins up, then does two years: some 200 requests, most of them of state. */
const daily: Told = {
  product: 'daily',
  fields: bepsFields,
  put: putBepsEventInputs,
  stories: stories(
    (inputs) => warmNights(inputs, 0),
    (inputs) => warmNights(inputs, 2),
    noNights,
  ),
  stride: STRIDE || 90,
  requests: 150,
};

/** More than one item has, those of the climb and of the end of the run included. */
const REQUESTS = 300;

type PlaceMessage = Extract<Message, { item: unknown }>;

async function deliverAll(platform: EventPlatform, keys: string[]): Promise<void> {
  platform.upload(...keys);
  await platform.drain();
}

/** Plans and does all places but one. */
async function allButOne(platform: EventPlatform, keys: string[]): Promise<PlaceMessage> {
  platform.upload(...keys);
  await platform.deliver(platform.waiting.shift()!);
  const last = platform.waiting.pop() as PlaceMessage;
  await platform.drain();
  return last;
}

async function cleanState(inputs: Store, { product, fields }: Told): Promise<Record<string, string>> {
  const clean = tinyWorld(inputs);
  await runTiny(clean, { ...specOf(fields()), inputs: '.' });
  return claimedState(clean.store, product);
}

const BLOWS = ['frozen', 'last gasp'] as const;

const cases = [monthly, daily].flatMap((told) =>
  Object.entries(told.stories)
    .flatMap(([title, story]) => BLOWS.map((blow) => ({ ...told, told, title, story, blow })))
    .map((each, i, all) => ({ ...each, from: 1 + Math.floor((told.stride * i) / all.length) })),
);

describe('a worker that is overtaken, without any sweep', () => {
  it.each(cases)(
    'leaves the bytes of the newer run: $product, $blow, by $title',
    async ({ told, story, blow, from }) => {
      let struck = 0;
      let wanted: Record<string, string> | undefined;
      for (let nth = from; nth <= REQUESTS; nth += told.stride) {
        const inputs = await told.put(memoryStore('inputs'));
        const platform = eventPlatform(inputs);
        const spec = await putSpec(inputs, told.fields());
        if (story.before) await deliverAll(platform, [spec, ...(await story.before(inputs))]);
        const item = await allButOne(platform, [spec, ...(await story.slow(inputs))]);
        const slow = worker(platform.world, random(nth), blow, nth);
        let over = false;
        const working = onChunks(slow.world, [{ ...item, attempt: 1 }]).finally(() => {
          over = true;
        });
        while (!slow.struck() && !over) await new Promise(setImmediate);
        if (!slow.struck()) break;
        struck++;
        await deliverAll(platform, await story.overtaking(inputs));
        slow.thaw();
        const again = await working.then(
          (result) => result.again.length > 0,
          () => true,
        );
        if (again) platform.waiting.push({ ...item, attempt: 1 });
        await platform.drain();
        wanted ??= await cleanState(inputs, told);
        expect(await claimedState(platform.world.store, told.product), `request ${nth}`).toEqual(wanted);
      }
      expect(struck * told.stride).toBeGreaterThan(told.requests);
    },
  );
});
