import type { GridEdges } from '../grid/grid-edges.ts';
import type { Size2 } from '../grid/region.ts';
import type { PixelWindow } from '../grid/warp.ts';

/** Row and column of a square of chunks: one chunk at level 0, two by two of the level below at each further one. */
export interface Block {
  readonly level: number;
  readonly y: number;
  readonly x: number;
}

/** How a zone lies on the chunks of a product. */
export interface ChunkCover {
  /** Blocks that lie in the zone with all of their pixels; as large as they can be. */
  readonly whole: readonly Block[];
  /** Chunks that the zone's outline may pass: only their pixels need be looked at. */
  readonly rim: readonly Block[];
}

export interface CoverInput {
  /** Of the zone on the grid; without them every chunk counts as rim. */
  readonly edges: GridEdges | undefined;
  /** Every pixel of the zone lies in it. */
  readonly window: PixelWindow;
  readonly chunk: Size2;
  /** Largest level of a whole block. */
  readonly topLevel: number;
  /** Whether a pixel lies in the zone with its whole area. */
  readonly isInside: (row: number, col: number) => boolean;
}

/** Outlines this near to a chunk's edge count as passing it, pixels. */
const NEAR = 1e-6;

/**
 * Tells the blocks that lie wholly in a zone from the chunks that its outline passes, from the largest blocks down: one
 * that no edge passes is all inside or all outside, so that one pixel tells which. The work grows with the outline, not
 * with the area.
 */
export function coverChunks(input: CoverInput): ChunkCover {
  const { window, chunk, edges } = input;
  const topLevel = edges ? input.topLevel : 0;
  const passed = edges && passedBlocks(edges, chunk, topLevel);
  const whole: Block[] = [];
  const rim: Block[] = [];
  const look = (block: Block): void => {
    const { level, y, x } = block;
    const [height, width] = [chunk.height * 2 ** level, chunk.width * 2 ** level];
    const [y0, x0] = [y * height, x * width];
    if (y0 >= window.y1 || x0 >= window.x1 || y0 + height <= window.y0 || x0 + width <= window.x0) return;
    const mayBePassed = !passed || passed[level]!.has(keyOf(y, x));
    if (mayBePassed && level > 0) for (const child of childrenOf(block)) look(child);
    else if (mayBePassed) rim.push(block);
    else if (input.isInside(y0, x0)) whole.push(block);
  };
  for (const block of blocksIn(window, chunk, topLevel)) look(block);
  return { whole, rim };
}

/** The blocks of the level below that make up a block; some may lie off the map. */
export const childrenOf = ({ level, y, x }: Block): Block[] =>
  [0, 1].flatMap((dy) => [0, 1].map((dx) => ({ level: level - 1, y: 2 * y + dy, x: 2 * x + dx })));

function* blocksIn({ y0, y1, x0, x1 }: PixelWindow, chunk: Size2, level: number): Generator<Block> {
  const [height, width] = [chunk.height * 2 ** level, chunk.width * 2 ** level];
  for (let y = Math.floor(y0 / height); y * height < y1; y++)
    for (let x = Math.floor(x0 / width); x * width < x1; x++) yield { level, y, x };
}

/** Columns left of the map are negative: far fewer than this. */
const COLUMNS = 2 ** 26;
const keyOf = (y: number, x: number): number => y * COLUMNS + x;

/** By level, the blocks that an edge passes. */
function passedBlocks({ points }: GridEdges, { height, width }: Size2, topLevel: number): Set<number>[] {
  const passed = Array.from({ length: topLevel + 1 }, () => new Set<number>());
  for (let k = 0; k < points.length; k += 4) {
    const [xa, ya, xb, yb] = [points[k]!, points[k + 1]!, points[k + 2]!, points[k + 3]!];
    const slope = yb > ya ? (xb - xa) / (yb - ya) : 0;
    const at = (y: number): number => (yb > ya ? xa + (Math.min(yb, Math.max(ya, y)) - ya) * slope : xa);
    for (let row = Math.floor((ya - NEAR) / height); row <= Math.floor((yb + NEAR) / height); row++) {
      const ends = yb > ya ? [at(row * height), at((row + 1) * height)] : [xa, xb];
      const [left, right] = [Math.min(...ends) - NEAR, Math.max(...ends) + NEAR];
      for (let col = Math.floor(left / width); col <= Math.floor(right / width); col++)
        pass(passed, row, col);
    }
  }
  return passed;
}

function pass(passed: readonly Set<number>[], row: number, col: number): void {
  for (const [level, keys] of passed.entries()) {
    const key = keyOf(row >> level, col >> level);
    if (keys.has(key)) return; // and so are those above it
    keys.add(key);
  }
}
