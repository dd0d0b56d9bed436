import { constants, deflateSync, zstdCompressSync } from 'node:zlib';
import { BadRequest } from '../errors.ts';
import type { Affine } from '../grid/affine.ts';
import { allocate, bytesPerCell, type Cells, type DType, isFloat, viewBytes } from '../grid/cells.ts';
import type { Crs } from '../grid/crs.ts';
import { TAG } from './cog-header.ts';
import { headLength, long, short, type Tag, writeHead } from './cog-layout.ts';
import { type OverviewRule, overviewLevels, type PixelLevel } from './cog-overviews.ts';
import { type CogMeaning, geoTags, meaningTags, nodataTags } from './cog-tags.ts';
import { COMPRESSION } from './tiff-codecs.ts';
import { predict } from './tiff-predict.ts';

export interface CogImage extends CogMeaning {
  /** Row by row from the top; NaN, or `nodata`, where there is nothing. */
  readonly cells: Cells;
  readonly width: number;
  readonly height: number;
  readonly dtype: DType;
  readonly transform: Affine;
  /** With an EPSG code, or sinusoidal. */
  readonly crs: Crs;
  readonly compression: 'deflate' | 'zstd' | 'none';
  /** Of deflate (1 to 9, else 6) or zstd (1 to 22, else 3). */
  readonly effort?: number;
  /** Rows and columns of a tile, a multiple of 16; 512 unless said. */
  readonly tile?: number;
  readonly overviews: OverviewRule | 'none';
  /** Write BigTIFF even where 4 GiB are not exceeded. */
  readonly bigTiff?: boolean;
}

/**
 * Encodes one band as a Cloud Optimized GeoTIFF, in chunks of bytes that make the file one after the other. Integers
 * of 16 bits and more are differenced (predictor 2), floats split into byte planes (3). A tile of nodata alone is left
 * out.
 *
 * @throws BadRequest cells that do not fit the image, a tile size that TIFF does not have
 * @throws UnsupportedInput a CRS that GeoTIFF cannot name
 */
export function encodeCog(image: CogImage): Uint8Array[] {
  assertConsistent(image);
  const { tile = 512, dtype, nodata } = image;
  const levels = overviewLevels(image, dtype, nodata, image.overviews, tile).map((level) => ({
    level,
    tiles: encodeTiles(level, image, tile),
  }));
  const tags = levels.map(({ level, tiles }, i) => directoryTags(image, level, tiles, tile, i));
  const big = image.bigTiff ?? fileLength(tags, levels) > 0xffff_ffff;
  return assemble(tags, levels, big);
}

type EncodedTile = Uint8Array | undefined;

interface EncodedLevel {
  readonly level: PixelLevel;
  /** Row by row; undefined where there is only nodata. */
  readonly tiles: readonly EncodedTile[];
}

function assertConsistent({ cells, width, height, dtype, tile = 512 }: CogImage): void {
  if (cells.length !== width * height || cells.BYTES_PER_ELEMENT !== bytesPerCell(dtype)) {
    throw new BadRequest(
      'cells',
      `${cells.length} cells of ${cells.BYTES_PER_ELEMENT} bytes do not make ${width} x ${height} of ${dtype}.`,
    );
  }
  if (!(Number.isInteger(tile / 16) && tile > 0))
    throw new BadRequest('tile', `${tile} is no multiple of 16.`);
}

function encodeTiles({ cells, width, height }: PixelLevel, image: CogImage, tile: number): EncodedTile[] {
  const { dtype, nodata } = image;
  const encoded: EncodedTile[] = [];
  for (let y = 0; y < height; y += tile) {
    for (let x = 0; x < width; x += tile) {
      const block = allocate(dtype, tile * tile).fill(nodata ?? 0);
      for (let row = 0; row < Math.min(tile, height - y); row++) {
        const from = (y + row) * width + x;
        block.set(cells.subarray(from, from + Math.min(tile, width - x)), row * tile);
      }
      const empty = nodata !== undefined && block.every((value) => Object.is(value, nodata));
      encoded.push(empty ? undefined : compress(block, image, tile));
    }
  }
  return encoded;
}

