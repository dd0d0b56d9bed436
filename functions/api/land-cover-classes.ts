import type { Product } from '../../lib/job/product.ts';
import { classColors } from '../../lib/view/class-colors.ts';
import { COVER_CLASSES, type CoverClass, isDropped, mapsLandCover } from './reduction/class-cover.ts';

/** A class of land cover that reductions tell apart, with the colour that legends give it. */
export interface LandCoverClass {
  readonly name: CoverClass;
  readonly color: string;
  /** In no share: water, snow, and what has no class. */
  readonly dropped: boolean;
}

const CLASSES: readonly LandCoverClass[] = classColors(COVER_CLASSES).map((color, i) => {
  const name = COVER_CLASSES[i]!;
  return { name, color: name === 'unclassified' ? '#9aa5a1' : color, dropped: isDropped(name) };
});

/** @returns undefined where a product is made without a map of land cover */
export const landCoverOf = (product: Product): readonly LandCoverClass[] | undefined =>
  mapsLandCover(product) ? CLASSES : undefined;
