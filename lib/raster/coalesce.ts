/** Ranges nearer than this are one request: about what a round trip to an object store could carry meanwhile. */
const GAP_BYTES = 64 * 1024;
const RANGE_BYTES = 16 * 2 ** 20;

/** A part of an object. */
export interface Part {
  readonly offset: number;
  readonly length: number;
  /** The inner chunk's place in the grid of all inner chunks. */
  readonly place: readonly number[];
}

export interface RangeOfParts {
  readonly offset: number;
  readonly length: number;
  readonly members: readonly Part[];
}

/** Joins neighbouring parts of one object into few ranges. */
export function coalesce(parts: readonly Part[]): RangeOfParts[] {
  const ranges: { offset: number; length: number; members: Part[] }[] = [];
  for (const part of [...parts].sort((a, b) => a.offset - b.offset)) {
    const last = ranges.at(-1);
    const end = part.offset + part.length;
    if (last && part.offset - (last.offset + last.length) <= GAP_BYTES && end - last.offset <= RANGE_BYTES) {
      last.length = Math.max(last.length, end - last.offset);
      last.members.push(part);
    } else {
      ranges.push({ offset: part.offset, length: part.length, members: [part] });
    }
  }
  return ranges;
}
