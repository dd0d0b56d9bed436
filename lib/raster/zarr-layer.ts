import { allocate, type Cells, type DType, viewBytes, viewCells } from '../grid/cells.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { cellsOf, colsOf, type Region, rowsOf, stepsOf } from '../grid/region.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import type { Axes } from './cf-axes.ts';
import type { Box } from './chunk-grid.ts';
import type { Strided } from './copy-box.ts';
import type { Dependency, Layer, LayerFacts, RawWindow, ReadOptions } from './layer.ts';
import { ZarrArray } from './zarr-array.ts';
import { type ArrayMeta, cellType } from './zarr-meta.ts';

/** What `reopenZarr` needs; plain JSON. */
export interface ZarrReader {
  /** Key prefix of the array. */
  readonly base: string;
  readonly meta: ArrayMeta;
  readonly axes: Axes;
  /** Rows are stored from the bottom, columns from the right. */
  readonly flipY: boolean;
  readonly flipX: boolean;
  readonly absentChunks: 'error' | 'fill';
}

/** Opens a layer again from its facts: no request is made before cells are read. */
export function reopenZarr(store: Store, facts: LayerFacts): Layer {
  return new ZarrLayer(store, facts);
}

class ZarrLayer implements Layer {
  readonly facts: LayerFacts;
  readonly #reader: ZarrReader;
  readonly #array: ZarrArray;
  readonly #heads: ReadonlyMap<string, ObjectHead>;

  constructor(store: Store, facts: LayerFacts) {
    this.facts = facts;
    this.#reader = facts.reader as ZarrReader;
    this.#heads = new Map(facts.objects.map((head) => [head.key, head]));
    const { base, meta, absentChunks } = this.#reader;
    this.#array = new ZarrArray(store, base, meta, { title: facts.title, heads: this.#heads, absentChunks });
  }

  dependencies(region: Region): Dependency[] {
    const keys = this.#array.places(this.#box(region)).map((place) => this.#array.key(place));
    return keys.sort(byUtf8).flatMap((key) => {
      const head = this.#heads.get(key);
      if (head) return [{ key, etag: head.etag, bytes: head.size }];
      return this.#reader.absentChunks === 'fill' ? [] : [{ key, bytes: 0 }];
    });
  }

  async read(region: Region, { signal }: ReadOptions = {}): Promise<RawWindow> {
    const { grid, times } = this.facts;
    if (!within(region, times?.length ?? 1, grid)) {
      throw new RangeError(`${this.facts.title}: window ${JSON.stringify(region)} lies outside the array`);
    }
    const { meta } = this.#reader;
    const cells = allocate(cellType(meta.type), cellsOf(region));
    await this.#array.read(this.#box(region), this.#target(region, cells), signal);
    return { region, cells: asDtype(cells, this.facts.dtype) };
  }

  /** The stored box of a window. */
  #box({ t0, t1, y0, y1, x0, x1 }: Region): Box {
    const { axes, meta, flipY, flipX } = this.#reader;
    const start = [...axes.fixed];
    const stop = axes.fixed.map((index) => index + 1);
    const put = (axis: number, from: number, to: number, flip: boolean): void => {
      const size = meta.shape[axis]!;
      start[axis] = flip ? size - to : from;
      stop[axis] = flip ? size - from : to;
    };
    if (axes.t !== undefined) put(axes.t, t0, t1, false);
    put(axes.y, y0, y1, flipY);
    put(axes.x, x0, x1, flipX);
    return { start, stop };
  }

  /** Where the box's first stored cell goes in `[t][y][x]`, and how to go on from there. */
  #target(region: Region, cells: Cells): Strided {
    const { axes, flipY, flipX } = this.#reader;
    const [rows, cols] = [rowsOf(region), colsOf(region)];
    const strides = axes.fixed.map(() => 0);
    if (axes.t !== undefined) strides[axes.t] = rows * cols;
    strides[axes.y] = flipY ? -cols : cols;
    strides[axes.x] = flipX ? -1 : 1;
    return { cells, offset: (flipY ? (rows - 1) * cols : 0) + (flipX ? cols - 1 : 0), strides };
  }
}

/** `_Unsigned` cells are the same bits looked at another way. */
const asDtype = (cells: Cells, dtype: DType): Cells => viewCells(dtype, viewBytes(cells));

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const within = (r: Region, steps: number, { height, width }: GeoGrid): boolean =>
  [r.t0, r.y0, r.x0].every((n) => n >= 0) &&
  r.t1 <= steps &&
  r.y1 <= height &&
  r.x1 <= width &&
  stepsOf(r) >= 0 &&
  rowsOf(r) >= 0 &&
  colsOf(r) >= 0;
