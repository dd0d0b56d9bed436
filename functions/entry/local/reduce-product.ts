import { BadRequest } from '../../../lib/errors.ts';
import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import type { Zone } from '../../../lib/grid/zone.ts';
import type { Layer } from '../../../lib/raster/layer.ts';
import { modelNamed } from '../../../lib/science/models.ts';
import { type Over, type Reduction, reduceZones } from '../../../lib/view/reduce.ts';
import type { OpenProduct } from './open-product.ts';
import { stepsOf } from './period-option.ts';

export interface ReduceOptions {
  readonly variable: readonly string[];
  readonly time?: string;
  readonly weights: 'centre' | 'coverage';
  readonly over?: Over;
}

/** Totals and means of zones over variables of a product, with the true areas of its pixels. */
export async function reduceProduct(
  product: OpenProduct,
  zonesOn: (grid: GeoGrid) => Zone[],
  { variable, time, weights, over }: ReduceOptions,
): Promise<Reduction> {
  const layers: Record<string, Layer> = {};
  for (const name of variable) layers[fieldName(name)] = await product.layer(name);
  checkSameSteps(variable, Object.values(layers));
  const first = Object.values(layers)[0]!;
  const { outputs } = modelNamed(product.spec.model);
  const withoutTotal = new Set(variable.filter((name) => outputs[name]?.noTotal));
  return reduceZones({
    layers,
    zones: zonesOn(first.facts.grid),
    membership: weights,
    withoutTotal,
    ...(over && { over }),
    ...(time !== undefined && { steps: stepsOf(first, time) }),
  });
}

function checkSameSteps(names: readonly string[], layers: readonly Layer[]): void {
  const counts = layers.map(({ facts }) => facts.times?.length ?? 1);
  const other = counts.findIndex((count) => count !== counts[0]);
  if (other < 0) return;
  throw new BadRequest(
    '--variable',
    `${names[0]} has ${counts[0]} steps and ${names[other]} ${counts[other]}; ask for yearly and monthly variables one after the other`,
  );
}

/** Tables speak of NPP, RH and NEP, be they of a month or a year. */
export const fieldName = (variable: string): string => variable.replace(/^(npp|rh|nep)_a$/, '$1');
