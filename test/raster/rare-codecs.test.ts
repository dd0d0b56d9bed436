import { describe, expect, it } from 'vitest';
import { bunzip } from '../../lib/raster/bzip2.ts';
import { adler32, fletcher32, RARE_CODECS } from '../../lib/raster/rare-codecs.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
/** By bzip2 1.0: 36 bytes of text, and 30 million zeros. */
const TEXT = Buffer.from(
  'QlpoOTFBWSZTWU0YUoYAAAcRgEAAOQWSQCAAIr/VQGEIBppotDqnMIUlKlvi7kinChIJowpQwA==',
  'base64',
);
const BOMB = Buffer.from('QlpoOTFBWSZTWRkjKSIA5cfAAMAIAAggADDMCappgqEo2qqUJR4u5IpwoSAyRlJE', 'base64');

describe('bzip2', () => {
  it('is unpacked', () => {
    expect(new TextDecoder().decode(bunzip(TEXT, 1000))).toBe('carbon flux '.repeat(3));
  });

  it('that would be longer than its chunk stops there', () => {
    expect(() => bunzip(BOMB, 100_000)).toThrow('holds more than 100000 bytes');
  });

  it('cut off anywhere is an error, and with any byte changed never other text', () => {
    for (let length = 0; length < TEXT.length; length++)
      expect(() => bunzip(TEXT.subarray(0, length), 1000), `${length} bytes`).toThrow();
    const text = bunzip(TEXT, 1000);
    for (let i = 0; i < TEXT.length; i++) {
      const changed = TEXT.map((byte, at) => (at === i ? byte ^ 0x20 : byte));
      let found: Uint8Array | undefined;
      try {
        found = bunzip(changed, 1000);
      } catch {
        continue; // a code that no byte has may change without harm: only those come here with text
      }
      expect(found, `byte ${i}`).toEqual(text);
    }
  });
});

describe('checksums of numcodecs', () => {
  it('have their published values', () => {
    expect(adler32(ascii('Wikipedia'))).toBe(0x11e60398);
    expect(adler32(ascii(''))).toBe(1);
    // Words of "abcde", big-endian: 0x6162, 0x6364, 0x6500.
    const sums = [0x6162, 0x6162 + 0x6364, 0x6162 + 0x6364 + 0x6500];
    const high = (sums[0]! + sums[1]! + sums[2]!) % 65_535;
    expect(fletcher32(ascii('abcde'))).toBe(((high << 16) | (sums[2]! % 65_535)) >>> 0);
  });

  it.each(['fletcher32', 'crc32', 'adler32'] as const)(
    '(%s) come off their bytes, and find any flipped bit',
    (name) => {
      for (const location of ['start', 'end'] as const) {
        const { decode } = RARE_CODECS[name].fromConfig({ location });
        const body = ascii('carbon');
        const whole = new Uint8Array(10);
        whole.set(body, location === 'start' ? 4 : 0);
        const sum = { fletcher32, adler32, crc32: () => CRC_OF_CARBON }[name](body);
        new DataView(whole.buffer).setUint32(location === 'start' ? 0 : 6, sum, true);
        expect(decode(whole)).toEqual(body);
        for (let bit = 0; bit < 80; bit++) {
          const flipped = whole.slice();
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          expect(() => decode(flipped)).toThrow(`${name} checksum does not match`);
        }
        expect(() => decode(whole.subarray(0, 3))).toThrow('no room');
      }
    },
  );
});

/** By zlib. */
const CRC_OF_CARBON = 0x59facec4;
