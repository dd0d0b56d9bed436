import { describe, expect, it } from 'vitest';
import { onChunks } from '../../functions/on-chunks.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { random, worker } from '../helpers/chaos.ts';
import { claimedState } from '../helpers/claimed-state.ts';
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

const land: Upload = (inputs) => warm(inputs, 0);
const warmer: Upload = (inputs) => warm(inputs, 2);

const STORIES: Record<string, Story> = {
  'other numbers': { slow: land, overtaking: warmer },
  'no numbers at all': { slow: land, overtaking: drown },
  'numbers where there were to be none': { slow: drown, overtaking: land },
  'none again': { before: drown, slow: warmer, overtaking: drown },
  'the numbers of before': { before: land, slow: warmer, overtaking: land },
  'the numbers of before, which were to go': { before: land, slow: drown, overtaking: land },
};

/** Requests of one item, those of the climb and of the end of the run included. */
const REQUESTS = 70;

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

async function cleanState(inputs: Store): Promise<Record<string, string>> {
  const clean = tinyWorld(inputs);
  await runTiny(clean, { ...specOf(respirationFields()), inputs: '.' });
  return claimedState(clean.store, 'soil');
}

describe.each(Object.entries(STORIES))(
  'a worker that is overtaken by %s, without any sweep',
  (_title, story) => {
    it.each(['frozen', 'last gasp'] as const)('leaves the bytes of the newer run: %s', async (blow) => {
      let struck = 0;
      let wanted: Record<string, string> | undefined;
      for (let nth = 1; nth <= REQUESTS; nth++) {
        const inputs = await putEventInputs(memoryStore('inputs'));
        const platform = eventPlatform(inputs);
        const spec = await putSpec(inputs, respirationFields());
        if (story.before) await deliverAll(platform, [spec, ...(await story.before(inputs))]);
        const item = await allButOne(platform, [spec, ...(await story.slow(inputs))]);
        const slow = worker(platform.world, random(nth), blow, nth);
        const working = onChunks(slow.world, [{ ...item, attempt: 1 }]);
        for (let turn = 0; turn < 300 && !slow.struck(); turn++) await new Promise(setImmediate);
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
        wanted ??= await cleanState(inputs);
        expect(await claimedState(platform.world.store, 'soil'), `request ${nth}`).toEqual(wanted);
      }
      expect(struck).toBeGreaterThan(30);
    });
  },
);
