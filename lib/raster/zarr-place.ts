import { CorruptInput, UnsupportedInput } from '../errors.ts';
import { type Affine, apply } from '../grid/affine.ts';
import { allocate } from '../grid/cells.ts';
import type { Crs } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { decodeCfTime } from '../grid/time.ts';
import type { Store } from '../store/store.ts';
import { cellFacts } from './cf.ts';
import { type Axes, regularAxis } from './cf-axes.ts';
import { affineOf, crsOf, type GeoAttributes } from './cf-grid.ts';
import type { Json } from './json.ts';
import { ZarrArray } from './zarr-array.ts';
import { type ArrayMeta, cellType } from './zarr-meta.ts';
import { joinKey, type ZarrTree } from './zarr-tree.ts';

/** A coordinate longer than this is not read. */
const MAX_COORDINATE = 2 ** 22;

export interface Coordinate {
  readonly path: string;
  readonly meta: ArrayMeta;
}

/** The group around a variable: its coordinate variables, its grid mapping and its groups' attributes. */
export class Neighbours {
  readonly #store: Store;
  readonly #root: string;
  readonly #tree: ZarrTree;
  readonly #parent: string;
  readonly #signal: AbortSignal | undefined;

  constructor(store: Store, path: string, variable: string, tree: ZarrTree, signal?: AbortSignal) {
    this.#store = store;
    this.#root = path;
    this.#tree = tree;
    this.#parent = variable.split('/').slice(0, -1).join('/');
    this.#signal = signal;
  }

  /** One-dimensional arrays that bear the name of one of the array's dimensions. */
  async coordinates(meta: ArrayMeta): Promise<Map<string, Coordinate>> {
    const dims = (meta.dims ?? []).flatMap((dim, i) => (dim === null ? [] : [{ dim, size: meta.shape[i]! }]));
    const found = await Promise.all(dims.map(({ dim }) => this.find(dim)));
    const pairs = dims.flatMap(({ dim, size }, i) => {
      const coordinate = found[i];
      const own = coordinate?.meta.shape.length === 1 && coordinate.meta.shape[0] === size;
      return own ? [[dim, coordinate] as const] : [];
    });
    return new Map(pairs);
  }

  /** A neighbour of the variable, or one in the groups above, as CF scopes names. */
  async find(name: string): Promise<Coordinate | undefined> {
    for (let group = this.#parent; ; group = group.split('/').slice(0, -1).join('/')) {
      const path = joinKey(group, name);
      const meta = path ? await this.#tree.array(path) : undefined;
      if (meta) return { path, meta };
      if (group === '') return undefined;
    }
  }

  groupAttributes(): Promise<Json> {
    return this.#tree.groupAttributes(this.#parent);
  }

  async values({ path, meta }: Coordinate): Promise<Float64Array> {
    const title = joinKey(this.#root, path);
    const [count = 0] = meta.shape;
    if (count > MAX_COORDINATE)
      throw new UnsupportedInput(`${title}: a coordinate of ${count} values is not read.`);
    // zarr-python does not store a chunk of fill values alone, such as the one time 0; a lost chunk fails the checks
    // that follow, being neither evenly spaced nor in order.
    const array = new ZarrArray(this.#store, title, meta, { title, absentChunks: 'fill' });
    const cells = allocate(cellType(meta.type), count);
    await array.read({ start: [0], stop: [count] }, { cells, offset: 0, strides: [1] }, this.#signal);
    const { scale, offset, nodata = [] } = cellFacts({ ...meta, fill: null }, title);
    return Float64Array.from(cells, (v) => (nodata.includes(v) ? Number.NaN : v * scale + offset));
  }
}

export interface Place {
  readonly grid: GeoGrid;
  readonly flips: { readonly flipY: boolean; readonly flipX: boolean };
}

/** Where a variable lies, rows from the top. */
export async function placeOf(
  neighbours: Neighbours,
  meta: ArrayMeta,
  axes: Axes,
  coordinates: ReadonlyMap<string, Coordinate>,
  ownCrs: Crs | undefined,
  title: string,
): Promise<Place> {
  const [height, width] = [meta.shape[axes.y]!, meta.shape[axes.x]!];
  if (height === 0 || width === 0)
    throw new UnsupportedInput(`${title}: ${height} x ${width} cells are none.`);
  const [yName, xName] = [String(meta.dims?.[axes.y]), String(meta.dims?.[axes.x])];
  const [y, x] = [coordinates.get(yName), coordinates.get(xName)];
  const mapping = meta.attributes.grid_mapping;
  const [group, mapped, ys, xs] = await Promise.all([
    neighbours.groupAttributes(),
    typeof mapping === 'string' ? neighbours.find(mapping.split(/[:\s]/)[0]!) : undefined,
    y && neighbours.values(y),
    x && neighbours.values(x),
  ]);
  const geo: GeoAttributes = {
    array: meta.attributes,
    group,
    yName,
    xName,
    ...(mapped && { mapping: mapped.meta.attributes }),
    ...(y && { y: y.meta.attributes }),
    ...(x && { x: x.meta.attributes }),
  };
  const crs = ownCrs ?? crsOf(geo, title);
  const regular = {
    y: ys && regularAxis(ys, `${title}: ${y!.path}`),
    x: xs && regularAxis(xs, `${title}: ${x!.path}`, crs.geographic ? 360 : undefined),
  };
  return fromTheTop(affineOf(regular, geo, title), crs, height, width);
}

/** Turns an affine whose rows run up, or whose columns run left, and says so. */
function fromTheTop(stored: Affine, crs: Crs, height: number, width: number): Place {
  const [a, b, , d, e] = stored;
  const straight = b === 0 && d === 0;
  const flips = { flipY: straight && e > 0, flipX: straight && a < 0 };
  const [x, y] = apply(stored, flips.flipX ? width : 0, flips.flipY ? height : 0);
  const transform: Affine = [flips.flipX ? -a : a, b, x, d, flips.flipY ? -e : e, y];
  return { grid: { crs, transform, height, width }, flips };
}

/** Days since 1970-01-01 of each step; undefined without a time dimension. */
export async function timesOf(
  neighbours: Neighbours,
  meta: ArrayMeta,
  axes: Axes,
  coordinates: ReadonlyMap<string, Coordinate>,
  title: string,
): Promise<readonly number[] | undefined> {
  if (axes.t === undefined) return undefined;
  const coordinate = coordinates.get(String(meta.dims?.[axes.t]));
  if (!coordinate) throw new UnsupportedInput(`${title}: its time dimension has no coordinate variable.`);
  const { units, calendar } = coordinate.meta.attributes;
  const name = `${title}: ${coordinate.path}`;
  if (typeof units !== 'string')
    throw new UnsupportedInput(`${name} has no units such as "days since 1970-01-01".`);
  const decode = decodeTime(units, calendar, name);
  const times = Array.from(await neighbours.values(coordinate), decode);
  const wrong = times.findIndex((t, i) => !(Number.isFinite(t) && (i === 0 || t > times[i - 1]!)));
  if (wrong >= 0) {
    throw new CorruptInput(
      `${name}: entry ${wrong} is no time after the one before it; steps must run forwards.`,
    );
  }
  return times;
}

function decodeTime(units: string, calendar: unknown, name: string): (value: number) => number {
  try {
    return decodeCfTime(units, calendar === undefined ? undefined : String(calendar));
  } catch (cause) {
    throw new UnsupportedInput(`${name}: ${(cause as Error).message}`, { cause });
  }
}
