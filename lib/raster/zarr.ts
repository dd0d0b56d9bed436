import { NotFound } from '../errors.ts';
import type { Crs } from '../grid/crs.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import { cellFacts } from './cf.ts';
import { findAxes } from './cf-axes.ts';
import type { Layer, LayerFacts } from './layer.ts';
import { reopenZarr, type ZarrReader } from './zarr-layer.ts';
import type { ArrayMeta } from './zarr-meta.ts';
import { Neighbours, placeOf, timesOf } from './zarr-place.ts';
import { joinKey, openTree, type ZarrTree } from './zarr-tree.ts';

export { reopenZarr } from './zarr-layer.ts';

export interface OpenZarrOptions {
  /** Whether a chunk that is not stored is an error (the default) or holds the array's fill value. */
  readonly absentChunks?: 'error' | 'fill';
  /** Index on each dimension that is not time, row or column. */
  readonly select?: Readonly<Record<string, number>>;
  /** For a file that does not say its own. */
  readonly crs?: Crs;
  readonly signal?: AbortSignal;
}

/**
 * Opens one variable of a Zarr v2 or v3 group as a layer of steps, rows from the top, and columns.
 *
 * Longitudes stay as they are stored, so a global file may run from 0 to 360: whoever warps wraps them.
 * @param path key of the group, or of the array itself when `variable` is empty
 * @param variable path of the array below the group
 * @throws NotFound, UnsupportedInput, CorruptInput naming file and cause
 */
export async function openZarr(
  store: Store,
  path: string,
  variable: string,
  options: OpenZarrOptions = {},
): Promise<Layer> {
  const signal = options.signal ? { signal: options.signal } : {};
  const title = joinKey(path, variable);
  const tree = await openTree(store, path, signal);
  const name = joinKey(variable);
  const meta = await tree.array(name);
  if (!meta) throw notFound(store, title, tree);
  const neighbours = new Neighbours(store, path, name, tree, options.signal);
  const coordinates = await neighbours.coordinates(meta);
  const attributes = new Map([...coordinates].map(([dim, c]) => [dim, c.meta.attributes]));
  const axes = findAxes(meta, attributes, options.select ?? {}, title);
  const place = await placeOf(neighbours, meta, axes, coordinates, options.crs, title);
  const times = await timesOf(neighbours, meta, axes, coordinates, title);
  const timeName = axes.t === undefined ? undefined : meta.dims?.[axes.t];
  const base = joinKey(path, name);
  const reader: ZarrReader = {
    base,
    meta: { ...meta, attributes: {} }, // what they say is in the facts
    axes,
    ...place.flips,
    absentChunks: options.absentChunks ?? 'error',
  };
  const facts: LayerFacts = {
    kind: 'zarr',
    title,
    grid: place.grid,
    ...cellFacts(meta, title),
    ...(times && { times }),
    ...(timeName && { timeName }),
    block: {
      t: axes.t === undefined ? 1 : meta.chunk[axes.t]!,
      y: meta.chunk[axes.y]!,
      x: meta.chunk[axes.x]!,
    },
    objects: await listChunks(store, base, meta, signal),
    reader,
  };
  return reopenZarr(store, facts);
}

/** One listing of the array's prefix; whatever is not a chunk of it is left out. */
async function listChunks(
  store: Store,
  base: string,
  { keys, shape }: ArrayMeta,
  options: { readonly signal?: AbortSignal },
): Promise<ObjectHead[]> {
  const below = base === '' ? '' : `${base}/`;
  const place = `\\d+(?:${keys.separator === '.' ? '\\.' : '/'}\\d+){${shape.length - 1}}`;
  const chunk = new RegExp(
    keys.style === 'default' ? `^c${keys.separator === '.' ? '\\.' : '/'}${place}$` : `^${place}$`,
  );
  const prefix = keys.style === 'default' ? `${below}c${keys.separator}` : below;
  const heads: ObjectHead[] = [];
  for await (const head of store.list(prefix, options)) {
    if (chunk.test(head.key.slice(below.length))) heads.push(head);
  }
  return heads;
}

function notFound(store: Store, title: string, tree: ZarrTree): NotFound {
  const known = tree.consolidated?.length
    ? ` The group has ${tree.consolidated.slice(0, 20).join(', ')}.`
    : '';
  return new NotFound(`${store.name}: no array ${title}.${known}`);
}
