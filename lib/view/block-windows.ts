import type { LayerFacts } from '../raster/layer.ts';
import { hull, meet, type PixelWindow } from './zone-weights.ts';

/** 2 M cells in double are 16 MB a layer. */
const MAX_CELLS = 2_000_000;

/**
 * Windows of whole blocks that together hold every pixel of `touched`, each at most `maxCells` cells big over `depth`
 * steps (a single block may be more) and cut to what is touched. Windows that nothing touches are left out.
 */
export function* blockWindows(
  { block }: Pick<LayerFacts, 'block'>,
  touched: readonly PixelWindow[],
  depth: number,
  maxCells = MAX_CELLS,
): Generator<PixelWindow> {
  const all = hull(touched);
  if (!all) return;
  const cells = maxCells / depth;
  const needed = all.x1 - startOfBlock(all.x0, block.x);
  const cols = wholeBlocks(Math.min(cells / block.y, needed + block.x - 1), block.x);
  const rows = wholeBlocks(cells / cols, block.y);
  for (let y = startOfBlock(all.y0, rows); y < all.y1; y += rows) {
    for (let x = startOfBlock(all.x0, cols); x < all.x1; x += cols) {
      const blocks = { y0: y, y1: y + rows, x0: x, x1: x + cols };
      const window = hull(touched.flatMap((part) => meet(part, blocks) ?? []));
      if (window) yield window;
    }
  }
}

const wholeBlocks = (size: number, block: number): number => Math.max(1, Math.floor(size / block)) * block;
const startOfBlock = (at: number, block: number): number => Math.floor(at / block) * block;
