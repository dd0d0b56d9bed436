import type { DeadLetter, EventWorld, Item } from '../../../lib/job/queue.ts';
import { type Message, takeInput, takeItems } from '../../messages.ts';
import { onFinish, type Swept } from '../../on-finish.ts';
import { countedWorld } from '../../runtime/counted-world.ts';
import { FUNCTIONS, memoryLimit } from '../../runtime/env.ts';
import { openStore } from '../../runtime/stores.ts';
import { inputsPlace } from '../../s3-event.ts';
import { localLog } from './log.ts';
import type { Locations } from './task-worker.ts';

/** What a thread of the local cloud is asked: the events of AWS, without AWS. */
export type EventMessage =
  | { readonly kind: 'input' | 'items'; readonly at: Locations; readonly messages: readonly Message[] }
  | { readonly kind: 'sweep'; readonly at: Locations; readonly patience: number };

/** What it answers; what it wanted to send goes back with it, and is lost with it. */
export interface EventAnswer {
  readonly again: readonly string[];
  readonly sent: readonly Item[];
  readonly dead: readonly DeadLetter[];
  readonly swept?: Swept;
}

const log = localLog();
const worlds = new Map<string, EventWorld>();

export default async function answer(message: EventMessage): Promise<EventAnswer> {
  const sent: Item[] = [];
  const dead: DeadLetter[] = [];
  const world: EventWorld = {
    ...worldAt(message.at),
    queue: { send: async (items) => void sent.push(...items) },
    dead: { send: async (letters) => void dead.push(...letters) },
  };
  if (message.kind === 'sweep') {
    const swept = await onFinish({ ...world, patience: message.patience });
    return { again: [], sent, dead, swept };
  }
  const take = message.kind === 'items' ? takeItems : takeUploads(message.at);
  return { ...(await take(world, message.messages)), sent, dead };
}

const takeUploads = (at: Locations) => (world: EventWorld, messages: readonly Message[]) =>
  takeInput(world, inputsPlace(at.inputs), messages);

/** Stores stay open between messages. */
function worldAt(at: Locations): EventWorld {
  const name = JSON.stringify(at);
  let world = worlds.get(name);
  if (!world) {
    const nowhere = { send: async () => {} };
    world = countedWorld({
      store: openStore(at.store),
      inputs: openStore(at.inputs),
      now: Date.now,
      log,
      queue: nowhere,
      dead: nowhere,
      memoryLimit: memoryLimit(),
      tries: FUNCTIONS.chunks.tries,
      patience: 0,
    });
    worlds.set(name, world);
  }
  return world;
}
