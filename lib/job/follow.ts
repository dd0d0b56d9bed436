import { isFluxError } from '../errors.ts';
import { type Kept, keepUpToDate } from './keep-up-to-date.ts';
import type { EventWorld } from './queue.ts';
import { isPermanent } from './record.ts';
import { mendRefusal, writeRefusal } from './refusal.ts';
import type { Spec } from './spec.ts';
import { type Wanted, wantedProducts } from './wanted.ts';

/**
 * Keeps one wanted product up to date. A spec or an input that is wrong is written down as refused, for another upload
 * to mend.
 * @returns undefined when it was refused, or is not wanted any more
 * @throws what another try may mend
 */
export async function follow(
  world: EventWorld,
  { specKey, spec }: Wanted,
  options: { readonly force?: boolean } = {},
): Promise<Kept | undefined> {
  let first: Spec | undefined = spec;
  const asItIsNow = async (): Promise<Spec | undefined> => {
    const known = first;
    first = undefined;
    return known ?? (await wantedProduct(world, spec.product))?.spec;
  };
  try {
    const kept = await keepUpToDate(world, asItIsNow, options);
    await mendRefusal(world, specKey);
    return kept;
  } catch (error) {
    if (!isFluxError(error) || !isPermanent(error)) throw error;
    await writeRefusal(world, specKey, error);
    return undefined;
  }
}

/** The product of this name as the inputs ask for it now. */
export async function wantedProduct(world: EventWorld, product: string): Promise<Wanted | undefined> {
  const { products } = await wantedProducts(world);
  return products.find(({ spec }) => spec.product === product);
}
