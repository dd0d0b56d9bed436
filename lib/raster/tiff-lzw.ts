const CLEAR = 256;
const END = 257;
const TABLE = 4096;

// Strings are kept as places in the output itself: entry = (start, length). Safe to share, as decoding is synchronous.
const starts = new Int32Array(TABLE + 1);
const lengths = new Int32Array(TABLE + 1);

/**
 * Decodes TIFF's LZW: codes of 9 to 12 bits, most significant bit first, widened one code early.
 *
 * @param out filled from its start; decoding ends when it is full
 * @returns bytes written
 * @throws RangeError on a code that the table does not hold
 * @see TIFF 6.0, section 13
 */
export function decodeLzw(src: Uint8Array, out: Uint8Array): number {
  let written = 0;
  let width = 9;
  let bits = 0;
  let held = 0;
  let next = END + 1;
  for (let i = 0; written < out.length; ) {
    while (held < width) {
      if (i >= src.length) return written;
      bits = ((bits << 8) | src[i++]!) & 0xffffff;
      held += 8;
    }
    const code = (bits >> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === END) return written;
    if (code === CLEAR) {
      width = 9;
      next = END + 1;
      continue;
    }
    const start = written;
    if (code < CLEAR) out[written++] = code;
    else if (code < next) written = copyString(out, starts[code]!, lengths[code]!, written);
    else throw new RangeError(`LZW code ${code} is not in the table of ${next}`);
    // The new string is this one plus the byte that will be written next, so it lies whole in the output.
    if (next < TABLE) {
      starts[next] = start;
      lengths[next] = written - start + 1;
      next++;
      if (next >= 1 << width && width < 12) width++;
    }
  }
  return written;
}

function copyString(out: Uint8Array, from: number, length: number, to: number): number {
  const end = Math.min(to + length, out.length);
  // Byte by byte: the string may reach into what is being written (the KwKwK case).
  for (let j = from; to < end; ) out[to++] = out[j++]!;
  return to;
}