function compress(block: Cells, { dtype, compression, effort }: CogImage, tile: number): Uint8Array {
  if (compression === 'none') return viewBytes(block);
  const bytes = predict(viewBytes(block), predictorFor(dtype), tile, bytesPerCell(dtype));
  if (compression === 'deflate') return deflateSync(bytes, { level: effort ?? 6 });
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: effort ?? 3 } });
}

const predictorFor = (dtype: DType): 1 | 2 | 3 => (isFloat(dtype) ? 3 : bytesPerCell(dtype) > 1 ? 2 : 1);

const SAMPLE_FORMAT = { uint: 1, int: 2, float: 3 } as const;

function directoryTags(
  image: CogImage,
  { width, height }: PixelLevel,
  tiles: readonly EncodedTile[],
  tile: number,
  level: number,
): Tag[] {
  const { dtype, compression } = image;
  const kind = dtype.replace(/\d+$/, '') as keyof typeof SAMPLE_FORMAT;
  const predictor = compression === 'none' ? 1 : predictorFor(dtype);
  return [
    ...(level > 0 ? [long(TAG.NewSubfileType, 1)] : []),
    long(TAG.ImageWidth, width),
    long(TAG.ImageLength, height),
    short(TAG.BitsPerSample, 8 * bytesPerCell(dtype)),
    short(TAG.Compression, COMPRESSION[compression]),
    short(TAG.Photometric, 1),
    short(TAG.SamplesPerPixel, 1),
    short(TAG.PlanarConfiguration, 1),
    ...(predictor > 1 ? [short(TAG.Predictor, predictor)] : []),
    short(TAG.TileWidth, tile),
    short(TAG.TileLength, tile),
    { id: TAG.TileByteCounts, type: 4, values: tiles.map((bytes) => bytes?.byteLength ?? 0) },
    short(TAG.SampleFormat, SAMPLE_FORMAT[kind]),
    ...(level === 0 ? [...geoTags(image.transform, image.crs), ...meaningTags(image)] : []),
    ...nodataTags(image.nodata),
  ];
}

const LEADER = 4;
const TRAILER = 4;

const withOffsets = (tags: readonly Tag[], values: readonly number[], big: boolean): Tag[] => [
  ...tags,
  { id: TAG.TileOffsets, type: big ? 16 : 4, values },
];

/** An upper bound: that of the file as BigTIFF. */
function fileLength(tags: readonly Tag[][], levels: readonly EncodedLevel[]): number {
  const blank = tags.map((list, i) => withOffsets(list, new Array(levels[i]!.tiles.length).fill(0), true));
  return levels.reduce((sum, { tiles }) => sum + storedLength(tiles), headLength(blank, true));
}

const storedLength = (tiles: readonly EncodedTile[]): number =>
  tiles.reduce((sum, bytes) => sum + (bytes ? LEADER + bytes.byteLength + TRAILER : 0), 0);

/** Directories from fine to coarse, then blocks from coarse to fine, so that an overview is read with the header. */
function assemble(tags: readonly Tag[][], levels: readonly EncodedLevel[], big: boolean): Uint8Array[] {
  const offsets = levels.map(({ tiles }) => new Array<number>(tiles.length).fill(0));
  const blank = tags.map((list, i) => withOffsets(list, offsets[i]!, big));
  let end = headLength(blank, big);
  const blocks: Uint8Array[] = [];
  for (let i = levels.length - 1; i >= 0; i--) {
    levels[i]!.tiles.forEach((bytes, t) => {
      if (!bytes) return;
      offsets[i]![t] = end + LEADER;
      end += LEADER + bytes.byteLength + TRAILER;
      blocks.push(leaderOf(bytes), bytes, bytes.slice(-TRAILER));
    });
  }
  return [writeHead(blank, big), ...blocks];
}

function leaderOf(bytes: Uint8Array): Uint8Array {
  const leader = new Uint8Array(LEADER);
  new DataView(leader.buffer).setUint32(0, bytes.byteLength, true);
  return leader;
}
