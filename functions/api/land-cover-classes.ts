import { isClassInput, schemeOf } from '../../lib/job/binding-classes.ts';
import type { Product } from '../../lib/job/product.ts';
import { isWritten } from '../../lib/job/spec.ts';
import { VEGETATION_SCHEME } from '../../lib/science/landcover/legends.ts';
import { classColors } from '../../lib/view/class-colors.ts';
import { COVER_CLASSES, type CoverClass, isDropped } from './reduction/class-cover.ts';

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
export function landCoverOf({ inputs, spec }: Product): readonly LandCoverClass[] | undefined {
  const hasMap = Object.entries(inputs).some(([name, variable]) => {
    const source = spec.sources[name];
    return source && !isWritten(source) && isClassInput(variable) && schemeOf(variable) === VEGETATION_SCHEME;
  });
  return hasMap ? CLASSES : undefined;
}
