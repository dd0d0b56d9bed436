import type { ImageFileDirectory } from 'geotiff';
import { CorruptInput, isFluxError } from '../errors.ts';
import { guardTiff } from './cog-guard.ts';
import type { HeaderSource } from './cog-source.ts';

/** TIFF and GeoTIFF tags that are read here (TIFF 6.0; OGC 19-008; GDAL's private tags). */
export const TAG = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  Photometric: 262,
  FillOrder: 266,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  PlanarConfiguration: 284,
  Predictor: 317,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  ExtraSamples: 338,
  SampleFormat: 339,
  ModelPixelScale: 33550,
  ModelTiepoint: 33922,
  ModelTransformation: 34264,
  GeoKeyDirectory: 34735,
  GeoDoubleParams: 34736,
  GeoAsciiParams: 34737,
  GdalMetadata: 42112,
  GdalNodata: 42113,
  LercParameters: 50674,
} as const;

/** The tags of one image directory, with their values by the types that the field expects. */
export interface Directory {
  readonly index: number;
  has(tag: number): boolean;
  /** First value of a numeric tag. @throws CorruptInput when it is not a number */
  number(tag: number): number | undefined;
  number(tag: number, otherwise: number): number;
  /** All values of a numeric tag; empty when absent. @throws CorruptInput when they are not numbers */
  numbers(tag: number): readonly number[];
  /** Text up to its NUL. */
  text(tag: number): string | undefined;
}

export interface TiffHeader {
  readonly littleEndian: boolean;
  readonly directories: readonly Directory[];
}

/**
 * Reads every directory of a guarded file. geotiff parses the tags; the guard has seen to it that they are finite and
 * inside the file. Its deferred reading is switched off, as that one takes big-endian tables for little-endian ones.
 *
 * @throws CorruptInput, UnsupportedInput
 */
export async function readHeader(source: HeaderSource): Promise<TiffHeader> {
  const { littleEndian, directories } = await guardTiff(source);
  const { default: GeoTIFF } = await import('geotiff'); // brings Node's HTTP along, which who opens layers by their facts can spare
  try {
    const tiff = await GeoTIFF.fromSource(source as unknown as Parameters<typeof GeoTIFF.fromSource>[0]);
    tiff.parser.eager = true;
    const parsed: Directory[] = [];
    for (let i = 0; i < directories; i++) parsed.push(directory(source.key, i, await tiff.requestIFD(i)));
    return { littleEndian, directories: parsed };
  } catch (error) {
    if (isFluxError(error)) throw error;
    throw new CorruptInput(`${source.key}: its header cannot be parsed (${messageOf(error)}).`, {
      cause: error,
    });
  }
}

function directory(key: string, index: number, ifd: ImageFileDirectory): Directory {
  const numbers = (tag: number): readonly number[] => {
    const raw: unknown = ifd.hasTag(tag) ? ifd.getValue(tag as 256) : [];
    const list = typeof raw === 'number' ? [raw] : raw;
    if (!isNumberList(list)) {
      throw new CorruptInput(`${key}: tag ${tag} of image directory ${index} does not hold numbers.`);
    }
    return list;
  };
  const number = (tag: number, otherwise?: number) => numbers(tag)[0] ?? otherwise;
  const text = (tag: number): string | undefined => {
    const raw: unknown = ifd.hasTag(tag) ? ifd.getValue(tag as 256) : undefined;
    return typeof raw === 'string' ? raw.split('\0', 1)[0] : undefined;
  };
  return { index, has: (tag) => ifd.hasTag(tag), number: number as Directory['number'], numbers, text };
}

const isNumberList = (value: unknown): value is readonly number[] =>
  (Array.isArray(value) || ArrayBuffer.isView(value)) &&
  ((value as ArrayLike<unknown>).length === 0 || typeof (value as ArrayLike<unknown>)[0] === 'number');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
