/** One tag as it stands in a file: whatever a hostile writer likes. `count` may lie about the values. */
export interface RawTag {
  readonly id: number;
  /** TIFF field type: 2 ASCII, 3 SHORT, 4 LONG, 12 DOUBLE, 16 LONG8, others as bytes. */
  readonly type: number;
  readonly values: readonly number[];
  readonly count?: number;
  /** Where the entry says that its values are, instead of where they are. */
  readonly offset?: number;
}

export interface RawTiff {
  readonly littleEndian?: boolean;
  readonly bigTiff?: boolean;
  readonly directories: readonly (readonly RawTag[])[];
  /** Where the last directory says that the next one is: a number, or the index of a directory. */
  readonly next?: number | { readonly directory: number };
  /** Stored right behind the header, from `BLOCK_START`. */
  readonly blocks?: Uint8Array;
}

export const BLOCK_START = 16;

const WIDTHS: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4, 12: 8, 16: 8 };

export const tag = (id: number, type: number, ...values: number[]): RawTag => ({ id, type, values });
export const text = (id: number, value: string): RawTag => tag(id, 2, ...Buffer.from(`${value}\0`, 'latin1'));

/** Bytes of a TIFF with exactly these tags, well-formed or not. */
export function buildTiff({
  littleEndian = true,
  bigTiff = false,
  directories,
  next = 0,
  blocks,
}: RawTiff): Uint8Array {
  const out = new DataView(new ArrayBuffer(1 << 20));
  const word = bigTiff ? 8 : 4;
  const setWord = (at: number, value: number) =>
    bigTiff ? out.setBigUint64(at, BigInt(value), littleEndian) : out.setUint32(at, value, littleEndian);
  const setValue = (at: number, type: number, value: number) => {
    if (type === 3) out.setUint16(at, value, littleEndian);
    else if (type === 4) out.setUint32(at, value, littleEndian);
    else if (type === 12) out.setFloat64(at, value, littleEndian);
    else if (type === 16) out.setBigUint64(at, BigInt(value), littleEndian);
    else out.setUint8(at, value);
  };
  out.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  out.setUint16(2, bigTiff ? 43 : 42, littleEndian);
  if (bigTiff) out.setUint16(4, 8, littleEndian);
  let link = bigTiff ? 8 : 4;
  let end = BLOCK_START + (blocks?.length ?? 0);
  new Uint8Array(out.buffer).set(blocks ?? [], BLOCK_START);
  const starts: number[] = [];
  for (const tags of directories) {
    end += end % 2;
    starts.push(end);
    setWord(link, end);
    const entries = end + (bigTiff ? 8 : 2);
    if (bigTiff) setWord(end, tags.length);
    else out.setUint16(end, tags.length, littleEndian);
    link = entries + tags.length * (bigTiff ? 20 : 12);
    end = link + word;
    tags.forEach(({ id, type, values, count, offset }, i) => {
      const at = entries + i * (bigTiff ? 20 : 12);
      const width = WIDTHS[type] ?? 1;
      out.setUint16(at, id, littleEndian);
      out.setUint16(at + 2, type, littleEndian);
      setWord(at + 4, count ?? values.length);
      const inside = width * values.length <= word && offset === undefined;
      const place = inside ? at + 4 + word : end;
      for (const [k, value] of values.entries()) setValue(place + k * width, type, value);
      if (inside) return;
      setWord(at + 4 + word, offset ?? end);
      end += width * values.length;
    });
  }
  setWord(link, typeof next === 'number' ? next : starts[next.directory]!);
  return new Uint8Array(out.buffer.slice(0, end));
}

/** Tags of a georeferenced single-band image, to be varied; `changes` replaces tags of the same id or adds some. */
export function imageTags(changes: readonly RawTag[] = [], without: readonly number[] = []): RawTag[] {
  const usual = [
    tag(256, 4, 4),
    tag(257, 4, 4),
    tag(258, 3, 16),
    tag(259, 3, 1),
    tag(262, 3, 1),
    tag(273, 4, BLOCK_START),
    tag(277, 3, 1),
    tag(278, 4, 4),
    tag(279, 4, 32),
    tag(339, 3, 2),
    tag(33550, 12, 10, 10, 0),
    tag(33922, 12, 0, 0, 0, 5e5, 4e6, 0),
    tag(34735, 3, 1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32633),
  ];
  const changed = new Set(changes.map(({ id }) => id));
  return [...usual.filter(({ id }) => !changed.has(id) && !without.includes(id)), ...changes].sort(
    (a, b) => a.id - b.id,
  );
}

/** 4 x 4 cells of int16: 1 to 16. */
export const sixteenCells = (littleEndian = true): Uint8Array => {
  const view = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 16; i++) view.setInt16(2 * i, i + 1, littleEndian);
  return new Uint8Array(view.buffer);
};
