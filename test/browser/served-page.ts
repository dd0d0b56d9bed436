import { createApp } from '../../functions/api/app.ts';
import type { ApiOptions } from '../../functions/api/options.ts';
import { builtPage } from '../../functions/api/page/build-page.ts';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import type { ChunkCoord } from '../../lib/grid/region.ts';
import { encodeJson, readRecord, writeRecord } from '../../lib/job/record.ts';
import { writeJournal } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import { doneKey, todoKey } from '../../lib/store/keys.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { bepsSpec, putBepsInputs } from '../helpers/tiny-beps.ts';
import { putTinyInputs, type TinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { runTiny, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';

const [ROWS, COLS] = [13, 14];

export const FLUXES = ['npp', 'rh', 'nep'];

/** A country of 13 x 14 pixels with two years and two zones, behind a real server on loopback. */
export interface ServedPage extends RunningServer {
  /** New satellite data arrive, and the product is brought up to date. */
  update(): Promise<void>;
  /** Nobody listens any more, until it is resumed at the same address. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** A second product, by a daily model: `daily`. */
  addDaily(): Promise<void>;
  /** A chunk's record says that it failed, and why. */
  failChunk(at: ChunkCoord, message: string): Promise<void>;
  /** A run that has done some places, and does not end. */
  beginRun(places: { readonly done: number; readonly of: number }): Promise<void>;
}

/** @param headers of whoever stores the zones */
export async function servePage(
  options: ApiOptions = {},
  headers: Record<string, string> = {},
): Promise<ServedPage> {
  const inputs = memoryStore('inputs');
  const world = tinyWorld(inputs);
  const country = tinyInputs({ rows: ROWS, cols: COLS, perMonth: 1 });
  await putTinyInputs(inputs, country);
  await compute(world);
  const app = createApp(world, { page: builtPage(), freshMs: 0, auth: { loopback: true }, ...options });
  let server = await listen(app.fetch, '127.0.0.1', 0);
  const { url } = server;
  await putZones(url, headers);
  return {
    url,
    close: () => server.close(),
    pause: () => server.close(),
    resume: async () => {
      server = await listen(app.fetch, '127.0.0.1', Number(new URL(url).port));
    },
    update: async () => {
      await putTinyInputs(inputs, greener(country));
      await compute(world);
    },
    beginRun: (places) => beginRun(world, places),
    addDaily: () => addBeps(world.store),
    failChunk: (at, message) => failChunk(world, at, message),
  };
}

async function failChunk({ store }: World, at: ChunkCoord, message: string): Promise<void> {
  const record = (await readRecord(store, 'tiny', 0, at))!;
  await writeRecord(store, 'tiny', { ...record, state: 'failed', reason: { code: 'CorruptInput', message } });
}

async function beginRun(world: World, { done, of }: { done: number; of: number }): Promise<void> {
  const run = `${new Date(world.now()).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}-tiny-0a1b2c`;
  await writeJournal(world, run, 'tiny');
  await world.store.put(todoKey(run, 'run'), encodeJson({ places: of, rows: [] }));
  for (let x = 0; x < done; x++) await world.store.put(doneKey(run, 'run', { y: 0, x }), encodeJson({}));
}

/** A daily model over the same country, with days, vegetation types and water; made in a world of its own. */
async function addBeps(store: Store): Promise<void> {
  const inputs = memoryStore('inputs');
  const world = tinyWorld(inputs);
  await putBepsInputs(inputs);
  await runTiny(world, bepsSpec({ product: 'daily', outputs: BEPS_OUTPUTS }));
  for await (const { key } of world.store.list('products/')) {
    await store.put(key, (await world.store.get(key))!.bytes);
  }
}

const BEPS_OUTPUTS = [
  ...['gpp', 'ra', 'npp', 'rh', 'nep', 'et'].flatMap((flux) => [flux, `${flux}_a`, `${flux}_d`]),
  ...['nep_a_enf', 'nep_a_gra', 'biomass_a', 'qa'],
];

const compute = (world: World) =>
  runTiny(
    world,
    tinySpec({
      params: { fpar: { range: 'table' } },
      outputs: ['npp', 'rh', 'nep', 'npp_a', 'rh_a', 'nep_a', 'flag_a'],
    }),
  );

const greener = (country: TinyInputs): TinyInputs => ({
  ...country,
  composites: country.composites.map((composite) => ({
    ...composite,
    ndvi: composite.ndvi.map((value) => (value > 0 ? Math.round(0.8 * value + 1500) : value)),
  })),
});

/** The west and the east of the country. */
const ZONES = {
  type: 'FeatureCollection',
  features: [
    ['west', 'Westland', 10.3, 11.4],
    ['east', 'Eastland', 11.4, 13.1],
  ].map(([id, name, west, east]) => ({
    type: 'Feature',
    properties: { id, name },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [west, 45.3],
          [east, 45.3],
          [east, 47.6],
          [west, 47.6],
          [west, 45.3],
        ],
      ],
    },
  })),
};

async function putZones(url: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${url}/products/tiny/zones/zones`, {
    method: 'PUT',
    body: JSON.stringify(ZONES),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  if (!response.ok) throw new Error(await response.text());
}

export interface Totals {
  readonly zones: readonly {
    readonly id: string;
    readonly periods: readonly {
      readonly period: string;
      readonly variables: Readonly<Record<string, { readonly total: { readonly gC: number } }>>;
    }[];
  }[];
}

/** What the API says of the polygon that a link holds. */
export async function totalOfLink(url: string, hash: string, variable: string): Promise<number> {
  const said = new URLSearchParams(hash.slice(1));
  const ring = said
    .get('polygon')!
    .split(';')
    .map((vertex) => vertex.split(',').map(Number));
  const zones = { type: 'Polygon', coordinates: [[...ring, ring[0]!]] };
  const response = await fetch(`${url}/products/tiny/reductions`, {
    method: 'POST',
    body: JSON.stringify({ variables: FLUXES, time: said.get('time'), zones }),
    headers: { 'Content-Type': 'application/json' },
  });
  const {
    zones: [zone],
  } = (await response.json()) as Totals;
  return zone!.periods[0]!.variables[variable]!.total.gC;
}
