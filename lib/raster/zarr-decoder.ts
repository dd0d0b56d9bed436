import {
  type ArrayMetadata,
  type DataType,
  type GetOptions,
  isZarritaError,
  Array as ZarritaArray,
} from 'zarrita';
import { CorruptInput, isFluxError, UnsupportedInput } from '../errors.ts';
import type { Cells } from '../grid/cells.ts';
import { registerCodecs, registeredName } from './codecs.ts';
import type { Strided } from './copy-box.ts';
import type { ArrayMeta } from './zarr-meta.ts';

/** @throws CorruptInput naming `key` when the bytes are not this chunk; UnsupportedInput when a codec's settings are not known */
export type ChunkDecoder = (bytes: Uint8Array, key: string) => Promise<Strided>;

/** What zarrita passes on to its store. */
interface ChunkRequest extends GetOptions {
  readonly bytes: Uint8Array;
}

/**
 * Runs zarrita's chain of codecs on bytes that are already here: an array of one chunk, whose store hands out what
 * comes with the request. So ranges, ETags, shards and absent chunks stay in our hands.
 */
export function chunkDecoder(meta: ArrayMeta): ChunkDecoder {
  registerCodecs();
  const array = new ZarritaArray(
    { get: (_key: string, request?: GetOptions) => (request as ChunkRequest).bytes },
    '/',
    oneChunk(meta),
  );
  const first = meta.chunk.map(() => 0);
  return async (bytes, key) => {
    const request: ChunkRequest = { bytes };
    try {
      const { data, stride } = await array.getChunk(first, request);
      return { cells: numbersOf(data, key), offset: 0, strides: stride };
    } catch (cause) {
      throw isFluxError(cause) ? cause : chunkError(cause, key);
    }
  };
}

/** 64-bit integers become doubles. Beyond 2^53 only those do that stay what they are, or mark nodata near 2^63. */
function numbersOf(data: unknown, key: string): Cells {
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return data as Cells;
  return Float64Array.from(data as BigInt64Array, (integer) => {
    const number = Number(integer);
    if (Number.isSafeInteger(number) || BigInt(number) === integer || Math.abs(number) >= 2 ** 63)
      return number;
    throw new UnsupportedInput(`${key}: ${integer} has no double; store the array as float64 or int32.`);
  });
}

function oneChunk(meta: ArrayMeta): ArrayMetadata<DataType> {
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: [...meta.chunk],
    data_type: meta.type,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [...meta.chunk] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: meta.codecs.map(({ name, configuration }) => ({
      name: registeredName(name),
      configuration: { ...configuration },
    })),
    fill_value: 0,
    attributes: {},
  };
}

function chunkError(cause: unknown, key: string): Error {
  const reason = innermost(cause);
  if (isZarritaError(cause, 'InvalidMetadataError') || isZarritaError(cause, 'UnknownCodecError')) {
    return new UnsupportedInput(`${key}: ${reason}`, { cause });
  }
  return new CorruptInput(`${key}: the chunk does not decode: ${reason}.`, { cause });
}

function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}
