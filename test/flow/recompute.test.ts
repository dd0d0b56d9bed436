import { beforeAll, describe, expect, it } from 'vitest';
import type { Spec } from '../../lib/job/spec.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import {
  putClimate,
  putComposite,
  putNdviZarr,
  putTinyInputs,
  type TinyInputs,
  tinyInputs,
} from '../helpers/tiny-inputs.ts';
import {
  planTiny,
  runPlanned,
  runTiny,
  stateOf,
  tinySources,
  tinySpec,
  tinyWorld,
} from '../helpers/tiny-product.ts';
import { keysOf, watchedStore } from '../helpers/watched-store.ts';

const OUTPUTS = ['npp', 'nep', 'nep_a'];
/** 9 x 10 pixels of one type: more than the 500 values that percentiles need. 3 x 3 shards, then 2 x 2, then one. */
const large = tinyInputs({ rows: 9, cols: 10 });

interface Started {
  readonly files: Store;
  readonly inputs: TinyInputs;
  /** Runs again; what was put, deleted and read. */
  again(spec?: Spec): Promise<{ puts: string[]; requests: string[]; reads: string[] }>;
  /** Equal to a first run over the inputs as they are now. */
  isClean(spec?: Spec): Promise<void>;
}

async function started(inputs: TinyInputs, first: Spec): Promise<Started> {
  const files = memoryStore('inputs');
  await putTinyInputs(files, inputs);
  await putNdviZarr(files, inputs);
  const [product, sources] = [watchedStore(memoryStore('product')), watchedStore(files)];
  const world = tinyWorld(sources.store, product.store);
  await runTiny(world, first);
  let last = first;
  return {
    files,
    inputs,
    async again(spec = last) {
      last = spec;
      const planned = await planTiny(world, spec);
      product.take();
      sources.take();
      expect((await runPlanned(world, planned)).state).toBe('complete');
      const requests = product.take().filter((r) => !/ runs\//.test(r));
      return { puts: keysOf(requests, 'put'), requests, reads: sources.take() };
    },
    async isClean(spec = last) {
      const clean = tinyWorld(files);
      await runTiny(clean, spec);
      expect(await stateOf(world.store)).toEqual(await stateOf(clean.store));
    },
  };
}

/** The keys of chunks: all shards, their state and their record. `places` by level. */
function chunkKeys(t: number, places: readonly (readonly [y: number, x: number])[], level = 0): string[] {
  const arrays = level === 0 ? OUTPUTS : OUTPUTS.flatMap((name) => [name, `${name}_valid_area`]);
  return places.flatMap(([y, x]) => [
    ...arrays.map((name) => `products/tiny/data.zarr/${level}/${name}/c/${t}/${y}/${x}`),
    `products/tiny/records/${level}/${t}/${y}/${x}.json`,
    ...(level === 0 ? [`products/tiny/state/wetness/${t}/${y}/${x}`] : []),
  ]);
}
const all = (rows: number, cols: number) =>
  Array.from({ length: rows * cols }, (_, i) => [Math.floor(i / cols), i % cols] as const);
const counts = (t: number, places: readonly (readonly [number, number])[]): string[] => [
  ...places.map(([y, x]) => `products/tiny/prepared/ndvi-limits/${t}/${y}/${x}.json`),
  `products/tiny/prepared/ndvi-limits/${t}.json`,
];
const everyChunk = (t: number): string[] => [
  ...chunkKeys(t, all(3, 3)),
  ...chunkKeys(t, all(2, 2), 1),
  ...chunkKeys(t, all(1, 1), 2),
];

const ofCogs = tinySpec({ outputs: OUTPUTS, sources: tinySources({ vegtype: { constant: 'crop' } }) });
const ofZarr = tinySpec({
  outputs: OUTPUTS,
  sources: tinySources({
    vegtype: { constant: 'crop' },
    ndvi: { zarr: 'ndvi.zarr', variable: 'ndvi', composite: { period: 16, qa: 'off' } },
  }),
});

describe('a second run', () => {
  let run: Started;
  beforeAll(async () => {
    run = await started(tinyInputs(), tinySpec({ outputs: OUTPUTS }));
  });

  it('with nothing changed puts and deletes nothing, and reads no pixel', async () => {
    const { puts, requests, reads } = await run.again();
    expect(puts).toEqual([]);
    expect(keysOf(requests, 'delete')).toEqual([]);
    expect(reads, 'inputs are looked at while planning, and not again').toEqual([]);
  });

  it('with a title changed puts the spec and the metadata that says it', async () => {
    const { puts, reads } = await run.again(tinySpec({ outputs: OUTPUTS, title: 'another title' }));
    expect(puts).toEqual(
      ['data.zarr/0/zarr.json', 'data.zarr/1/zarr.json', 'data.zarr/zarr.json', 'product.json'].map(
        (key) => `products/tiny/${key}`,
      ),
    );
    expect(reads).toEqual([]);
  });

  it('with a parameter of respiration changed computes every chunk and counts none', async () => {
    const spec = tinySpec({ outputs: OUTPUTS, params: { rh: { days: 'actual' } } });
    const { puts } = await run.again(spec);
    expect(puts.filter((key) => key.includes('/prepared/'))).toEqual([]);
    expect(puts).toEqual(expect.arrayContaining([...chunkKeys(0, all(2, 2)), ...chunkKeys(1, all(2, 2))]));
    await run.isClean();
  });

  it('with a parameter of FPAR changed counts again', async () => {
    const spec = tinySpec({ outputs: OUTPUTS, params: { fpar: { nonvegRange: 'own' } } });
    const { puts } = await run.again(spec);
    expect(puts).toEqual(expect.arrayContaining([...counts(0, all(2, 2)), ...counts(1, all(2, 2))]));
  });

  it('with a year more computes that year alone', async () => {
    const longer = tinyInputs({ years: [2021, 2022, 2023] });
    const year = longer.composites.filter((composite) => composite.year === 2023);
    for (const composite of year) await putComposite(run.files, longer, composite);
    await putClimate(run.files, longer);
    const spec = tinySpec({
      outputs: OUTPUTS,
      params: { fpar: { nonvegRange: 'own' } },
      time: { from: '2021-01', to: '2023-12' },
    });
    const { puts } = await run.again(spec);
    const chunks = puts.filter((key) => /\/c\/\d+\/\d+\/\d+$|records|state|prepared/.test(key));
    const expected = [...chunkKeys(2, all(2, 2)), ...chunkKeys(2, all(1, 1), 1), ...counts(2, all(2, 2))];
    expect(chunks.sort()).toEqual(expected.sort());
    await run.isClean();
  });
});

describe('a changed NDVI file', () => {
  const first = large.composites[8]!;

  it('that changes the percentiles computes all chunks of its year again, and none of the other', async () => {
    const run = await started(large, ofCogs);
    const ndvi = first.ndvi.map((v) => (v === -3000 ? v : v + 900));
    await putComposite(run.files, large, { ...first, ndvi: Int16Array.from(ndvi) });
    const { puts } = await run.again();
    expect(puts).toEqual([...everyChunk(0), ...counts(0, all(3, 3))].sort());
    await run.isClean();
  });

  it('that leaves the percentiles alone computes those chunks that read it: here all of its year', async () => {
    const run = await started(large, ofCogs);
    const { puts } = await run.again(ofCogs);
    expect(puts).toEqual([]);
    await putComposite(run.files, large, { ...first, ndvi: raiseHighest(first.ndvi) });
    const again = await run.again();
    expect(again.puts).toEqual([...everyChunk(0), ...counts(0, all(3, 3))].sort());
    await run.isClean();
  });
});

/** The highest value a little higher: beyond the 95th percentile before and after. */
function raiseHighest(ndvi: Int16Array): Int16Array {
  const highest = Math.max(...ndvi);
  return ndvi.map((v) => (v === highest ? 9990 : v));
}

describe('a changed chunk of Zarr', () => {
  let run: Started;
  beforeAll(async () => {
    run = await started(large, ofZarr);
  });
  const cols = large.cols;
  const putNdvi = async (change: (ndvi: Int16Array, year: number) => Int16Array) => {
    const composites = large.composites.map((c) => ({ ...c, ndvi: change(c.ndvi, c.year) }));
    await putNdviZarr(run.files, { ...large, composites });
  };
  const putField = async (name: 't2m' | 'e', step: number, row: number, col: number, factor: number) => {
    const { lat, lon, fields } = large.climate;
    const field = fields[name].slice();
    field[(step * lat.length + row) * lon.length + col]! *= factor;
    const climate = { ...large.climate, fields: { ...fields, [name]: field } };
    await putClimate(run.files, { ...large, climate }, name);
  };

  it('of NDVI that leaves the percentiles alone computes the one chunk that reads it, and what lies above it', async () => {
    const ofYear = large.composites.filter(({ year }) => year === 2022);
    const highest = Math.max(...ofYear.flatMap(({ ndvi }) => [...ndvi]));
    const cell = ofYear.map(({ ndvi }) => ndvi.indexOf(highest)).find((at) => at >= 0)!;
    const [y, x] = [Math.floor(cell / cols / 4), Math.floor((cell % cols) / 4)];
    await putNdvi((ndvi, year) => (year === 2022 ? ndvi.map((v) => (v === highest ? 9990 : v)) : ndvi));
    const { puts } = await run.again();
    const expected = [
      ...chunkKeys(1, [[y, x]]),
      ...chunkKeys(1, [[y >> 1, x >> 1]], 1),
      ...chunkKeys(1, [[0, 0]], 2),
      ...counts(1, [[y, x]]),
    ];
    expect(puts).toEqual(expected.sort());
    await run.isClean();
  });

  it('of NDVI that only leaves fewer samples behind the same percentiles computes no other chunk either', async () => {
    const twoTone = large.composites.map((c) => ({
      ...c,
      ndvi: c.ndvi.map((_, i) => (i % 2 ? 3000 : 8000)),
    }));
    const own = await started({ ...large, composites: twoTone }, ofZarr);
    const cell = 5 * cols + 9;
    const fewer = twoTone.map((c) => ({
      ...c,
      ndvi: c.ndvi.map((v, i) => (i === cell && c.year === 2022 ? -3000 : v)),
    }));
    await putNdviZarr(own.files, { ...large, composites: fewer });
    const { puts } = await own.again();
    expect(puts.filter((key) => key.includes('/records/0/'))).toEqual(['products/tiny/records/0/1/1/2.json']);
    expect(puts).toContain('products/tiny/prepared/ndvi-limits/1.json');
    await own.isClean();
  });

  it('of NDVI that changes the percentiles computes all chunks of its year', async () => {
    const corner = (i: number) => i < 4 * cols && i % cols < 4;
    await putNdvi((ndvi, year) =>
      year === 2021 ? ndvi.map((v, i) => (corner(i) && v > 0 ? v + 700 : v)) : ndvi,
    );
    const { puts } = await run.again();
    // The second year goes back to what it was: its one chunk too.
    expect(puts.filter((key) => key.includes('/records/0/0/'))).toHaveLength(9);
    expect(puts.filter((key) => key.includes('/records/0/1/'))).toHaveLength(1);
    expect(puts).toEqual(expect.arrayContaining([...everyChunk(0), ...counts(0, [[0, 0]])]));
    expect(puts).not.toContain('products/tiny/prepared/ndvi-limits/0/0/1.json');
    await run.isClean();
  });

  it('of climate computes the chunks that interpolate from it, and leaves the counting alone', async () => {
    await putField('t2m', 20, 2, 2, 1.001);
    const { puts } = await run.again();
    const expected = [0, 1, 2].flatMap((level) => chunkKeys(1, [[0, 0]], level));
    expect(puts).toEqual(expected.sort());
    await run.isClean();
  });

  it('of the first year’s evaporation computes on into the second only where it carries over', async () => {
    await putField('e', 10, 6, 6, 0.5); // November: December and January are frozen, and keep its wetness
    const { puts } = await run.again();
    const chunks = [
      ['0/0/0', '0/0/1', '0/1/0', '0/1/1'].map((at) => `products/tiny/records/0/${at}.json`),
      ['products/tiny/records/0/1/0/0.json'],
    ];
    expect(puts.filter((key) => key.includes('/records/0/'))).toEqual(chunks.flat());
    await run.isClean();
  });
});
