import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startDev } from '../../functions/entry/local/actions/dev.ts';
import { openInputsBucket } from '../../functions/entry/local/inputs-bucket.ts';
import { keepWatch, type Told } from '../../functions/entry/local/keep-watch.ts';
import { keysOfS3Event } from '../../functions/s3-event.ts';
import { fileStore } from '../../lib/store/file.ts';
import { firstStateKey } from '../../lib/store/keys.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { s3Store } from '../../lib/store/s3.ts';
import type { Store } from '../../lib/store/store.ts';
import { claimedState } from '../helpers/claimed-state.ts';
import { bepsFields, leafOut, putBepsEventInputs, warmNights } from '../helpers/event-beps.ts';
import { putEventInputs, putSpec, respirationFields, specOf } from '../helpers/event-products.ts';
import { warm } from '../helpers/event-uploads.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { clientOf } from '../helpers/s3-server.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkflux-events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function cleanState(inputs: Store, fields: object = respirationFields()) {
  const clean = tinyWorld(inputs);
  const spec = specOf(fields);
  await runTiny(clean, { ...spec, inputs: '.' });
  return claimedState(clean.store, spec.product);
}

describe('chunkflux dev', () => {
  it('computes what an S3 client drops into its bucket, and again what depends on a changed object; the API shows it', async () => {
    const dev = await startDev(join(folder, 'out'), 0, 0);
    try {
      const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
      const client = new S3Client({
        endpoint: dev.s3,
        forcePathStyle: true,
        region: 'us-east-1',
        credentials,
      });
      const drop = async (from: Store, keys: readonly string[]) => {
        for (const key of keys) {
          const { bytes } = (await from.get(key))!;
          await client.send(new PutObjectCommand({ Bucket: 'inputs', Key: key, Body: bytes }));
        }
      };
      const inputs = await putEventInputs(memoryStore());
      await inputs.put(
        'specs/soil.yaml',
        new TextEncoder().encode(stringify({ ...respirationFields(), inputs: '..' })),
      );
      const keys: string[] = [];
      for await (const { key } of inputs.list('')) keys.push(key);
      await drop(inputs, keys.toReversed()); // the spec before its data
      await dev.cloud.idle();
      const store = fileStore(join(folder, 'out'));
      const dropped = s3Store({ bucket: 'inputs', client }); // records know an object by the server's etag
      expect(await claimedState(store, 'soil')).toEqual(await cleanState(dropped));
      const before = await answers(dev.api);

      const changedAt = performance.now();
      await drop(inputs, await warm(inputs, 3));
      await dev.cloud.idle();
      console.info(
        `from the first changed object to a product up to date: ${Math.round(performance.now() - changedAt)} ms`,
      );
      expect(await claimedState(store, 'soil')).toEqual(await cleanState(dropped));
      const after = await answers(dev.api);
      for (const [i, answer] of after.entries()) expect(answer).not.toBe(before[i]);
      expect(dev.cloud.dead).toEqual([]);
    } finally {
      await dev.close();
    }
  });
});

describe('chunkflux dev, with a product of days', () => {
  it('spins up and goes on year by year, and again from the year whose weather changes', async () => {
    const dev = await startDev(join(folder, 'out'), 0, 0);
    try {
      const dropped = s3Store({ bucket: 'inputs', client: clientOf(dev.s3) });
      const store = fileStore(join(folder, 'out'));
      await putBepsEventInputs(dropped);
      await putSpec(dropped, bepsFields(), 'daily.yaml');
      await dev.cloud.idle();
      expect(await claimedState(store, 'daily')).toEqual(await cleanState(dropped, bepsFields()));
      const firstState = () => store.head(firstStateKey('daily', { y: 0, x: 0 }));
      const first = await firstState();
      expect(first).toBeDefined();
      await leafOut(dropped, 1);
      await dev.cloud.idle();
      expect(await claimedState(store, 'daily')).toEqual(await cleanState(dropped, bepsFields()));
      expect(await firstState()).toEqual(first);
      await warmNights(dropped, 1);
      await dev.cloud.idle();
      expect(await claimedState(store, 'daily')).toEqual(await cleanState(dropped, bepsFields()));
      expect((await firstState())?.etag).not.toBe(first?.etag);
      expect(dev.cloud.dead).toEqual([]);
    } finally {
      await dev.close();
    }
  });
});

