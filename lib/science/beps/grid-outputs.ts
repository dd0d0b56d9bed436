/** What BEPS writes over a grid: fluxes by day, month and year, pools at the end of a year, of the cell and by type. */
import type { OutputDims, OutputVariable } from '../model.ts';
import { PFT_TITLES } from '../pft.ts';
import type { Unit } from '../units.ts';
import { FLAG } from './forcing.ts';
import { VEGETATED } from './grid-params.ts';
import { BIOMASS_POOLS, SOIL_POOLS } from './state.ts';

/** Fluxes of a day, in the order that the block works on them. */
export const FLUXES = ['gpp', 'ra', 'npp', 'rh', 'nep', 'et', 'runoff', 'irrigation'] as const;

export type Flux = (typeof FLUXES)[number];

const carbon = (process: string) =>
  `surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_${process}`;

/** Title and what else is to be said, standard name, and range of a day. */
interface FluxFacts {
  readonly title: string;
  readonly note?: string;
  readonly standardName?: string;
  readonly range: readonly [number, number];
}

const FLUX: Readonly<Record<Flux, FluxFacts>> = {
  gpp: {
    title: 'Gross primary production',
    note: ', carbon; net of respiration of leaves by day',
    standardName: 'gross_primary_productivity_of_biomass_expressed_as_carbon',
    range: [0, 80],
  },
  ra: {
    title: 'Autotrophic respiration',
    note: ', carbon',
    standardName: carbon('plant_respiration'),
    range: [-60, 400],
  },
  npp: {
    title: 'Net primary production',
    note: ', carbon',
    standardName: 'net_primary_productivity_of_biomass_expressed_as_carbon',
    range: [-400, 80],
  },
  rh: {
    title: 'Heterotrophic respiration',
    note: ', carbon',
    standardName: carbon('heterotrophic_respiration'),
    range: [0, 200],
  },
  nep: {
    title: 'Net ecosystem production',
    note: ', carbon; positive is uptake by land',
    standardName:
      'surface_net_downward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes_excluding_anthropogenic_land_use_change',
    range: [-500, 80],
  },
  et: { title: 'Evapotranspiration', standardName: 'lwe_water_evaporation_rate', range: [0, 50] },
  runoff: { title: 'Runoff and baseflow', range: [0, 3000] },
  irrigation: { title: 'Water that crops are given', range: [0, 1000] },
};

const WATER: readonly Flux[] = ['et', 'runoff', 'irrigation'];

/** Direction through the surface. */
const POSITIVE: Readonly<Partial<Record<Flux, 'up' | 'down'>>> = {
  ra: 'up',
  rh: 'up',
  nep: 'down',
  et: 'up',
};

type Period = 'day' | 'month' | 'year';

const DIMS: Readonly<Record<Period, OutputDims>> = { day: 'dyx', month: 'tyx', year: 'yx' };
const LENGTH: Readonly<Record<Period, number>> = { day: 1, month: 31, year: 365 };
/** What a name ends in. */
export const SUFFIX: Readonly<Record<Period, string>> = { day: '_d', month: '', year: '_a' };

function fluxOf(flux: Flux, period: Period, of = '', diagnostic = false): OutputVariable {
  const { title, note = '', standardName, range: ofDay } = FLUX[flux];
  const [low, high] = ofDay;
  const amount = WATER.includes(flux) ? 'mm' : 'g m-2';
  const range = [low * LENGTH[period], high * LENGTH[period]] as const;
  return {
    title: `${title}${period === 'month' ? '' : ` of the ${period}`}${of}${note}`,
    ...(standardName && { standardName }),
    units: `${amount} ${period}-1` as Unit,
    dims: DIMS[period],
    range,
    cellMethods: of ? 'time: sum' : 'area: mean time: sum',
    ...(of && { noTotal: true }),
    ...(POSITIVE[flux] && { positive: POSITIVE[flux] }),
    ...(diagnostic && { diagnostic }),
  };
}

const stock = (title: string, units: Unit, standardName?: string, of = ''): OutputVariable => ({
  title: `${title}${of} at the end of the year`,
  ...(standardName && { standardName }),
  units,
  dims: 'yx',
  range: [0, 1e7],
  cellMethods: of ? 'time: point' : 'area: mean time: point',
  ...(of && { noTotal: true }),
});

