import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { limitsOf } from '../../functions/api/options.ts';
import { prepareReduction } from '../../functions/api/reduction/reduce.ts';
import { readBody } from '../../functions/api/reduction/request.ts';
import { LocalReductions } from '../../functions/api/reduction-runs/local.ts';
import { splitReduction } from '../../functions/api/reduction-runs/split.ts';
import { KEPT_DAYS, sweepReductions } from '../../functions/api/reduction-runs/sweep.ts';
import { Shelf } from '../../functions/api/shelf.ts';
import { onChunks } from '../../functions/on-chunks.ts';
import { StoreFailure } from '../../lib/errors.ts';
import type { DeadLetter, EventWorld, Item } from '../../lib/job/queue.ts';
import type { Store } from '../../lib/store/store.ts';
import { tinyWorld } from '../helpers/tiny-product.ts';
import { box } from './asked.ts';
import { appOver, COUNTRY, countryStore, post } from './served.ts';

const RUNS = '/products/tiny/reductions/runs';
const { west, north, rows, cols, pixel } = COUNTRY;
const [east, south] = [west + cols * pixel, north - rows * pixel];

const feature = (geometry: unknown, properties: object = {}) => ({ type: 'Feature', properties, geometry });
const BODY = {
  zones: {
    type: 'FeatureCollection',
    features: [
      feature(box(west, south, east, north), { id: 'all', colour: 'red' }),
      feature(null, { id: 'nothing' }),
      feature(box(11.03, 45.1, 12.34, 46.7), { id: 'some' }),
      feature(box(-20, 0, -19, 1), { id: 'elsewhere' }),
    ],
  },
  variables: ['npp_a', 'rh_a', 'nep_a'],
  statistics: ['mean', 'total', 'quantiles'],
};

interface Status {
  readonly run: string;
  readonly state: string;
  readonly progress: { done: number; parts: number; zones: number };
  readonly links: { rel: string; href: string }[];
}

let store: Store;
beforeAll(async () => {
  store = await countryStore();
});

const json = async (response: Response | Promise<Response>) =>
  (await (await response).json()) as Record<string, unknown>;
const statusOf = async (app: Api, run: string) =>
  (await json(app.request(`${RUNS}/${run}`))) as unknown as Status;

/** An app whose queue is ours to work off. */
function queued(over: Store) {
  const items: Item[] = [];
  const app = appOver(over, {
    auth: { loopback: true },
    queue: { send: async (sent) => void items.push(...sent) },
  });
  return { app, items };
}

async function begin(app: Api, body: unknown = BODY): Promise<Status> {
  const response = await app.request(RUNS, post(body));
  expect(response.status, await response.clone().text()).toBe(202);
  const status = (await response.json()) as Status;
  expect(response.headers.get('location')).toBe(status.links[0]!.href);
  return status;
}

/** The handlers of the queue, as AWS runs them. */
function eventWorld(over: Store, dead: DeadLetter[] = []): EventWorld {
  return {
    ...tinyWorld(over, over),
    queue: { send: async () => {} },
    dead: { send: async (letters) => void dead.push(...letters) },
    memoryLimit: 2 ** 30,
    tries: 2,
    patience: 1e6,
  };
}
const deliver = (over: Store, items: readonly Item[], attempt = 1, dead?: DeadLetter[]) =>
  onChunks(
    eventWorld(over, dead),
    items.map((item, i) => ({ id: String(i), item, attempt })),
  );

