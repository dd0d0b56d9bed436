/** Bytes of one object that one request brings, and the parts of it that are wanted. */
export interface PlannedRead<Part extends ByteSpan> {
  readonly offset: number;
  readonly length: number;
  readonly parts: readonly Part[];
}

export interface ByteSpan {
  readonly offset: number;
  readonly length: number;
}

/** Unwanted bytes that are rather read than asked around: on S3 a request costs as long as about this many. */
export const MAX_GAP = 65_536;
/** One request asks for at most this much, unless a single part is larger. */
export const MAX_REQUEST = 8 * 2 ** 20;

/** Merges spans that lie near each other into few requests. Pure; the order of `parts` is that of the file. */
export function planReads<Part extends ByteSpan>(
  parts: readonly Part[],
  maxGap = MAX_GAP,
  maxRequest = MAX_REQUEST,
): PlannedRead<Part>[] {
  const reads: { offset: number; length: number; parts: Part[] }[] = [];
  for (const part of [...parts].sort((a, b) => a.offset - b.offset)) {
    const last = reads.at(-1);
    const end = part.offset + part.length;
    const joins =
      last !== undefined &&
      part.offset - (last.offset + last.length) <= maxGap &&
      end - last.offset <= maxRequest;
    if (joins) {
      last.length = Math.max(last.length, end - last.offset);
      last.parts.push(part);
    } else reads.push({ offset: part.offset, length: part.length, parts: [part] });
  }
  return reads;
}
