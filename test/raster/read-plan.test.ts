import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planReads } from '../../lib/raster/read-plan.ts';

const span = (offset: number, length: number) => ({ offset, length });

describe('planning range reads', () => {
  it('merges neighbours over a small gap and leaves a large one', () => {
    const reads = planReads([span(0, 10), span(14, 6), span(100, 5)], 4, 1000);
    expect(reads.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 20],
      [100, 5],
    ]);
  });

  it('keeps a request within its limit, but never cuts a part', () => {
    const reads = planReads([span(0, 60), span(60, 60), span(120, 500)], 8, 100);
    expect(reads.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 60],
      [60, 60],
      [120, 500],
    ]);
  });

  it('brings every part whole, in one request, whatever the order', () => {
    const spans = fc.array(fc.record({ offset: fc.nat(10_000), length: fc.integer({ min: 1, max: 500 }) }));
    fc.assert(
      fc.property(spans, fc.nat(300), fc.nat(2000), (parts, gap, most) => {
        const reads = planReads(parts, gap, most);
        expect(reads.flatMap((read) => read.parts)).toHaveLength(parts.length);
        for (const read of reads) {
          for (const part of read.parts) {
            expect(part.offset).toBeGreaterThanOrEqual(read.offset);
            expect(part.offset + part.length).toBeLessThanOrEqual(read.offset + read.length);
          }
          const longest = Math.max(...read.parts.map(({ length }) => length));
          expect(read.length).toBeLessThanOrEqual(Math.max(most, longest));
        }
      }),
      { seed: 1 },
    );
  });
});
