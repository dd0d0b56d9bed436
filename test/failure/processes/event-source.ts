import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { handler as chunks } from '../../../functions/entry/aws/chunks.ts';
import { handler as input } from '../../../functions/entry/aws/input.ts';
import { sqsClient } from '../../../functions/runtime/sqs.ts';

/** What Lambda's event source mapping does, in a process that a test may kill: poll, call, delete what succeeded. */
const client = sqsClient();
const sources = [
  [process.env.INPUT_QUEUE!, input],
  [process.env.CHUNKFLUX_CHUNK_QUEUE!, chunks],
] as const;

console.log('up');
for (;;) for (const [QueueUrl, handler] of sources) await poll(QueueUrl, handler);

async function poll(
  QueueUrl: string,
  handler: (event: SQSEvent) => Promise<SQSBatchResponse>,
): Promise<void> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2, MessageSystemAttributeNames: ['All'] }),
  );
  if (Messages.length === 0) return void (await new Promise((resolve) => setTimeout(resolve, 100)));
  const Records = Messages.map((m) => ({
    messageId: m.MessageId!,
    body: m.Body!,
    attributes: m.Attributes!,
  }));
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const done = Messages.filter((m) => !failed.has(m.MessageId!));
  const Entries = done.map((m, i) => ({ Id: String(i), ReceiptHandle: m.ReceiptHandle! }));
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}
