import { z } from 'zod';
import { CorruptInput, UnsupportedInput } from '../errors.ts';
import type { DType } from '../grid/cells.ts';
import { itemSize } from './codecs.ts';
import { brief } from './json.ts';
import { type CodecSpec, chunkCodecs, splitShard, v2Codecs } from './zarr-codecs.ts';

/** Cell types that a Zarr array may have here; 64-bit integers and booleans are presented as `cellType` says. */
export type ZarrType = DType | 'bool' | 'int64' | 'uint64';

/** A number that JSON can hold. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** One array's metadata, of either format in one form, checked; plain JSON. */
export interface ArrayMeta {
  readonly format: 2 | 3;
  readonly shape: readonly number[];
  readonly type: ZarrType;
  /** The unit of decoding: a chunk, or an inner chunk of a shard. */
  readonly chunk: readonly number[];
  readonly shard?: ShardMeta;
  readonly keys: { readonly style: 'default' | 'v2'; readonly separator: '/' | '.' };
  /** How a chunk is decoded, in Zarr v3's words. */
  readonly codecs: readonly CodecSpec[];
  /** Of cells that were never written; null when the file does not say. */
  readonly fill: JsonNumber | null;
  readonly dims?: readonly (string | null)[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ShardMeta {
  /** Cells of a shard along each dimension, a multiple of `chunk`. */
  readonly shape: readonly number[];
  readonly indexAt: 'start' | 'end';
  readonly indexBigEndian: boolean;
  readonly indexChecked: boolean;
}

/** A decoded chunk, or an index of a shard, above this is refused. */
export const MAX_CHUNK_BYTES = 512 * 2 ** 20;
const MAX_INNER_CHUNKS = 2 ** 22;
const MAX_RANK = 32;
const MAX_CODECS = 32;

const extent = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const chunkExtent = extent.positive().max(2 ** 31);
const named = z.object({ name: z.string(), configuration: z.looseObject({}).optional() });
const codec = z.union([named, z.string().transform((name) => ({ name, configuration: undefined }))]);
const attributes = z.record(z.string(), z.unknown());

const v2Schema = z.object({
  zarr_format: z.literal(2),
  shape: z.array(extent).max(MAX_RANK),
  chunks: z.array(chunkExtent).max(MAX_RANK),
  dtype: z.unknown(),
  compressor: z.looseObject({ id: z.string() }).nullish(),
  fill_value: z.unknown(),
  order: z.enum(['C', 'F']).default('C'),
  filters: z
    .array(z.looseObject({ id: z.string() }))
    .max(MAX_CODECS)
    .nullish(),
  dimension_separator: z.enum(['.', '/']).default('.'),
});

const v3Schema = z.looseObject({
  zarr_format: z.literal(3),
  node_type: z.literal('array'),
  shape: z.array(extent).max(MAX_RANK),
  data_type: z.unknown(),
  chunk_grid: named,
  chunk_key_encoding: codec,
  fill_value: z.unknown(),
  /** GDAL < 3.12 leaves them out where the cells are as they are in memory. */
  codecs: z
    .array(codec)
    .min(1)
    .default([{ name: 'bytes', configuration: { endian: 'little' } }]),
  attributes: attributes.default({}),
  dimension_names: z.array(z.string().nullable()).max(MAX_RANK).nullish(),
  storage_transformers: z.array(z.unknown()).optional(),
});

const V3_KEYS = new Set([...Object.keys(v3Schema.shape), 'consolidated_metadata']);

const V2_TYPES: Readonly<Record<string, ZarrType>> = {
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** @throws UnsupportedInput, CorruptInput naming `title` */
export function parseArrayV2(document: unknown, attrs: Record<string, unknown>, title: string): ArrayMeta {
  const meta = parse(v2Schema, document, title);
  const { type, bigEndian } = v2Type(meta.dtype, title);
  return checked(
    {
      format: 2,
      shape: meta.shape,
      type,
      chunk: meta.chunks,
      keys: { style: 'v2', separator: meta.dimension_separator },
      codecs: v2Codecs({ ...meta, type, bigEndian, rank: meta.shape.length }, title),
      fill: parseFill(meta.fill_value, type, title),
      ...xarrayDims(attrs),
      attributes: attrs,
    },
    title,
  );
}

/** @throws UnsupportedInput, CorruptInput naming `title` */
export function parseArrayV3(document: unknown, title: string): ArrayMeta {
  const meta = parse(v3Schema, document, title);
  refuseExtensions(meta, title);
  const type = meta.data_type as ZarrType;
  if (typeof type !== 'string' || itemSize(type) === 0) {
    throw new UnsupportedInput(`${title}: data type ${brief(meta.data_type)} is not read.`);
  }
  const outer = regularChunks(meta.chunk_grid, title);
  const shard = splitShard(meta.codecs, outer, title);
  const rank = meta.shape.length;
  return checked(
    {
      format: 3,
      shape: meta.shape,
      type,
      chunk: shard?.chunk ?? outer,
      ...(shard && { shard: shard.meta }),
      keys: keyEncoding(meta.chunk_key_encoding, title),
      codecs: chunkCodecs(shard?.codecs ?? meta.codecs, { type, rank }, title),
      fill: parseFill(meta.fill_value, type, title),
      ...(meta.dimension_names ? { dims: meta.dimension_names } : xarrayDims(meta.attributes)),
      attributes: meta.attributes,
    },
    title,
  );
}

/** xarray's names of dimensions in Zarr v2; some write them in v3 too. */
function xarrayDims({ _ARRAY_DIMENSIONS: names }: Record<string, unknown>): { dims?: readonly string[] } {
  return Array.isArray(names) ? { dims: names.map(String) } : {};
}

/** How cells are presented: 64-bit integers as float64, booleans as 0 and 1. */
export const cellType = (type: ZarrType): DType =>
  type === 'bool' ? 'uint8' : type === 'int64' || type === 'uint64' ? 'float64' : type;

export const fillNumber = (fill: JsonNumber): number => Number(fill);
/** NaN and the infinities in Zarr's own spelling. */
export const jsonNumber = (value: number): JsonNumber =>
  Number.isFinite(value) ? value : (String(value) as JsonNumber);

function parse<T>(schema: z.ZodType<T>, document: unknown, title: string): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CorruptInput(`${title}: array metadata, ${issue?.path.join('.') || 'whole'}: ${issue?.message}.`);
}

function refuseExtensions(meta: z.infer<typeof v3Schema>, title: string): void {
  if (meta.storage_transformers?.length) {
    throw new UnsupportedInput(
      `${title}: storage transformer ${brief(meta.storage_transformers[0])} is not read.`,
    );
  }
  for (const [key, value] of Object.entries(meta)) {
    const ignorable = (value as { must_understand?: unknown } | null)?.must_understand === false;
    if (!V3_KEYS.has(key) && !ignorable) {
      throw new UnsupportedInput(
        `${title}: the metadata asks to understand "${key}", which chunkflux does not.`,
      );
    }
  }
}

function checked(meta: ArrayMeta, title: string): ArrayMeta {
  const rank = meta.shape.length;
  const grid = meta.shard?.shape ?? meta.chunk;
  if (grid.length !== rank || meta.chunk.length !== rank || (meta.dims && meta.dims.length !== rank)) {
    const [shape, chunk] = [meta.shape.join(' x '), grid.join(' x ')];
    throw new CorruptInput(
      `${title}: shape ${shape}, chunks ${chunk} and dimensions ${brief(meta.dims)} differ in rank.`,
    );
  }
  const bytes = meta.chunk.reduce((n, d) => n * d, itemSize(meta.type));
  if (bytes > MAX_CHUNK_BYTES) {
    throw new UnsupportedInput(
      `${title}: one chunk of ${meta.chunk.join(' x ')} cells is ${(bytes / 2 ** 20).toFixed(0)} MiB; ` +
        `at most ${MAX_CHUNK_BYTES / 2 ** 20} MiB are read. Rechunk the file.`,
    );
  }
  const inner = grid.reduce((n, d, i) => (n * d) / meta.chunk[i]!, 1);
  if (inner > MAX_INNER_CHUNKS) throw new UnsupportedInput(`${title}: a shard of ${inner} inner chunks.`);
  return meta;
}

function v2Type(dtype: unknown, title: string): { type: ZarrType; bigEndian: boolean } {
  const match = typeof dtype === 'string' ? /^([<>|])([a-z]\d)$/.exec(dtype) : null;
  const type = V2_TYPES[match?.[2] ?? ''];
  if (!type) throw new UnsupportedInput(`${title}: data type ${brief(dtype)} is not read.`);
  return { type, bigEndian: match?.[1] === '>' };
}

function regularChunks(grid: z.infer<typeof named>, title: string): readonly number[] {
  if (grid.name !== 'regular') throw new UnsupportedInput(`${title}: chunk grid "${grid.name}" is not read.`);
  return parse(z.array(chunkExtent).max(MAX_RANK), grid.configuration?.chunk_shape, `${title}: chunk_grid`);
}

function keyEncoding(encoding: z.infer<typeof codec>, title: string): ArrayMeta['keys'] {
  const { name: style } = encoding;
  if (style !== 'default' && style !== 'v2') {
    throw new UnsupportedInput(`${title}: chunk key encoding "${style}" is not read.`);
  }
  const separator = encoding.configuration?.separator ?? (style === 'default' ? '/' : '.');
  return { style, separator: parse(z.enum(['/', '.']), separator, `${title}: chunk_key_encoding`) };
}

function parseFill(value: unknown, type: ZarrType, title: string): JsonNumber | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value) && type.startsWith('float')) {
    return jsonNumber(floatOfBits(BigInt(value), itemSize(type)));
  }
  throw new CorruptInput(`${title}: fill_value ${brief(value)} is not a ${type}.`);
}

/** Zarr v3 may write a float as the hexadecimal of its bits. */
function floatOfBits(bits: bigint, size: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits << BigInt(8 * (8 - size)));
  return size === 2 ? view.getFloat16(0) : size === 4 ? view.getFloat32(0) : view.getFloat64(0);
}
