import { isCarbonFlux, titleInPicture, unitsInPicture } from '../../../../../lib/view/carbon-units.ts';
import type { Product, StepKind, Variable } from '../api/product.ts';
import { number, signed } from './format.ts';

/**
 * What a name of a variable says: `nep_a_enf` is the quantity `nep` of the type `enf`; that it is annual its step
 * says, too.
 */
export interface Named {
  readonly base: string;
  /** Vegetation type that it is for; absent where it is for the whole pixel. */
  readonly type?: string;
}

/** Quantities that the field has short names for, in the order in which they are offered. */
const SHORT: Readonly<Record<string, string>> = {
  nep: 'NEP',
  npp: 'NPP',
  gpp: 'GPP',
  ra: 'Ra',
  ar: 'Ra',
  rh: 'RH',
  hr: 'RH',
  nbp: 'NBP',
  nee: 'NEE',
  et: 'ET',
  runoff: 'Runoff',
  lai: 'LAI',
  biomass: 'Plant carbon',
  soil: 'Soil carbon',
  water: 'Water',
  share: 'Share',
  ratio: 'RH / NPP',
  flag: 'Balance',
  qa: 'Quality',
};
const KNOWN = Object.keys(SHORT);
const NAME = new RegExp(`^(${KNOWN.join('|')})(?:_[adm])?(?:_([a-z][a-z0-9]+))?$`);

export function named(name: string): Named {
  const [, base, type] = NAME.exec(name) ?? [];
  if (base === undefined) return { base: name.replace(/_a$/, '') };
  return type === undefined ? { base } : { base, type };
}

export const baseName = (name: string): string => named(name).base;

export function shortName(name: string): string {
  const { base, type } = named(name);
  const short = SHORT[base] ?? base.replaceAll('_', ' ');
  return type === undefined ? short : `${short} ${type.toUpperCase()}`;
}

/** Place of a quantity among those that are offered: fluxes, then what models add, quality last. */
export function rankOf(name: string): number {
  const { base } = named(name);
  if (base === 'qa') return KNOWN.length + 1;
  const at = KNOWN.indexOf(base);
  return at < 0 ? KNOWN.length : at;
}

/** Quantities whose sign says a direction. */
const isBalance = ({ name }: Pick<Variable, 'name'>): boolean =>
  ['nep', 'nbp', 'nee'].includes(baseName(name));

/** Told together, from what comes in to what is left: carbon, then the water that went with it. */
const CARBON_FLUXES = ['gpp', 'ra', 'ar', 'npp', 'rh', 'hr', 'nep', 'nee', 'nbp'];
const TOLD = [...CARBON_FLUXES, 'et', 'runoff'];
const CARBON = new Set([...CARBON_FLUXES, 'biomass', 'soil']);

/** Whether its sum over a zone is a mass of carbon. What is of one type alone is per area of that type, not of the zone. */
export const isCarbon = ({ name, units }: Variable): boolean =>
  CARBON.has(baseName(name)) && named(name).type === undefined && isCarbonFlux(units);

/** Whether the ratio of RH to NPP says something of it. */
export const isOfBalance = ({ name }: Variable): boolean =>
  ['npp', 'rh', 'hr', 'nep'].includes(baseName(name));

/** The fluxes that a product maps by a step, of one vegetation type or of whole pixels, in the order of telling. */
export function fluxesOf({ info }: Product, kind: StepKind, type?: string): readonly Variable[] {
  const fitting = info.variables.filter(({ step, name }) => step === kind && named(name).type === type);
  return TOLD.flatMap((base) => fitting.filter(({ name }) => baseName(name) === base));
}

/** Vegetation types that a product tells apart. */
export const typesOf = ({ info }: Product, kind: StepKind): readonly string[] => [
  ...new Set(info.variables.flatMap(({ name, step }) => (step === kind ? (named(name).type ?? []) : []))),
];

/** What is most like a variable by another step or of another type: the same quantity, else a well-known one. */
export function nearestVariable({ info }: Product, wanted: Named, kind: StepKind): Variable | undefined {
  const ofKind = info.variables.filter(({ step }) => step === kind);
  const same = (base: string, type?: string) =>
    ofKind.find(({ name }) => named(name).base === base && named(name).type === type);
  const known = KNOWN.map((base) => same(base)).find((one) => one !== undefined);
  return same(wanted.base, wanted.type) ?? same(wanted.base) ?? known ?? ofKind[0];
}

/** Without what the legend says elsewhere. */
export const titleOf = ({ title, units }: Variable): string => titleInPicture(title, units);

export function variableOf({ info }: Product, name: string): Variable {
  const found = info.variables.find((variable) => variable.name === name);
  if (!found) throw new Error(`${info.id} has no ${name}`);
  return found;
}

/** Units as the legend writes them; the water of evapotranspiration is no carbon. */
export const prettyUnits = ({ name, units }: Variable): string =>
  CARBON.has(baseName(name)) ? unitsInPicture(units) : unitsInPicture(units, false);

/** A value of a variable in words: balances with their sign. */
export const said = (variable: Variable, value: number | null | undefined): string =>
  isBalance(variable) ? signed(value) : number(value);
