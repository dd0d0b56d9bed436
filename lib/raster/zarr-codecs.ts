import { UnsupportedInput } from '../errors.ts';
import { itemSize } from './codecs.ts';
import { brief } from './json.ts';
import type { ShardMeta, ZarrType } from './zarr-meta.ts';

/** A codec as Zarr v3 names it. */
export interface CodecSpec {
  readonly name: string;
  readonly configuration?: Readonly<Record<string, unknown>>;
}
type AnyCodec = { readonly name: string; readonly configuration?: Record<string, unknown> | undefined };

const BYTES_TO_BYTES = new Set([
  'zstd',
  'gzip',
  'zlib',
  'blosc',
  'lz4',
  'bz2',
  'crc32c',
  'crc32',
  'adler32',
  'fletcher32',
  'shuffle',
]);
const ARRAY_TO_ARRAY = new Set([
  'transpose',
  'delta',
  'bitround',
  'quantize',
  'fixedscaleoffset',
  'scale_offset',
  'cast_value',
]);
/** How zarrita spells those that it knows only by numcodecs' name. */
const NUMCODECS = new Set(['shuffle', 'delta']);
const V2_TO_TYPE: Readonly<Record<string, string>> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

interface V2Encoding {
  readonly type: ZarrType;
  readonly rank: number;
  readonly bigEndian: boolean;
  readonly order: 'C' | 'F';
  readonly filters?: readonly { readonly id: string }[] | null | undefined;
  readonly compressor?: { readonly id: string } | null | undefined;
}

/** A v2 array's order, filters, byte order and compressor as a chain of v3 codecs. */
export function v2Codecs(encoding: V2Encoding, title: string): CodecSpec[] {
  const { rank, order, bigEndian } = encoding;
  const byId = ({ id, ...configuration }: { id: string }): AnyCodec => ({ name: id, configuration });
  const reversed = Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return chunkCodecs(
    [
      ...(order === 'F' && rank > 1 ? [{ name: 'transpose', configuration: { order: reversed } }] : []),
      ...(encoding.filters ?? []).map(byId),
      { name: 'bytes', configuration: { endian: bigEndian ? 'big' : 'little' } },
      ...(encoding.compressor ? [byId(encoding.compressor)] : []),
    ],
    encoding,
    title,
  );
}

/**
 * Checks a chain of codecs by name and puts it in the order array-to-array, array-to-bytes, bytes-to-bytes.
 * @throws UnsupportedInput naming the codec
 */
export function chunkCodecs(
  codecs: readonly AnyCodec[],
  array: { readonly type: ZarrType; readonly rank: number },
  title: string,
): CodecSpec[] {
  const before: CodecSpec[] = [];
  const after: CodecSpec[] = [];
  let bytes: CodecSpec | undefined;
  for (const { name: fullName, configuration } of codecs) {
    const name = fullName.replace(/^numcodecs\./, '');
    const spec = {
      name: NUMCODECS.has(name) ? `numcodecs.${name}` : name,
      ...(configuration && { configuration }),
    };
    if (name === 'bytes' || name === 'endian')
      bytes = { ...spec, name: 'bytes' }; // "endian" in drafts of v3
    else if (BYTES_TO_BYTES.has(name)) after.push(spec);
    else if (ARRAY_TO_ARRAY.has(name)) before.push(...arrayCodec(name, spec, array, title));
    else throw refused(title, fullName);
  }
  if (!bytes) throw new UnsupportedInput(`${title}: no "bytes" codec says how cells become bytes.`);
  return [...before, bytes, ...after];
}

function arrayCodec(
  name: string,
  spec: CodecSpec,
  array: { readonly type: ZarrType; readonly rank: number },
  title: string,
): CodecSpec[] {
  const configuration = spec.configuration ?? {};
  if (name === 'transpose')
    return [{ name, configuration: { order: axisOrder(configuration, array.rank, title) } }];
  if (name === 'fixedscaleoffset') return fixedScaleOffset(configuration, array.type, title);
  const astype = configuration.astype;
  if ((name === 'delta' || name === 'quantize') && astype !== undefined && v2TypeOf(astype) !== array.type) {
    throw new UnsupportedInput(
      `${title}: filter "${name}" with astype ${brief(astype)} on ${array.type} is not read.`,
    );
  }
  return [spec];
}

