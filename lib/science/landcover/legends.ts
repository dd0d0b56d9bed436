import { BadRequest } from '../../errors.ts';
import type { ClassScheme } from '../model.ts';
import { NO_TYPE, parseType, typeIndex, VEGETATION_TYPES, type VegetationType } from './classes.ts';

/** What the codes of a land-cover map mean. */
export interface Legend {
  readonly id: string;
  readonly source: string;
  /** Codes that have a type. */
  readonly types: Readonly<Record<number, VegetationType>>;
  /** Codes that mean "nothing here"; any other code is unknown, which is counted and reported. */
  readonly fill: readonly number[];
}

const each = <T extends VegetationType>(type: T, ...codes: number[]): Record<number, T> =>
  Object.fromEntries(codes.map((code) => [code, type]));

/** GLC_FCS30-2020 and GLC_FCS30D (spec casa.md 1.5, 2.8). */
export const GLC_FCS30: Legend = {
  id: 'glc-fcs30',
  source: 'Zhang et al. 2021, 2024 (GLC_FCS30, GLC_FCS30D); types: spec casa.md 2.8',
  types: {
    ...each('crop', 10, 11, 12, 20),
    ...each('ebf', 51, 52, 185),
    ...each('dbf', 61, 62),
    ...each('enf', 71, 72),
    ...each('dnf', 81, 82),
    ...each('mf', 91, 92),
    ...each('shrub', 120, 121, 122, 152),
    ...each('grass', 130, 140, 150, 153, 180, 181, 182, 183, 184, 186),
    ...each('urban', 190),
    ...each('bare', 187, 200, 201, 202),
    ...each('water', 210),
    ...each('snow', 220),
  },
  fill: [0, 250],
};

/** GLC_FCS30 with its orchards (code 12) as shrub, an option of spec casa.md 2.8. */
export const GLC_FCS30_ORCHARD_SHRUB: Legend = {
  ...GLC_FCS30,
  id: 'glc-fcs30-orchard-shrub',
  types: { ...GLC_FCS30.types, 12: 'shrub' },
};

/** ESA WorldCover v100 and v200. The map does not tell kinds of forest: `forest`, unless an own legend says more. */
export const ESA_WORLDCOVER: Legend = {
  id: 'worldcover',
  source: 'Zanaga et al. 2022 (ESA WorldCover v200); types: spec casa.md 1.6',
  types: {
    10: 'forest',
    20: 'shrub',
    30: 'grass',
    40: 'crop',
    50: 'urban',
    60: 'bare',
    70: 'snow',
    80: 'water',
    90: 'wetland',
    95: 'ebf',
    100: 'grass',
  },
  fill: [0, 255],
};

/**
 * IGBP as in MCD12Q1 LC_Type1 (0 is water in Collection 5). Mixed forest is "neither deciduous nor evergreen" there,
 * hence `mfb`, as public codes have it (spec casa.md 2.7); woody savanna as shrub, savanna as grass.
 */
export const IGBP: Legend = {
  id: 'igbp',
  source: 'Friedl & Sulla-Menashe 2019 (MCD12Q1 v006/v061, LC_Type1)',
  types: {
    0: 'water',
    1: 'enf',
    2: 'ebf',
    3: 'dnf',
    4: 'dbf',
    5: 'mfb',
    6: 'shrub',
    7: 'shrub',
    8: 'shrub',
    9: 'grass',
    10: 'grass',
    11: 'wetland',
    12: 'crop',
    13: 'urban',
    14: 'crop',
    15: 'snow',
    16: 'bare',
    17: 'water',
  },
  fill: [254, 255],
};

/** The ready legends. */
export const LEGENDS: readonly Legend[] = [GLC_FCS30, GLC_FCS30_ORCHARD_SHRUB, ESA_WORLDCOVER, IGBP];

/**
 * A ready legend.
 * @throws BadRequest that lists the legends there are
 */
export function legendNamed(name: string, field = 'legend'): Legend {
  const found = LEGENDS.find(({ id }) => id === name);
  if (found) return found;
  const known = LEGENDS.map(({ id }) => id).join(', ');
  throw new BadRequest(
    field,
    `"${name}" is no known legend. Known: ${known}; or give an own one, {code: type}.`,
  );
}

/**
 * A legend of one's own, e.g. from a file: `{ "1": "crop", "2": "forest", "0": "fill" }`.
 * @throws BadRequest for a code that is no integer of 0…65535, or a type that nobody knows
 */
export const ownLegend = (table: Readonly<Record<string, string>>, field = 'legend'): Legend => ({
  id: 'own',
  source: 'legend of the product',
  ...ownTable(table, field, parseType),
});

/** Types and fill of a table from code to name, of any scheme. @throws BadRequest for a code out of 0…65535 */
export function ownTable<T extends string>(
  table: Readonly<Record<string, string>>,
  field: string,
  parse: (field: string, name: string) => T,
): { types: Record<number, T>; fill: number[] } {
  const types: Record<number, T> = {};
  const fill: number[] = [];
  for (const [key, name] of Object.entries(table)) {
    const code = Number(key);
    if (key.trim() === '' || !Number.isInteger(code) || code < 0 || code > 65_535)
      throw new BadRequest(`${field}.${key}`, 'a code is an integer of 0 to 65535.');
    if (name === 'fill') fill.push(code);
    else types[code] = parse(`${field}.${key}`, name);
  }
  return { types, fill };
}

/** Type index of a code: `NO_TYPE` (255) for fill and for codes that the legend does not know. */
export function typeIndexOf(legend: Legend, code: number): number {
  const type = legend.types[code];
  return type === undefined ? NO_TYPE : typeIndex(type);
}

/** Whether the legend says anything of the code, be it "fill"; unknown codes are counted and reported. */
export const knowsCode = (legend: Legend, code: number): boolean =>
  code in legend.types || legend.fill.includes(code);

/**
 * Codes and the type indices that they mean, of a ready legend by name or of one's own.
 * @throws BadRequest for a legend, code or type that nobody knows
 */
export const codesOfLegend = (
  legend: string | Readonly<Record<string, string>>,
  field = 'legend',
): Readonly<Record<number, number>> => codesOf(legendOf(legend, field), typeIndex);

/** A ready legend by name, or one's own. @throws BadRequest for a legend, code or type that nobody knows */
export const legendOf = (legend: string | Readonly<Record<string, string>>, field = 'legend'): Legend =>
  typeof legend === 'string' ? legendNamed(legend, field) : ownLegend(legend, field);

/** Index of each code's class, `NO_TYPE` for fill. */
export function codesOf<T extends string>(
  { types, fill }: { readonly types: Readonly<Record<number, T>>; readonly fill: readonly number[] },
  indexOf: (type: T) => number,
): Readonly<Record<number, number>> {
  const codes: Record<number, number> = {};
  for (const [code, type] of Object.entries(types)) codes[Number(code)] = indexOf(type);
  for (const code of fill) codes[code] = NO_TYPE;
  return codes;
}

/** The vegetation types of the light-use-efficiency tables: what class inputs mean unless they say another scheme. */
export const VEGETATION_SCHEME: ClassScheme = {
  id: 'vegetation-types',
  names: VEGETATION_TYPES,
  codes: codesOfLegend,
  index: (name, field) => typeIndex(parseType(field, name)),
};
