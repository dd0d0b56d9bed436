import { BadRequest } from '../../lib/errors.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import type { Legend } from '../../lib/view/legend.ts';
import { encodeNpy } from '../../lib/view/npy.ts';
import { encodePalettePng } from '../../lib/view/palette-png.ts';
import { paletteImage } from '../../lib/view/tile-image.ts';
import { encodeWebp } from './webp.ts';

/** Forms that are painted, and forms that hold the values themselves. */
export type PictureFormat = 'png' | 'webp' | 'npy' | 'tif';

export const PICTURE_TYPES: Readonly<Record<PictureFormat, string>> = {
  png: 'image/png',
  webp: 'image/webp',
  npy: 'application/x-npy',
  tif: 'image/tiff; application=geotiff',
};

/** What the document says of a route that answers with a picture. */
export const PICTURE_ANSWERS = {
  'image/png': undefined,
  'image/webp': undefined,
  'application/x-npy': undefined,
  'image/tiff': undefined,
};

export const isPainted = (format: PictureFormat): boolean => format === 'png' || format === 'webp';

const NAMES: Readonly<Record<string, PictureFormat>> = {
  png: 'png',
  pngraw: 'png',
  webp: 'webp',
  npy: 'npy',
  'x-npy': 'npy',
  tif: 'tif',
  tiff: 'tif',
};

/** A form by any of the names that clients use, media types included. @throws BadRequest for the others */
export function formatOf(name: string | undefined): PictureFormat {
  const format = NAMES[(name ?? 'png').toLowerCase().replace(/^(?:image|application)\//, '')];
  if (format) return format;
  const why = /jpe?g|jp2/i.test(name!) ? ' (it has no transparency, which nodata needs)' : '';
  throw new BadRequest(
    'format',
    `"${name!.slice(0, 20)}" is not made here${why}; ask for png, webp, npy or tif`,
  );
}

export interface PictureLook {
  /** What paints a picture; absent for numbers. */
  readonly legend?: Legend | undefined;
  /** One of `STATE_CODES`, or 0, a pixel. */
  readonly states?: Uint8Array | undefined;
  /** Whether nodata shows: as transparency, or in npy as a last band. */
  readonly mask: boolean;
}

export async function encodePicture(
  values: Float32Array,
  target: GeoGrid,
  format: PictureFormat,
  { legend, states, mask }: PictureLook,
): Promise<Uint8Array> {
  if (!legend) return format === 'tif' ? encodeTif(values, target) : encodeBands(values, target, mask);
  const image = paletteImage(values, target.width, target.height, legend, { states, opaque: !mask });
  return format === 'webp' ? encodeWebp(image) : encodePalettePng(image);
}

const encodeTif = (cells: Float32Array, { height, width, transform, crs }: GeoGrid): Uint8Array =>
  Buffer.concat(
    encodeCog({
      cells,
      width,
      height,
      dtype: 'float32',
      nodata: Number.NaN,
      transform,
      crs,
      compression: 'deflate',
      effort: 1,
      tile: 256,
      overviews: 'none',
    }),
  );

/** As rio-tiler: bands first, and the mask, 255 where there is a value, as the last one. */
function encodeBands(values: Float32Array, { height, width }: GeoGrid, mask: boolean): Uint8Array {
  if (!mask) return encodeNpy(values, [1, height, width]);
  const both = new Float32Array(2 * values.length);
  both.set(values);
  for (let i = 0; i < values.length; i++) both[values.length + i] = Number.isNaN(values[i]!) ? 0 : 255;
  return encodeNpy(both, [2, height, width]);
}
