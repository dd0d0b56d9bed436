/** One TIFF tag with its values. */
export interface Tag {
  readonly id: number;
  readonly type: FieldType;
  readonly values: ArrayLike<number>;
}

export type FieldType = keyof typeof FIELD_BYTES;

/** Bytes of a value: 2 ASCII, 3 SHORT, 4 LONG, 12 DOUBLE, 16 LONG8. */
const FIELD_BYTES = { 2: 1, 3: 2, 4: 4, 12: 8, 16: 8 } as const;

export const short = (id: number, ...values: number[]): Tag => ({ id, type: 3, values });
export const long = (id: number, ...values: number[]): Tag => ({ id, type: 4, values });
export const doubles = (id: number, values: readonly number[]): Tag => ({ id, type: 12, values });
/** Text, closed by a NUL. @param text ASCII only */
export const ascii = (id: number, text: string): Tag => ({
  id,
  type: 2,
  values: Buffer.from(`${text}\0`, 'latin1'),
});

/** Sizes that differ between classic TIFF and BigTIFF. */
const form = (big: boolean) =>
  big
    ? { header: 16, count: 8, entry: 20, word: 8 as const }
    : { header: 8, count: 2, entry: 12, word: 4 as const };

const align = (offset: number): number => Math.ceil(offset / 8) * 8;

/**
 * What a COG says of itself right after its header, so that GDAL trusts the order of blocks and their leaders.
 * The space at the end is part of it: an editor that breaks the layout writes YES over `NO\n `.
 * @see GDAL's COG driver, "Header ghost area"
 */
const GHOST_LINES = [
  'LAYOUT=IFDS_BEFORE_DATA',
  'BLOCK_ORDER=ROW_MAJOR',
  'BLOCK_LEADER=SIZE_AS_UINT4',
  'BLOCK_TRAILER=LAST_4_BYTES_REPEATED',
  'KNOWN_INCOMPATIBLE_EDITION=NO',
  ' ',
].join('\n');
const GHOST = Buffer.from(
  `GDAL_STRUCTURAL_METADATA_SIZE=${String(GHOST_LINES.length).padStart(6, '0')} bytes\n${GHOST_LINES}`,
  'latin1',
);

/** Bytes from the start of the file to the end of the last directory's values. */
export function headLength(directories: readonly (readonly Tag[])[], big: boolean): number {
  return directories.reduce(
    (end, tags) => end + directoryLength(tags, big),
    align(form(big).header + GHOST.length),
  );
}

function directoryLength(tags: readonly Tag[], big: boolean): number {
  const { count, entry, word } = form(big);
  return tags.reduce(
    (end, tag) => end + (valueBytes(tag) > word ? align(valueBytes(tag)) : 0),
    align(count + tags.length * entry + word),
  );
}

const valueBytes = ({ type, values }: Tag): number => values.length * FIELD_BYTES[type];

/** Header, ghost area and directories, little-endian, each directory followed by its values. */
export function writeHead(directories: readonly (readonly Tag[])[], big: boolean): Uint8Array {
  const { header } = form(big);
  const head = new Uint8Array(headLength(directories, big));
  const view = new DataView(head.buffer);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, big ? 43 : 42, true);
  if (big) view.setUint16(4, 8, true);
  head.set(GHOST, header);
  let link = big ? 8 : 4;
  let at = align(header + GHOST.length);
  for (const tags of directories) {
    setWord(view, link, at, big);
    link = writeDirectory(view, at, tags, big);
    at += directoryLength(tags, big);
  }
  return head;
}

/** @returns where the offset of the next directory goes; 0, the end of the chain, until then */
function writeDirectory(view: DataView, at: number, tags: readonly Tag[], big: boolean): number {
  const { count, entry, word } = form(big);
  if (big) setWord(view, at, tags.length, big);
  else view.setUint16(at, tags.length, true);
  let values = at + align(count + tags.length * entry + word);
  [...tags]
    .sort((a, b) => a.id - b.id)
    .forEach((tag, i) => {
      const place = at + count + i * entry;
      view.setUint16(place, tag.id, true);
      view.setUint16(place + 2, tag.type, true);
      setWord(view, place + 4, tag.values.length, big);
      const inline = valueBytes(tag) <= word;
      writeValues(view, inline ? place + 4 + word : values, tag);
      if (inline) return;
      setWord(view, place + 4 + word, values, big);
      values += align(valueBytes(tag));
    });
  return at + count + tags.length * entry;
}

function writeValues(view: DataView, at: number, { type, values }: Tag): void {
  const size = FIELD_BYTES[type];
  for (let i = 0; i < values.length; i++) {
    const place = at + i * size;
    const value = values[i]!;
    if (type === 2) view.setUint8(place, value);
    else if (type === 3) view.setUint16(place, value, true);
    else if (type === 4) view.setUint32(place, value, true);
    else if (type === 12) view.setFloat64(place, value, true);
    else view.setBigUint64(place, BigInt(value), true);
  }
}

function setWord(view: DataView, at: number, value: number, big: boolean): void {
  if (big) view.setBigUint64(at, BigInt(value), true);
  else view.setUint32(at, value, true);
}
