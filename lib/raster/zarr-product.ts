import { coarsen } from '../grid/affine.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { fillAttribute, georeference, pyramidAttributes, spatialAttributes } from './geozarr.ts';
import { asciiJson, type Json } from './json.ts';
import { type ArraySpec, arrayDocument, arrayKey, type Dimension } from './write.ts';
import { coordinateChunk, coordinateDocument, coordinateKey, coordinates } from './zarr-coordinates.ts';
import { joinKey } from './zarr-tree.ts';

/** What a product group holds; everything that its metadata and coordinates are made from. */
export interface ZarrProduct {
  readonly grid: GeoGrid;
  /** Each step as half-open days since 1970-01-01, in order. */
  readonly steps: readonly (readonly [start: number, end: number])[];
  /** First days, since 1970-01-01, of variables with the dimension `day`. */
  readonly days?: readonly number[];
  /** Calendar years of variables with the dimension `year`. */
  readonly years?: readonly number[];
  readonly variables: readonly ProductVariable[];
  /** How many levels, the native one included. */
  readonly levels: number;
  /** Cells of one shard: steps, days and years (1 unless said) of a window, rows, columns. */
  readonly shard: {
    readonly time: number;
    readonly day?: number;
    readonly year?: number;
    readonly y: number;
    readonly x: number;
  };
  /** Rows and columns of an inner chunk; 256 unless said. */
  readonly chunk?: { readonly y: number; readonly x: number };
  /** CF's attributes of the whole: title, institution, source, history, references, comment. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ProductVariable {
  readonly name: string;
  readonly dims: readonly Dimension[];
  readonly dtype: 'float32' | 'uint8';
  /** Nodata; NaN for floats. */
  readonly fill: number;
  readonly longName: string;
  /** CF-legal: `g m-2 month-1`; absent for classes and flags. */
  readonly units?: string;
  readonly standardName?: string;
  readonly validRange?: readonly [number, number];
  /** CF flags: values of classes, or masks of bits. */
  readonly flags?: {
    readonly meanings: readonly string[];
    readonly values?: readonly number[];
    readonly masks?: readonly number[];
  };
  /** `area: mean where land time: sum` */
  readonly cellMethods?: string;
  /** Names of variables about this one, such as its flags. */
  readonly ancillary?: readonly string[];
  readonly comment?: string;
  /** Further attributes, such as `positive`. */
  readonly attributes?: Json;
}

const CHUNK = 256;

/** The grid of a level: cells of 2^level native ones, the last row and column reaching past the native edge. */
export function levelGrid(grid: GeoGrid, level: number): GeoGrid {
  const factor = 2 ** level;
  return {
    crs: grid.crs,
    transform: coarsen(grid.transform, factor, factor),
    height: Math.ceil(grid.height / factor),
    width: Math.ceil(grid.width / factor),
  };
}

/** Name of the array that goes with a mean of a coarser level: the area that has data, m2 a cell. */
export const validAreaName = (variable: string): string => `${variable}_valid_area`;

/** Every array of the product, level by level. Coarser floats come with the area that their mean stands for. */
export function productArrays(product: ZarrProduct): ArraySpec[] {
  return Array.from({ length: product.levels }, (_, level) => {
    const grid = levelGrid(product.grid, level);
    return product.variables.flatMap((variable) => {
      const array = arrayOf(product, variable, grid, level);
      return level > 0 && variable.dtype === 'float32' ? [array, validArea(array, variable, grid)] : [array];
    });
  }).flat();
}

function arrayOf(product: ZarrProduct, variable: ProductVariable, grid: GeoGrid, level: number): ArraySpec {
  const { shard, chunk = { y: CHUNK, x: CHUNK } } = product;
  const sizes: Record<Dimension, readonly [shape: number, shard: number, chunk: number]> = {
    time: [product.steps.length, shard.time, 1],
    day: [product.days?.length ?? 0, shard.day ?? 1, 1],
    year: [product.years?.length ?? 0, shard.year ?? 1, 1],
    y: [grid.height, shard.y, chunk.y],
    x: [grid.width, shard.x, chunk.x],
  };
  const fitted = variable.dims.map((dim) => fit(...sizes[dim]));
  return {
    level,
    name: variable.name,
    dims: variable.dims,
    shape: fitted.map((size) => size.shape),
    shard: fitted.map((size) => size.shard),
    chunk: fitted.map((size) => size.chunk),
    dtype: variable.dtype,
    fill: variable.fill,
    attributes: variableAttributes(variable, grid, level > 0),
  };
}

