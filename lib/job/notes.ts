import type { Affine } from '../grid/affine.ts';
import type { Binding } from './binding.ts';
import { type ClassSource, mapOf } from './binding-classes.ts';
import { zoneNotes } from './checks.ts';
import { compositeGaps } from './composite-gaps.ts';
import type { Plan } from './plan.ts';
import type { Product } from './product.ts';

/** What a person should know of a plan's zones and inputs; nothing that keeps a run from going on. */
export const notesOf = (
  product: Product,
  { bindings, zones }: Pick<Plan, 'bindings' | 'zones'>,
): string[] => [
  ...zoneNotes(product, zones),
  ...bindings.flatMap((binding) => inputNotes(product, binding)),
  ...mixedEvaporation(bindings),
];

function inputNotes(product: Product, { name, source }: Binding): string[] {
  const title = 'facts' in source ? source.facts.title : '';
  const said = product.spec.sources[name];
  return [
    ...swappedEvaporation(name, title),
    ...(source.kind === 'series' ? compositeGaps(product, name, source) : []),
    ...(source.kind === 'classes' ? heldMaps(product, name, source) : []),
    ...(said && 'climatology' in said && said.climatology ? [`${name}: ${title} stands for every year`] : []),
  ];
}

/** Years that another year's map stands for. */
const heldMaps = ({ windows }: Product, name: string, source: ClassSource): string[] =>
  windows.flatMap(({ t, year }) => {
    const map = mapOf(source, t);
    return map && map.year !== year
      ? [`${name}: ${year} has no map of its own and takes that of ${map.year}`]
      : [];
  });

/** Pixels of ERA5 are 0.25 degrees, those of ERA5-Land 0.1. @see spec casa.md 1.1 */
function mixedEvaporation(bindings: readonly Binding[]): string[] {
  const [actual, potential] = ['evaporation', 'potentialEvaporation'].map((name) => {
    const source = bindings.find((binding) => binding.name === name)?.source;
    return source?.kind === 'field' ? source.facts : undefined;
  });
  if (!actual || !potential || sameSize(actual.grid.transform, potential.grid.transform)) return [];
  return [
    `potentialEvaporation: ${potential.title} has other pixels than ${actual.title}; potential evaporation of ERA5 and of ERA5-Land are different quantities, take both from one`,
  ];
}

const sameSize = (a: Affine, b: Affine): boolean => Math.abs(a[0] - b[0]) < 0.01 * Math.abs(a[0]);

/** Names of components of evaporation, in the Climate Data Store and in short, and what ERA5-Land keeps in them. */
const SWAPPED: Readonly<Record<string, string>> = {
  evabs: 'transpiration',
  evaporation_from_bare_soil: 'transpiration',
  evavt: 'evaporation of open water',
  evaporation_from_vegetation_transpiration: 'evaporation of open water',
  evaow: 'evaporation of bare soil',
  evaporation_from_open_water_surfaces_excluding_oceans: 'evaporation of bare soil',
};

/** @see spec casa.md 1.1: a known issue of ERA5-Land */
function swappedEvaporation(name: string, title: string): string[] {
  const variable = title.split('/').at(-1) ?? '';
  const held = SWAPPED[variable];
  if (name !== 'evaporation' || !held) return [];
  return [
    `${name}: ${title} of ERA5-Land holds ${held}, by a mix-up of its components; W wants total evaporation (e)`,
  ];
}
