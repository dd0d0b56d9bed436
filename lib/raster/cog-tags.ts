import type { Affine } from '../grid/affine.ts';
import type { Crs } from '../grid/crs.ts';
import { geoKeysFromCrs } from '../grid/geokeys.ts';
import { TAG } from './cog-header.ts';
import { ascii, doubles, short, type Tag } from './cog-layout.ts';

/** Affine and CRS as GeoTIFF tags; cells are areas. @see OGC GeoTIFF 1.1 (19-008r4) */
export function geoTags(transform: Affine, crs: Crs): Tag[] {
  return [...transformTags(transform), ...keyTags(crs)];
}

function transformTags([a, b, c, d, e, f]: Affine): Tag[] {
  if (b === 0 && d === 0 && a > 0 && e < 0) {
    return [doubles(TAG.ModelPixelScale, [a, -e, 0]), doubles(TAG.ModelTiepoint, [0, 0, 0, c, f, 0])];
  }
  return [doubles(TAG.ModelTransformation, [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1])];
}

/** Keys whose value is a double even where it is whole: sizes of units, axes, shifts, parameters of projections. */
const isDouble = (id: number): boolean =>
  [2055, 2057, 2058, 2059, 2061, 2062].includes(id) || (id >= 3077 && id <= 3095);

function keyTags(crs: Crs): Tag[] {
  const keys = Object.entries(geoKeysFromCrs(crs)); // integer keys come in ascending order, as GeoTIFF wants them
  const table: number[] = [];
  const numbers: number[] = [];
  let text = '';
  for (const [name, value] of keys) {
    const id = Number(name);
    if (typeof value === 'string') {
      table.push(id, TAG.GeoAsciiParams, value.length + 1, text.length);
      text += `${value}|`;
    } else if (isDouble(id)) {
      const list = [value].flat();
      table.push(id, TAG.GeoDoubleParams, list.length, numbers.length);
      numbers.push(...list);
    } else table.push(id, 0, 1, Number(value));
  }
  return [
    short(TAG.GeoKeyDirectory, 1, 1, 0, keys.length, ...table),
    ...(numbers.length > 0 ? [doubles(TAG.GeoDoubleParams, numbers)] : []),
    ...(text ? [ascii(TAG.GeoAsciiParams, text)] : []),
  ];
}

/** What the numbers of the band mean, in the words of GDAL's private tags. */
export interface CogMeaning {
  readonly nodata?: number;
  readonly scale?: number;
  readonly offset?: number;
  readonly units?: string;
  readonly description?: string;
}

export function nodataTags(nodata: number | undefined): Tag[] {
  if (nodata === undefined) return [];
  const text = Number.isNaN(nodata)
    ? 'nan'
    : Number.isFinite(nodata)
      ? String(nodata)
      : String(nodata).toLowerCase().slice(0, -5);
  return [ascii(TAG.GdalNodata, text)];
}

export function meaningTags({ scale, offset, units, description }: CogMeaning): Tag[] {
  const items = [
    item('SCALE', 'scale', scale),
    item('OFFSET', 'offset', offset),
    item('UNITTYPE', 'unittype', units),
    item('DESCRIPTION', 'description', description),
  ].join('');
  return items ? [ascii(TAG.GdalMetadata, `<GDALMetadata>\n${items}</GDALMetadata>`)] : [];
}

function item(name: string, role: string, value: number | string | undefined): string {
  if (value === undefined) return '';
  return `  <Item name="${name}" sample="0" role="${role}">${escapeXml(String(value))}</Item>\n`;
}

/** Escaped twice, as GDAL reads it so. A TIFF text holds ASCII: anything else goes as a character reference. */
const escapeXml = (text: string): string =>
  text.replace(/[&<>]|[^\x20-\x7e]/gu, (char) => `&amp;#${char.codePointAt(0)};`);
