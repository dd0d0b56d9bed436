/**
 * Parameters of the plant functional types (spec beps.md 7): numbers of the public global code of June 2018, files
 * gpureadb.cu, gpucoef.cu, gpudoflux.cu and gpumelt.cu. Units are those of `PftParams`.
 */
import type { ByBiomass, PftParams, VegetatedPft } from '../pft.ts';

const biomass = (stem: number, croot: number, leaf: number, froot: number): ByBiomass =>
  Object.freeze({ stem, croot, leaf, froot });

const FOREST_ALLOCATION = biomass(0.4, 0.1, 0.3, 0.2);
const LOW_ALLOCATION = biomass(0.2, 0.1, 0.5, 0.2);

/** What most types have in common. */
const COMMON = {
  ballBerry: 10,
  jarvisMax: 0.0045,
  criticalCn: 27,
  metabolic: 0.3,
  decay: 1.6,
  ligninLeaf: 0.8,
  ligninWood: 0.5,
  layers: [35, 40, 25],
  evergreen: false,
  smooth: false,
} as const;

const FOREST = { ...COMMON, allocation: FOREST_ALLOCATION, group: 'tree', rootBeta: 0.96 } as const;

const SHRUB: PftParams = {
  ...COMMON,
  vcmax25: 50,
  specificLeafArea: 28.75,
  allocation: LOW_ALLOCATION,
  turnover: biomass(0.05, 0.05, 1, 1),
  rootBeta: 0.955,
  depth3: 1.5,
  melt: 0.002,
  clumping: 0.5,
  respiration: biomass(0.0012, 0.0012, 0.003, 0.003),
  kappaLeaf: 2,
  kappaStem: 1,
  kappaRoot: 0.08,
  sapwoodHalf: 0.5,
  group: 'low',
};

const ENF: PftParams = {
  ...FOREST,
  vcmax25: 45,
  jarvisMax: 0.004,
  specificLeafArea: 20,
  turnover: biomass(0.0125, 0.0125, 0.4, 1),
  depth3: 1,
  melt: 0.001,
  clumping: 0.55,
  respiration: biomass(0.003, 0.003, 0.0035, 0.0035),
  kappaLeaf: 0.45,
  kappaStem: 0.45,
  kappaRoot: 0.04,
  sapwoodHalf: 0.4,
  layers: [30, 40, 30],
  evergreen: true,
};

const DNF: PftParams = {
  ...ENF,
  specificLeafArea: 22.5,
  turnover: biomass(0.0125, 0.0125, 1, 1),
  respiration: biomass(0.002, 0.002, 0.003, 0.003),
  kappaLeaf: 1,
  kappaStem: 0.5,
  kappaRoot: 0.05,
  sapwoodHalf: 0.5,
  evergreen: false,
};

const EBF: PftParams = {
  ...ENF,
  vcmax25: 30,
  specificLeafArea: 25,
  turnover: biomass(0.03, 0.03, 0.4, 1),
  rootBeta: 0.965,
  depth3: 4,
  clumping: 0.75,
  respiration: biomass(0.0008, 0.0008, 0.0012, 0.0012),
  kappaLeaf: 1,
  kappaStem: 0.4,
  kappaRoot: 0.1,
  layers: [45, 35, 20],
};

const DBF: PftParams = {
  ...FOREST,
  vcmax25: 50,
  criticalCn: 30,
  jarvisMax: 0.005,
  specificLeafArea: 26.5,
  turnover: biomass(0.02, 0.02, 1, 1),
  depth3: 1.5,
  melt: 0.001,
  clumping: 0.75,
  respiration: biomass(0.0025, 0.0025, 0.0035, 0.0035),
  kappaLeaf: 1,
  kappaStem: 0.45,
  kappaRoot: 0.05,
  sapwoodHalf: 0.45,
};

const MF: PftParams = {
  ...FOREST,
  vcmax25: 40,
  specificLeafArea: 24,
  turnover: biomass(0.02, 0.02, 0.75, 1),
  depth3: 1,
  melt: 0.0015,
  clumping: 0.65,
  respiration: biomass(0.0018, 0.0018, 0.0035, 0.003),
  kappaLeaf: 1,
  kappaStem: 0.7,
  kappaRoot: 0.04,
  sapwoodHalf: 0.7,
};

const OSH: PftParams = { ...SHRUB, vcmax25: 52.5, specificLeafArea: 28.5 };

/** Grass and crops: few lignins, flat roots, fast litter. */
const HERB = {
  ...COMMON,
  specificLeafArea: 30,
  rootBeta: 0.93,
  depth3: 0.6,
  melt: 0.001,
  clumping: 0.9,
  metabolic: 0.6,
  smooth: true,
} as const;

const GRA: PftParams = {
  ...HERB,
  vcmax25: 50,
  criticalCn: 30,
  ballBerry: 8,
  allocation: biomass(0, 0, 0.5, 0.5),
  turnover: biomass(1e-4, 1e-4, 1, 1),
  respiration: biomass(0.003, 0.002, 0.004, 0.004),
  kappaLeaf: 1.6,
  kappaStem: 0,
  kappaRoot: 1.6,
  sapwoodHalf: null,
  group: 'low',
};

const CRO: PftParams = {
  ...HERB,
  vcmax25: 60,
  jarvisMax: 0.0055,
  allocation: biomass(0.4, 0, 0.4, 0.2),
  turnover: biomass(1, 1e-4, 1, 1),
  respiration: biomass(0.003, 0.0015, 0.004, 0.004),
  kappaLeaf: 2,
  kappaStem: 2,
  kappaRoot: 2,
  sapwoodHalf: null,
  decay: 2,
  ligninLeaf: 0.5,
  ligninWood: 0.25,
  layers: [50, 40, 10],
  group: 'crop',
};

const OTH: PftParams = {
  ...SHRUB,
  vcmax25: 52.5,
  specificLeafArea: 25,
  turnover: biomass(0.0125, 0.0125, 0.75, 1),
  melt: 0.006,
  clumping: 0.8,
  respiration: biomass(0.0015, 0.0015, 0.004, 0.003),
  kappaLeaf: 0.45,
  kappaStem: 0.35,
  kappaRoot: 0,
  group: 'tree',
};

/** Parameters by type; `NVG` has none: all its fluxes are 0. */
export const PFT_PARAMS: Readonly<Record<VegetatedPft, PftParams>> = Object.freeze({
  ENF: Object.freeze(ENF),
  DNF: Object.freeze(DNF),
  EBF: Object.freeze(EBF),
  DBF: Object.freeze(DBF),
  MF: Object.freeze(MF),
  WSA: Object.freeze(SHRUB),
  SAV: Object.freeze(SHRUB),
  CSH: Object.freeze(SHRUB),
  OSH: Object.freeze(OSH),
  GRA: Object.freeze(GRA),
  CRO: Object.freeze(CRO),
  OTH: Object.freeze(OTH),
});
