/** Models of the registry with the parameters that change what they read, and how far a missing value may reach. */

import { nepBalance } from '../../lib/science/balance/nep-balance.ts';
import { beps } from '../../lib/science/beps/grid-model.ts';
import { FLUXES } from '../../lib/science/beps/grid-outputs.ts';
import { casaNpp } from '../../lib/science/casa/npp.ts';
import type { FluxModel } from '../../lib/science/model.ts';
import { casaNep } from '../../lib/science/models.ts';
import { soilRh } from '../../lib/science/respiration/soil-rh.ts';

/** Outputs that go missing with one missing value of an input. */
export interface Reach {
  /** In the same month. */
  readonly month: readonly string[];
  /** In every month of the year, and for the year. */
  readonly year?: readonly string[];
  /** On the same day. */
  readonly day?: readonly string[];
}

export interface Variant {
  readonly title: string;
  readonly model: FluxModel;
  readonly params: Record<string, unknown>;
  /** Outputs that these parameters can fill; all unless said. */
  readonly outputs?: readonly string[];
  /** By input; what is not named reaches nothing. */
  readonly reach: Readonly<Record<string, Reach>>;
}

const ANNUAL = ['npp_a', 'rh_a', 'nep_a', 'ratio_a'];
const PRODUCTION: Reach = { month: ['npp', 'apar', 'nep'], year: ANNUAL };
const WATER: Reach = { month: ['npp', 'we', 'nep'], year: ANNUAL };

const CASA_REACH: Readonly<Record<string, Reach>> = {
  ndvi: { month: ['npp', 'fpar', 'apar', 'nep'], year: ANNUAL },
  solar: PRODUCTION,
  temperature: { month: ['npp', 'rh', 'te1', 'te2', 'we', 'nep'], year: ANNUAL },
  evaporation: WATER,
  potentialEvaporation: WATER,
  precipitation: { month: ['rh', 'nep'], year: ANNUAL },
};

const BEPS_TYPES = ['enf', 'gra'];
const BEPS_OUTPUTS = Object.keys(beps.outputs).filter(
  (name) => !/_(dnf|ebf|dbf|mf|wsa|sav|csh|osh|cro|oth)$/.test(name),
);
const ofEach = (names: readonly string[]) => [
  ...names,
  ...BEPS_TYPES.flatMap((pft) => names.map((name) => `${name}_${pft}`)),
];
const WEATHER: Reach = {
  day: FLUXES.map((flux) => `${flux}_d`),
  month: ofEach(FLUXES),
  year: ofEach(FLUXES.map((flux) => `${flux}_a`)),
};

const table = { fpar: { range: 'table' } };

/** Without the water inputs of the default mode. */
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(CASA_REACH).filter(([name]) => !names.includes(name)));

export const VARIANTS: readonly Variant[] = [
  { title: 'casa-nep', model: casaNep, params: table, reach: CASA_REACH },
  {
    title: 'casa-nep that goes on from the year before',
    model: casaNep,
    params: { ...table, water: { yearBefore: true } },
    reach: CASA_REACH,
  },
  {
    title: 'casa-nep with wetness from rain and temperature',
    model: casaNep,
    params: { ...table, water: { mode: 'complementary', daylength: true } },
    reach: {
      ...without('evaporation', 'potentialEvaporation'),
      // Thornthwaite's heat index is a sum over the year
      temperature: { month: ['rh', 'te1', 'te2'], year: ['we', 'npp', 'nep', ...ANNUAL] },
      precipitation: { month: ['we', 'npp', 'rh', 'nep'], year: ANNUAL },
      latitude: { month: ['we', 'npp', 'nep'], year: ANNUAL },
    },
  },
  {
    title: 'casa-nep with wetness from evaporation and temperature',
    model: casaNep,
    params: { ...table, water: { mode: 'hybrid' } },
    reach: {
      ...without('potentialEvaporation'),
      temperature: { month: ['rh', 'te1', 'te2'], year: ['we', 'npp', 'nep', ...ANNUAL] },
    },
  },
  {
    title: 'casa-nep with wetness from LSWI',
    model: casaNep,
    params: { ...table, water: { mode: 'lswi' } },
    reach: {
      ...without('evaporation', 'potentialEvaporation'),
      temperature: { month: ['npp', 'rh', 'te1', 'te2', 'nep'], year: ANNUAL },
      lswi: WATER,
    },
  },
  {
    title: 'casa-nep without water stress, FPAR of a product, given optimum, shared cells',
    model: casaNep,
    params: {
      fpar: { mode: 'product' },
      water: { mode: 'one' },
      topt: { scope: 'given' },
      eps: { perPixel: 'fractional' },
    },
    reach: {
      fpar: { month: ['npp', 'fpar', 'apar', 'nep'], year: ANNUAL },
      solar: PRODUCTION,
      temperature: { month: ['npp', 'rh', 'te1', 'te2', 'nep'], year: ANNUAL },
      precipitation: CASA_REACH.precipitation!,
      optimumTemperature: { month: [], year: ['npp', 'te1', 'te2', 'nep', 'topt', ...ANNUAL] },
    },
  },
  {
    title: 'casa-nep with the optimum of the mean year',
    model: casaNep,
    params: { ...table, topt: { year: 'climatology' } },
    reach: CASA_REACH,
  },
  {
    title: 'casa-npp',
    model: casaNpp,
    params: table,
    reach: {
      ndvi: { month: ['npp', 'fpar', 'apar'] },
      solar: { month: ['npp', 'apar'] },
      temperature: { month: ['npp', 'te1', 'te2', 'we'] },
      evaporation: { month: ['npp', 'we'] },
      potentialEvaporation: { month: ['npp', 'we'] },
    },
  },
  ...(['pei', 'q10', 'lloyd_taylor', 'raich2002'] as const).map((formula) => ({
    title: `soil-rh by ${formula}`,
    model: soilRh,
    params: { rh: { formula } },
    reach: {
      // the share of Raich's year is a property of the year
      temperature: formula === 'raich2002' ? { month: ['rh'], year: ['rh'] } : { month: ['rh'] },
      ...(formula === 'pei' ? { precipitation: { month: ['rh'] } } : {}),
      ...(formula === 'raich2002' ? { precipitation: { month: ['rh'], year: ['rh'] } } : {}),
    },
  })),
  {
    title: 'nep-balance',
    model: nepBalance,
    params: {},
    reach: { npp: { month: ['nep'], year: ANNUAL }, rh: { month: ['nep'], year: ANNUAL } },
  },
  {
    title: 'beps',
    model: beps,
    params: { tiles: { types: ['ENF', 'GRA'] }, spinUp: { years: 0, most: 0 } },
    outputs: BEPS_OUTPUTS,
    reach: {
      tempMin: WEATHER,
      tempMax: WEATHER,
      shortwave: WEATHER,
      precipitation: WEATHER,
      relativeHumidity: WEATHER,
    },
  },
];
