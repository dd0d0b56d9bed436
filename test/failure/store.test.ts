import { beforeAll, describe, expect, it } from 'vitest';
import { StoreFailure } from '../../lib/errors.ts';
import { encodeJson } from '../../lib/job/record.ts';
import type { Planned } from '../../lib/job/start.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import {
  Died,
  dieAfter,
  dieBefore,
  diskFull,
  fail,
  faultyStore,
  loseAnswer,
  type Rule,
  unavailable,
} from '../helpers/faulty-store.ts';
import { putComposite, putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  quickSpec,
  runPlanned,
  runTiny,
  stateOf,
  tinySources,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

/** Two columns of two years and the chunk above them: all that a run does, in as few puts as it can be done. */
const small = tinyInputs({ rows: 4, cols: 6, perMonth: 1 });
const spec = quickSpec({
  outputs: ['nep', 'nep_a'],
  sources: tinySources({
    vegtype: { constant: 'crop' },
    ndvi: { files: 'ndvi/ndvi_{YYYY}{DDD}.tif', composite: { period: 16 } },
  }),
});

let files: Store;
let expected: Record<string, string>;
let puts: string[];

beforeAll(async () => {
  files = memoryStore('inputs');
  await putTinyInputs(files, small);
  const product = watchedStore(memoryStore());
  await runTiny(tinyWorld(files, product.store), spec);
  puts = product.take().filter((request) => request.startsWith('put '));
  expected = await stateOf(product.store);
});

/** A first run over a store that fails, then another over what it left. */
async function runTwice(
  rules: readonly Rule[],
  before?: Store,
): Promise<{ first: unknown; struck: readonly string[] }> {
  const inner = before ?? memoryStore('product');
  const { store, struck } = faultyStore(inner, rules);
  const first = await runTiny(tinyWorld(files, store), spec).catch((error) => error);
  const second = await runTiny(tinyWorld(files, inner), spec);
  expect(second.state).toBe('complete');
  expect(await stateOf(inner)).toEqual(expected);
  return { first, struck };
}

describe('a run that is killed', () => {
  it('between any two of its puts is finished by the next one, to the bytes of a clean run', async () => {
    expect(puts.length).toBeGreaterThan(70);
    const last: Rule = { on: 'put', nth: puts.length, fault: dieAfter };
    const before = puts.map((_, i): Rule => ({ on: 'put', nth: i + 1, fault: dieBefore }));
    for (const rule of [...before, last]) {
      const { first, struck } = await runTwice([rule]);
      expect(struck).toHaveLength(1);
      expect(first, `at ${struck[0]}`).toBeInstanceOf(Died);
    }
  });

  it('leaves no record whose shards are not all there', async () => {
    for (let nth = 1; nth <= puts.length; nth += 3) {
      const inner = memoryStore();
      const { store } = faultyStore(inner, [{ on: 'put', nth, fault: dieBefore }]);
      await runTiny(tinyWorld(files, store), spec).catch(() => {});
      const left = await stateOf(inner);
      for (const key of Object.keys(left).filter((name) => name.includes('/records/'))) {
        const [level, t, y, x] = /records\/(\d)\/(\d)\/(\d)\/(\d)/.exec(key)!.slice(1);
        for (const name of ['nep', 'nep_a']) {
          const shard = `products/tiny/data.zarr/${level}/${name}/c/${t}/${y}/${x}`;
          expect(left[shard], `${shard} of ${key}`).toBe(expected[shard]);
        }
      }
    }
  });

  it('while a changed input is computed again ends right, also when the input goes back to what it was', async () => {
    const first = memoryStore();
    await runTiny(tinyWorld(files, first), spec);
    const changed = small.composites[6]!;
    const other = { ...changed, ndvi: changed.ndvi.map((v) => (v > 0 ? v - 1500 : v)) };
    const recompute = watchedStore(await copyOf(first));
    try {
      await putComposite(files, small, other);
      await runTiny(tinyWorld(files, recompute.store), spec);
      const requests = recompute.take().filter((r) => /^(put|delete) products/.test(r));
      // Two chunks, and the one above them as often as one of them was done.
      expect(requests.filter((r) => r.startsWith('delete '))).toHaveLength(4);
      const kinds = { put: 0, delete: 0 };
      for (const request of requests) {
        const on = request.startsWith('put ') ? 'put' : 'delete';
        const nth = ++kinds[on];
        await putComposite(files, small, other);
        const inner = await copyOf(first);
        const { store, struck } = faultyStore(inner, [{ on, nth, key: /^products/, fault: dieAfter }]);
        await expect(runTiny(tinyWorld(files, store), spec)).rejects.toBeInstanceOf(Died);
        expect(struck).toEqual([request]);
        await putComposite(files, small, changed);
        await runTiny(tinyWorld(files, inner), spec);
        expect(await stateOf(inner), `killed at ${request}`).toEqual(expected);
      }
    } finally {
      await putComposite(files, small, changed);
    }
  });
});

async function copyOf(store: Store): Promise<Store> {
  const copy = memoryStore(store.name);
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key))!.bytes);
  return copy;
}

const places = [
  'product.json',
  'data.zarr/zarr.json',
  'prepared/ndvi-limits/0/0/1',
  'prepared/ndvi-limits/1.json',
  'data.zarr/0/nep/c/1/0/0',
  'state/wetness',
  'records/0/0/0/0',
  'data.zarr/1/nep_valid_area/c',
  'records/1/0/0/0',
  'tasks.json',
  'receipts',
  'run.json',
];

