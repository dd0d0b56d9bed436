import { resolve } from 'node:path';
import { BadRequest } from '../../../../lib/errors.ts';
import { createApp } from '../../../api/app.ts';
import { builtPage } from '../../../api/page/build-page.ts';
import { memoryLimit, threadCount } from '../../../runtime/env.ts';
import { BUCKET, openInputsBucket } from '../inputs-bucket.ts';
import { listen } from '../listen.ts';
import { openCloud } from '../local-cloud.ts';
import { isRemote } from '../location.ts';
import { localLog } from '../log.ts';
import { openWorld, stopOnInterrupt } from '../open-job.ts';

export interface Options {
  readonly port: string;
  readonly s3Port: string;
}

export async function runDev({ port, s3Port }: Options, store: string): Promise<void> {
  const signal = stopOnInterrupt();
  process.env.CHUNKFLUX_LOG ??= 'info'; // what starts and how it ends is what one looks at
  if (isRemote(store)) throw new BadRequest('--store', 'dev keeps its products in a folder');
  const dev = await startDev(resolve(store), portOf('--port', port), portOf('--s3-port', s3Port));
  console.log(greeting(dev));
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
  await dev.close();
}

export type Dev = Awaited<ReturnType<typeof startDev>>;

/**
 * Starts all of it. The products lie in a folder, where conditional writes hold; the inputs in the server's memory.
 * @throws BadRequest when a port is taken; nothing stays behind then
 */
export async function startDev(folder: string, port: number, s3Port: number) {
  const open: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of open.splice(0).toReversed()) await each.close();
  };
  try {
    const heard: { notify(body: string): void } = { notify: () => {} };
    const bucket = await openInputsBucket(s3Port, (body) => heard.notify(body));
    open.push(bucket);
    pointAt(bucket.url);
    const at = { store: folder, inputs: `s3://${BUCKET}` };
    const options = {
      auth: { loopback: true },
      page: builtPage(),
      freshMs: 0,
      compute: { memoryLimit: memoryLimit() },
    };
    const api = await listen(createApp(openWorld(at), options).fetch, '127.0.0.1', port);
    open.push(api);
    const cloud = openCloud(at, { threads: threadCount(), log: localLog() });
    open.push(cloud);
    heard.notify = cloud.notify;
    return { s3: bucket.url, api: api.url, folder, cloud, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Stores of this process and of its workers. */
function pointAt(url: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'dev',
    AWS_SECRET_ACCESS_KEY: 'dev',
  });
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new BadRequest(name, `"${text}" is no port`);
}

const greeting = ({
  s3,
  api,
  folder,
}: Dev): string => `inputs     s3://${BUCKET} at ${s3} (in memory; any credentials)
products   ${folder}
maps       ${api}

Drop a product's inputs and its spec, in this order or any other:
  aws --endpoint-url ${s3} s3 sync my-inputs s3://${BUCKET}/data
  aws --endpoint-url ${s3} s3 cp my-product.yaml s3://${BUCKET}/specs/     # with inputs: ../data

What is under way, refused or done, from another terminal:
  chunkflux --store ${folder} runs
`;
