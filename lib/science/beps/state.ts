/** What a tile carries from day to day, in one row of numbers (spec beps.md 4 to 6). */

/** Where a number lies in the row. Water in m3 m-3 and m, carbon in gC m-2, nitrogen in gN m-2. */
export const AT = Object.freeze({
  /** Water of the three layers. */
  theta: 0,
  /** Water of the snow, m. */
  snow: 3,
  /** Stem, coarse roots, leaves, fine roots. */
  biomass: 4,
  /** Soil carbon, in the order of `SOIL_POOLS`. */
  soil: 8,
  /** Nitrogen of stems and coarse roots together, and of leaves and fine roots. */
  woodN: 17,
  leafN: 18,
  /** Soil nitrogen, in the order of `SOIL_POOLS`. */
  soilN: 19,
  /** Mineral nitrogen. */
  mineralN: 28,
});

export const STATE_LENGTH = 29;

export const BIOMASS_POOLS = ['stem', 'croot', 'leaf', 'froot'] as const;

/**
 * Surface structural and metabolic litter, soil structural and metabolic litter, coarse wood, surface and soil
 * microbes, slow, passive: modified CENTURY (Parton et al. 1993).
 */
export const SOIL_POOLS = ['ssd', 'smd', 'fsd', 'fmd', 'cd', 'sm', 'm', 's', 'p'] as const;

export type SoilPool = (typeof SOIL_POOLS)[number];

/** Names of a state row's numbers, in order: column heads, variables of a store. */
export const STATE_NAMES: readonly string[] = [
  'theta1',
  'theta2',
  'theta3',
  'snow',
  ...BIOMASS_POOLS,
  ...SOIL_POOLS,
  'woodN',
  'leafN',
  ...SOIL_POOLS.map((name) => `${name}N`),
  'mineralN',
];

/** C:N that pools start with, and that their limits refer to, kgC kgN-1. */
export const WOOD_CN = 250;
export const SOIL_CN = 34;

/** The reference C:N of a soil pool: coarse wood as wood. */
export const soilCn = (pool: number): number => (SOIL_POOLS[pool] === 'cd' ? WOOD_CN : SOIL_CN);

function sum(state: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += state[i]!;
  return total;
}

/** Carbon of plants, gC m-2. */
export const biomassCarbon = (state: Float64Array): number => sum(state, AT.biomass, AT.soil);

/** Carbon of the soil with its litter, gC m-2. */
export const soilCarbon = (state: Float64Array): number => sum(state, AT.soil, AT.woodN);

/** All nitrogen of a tile, gN m-2. */
export const nitrogenOf = (state: Float64Array): number => sum(state, AT.woodN, STATE_LENGTH);