const hidden = (variable: OutputVariable): OutputVariable => ({ ...variable, diagnostic: true });

const entries = <T>(names: readonly T[], make: (name: T) => readonly [string, OutputVariable]) =>
  Object.fromEntries(names.map(make));

/** Fluxes that are always written; runoff and irrigation only when the spec names them. */
const isUsual = (flux: Flux): boolean => flux !== 'runoff' && flux !== 'irrigation';

const CELL_FLUXES = {
  ...entries(FLUXES, (flux) => [flux, fluxOf(flux, 'month', '', !isUsual(flux))]),
  ...entries(FLUXES, (flux) => [`${flux}_a`, fluxOf(flux, 'year', '', !isUsual(flux))]),
  ...entries(FLUXES, (flux) => [`${flux}_d`, fluxOf(flux, 'day', '', true)]),
};

const POOL_TITLES: Readonly<Record<string, string>> = {
  stem: 'stems',
  croot: 'coarse roots',
  leaf: 'leaves',
  froot: 'fine roots',
  ssd: 'structural litter of the surface',
  smd: 'metabolic litter of the surface',
  fsd: 'structural litter of the soil',
  fmd: 'metabolic litter of the soil',
  cd: 'coarse woody litter',
  sm: 'microbes of the surface',
  m: 'microbes of the soil',
  s: 'slow soil carbon',
  p: 'passive soil carbon',
};

export const POOLS = [...BIOMASS_POOLS, ...SOIL_POOLS] as const;

const BIOMASS = stock('Carbon of plants', 'g m-2', 'vegetation_carbon_content');
const SOIL = stock('Carbon of soil and litter', 'g m-2', 'soil_mass_content_of_carbon');

const CELL_POOLS = {
  biomass_a: BIOMASS,
  soil_a: SOIL,
  water_a: hidden(stock('Water of soil and snow', 'mm')),
  nitrogen_a: { ...hidden(stock('Nitrogen of plants and soil', 'g m-2')), noTotal: true },
  ...entries(POOLS, (pool) => [`${pool}_a`, hidden(stock(`Carbon of ${POOL_TITLES[pool]}`, 'g m-2'))]),
};

function typeOutputs(pft: (typeof VEGETATED)[number]): Record<string, OutputVariable> {
  const of = ` of ${PFT_TITLES[pft]} alone`;
  const tail = `_${pft.toLowerCase()}`;
  return {
    ...entries(FLUXES, (flux) => [`${flux}${tail}`, fluxOf(flux, 'month', of, true)]),
    ...entries(FLUXES, (flux) => [`${flux}_a${tail}`, fluxOf(flux, 'year', of, true)]),
    [`biomass_a${tail}`]: hidden(stock('Carbon of plants', 'g m-2', undefined, of)),
    [`soil_a${tail}`]: hidden(stock('Carbon of soil and litter', 'g m-2', undefined, of)),
    [`share${tail}`]: {
      title: `Share of the cell's flux that is of ${PFT_TITLES[pft]}`,
      units: '1',
      dims: 'yx',
      range: [0, 1],
      standardName: 'area_fraction',
      diagnostic: true,
    },
  };
}

/** Why a cell is empty, and what was done to its days: of any tile on any day of the month. */
export const QA = Object.freeze({ ...FLAG, noState: 32, usualSoil: 64, noCover: 128 });

const QA_FLAGS = {
  masks: Object.values(QA),
  meanings: [
    'missing_forcing',
    'forcing_clipped',
    'temperatures_exchanged',
    'no_leaf_area',
    'npp_held_within_bounds',
    'no_first_state',
    'usual_soil',
    'no_land_cover',
  ],
} as const;

const qa = (period: 'month' | 'year'): OutputVariable => ({
  title: `What was done to the days of the ${period}, and why a cell is empty`,
  units: '1',
  dims: DIMS[period],
  range: [0, 255],
  dtype: 'uint8',
  flags: QA_FLAGS,
});

export const GRID_OUTPUTS: Readonly<Record<string, OutputVariable>> = {
  ...CELL_FLUXES,
  ...CELL_POOLS,
  qa: qa('month'),
  qa_a: qa('year'),
  ...Object.assign({}, ...VEGETATED.map(typeOutputs)),
};
