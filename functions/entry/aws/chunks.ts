import type { SQSEvent } from 'aws-lambda';
import { takeItems } from '../../messages.ts';
import { awsWorld, count, failuresOf, messagesOf } from '../../runtime/aws.ts';

const world = awsWorld('chunks');

export async function handler(event: SQSEvent) {
  const result = await takeItems(world, messagesOf(event));
  count({ Items: event.Records.length, ItemsAgain: result.again.length });
  return failuresOf(result);
}
