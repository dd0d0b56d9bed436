import type { Product, Variable } from '../api/product.ts';
import { reduceArea, seriesAt } from '../api/reductions.ts';
import type { ZoneTotals } from '../api/totals.ts';
import { polygonFeature } from '../map/shapes.ts';
import { fluxesOf, named, variableOf } from '../view/variables.ts';
import type { Choice, View } from '../view/view.ts';
import { zoneOf } from '../zones/zones.ts';
import type { Found } from './reading.ts';

/** The fluxes of the shown step and type, and the shown variable itself. */
function wanted(product: Product, { variable: shown }: View): readonly Variable[] {
  const variable = variableOf(product, shown);
  const fluxes = fluxesOf(product, variable.step, named(shown).type);
  return fluxes.includes(variable) ? fluxes : [...fluxes, variable];
}

/** Names what a view asks for: as long as they are the same, nothing is asked again. */
export const readingOf = (product: Product, view: View): string =>
  wanted(product, view)
    .map(({ name }) => name)
    .join();

/** All steps of a choice. @throws ApiProblem, and Error where there is nothing to add up */
export async function look(
  product: Product,
  view: View,
  chosen: Choice,
  signal: AbortSignal,
): Promise<Found> {
  const variables = wanted(product, view);
  if (chosen.kind === 'place') {
    const all = variables.map((variable) => seriesAt(product, variable, chosen.at, { signal }));
    return { kind: 'place', series: await Promise.all(all), variables };
  }
  const groups = addedTogether(product, view);
  if (groups.length === 0)
    throw new Error('Classes have no mean: choose another variable, or click a place.');
  const geometry = geometryOf(product, chosen);
  const zones = groups.map((group) => reduceArea(product, group, geometry, { signal }));
  return { kind: 'zone', zone: merged(await Promise.all(zones)), variables: groups.flat() };
}

/**
 * The fluxes in one question, since a pixel counts only where all that is asked for is valid; what else is shown in
 * another, so that it changes no total. A mean of ratios of pixels would say nothing of the ratio of a zone.
 */
function addedTogether(product: Product, view: View): readonly (readonly Variable[])[] {
  const shown = variableOf(product, view.variable);
  const fluxes = fluxesOf(product, shown.step, named(shown.name).type);
  const meaningless = shown.flags !== undefined || named(shown.name).base === 'ratio';
  const other = meaningless || fluxes.includes(shown) ? [] : [shown];
  return [fluxes, other].filter((group) => group.length > 0);
}

function merged([first, ...others]: readonly ZoneTotals[]): ZoneTotals {
  const periods = first!.periods.map((period, p) => ({
    ...period,
    variables: Object.assign({}, period.variables, ...others.map((zone) => zone.periods[p]?.variables)),
  }));
  return { ...first!, periods };
}

export const geometryOf = (product: Product, chosen: Exclude<Choice, { kind: 'place' }>): unknown =>
  chosen.kind === 'polygon'
    ? polygonFeature(chosen.ring).geometry
    : zoneOf(product.zones, chosen.id).feature.geometry;
