import { type Api, createApp } from '../../functions/api/app.ts';
import type { ApiOptions } from '../../functions/api/options.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { runTiny, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';

/** A country of 13 x 14 pixels in 4 x 4 chunks of 4 x 4, two years, all levels: enough for blocks inside polygons. */
export const COUNTRY = { rows: 13, cols: 14, pixel: 0.25, west: 10, north: 48 } as const;

let made: Promise<World> | undefined;

async function makeCountry(): Promise<World> {
  const inputs = memoryStore('inputs');
  await putTinyInputs(inputs, tinyInputs({ rows: COUNTRY.rows, cols: COUNTRY.cols, perMonth: 1 }));
  const world = tinyWorld(inputs);
  await runTiny(
    world,
    tinySpec({
      params: { fpar: { range: 'table' } },
      outputs: ['npp', 'rh', 'nep', 'npp_a', 'rh_a', 'nep_a', 'flag_a'],
    }),
  );
  return world;
}

/** The country in a store of one's own; computed once a test file. */
export async function countryStore(): Promise<Store> {
  made ??= makeCountry();
  const { store } = await made;
  const copy = memoryStore('product');
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key))!.bytes);
  return copy;
}

export interface Served {
  readonly app: Api;
  readonly store: Store;
}

/** @param wrap what the API is given instead of the store itself */
export async function serveCountry(
  options: ApiOptions = {},
  wrap = (store: Store): Store => store,
): Promise<Served> {
  const store = await countryStore();
  return { app: appOver(wrap(store), options), store };
}

/** Nothing that the store said is believed any longer than the request. */
export const appOver = (store: Store, options: ApiOptions = {}): Api =>
  createApp({ ...tinyWorld(memoryStore('nothing'), store) }, { freshMs: 0, ...options });

export const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
});

export const bytesOf = async (response: Response): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await response.arrayBuffer());

/** Shape and cells of an npy file of float32. */
export function readNpy(bytes: Uint8Array): { shape: number[]; cells: Float32Array } {
  const length = bytes[8]! + 256 * bytes[9]!;
  const head = Buffer.from(bytes.subarray(10, 10 + length)).toString('latin1');
  const shape = (/\(([^)]*)\)/.exec(head)?.[1] ?? '')
    .split(',')
    .flatMap((part) => (part.trim() ? [Number(part)] : []));
  return { shape, cells: new Float32Array(bytes.slice(10 + length).buffer) };
}