describe('a store that fails in passing', () => {
  it.each([
    ['says 503 once', unavailable],
    ['loses the answer to a put', loseAnswer],
  ])('and %s, at any stage, costs another try and nothing else', async (_what, fault) => {
    await Promise.all(
      places.map(async (key) => {
        const { first, struck } = await runTwice([{ on: 'put', key, nth: 1, fault }]);
        expect(struck).toHaveLength(1);
        expect(first, key).toMatchObject({ state: 'complete' });
      }),
    );
  });

  it('and says 503 to a read is asked again', async () => {
    for (const key of ['plan.json', 'product.json', 'prepared/', 'records/']) {
      const { first, struck } = await runTwice([{ on: 'get', key, nth: 1, fault: unavailable }]);
      expect(struck).toHaveLength(1);
      expect(first).toMatchObject({ state: 'complete' });
    }
  });

  it('for good ends the run as StoreFailure, and no chunk is called failed for it', async () => {
    const rules: Rule[] = [{ on: 'put', key: 'data.zarr/0/nep/c/1', fault: unavailable }];
    const inner = memoryStore();
    const { store } = faultyStore(inner, rules);
    const end = runTiny(tinyWorld(files, store), spec);
    await expect(end).rejects.toMatchObject({ code: 'StoreFailure', transient: true });
    await expectNoFailures(inner);
    await runTwice([], inner);
  });
});

describe('inputs that may not be read', () => {
  it('end the run as StoreFailure: it is no fact of a chunk, and is not written down', async () => {
    const refused = new StoreFailure(
      'inputs/era5.zarr: the server answered 403 AccessDenied (scripted).',
      false,
    );
    const inner = memoryStore();
    const { store: inputs } = faultyStore(files, [
      { on: 'get', key: /era5\.zarr\/e\/1/, fault: fail(refused) },
    ]);
    const world = { ...tinyWorld(files, inner), inputs };
    await expect(runTiny(world, spec)).rejects.toMatchObject({
      code: 'StoreFailure',
      message: expect.stringContaining('403'),
    });
    await expectNoFailures(inner);
    await runTwice([], inner);
  });
});

describe('the state that one year leaves to the next', () => {
  const [own, other] = ['products/tiny/state/wetness/0/0/0', 'products/tiny/state/wetness/0/0/1'];

  it.each([
    ['another one', async (store: Store) => void (await store.put(own, (await store.get(other))!.bytes))],
    ['gone', (store: Store) => store.delete(own)],
  ])('is made again when it is %s than was recorded, and so are the years after it', async (_, spoil) => {
    const inner = memoryStore();
    await runTiny(tinyWorld(files, inner), spec);
    const clean = await stateOf(inner);
    await inner.delete('products/tiny/records/0/1/0/0.json');
    await spoil(inner);
    expect((await runTiny(tinyWorld(files, inner), spec)).because).toEqual([]);
    expect(await stateOf(inner)).toEqual(clean);
  });

  it('is refused, and named, when its record is too old to say what it was', async () => {
    const inner = memoryStore();
    await runTiny(tinyWorld(files, inner), spec);
    await inner.delete('products/tiny/records/0/1/0/0.json');
    const key = 'products/tiny/records/0/0/0/0.json';
    const { objects: _, ...record } = JSON.parse(new TextDecoder().decode((await inner.get(key))!.bytes));
    await inner.put(key, encodeJson(record));
    const kept = (await inner.get(own))!.bytes;
    await inner.put(own, (await inner.get(other))!.bytes);
    const { because } = await runTiny(tinyWorld(files, inner), spec);
    expect(because).toEqual([
      {
        chunk: '2022 at 0/0',
        reason: expect.stringMatching(/state that 2021 left at 0\/0 is not the recorded one/),
      },
    ]);
    await inner.put(own, kept);
    expect((await runTiny(tinyWorld(files, inner), spec)).because).toEqual([]);
  });
});

describe('a full disk', () => {
  it('ends the run at once as StoreFailure that says so, loses nothing, and is gone on from with more room', async () => {
    for (const key of places) {
      const inner = memoryStore();
      const { store, struck } = faultyStore(inner, [{ on: 'put', key, fault: diskFull }]);
      const end = runTiny(tinyWorld(files, store), spec);
      await expect(end, key).rejects.toMatchObject({
        code: 'StoreFailure',
        transient: false,
        message: expect.stringContaining('no space left'),
      });
      expect(struck.length, 'no use in trying again').toBeLessThanOrEqual(2);
      await expectNoFailures(inner);
      await runTwice([], inner);
    }
  });

  it('leaves what an earlier run computed as it was', async () => {
    const inner = memoryStore();
    await runTiny(tinyWorld(files, inner), spec);
    const { store } = faultyStore(inner, [{ on: 'put', fault: diskFull }]);
    await expect(runTiny(tinyWorld(files, store), spec)).rejects.toMatchObject({ code: 'StoreFailure' });
    expect(await stateOf(inner)).toEqual(expected);
  });
});

async function expectNoFailures(store: Store): Promise<void> {
  for await (const { key } of store.list('products/tiny/records/')) {
    const { state } = JSON.parse(new TextDecoder().decode((await store.get(key))!.bytes));
    expect(state, key).toBe('computed');
  }
}

describe('a run that is done twice', () => {
  it('task by task, as a queue may deliver it, ends in the same bytes', async () => {
    const world = tinyWorld(files);
    const planned = await planTiny(world, spec);
    const doubled: Planned = { ...planned, plan: { ...planned.plan } };
    await runPlanned(world, doubled, 4);
    const watched = watchedStore(world.store);
    await runPlanned({ ...world, store: watched.store }, planned, 4);
    expect(keysOf(watched.take(), 'put').filter((key) => key.startsWith('products/'))).toEqual([]);
    expect(await stateOf(world.store)).toEqual(expected);
  });
});
