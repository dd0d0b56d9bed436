import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { s3Store } from '../../../lib/store/s3.ts';
import type { Store } from '../../../lib/store/store.ts';
import { clientOf, type S3Server, startFauxqs } from '../../helpers/s3-server.ts';
import type { Deploy } from '../offline/deploy.ts';
import { REGION } from '../offline/mocks.ts';
import { type Guard, guard } from './guard.ts';
import { Sandbox } from './sandbox.ts';

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Buckets and queues of a planned deploy on a server of this machine, and its functions under Amazon's runtime client. */
export class AwsHere {
  readonly inputs: Store;
  readonly store: Store;
  readonly #server: S3Server;
  readonly #deploy: Deploy;
  readonly #sqs: SQSClient;
  readonly #urls = new Map<string, string>();
  readonly #sandboxes: Sandbox[] = [];
  readonly #guards: Guard[] = [];

  private constructor(deploy: Deploy, server: S3Server) {
    const { endpoint } = server;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.#deploy = deploy;
    this.#server = server;
    this.#sqs = new SQSClient({ endpoint, region: REGION, credentials, useQueueUrlAsEndpoint: false });
    this.inputs = this.#bucket('Inputs');
    this.store = this.#bucket('Store');
  }

  static async start(deploy: Deploy): Promise<AwsHere> {
    const server = await startFauxqs();
    const here = new AwsHere(deploy, server);
    for (const name of ['Inputs', 'Store']) {
      await server.client.send(new CreateBucketCommand({ Bucket: deploy.bucket(name).outputs.bucket }));
    }
    for (const name of ['Input', 'InputDead', 'Chunks', 'ChunksDead']) await here.#makeQueue(name);
    return here;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sandboxes.map((sandbox) => sandbox.close()));
    await Promise.all(this.#guards.map((each) => each.stop()));
    this.#sqs.destroy();
    await this.#server.stop();
  }

  /** A sandbox of a function, with what the plan gives it. Only addresses and, where asked, the limits are ours. */
  async open(
    name: string,
    limits: {
      timeoutS?: number;
      memoryMB?: number;
      environment?: Readonly<Record<string, string | undefined>>;
    } = {},
  ): Promise<Sandbox> {
    const fn = this.#deploy.lambda(name);
    const { handler, memorySize, timeout } = fn.inputs;
    const code = this.#deploy.plan.codeOf(fn);
    runsHere(code);
    const role = await guard(this.#server.endpoint, this.#deploy.rightsOf(name), (url) => this.#arnOf(url));
    this.#guards.push(role);
    const sandbox = await Sandbox.open({
      code,
      handler,
      memoryMB: limits.memoryMB ?? memorySize,
      timeoutS: limits.timeoutS ?? timeout,
      environment: { ...this.#environment(name), AWS_ENDPOINT_URL: role.endpoint, ...limits.environment },
    });
    this.#sandboxes.push(sandbox);
    return sandbox;
  }

  /** Takes up to ten messages, as an event of Lambda. They are deleted from the queue at once. */
  async receive(name: string, attempt = 1): Promise<SQSEvent> {
    const QueueUrl = this.#urls.get(name)!;
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages) {
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return { Records: Messages.map(({ Body }, i) => messageOf(Body!, `${name}-${i}`, attempt)) };
  }

  /** Wishes that no role allowed. */
  refused(): string[] {
    return this.#guards.flatMap(({ refused }) => refused);
  }

  #arnOf(url: string): string {
    const found = [...this.#urls].find(([, made]) => made === url);
    return found ? this.#deploy.queue(found[0]).outputs.arn : url;
  }

  #environment(name: string): Record<string, string> {
    const planned = Object.entries(this.#deploy.variablesOf(name));
    const urls = new Map([...this.#urls].map(([queue, url]) => [this.#deploy.queue(queue).outputs.url, url]));
    return {
      ...Object.fromEntries(planned.map(([variable, value]) => [variable, urls.get(value) ?? value])),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }

  #bucket(name: string): Store {
    return s3Store({
      bucket: this.#deploy.bucket(name).outputs.bucket,
      client: clientOf(this.#server.endpoint),
    });
  }

  async #makeQueue(name: string): Promise<void> {
    const { inputs } = this.#deploy.queue(name);
    const made = await this.#sqs.send(new CreateQueueCommand({ QueueName: inputs.name }));
    this.#urls.set(name, made.QueueUrl!);
  }
}

/** What was installed for arm64 is taken from this machine's packages instead. */
function runsHere(code: string): void {
  rmSync(join(code, 'node_modules'), { recursive: true, force: true });
  symlinkSync(NODE_MODULES, join(code, 'node_modules'));
}

export const messageOf = (body: string, messageId: string, attempt = 1): SQSRecord => ({
  messageId,
  receiptHandle: messageId,
  body,
  attributes: {
    ApproximateReceiveCount: String(attempt),
    SentTimestamp: '0',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn',
  awsRegion: REGION,
});

/** What S3 tells of one new object. */
export const uploaded = (bucket: string, key: string): string =>
  JSON.stringify({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key } },
      },
    ],
  });

/** An HTTP request as a function URL hands it over. */
export const get = (rawPath: string, headers: Record<string, string> = {}, method = 'GET') => ({
  version: '2.0',
  rawPath,
  rawQueryString: '',
  headers: { host: 'flux.example.org', ...headers },
  requestContext: { domainName: 'flux.example.org', http: { method, path: rawPath } },
  isBase64Encoded: false,
});