describe('a reduction behind the request', () => {
  it('comes to the very numbers of the request that waits, in every form', async () => {
    const app = appOver(store, { auth: { loopback: true } });
    const { run } = await begin(app);
    await expect.poll(async () => (await statusOf(app, run)).state, { timeout: 300_000 }).toBe('done');
    const { links } = await statusOf(app, run);
    expect(links.map(({ rel }) => rel)).toEqual(['self', 'result']);
    const waited = await json(app.request('/products/tiny/reductions', post(BODY)));
    const fetched = await json(app.request(`${RUNS}/${run}/result`));
    expect(fetched.zones).toEqual(waited.zones);
    expect(fetched.totals).toEqual(waited.totals);
    expect(fetched.counts).toEqual({ ok: 2, invalid: 1, outside: 1 });
    for (const f of ['csv', 'ndjson', 'geojson'] as const) {
      const [a, b] = await Promise.all([
        app.request(`${RUNS}/${run}/result?f=${f}`),
        app.request('/products/tiny/reductions', post({ ...BODY, f })),
      ]);
      expect(a.headers.get('content-type')).toBe(b.headers.get('content-type'));
      if (f === 'csv') expect(await a.text()).toBe(await b.text());
      if (f === 'geojson')
        expect(((await a.json()) as { features: unknown }).features).toEqual(
          ((await b.json()) as { features: unknown }).features,
        );
    }
    const parquet = await app.request(`${RUNS}/${run}/result?f=parquet`);
    expect(
      Buffer.from(await parquet.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
  });

  it('is done by the workers of the queue, in any order, twice and by two at once', async () => {
    const own = await countryStore();
    const { app, items } = queued(own);
    const { run, progress, state } = await begin(app, { ...BODY, time: '2021' });
    expect([state, progress]).toEqual(['waiting', { done: 0, parts: items.length, zones: 4 }]);
    const early = await app.request(`${RUNS}/${run}/result`);
    expect([early.status, early.headers.get('retry-after')]).toEqual([409, '2']);
    const both = await Promise.all([deliver(own, [...items].reverse()), deliver(own, items)]);
    expect(both).toEqual([{ again: [] }, { again: [] }]);
    expect((await statusOf(app, run)).state).toBe('done');
    const waited = await json(app.request('/products/tiny/reductions', post({ ...BODY, time: '2021' })));
    expect((await json(app.request(`${RUNS}/${run}/result`))).zones).toEqual(waited.zones);
  });

  it('is taken up again by the process that comes after one that died', async () => {
    const own = await countryStore();
    const { app } = queued(own); // whose queue nobody works off
    const { run } = await begin(app);
    const next = new LocalReductions(tinyWorld(own, own), limitsOf({}));
    expect(await next.resume()).toBe(1);
    await next.idle();
    expect((await statusOf(app, run)).state).toBe('done');
    expect(await next.resume()).toBe(0);
  });

  it('says of the zones of a part that nobody can do why, and keeps the others', async () => {
    const own = await countryStore();
    const broken: Store = {
      ...own,
      get: (key, options) =>
        /npp_a\/c\//.test(key) ? Promise.reject(new StoreFailure('no', true)) : own.get(key, options),
    };
    const { app, items } = queued(own);
    const { run } = await begin(app, { ...BODY, time: '2021' });
    const dead: DeadLetter[] = [];
    expect((await deliver(broken, items, 1, dead)).again).toHaveLength(items.length);
    expect((await deliver(broken, items, 2, dead)).again).toEqual([]);
    expect(dead).toHaveLength(items.length);
    const { zones, counts } = (await json(app.request(`${RUNS}/${run}/result`))) as {
      zones: { status: string; reason: string }[];
      counts: Record<string, number>;
    };
    expect(counts.failed).toBeGreaterThan(0);
    expect(zones.find(({ status }) => status === 'failed')!.reason).toContain('store did not answer');
  });

  it('says so when the product was made anew meanwhile', async () => {
    const own = await countryStore();
    const { app, items } = queued(own);
    const { run } = await begin(app);
    const key = 'products/tiny/product.json';
    const accepted = JSON.parse(Buffer.from((await own.get(key))!.bytes).toString());
    await own.put(key, Buffer.from(JSON.stringify({ ...accepted, digest: 'another' })));
    await deliver(own, items);
    const { zones } = (await json(app.request(`${RUNS}/${run}/result`))) as { zones: { reason: string }[] };
    expect(zones[0]!.reason).toMatch(/made anew/);
  });

  it('is stopped and forgotten on request', async () => {
    const own = await countryStore();
    const { app, items } = queued(own);
    const { run } = await begin(app);
    expect((await app.request(`${RUNS}/${run}`, { method: 'DELETE' })).status).toBe(204);
    expect((await app.request(`${RUNS}/${run}`)).status).toBe(404);
    expect((await deliver(own, items)).again).toEqual([]);
    const left: string[] = [];
    for await (const { key } of own.list('products/tiny/reductions/')) left.push(key);
    expect(left).toEqual([]);
  });

  it('is removed thirty days after it was asked for, but never while it is under way', async () => {
    const own = await countryStore();
    const { app, items } = queued(own);
    const [done, cut] = [await begin(app), await begin(app)];
    await deliver(own, items);
    const underWay = await begin(app);
    expect((await statusOf(app, done.run)).state).toBe('done');
    await own.delete(`products/tiny/reductions/${cut.run}/asked.json`); // a removal that did not come to its end
    const left = async (): Promise<string[]> => {
      const runs = new Set<string>();
      for await (const { key } of own.list('products/tiny/reductions/')) runs.add(key.split('/')[3]!);
      return [...runs].sort();
    };
    const world = tinyWorld(own, own);
    const now = world.now();
    const sweepAfter = (days: number) =>
      sweepReductions({ ...world, now: () => now + days * 86_400_000 }, 'tiny');
    expect(await sweepAfter(KEPT_DAYS - 1)).toEqual([]);
    expect(await left()).toEqual([done.run, cut.run, underWay.run].sort());
    expect((await sweepAfter(KEPT_DAYS + 1)).sort()).toEqual([done.run, cut.run].sort());
    expect(await sweepAfter(1000)).toEqual([]);
    expect(await left()).toEqual([underWay.run]);
    expect((await app.request(`${RUNS}/${done.run}`)).status).toBe(404);
  });

  it('needs the right to write, and is offered to whom a request is too large', async () => {
    const closed = appOver(store);
    expect((await closed.request(RUNS, post(BODY))).status).toBe(403);
    const small = appOver(store, { auth: { loopback: true }, limits: { cells: 10 } });
    const refused = await json(small.request('/products/tiny/reductions', post(BODY)));
    expect(refused).toMatchObject({ status: 413, limit: { name: 'cells', allowed: 10, instead: RUNS } });
    expect(refused.detail).toContain(`POST it to ${RUNS}`);
    const { run } = await begin(small);
    await expect.poll(async () => (await statusOf(small, run)).state, { timeout: 300_000 }).toBe('done');
  });
});

describe('the parts of a reduction', () => {
  const planOf = async (body: object) => {
    const world = tinyWorld(store, store);
    const product = await new Shelf().open(world, 'tiny');
    return prepareReduction(world, limitsOf({}), product, readBody({ ...BODY, ...body }, {}));
  };

  it('hold every zone and step once, whatever a part may hold', async () => {
    for (const body of [{}, { over: 'sum' }, { variables: ['npp'] }]) {
      const plan = await planOf(body);
      for (const partCells of [1, 100, 1e9]) {
        for (const partRows of [1, 7, 1e6]) {
          const parts = splitReduction(plan, { partCells, partRows });
          const cells = parts.flatMap(({ zones, range }) =>
            zones.flatMap((zone) =>
              Array.from({ length: range.t1 - range.t0 }, (_, i) => `${zone}@${range.t0 + i}`),
            ),
          );
          const steps = plan.range.t1 - plan.range.t0;
          expect(new Set(cells).size).toBe(cells.length);
          expect(cells).toHaveLength(4 * steps);
          if ('over' in body) for (const { range } of parts) expect(range).toEqual(plan.range);
        }
      }
    }
  });

  it('put together again are the whole, where the steps of a zone were done apart', async () => {
    const own = await countryStore();
    const { app, items } = queued(own);
    const { run } = await begin(app, { ...BODY, variables: ['npp'] });
    const key = `products/tiny/reductions/${run}/asked.json`;
    const asked = JSON.parse(Buffer.from((await own.get(key))!.bytes).toString());
    const parts = splitReduction(await planOf({ variables: ['npp'] }), { partCells: 1000, partRows: 5 });
    expect(parts.length).toBeGreaterThan(8);
    await own.put(key, Buffer.from(JSON.stringify({ ...asked, parts })));
    await deliver(
      own,
      parts.map((_, part) => ({ ...(items[0] as Extract<Item, { kind: 'reduce' }>), part })),
    );
    const waited = await json(
      app.request('/products/tiny/reductions', post({ ...BODY, variables: ['npp'] })),
    );
    expect((await json(app.request(`${RUNS}/${run}/result`))).zones).toEqual(waited.zones);
  });
});
