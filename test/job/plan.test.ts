import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan, Task } from '../../lib/job/plan.ts';
import type { Planned } from '../../lib/job/start.ts';
import type { Store } from '../../lib/store/store.ts';
import { tiny, tinyFiles } from '../helpers/tiny-files.ts';
import { ndviKey, putComposite, qualityKey } from '../helpers/tiny-inputs.ts';
import { planTiny, tinyFields, tinySources, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';
import { watchedStore } from '../helpers/watched-store.ts';

let files: Store;
let planned: Planned;

beforeAll(async () => {
  files = await tinyFiles();
  planned = await planTiny(tinyWorld(files));
});

const digests = ({ plan }: { plan: Plan }): string[] => plan.tasks.flatMap(digestsOf);
const digestsOf = ({ windows }: Task): string[] => windows.map(({ digest }) => digest);
const counts = ({ plan }: { plan: Plan }): string[] =>
  plan.tasks.flatMap(({ windows }) => windows.map(({ countDigest }) => countDigest!));

async function planOver(change: (store: Store) => Promise<unknown>, patch = {}): Promise<Planned> {
  const store = await tinyFiles();
  await change(store);
  return planTiny(tinyWorld(store), tinySpec(patch));
}
const planWith = (patch: object): Promise<Planned> => planTiny(tinyWorld(files), tinySpec({ ...patch }));

/** By chunk, whether two plans have the same digest: `2021 0/0 …`. */
function differing(a: string[], b: string[]): number[] {
  return a.flatMap((digest, i) => (digest === b[i] ? [] : [i]));
}

describe('a plan', () => {
  it('has a column for each place of shards, and in it a window for each year', () => {
    expect(planned.plan.tasks.map(({ place }) => `${place.y}/${place.x}`)).toEqual([
      '0/0',
      '0/1',
      '1/0',
      '1/1',
    ]);
    for (const { windows } of planned.plan.tasks) expect(windows.map(({ t }) => t)).toEqual([0, 1]);
  });

  it('reads headers and listings only, and writes nothing', async () => {
    const inputs = watchedStore(files);
    const product = watchedStore(tinyWorld(files).store);
    await planTiny(tinyWorld(inputs.store, product.store));
    expect(product.take()).toEqual([]);
    const requests = inputs.take();
    expect(requests.filter((request) => /^get era5\.zarr\/(t2m|ssrd|tp|e|pev)\/\d/.test(request))).toEqual(
      [],
    );
    expect(requests.filter((request) => request.startsWith('list '))).toHaveLength(7);
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(planned.plan))).toEqual(planned.plan);
  });

  it('is the same for the same spec in another order of words', async () => {
    const fields = Object.fromEntries(Object.entries(tinyFields()).reverse());
    const sources = Object.fromEntries(Object.entries(tinySources()).reverse());
    const again = await planWith({ ...fields, sources });
    expect(digests(again)).toEqual(digests(planned));
    expect(counts(again)).toEqual(counts(planned));
  });

  it('says for each window a bound of the bytes that are read, and no object that is missing', () => {
    for (const { windows } of planned.plan.tasks) {
      for (const { bytes, missing } of windows) {
        expect(missing).toEqual([]);
        expect(bytes).toBeGreaterThan(0);
      }
    }
  });

  it('names the objects that should be there and are not, for the windows that need them', async () => {
    const { plan } = await planOver((store) => store.delete('era5.zarr/e/1.0.0'));
    const missing = plan.tasks.map(({ place, windows }) => [
      `${place.y}/${place.x}`,
      windows.map((w) => w.missing),
    ]);
    expect(missing).toEqual([
      ['0/0', [[], ['era5.zarr/e/1.0.0']]],
      ['0/1', [[], []]],
      ['1/0', [[], []]],
      ['1/1', [[], []]],
    ]);
  });
});

