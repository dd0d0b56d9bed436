import { beforeEach, describe, expect, it } from 'vitest';
import { type Message, takeInput, takeItems } from '../../functions/messages.ts';
import { onFinish } from '../../functions/on-finish.ts';
import { StoreFailure } from '../../lib/errors.ts';
import { follow, wantedProduct } from '../../lib/job/follow.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';
import { type EventPlatform, eventPlatform } from '../helpers/event-platform.ts';
import { productionFields, putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';
import { fail, faultyStore } from '../helpers/faulty-store.ts';

const PLACE = { bucket: 'maps', prefix: 'in' };
let inputs: Store;
let platform: EventPlatform;

beforeEach(async () => {
  inputs = await putEventInputs(memoryStore('s3://maps/in'));
  await putSpec(inputs, respirationFields());
  platform = eventPlatform(inputs);
});

const created = (key: string, bucket = 'maps', eventName = 'ObjectCreated:Put') =>
  JSON.stringify({ Records: [{ eventName, s3: { bucket: { name: bucket }, object: { key } } }] });

const message = (body: string, attempt = 1): Message => ({ id: 'a', body, attempt });

const started = async () => (await collect(platform.world.store.list('runs/journal/'))).length;

describe('a notification', () => {
  it('of an object of the inputs starts what reads it; a key may be written in percent or plainly', async () => {
    expect(await takeInput(platform.world, PLACE, [message(created('in/specs%2Fspec.yaml'))])).toEqual({
      again: [],
    });
    expect(await started()).toBe(1);
  });

  it.each([
    ['a test of S3', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'maps' })],
    ['a deletion', created('in/specs/spec.yaml', 'maps', 'ObjectRemoved:Delete')],
    ['another bucket', created('in/specs/spec.yaml', 'other')],
    ['another prefix', created('inner/specs/spec.yaml')],
    ['a key that leads out', created('in/../specs/spec.yaml')],
    ['a key that leads out, in percent', created('in/%2e%2e/specs/spec.yaml')],
    ['a key with a NUL', created('in/specs/spec.yaml%00')],
    ['a key of half a character', created('in/specs/%E0%A4')],
    ['an object without a name', JSON.stringify({ Records: [{ s3: { bucket: { name: 'maps' } } }] })],
    ['nothing', JSON.stringify({ Records: [null, 1, {}] })],
  ])('of %s is ignored with a line in the log, and does not come again', async (_title, body) => {
    expect(await takeInput(platform.world, PLACE, [message(body)])).toEqual({ again: [] });
    expect(platform.logged.join()).toMatch(/ignored/);
    expect(platform.dead).toEqual([]);
    expect(await started()).toBe(0);
  });

  it.each([
    ['no JSON', 'hello', /is not JSON/],
    ['of something else', '{"a":1}', /no notification of S3/],
    ['null', 'null', /no notification of S3/],
    ['longer than a queue holds', 'x'.repeat(2 ** 20 + 1), /1048577 characters/],
    ['half a dead letter', '{"body":"', /SyntaxError/],
  ])('that is %s goes to the dead letters at once, with the reason', async (_title, body, reason) => {
    expect(await takeInput(platform.world, PLACE, [message(body)])).toEqual({ again: [] });
    expect(platform.dead).toHaveLength(1);
    expect(platform.dead[0]!.reason).toMatch(reason);
    expect(platform.dead[0]!.body.length).toBeLessThanOrEqual(64 * 1024);
  });

  it('among broken ones is heard all the same', async () => {
    const messages = [
      { id: 'broken', body: '{', attempt: 1 },
      { id: 'good', body: created('in/specs/spec.yaml'), attempt: 1 },
    ];
    expect(await takeInput(platform.world, PLACE, messages)).toEqual({ again: [] });
    expect(await started()).toBe(1);
    expect(platform.dead).toHaveLength(1);
  });

  it('without credentials comes again, and after its tries goes to the dead letters, which say why', async () => {
    const refused = fail(new StoreFailure('no AWS credentials were found.', false));
    const { store } = faultyStore(inputs, [{ on: 'list', fault: refused }]);
    const world = { ...platform.world, inputs: store };
    const body = created('in/specs/spec.yaml');
    for (const attempt of [1, 2, 3, 4]) {
      expect(await takeInput(world, PLACE, [message(body, attempt)])).toEqual({ again: ['a'] });
    }
    expect(await takeInput(world, PLACE, [message(body, 5)])).toEqual({ again: [] });
    expect(platform.dead).toEqual([{ body, reason: 'StoreFailure: no AWS credentials were found.' }]);
    // Put back into the queue as it lies there, it is understood.
    const letter = JSON.stringify(platform.dead[0]);
    expect(await takeInput(platform.world, PLACE, [message(letter)])).toEqual({ again: [] });
    expect(await started()).toBe(1);
  });
});

