import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLzw } from '../../lib/raster/tiff-lzw.ts';

/** The encoder of TIFF 6.0, section 13, with its table of strings spelled out: slow, and unlike the decoder. */
function encodeLzw(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  let table = new Map<string, number>();
  let next = 0;
  const put = (code: number): void => {
    const width = next <= 511 ? 9 : next <= 1023 ? 10 : next <= 2047 ? 11 : 12;
    held = (held << width) | code;
    for (bits += width; bits >= 8; bits -= 8) out.push((held >> (bits - 8)) & 255);
    held &= (1 << bits) - 1;
  };
  const clear = (): void => {
    put(256);
    table = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]));
    next = 258;
  };
  next = 258;
  clear();
  let string = '';
  for (const byte of bytes) {
    const longer = string + String.fromCharCode(byte);
    if (table.has(longer)) string = longer;
    else {
      put(table.get(string)!);
      table.set(longer, next++);
      string = String.fromCharCode(byte);
      if (next === 4095) clear();
    }
  }
  if (string) {
    put(table.get(string)!);
    next++;
  }
  put(257);
  out.push((held << (8 - bits)) & 255);
  return Uint8Array.from(out);
}

function decoded(code: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  return out.subarray(0, decodeLzw(code, out));
}

describe("TIFF's LZW", () => {
  it('decodes the example of the TIFF specification', () => {
    // 7 7 7 8 8 7 7 6 6 as codes 256 7 258 8 8 258 6 6 257 of 9 bits
    const code = Uint8Array.from([128, 1, 224, 64, 128, 68, 8, 12, 6, 128, 128]);
    expect(encodeLzw(Uint8Array.of(7, 7, 7, 8, 8, 7, 7, 6, 6))).toEqual(code);
    expect(Array.from(decoded(code, 9))).toEqual([7, 7, 7, 8, 8, 7, 7, 6, 6]);
  });

  it('gives any bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(decoded(encodeLzw(bytes), bytes.length)).toEqual(bytes);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('goes through every code width and several full tables, on noise and on runs', () => {
    const noise = Uint8Array.from({ length: 40_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255);
    const runs = Uint8Array.from({ length: 200_000 }, (_, i) => (i % 50_000 < 49_000 ? 3 : i & 7));
    for (const bytes of [noise, runs]) expect(decoded(encodeLzw(bytes), bytes.length)).toEqual(bytes);
  });

  it('stops where the block is full', () => {
    expect(Array.from(decoded(encodeLzw(new Uint8Array(100).fill(9)), 10))).toEqual(new Array(10).fill(9));
  });
});