/** What the API says of the product: a pixel, a total, a tile. */
async function answers(api: string): Promise<string[]> {
  const paths = ['point/10.3,47.7', 'reductions?bbox=10,47.3,10.7,48', 'tiles/WebMercatorQuad/6/33/22.png'];
  return Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${api}/products/soil/${path}`);
      expect(answer.status, path).toBe(200);
      return Buffer.from(await answer.arrayBuffer()).toString('base64');
    }),
  );
}

describe('chunkflux dev, when a port is taken', () => {
  it.each(['--s3-port', '--port'])('says which one, and leaves nothing behind: %s', async (name) => {
    const taken = await listenOn(0);
    const free = await freePort();
    const ports = name === '--port' ? ([portOf(taken), free] as const) : ([free, portOf(taken)] as const);
    try {
      const failure = await startDev(join(folder, 'out'), ...ports).catch((error) => error);
      expect(failure).toMatchObject({ code: 'BadRequest', message: expect.stringContaining('EADDRINUSE') });
      expect(failure.message).toContain(`${name === '--port' ? '--port 0' : '--s3-port'}`);
      (await listenOn(free)).close(); // the other port is free again
    } finally {
      taken.close();
    }
  });
});

const listenOn = (port: number): Promise<Server> =>
  new Promise((done, fail) => {
    const server = createServer().listen(port, '127.0.0.1', () => done(server));
    server.on('error', fail);
  });

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function freePort(): Promise<number> {
  const server = await listenOn(0);
  const port = portOf(server);
  await new Promise((done) => server.close(done));
  return port;
}

const python = pythonWith('boto3');

describe.skipIf(!python)(`the bucket of chunkflux dev, from Python (${PYTHON_HINT})`, () => {
  it('tells of what boto3 puts in one piece, in parts and as a copy, and not of what it deletes', async () => {
    const told: string[] = [];
    const bucket = await openInputsBucket(0, (body) => told.push(...keysOfS3Event(body, PLACE).keys));
    const script = `
import boto3, io, sys
s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='y')
s3.put_object(Bucket='inputs', Key='data/a b+ü.tif', Body=b'1')
s3.upload_fileobj(io.BytesIO(bytes(9 * 2**20)), 'inputs', 'data/large.tif')
s3.copy_object(Bucket='inputs', Key='data/copy.tif', CopySource={'Bucket': 'inputs', 'Key': 'data/large.tif'})
s3.delete_object(Bucket='inputs', Key='data/copy.tif')
`;
    try {
      await promisify(execFile)(python!, ['-c', script, bucket.url]);
      expect(told).toEqual(['data/a b+ü.tif', 'data/large.tif', 'data/copy.tif']);
    } finally {
      await bucket.close();
    }
  });
});

const PLACE = { bucket: 'inputs', prefix: '' };

describe('chunkflux watch', () => {
  it('runs again when a file of the inputs or the spec changes, and says what is wrong with a broken one', async () => {
    const data = join(folder, 'in');
    const inputs = fileStore(data);
    await putEventInputs(inputs);
    const put = (fields: object) => inputs.put('soil.yaml', new TextEncoder().encode(stringify(fields)));
    await put(respirationFields());
    const told: Told[] = [];
    const controller = new AbortController();
    let wake = () => {};
    const watching = keepWatch(join(data, 'soil.yaml'), join(data, 'out'), controller.signal, (what) => {
      told.push(what);
      wake();
    });
    const next = async () => {
      const seen = told.length;
      await new Promise<void>((done) => {
        wake = done;
        if (told.length > seen) done();
      });
      return told.at(-1)!;
    };
    try {
      if (told.length === 0) await next();
      expect(told[0]).toMatchObject({ summary: { state: 'complete', chunks: { computed: 4 } } });
      await warm(inputs, 2);
      expect(await next()).toMatchObject({ summary: { state: 'complete' } });
      expect(await claimedState(fileStore(join(data, 'out')), 'soil')).toEqual(await cleanState(inputs));
      await put(respirationFields({ outputs: ['rhh'] }));
      expect(await next()).toMatchObject({ refused: expect.stringMatching(/did you mean "rh"/) });
      await put(respirationFields());
      expect(await next()).toMatchObject({ summary: { state: 'complete' } });
      const runs = await readFile(join(data, 'out', 'products/soil/product.json'), 'utf8');
      expect(runs).toContain('"product":"soil"');
    } finally {
      controller.abort();
      await watching.catch((error) => expect(error.name).toBe('AbortError'));
    }
  });
});
