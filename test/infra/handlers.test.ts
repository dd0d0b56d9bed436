import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES } from '../../functions/runtime/env.ts';
import { readCurrent } from '../../lib/job/current.ts';
import type { World } from '../../lib/job/world.ts';
import { givenUpKey } from '../../lib/store/keys.ts';
import { bepsFields, leafOut, putBepsEventInputs, warmNights } from '../helpers/event-beps.ts';
import { productionFields, putEventInputs, putSpec, specOf } from '../helpers/event-products.ts';
import { runTiny, stateOf, tinyWorld } from '../helpers/tiny-product.ts';
import { AwsHere, get, messageOf, uploaded } from './lambda/aws-here.ts';
import { hasRuntimeClient, type Sandbox } from './lambda/sandbox.ts';
import { Deploy } from './offline/deploy.ts';
import { planStage, unlessSst } from './offline/plan.ts';

const unless =
  unlessSst ||
  (hasRuntimeClient ? '' : ' (skipped: no runtime client here; npm ci --prefix test/infra/runtime)');

let deploy: Deploy;
let aws: AwsHere;

/** What Amazon's runtime client makes of the code that a deploy would upload, on buckets and queues of this machine. */
describe.skipIf(unless)(`the functions of a deploy${unless}`, () => {
  beforeAll(async () => {
    deploy = new Deploy(await planStage('test'));
    aws = await AwsHere.start(deploy);
    await putEventInputs(aws.inputs);
  }, 480_000);
  afterAll(async () => {
    await aws?.stop();
    deploy?.plan.remove();
  });

  const upload = (key: string) => messageOf(uploaded(deploy.bucket('Inputs').outputs.bucket, key), 'upload');

  async function drain(chunks: Sandbox): Promise<void> {
    for (let event = await aws.receive('Chunks'); event.Records.length; event = await aws.receive('Chunks')) {
      for (const message of event.Records) {
        expect((await chunks.invoke({ Records: [message] })).payload).toEqual({ batchItemFailures: [] });
      }
    }
  }

  it('make a product of an uploaded spec, to the same bytes as the command line', async () => {
    const key = await putSpec(aws.inputs, productionFields());
    const input = await aws.open('Input');
    expect((await input.invoke({ Records: [upload(key)] })).payload).toEqual({ batchItemFailures: [] });
    await drain(await aws.open('Chunks'));

    const clean = tinyWorld(aws.inputs);
    await runTiny(clean, { ...specOf(productionFields()), inputs: '.' });
    expect(await stateOf(aws.store)).toEqual(await stateOf(clean.store));
    expect(await aws.receive('ChunksDead')).toEqual({ Records: [] });
  });

  it('spin up and go on year by year, and make first states anew when the weather before them changes', async () => {
    await putBepsEventInputs(aws.inputs);
    const input = await aws.open('Input');
    const chunks = await aws.open('Chunks');
    const announce = async (keys: readonly string[]) => {
      const Records = keys.map((key, i) => ({ ...upload(key), messageId: String(i) }));
      expect((await input.invoke({ Records })).payload).toEqual({ batchItemFailures: [] });
      await drain(chunks);
    };
    const isClean = async () => {
      const clean = tinyWorld(aws.inputs);
      await runTiny(clean, { ...specOf(bepsFields()), inputs: '.' });
      const own = 'products/daily/';
      expect(await stateOf(aws.store, own)).toEqual(await stateOf(clean.store, own));
    };
    await announce([await putSpec(aws.inputs, bepsFields(), 'daily.yaml')]);
    await isClean();
    await announce(await warmNights(aws.inputs, 2));
    await isClean();
    await announce(await leafOut(aws.inputs, 1));
    await isClean();
    expect(await statesOf('daily')).toEqual(['complete', 'complete', 'complete']);
    expect(await aws.receive('ChunksDead')).toEqual({ Records: [] });
  });

  it('find nothing to sweep after that, and count no stale product for the alarm', async () => {
    const finish = await aws.open('Finish');
    const { payload } = await finish.invoke({ kind: 'sweep' });
    expect(payload).toEqual({ started: [], underWay: [], ended: [], stale: [] });
    const metrics = finish.lines.map((line) => JSON.parse(line)).find((line) => '_aws' in line);
    const watched = deploy.alarm('StaleProducts').inputs;
    expect(metrics).toMatchObject({ [watched.metricName]: 0, ...watched.dimensions });
    expect(metrics._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: watched.namespace,
        Dimensions: [Object.keys(watched.dimensions)],
        Metrics: [{ Name: watched.metricName, Unit: 'Count' }],
      },
    ]);
  }, 60_000);

  it('answer for the product over HTTP', async () => {
    const api = await aws.open('Api');
    const { payload } = await api.invoke(get('/products/production'));
    expect(payload).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    const { body } = payload as { body: string };
    expect(JSON.parse(body)).toMatchObject({ id: 'production', model: { id: 'casa-npp' } });
    expect((await api.invoke(get('/products/atlantis'))).payload).toMatchObject({ statusCode: 404 });
  }, 60_000);

  it('show the map page to a browser, and its files', async () => {
    const api = await aws.open('Api');
    const { payload } = await api.invoke(get('/', { accept: 'text/html,*/*;q=0.8' }));
    expect(payload).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    const { body } = payload as { body: string };
    const files = [...body.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map(([, path]) => path!);
    expect(files).toContain('page/main.js');
    for (const path of files) {
      const packed = await api.invoke(get(`/${path}`, { 'accept-encoding': 'br,gzip' }));
      expect(packed.payload, path).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    }
  }, 60_000);

  it('put a message that nobody can understand aside, with the reason, and do the one beside it', async () => {
    const chunks = await aws.open('Chunks');
    const good = messageOf(JSON.stringify({ kind: 'run', product: 'production', y: 0, x: 0 }), 'good');
    const bad = messageOf('{"kind":"run","product":"../etc","y":0,"x":0}', 'bad');
    expect((await chunks.invoke({ Records: [bad, good] })).payload).toEqual({ batchItemFailures: [] });
    const { Records } = await aws.receive('ChunksDead');
    expect(Records.map(({ body }) => JSON.parse(body))).toEqual([
      { body: bad.body, reason: expect.stringContaining('message.product') },
    ]);
  }, 60_000);

  it('hand back what failed only because the store could not be reached', async () => {
    const chunks = await aws.open('Chunks', {
      environment: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' },
    });
    const message = messageOf(JSON.stringify({ kind: 'run', product: 'production', y: 0, x: 0 }), 'later');
    expect((await chunks.invoke({ Records: [message] })).payload).toEqual({
      batchItemFailures: [{ itemIdentifier: 'later' }],
    });
  }, 60_000);

  it('are killed at their deadline when the store hangs, and do the place when they get it again', async () => {
    const hanging = createServer(() => {});
    hanging.listen(0, '127.0.0.1');
    await once(hanging, 'listening');
    const spec = productionFields({ product: 'again' });
    const input = await aws.open('Input');
    await input.invoke({ Records: [upload(await putSpec(aws.inputs, spec, 'again.yaml'))] });
    const { Records } = await aws.receive('Chunks');
    const stuck = await aws.open('Chunks', {
      timeoutS: 3,
      environment: { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}` },
    });
    const { error, ms } = await stuck.invoke({ Records });
    expect(error).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(ms).toBeGreaterThan(2900);

    const chunks = await aws.open('Chunks');
    await chunks.invoke({ Records });
    await drain(chunks);
    expect(await statesOf('again')).toEqual(['complete']);
    hanging.closeAllConnections();
    hanging.close();
  });

  it('are killed above their memory, and do the place when one with enough of it gets it', async () => {
    const spec = productionFields({ product: 'hungry' });
    const input = await aws.open('Input');
    await input.invoke({ Records: [upload(await putSpec(aws.inputs, spec, 'hungry.yaml'))] });
    const { Records } = await aws.receive('Chunks');
    const small = await aws.open('Chunks', { memoryMB: 60 });
    expect((await small.invoke({ Records })).error).toMatchObject({ errorType: 'Runtime.OutOfMemory' });

    const chunks = await aws.open('Chunks');
    await chunks.invoke({ Records });
    await drain(chunks);
    expect(await statesOf('hungry')).toEqual(['complete']);
  }, 120_000);

  it('take back that a place was given up, when it is done after all', async () => {
    const spec = productionFields({ product: 'late' });
    const input = await aws.open('Input');
    await input.invoke({ Records: [upload(await putSpec(aws.inputs, spec, 'late.yaml'))] });
    const chunks = await aws.open('Chunks');
    await drain(chunks);
    // A second run that has nothing to do: the server here does not tell a first receipt from another one.
    const renamed = productionFields({ product: 'late', title: 'The same, by another name' });
    await input.invoke({ Records: [upload(await putSpec(aws.inputs, renamed, 'late.yaml'))] });
    const { current } = await readCurrent({ store: aws.store } as World, 'late');
    const place = { y: 0, x: 0 };
    const why = new TextEncoder().encode('{"code":"StoreFailure","message":"given up by hand"}');
    await aws.store.put(givenUpKey(current!.run, place), why);
    const item = messageOf(JSON.stringify({ kind: 'run', product: 'late', ...place }), 'late');
    await aws.store.delete('products/late/records/0/0/0/0.json');
    expect((await chunks.invoke({ Records: [item] })).payload).toEqual({ batchItemFailures: [] });
    expect(await aws.store.head(givenUpKey(current!.run, place))).toBeUndefined();
    expect(await statesOf('late')).toEqual(['complete', 'complete']);
  }, 120_000);

  it('keep and forget zones for whoever has a key', async () => {
    const api = await aws.open('Api', { environment: { [NAMES.writeKeys]: 'key' } });
    const path = '/products/production/zones/parcels';
    const feature = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [PARCEL] } };
    const body = JSON.stringify({ type: 'FeatureCollection', features: [feature] });
    const headers = { 'content-type': 'application/geo+json' };
    const put = (more = {}) => api.invoke({ ...get(path, { ...headers, ...more }, 'PUT'), body });
    expect((await put()).payload).toMatchObject({ statusCode: 401 });
    expect((await put({ 'x-api-key': 'key' })).payload).toMatchObject({ statusCode: 200 });
    const forgotten = await api.invoke(get(path, { 'x-api-key': 'key' }, 'DELETE'));
    expect(forgotten.payload).toMatchObject({ statusCode: 204 });
  }, 60_000);

  it('draw text with the fonts that were deployed', async () => {
    const api = await aws.open('Api');
    const { payload } = await api.invoke(get('/products/production/legend.png'));
    expect(payload).toMatchObject({ statusCode: 200, headers: { 'content-type': 'image/png' } });
  }, 60_000);

  it('paint WebP and GIF with what was deployed', async () => {
    const api = await aws.open('Api');
    for (const [path, type] of [
      ['preview/16x16.webp', 'image/webp'],
      ['animation.gif?max_size=16', 'image/gif'],
    ]) {
      const { payload } = await api.invoke(get(`/products/production/${path}`));
      expect(payload, path).toMatchObject({ statusCode: 200, headers: { 'content-type': type } });
    }
  }, 60_000);

  it('take what has no JavaScript of its own from packages of the versions that were tested', () => {
    const code = deploy.plan.codeOf(deploy.lambda('Api'));
    const installed = JSON.parse(readFileSync(join(code, 'package.json'), 'utf8')).dependencies;
    const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(Object.keys(installed).sort()).toEqual(['@jsquash/webp', '@resvg/resvg-js', 'dejavu-fonts-ttf']);
    for (const name of Object.keys(installed)) expect(installed[name], name).toBe(dependencies[name]);
  });

  // last: it looks back at all that was asked
  it('ask for nothing that their roles do not allow', () => {
    expect(aws.refused()).toEqual([]);
  });
});

/** A ring within the product of three pixels by three. */
const PARCEL = [
  [10.1, 47.4],
  [10.6, 47.4],
  [10.6, 47.9],
  [10.1, 47.9],
  [10.1, 47.4],
];

/** How the runs of a product ended. */
async function statesOf(product: string): Promise<string[]> {
  const states: string[] = [];
  for await (const { key } of aws.store.list('runs/2')) {
    if (!key.endsWith(`/run.json`) || !key.includes(`-${product}-`)) continue;
    states.push(JSON.parse(new TextDecoder().decode((await aws.store.get(key))!.bytes)).state);
  }
  return states;
}
