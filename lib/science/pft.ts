/** Plant functional types of BEPS, and what a parameter of a type means (spec beps.md 7). */
import { BadRequest } from '../errors.ts';
import { PFT_PARAMS } from './beps/pft-table.ts';

/** The twelve types of Peng et al. 2025, and land without plants. The order is that of a `pft` axis. */
export const PFTS = [
  'ENF',
  'DNF',
  'EBF',
  'DBF',
  'MF',
  'WSA',
  'SAV',
  'CSH',
  'OSH',
  'GRA',
  'CRO',
  'OTH',
  'NVG',
] as const;

export type Pft = (typeof PFTS)[number];

/** Types that have parameters. */
export type VegetatedPft = Exclude<Pft, 'NVG'>;

export const PFT_TITLES: Readonly<Record<Pft, string>> = Object.freeze({
  ENF: 'evergreen coniferous forest',
  DNF: 'deciduous coniferous forest',
  EBF: 'evergreen broadleaf forest',
  DBF: 'deciduous broadleaf forest',
  MF: 'mixed forest',
  WSA: 'wooden savanna',
  SAV: 'savanna',
  CSH: 'closed shrubland',
  OSH: 'sparse shrubland',
  GRA: 'grassland',
  CRO: 'cropland',
  OTH: 'other vegetation',
  NVG: 'land without vegetation',
});

/** A number for each biomass pool. */
export interface ByBiomass {
  readonly stem: number;
  readonly croot: number;
  readonly leaf: number;
  readonly froot: number;
}

/** How roots take up water and where respiring wood is (spec beps.md 4.4, 5.1). */
export type PlantGroup = 'tree' | 'low' | 'crop';

export interface PftParams {
  /** Rubisco capacity of a top leaf at 25 degC, umol m-2 s-1. */
  readonly vcmax25: number;
  /** Leaf C:N below which nitrogen does not limit, kgC kgN-1. */
  readonly criticalCn: number;
  /** Slope of Ball–Berry, 1. */
  readonly ballBerry: number;
  /** Largest stomatal conductance of Jarvis, m s-1; only in the variant of the public code. */
  readonly jarvisMax: number;
  /** Specific leaf area, m2 kgC-1: for people, the model does not read it. */
  readonly specificLeafArea: number;
  /** Share of NPP that each pool gets, 1; they sum to 1. */
  readonly allocation: ByBiomass;
  /** Share of each pool that dies in a year, 1. */
  readonly turnover: ByBiomass;
  /** Roots below d cm: β^d. @see Jackson et al. 1996 */
  readonly rootBeta: number;
  /** Thickness of the third soil layer, m. */
  readonly depth3: number;
  /** Snow melt, m K-1 d-1. */
  readonly melt: number;
  /** Clumping where there is no map, 1. */
  readonly clumping: number;
  /** Maintenance respiration at 15 degC, kgC kgC-1 d-1. */
  readonly respiration: ByBiomass;
  /** Factors on it: leaves, stems, roots. */
  readonly kappaLeaf: number;
  readonly kappaStem: number;
  readonly kappaRoot: number;
  /** Stem carbon at which half of the sapwood is reached, kgC m-2; null where respiration is linear in it. */
  readonly sapwoodHalf: number | null;
  /** Metabolic share of leaf and root litter, 1. */
  readonly metabolic: number;
  /** Tuning factor on every rate of decomposition, 1. */
  readonly decay: number;
  /** Lignin of leaves and fine roots, as a factor on the base, and of wood, 1. */
  readonly ligninLeaf: number;
  readonly ligninWood: number;
  /** Weights of the soil layers in the moisture of decomposition, %. */
  readonly layers: readonly [number, number, number];
  readonly group: PlantGroup;
  /** Sheds in spring over 90 days instead of autumn. */
  readonly evergreen: boolean;
  /** Canopy without trees or shrubs: little wind above it. */
  readonly smooth: boolean;
}

export const pftIndex = (pft: Pft): number => PFTS.indexOf(pft);

/** Values that a product sets instead of the table's. */
export type PftOverrides = Readonly<Partial<Record<Pft, Partial<PftParams>>>>;

/**
 * Parameters of a type, with those that are set over them; `undefined` for land without plants.
 *
 * @throws BadRequest for a type that does not exist, with those that do
 */
export function pftParams(pft: string, overrides: PftOverrides = {}): PftParams | undefined {
  if (!(PFTS as readonly string[]).includes(pft))
    throw new BadRequest('pft', `"${pft}" is no plant functional type. Known: ${PFTS.join(', ')}.`);
  if (pft === 'NVG') return undefined;
  const merged = { ...PFT_PARAMS[pft as VegetatedPft], ...overrides[pft as Pft] };
  checkAllocation(pft, merged.allocation);
  return merged;
}

function checkAllocation(pft: string, { stem, croot, leaf, froot }: ByBiomass): void {
  const sum = stem + croot + leaf + froot;
  if (Math.abs(sum - 1) > 1e-9)
    throw new BadRequest(
      `pft.${pft}.allocation`,
      `the shares sum to ${Number(sum.toFixed(9))}; they must sum to 1.`,
    );
}
