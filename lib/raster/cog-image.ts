import { CorruptInput, UnsupportedInput } from '../errors.ts';
import type { DType } from '../grid/cells.ts';
import { packIndex, readIndex } from './block-index.ts';
import { type Directory, TAG } from './cog-header.ts';
import { assertReadable, COMPRESSION, takesPredictor } from './tiff-codecs.ts';
import { blockBytes } from './tiff-samples.ts';

/** How one image of a file is stored; plain JSON. A block is a tile or a strip. */
export interface TiffImage {
  readonly width: number;
  readonly height: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** Strips end with the image; tiles are stored whole. */
  readonly tiled: boolean;
  readonly samples: number;
  /** Bands stored apart, each with blocks of its own. */
  readonly planar: boolean;
  readonly bits: number;
  readonly dtype: DType;
  readonly compression: number;
  readonly predictor: number;
  readonly littleEndian: boolean;
  /** The bits of every stored byte run from least to most significant. */
  readonly bitsReversed: boolean;
  /** LERC's outer compression: 0 none, 1 deflate, 2 zstd. */
  readonly lercOuter: number;
  /** Place and length of every block: `packIndex`. */
  readonly index: string;
}

/** No block is decoded to more. */
export const MAX_BLOCK_BYTES = 256 * 2 ** 20;
const MAX_SIDE = 2 ** 31 - 1;
const MAX_SAMPLES = 4096;

const PHOTOMETRIC: Readonly<Record<number, string>> = {
  5: 'separated inks, CMYK',
  6: 'YCbCr',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32803: 'colour filter array',
  32844: 'LogL',
  32845: 'LogLuv',
};

/** @throws CorruptInput, UnsupportedInput naming file and cause */
export function describeImage(
  key: string,
  size: number,
  directory: Directory,
  littleEndian: boolean,
): TiffImage {
  const at = `${key}, image ${directory.index}`;
  const width = count(at, directory, TAG.ImageWidth, 'width', MAX_SIDE);
  const height = count(at, directory, TAG.ImageLength, 'height', MAX_SIDE);
  const samples = count(at, directory, TAG.SamplesPerPixel, 'band count', MAX_SAMPLES, 1);
  const compression = directory.number(TAG.Compression, COMPRESSION.none);
  assertReadable(at, compression);
  assertPhotometric(at, directory.number(TAG.Photometric, 1));
  const { bits, dtype } = sampleType(at, directory);
  const layout = { ...blockShape(at, directory, width, height), samples, planar: isPlanar(at, directory) };
  const form = {
    rowSamples: layout.blockWidth * (layout.planar ? 1 : samples),
    rows: layout.blockHeight,
    bits,
  };
  if (blockBytes(form) > MAX_BLOCK_BYTES) {
    throw new UnsupportedInput(
      `${at}: one block decodes to ${blockBytes(form)} bytes, over ${MAX_BLOCK_BYTES}; write the file in tiles.`,
    );
  }
  return {
    width,
    height,
    ...layout,
    bits,
    dtype,
    compression,
    predictor: predictorOf(at, directory, compression, bits, dtype),
    littleEndian,
    bitsReversed: directory.number(TAG.FillOrder, 1) === 2,
    lercOuter: directory.numbers(TAG.LercParameters)[1] ?? 0,
    index: packIndex(readIndex(at, size, directory, { width, height, ...layout, compression, form })),
  };
}

function count(
  at: string,
  directory: Directory,
  tag: number,
  name: string,
  most: number,
  otherwise?: number,
): number {
  const value = directory.number(tag) ?? otherwise;
  if (value === undefined) throw new CorruptInput(`${at}: its ${name} (tag ${tag}) is missing.`);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new CorruptInput(`${at}: its ${name} is ${value}; 1 to ${most} is possible.`);
  }
  return value;
}

function assertPhotometric(at: string, photometric: number): void {
  const name = PHOTOMETRIC[photometric];
  if (name === undefined) return;
  throw new UnsupportedInput(
    `${at}: photometric interpretation ${photometric} (${name}) is not read. Write its bands as they are measured.`,
  );
}

function isPlanar(at: string, directory: Directory): boolean {
  const planar = directory.number(TAG.PlanarConfiguration, 1);
  if (planar !== 1 && planar !== 2)
    throw new CorruptInput(`${at}: planar configuration ${planar} does not exist.`);
  return planar === 2 && directory.number(TAG.SamplesPerPixel, 1) > 1;
}

function sampleType(at: string, directory: Directory): { bits: number; dtype: DType } {
  const bits = sole(at, 'bit depths', directory.numbers(TAG.BitsPerSample), 1);
  const format = sole(at, 'sample formats', directory.numbers(TAG.SampleFormat), 1);
  if (format === 5 || format === 6) throw new UnsupportedInput(`${at}: complex cells are not read.`);
  const dtype = dtypeOf(bits, format);
  if (dtype) return { bits, dtype };
  const kind = format === 3 ? 'float' : format === 2 ? 'signed' : 'unsigned';
  throw new UnsupportedInput(
    `${at}: ${kind} cells of ${bits} bits (sample format ${format}) are not read. Write them as 8, 16 or 32 bits.`,
  );
}

function dtypeOf(bits: number, format: number): DType | undefined {
  if (format === 3)
    return bits === 16 ? 'float16' : bits === 32 ? 'float32' : bits === 64 ? 'float64' : undefined;
  if (format === 2) return bits === 8 ? 'int8' : bits === 16 ? 'int16' : bits === 32 ? 'int32' : undefined;
  if ((format !== 1 && format !== 4) || !Number.isInteger(bits) || bits < 1 || bits > 32) return undefined;
  return bits <= 8 ? 'uint8' : bits <= 16 ? 'uint16' : 'uint32';
}

function sole(at: string, what: string, values: readonly number[], otherwise: number): number {
  const first = values[0] ?? otherwise;
  if (Array.from(values).some((value) => value !== first)) {
    throw new UnsupportedInput(`${at}: bands of different ${what} (${Array.from(values)}) are not read.`);
  }
  return first;
}

function predictorOf(
  at: string,
  directory: Directory,
  compression: number,
  bits: number,
  dtype: DType,
): number {
  const predictor = takesPredictor(compression) ? directory.number(TAG.Predictor, 1) : 1;
  if (predictor === 1) return 1;
  const fits =
    predictor === 2
      ? bits === 8 || bits === 16 || bits === 32 || bits === 64
      : predictor === 3 && dtype.startsWith('float');
  if (fits) return predictor;
  throw new UnsupportedInput(`${at}: predictor ${predictor} on ${dtype} cells of ${bits} bits is not read.`);
}

function blockShape(at: string, directory: Directory, width: number, height: number) {
  if (directory.has(TAG.TileWidth) || directory.has(TAG.TileLength)) {
    return {
      blockWidth: count(at, directory, TAG.TileWidth, 'tile width', MAX_SIDE),
      blockHeight: count(at, directory, TAG.TileLength, 'tile height', MAX_SIDE),
      tiled: true,
    };
  }
  const rows = directory.number(TAG.RowsPerStrip, height);
  if (!(rows >= 1)) throw new CorruptInput(`${at}: it has ${rows} rows per strip.`);
  return { blockWidth: width, blockHeight: Math.min(rows, height), tiled: false };
}
