import { isFluxError } from '../lib/errors.ts';
import { type Delivery, type EventWorld, parseItem } from '../lib/job/queue.ts';
import { type Reason, reasonOf } from '../lib/job/reason.ts';
import { onChunks } from './on-chunks.ts';
import { onInput } from './on-input.ts';
import { type InputsPlace, keysOfS3Event } from './s3-event.ts';

/** A message as a queue hands it out. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** How often it has been handed out, this time included. */
  readonly attempt: number;
}

/** Longer bodies are cut before they go to the dead letters: ten of them have to fit one request. */
const KEPT_OF_BODY = 64 * 1024;

/** Notifications of S3: all keys together, so that a burst makes one plan a product. @returns ids to hand out again */
export async function takeInput(
  world: EventWorld,
  place: InputsPlace,
  messages: readonly Message[],
): Promise<{ again: string[] }> {
  const heard: { message: Message; keys: readonly string[] }[] = [];
  const again: string[] = [];
  for (const message of messages) {
    try {
      const { keys, ignored } = keysOfS3Event(bodyOf(message), place);
      heard.push({ message, keys });
      for (const { what, why } of ignored) world.log.info({ what }, `event ignored: ${why}`);
    } catch (error) {
      if (!(await discard(world, message, error))) again.push(message.id);
    }
  }
  if (!heard.some(({ keys }) => keys.length > 0)) return { again };
  const failed = await onInput(
    world,
    heard.flatMap(({ keys }) => keys),
  ).then(
    (result) => (key: string) => result.again.get(key),
    (error) => () => text(reasonOf(error)),
  );
  for (const { message, keys } of heard) {
    const reason = keys.map(failed).find((why) => why !== undefined);
    if (reason !== undefined && !(await giveUpAfterTries(world, message, reason))) again.push(message.id);
  }
  return { again };
}

/** Places to do. @returns ids to hand out again */
export async function takeItems(
  world: EventWorld,
  messages: readonly Message[],
): Promise<{ again: string[] }> {
  const deliveries: Delivery[] = [];
  const again: string[] = [];
  for (const message of messages) {
    try {
      const body = bodyOf(message);
      const { id, attempt } = message;
      // What is put back from the dead letters was tried before.
      const tried = body === message.body ? attempt : attempt + 1;
      deliveries.push({ id, attempt: tried, item: parseItem(body) });
    } catch (error) {
      if (!(await discard(world, message, error))) again.push(message.id);
    }
  }
  again.push(...(await onChunks(world, deliveries)).again);
  return { again };
}

/** The message inside a dead letter that someone has put back into the queue. */
function bodyOf({ body }: Message): string {
  if (!body.startsWith('{"body":')) return body;
  const letter = JSON.parse(body) as { readonly body?: unknown };
  return typeof letter.body === 'string' ? letter.body : body;
}

/** What can never be understood is not tried again. */
async function discard(world: EventWorld, message: Message, error: unknown): Promise<boolean> {
  const reason = reasonOf(error);
  world.log.error({ id: message.id, code: reason.code }, reason.message);
  if (!isFluxError(error) && !(error instanceof SyntaxError)) return false;
  return bury(world, message, text(reason));
}

async function giveUpAfterTries(world: EventWorld, message: Message, reason: string): Promise<boolean> {
  return message.attempt >= world.tries && (await bury(world, message, reason));
}

async function bury(world: EventWorld, { body }: Message, reason: string): Promise<boolean> {
  try {
    await world.dead.send([{ body: body.slice(0, KEPT_OF_BODY), reason }]);
    return true;
  } catch (error) {
    world.log.error(reasonOf(error), 'the dead letters did not take a message');
    return false;
  }
}

const text = ({ code, message }: Reason): string => `${code}: ${message}`;
