import { NotFound } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { parseJson } from './json.ts';
import { type ArrayMeta, parseArrayV2, parseArrayV3 } from './zarr-meta.ts';

type Json = Record<string, unknown>;
interface Options {
  readonly signal?: AbortSignal;
}

/** The metadata documents of one Zarr hierarchy; from consolidated metadata where the file has them. */
export interface ZarrTree {
  readonly format: 2 | 3;
  /** @throws CorruptInput, UnsupportedInput */
  array(path: string): Promise<ArrayMeta | undefined>;
  /** Attributes of a group; empty when the group says nothing. */
  groupAttributes(path: string): Promise<Json>;
  /** Paths of all arrays, when the metadata are consolidated. */
  readonly consolidated?: readonly string[];
}

/** Joins the parts of a key that are not empty. */
export const joinKey = (...parts: string[]): string =>
  parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part)
    .join('/');

/**
 * Finds the format of the Zarr group or array at `root` in one or two rounds of requests.
 * @throws NotFound when there is neither
 */
export async function openTree(store: Store, root: string, options: Options = {}): Promise<ZarrTree> {
  const get = documentGetter(store, options);
  const v3 = await get(joinKey(root, 'zarr.json'));
  if (v3) return treeV3(get, root, v3);
  const [zmetadata, zgroup, zarray] = await Promise.all(
    ['.zmetadata', '.zgroup', '.zarray'].map((name) => get(joinKey(root, name))),
  );
  if (zmetadata || zgroup || zarray)
    return treeV2(get, root, (zmetadata?.metadata ?? {}) as Json, !!zmetadata);
  throw new NotFound(
    `${store.name}: no Zarr group or array at "${root}" (no zarr.json, .zgroup or .zarray).`,
  );
}

type GetDocument = (key: string) => Promise<Json | undefined>;

function documentGetter(store: Store, options: Options): GetDocument {
  return async (key) => {
    const object = await store.get(key, options);
    if (!object) return undefined;
    const document = parseJson(object.bytes, key);
    return typeof document === 'object' && document !== null ? (document as Json) : {};
  };
}

function treeV3(get: GetDocument, root: string, rootDocument: Json): ZarrTree {
  const consolidated = rootDocument.consolidated_metadata as { metadata?: Json } | undefined;
  const known = (consolidated?.metadata ?? {}) as Record<string, Json>;
  const document = async (path: string): Promise<Json | undefined> =>
    path === '' ? rootDocument : (known[path] ?? (await get(joinKey(root, path, 'zarr.json'))));
  return {
    format: 3,
    array: async (path) => {
      const found = await document(path);
      return found?.node_type === 'group' || !found
        ? undefined
        : parseArrayV3(found, joinKey(root, path) || path);
    },
    groupAttributes: async (path) => ((await document(path))?.attributes ?? {}) as Json,
    ...(consolidated?.metadata && {
      consolidated: Object.keys(known).filter((path) => known[path]?.node_type === 'array'),
    }),
  };
}

function treeV2(get: GetDocument, root: string, known: Json, isConsolidated: boolean): ZarrTree {
  const document = async (path: string, name: string): Promise<Json | undefined> =>
    (known[joinKey(path, name)] as Json | undefined) ?? (await get(joinKey(root, path, name)));
  /** A consolidated group that lists an array but no attributes for it has none: no request. */
  const attributes = async (path: string, owner: string): Promise<Json> =>
    (known[joinKey(path, owner)] && !known[joinKey(path, '.zattrs')]
      ? undefined
      : await document(path, '.zattrs')) ?? {};
  return {
    format: 2,
    array: async (path) => {
      const [zarray, zattrs] = await Promise.all([document(path, '.zarray'), attributes(path, '.zarray')]);
      return zarray && parseArrayV2(zarray, zattrs, joinKey(root, path) || path);
    },
    groupAttributes: (path) => attributes(path, '.zgroup'),
    ...(isConsolidated && {
      consolidated: Object.keys(known)
        .filter((key) => /(^|\/)\.zarray$/.test(key))
        .map((key) => key.replace(/\/?\.zarray$/, '')),
    }),
  };
}
