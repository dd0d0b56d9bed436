import zlib from 'node:zlib';
import { viewBytes } from '../grid/cells.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { daysFromCivil } from '../grid/time.ts';
import { axisAttributes, cellCentres, gridMapping } from './geozarr.ts';
import type { Json } from './json.ts';

/** The steps of a product as half-open days since 1970-01-01, its single days, and its calendar years. */
interface Axes {
  readonly steps: readonly (readonly [start: number, end: number])[];
  readonly days?: readonly number[];
  readonly years?: readonly number[];
}

/** A coordinate variable of a product: small, in one chunk. */
export interface Coordinate {
  readonly name: string;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: 'float64' | 'int32';
  readonly cells: Float64Array | Int32Array;
  readonly attributes: Json;
}

/** `x`, `y`, `time`, `day` and `year` with bounds, and the scalar `spatial_ref`. */
export function coordinates(product: Axes, grid: GeoGrid): Coordinate[] {
  const axis = (name: 'x' | 'y', count: number): Coordinate => ({
    name,
    dims: [name],
    shape: [count],
    dtype: 'float64',
    cells: cellCentres(name, grid),
    attributes: axisAttributes(name, grid.crs),
  });
  return [
    axis('x', grid.width),
    axis('y', grid.height),
    ...(product.steps.length > 0 ? timeCoordinates(product.steps) : []),
    ...(product.days?.length ? dayCoordinates(product.days) : []),
    ...(product.years?.length ? yearCoordinates(product.years) : []),
    {
      name: 'spatial_ref',
      dims: [],
      shape: [],
      dtype: 'int32',
      cells: new Int32Array(1),
      attributes: gridMapping(grid),
    },
  ];
}

const CALENDAR = { units: 'days since 1970-01-01', calendar: 'proleptic_gregorian' } as const;

/** A step stands at its first day; its bounds say how far it reaches. */
function timeCoordinates(steps: Axes['steps']): Coordinate[] {
  const whole = steps.flat().every(Number.isInteger);
  const make = (days: readonly number[]) => (whole ? Int32Array.from(days) : Float64Array.from(days));
  const dtype = whole ? 'int32' : 'float64';
  return [
    {
      name: 'time',
      dims: ['time'],
      shape: [steps.length],
      dtype,
      cells: make(steps.map(([start]) => start)),
      attributes: {
        standard_name: 'time',
        long_name: 'first day of the period',
        ...CALENDAR,
        axis: 'T',
        bounds: 'time_bnds',
      },
    },
    {
      name: 'time_bnds',
      dims: ['time', 'bnds'],
      shape: [steps.length, 2],
      dtype,
      cells: make(steps.flat()),
      attributes: { long_name: 'first day of the period and of the next', ...CALENDAR },
    },
  ];
}

/** Days of a model that has no 29 February: real dates, of which that one is not there. */
function dayCoordinates(days: readonly number[]): Coordinate[] {
  return [
    {
      name: 'day',
      dims: ['day'],
      shape: [days.length],
      dtype: 'int32',
      cells: Int32Array.from(days),
      attributes: {
        standard_name: 'time',
        long_name: 'day; 29 February is left out',
        ...CALENDAR,
        axis: 'T',
        bounds: 'day_bnds',
      },
    },
    {
      name: 'day_bnds',
      dims: ['day', 'bnds'],
      shape: [days.length, 2],
      dtype: 'int32',
      cells: Int32Array.from(days.flatMap((day) => [day, day + 1])),
      attributes: { long_name: 'the day and the next', ...CALENDAR },
    },
  ];
}

/** A year stands at its first day too, so that CF readers decode it; its months are on `time`. */
function yearCoordinates(years: readonly number[]): Coordinate[] {
  const firstDay = (year: number): number => daysFromCivil(year, 1, 1);
  return [
    {
      name: 'year',
      dims: ['year'],
      shape: [years.length],
      dtype: 'int32',
      cells: Int32Array.from(years, firstDay),
      attributes: {
        standard_name: 'time',
        long_name: 'first day of the calendar year',
        ...CALENDAR,
        axis: 'T',
        bounds: 'year_bnds',
      },
    },
    {
      name: 'year_bnds',
      dims: ['year', 'bnds'],
      shape: [years.length, 2],
      dtype: 'int32',
      cells: Int32Array.from(years.flatMap((year) => [firstDay(year), firstDay(year + 1)])),
      attributes: { long_name: 'first day of the year and of the next', ...CALENDAR },
    },
  ];
}

/** Key of the one chunk, below the array. */
export const coordinateKey = ({ shape }: Coordinate): string => ['c', ...shape.map(() => 0)].join('/');

/** The variable's zarr.json. */
export const coordinateDocument = ({ shape, dtype, attributes, dims }: Coordinate): Json => ({
  zarr_format: 3,
  node_type: 'array',
  shape,
  data_type: dtype,
  chunk_grid: { name: 'regular', configuration: { chunk_shape: shape } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: dtype === 'float64' ? 'NaN' : 0,
  codecs: [
    { name: 'bytes', configuration: { endian: 'little' } },
    { name: 'zstd', configuration: { level: 3, checksum: false } },
  ],
  attributes,
  dimension_names: dims,
});

/** The bytes of the one chunk. */
export const coordinateChunk = ({ cells }: Coordinate): Uint8Array =>
  new Uint8Array(zlib.zstdCompressSync(viewBytes(cells), { pledgedSrcSize: cells.byteLength }));
