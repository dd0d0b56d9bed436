import { NotFound } from '../../lib/errors.ts';
import {
  NATIVE,
  nativeTiling,
  type TileMatrixSet,
  WEB_MERCATOR_QUAD,
  WORLD_CRS84_QUAD,
} from '../../lib/view/tile-matrix.ts';
import type { ServedProduct } from './served-product.ts';

export const WORLD_SETS: readonly TileMatrixSet[] = [WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD];

const natives = new WeakMap<ServedProduct, TileMatrixSet>();

/** Tilings that a product can be asked in: the world's, and its own. */
export const setsOf = (product: ServedProduct): readonly TileMatrixSet[] => [
  ...WORLD_SETS,
  nativeOf(product),
];

function nativeOf(product: ServedProduct): TileMatrixSet {
  let set = natives.get(product);
  if (!set) {
    set = nativeTiling(product.grid(), product.topLevel + 1);
    natives.set(product, set);
  }
  return set;
}

/** @throws NotFound */
export function setNamed(product: ServedProduct | undefined, id: string): TileMatrixSet {
  const sets = product ? setsOf(product) : WORLD_SETS;
  const set = sets.find((s) => s.id === id);
  if (set) return set;
  throw new NotFound(
    `There is no tile matrix set "${id.slice(0, 60)}"; there is ${sets.map((s) => s.id).join(', ')}.`,
  );
}

export { NATIVE };
