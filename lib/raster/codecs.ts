import zlib from 'node:zlib';
import { registry } from 'zarrita';
import { bloscHeader, decodeBlosc, isNativeFrame } from './blosc.ts';
import { crc32c } from './crc32c.ts';
import { RARE_CODECS } from './rare-codecs.ts';
import { unshuffle } from './shuffle.ts';
import { takeSpare } from './spare-buffers.ts';

/*
 * The codecs that stand in zarrita's registry for its own: native where Node has them, and all of them checked. Each
 * knows how many bytes the chunk has once decoded, so that a bomb stops there and a short chunk is an error.
 */

/** What zarrita tells a codec about the chunk. */
export interface ChunkMeta {
  readonly dataType: string;
  readonly shape: readonly number[];
}

const SIZES: Readonly<Record<string, number>> = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
};

const VIEWS = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float16: Float16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float64: Float64Array,
} as const;

export const itemSize = (dataType: string): number => SIZES[dataType] ?? 0;
const rawBytes = (meta: ChunkMeta): number => meta.shape.reduce((n, d) => n * d, itemSize(meta.dataType));
/** A codec's output may itself be encoded (a checksum, another compressor), so it may be a little longer than raw. */
const ceiling = (meta: ChunkMeta): number => Math.ceil(rawBytes(meta) * 1.01) + 1024;

type Inflate = (
  bytes: Uint8Array,
  options: { maxOutputLength: number; chunkSize: number },
) => Uint8Array<ArrayBuffer>;

const compressor = (inflate: Inflate) => ({
  fromConfig: (_config: unknown, meta: ChunkMeta) => {
    const options = { maxOutputLength: ceiling(meta), chunkSize: Math.max(64, rawBytes(meta)) };
    return {
      kind: 'bytes_to_bytes',
      encode: readOnly,
      decode: (bytes: Uint8Array) => inflate(bytes, options),
    };
  },
});

const bz2Codec = {
  fromConfig: (_config: unknown, meta: ChunkMeta) => ({
    kind: 'bytes_to_bytes',
    encode: readOnly,
    decode: async (bytes: Uint8Array) => {
      const { bunzip } = await import('./bzip2.ts');
      return bunzip(bytes, ceiling(meta));
    },
  }),
};

const bloscCodec = {
  fromConfig: (_config: unknown, meta: ChunkMeta) => {
    return {
      kind: 'bytes_to_bytes',
      encode: readOnly,
      decode: async (frame: Uint8Array) => {
        const header = bloscHeader(frame, ceiling(meta));
        if (isNativeFrame(header)) return decodeBlosc(frame, header, takeSpare(header.rawBytes));
        const { default: blosc } = await import('numcodecs/blosc');
        return blosc.fromConfig({ id: 'blosc' }).decode(frame);
      },
    };
  },
};

const lz4Codec = {
  fromConfig: (_config: unknown, meta: ChunkMeta) => {
    return {
      kind: 'bytes_to_bytes',
      encode: readOnly,
      decode: async (bytes: Uint8Array) => {
        if (bytes.length < 4) throw new Error('lz4 chunk has no size');
        const claimed = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
        if (claimed > ceiling(meta)) throw new Error(`lz4 chunk claims ${claimed} bytes`);
        const { default: lz4 } = await import('numcodecs/lz4');
        return lz4.fromConfig({ id: 'lz4' }).decode(bytes);
      },
    };
  },
};

const crc32cCodec = {
  fromConfig: () => ({
    kind: 'bytes_to_bytes',
    encode: readOnly,
    decode: verifyCrc32c,
    computeEncodedSize: (n: number) => n + 4,
  }),
};

/** The bytes before the checksum at the end. @throws Error when it is not theirs */
export function verifyCrc32c(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new Error('no room for a crc32c checksum');
  const body = bytes.subarray(0, bytes.length - 4);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + body.length, 4).getUint32(0, true);
  if (crc32c(body) !== stored) throw new Error('crc32c checksum does not match');
  return body;
}

const shuffleCodec = {
  fromConfig: ({ elementsize = 4 }: { elementsize?: number }) => ({
    kind: 'bytes_to_bytes',
    encode: readOnly,
    decode: (bytes: Uint8Array) => unshuffle(bytes, elementsize),
  }),
};

const bytesCodec = {
  fromConfig: (config: { endian?: string } | undefined, meta: ChunkMeta) => ({
    kind: 'array_to_bytes',
    encode: readOnly,
    decode: (bytes: Uint8Array) => toArray(bytes, meta, config?.endian === 'big'),
  }),
};

function toArray(bytes: Uint8Array, meta: ChunkMeta, bigEndian: boolean) {
  const expected = rawBytes(meta);
  if (bytes.length !== expected) throw new Error(`chunk has ${bytes.length} bytes, not ${expected}`);
  const size = itemSize(meta.dataType);
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const own = bigEndian && size > 1 ? swapped(aligned, size) : aligned;
  const View = VIEWS[meta.dataType as keyof typeof VIEWS];
  const data = new View(own.buffer as ArrayBuffer, own.byteOffset, expected / size);
  return { data, shape: meta.shape, stride: cStrides(meta.shape) };
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const copy = Buffer.from(bytes);
  if (size === 2) copy.swap16();
  else if (size === 4) copy.swap32();
  else copy.swap64();
  return copy.byteOffset % size === 0 ? copy : new Uint8Array(copy);
}

/** Steps between neighbours along each dimension of a row-major array. */
export function cStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}

function readOnly(): never {
  throw new Error('chunkflux writes shards by its own hand (write.ts)');
}

type Entry = typeof registry extends Map<string, infer V> ? V : never;

const CODECS: Readonly<Record<string, unknown>> = {
  zstd: compressor(zlib.zstdDecompressSync),
  gzip: compressor(zlib.gunzipSync),
  zlib: compressor(zlib.inflateSync),
  blosc: bloscCodec,
  lz4: lz4Codec,
  bz2: bz2Codec,
  ...RARE_CODECS,
  crc32c: crc32cCodec,
  bytes: bytesCodec,
  'numcodecs.shuffle': shuffleCodec,
};

/** The name of our codec in zarrita's registry; zarrita's own where we have none. */
export const registeredName = (name: string): string => (name in CODECS ? `chunkflux.${name}` : name);

/** Puts the codecs in zarrita's registry, under names of ours: others in this process keep theirs. */
export function registerCodecs(): void {
  for (const [name, codec] of Object.entries(CODECS)) {
    registry.set(registeredName(name), (async () => codec) as Entry);
  }
}
