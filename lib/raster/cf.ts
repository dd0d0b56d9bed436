import { CorruptInput, UnsupportedInput } from '../errors.ts';
import { allocate, bytesPerCell, type DType, isFloat } from '../grid/cells.ts';
import { brief } from './json.ts';
import type { LayerFacts } from './layer.ts';
import { type ArrayMeta, cellType, fillNumber } from './zarr-meta.ts';

/** What CF attributes say of an array's cells. @see CF conventions 1.11, 2.5 and 8.1 */
export type CellFacts = Pick<
  LayerFacts,
  'dtype' | 'units' | 'longName' | 'standardName' | 'nodata' | 'validRange' | 'scale' | 'offset'
>;

/**
 * Reads units, names, packing, nodata and valid range.
 *
 * Nodata are `_FillValue` and `missing_value`; also the array's own fill value, which in Zarr v2 is xarray's
 * `_FillValue`, while in v3 a fill value of 0 is only what unwritten chunks hold and says nothing. NaN is nodata
 * anyway and is not listed. `_Unsigned` integers are presented unsigned.
 * @throws UnsupportedInput, CorruptInput naming the attribute
 */
export function cellFacts(meta: ArrayMeta, title: string): CellFacts {
  const { attributes } = meta;
  const stored = cellType(meta.type);
  const dtype = isUnsigned(attributes) ? unsigned(stored) : stored;
  const read = (name: string) => numbers(attributes[name], `${title}: ${name}`).map((v) => asCell(v, dtype));
  const ownFill = meta.fill === null || (meta.format === 3 && meta.fill === 0) ? [] : [fillNumber(meta.fill)];
  const named = [...read('_FillValue'), ...read('missing_value'), ...ownFill.map((v) => asCell(v, dtype))];
  const nodata = [...new Set(named.filter((value) => Number.isFinite(value)))];
  const validRange = rangeOf(attributes, title);
  const [scale = 1] = numbers(attributes.scale_factor, `${title}: scale_factor`);
  const [offset = 0] = numbers(attributes.add_offset, `${title}: add_offset`);
  if (!Number.isFinite(offset) || !Number.isFinite(1 / scale)) {
    throw new CorruptInput(`${title}: scale_factor ${scale} and add_offset ${offset} pack no values.`);
  }
  return {
    dtype,
    ...text('units', attributes.units),
    ...text('longName', attributes.long_name),
    ...text('standardName', attributes.standard_name),
    ...(nodata.length > 0 && { nodata }),
    ...(validRange && { validRange }),
    scale,
    offset,
  };
}

/** Numbers of an attribute: plain, as Zarr's strings for NaN, or as xarray's base64 of a little-endian double. */
export function numbers(value: unknown, what: string): number[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item) => oneNumber(item, what));
  return [oneNumber(value, what)];
}

function oneNumber(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') {
    if (/^[A-Za-z0-9+/]{11}=$/.test(value)) return Buffer.from(value, 'base64').readDoubleLE(0);
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isNaN(number) || value === 'NaN') return number;
  }
  throw new UnsupportedInput(`${what} is ${brief(value)}, not a number.`);
}

function rangeOf(attributes: ArrayMeta['attributes'], title: string): readonly [number, number] | undefined {
  const [low, high] = numbers(attributes.valid_range, `${title}: valid_range`);
  if (low !== undefined && high !== undefined) return [low, high];
  const [min] = numbers(attributes.valid_min, `${title}: valid_min`);
  const [max] = numbers(attributes.valid_max, `${title}: valid_max`);
  if (min === undefined && max === undefined) return undefined;
  return [min ?? -Number.MAX_VALUE, max ?? Number.MAX_VALUE];
}

const isUnsigned = (attributes: ArrayMeta['attributes']): boolean =>
  ['true', true].includes(attributes._Unsigned as string | boolean);

const unsigned = (dtype: DType): DType => (/^int(8|16|32)$/.test(dtype) ? (`u${dtype}` as DType) : dtype);

/** A number as the cell type holds it: 1e20 is another number in float32, and -1 is 255 in uint8. */
function asCell(value: number, dtype: DType): number {
  if (isFloat(dtype)) return Number(allocate(dtype, 1).fill(value)[0]);
  const wrapped = value < 0 && dtype.startsWith('u') ? value + 2 ** (8 * bytesPerCell(dtype)) : value;
  return Number(allocate(dtype, 1).fill(wrapped)[0]) === wrapped ? wrapped : Number.NaN;
}

const text = <K extends string>(key: K, value: unknown): { readonly [k in K]?: string } =>
  typeof value === 'string' && value.trim() ? ({ [key]: value.trim() } as { [k in K]: string }) : {};
