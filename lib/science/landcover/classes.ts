import { BadRequest } from '../../errors.ts';

/**
 * Vegetation types of the light-use-efficiency tables. The order is part of the product: index in a `vegtype` layer,
 * and the tie rule of the majority (the lowest index wins). New types go to the end.
 */
export const VEGETATION_TYPES = [
  'dnf',
  'enf',
  'dbf',
  'ebf',
  'mf',
  'mfb',
  'shrub',
  'grass',
  'crop',
  'urban',
  'bare',
  'water',
  'snow',
  'forest',
  'wetland',
] as const;

export type VegetationType = (typeof VEGETATION_TYPES)[number];

export const TYPE_TITLES: Readonly<Record<VegetationType, string>> = {
  dnf: 'deciduous needleleaf forest',
  enf: 'evergreen needleleaf forest',
  dbf: 'deciduous broadleaf forest',
  ebf: 'evergreen broadleaf forest',
  mf: 'mixed needleleaf and broadleaf forest',
  mfb: 'mixed evergreen and deciduous forest',
  shrub: 'shrubland',
  grass: 'grassland',
  crop: 'cropland',
  urban: 'built-up',
  bare: 'bare land',
  water: 'water',
  snow: 'snow and ice',
  forest: 'forest of a kind that the map does not tell',
  wetland: 'wetland',
};

/** Value of a `vegtype` cell without a class: fill, or a code that the legend does not know. */
export const NO_TYPE = 255;

export const typeIndex = (type: VegetationType): number => VEGETATION_TYPES.indexOf(type);

/** Water, snow and ice are left out of NPP, RH and NEP (Wang & Liu 2025; spec casa.md 2.8). */
export const EXCLUDED_TYPES: readonly VegetationType[] = ['water', 'snow'];

export const isExcluded = (type: VegetationType): boolean => type === 'water' || type === 'snow';

/** Types whose own NDVI percentiles would give the greenest roof the FPAR of a forest (spec casa.md 2.2). */
export const NONVEGETATION_TYPES: readonly VegetationType[] = ['urban', 'bare'];

/** Classes that totals are reported by, in the order of the tie rule (spec casa.md 1.6, V17). */
export const REPORTING_CLASSES = [
  'forest',
  'cropland',
  'grassland',
  'built',
  'bare',
  'water',
  'snow',
] as const;

export type ReportingClass = (typeof REPORTING_CLASSES)[number];

/** Dropped from the shares of land cover (spec casa.md 5.2). */
export const EXCLUDED_CLASSES: readonly ReportingClass[] = ['water', 'snow'];

const REPORTED_AS: Readonly<Record<VegetationType, ReportingClass>> = {
  dnf: 'forest',
  enf: 'forest',
  dbf: 'forest',
  ebf: 'forest',
  mf: 'forest',
  mfb: 'forest',
  forest: 'forest',
  shrub: 'forest',
  grass: 'grassland',
  crop: 'cropland',
  urban: 'built',
  bare: 'bare',
  wetland: 'water',
  water: 'water',
  snow: 'snow',
};

/** The reporting class of a type: shrub counts as forest, wetland as water (decisions of spec casa.md 1.6). */
export const reportingClass = (type: VegetationType): ReportingClass => REPORTED_AS[type];

/** Other names that legends use for a type. */
const SYNONYMS: Readonly<Record<string, VegetationType>> = {
  cropland: 'crop',
  grassland: 'grass',
  shrubland: 'shrub',
  built: 'urban',
  'built-up': 'urban',
  barren: 'bare',
  ice: 'snow',
};

/** The type by its name or a usual synonym, `undefined` when nobody knows it. */
export function typeNamed(name: string): VegetationType | undefined {
  const lower = name.toLowerCase();
  return (VEGETATION_TYPES as readonly string[]).includes(lower)
    ? (lower as VegetationType)
    : SYNONYMS[lower];
}

/**
 * The type by its name.
 * @throws BadRequest that names the field and the types there are
 */
export function parseType(field: string, name: string): VegetationType {
  const type = typeNamed(name);
  if (type) return type;
  throw new BadRequest(field, `"${name}" is no vegetation type. Known: ${VEGETATION_TYPES.join(', ')}.`);
}
