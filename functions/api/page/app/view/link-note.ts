import type { Product } from '../api/product.ts';
import { stepName } from './format.ts';
import type { View } from './view.ts';

/** What a link asked for that its product does not have, and what is shown instead; nothing where all of it is there. */
export function linkNote({ info }: Product, wanted: Partial<View>, shown: View): string | undefined {
  const { variable, time, against } = wanted;
  if (wanted.product !== undefined && wanted.product !== info.id)
    return `There is no product “${wanted.product}” here; this is ${info.title}.`;
  if (variable !== undefined && variable !== shown.variable)
    return `The link asks for “${variable}”, which ${info.title} does not have; this is “${shown.variable}”.`;
  for (const [asked, given] of [
    [time, shown.time],
    [against, shown.against],
  ] as const) {
    if (asked === undefined || given === undefined || asked === given) continue;
    return `The link asks for ${stepName(asked)}, which is not there; this is ${stepName(given)}.`;
  }
  return undefined;
}
