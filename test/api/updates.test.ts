import { describe, expect, it } from 'vitest';
import type { ProductNews } from '../../functions/api/product-news.ts';
import { NO_EFFORT } from '../../lib/job/cost.ts';
import { makeCurrent } from '../../lib/job/current.ts';
import { writeStep } from '../../lib/job/receipt.ts';
import { encodeJson } from '../../lib/job/record.ts';
import { writeJournal } from '../../lib/job/start.ts';
import { silentLog } from '../../lib/job/world.ts';
import { doneKey, recordKey, runKey, todoKey } from '../../lib/store/keys.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { watchedStore } from '../helpers/watched-store.ts';
import { appOver, countryStore, serveCountry } from './served.ts';

const PATH = '/products/tiny/updates';
const at = { t: 1, y: 2, x: 3 };

describe('news of a product', () => {
  it('costs listings alone, and is not sent again while nothing is new', async () => {
    const watched = watchedStore(await countryStore());
    const app = appOver(watched.store);
    const first = await app.request(PATH);
    const news = (await first.json()) as ProductNews;
    expect(news).toMatchObject({ recorded: 32, all: 32 });
    expect(Object.keys(news.marks!)).toHaveLength(32);
    expect(news.run).toBeUndefined();
    expect(watched.take().filter((asked) => /^get .*\/records\//.test(asked))).toEqual([]);
    const again = await app.request(PATH, { headers: { 'If-None-Match': first.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('names the chunks that were recorded anew, and knows of those of coarser levels', async () => {
    const { app, store } = await serveCountry();
    const ask = async () => (await (await app.request(PATH)).json()) as ProductNews;
    const touch = async (level: number, place: typeof at) => {
      const key = recordKey('tiny', level, place);
      const record = JSON.parse(new TextDecoder().decode((await store.get(key))!.bytes));
      await store.put(key, encodeJson({ ...record, digest: `${record.digest}x` }));
    };
    const before = await ask();
    await touch(0, at);
    const after = await ask();
    const changed = Object.keys(after.marks!).filter((place) => after.marks![place] !== before.marks![place]);
    expect(changed).toEqual(['1/2/3']);
    await touch(1, { t: 0, y: 0, x: 0 });
    const later = await ask();
    expect(later.marks).toEqual(after.marks);
    expect(new Set([before.version, after.version, later.version]).size).toBe(3);
  });

  it('tells how far a run has come, until it has ended', async () => {
    const { app, store } = await serveCountry();
    const now = Date.UTC(2026, 0, 1, 9);
    const ask = async () => ((await (await app.request(PATH)).json()) as ProductNews).run;
    const run = '20260101T090000-tiny-0a1b2c';
    const world = { store, inputs: store, now: () => now, log: silentLog };
    await writeJournal(world, '20260101T090000-tiny-north-0a1b2c', 'tiny-north');
    expect(await ask()).toBeUndefined();

    await writeJournal(world, run, 'tiny');
    const startedAt = new Date(now).toISOString();
    expect(await ask()).toEqual({ id: run, startedAt, stage: 'counting', done: 0 });

    await store.put(todoKey(run, 'run'), encodeJson({ places: 16, rows: [] }));
    for (const x of [0, 1, 2]) await store.put(doneKey(run, 'run', { y: 0, x }), encodeJson({}));
    expect(await ask()).toEqual({ id: run, startedAt, stage: 'computing', done: 3, of: 16 });

    await store.put(runKey(run), encodeJson({ state: 'complete' }));
    expect(await ask()).toBeUndefined();
  });

  it('tells of no run that another one got ahead of before it began', async () => {
    const { app, store } = await serveCountry();
    const now = Date.UTC(2026, 0, 1, 9);
    const world = { store, inputs: store, now: () => now, log: silentLog };
    const ask = async () => ((await (await app.request(PATH)).json()) as ProductNews).run?.id;
    const [first, second] = ['20260101T090000-tiny-0a1b2c', '20260101T090001-tiny-0a1b2d'];
    for (const run of [first, second]) await writeJournal(world, run, 'tiny');
    expect(await ask()).toBe(second);
    await makeCurrent(world, 'tiny', { run: first, plan: 'p' }, {});
    expect(await ask()).toBe(first);
    await store.put(runKey(first), encodeJson({ state: 'complete' }));
    expect(await ask()).toBeUndefined();
    await writeStep(world, second, 'plan', NO_EFFORT); // of the command line, which makes nothing current
    expect(await ask()).toBe(second);
  });

  it('is looked for once, however many ask', async () => {
    const watched = watchedStore(await countryStore());
    const app = appOver(watched.store, { freshMs: 60_000 });
    await app.request(PATH);
    watched.take();
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.request(PATH)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(watched.take()).toEqual([]);
  });

  it('lets states be counted again by listing, and reading what changed', async () => {
    const watched = watchedStore(await countryStore());
    const app = appOver(watched.store);
    const states = async () => (await (await app.request('/products/tiny/state')).json()) as object;
    const reads = () => watched.take().filter((asked) => /^get .*\/records\/0\//.test(asked));
    expect(await states()).toMatchObject({ all: 32, chunks: { computed: 32 }, complete: true });
    expect(reads()).toHaveLength(32);
    const key = recordKey('tiny', 0, at);
    const record = JSON.parse(new TextDecoder().decode((await watched.store.get(key))!.bytes));
    await watched.store.put(key, encodeJson({ ...record, state: 'failed' }));
    watched.take();
    expect(await states()).toMatchObject({ chunks: { computed: 31, failed: 1 }, complete: false });
    expect(reads()).toEqual([`get ${key}`]);
  });

  it('is no news of a product that is not there', async () => {
    const app = appOver(memoryStore('nothing'));
    expect((await app.request(PATH)).status).toBe(404);
  });
});
