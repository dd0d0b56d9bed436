import { CorruptInput, UnsupportedInput } from '../errors.ts';
import type { HeaderSource } from './cog-source.ts';
import { whatInstead } from './file-kind.ts';

/** Directories (images, overviews, masks) that a file may hold. */
export const MAX_DIRECTORIES = 64;
const MAX_TAGS = 4096;
/** What tells other forms of files. */
const SIGNATURE_BYTES = 24;

/** Bytes of one value of each TIFF field type (TIFF 6.0 section 2; 16 to 18 are BigTIFF). */
const FIELD_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

export interface GuardedTiff {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  /** Directories in the chain; each is whole, inside the file and seen once. */
  readonly directories: number;
}

interface Form {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  /** Bytes of an offset, of a directory's count, and of one entry. */
  readonly word: 4 | 8;
  readonly countBytes: 2 | 8;
  readonly entryBytes: 12 | 20;
}

/**
 * Walks the chain of directories before any parser sees it, so that no count or offset of the file can make a parser
 * loop, allocate or read outside the file.
 *
 * @throws CorruptInput naming directory and tag
 */
export async function guardTiff(source: HeaderSource): Promise<GuardedTiff> {
  const { form, first } = await readSignature(source);
  const seen = new Set<number>();
  let bytes = 0;
  for (let offset = first; offset !== 0; ) {
    if (seen.has(offset))
      throw corrupt(source, seen.size, `leads back to offset ${offset}: the chain is a loop`);
    seen.add(offset);
    if (seen.size > MAX_DIRECTORIES) {
      throw new UnsupportedInput(`${source.key}: it holds over ${MAX_DIRECTORIES} images; split the file.`);
    }
    const directory = await guardDirectory(source, form, offset, seen.size - 1);
    bytes += directory.bytes;
    if (bytes > source.size) throw corrupt(source, seen.size - 1, 'claims more tag bytes than the file has');
    offset = directory.next;
  }
  if (seen.size === 0) throw new CorruptInput(`${source.key}: it has no image directory.`);
  return { littleEndian: form.littleEndian, bigTiff: form.bigTiff, directories: seen.size };
}

async function readSignature(source: HeaderSource): Promise<{ form: Form; first: number }> {
  const { key, size } = source;
  const mark = size >= 8 ? viewOf(await source.read(0, 8)) : undefined;
  const order = mark?.getUint16(0);
  const littleEndian = order === 0x4949;
  const magic = mark?.getUint16(2, littleEndian);
  if (!mark || (!littleEndian && order !== 0x4d4d) || (magic !== 42 && magic !== 43)) {
    const start = await source.read(0, Math.min(size, SIGNATURE_BYTES));
    const instead = whatInstead(start) ?? 'it does not start with II or MM and 42 or 43.';
    throw new UnsupportedInput(`${key} is not a TIFF: ${instead}`);
  }
  if (magic === 42) {
    const form: Form = { littleEndian, bigTiff: false, word: 4, countBytes: 2, entryBytes: 12 };
    return { form, first: mark.getUint32(4, littleEndian) };
  }
  if (mark.getUint16(4, littleEndian) !== 8 || mark.getUint16(6, littleEndian) !== 0) {
    throw new CorruptInput(`${key}: a BigTIFF with offsets of other than 8 bytes.`);
  }
  const form: Form = { littleEndian, bigTiff: true, word: 8, countBytes: 8, entryBytes: 20 };
  return { form, first: readWord(viewOf(await source.read(8, 8)), 0, form) };
}

async function guardDirectory(
  source: HeaderSource,
  form: Form,
  offset: number,
  index: number,
): Promise<{ next: number; bytes: number }> {
  const head = viewOf(await source.read(offset, form.countBytes));
  const count = form.bigTiff ? readWord(head, 0, form) : head.getUint16(0, form.littleEndian);
  if (count === 0 || count > MAX_TAGS) throw corrupt(source, index, `says that it has ${count} tags`);
  const length = count * form.entryBytes;
  const table = viewOf(await source.read(offset + form.countBytes, length + form.word));
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += guardEntry(source, form, table, i * form.entryBytes, index);
  return { next: readWord(table, length, form), bytes: bytes + length };
}

/** @returns bytes of the tag's values that lie outside the entry */
function guardEntry(source: HeaderSource, form: Form, table: DataView, at: number, index: number): number {
  const tag = table.getUint16(at, form.littleEndian);
  const type = table.getUint16(at + 2, form.littleEndian);
  const unit = FIELD_BYTES[type];
  if (unit === undefined) throw corrupt(source, index, `has tag ${tag} of unknown field type ${type}`);
  const count = readWord(table, at + 4, form);
  const bytes = count * unit;
  if (bytes <= form.word) return 0;
  const offset = readWord(table, at + 4 + form.word, form);
  if (!(offset + bytes <= source.size)) {
    throw corrupt(
      source,
      index,
      `has tag ${tag} with ${count} values (${bytes} bytes at ${offset}) outside the file of ${source.size} bytes`,
    );
  }
  return bytes;
}

/** An unsigned offset or count; beyond 2^53 it loses digits, which every bound that follows refuses anyway. */
function readWord(view: DataView, at: number, form: Form): number {
  if (form.word === 4) return view.getUint32(at, form.littleEndian);
  return Number(view.getBigUint64(at, form.littleEndian));
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const corrupt = (source: HeaderSource, index: number, problem: string): CorruptInput =>
  new CorruptInput(`${source.key}: image directory ${index} ${problem}. The file is truncated or garbled.`);
