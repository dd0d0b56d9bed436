import { isFluxError } from '../errors.ts';
import type { DType } from '../grid/cells.ts';
import type { Store } from '../store/store.ts';
import { cellFacts } from './cf.ts';
import type { ArrayMeta, ZarrType } from './zarr-meta.ts';
import { joinKey, openTree } from './zarr-tree.ts';

/** What a Zarr group says of one of its arrays; `problem` instead of the rest when its metadata is not readable. */
export interface ArrayDescription {
  /** Path below the group. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dims: readonly (string | null)[];
  readonly dtype?: ZarrType;
  /** Cells as `openZarr` presents them. */
  readonly cells?: DType;
  readonly chunk: readonly number[];
  readonly shard?: readonly number[];
  readonly units?: string;
  readonly longName?: string;
  readonly standardName?: string;
  readonly scale?: number;
  readonly offset?: number;
  readonly nodata?: readonly number[];
  readonly validRange?: readonly [number, number];
  readonly problem?: string;
}

/**
 * Describes every array of a Zarr group, or the one array at `path`, from metadata alone. A group without
 * consolidated metadata is listed for it.
 * @throws NotFound when there is no Zarr at `path`
 */
export async function describeZarr(
  store: Store,
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly ArrayDescription[]> {
  const tree = await openTree(store, path, options);
  const names = tree.consolidated ?? (await listArrays(store, path, options));
  const described: ArrayDescription[] = [];
  for (const name of [...names].sort()) {
    try {
      const meta = await tree.array(name);
      if (meta) described.push(describe(name, meta, joinKey(path, name)));
    } catch (error) {
      if (!isFluxError(error)) throw error;
      described.push({ name, shape: [], dims: [], chunk: [], problem: error.message });
    }
  }
  return described;
}

function describe(name: string, meta: ArrayMeta, title: string): ArrayDescription {
  const { dtype: cells, ...facts } = cellFacts(meta, title);
  return {
    name,
    shape: meta.shape,
    dims: meta.dims ?? meta.shape.map(() => null),
    dtype: meta.type,
    cells,
    chunk: meta.chunk,
    ...(meta.shard && { shard: meta.shard.shape }),
    ...facts,
  };
}

/** Paths below `path` that have a zarr.json or .zarray; those of groups are sorted out by the reader. */
async function listArrays(
  store: Store,
  path: string,
  options: { readonly signal?: AbortSignal },
): Promise<string[]> {
  const prefix = path === '' ? '' : `${joinKey(path)}/`;
  const names = new Set<string>();
  for await (const { key } of store.list(prefix, options)) {
    const match = /^(?:(.*)\/)?(?:zarr\.json|\.zarray)$/.exec(key.slice(prefix.length));
    if (match) names.add(match[1] ?? '');
  }
  return [...names];
}
