import type { GeoGrid } from '../grid/geo-grid.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import { cellFacts } from './cf.ts';
import type { Layer } from './layer.ts';
import { type ArraySpec, arrayDocument, arrayKey } from './write.ts';
import { reopenZarr, type ZarrReader } from './zarr-layer.ts';
import { parseArrayV3 } from './zarr-meta.ts';

/** What is known of a product's array before any request. */
export interface KnownArray {
  readonly array: ArraySpec;
  /** Of the array's level. */
  readonly grid: GeoGrid;
  /** Days since 1970-01-01 of each step. */
  readonly times: readonly number[];
  /** The shards that are there, of those that will be read. */
  readonly heads: readonly ObjectHead[];
}

/** Opens an array of one of our own products without a request: a shard that `heads` does not name is nodata. */
export function openProductArray(
  store: Store,
  root: string,
  { array, grid, times, heads }: KnownArray,
): Layer {
  const base = arrayKey(root, array);
  const meta = parseArrayV3(arrayDocument(array), base);
  const reader: ZarrReader = {
    base,
    meta: { ...meta, attributes: {} },
    axes: { t: 0, y: 1, x: 2, fixed: [0, 0, 0] },
    flipY: false,
    flipX: false,
    absentChunks: 'fill',
  };
  const [t, y, x] = array.chunk as [number, number, number];
  return reopenZarr(store, {
    kind: 'zarr',
    title: base,
    grid,
    ...cellFacts(meta, base),
    times,
    timeName: array.dims[0]!,
    block: { t, y, x },
    objects: heads,
    reader,
  });
}
