import { NotFound } from '../../lib/errors.ts';
import type { Affine } from '../../lib/grid/affine.ts';
import { type Crs, crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { crsFromWkt } from '../../lib/grid/wkt.ts';
import { resolveProduct } from '../../lib/job/product.ts';
import { parseJson } from '../../lib/job/record.ts';
import type { AcceptedProduct } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import { dataRoot, productKey } from '../../lib/store/keys.ts';
import { Lru } from './lru.ts';
import { ServedProduct } from './served-product.ts';

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MOST_PRODUCTS = 256;
const CACHE_BYTES = 128 * 2 ** 20;
const FRESH_MS = 1000;
const LIST_MS = 15_000;

export interface ShelfOptions {
  readonly freshMs?: number;
  readonly cacheBytes?: number;
}

/** The products of a store, opened once for as long as their description stays the same. */
export class Shelf {
  readonly #freshMs: number;
  readonly #products = new Lru<ServedProduct>(MOST_PRODUCTS);
  readonly #seen = new Map<string, { readonly etag: string; readonly at: number }>();
  readonly #blocks: Lru<Float32Array>;
  #list: { readonly ids: readonly string[]; readonly at: number } | undefined;

  constructor({ freshMs = FRESH_MS, cacheBytes = CACHE_BYTES }: ShelfOptions = {}) {
    this.#freshMs = freshMs;
    this.#blocks = new Lru(cacheBytes, (cells) => cells.byteLength);
  }

  /** @throws NotFound when the store holds no such product */
  async open(world: World, id: string): Promise<ServedProduct> {
    if (!ID.test(id)) throw new NotFound(`There is no product "${id.slice(0, 80)}".`);
    const etag = await this.#etag(world, id);
    return this.#products.get(`${id} ${etag}`, async () => {
      const { signal: _, ...lasting } = world; // what is kept must not end with the request that opened it
      return openProduct(lasting, id, etag, { freshMs: this.#freshMs, blocks: this.#blocks });
    });
  }

  /** Names of the products, in order. A store can only be listed whole, so the list is kept for a while. */
  async list(world: World): Promise<readonly string[]> {
    if (this.#list && world.now() - this.#list.at < LIST_MS) return this.#list.ids;
    const ids: string[] = [];
    for await (const { key } of world.store.list('products/', world.signal ? { signal: world.signal } : {})) {
      const id = /^products\/([^/]+)\/product\.json$/.exec(key)?.[1];
      if (id !== undefined && ID.test(id)) ids.push(id);
    }
    this.#list = { ids, at: world.now() };
    return ids;
  }

  async #etag(world: World, id: string): Promise<string> {
    const known = this.#seen.get(id);
    const now = world.now();
    if (known && now - known.at < this.#freshMs) return known.etag;
    const head = await world.store.head(productKey(id), world.signal ? { signal: world.signal } : {});
    if (!head) throw new NotFound(`There is no product "${id}".`);
    this.#seen.set(id, { etag: head.etag, at: now });
    return head.etag;
  }
}

async function openProduct(
  world: World,
  id: string,
  etag: string,
  kept: { readonly freshMs: number; readonly blocks: Lru<Float32Array> },
): Promise<ServedProduct> {
  const [spec, group] = await Promise.all([
    world.store.get(productKey(id)),
    world.store.get(`${dataRoot(id)}/zarr.json`),
  ]);
  if (!spec) throw new NotFound(`There is no product "${id}".`);
  if (!group) throw new NotFound(`The product "${id}" is accepted, but nothing of it is written yet.`);
  const accepted = parseJson(productKey(id), spec.bytes) as AcceptedProduct;
  const { attributes = {} } = parseJson(`${dataRoot(id)}/zarr.json`, group.bytes) as Group;
  const { transform, shape } = accepted.layout as Layout;
  const grid: GeoGrid = { crs: crsOf(attributes), transform, height: shape[0], width: shape[1] };
  return new ServedProduct(resolveProduct(accepted.spec, grid), accepted, etag, kept);
}

interface Group {
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What `product.json` says of where the pixels lie. */
interface Layout {
  readonly transform: Affine;
  readonly shape: readonly [height: number, width: number];
}

function crsOf(attributes: Readonly<Record<string, unknown>>): Crs {
  const code = attributes['proj:code'];
  return typeof code === 'string' ? crsByName(code) : crsFromWkt(String(attributes['proj:wkt2']));
}