describe('the digest of a chunk', () => {
  it('is no other chunk’s', () => {
    expect(new Set(digests(planned)).size).toBe(8);
    expect(new Set(counts(planned)).size).toBe(8);
  });

  it('changes with an object that the chunk reads, in its year alone', async () => {
    const first = tiny.composites[3]!;
    const changed = { ...first, ndvi: first.ndvi.map((v) => v + 1) };
    const other = await planOver((store) => putComposite(store, tiny, changed));
    expect(differing(digests(planned), digests(other))).toEqual([0, 2, 4, 6]);
    expect(differing(counts(planned), counts(other))).toEqual([0, 2, 4, 6]);
  });

  it('changes with the quality of a composite', async () => {
    const first = tiny.composites[3]!;
    const changed = { ...first, reliability: first.reliability.map((v) => (v + 1) % 4) };
    const other = await planOver((store) => putComposite(store, tiny, changed));
    expect(differing(digests(planned), digests(other))).toEqual([0, 2, 4, 6]);
  });

  it('changes with a file that comes on top or goes, also where the month has others', async () => {
    const key = { year: 2022, startDoy: 15 };
    const other = await planOver(async (store) => {
      await store.delete(ndviKey(key));
      await store.delete(qualityKey(key));
    });
    expect(differing(digests(planned), digests(other))).toEqual([1, 3, 5, 7]);
  });

  it('does not change with objects that nobody reads', async () => {
    const other = await planOver(async (store) => {
      await store.put('ndvi/README.txt', new Uint8Array(3));
      await store.put('era5.zarr/t2m/99.9.9', new Uint8Array(3));
    });
    expect(digests(other)).toEqual(digests(planned));
  });

  it.each([
    ['a parameter', { params: { stress: { k: 1.19 } } }],
    [
      'what the numbers of a source mean',
      {
        sources: tinySources({
          solar: { zarr: 'era5.zarr', variable: 'ssrd', accumulation: 'monthly_total' },
        }),
      },
    ],
    ['the legend', { sources: tinySources({ vegtype: { file: 'classes.tif', legend: { 10: 'grass' } } }) }],
    [
      'the way months are composed',
      {
        sources: tinySources({
          ndvi: { files: 'ndvi/ndvi_{YYYY}{DDD}.tif', composite: { period: 16, method: 'weighted' } },
        }),
      },
    ],
    ['the outputs', { outputs: ['npp'] }],
    ['a constant', { sources: tinySources({ vegtype: { constant: 'grass' } }) }],
  ])('changes with %s', async (_what, patch) => {
    expect(differing(digests(planned), digests(await planWith(patch)))).toHaveLength(8);
  });

  it('does not change with the words about a product', async () => {
    const other = await planWith({ title: 'another', about: { license: 'CC-BY-4.0' } });
    expect(digests(other)).toEqual(digests(planned));
  });

  it('does not change when the product goes on for another year', async () => {
    const shorter = await planWith({ time: { from: '2021-01', to: '2021-12' } });
    expect(digests(shorter)).toEqual(digests(planned).filter((_, i) => i % 2 === 0));
  });
});

describe('the digest of a count', () => {
  it('does not change with what counting does not look at', async () => {
    for (const patch of [
      { params: { rh: { a: 0.09 } } },
      { params: { eps: { set: 'potter' }, stress: { k: 1.19 } } },
      { outputs: ['npp'] },
      {
        sources: tinySources({
          solar: { zarr: 'era5.zarr', variable: 'ssrd', accumulation: 'monthly_total' },
        }),
      },
    ]) {
      expect(counts(await planWith(patch))).toEqual(counts(planned));
    }
  });

  it('changes with what it looks at', async () => {
    for (const patch of [
      { params: { fpar: { nonvegRange: 'own' } } },
      { params: { topt: { scope: 'class' } } },
      { sources: tinySources({ vegtype: { constant: 'grass' } }) },
    ]) {
      expect(differing(counts(planned), counts(await planWith(patch)))).toHaveLength(8);
    }
  });
});
