/** Land-cover maps read as plant functional types (spec beps.md 7.1, 8.1). */
import { BadRequest } from '../../errors.ts';
import { codesOf, ownTable } from '../landcover/legends.ts';
import type { ClassScheme } from '../model.ts';
import { PFT_TITLES, PFTS, type Pft, pftIndex } from '../pft.ts';

interface PftLegend {
  readonly id: string;
  readonly source: string;
  readonly types: Readonly<Record<number, Pft>>;
  /** Codes that mean "nothing here", or no land. */
  readonly fill: readonly number[];
}

const each = (type: Pft, ...codes: number[]): Record<number, Pft> =>
  Object.fromEntries(codes.map((code) => [code, type]));

/** HILDA+ states with forest types: forest of no known type is mixed forest, grass and shrub are sparse shrubland. */
const HILDA_PLUS: PftLegend = {
  id: 'hilda-plus',
  source: 'Winkler et al. 2021 (HILDA+ v1.0-f, v2); types: Peng et al. 2025, spec beps.md 8.1',
  types: {
    ...each('NVG', 11),
    ...each('CRO', 22, 23, 24),
    ...each('GRA', 33),
    ...each('MF', 40, 45),
    ...each('ENF', 41),
    ...each('EBF', 42),
    ...each('DNF', 43),
    ...each('DBF', 44),
    ...each('OSH', 55),
    ...each('OTH', 66),
  },
  fill: [0, 77, 99],
};

const GLC2000: PftLegend = {
  id: 'glc2000',
  source: 'Bartholome & Belward 2005 (GLC2000); types: the public global BEPS code, spec beps.md 7.1',
  types: {
    ...each('EBF', 1, 7, 8),
    ...each('DBF', 2, 3),
    ...each('ENF', 4, 10),
    ...each('DNF', 5),
    ...each('MF', 6, 9),
    ...each('CSH', 11, 12),
    ...each('GRA', 13),
    ...each('OSH', 14),
    ...each('OTH', 15),
    ...each('CRO', 16, 17, 18),
    ...each('NVG', 19, 20, 21, 22),
  },
  fill: [0, 23, 255],
};

/** MCD12Q1 LC_Type1: all types of savanna and shrub are told; wetland is other vegetation. */
const IGBP: PftLegend = {
  id: 'igbp',
  source: 'Friedl & Sulla-Menashe 2019 (MCD12Q1 v006/v061, LC_Type1)',
  types: {
    1: 'ENF',
    2: 'EBF',
    3: 'DNF',
    4: 'DBF',
    5: 'MF',
    6: 'CSH',
    7: 'OSH',
    8: 'WSA',
    9: 'SAV',
    10: 'GRA',
    11: 'OTH',
    ...each('CRO', 12, 14),
    ...each('NVG', 0, 13, 15, 16, 17),
  },
  fill: [254, 255],
};

const GLC_FCS30: PftLegend = {
  id: 'glc-fcs30',
  source: 'Zhang et al. 2021, 2024 (GLC_FCS30, GLC_FCS30D)',
  types: {
    ...each('CRO', 10, 11, 12, 20),
    ...each('EBF', 51, 52, 185),
    ...each('DBF', 61, 62),
    ...each('ENF', 71, 72),
    ...each('DNF', 81, 82),
    ...each('MF', 91, 92),
    ...each('CSH', 120, 121, 122),
    ...each('GRA', 130),
    ...each('OSH', 150, 152, 153),
    ...each('OTH', 140, 180, 181, 182, 183, 184, 186),
    ...each('NVG', 187, 190, 200, 201, 202, 210, 220),
  },
  fill: [0, 250],
};

/** The map does not tell kinds of forest: mixed forest, as HILDA+ has it. */
const WORLDCOVER: PftLegend = {
  id: 'worldcover',
  source: 'Zanaga et al. 2022 (ESA WorldCover v200)',
  types: {
    10: 'MF',
    20: 'CSH',
    30: 'GRA',
    40: 'CRO',
    90: 'OTH',
    95: 'EBF',
    100: 'OTH',
    ...each('NVG', 50, 60, 70, 80),
  },
  fill: [0, 255],
};

export const PFT_LEGENDS: readonly PftLegend[] = [HILDA_PLUS, GLC2000, IGBP, GLC_FCS30, WORLDCOVER];

/** @throws BadRequest that lists the types there are */
function parsePft(field: string, name: string): Pft {
  const found = PFTS.find((pft) => pft === name.toUpperCase());
  if (found) return found;
  const known = PFTS.map((pft) => `${pft} (${PFT_TITLES[pft]})`).join(', ');
  throw new BadRequest(field, `"${name}" is no plant functional type. Known: ${known}.`);
}

function legendNamed(name: string, field: string): PftLegend {
  const found = PFT_LEGENDS.find(({ id }) => id === name);
  if (found) return found;
  const known = PFT_LEGENDS.map(({ id }) => id).join(', ');
  throw new BadRequest(
    field,
    `"${name}" is no known legend. Known: ${known}; or give an own one, {code: type}.`,
  );
}

/** The types of BEPS as classes of a map; land without vegetation is one of them. */
export const PFT_SCHEME: ClassScheme = {
  id: 'pft',
  names: PFTS,
  codes: (legend, field) =>
    codesOf(
      typeof legend === 'string' ? legendNamed(legend, field) : ownTable(legend, field, parsePft),
      pftIndex,
    ),
  index: (name, field) => pftIndex(parsePft(field, name)),
};
