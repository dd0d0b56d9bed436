import type { Layer, LayerFacts } from '../raster/layer.ts';
import { decode } from './decode.ts';

/** What a few blocks of a layer hold; says how little was looked at. */
export interface LayerSample {
  readonly cells: number;
  /** Of those cells, 0..1. */
  readonly missing: number;
  /** In the layer's units; NaN when all are missing. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** How many steps were looked at. */
  readonly steps: number;
}

const MOST_CELLS = 512 * 512;

/** Looks at the middle block of the first, middle and last step. Throws whatever reading throws. */
export async function sampleLayer(layer: Layer, signal?: AbortSignal): Promise<LayerSample> {
  const { facts } = layer;
  const count = facts.times?.length ?? 1;
  const steps = [...new Set([0, Math.floor((count - 1) / 2), count - 1])];
  const window = middleWindow(facts);
  let [cells, valid, sum, min, max] = [0, 0, 0, Infinity, -Infinity];
  for (const t0 of steps) {
    const values = decode(facts, await layer.read({ t0, t1: t0 + 1, ...window }, signal ? { signal } : {}));
    cells += values.length;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      valid++;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  const range = valid > 0 ? { min, max, mean: sum / valid } : { min: NaN, max: NaN, mean: NaN };
  return { cells, missing: 1 - valid / cells, ...range, steps: steps.length };
}

function middleWindow({ grid, block }: LayerFacts): { y0: number; y1: number; x0: number; x1: number } {
  const side = Math.floor(Math.sqrt(MOST_CELLS));
  const [y0, y1] = middleBlock(grid.height, Math.min(block.y, side));
  const [x0, x1] = middleBlock(grid.width, Math.min(block.x, side));
  return { y0, y1, x0, x1 };
}

function middleBlock(length: number, block: number): [number, number] {
  const start = Math.floor(Math.floor((length - 1) / 2) / block) * block;
  return [start, Math.min(start + block, length)];
}
