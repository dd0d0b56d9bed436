import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { wantedProduct } from '../../lib/job/follow.ts';
import type { EventWorld } from '../../lib/job/queue.ts';
import { s3Store } from '../../lib/store/s3.ts';
import type { Store } from '../../lib/store/store.ts';
import { random } from '../helpers/chaos.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { productionFields, putEventInputs, putSpec } from '../helpers/event-products.ts';
import { drown, warm } from '../helpers/event-uploads.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { type S3Server, startMoto } from '../helpers/s3-server.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';

const python = pythonWith('moto.server');
const SCRIPT = fileURLToPath(new URL('./processes/event-source.ts', import.meta.url));
/** Seconds that a message of a killed worker stays hidden. */
const HIDDEN = 4;
/** What is uploaded before each kill: other numbers, none at all, those of before. */
const UPLOADS: readonly ((inputs: Store) => Promise<unknown>)[] = [
  async () => {},
  (inputs) => warm(inputs, 2),
  drown,
  (inputs) => warm(inputs, 0),
  async () => {},
];
/** Of the moments of the kills. What a worker does at that moment is up to the machine. */
const SEED = Number(process.env.CHUNKFLUX_SEED ?? 1);
/** A machine that is shared takes this long at worst, ms. */
const PATIENCE = 480_000;

describe.skipIf(!python)(`workers that are killed, over HTTP (${PYTHON_HINT})`, () => {
  let server: S3Server;
  let sqs: SQSClient;
  let env: NodeJS.ProcessEnv;
  const workers = new Set<ChildProcess>();

  beforeAll(async () => {
    server = await startMoto();
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
    sqs = new SQSClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const [input, chunks, dead] = await Promise.all(['input', 'chunks', 'dead'].map(makeQueue));
    env = {
      ...process.env,
      ...keys,
      AWS_ENDPOINT_URL: server.endpoint,
      INPUT_QUEUE: input!,
      CHUNKFLUX_CHUNK_QUEUE: chunks!,
      CHUNKFLUX_DEAD_LETTERS: dead!,
      CHUNKFLUX_STORE: 's3://bucket/out',
      CHUNKFLUX_INPUTS: 's3://bucket/in',
      CHUNKFLUX_LOG: 'error',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_DEV: 'true',
    };
    await notify(input!);
  });

  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    sqs?.destroy();
    await server?.stop();
  });

  async function makeQueue(QueueName: string): Promise<string> {
    const Attributes = { VisibilityTimeout: String(HIDDEN) };
    return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!;
  }

  async function notify(QueueUrl: string): Promise<void> {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const to = { QueueArn: Attributes!.QueueArn!, Events: ['s3:ObjectCreated:*' as const] };
    await server.client.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'bucket',
        NotificationConfiguration: { QueueConfigurations: [to] },
      }),
    );
  }

  async function hire(): Promise<ChildProcess> {
    const worker = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    workers.add(worker);
    worker.on('exit', () => workers.delete(worker));
    await once(worker.stdout!, 'data');
    return worker;
  }

  it('and uploads while they work end in the bytes of one clean run', { timeout: 600_000 }, async () => {
    const inputs = s3Store({ bucket: 'bucket', prefix: 'in', client: server.client });
    const store = s3Store({ bucket: 'bucket', prefix: 'out', client: server.client });
    await putEventInputs(inputs);
    await putSpec(inputs, productionFields());
    await Promise.all([hire(), hire()]);
    const next = random(SEED);
    for (const upload of UPLOADS) {
      await upload(inputs);
      await pause(300 + 400 * next());
      const victim = [...workers][Math.floor(next() * workers.size)];
      victim!.kill('SIGKILL');
      await hire();
    }
    const world = tinyWorld(inputs) as EventWorld;
    const { spec } = (await wantedProduct(world, 'production'))!;
    await runTiny(world, spec);
    const expected = await claimedState(world.store, 'production');
    await until(async () => {
      const { current } = await readCurrent({ ...world, store }, 'production');
      const summary = current && (await readSummary({ ...world, store }, current.run));
      return summary?.state === 'complete' && same(await claimedState(store, 'production'), expected);
    });
    expect(await claimedState(store, 'production')).toEqual(expected);
  });
});

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Looks again and again; a machine that is busy with other things may take its time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(1000)) if (await isSo()) return;
}
