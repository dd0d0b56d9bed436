import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveRange } from '../../lib/store/byte-range.ts';
import { compareUtf8, isKey } from '../../lib/store/object-key.ts';

describe('the order of keys', () => {
  it('is the order of their UTF-8 bytes, for any two strings', () => {
    const near = fc.string({
      unit: fc.constantFrom('a', '/', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'),
    });
    const any = fc.oneof(near, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('keys', () => {
  it('have parts of up to 255 bytes, and up to 1024 bytes in all', () => {
    expect(isKey('ü'.repeat(127))).toBe(true);
    expect(isKey('ü'.repeat(128))).toBe(false);
    expect(isKey(`${'x/'.repeat(511)}yy`)).toBe(true);
    expect(isKey(`${'x/'.repeat(512)}y`)).toBe(false);
  });
});

describe('ranges', () => {
  it('stand for the bytes that slice gives, whenever they begin inside the object', () => {
    const size = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(size, fc.nat(60), fc.integer({ min: 1, max: 60 }), (n, offset, length) => {
        const bytes = Array.from({ length: n }, (_, i) => i);
        expect(bytes.slice(...resolveRange({ suffix: length }, n, 'a'))).toEqual(bytes.slice(-length));
        if (offset >= n) expect(() => resolveRange({ offset, length }, n, 'a')).toThrow(/416/);
        else {
          const wanted = bytes.slice(offset, offset + length);
          expect(bytes.slice(...resolveRange({ offset, length }, n, 'a'))).toEqual(wanted);
        }
      }),
    );
  });

  it('are none of an object of 0 bytes', () => {
    expect(() => resolveRange({ offset: 0, length: 1 }, 0, 'a')).toThrow(/416/);
    expect(() => resolveRange({ suffix: 1 }, 0, 'a')).toThrow(/416/);
  });
});
