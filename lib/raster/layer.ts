import type { Affine } from '../grid/affine.ts';
import type { Cells, DType } from '../grid/cells.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { Region } from '../grid/region.ts';
import type { ObjectHead } from '../store/store.ts';

/** What a source's headers and listing say of one named array; plain JSON, so that a plan can carry it to a worker. */
export interface LayerFacts {
  readonly kind: 'cog' | 'zarr';
  /** How messages call it: `mod09a1/ndvi_{YYYY}{DDD}.tif` or `era5.zarr/t2m`. */
  readonly title: string;
  readonly grid: GeoGrid;
  readonly dtype: DType;
  /** Days since 1970-01-01 (proleptic Gregorian, UTC) of each step; absent for a layer without a time axis. */
  readonly times?: readonly number[];
  /** What the file calls its time dimension: our own products have `year` beside `time`. */
  readonly timeName?: string;
  readonly units?: string;
  readonly longName?: string;
  readonly standardName?: string;
  /** As stored, before scale and offset. */
  readonly nodata?: readonly number[];
  /** As stored, before scale and offset. */
  readonly validRange?: readonly [number, number];
  readonly scale: number;
  readonly offset: number;
  /** Rows and columns of one stored block: a COG tile, a Zarr chunk or inner chunk. */
  readonly block: { readonly t: number; readonly y: number; readonly x: number };
  /** COG: one object a step, in the order of `times`. Zarr: the chunk or shard objects that exist, by key. */
  readonly objects: readonly ObjectHead[];
  /** Coarser copies that the files themselves carry, finest first: the first is `level` 1 of `read`. */
  readonly overviews?: readonly Overview[];
  /** What the reader of this kind needs to open it again without a listing. */
  readonly reader: unknown;
}

/** A coarser copy of a layer inside its own files. */
export interface Overview {
  readonly height: number;
  readonly width: number;
  readonly transform: Affine;
  readonly block: { readonly y: number; readonly x: number };
}

/** An object that a window's cells come from. `etag` is undefined when it should exist and does not. */
export interface Dependency {
  readonly key: string;
  readonly etag?: string;
  /** Upper bound of the bytes that reading the window moves from this object. */
  readonly bytes: number;
}

/** Cells as stored, row-major `[t][y][x]`; `valid` (1 = valid) only where the file carries a mask of its own. */
export interface RawWindow {
  readonly region: Region;
  readonly cells: Cells;
  readonly valid?: Uint8Array;
}

export interface ReadOptions {
  /** 0 is native; n is `overviews[n - 1]`, and the region then counts in its rows and columns. */
  readonly level?: number;
  readonly signal?: AbortSignal;
}

/** One named array on its own grid. Opening reads headers and a listing; everything but `read` is then in memory. */
export interface Layer {
  readonly facts: LayerFacts;
  /** The objects that a window depends on, in key order. */
  dependencies(region: Region): readonly Dependency[];
  /**
   * Reads a window at native resolution.
   * @throws MissingInput an object (file, chunk) that should exist does not
   * @throws CorruptInput, UnsupportedInput with file and cause
   * @throws StaleInput an object is no longer the one that was opened
   */
  read(region: Region, options?: ReadOptions): Promise<RawWindow>;
}
