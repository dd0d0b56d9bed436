/** Maximum light-use efficiency by vegetation type (spec casa.md 2.7, 9). Frozen data, each with its source. */
import { isExcluded, VEGETATION_TYPES, type VegetationType } from '../landcover/classes.ts';

/** gC per MJ of absorbed photosynthetically active radiation. */
export type EfficiencyTable = Readonly<Partial<Record<VegetationType, number>>>;

export interface EfficiencySet {
  readonly title: string;
  readonly source: string;
  readonly unit: 'g MJ-1';
  readonly values: EfficiencyTable;
}

const ZHU: EfficiencyTable = Object.freeze({
  dnf: 0.485,
  enf: 0.389,
  dbf: 0.692,
  ebf: 0.985,
  mf: 0.475,
  mfb: 0.768,
  shrub: 0.429,
  grass: 0.542,
  crop: 0.542,
  urban: 0.542,
  bare: 0.542,
  wetland: 0.542,
  forest: 0.63775, // plain mean of the four pure forests, as the table's own NDVI_max of mixed forest is
});

const potter = (type: VegetationType): [VegetationType, number] => [type, 0.389];

export const EFFICIENCY_SETS = Object.freeze({
  zhu: {
    title: 'Zhu et al. 2006, 2007',
    source: 'Zhu et al. 2006/2007 as in three public codes; spec casa.md 2.7',
    unit: 'g MJ-1',
    values: ZHU,
  },
  potter: {
    title: 'Potter et al. 1993, one value for all',
    source: 'Potter et al. 1993 in Pan et al. 2017; spec casa.md 2.7',
    unit: 'g MJ-1',
    values: Object.freeze(Object.fromEntries(VEGETATION_TYPES.filter((t) => !isExcluded(t)).map(potter))),
  },
  pan2017: {
    title: 'Pan et al. 2017 (Zhu and Running mixed)',
    source: 'Pan et al. 2017, Acta Ecol. Sin. 37(6); mixed forests the mean of needleleaf and broadleaf',
    unit: 'g MJ-1',
    values: Object.freeze({
      dnf: 1.008,
      enf: 1.008,
      dbf: 1.044,
      ebf: 1.044,
      mf: 1.026,
      mfb: 1.044,
      forest: 1.026,
      shrub: 0.768,
      grass: 0.608,
      wetland: 0.608,
      crop: 0.604,
      urban: 0.389,
      bare: 0.389,
    }),
  },
  feng2014: {
    title: 'Feng 2014',
    source: 'Feng 2014 in Jiao et al. 2018, table 2; spec casa.md 9',
    unit: 'g MJ-1',
    values: Object.freeze({
      dnf: 0.774,
      enf: 0.774,
      dbf: 0.774,
      ebf: 0.774,
      mf: 0.774,
      mfb: 0.774,
      forest: 0.774,
      shrub: 0.38,
      grass: 0.38,
      crop: 0.604,
      wetland: 0.357,
      urban: 0.202,
      bare: 0.258,
    }),
  },
  iggi: {
    title: 'IGGI supplemental code: Zhu with lower built-up and bare land',
    source: 'IGGI Supplemental Data and Code; spec casa.md 9',
    unit: 'g MJ-1',
    values: Object.freeze({ ...ZHU, urban: 0.196, bare: 0.217 }),
  },
} satisfies Record<string, EfficiencySet>);

export type EfficiencySetName = keyof typeof EFFICIENCY_SETS;

/** Lower NDVI limit of Zhu's static table, for every type. */
export const TABLE_NDVI_MIN = 0.023;

/** Upper NDVI limits of Zhu's static table, from AVHRR: far too low for MODIS (spec casa.md 2.7). */
export const TABLE_NDVI_MAX: EfficiencyTable = Object.freeze({
  dnf: 0.738,
  enf: 0.647,
  dbf: 0.747,
  ebf: 0.676,
  mf: 0.702,
  mfb: 0.702,
  forest: 0.702,
  shrub: 0.636,
  grass: 0.634,
  crop: 0.634,
  wetland: 0.634,
  urban: 0.634,
  bare: 0.634,
});

/** Efficiencies by type index, gC MJ-1, with the caller's own values laid over; NaN for excluded types. */
export function efficiencies(set: EfficiencySetName, own: EfficiencyTable): Float64Array {
  const values: EfficiencyTable = EFFICIENCY_SETS[set].values;
  return Float64Array.from(VEGETATION_TYPES, (type) => own[type] ?? values[type] ?? Number.NaN);
}

/**
 * Efficiency of a cell that is shared among types: Σ f·ε / Σ f over the types that are modelled.
 *
 * @param fractions share of each type, in the order of `VEGETATION_TYPES`, `[type][cell]`
 * @returns gC MJ-1; NaN when no modelled type has a share
 * @see spec casa.md 2.8
 */
export function sharedEfficiency(
  fractions: Float64Array,
  cells: number,
  cell: number,
  byType: Float64Array,
): number {
  let sum = 0;
  let share = 0;
  for (let type = 0; type < byType.length; type++) {
    const efficiency = byType[type]!;
    if (Number.isNaN(efficiency)) continue;
    const fraction = fractions[type * cells + cell]!;
    sum += fraction * efficiency;
    share += fraction;
  }
  return share > 0 ? sum / share : Number.NaN;
}
