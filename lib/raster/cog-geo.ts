import { CorruptInput, UnsupportedInput } from '../errors.ts';
import { type Affine, invert } from '../grid/affine.ts';
import type { DType } from '../grid/cells.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { crsFromGeoKeys } from '../grid/geokeys.ts';
import { type Directory, TAG } from './cog-header.ts';

const GT_RASTER_TYPE = 1025;
const PIXEL_IS_POINT = 2;

type GeoKeys = Record<number, number | string | number[]>;

/**
 * Where an image lies on the ground.
 *
 * @throws UnsupportedInput without an affine georeference or with a CRS that is not known; CorruptInput
 * @see OGC GeoTIFF 1.1 (19-008r4), 7.1 and B.6
 */
export function georeference(key: string, directory: Directory, width: number, height: number): GeoGrid {
  const keys = readGeoKeys(key, directory);
  const corner = readTransform(key, directory);
  const centred = keys[GT_RASTER_TYPE] === PIXEL_IS_POINT;
  const [a, b, c, d, e, f] = corner;
  // Where coordinates belong to pixel centres, the corner lies half a pixel before them.
  const transform: Affine = centred ? [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2] : corner;
  try {
    invert(transform);
  } catch (error) {
    throw new CorruptInput(`${key}: its georeference has pixels without area (${transform}).`, {
      cause: error,
    });
  }
  return { crs: crsOf(key, keys), transform, height, width };
}

function crsOf(key: string, keys: GeoKeys): GeoGrid['crs'] {
  try {
    return crsFromGeoKeys(keys);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UnsupportedInput(`${key}: ${error.message}`, { cause: error });
  }
}

function readTransform(key: string, directory: Directory): Affine {
  const scale = directory.numbers(TAG.ModelPixelScale);
  const ties = directory.numbers(TAG.ModelTiepoint);
  const matrix = directory.numbers(TAG.ModelTransformation);
  const transform = fromMatrix(matrix) ?? fromScale(scale, ties);
  if (!transform) {
    const found = ties.length > 6 ? 'only ground control points' : 'none';
    throw new UnsupportedInput(
      `${key}: it has no affine georeference (${found}). Warp it to a regular grid first.`,
    );
  }
  if (!transform.every(Number.isFinite))
    throw new CorruptInput(`${key}: its georeference is (${transform}).`);
  return transform;
}

function fromMatrix(m: readonly number[]): Affine | undefined {
  return m.length >= 8 ? [m[0]!, m[1]!, m[3]!, m[4]!, m[5]!, m[7]!] : undefined;
}

function fromScale(scale: readonly number[], ties: readonly number[]): Affine | undefined {
  if (scale.length < 2 || ties.length < 6) return undefined;
  const [sx, sy] = scale as [number, number];
  const [col, row, , x, y] = ties as [number, number, number, number, number];
  // The scale of rows is a size: GDAL, too, takes a negative one for a slip of the writer.
  const e = -Math.abs(sy);
  return [sx, 0, x - col * sx, 0, e, y - row * e];
}

/** The key directory as numbers by key id, with texts without their closing bar. */
export function readGeoKeys(key: string, directory: Directory): GeoKeys {
  const table = directory.numbers(TAG.GeoKeyDirectory);
  const doubles = directory.numbers(TAG.GeoDoubleParams);
  const text = directory.text(TAG.GeoAsciiParams) ?? '';
  const keys: GeoKeys = {};
  for (let i = 4; i + 3 < table.length && i < 4 * (table[3]! + 1); i += 4) {
    const [id, place, count, value] = Array.from(table.slice(i, i + 4)) as [number, number, number, number];
    if (place === 0) keys[id] = value;
    else if (place === TAG.GeoAsciiParams) keys[id] = text.slice(value, value + count).replace(/\|$/, '');
    else if (place === TAG.GeoDoubleParams && value + count <= doubles.length && count > 0) {
      const list = Array.from(doubles.slice(value, value + count));
      keys[id] = list.length === 1 ? list[0]! : list;
    } else throw new CorruptInput(`${key}: geokey ${id} points outside its parameters.`);
  }
  return keys;
}

/** What the numbers of one band mean. */
export interface BandMeaning {
  readonly nodata?: number;
  readonly scale: number;
  readonly offset: number;
  readonly units?: string;
  readonly longName?: string;
}

/** @param band from 0 */
export function bandMeaning(key: string, directory: Directory, band: number, dtype: DType): BandMeaning {
  const items = gdalItems(directory.text(TAG.GdalMetadata) ?? '', band);
  const number = (role: string, otherwise: number): number => {
    const text = items.get(role);
    const value = text === undefined ? otherwise : Number(text);
    if (Number.isFinite(value)) return value;
    throw new CorruptInput(`${key}: its ${role} is "${text}", which is no number.`);
  };
  const nodata = readNodata(key, directory.text(TAG.GdalNodata), dtype);
  const units = items.get('unittype');
  const longName = items.get('description');
  return {
    ...(nodata !== undefined && { nodata }),
    scale: number('scale', 1),
    offset: number('offset', 0),
    ...(units && { units }),
    ...(longName && { longName }),
  };
}

/** Text of each role of one band in GDAL's metadata tag: `<Item name="SCALE" sample="0" role="scale">0.1</Item>`. */
function gdalItems(xml: string, band: number): Map<string, string> {
  const items = new Map<string, string>();
  for (const [, attributes = '', text = ''] of xml.matchAll(/<Item\s([^>]*)>([^<]*)<\/Item>/g)) {
    const role = /\brole="([^"]*)"/.exec(attributes)?.[1];
    const sample = /\bsample="(\d+)"/.exec(attributes)?.[1];
    if (role && Number(sample) === band) items.set(role, unescapeXml(unescapeXml(text)).trim()); // GDAL escapes twice;
  }
  return items;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|(amp|lt|gt|quot|apos));/g, (whole, code?: string, name?: string) => {
    if (name) return ENTITIES[name]!;
    return Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : whole;
  });

const MAX_FLOAT32 = 3.4028234663852886e38;

function readNodata(key: string, text: string | undefined, dtype: DType): number | undefined {
  const word = text?.trim().toLowerCase();
  if (!word) return undefined;
  const value = /^[+-]?nan$/.test(word)
    ? Number.NaN
    : Number(word.replace(/^([+-]?)inf(inity)?$/, '$1Infinity'));
  if (Number.isNaN(value) && !word.endsWith('nan')) {
    throw new CorruptInput(`${key}: its nodata value is "${text}", which is no number.`);
  }
  if (dtype !== 'float32') return value;
  // Written with too few digits, the least float32 would round to -Infinity and match no cell.
  const rounded = Math.fround(value);
  return Number.isFinite(value) && !Number.isFinite(rounded) ? Math.sign(value) * MAX_FLOAT32 : rounded;
}
