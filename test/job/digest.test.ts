import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../lib/job/digest.ts';

describe('a digest', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (facts) => {
        const reversed = Object.fromEntries(Object.entries(facts).reverse());
        expect(digestOf(reversed)).toBe(digestOf(facts));
      }),
    );
  });

  it('tells apart values that differ in the last bit', () => {
    expect(digestOf(0.1 + 0.2)).not.toBe(digestOf(0.3));
  });

  it('refuses NaN, which JSON would turn into null', () => {
    expect(() => digestOf({ a: Number.NaN })).toThrow(/no place in JSON/);
  });

  it('is written in ASCII', () => {
    expect(canonicalJson({ unit: '°C' })).toBe('{"unit":"\\u00b0C"}');
  });
});
