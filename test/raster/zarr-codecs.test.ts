import zlib from 'node:zlib';
import fc from 'fast-check';
import blosc from 'numcodecs/blosc';
import { describe, expect, it } from 'vitest';
import { bloscHeader, decodeBlosc, encodeBlosc } from '../../lib/raster/blosc.ts';
import { verifyCrc32c } from '../../lib/raster/codecs.ts';
import { crc32c } from '../../lib/raster/crc32c.ts';
import { shuffle, unshuffle } from '../../lib/raster/shuffle.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
/** vitest compares long arrays cell by cell, slowly. */
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7) >> 3);

describe('crc32c', () => {
  it.each([
    ['123456789', ascii('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['nothing', new Uint8Array(0), 0],
  ])('gives the check value of RFC 3720 for %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('finds any flipped bit', () => {
    const body = ramp(37);
    const whole = new Uint8Array(41);
    whole.set(body);
    new DataView(whole.buffer).setUint32(37, crc32c(body), true);
    expect(verifyCrc32c(whole)).toEqual(body);
    for (let bit = 0; bit < 41 * 8; bit++) {
      const flipped = whole.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => verifyCrc32c(flipped)).toThrow('does not match');
    }
    expect(() => verifyCrc32c(whole.subarray(0, 3))).toThrow('no room');
  });
});

describe('shuffle', () => {
  it('puts first bytes first', () => {
    expect([...shuffle(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 3)]).toEqual([1, 4, 2, 5, 3, 6, 7]);
  });

  it('comes back from unshuffle, by words of four and by bytes, with bytes left over', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(1, 2, 4, 8), (bytes, size) => {
        expect(unshuffle(shuffle(bytes, size), size)).toEqual(bytes);
      }),
      { seed: 1 },
    );
  });

  it('is the same by words as by bytes', () => {
    const bytes = ramp(64);
    const shifted = new Uint8Array(65).subarray(1); // not aligned: goes byte by byte
    shifted.set(bytes);
    expect(shuffle(bytes, 4)).toEqual(shuffle(shifted, 4));
    expect(unshuffle(bytes, 4)).toEqual(unshuffle(shifted, 4));
  });
});

describe('Blosc', () => {
  const decode = (frame: Uint8Array, max = 1e6) => decodeBlosc(frame, bloscHeader(frame, max));

  it.each([1, 2, 4, 8])('is read by C-Blosc and by itself with elements of %i bytes', async (elementSize) => {
    for (const length of [0, 1, 8, 1000, 262_144]) {
      const raw = ramp(length);
      const frame = encodeBlosc(raw, { elementSize, level: 1 });
      expect(same(await blosc.fromConfig({ id: 'blosc' }).decode(frame), raw)).toBe(true);
      expect(same(decode(frame), raw)).toBe(true);
    }
  });

  it('reads what C-Blosc writes with zstd, split and unsplit', async () => {
    for (const [length, clevel] of [
      [100, 5],
      [50_000, 1],
      [300_000, 9],
    ] as const) {
      const raw = ramp(length);
      const frame = await blosc.fromConfig({ id: 'blosc', cname: 'zstd', clevel, shuffle: 1 }).encode(raw);
      expect(same(decode(frame), raw)).toBe(true);
    }
  });

  it('shuffles by the true element size, which makes cells smaller', () => {
    const cells = Float32Array.from({ length: 4096 }, (_, i) => 300 + Math.sin(i / 500));
    const raw = new Uint8Array(cells.buffer);
    const four = encodeBlosc(raw, { elementSize: 4, level: 1 });
    expect(four[3]).toBe(4);
    expect(four.length).toBeLessThan(encodeBlosc(raw, { elementSize: 1, level: 1 }).length * 0.9);
  });

  it('stores bytes that do not shrink as they are', () => {
    const noise = Uint8Array.from({ length: 256 }, (_, i) => (i * 167 + ((i * i) >> 3)) & 255);
    const frame = encodeBlosc(noise, { elementSize: 4, level: 1 });
    expect(frame.length).toBe(16 + 256);
    expect(decode(frame)).toEqual(noise);
  });

  it('refuses frames that contradict themselves', () => {
    const frame = encodeBlosc(ramp(5000), { elementSize: 4, level: 1 });
    const with32 = (at: number, value: number) => {
      const copy = frame.slice();
      new DataView(copy.buffer).setUint32(at, value, true);
      return copy;
    };
    expect(() => decode(frame.subarray(0, 10))).toThrow('has no header');
    expect(() => decode(frame.subarray(0, frame.length - 1))).toThrow('its header says');
    expect(() => decode(with32(4, 2 ** 31), 5000)).toThrow('claims 2147483648 bytes');
    expect(() => decode(with32(8, 0))).toThrow('blocks of 0');
    expect(() => decode(with32(8, 1))).toThrow('shorter than its table of blocks');
    expect(() => decode(with32(16, 2 ** 30))).toThrow('outside its frame');
    expect(() => decode(with32(20, 2 ** 30))).toThrow('runs past the end');
  });

  it('stops a block at its size: a bomb of 32 MiB is not inflated', () => {
    const bomb = zlib.zstdCompressSync(new Uint8Array(32 * 2 ** 20), { pledgedSrcSize: 32 * 2 ** 20 });
    const frame = new Uint8Array(24 + bomb.length);
    frame.set([2, 1, 0x90, 4]);
    const view = new DataView(frame.buffer);
    [1024, 1024, frame.length, 20, bomb.length].forEach((v, i) => {
      view.setUint32(4 + 4 * i, v, true);
    });
    frame.set(bomb, 24);
    const before = process.memoryUsage().rss;
    expect(() => decode(frame)).toThrow();
    expect(process.memoryUsage().rss - before).toBeLessThan(16 * 2 ** 20);
  });
});
