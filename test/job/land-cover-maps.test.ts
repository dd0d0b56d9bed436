import { beforeAll, describe, expect, it } from 'vitest';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { mapOf } from '../../lib/job/binding-classes.ts';
import { notesOf } from '../../lib/job/notes.ts';
import { checkSpec } from '../../lib/job/spec.ts';
import type { Planned } from '../../lib/job/start.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { bepsSources, bepsSpec, putBepsInputs } from '../helpers/tiny-beps.ts';
import { tiny, tinyFiles } from '../helpers/tiny-files.ts';
import { FINE, NORTH, putClasses, WEST } from '../helpers/tiny-inputs.ts';
import { planTiny, tinyFields, tinySources, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';
import { putV2 } from '../raster/zarr-made.ts';

const series = (more: object = {}) => ({ files: 'glc/glc_{YYYY}.tif', legend: 'glc-fcs30', ...more });

/** The tiny inputs with a map for each of some years. */
async function withMaps(...keys: readonly string[]): Promise<Store> {
  const store = await tinyFiles();
  for (const key of keys) await putClasses(store, tiny, `glc/glc_${key}.tif`);
  return store;
}

const planOf = (store: Store, vegtype: object = series()): Promise<Planned> =>
  planTiny(tinyWorld(store), tinySpec({ sources: tinySources({ vegtype }) }));

function mapsOf({ product, plan }: Planned): (number | undefined)[] {
  const { source } = plan.bindings.find(({ name }) => name === 'vegtype')!;
  if (source.kind !== 'classes') throw new Error('no classes');
  return product.windows.map(({ t }) => mapOf(source, t)?.year);
}

const digests = ({ plan }: Planned, t: number) =>
  plan.tasks.flatMap(({ windows }) => [windows[t]!.digest, windows[t]!.countDigest]);

describe('maps of land cover by year', () => {
  let usual: Planned;
  beforeAll(async () => {
    usual = await planOf(await withMaps('2021', '2022'));
  });

  it('serve each its own year', () => {
    expect(mapsOf(usual)).toEqual([2021, 2022]);
    expect(notesOf(usual.product, usual.plan)).toEqual([]);
  });

  it('are depended on by their own year alone, whichever others there are', async () => {
    const store = await withMaps('2021', '2022', '2020', '2023');
    expect(digests(await planOf(store), 0)).toEqual(digests(usual, 0));
    expect(digests(await planOf(store), 1)).toEqual(digests(usual, 1));
    await putClasses(
      store,
      { ...tiny, classes: tiny.classes.map((code) => (code === 10 ? 130 : code)) },
      'glc/glc_2022.tif',
    );
    const changed = await planOf(store);
    expect(digests(changed, 0)).toEqual(digests(usual, 0));
    expect(digests(changed, 1).some((digest) => digests(usual, 1).includes(digest))).toBe(false);
  });

  it('that lack for a year are refused, with the years that there are and the remedy', async () => {
    const error = await planOf(await withMaps('2018', '2021')).catch((e) => e);
    expect(error.code).toBe('MissingInput');
    expect(error.message).toMatch(
      /glc\/glc_\{YYYY\}\.tif has no map of 2022; it has 2018, 2021\. Add it, or say hold: before .* or hold: nearest in spec\.sources\.vegtype/,
    );
  });

  it.each([
    ['before', ['2015', '2021'], [2021, 2021]],
    ['before', ['2015', '2023'], [2015, 2015]],
    ['nearest', ['2015', '2023'], [2023, 2023]],
    ['nearest', ['2020', '2022'], [2020, 2022]], // 2021 is as near to 2020 as to 2022, but 2022 has its own
    ['nearest', ['2020', '2024'], [2020, 2020]], // the earlier of equally near ones
  ])('stand for years without one by hold: %s (%o)', async (hold, keys, expected) => {
    const planned = await planOf(await withMaps(...keys), series({ hold }));
    expect(mapsOf(planned)).toEqual(expected);
    const held = [2021, 2022].filter((year, t) => expected[t] !== year);
    expect(notesOf(planned.product, planned.plan)).toEqual(
      held.map((year) => `vegtype: ${year} has no map of its own and takes that of ${expected[year - 2021]}`),
    );
  });

  it('do not reach back before the first of them', async () => {
    await expect(planOf(await withMaps('2022', '2023'), series({ hold: 'before' }))).rejects.toThrow(
      /no map of 2021 or before; it has 2022, 2023\. Add one, or say hold: nearest/,
    );
  });

  it('are one a year', async () => {
    const twice = series({ files: 'glc/glc_{YYYY}{MM}.tif' });
    await expect(planOf(await withMaps('202101', '202107', '202201'), twice)).rejects.toThrow(
      /has 2 maps of 2021; a year has one/,
    );
  });

  it('may be the steps of one Zarr', async () => {
    const store = await tinyFiles();
    const [height, width] = [tiny.rows * FINE, tiny.cols * FINE];
    const axis = async (name: string, values: number[], units: string) =>
      putV2(store, `glc.zarr/${name}`, {
        cells: Float64Array.from(values),
        shape: [values.length],
        dims: [name],
        attrs: { units },
      });
    const pixel = tiny.pixel / FINE;
    await axis('time', [daysFromCivil(2021, 1, 1), daysFromCivil(2022, 1, 1)], 'days since 1970-01-01');
    await axis(
      'lat',
      Array.from({ length: height }, (_, i) => NORTH - (i + 0.5) * pixel),
      'degrees_north',
    );
    await axis(
      'lon',
      Array.from({ length: width }, (_, i) => WEST + (i + 0.5) * pixel),
      'degrees_east',
    );
    await store.put('glc.zarr/.zgroup', new TextEncoder().encode('{"zarr_format":2}'));
    await putV2(store, 'glc.zarr/lc', {
      cells: Uint8Array.from([...tiny.classes, ...tiny.classes]),
      shape: [2, height, width],
      chunks: [1, height, width],
      dims: ['time', 'lat', 'lon'],
    });
    const planned = await planOf(store, { zarr: 'glc.zarr', variable: 'lc', legend: 'glc-fcs30' });
    expect(mapsOf(planned)).toEqual([2021, 2022]);
  });
});

describe('what does not go with maps of classes is refused', () => {
  it('to hold the one map that stands for all years', () => {
    const fields = tinyFields({
      sources: tinySources({ vegtype: { file: 'classes.tif', legend: 'glc-fcs30', hold: 'before' } }),
    });
    expect(() => checkSpec(fields)).toThrow(/sources\.vegtype: "hold" does not go with the other fields/);
  });

  it('to hold a quantity, to compose classes, to leave out the legend', async () => {
    const store = await withMaps('2021', '2022');
    const ndvi = { ...(tinySources().ndvi as object), hold: 'before' };
    await expect(planTiny(tinyWorld(store), tinySpec({ sources: tinySources({ ndvi }) }))).rejects.toThrow(
      /ndvi\.hold: ndvi is a quantity/,
    );
    await expect(planOf(store, series({ composite: { period: 16 } }))).rejects.toThrow(/not composed/);
    await expect(planOf(store, { files: 'glc/glc_{YYYY}.tif' })).rejects.toThrow(/legend: missing/);
  });

  it('a map a year for a model that carries carbon by type', async () => {
    const store = memoryStore('inputs');
    await putBepsInputs(store);
    for (const year of [1983, 1984])
      await store.put(`cover_${year}.tif`, (await store.get('cover.tif'))!.bytes);
    const landcover = { files: 'cover_{YYYY}.tif', legend: 'hilda-plus' };
    await expect(
      planTiny(tinyWorld(store), bepsSpec({ sources: bepsSources({ landcover }) })),
    ).rejects.toThrow(/cover_\{YYYY\}\.tif .* is a map a year; beps takes one for all years.*Give one file/);
  });
});