function axisOrder(configuration: Readonly<Record<string, unknown>>, rank: number, title: string): number[] {
  const { order } = configuration;
  const axes = Array.from({ length: rank }, (_, i) => i);
  if (order === 'C') return axes;
  if (order === 'F') return axes.reverse();
  const sorted = Array.isArray(order) ? [...order].sort((a, b) => a - b) : [];
  if (!Array.isArray(order) || order.length !== rank || axes.some((axis) => sorted[axis] !== axis)) {
    throw new UnsupportedInput(
      `${title}: transpose order ${brief(order)} is no order of ${rank} dimensions.`,
    );
  }
  return order;
}

/** numcodecs' filter is v3's `scale_offset` over `cast_value`. */
function fixedScaleOffset(
  config: Readonly<Record<string, unknown>>,
  type: ZarrType,
  title: string,
): CodecSpec[] {
  const { scale, offset, dtype, astype } = config;
  const stored = v2TypeOf(astype ?? dtype ?? '');
  if (typeof scale !== 'number' || typeof offset !== 'number' || !stored || v2TypeOf(dtype ?? '') !== type) {
    throw new UnsupportedInput(
      `${title}: filter "fixedscaleoffset" with ${brief(config)} on ${type} is not read.`,
    );
  }
  const cast = {
    name: 'cast_value',
    configuration: { data_type: stored, rounding: 'nearest-even', out_of_range: 'wrap' },
  };
  return [{ name: 'scale_offset', configuration: { scale, offset } }, ...(stored === type ? [] : [cast])];
}

const v2TypeOf = (dtype: unknown): string | undefined =>
  itemSize(String(dtype)) ? String(dtype) : V2_TO_TYPE[String(dtype).replace(/^[<>|=]/, '')];

/**
 * Takes a sharding codec apart; undefined when the array is not sharded.
 * @throws UnsupportedInput on what cannot be read by range: nested shards, codecs around the shard, a packed index
 */
export function splitShard(
  codecs: readonly AnyCodec[],
  shape: readonly number[],
  title: string,
): { chunk: readonly number[]; codecs: readonly AnyCodec[]; meta: ShardMeta } | undefined {
  const sharding = codecs.find((codec) => codec.name === 'sharding_indexed');
  if (!sharding) return undefined;
  const config = sharding.configuration ?? {};
  const inner = namedCodecs(config.codecs);
  if (codecs.length > 1) throw new UnsupportedInput(`${title}: codecs around a sharding codec are not read.`);
  if (inner.some((codec) => codec.name === 'sharding_indexed')) {
    throw new UnsupportedInput(`${title}: shards within shards are not read.`);
  }
  const chunk = config.chunk_shape;
  if (
    !Array.isArray(chunk) ||
    chunk.length !== shape.length ||
    chunk.some((n, i) => !divides(n, shape[i]!))
  ) {
    throw new UnsupportedInput(
      `${title}: inner chunks ${brief(chunk)} do not fill shards of ${brief(shape)}.`,
    );
  }
  return { chunk, codecs: inner, meta: { shape, ...indexCoding(config, title) } };
}

const divides = (part: unknown, whole: number): boolean =>
  Number.isSafeInteger(part) && (part as number) > 0 && whole % (part as number) === 0;

function indexCoding(config: Record<string, unknown>, title: string): Omit<ShardMeta, 'shape'> {
  const indexCodecs = namedCodecs(config.index_codecs);
  const names = indexCodecs.map((codec) => codec.name).join(', ');
  const at = config.index_location ?? 'end';
  if (!['bytes', 'bytes, crc32c'].includes(names) || (at !== 'start' && at !== 'end')) {
    throw new UnsupportedInput(
      `${title}: shard index coded by ${names || 'nothing'} at the ${brief(at)} is not read.`,
    );
  }
  const indexBigEndian = indexCodecs[0]?.configuration?.endian === 'big';
  return { indexAt: at, indexBigEndian, indexChecked: indexCodecs.length === 2 };
}

function namedCodecs(value: unknown): AnyCodec[] {
  const list = Array.isArray(value) ? value : [];
  return list.map((codec) => (typeof codec === 'string' ? { name: codec } : codec)).filter((c) => c?.name);
}

const refused = (title: string, name: string): UnsupportedInput =>
  new UnsupportedInput(
    `${title}: codec "${name}" is not read; rewrite the file with zstd, blosc, gzip, zlib or lz4.`,
  );