/** Chunks no longer than the array, shards a whole number of chunks and no longer than it takes to cover the array. */
function fit(shape: number, shard: number, chunk: number): { shape: number; shard: number; chunk: number } {
  if (shard % chunk !== 0)
    throw new RangeError(`shards of ${shard} are no whole number of chunks of ${chunk}`);
  if (shape < 1) throw new RangeError('an array without cells');
  const inner = Math.min(chunk, shape);
  return { shape, chunk: inner, shard: Math.min(shard, inner * Math.ceil(shape / inner)) };
}

function variableAttributes(variable: ProductVariable, grid: GeoGrid, coarse: boolean): Json {
  const { flags, standardName, units, validRange, cellMethods, comment } = variable;
  const isMean = coarse && variable.dtype === 'float32';
  const ancillary = [...(variable.ancillary ?? []), ...(isMean ? [validAreaName(variable.name)] : [])];
  return {
    long_name: variable.longName,
    ...(standardName && { standard_name: standardName }),
    ...(units && { units }),
    // Bits stay integers: readers that find a `_FillValue` turn them into floats.
    ...(!flags?.masks && { _FillValue: fillAttribute(variable.dtype, variable.fill) }),
    ...(validRange && { valid_min: validRange[0], valid_max: validRange[1] }),
    ...(cellMethods && { cell_methods: cellMethods }),
    ...(flags?.values && { flag_values: flags.values }),
    ...(flags?.masks && { flag_masks: flags.masks }),
    ...(flags && { flag_meanings: flags.meanings.map((m) => m.trim().replace(/\s+/g, '_')).join(' ') }),
    ...(ancillary.length > 0 && { ancillary_variables: ancillary.join(' ') }),
    ...(comment && { comment }),
    ...variable.attributes,
    ...georeference(grid),
  };
}

function validArea(mean: ArraySpec, variable: ProductVariable, grid: GeoGrid): ArraySpec {
  return {
    ...mean,
    name: validAreaName(mean.name),
    dtype: 'float64',
    fill: 0,
    attributes: {
      long_name: `area with data of ${variable.longName}`,
      units: 'm2',
      cell_methods: 'area: sum',
      ...georeference(grid),
    },
  };
}

/**
 * Every metadata and coordinate object of the group, by key below `root`: groups with consolidated metadata, arrays,
 * and `x`, `y`, `time`, `year` with bounds and `spatial_ref` in each level, one chunk each. JSON in ASCII.
 */
export function productObjects(product: ZarrProduct, root = ''): ReadonlyMap<string, Uint8Array> {
  const objects = new Map<string, Uint8Array>();
  const documents = new Map<string, Json>();
  const arrays = productArrays(product);
  const grids = Array.from({ length: product.levels }, (_, level) => levelGrid(product.grid, level));
  for (const [level, grid] of grids.entries()) {
    for (const array of arrays.filter((a) => a.level === level))
      documents.set(arrayKey('', array), arrayDocument(array));
    for (const coordinate of coordinates(product, grid)) {
      const path = joinKey(String(level), coordinate.name);
      documents.set(path, coordinateDocument(coordinate));
      objects.set(joinKey(root, path, coordinateKey(coordinate)), coordinateChunk(coordinate));
    }
  }
  for (const [level, grid] of grids.entries()) {
    const attributes = { ...product.attributes, Conventions: 'CF-1.11', ...spatialAttributes(grid) };
    documents.set(String(level), groupDocument(attributes, below(documents, `${level}/`)));
  }
  const attributes = { ...product.attributes, Conventions: 'CF-1.11', ...pyramidAttributes(grids) };
  const whole = groupDocument(attributes, withoutNested(documents));
  for (const [path, document] of documents)
    objects.set(joinKey(root, path, 'zarr.json'), asciiJson(document));
  return objects.set(joinKey(root, 'zarr.json'), asciiJson(whole));
}

const groupDocument = (attributes: Json, metadata: Json): Json => ({
  zarr_format: 3,
  node_type: 'group',
  attributes,
  consolidated_metadata: { kind: 'inline', must_understand: false, metadata },
});

const below = (documents: ReadonlyMap<string, Json>, prefix: string): Json =>
  Object.fromEntries(
    [...documents]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, d]) => [path.slice(prefix.length), d]),
  );

/** The levels' own consolidated metadata need not be said twice in the root's. */
const withoutNested = (documents: ReadonlyMap<string, Json>): Json =>
  Object.fromEntries(
    [...documents].map(([path, { consolidated_metadata: _, ...document }]) => [path, document]),
  );
