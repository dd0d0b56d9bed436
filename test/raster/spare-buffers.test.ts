import { describe, expect, it } from 'vitest';
import { keepSpare, takeSpare } from '../../lib/raster/spare-buffers.ts';

describe('memory of decoded chunks', () => {
  it('is handed out once, and only for chunks of its size', () => {
    const cells = new Float32Array(40_001);
    keepSpare(cells);
    expect(takeSpare(160_000)).toBeUndefined();
    expect(takeSpare(160_004)?.buffer).toBe(cells.buffer);
    expect(takeSpare(160_004)).toBeUndefined();
  });

  it('is not taken from an array that shares it with others', () => {
    keepSpare(new Float32Array(80_002).subarray(0, 40_001));
    expect(takeSpare(320_008)).toBeUndefined();
  });

  it('is given back to the system beyond 16 MiB', () => {
    const many = Array.from({ length: 20 }, () => new Uint8Array(2 ** 20));
    for (const cells of many) keepSpare(cells);
    const taken = many.filter(() => takeSpare(2 ** 20) !== undefined);
    expect(taken).toHaveLength(16);
    expect(many.at(-1)!.byteLength).toBe(0);
  });
});