describe('an item', () => {
  const item = (more: object = {}) => JSON.stringify({ kind: 'run', product: 'soil', y: 0, x: 0, ...more });

  it.each([
    ['no JSON', '<xml/>'],
    ['of an unknown kind', item({ kind: 'delete' })],
    ['with a product that leads out', item({ product: '../soil' })],
    ['with a place that is no number', item({ y: '0' })],
    ['with a negative place', item({ y: -1 })],
    ['with half a place', item({ x: 0.5 })],
    ['with more than it should say', item({ run: 'r' })],
    ['much too long', item({ product: 'x'.repeat(100_000) })],
  ])('%s goes to the dead letters at once', async (_title, body) => {
    expect(await takeItems(platform.world, [message(body)])).toEqual({ again: [] });
    expect(platform.dead[0]!.reason).toMatch(/^BadRequest: message/);
  });

  it.each([
    ['of a product that nobody keeps', item({ product: 'other' })],
    ['of a place that is not on the map', item({ y: 700 })],
  ])('%s is ignored', async (_title, body) => {
    await takeInput(platform.world, PLACE, [message(created('in/specs/spec.yaml'))]);
    expect(await takeItems(platform.world, [message(body)])).toEqual({ again: [] });
    expect(platform.logged.at(-1)).toMatch(/item ignored/);
    expect(platform.dead).toEqual([]);
  });

  it('that fails for as long as it is tried leaves its run incomplete, because of what it failed with', async () => {
    await takeInput(platform.world, PLACE, [message(created('in/specs/spec.yaml'))]);
    const broken = fail(new StoreFailure('put rh/c/0/0/0: 403 AccessDenied.', false));
    const { store } = faultyStore(platform.world.store, [{ on: 'put', key: 'rh/c/0/0/0', fault: broken }]);
    const world = { ...platform.world, store };
    for (const waiting of platform.waiting.splice(0)) {
      while (!(await platform.deliver(waiting, world))) expect(waiting.attempt).toBeLessThan(5);
    }
    expect(platform.dead.map(({ reason }) => reason)).toEqual([
      'StoreFailure: put rh/c/0/0/0: 403 AccessDenied.',
    ]);
    const [journal] = await collect(platform.world.store.list('runs/journal/'));
    const run = journal!.key.replace('journal/', '').replace('.json', '/run.json');
    const summary = JSON.parse(new TextDecoder().decode((await platform.world.store.get(run))!.bytes));
    expect(summary).toMatchObject({
      state: 'incomplete',
      chunks: { computed: 3, unrecorded: 1 },
      because: [{ chunk: '2021 at 0/0', reason: 'StoreFailure: put rh/c/0/0/0: 403 AccessDenied.' }],
    });
    // Redriven, once the cause is gone: a run of what is lacking, and of nothing else.
    await follow(platform.world, (await wantedProduct(platform.world, 'soil'))!, { force: true });
    expect(platform.waiting.map((each) => 'item' in each && each.item)).toEqual([
      { kind: 'run', product: 'soil', y: 0, x: 0 },
    ]);
    await platform.drain();
    expect(await onFinish(platform.world)).toEqual({ started: [], underWay: [], ended: [], stale: [] });
  });

  it('whose worker dies without a word is sent again by sweeps, and given up after three sendings', async () => {
    await takeInput(platform.world, PLACE, [message(created('in/specs/spec.yaml'))]);
    for (let sending = 0; sending < 3; sending++) {
      expect(platform.waiting).toHaveLength(4);
      platform.waiting.length = 0;
      await platform.sweep();
    }
    const summary = await summaryOfRun();
    expect(summary).toMatchObject({ state: 'incomplete', chunks: { unrecorded: 4 } });
    expect(summary.because[0].reason).toMatch(/sent 3 times and never answered/);
  });

  it('that was to be counted ends the run when it is given up, and a redriven run ends complete', async () => {
    await putSpec(inputs, productionFields());
    await takeInput(platform.world, PLACE, [message(created('in/specs/spec.yaml'))]);
    for (let sending = 0; sending < 3; sending++) {
      platform.waiting.length = 0;
      await platform.sweep();
    }
    const summary = await summaryOfRun();
    expect(summary).toMatchObject({ state: 'incomplete', chunks: { unrecorded: 4 } });
    expect(summary.because[0]).toMatchObject({ chunk: 'the statistic of the whole region' });
    expect(platform.waiting).toEqual([]);
    const wanted = await wantedProduct(platform.world, 'production');
    await follow(platform.world, wanted!, { force: true });
    await platform.drain();
    expect(await summaryOfRun()).toMatchObject({ state: 'complete', because: [] });
  });
});

/** How the newest run ended. */
async function summaryOfRun() {
  const journal = (await collect(platform.world.store.list('runs/journal/'))).at(-1)!;
  const run = journal.key.replace('journal/', '').replace('.json', '/run.json');
  return JSON.parse(new TextDecoder().decode((await platform.world.store.get(run))!.bytes));
}
