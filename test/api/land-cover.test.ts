import { beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApp } from '../../functions/api/app.ts';
import { chunkflux } from '../../functions/entry/local/program.ts';
import { cellAreas } from '../../lib/grid/area.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { fileStore } from '../../lib/store/file.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { FINE, putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { runTiny, tinySources, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';
import { box } from './asked.ts';
import { appOver, COUNTRY, countryStore, post } from './served.ts';

const folder = tempFolder('classes');

const { rows, cols, west, north } = COUNTRY;
const KEPT = ['forest', 'cropland', 'grassland', 'built', 'bare'];
const CLASS: Record<number, string> = {
  10: 'cropland',
  51: 'forest',
  61: 'forest',
  71: 'forest',
  130: 'grassland',
  190: 'built',
};

interface Row {
  name: string;
  area: number;
  mean: number;
  share: number;
  missingArea: number;
  total: { gC: number };
}
interface Table {
  method: Record<string, unknown>;
  zones: {
    id: string;
    status: string;
    reason?: string;
    periods: {
      classes: Row[];
      total: { gC: number };
      dropped: { area: number; total: { gC: number } };
      unclassified: { area: number; total: { gC: number } };
    }[];
  }[];
}

let store: Store;
let inputs: Store;
let app: Api;
let values: Float64Array;
let areas: Float64Array;
beforeAll(async () => {
  store = await countryStore();
  inputs = memoryStore('inputs');
  await putTinyInputs(inputs, tinyInputs({ rows, cols, perMonth: 1 }));
  app = createApp(tinyWorld(inputs, store), { freshMs: 0, auth: { loopback: true } });
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
  const window = { y0: 0, y1: rows, x0: 0, x1: cols };
  values = Float64Array.from((await layer.read({ t0: 1, t1: 2, ...window })).cells);
  areas = cellAreas(layer.facts.grid, window);
});

/** Share of a class among the fine pixels of each cell, from the very codes that were put. */
function sharesOf(name: string): Float64Array {
  const { classes } = tinyInputs({ rows, cols, perMonth: 1 });
  return Float64Array.from({ length: rows * cols }, (_, cell) => {
    const [row, col] = [Math.floor(cell / cols), cell % cols];
    let n = 0;
    for (let y = 0; y < FINE; y++)
      for (let x = 0; x < FINE; x++)
        if (CLASS[classes[(row * FINE + y) * cols * FINE + col * FINE + x]!] === name) n++;
    return n / (FINE * FINE);
  });
}

const table = async (query: string, init?: RequestInit): Promise<Table> => {
  const response = await app.request(`/products/tiny/landcover?variable=npp_a&time=2022&${query}`, init);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Table;
};
const near = (found: number, expected: number, scale = Math.abs(expected)): void =>
  expect(Math.abs(found - expected), `${found} for ${expected}`).toBeLessThanOrEqual(1e-9 * scale);

describe('land cover by fractions', () => {
  it('gives each class the share of each pixel that it has: area, mean, total and share', async () => {
    const { zones, method } = await table('by=fractions');
    const [period] = zones[0]!.periods;
    expect(period!.classes.map(({ name }) => name)).toEqual(expect.arrayContaining(KEPT));
    let all = 0;
    const totals = new Map<string, number>();
    for (const name of KEPT) {
      const shares = sharesOf(name);
      let [area, mass] = [0, 0];
      for (const [i, value] of values.entries()) {
        if (Number.isNaN(value)) continue;
        area += shares[i]! * areas[i]!;
        mass += shares[i]! * areas[i]! * value;
      }
      all += mass;
      totals.set(name, mass);
      const row = period!.classes.find((r) => r.name === name)!;
      near(row.area, area, areas[0]);
      near(row.total.gC, mass, 1e9);
      if (area > 0) near(row.mean, mass / area);
    }
    for (const { name, share } of period!.classes) near(share, (totals.get(name) ?? 0) / all, 1);
    near(period!.total.gC, all);
    expect(method.classes).toMatch(/share of its fine pixels/);
  });

  it('adds up to the whole with what was dropped and what has no class', async () => {
    for (const by of ['majority', 'fractions', 'fractions&renormalise=true']) {
      const [period] = (await table(`by=${by}`)).zones[0]!.periods;
      const whole = values.reduce((sum, value, i) => sum + (Number.isNaN(value) ? 0 : value * areas[i]!), 0);
      near(period!.total.gC + period!.dropped.total.gC + period!.unclassified.total.gC, whole);
    }
  });

  it('refuses to spread what a majority does not split, and says where fractions come from', async () => {
    const get = async (from: Api, query: string) => {
      const response = await from.request(`/products/tiny/landcover?variable=npp_a&${query}`);
      return [response.status, ((await response.json()) as { detail: string }).detail] as const;
    };
    expect(await get(app, 'by=majority&renormalise=true')).toEqual([
      400,
      expect.stringContaining('by=fractions'),
    ]);
    expect(await get(appOver(store), 'by=fractions')).toEqual([422, expect.stringContaining('--inputs')]);
    expect((await get(app, 'by=guess'))[0]).toBe(400);
    const world = tinyWorld(inputs);
    await runTiny(world, tinySpec({ sources: tinySources({ vegtype: { constant: 'crop' } }) }));
    const without = [422, expect.stringContaining('made without a map of land cover')];
    for (const by of ['majority', 'fractions'])
      expect(await get(appOver(world.store), `by=${by}`)).toEqual(without);
  });
});

describe('classes of land cover as zones', () => {
  const ask = async (body: object) => {
    const response = await app.request(
      '/products/tiny/reductions',
      post({ variables: ['npp_a', 'rh_a', 'nep_a'], time: '2022', ...body }),
    );
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as {
      method: Record<string, unknown>;
      zones: {
        id: string;
        status: string;
        dropped?: true;
        polygonArea: number;
        periods: {
          n: number;
          validArea: number;
          ratio: { rhOverNpp: number };
          variables: Record<string, Record<string, number> & { total: { gC: number } }>;
        }[];
      }[];
    };
  };

  it('have every statistic, the ratio among them, under one mask', async () => {
    const { zones } = await ask({
      classes: 'majority',
      statistics: ['mean', 'total', 'min', 'max', 'quantiles'],
    });
    expect(zones.map(({ id }) => id)).toContain('tiny/forest');
    const [whole] = (await ask({ bbox: [west - 1, north - 10, west + 10, north + 1] })).zones;
    const sum = zones.reduce(
      (total, { periods }) => total + (periods[0]!.n > 0 ? periods[0]!.variables.npp_a!.total.gC : 0),
      0,
    );
    near(sum, whole!.periods[0]!.variables.npp_a!.total.gC);
    const forest = zones.find(({ id }) => id === 'tiny/forest')!;
    const [period] = forest.periods;
    const { npp_a, rh_a } = period!.variables;
    near(period!.ratio.rhOverNpp, rh_a!.total.gC / npp_a!.total.gC);
    expect(npp_a!.min).toBeLessThan(npp_a!.max!);
    expect(forest.polygonArea).toBeGreaterThanOrEqual(period!.validArea);
    expect(zones.filter(({ dropped }) => dropped).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['tiny/water', 'tiny/snow', 'tiny/unclassified']),
    );
  });

  it('can be told apart within polygons, a wrong one among them, and make each of them up', async () => {
    const half = box(west + 0.1, north - 2, west + 1.3, north - 0.3);
    const features = [half, null].map((geometry, i) => ({
      type: 'Feature',
      properties: { id: `p${i}` },
      geometry,
    }));
    const zones = { type: 'FeatureCollection', features };
    const [whole, apart] = await Promise.all([ask({ zones: half }), ask({ zones, classes: 'fractions' })]);
    const ok = apart.zones.filter(({ id }) => id.startsWith('p0/'));
    const sum = ok.reduce(
      (total, { periods }) => total + (periods[0]!.n > 0 ? periods[0]!.variables.npp_a!.total.gC : 0),
      0,
    );
    near(sum, whole.zones[0]!.periods[0]!.variables.npp_a!.total.gC);
    // A pixel's area counts as spread evenly over it; that of the polygon is exact.
    const area = ok.reduce((total, { polygonArea }) => total + polygonArea, 0);
    expect(area / whole.zones[0]!.polygonArea).toBeCloseTo(1, 3);
    expect(new Set(apart.zones.filter(({ id }) => id.startsWith('p1/')).map(({ status }) => status))).toEqual(
      new Set(['invalid']),
    );
  });

  it('say that chunks are missing under them', async () => {
    const own = await countryStore();
    await own.delete('products/tiny/records/0/1/1/1.json');
    const other = createApp(tinyWorld(inputs, own), { freshMs: 0 });
    const response = await other.request('/products/tiny/landcover?variable=npp_a&time=2022');
    const { zones } = (await response.json()) as Table;
    expect(zones[0]).toMatchObject({ status: 'partial', reason: expect.stringContaining('unrecorded') });
  });

  it('are done behind the request too', async () => {
    const body = { classes: 'fractions', variables: ['npp_a'], time: '2022' };
    const begun = await app.request('/products/tiny/reductions/runs', post(body));
    const { run } = (await begun.json()) as { run: string };
    const path = `/products/tiny/reductions/runs/${run}`;
    const state = async () => ((await (await app.request(path)).json()) as { state: string }).state;
    await expect.poll(state, { timeout: 300_000 }).toBe('done');
    const fetched = (await (await app.request(`${path}/result`)).json()) as { zones: unknown };
    expect(fetched.zones).toEqual((await ask(body)).zones);
  });
});

describe('land cover on the command line', () => {
  it('prints the same totals as a table of classes', async () => {
    const copy = fileStore(folder);
    for await (const { key } of store.list('products/')) await copy.put(key, (await store.get(key))!.bytes);
    const printed: string[] = [];
    const log = console.log;
    console.log = (text: string) => void printed.push(text);
    try {
      const options = ['--variable', 'npp_a', '--time', '2022', '--classes', 'majority'];
      for (const format of ['csv', 'table', 'json'])
        await chunkflux().parseAsync(['--store', folder, 'stats', 'tiny', ...options, '--format', format], {
          from: 'user',
        });
    } finally {
      console.log = log;
    }
    const { zones } = await table('by=majority');
    for (const { name, total, area } of zones[0]!.periods[0]!.classes.filter((row) => row.area > 0)) {
      const line = printed[0]!.split('\r\n').find((text) => text.startsWith(`${name},`))!;
      expect(line.split(',')).toContain(String(total.gC));
      expect(area).toBeGreaterThan(0);
    }
    expect(printed[1]).toMatch(/forest +\d/);
    expect((JSON.parse(printed[2]!) as Table).zones[0]!.periods).toEqual(zones[0]!.periods);
  });
});
