import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GridEdges } from '../../lib/grid/grid-edges.ts';
import { type Block, type ChunkCover, coverChunks } from '../../lib/view/chunk-cover.ts';

const CHUNK = { height: 4, width: 6 };

/** Edges of a ring of places on the grid, each from its upper end down. */
function edgesOf(ring: readonly (readonly [number, number])[]): GridEdges {
  const points: number[] = [];
  for (const [i, [x0, y0]] of ring.entries()) {
    const [x1, y1] = ring[(i + 1) % ring.length]!;
    points.push(...(y0 <= y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0]));
  }
  return { points: Float64Array.from(points), ways: new Int8Array(points.length / 4).fill(1) };
}

/** Even-odd rule, from the definition. */
function holds(ring: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  for (const [i, [x0, y0]] of ring.entries()) {
    const [x1, y1] = ring[(i + 1) % ring.length]!;
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) inside = !inside;
  }
  return inside;
}

function cover(ring: readonly (readonly [number, number])[], size: number, topLevel: number): ChunkCover {
  const window = { y0: 0, y1: size, x0: 0, x1: size };
  const isInside = (row: number, col: number) => holds(ring, col + 0.5, row + 0.5);
  return coverChunks({ edges: edgesOf(ring), window, chunk: CHUNK, topLevel, isInside });
}

const chunksOf = ({ level, y, x }: Block): string[] => {
  const side = 2 ** level;
  return Array.from(
    { length: side * side },
    (_, i) => `${y * side + Math.floor(i / side)},${x * side + (i % side)}`,
  );
};

describe('the cover of a zone by blocks', () => {
  it('holds each chunk once, and all of a whole block lies in the zone', () => {
    const size = 96;
    const place = fc.tuple(
      fc.double({ min: 1, max: size - 1, noNaN: true }),
      fc.double({ min: 1, max: size - 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(place, { minLength: 3, maxLength: 8 }), (ring) => {
        const { whole, rim } = cover(ring, size, 4);
        const held = [...whole, ...rim].flatMap(chunksOf);
        expect(new Set(held).size).toBe(held.length);
        const inWhole = new Set(whole.flatMap(chunksOf));
        const inRim = new Set(rim.flatMap(chunksOf));
        for (let y = 0; y < size; y++)
          for (let x = 0; x < size; x++) {
            const chunk = `${Math.floor(y / CHUNK.height)},${Math.floor(x / CHUNK.width)}`;
            if (inWhole.has(chunk)) expect(holds(ring, x + 0.5, y + 0.5)).toBe(true);
            else if (!inRim.has(chunk)) expect(holds(ring, x + 0.5, y + 0.5)).toBe(false);
          }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('grows with the outline of a zone and not with its area', () => {
    const circle = (r: number) =>
      Array.from({ length: 720 }, (_, i): [number, number] => {
        const turn = (Math.PI * i) / 360;
        return [2000 + r * Math.cos(turn), 2000 + r * Math.sin(turn)];
      });
    const [small, large] = [200, 1600].map((r) => cover(circle(r), 4000, 10));
    const pieces = ({ whole, rim }: ChunkCover) => whole.length + rim.length;
    const chunks = ({ whole, rim }: ChunkCover) => [...whole, ...rim].flatMap(chunksOf).length;
    expect(chunks(large!) / chunks(small!)).toBeGreaterThan(50); // 64 times the area
    expect(pieces(large!) / pieces(small!)).toBeLessThan(9); // 8 times the outline
  });

  it('takes a ragged block at the edge of the map whole when no edge passes it', () => {
    const around = [
      [-50, -50],
      [80, -50],
      [80, 80],
      [-50, 80],
    ] as const;
    const window = { y0: 0, y1: 10, x0: 0, x1: 14 };
    expect(
      coverChunks({ edges: edgesOf(around), window, chunk: CHUNK, topLevel: 2, isInside: () => true }),
    ).toEqual({ whole: [{ level: 2, y: 0, x: 0 }], rim: [] });
  });
});
