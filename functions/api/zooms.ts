import type { TileMatrixSet } from '../../lib/view/tile-matrix.ts';
import type { ServedProduct } from './served-product.ts';
import { NATIVE } from './tilings.ts';

const METRES_PER_DEGREE = 111_319.49;

/** From where the product is about one tile large to where its pixels are as large as the screen's. */
export function zoomsOf(set: TileMatrixSet, product: ServedProduct): { min: number; max: number } {
  const grid = product.grid();
  const last = set.matrices.length - 1;
  if (set.id === NATIVE) return { min: 0, max: last };
  const metres = Math.abs(grid.transform[0]) * (grid.crs.geographic ? METRES_PER_DEGREE : 1);
  const pixel = metres / (set.crs.geographic ? METRES_PER_DEGREE : 1);
  const fits = (size: number): number => set.matrices.findIndex(({ cellSize }) => cellSize <= size);
  const max = fits(pixel * 1.01);
  const min = fits((pixel * Math.max(grid.width, grid.height)) / 256);
  const end = max < 0 ? last : max;
  return { min: Math.max(0, Math.min(end, (min < 0 ? end : min) - 1)), max: end };
}
