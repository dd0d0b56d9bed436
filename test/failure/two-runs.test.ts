import { beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../lib/job/finish.ts';
import type { Spec } from '../../lib/job/spec.ts';
import { startRun } from '../../lib/job/start.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { noise, putComposite, putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  quickSpec,
  runPlanned,
  runTiny,
  stateOf,
  tinySources,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { unevenStore } from '../helpers/uneven-store.ts';

const small = tinyInputs({ rows: 4, cols: 6, perMonth: 1 });
const specOf = (days: 30 | 'actual', patch = {}): Spec =>
  quickSpec({
    outputs: ['nep', 'nep_a', 'npp'],
    params: { fpar: { range: 'table' }, rh: { days }, stress: { k: days === 30 ? 1.184 : 1.1814 } },
    sources: tinySources({
      vegtype: { constant: 'crop' },
      ndvi: { files: 'ndvi/ndvi_{YYYY}{DDD}.tif', composite: { period: 16 } },
    }),
    ...patch,
  });
const published = specOf(30);
const calendar = specOf('actual');

let files: Store;
let ofPublished: Record<string, string>;
let ofCalendar: Record<string, string>;

beforeAll(async () => {
  files = memoryStore('inputs');
  await putTinyInputs(files, small);
  ofPublished = await cleanState(published);
  ofCalendar = await cleanState(calendar);
});

async function cleanState(spec: Spec): Promise<Record<string, string>> {
  const world = tinyWorld(files);
  await runTiny(world, spec);
  return stateOf(world.store);
}

type End = RunSummary | { code: string };

/** Runs at once, each with its own delays; the later ones begin a little later. */
function race(store: Store, specs: readonly Spec[], seed: number): Promise<End[]> {
  return Promise.all(
    specs.map(async (spec, i) => {
      const world = tinyWorld(files, unevenStore(store, 100 * seed + i));
      const planned = await planTiny(world, spec);
      const pause = Math.floor(i * 400 * noise(seed, 9));
      for (let n = 0; n < pause; n++) await new Promise((resolve) => setImmediate(resolve));
      return runPlanned(world, planned, 2).catch((error) => {
        if (!error.code) throw error;
        return error as { code: string };
      });
    }),
  );
}

describe('two runs of one product at once', () => {
  it('from the same spec both end complete, in the bytes of one', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const store = memoryStore();
      const ends = await race(store, [published, published], seed);
      expect(
        ends.map((end) => ('state' in end ? end.state : end.code)),
        `seed ${seed}`,
      ).toEqual(['complete', 'complete']);
      expect(await stateOf(store)).toEqual(ofPublished);
    }
  });

  it('from different specs leave the later one, whole, and the other says that it gave way', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 48; seed++) {
      const store = memoryStore();
      const ends = await race(store, [published, calendar], seed);
      const told = ends.map((end) => ('state' in end ? end.state : end.code));
      outcomes.add(told.join(' '));
      await expectNoMixture(store, `seed ${seed}: ${told}`);
      const winner = await acceptedIn(store);
      expect(told[winner === ofPublished ? 0 : 1], `seed ${seed}: ${told}`).toBe('complete');
      expect(await stateOf(store), `seed ${seed}: ${told}`).toEqual(winner);
      await runTiny(tinyWorld(files, store), calendar);
      expect(await stateOf(store), `seed ${seed}: the next run makes it whole`).toEqual(ofCalendar);
    }
    expect([...outcomes], 'a race was met').toContain('Conflict complete');
  }, 60_000);

  it('where one is overtaken while it writes a chunk, leave that chunk unrecorded', async () => {
    const store = memoryStore();
    const later = await planTiny(tinyWorld(files, store), calendar);
    const overtaken: Store = {
      ...store,
      async put(key, bytes, options) {
        const head = await store.put(key, bytes, options);
        if (key.includes('/state/wetness/0/')) await startRun(tinyWorld(files, store), later);
        return head;
      },
    };
    const end = runTiny(tinyWorld(files, overtaken), published);
    await expect(end).rejects.toMatchObject({
      code: 'Conflict',
      message: expect.stringContaining('accepted anew with another spec'),
    });
    const left = Object.keys(await stateOf(store));
    expect(left, 'its shards may stay').toContain('products/tiny/data.zarr/0/nep/c/0/0/0');
    expect(left.filter((key) => key.includes('/records/'))).toEqual([]);
    await runTiny(tinyWorld(files, store), calendar);
    expect(await stateOf(store)).toEqual(ofCalendar);
  });

  it('on another grid are refused by name, and the first is left alone', async () => {
    const store = memoryStore();
    const other = specOf(30, { grid: { like: 'ndvi', shard: [2, 4], chunk: [2, 4] } });
    for (let seed = 1; seed <= 5; seed++) {
      const ends = await race(store, [published, other], seed);
      expect(ends.map((end) => ('state' in end ? end.state : end.code)).toSorted()).toContain('GridMismatch');
    }
    const accepted = JSON.parse(
      new TextDecoder().decode((await store.get('products/tiny/product.json'))!.bytes),
    );
    expect(await stateOf(store)).toEqual(await cleanState(accepted.spec));
  });

  it('of inputs that changed in between end as the newer inputs have it', async () => {
    const store = memoryStore();
    const before = small.composites[5]!;
    const older = await planTiny(tinyWorld(files, store), published);
    try {
      await putComposite(files, small, { ...before, ndvi: before.ndvi.map((v) => (v > 0 ? v - 900 : v)) });
      const expected = await cleanState(published);
      const newer = await planTiny(tinyWorld(files, store), published);
      const run = (planned: typeof older, seed: number) =>
        runPlanned(tinyWorld(files, unevenStore(store, seed)), planned, 2).catch((error) => error.code);
      const ends = await Promise.all([run(older, 1), run(newer, 2)]);
      expect(ends[0]).toBe('StaleInput');
      expect((await runTiny(tinyWorld(files, store), published)).state).toBe('complete');
      expect(await stateOf(store)).toEqual(expected);
    } finally {
      await putComposite(files, small, before);
    }
  });
});

async function acceptedIn(store: Store): Promise<Record<string, string>> {
  const key = 'products/tiny/product.json';
  return (await stateOf(store, key))[key] === ofPublished[key] ? ofPublished : ofCalendar;
}

/** Every record that is there speaks of shards that are all its own, whichever spec it is of. */
async function expectNoMixture(store: Store, what: string): Promise<void> {
  const left = await stateOf(store);
  for (const key of Object.keys(left).filter((name) => name.includes('/records/0/'))) {
    const clean = [ofPublished, ofCalendar].find((state) => state[key] === left[key]);
    expect(clean, `${what}: ${key} is of one of the two`).toBeDefined();
    const [t, y, x] = /records\/0\/(\d)\/(\d)\/(\d)/.exec(key)!.slice(1);
    for (const name of ['data.zarr/0/nep/c', 'data.zarr/0/nep_a/c', 'data.zarr/0/npp/c', 'state/wetness']) {
      const shard = `products/tiny/${name}/${t}/${y}/${x}`;
      expect(left[shard], `${what}: ${shard}`).toBe(clean![shard]);
    }
  }
}
