import type { SQSEvent } from 'aws-lambda';
import { takeInput } from '../../messages.ts';
import { awsWorld, count, failuresOf, messagesOf, required } from '../../runtime/aws.ts';
import { NAMES } from '../../runtime/env.ts';
import { inputsPlace } from '../../s3-event.ts';

const world = awsWorld('input');
const place = inputsPlace(required(NAMES.inputs));

export async function handler(event: SQSEvent) {
  const result = await takeInput(world, place, messagesOf(event));
  count({ Events: event.Records.length, EventsAgain: result.again.length });
  return failuresOf(result);
}
