/** A tile: one type of plants at one place, and everything of it that no day changes. */

import { BIOCHEMISTRY_PA } from '../leaf.ts';
import { type Pft, type PftOverrides, type PftParams, pftParams } from '../pft.ts';
import { type Hydraulics, hydraulicsOf, isNoTexture, rootShares, USUAL_TEXTURE } from '../soil.ts';
import {
  dayLength,
  dayLengthAstronomical,
  dayLengthUnbounded,
  HOUR_S,
  LOWEST_COS_ZENITH,
  meanZenith,
  noonZenith,
} from '../sun.ts';
import { ROUGH_AIR, SMOOTH_AIR } from '../water.ts';
import { type AirBasis, airOf } from './conductance.ts';
import { type Rates, ratesOf } from './decomposition.ts';
import { type MoistureCurve, moistureCurve } from './environment.ts';
import { type BepsOptions, DEFAULT_OPTIONS } from './params.ts';
import { type Maintenance, maintenanceOf } from './respiration.ts';
import { AT, STATE_LENGTH } from './state.ts';
import { type Turnover, turnoverOf } from './turnover.ts';
import { depthsOf, type WaterColumn } from './water-day.ts';

/** A year of the model has no 29 February. */
export const YEAR_DAYS = 365;

/** Texture of a horizon, % of the fine earth. */
export interface Texture {
  readonly clay: number;
  readonly silt: number;
}

/** What a place gives its tiles. */
export interface Place {
  readonly latDeg: number;
  /** Mean air temperature of many years, degC. */
  readonly meanTempC: number;
  /** Of the first layer, and of the other two. */
  readonly topsoil: Texture;
  readonly subsoil: Texture;
  /** 0.4..1; the type's own where there is none. */
  readonly clumping?: number;
  /** Of `sunYear` at this latitude, to share it among the tiles of a row; worked out unless given. */
  readonly sun?: SunYear;
}

/** By day of the year, from 1: hours of light, cosine of the mean and of the noon zenith angle. */
export interface SunYear {
  readonly dayHours: Float64Array;
  readonly cosMean: Float64Array;
  readonly cosNoon: Float64Array;
}

export interface Tile extends SunYear {
  readonly pft: PftParams;
  readonly options: BepsOptions;
  readonly clumping: number;
  readonly meanTempC: number;
  readonly column: WaterColumn;
  readonly maintenance: Maintenance;
  readonly turnover: Turnover;
  readonly rates: Rates;
  readonly curves: readonly [MoistureCurve, MoistureCurve, MoistureCurve];
  /** Weights of the layers in decomposition, summing to 1. */
  readonly layers: readonly [number, number, number];
  /** Whether the texture was missing and the usual one is taken. */
  readonly usualSoil: boolean;
  /** Pressure of the biochemistry, Pa, and basis of the leaf's conductance. */
  readonly pressurePa: number;
  readonly basis: AirBasis;
}

/** Lowest clumping of the maps. */
const LOWEST_CLUMPING = 0.4;

const DAY_LENGTHS = { rec: dayLength, code: dayLengthUnbounded, astro: dayLengthAstronomical } as const;

/**
 * A tile, or `undefined` for land without plants, where all fluxes are 0.
 *
 * @throws BadRequest for a type that does not exist
 */
export function makeTile(
  place: Place,
  pft: Pft | string,
  options: BepsOptions = DEFAULT_OPTIONS,
  overrides: PftOverrides = {},
): Tile | undefined {
  const params = pftParams(pft, overrides);
  if (!params) return undefined;
  const soils = soilsOf(place);
  const [first, second, third] = soils.layers.map(({ fieldCapacity, porosity }) =>
    moistureCurve((100 * fieldCapacity) / porosity),
  );
  const weight = params.layers[0] + params.layers[1] + params.layers[2];
  const clumping = place.clumping ?? Number.NaN;
  return {
    pft: params,
    options,
    clumping: clumping > 0 ? Math.min(1, Math.max(LOWEST_CLUMPING, clumping)) : params.clumping,
    meanTempC: place.meanTempC,
    column: columnOf(params, soils.layers, place.meanTempC, options),
    maintenance: maintenanceOf(params, place.meanTempC, options.roots),
    turnover: turnoverOf(params, place.latDeg),
    rates: ratesOf(params, soils.layers[1].clay, soils.layers[1].silt, options.slowToPassive),
    curves: [first!, second!, third!],
    layers: [params.layers[0] / weight, params.layers[1] / weight, params.layers[2] / weight],
    ...(place.sun ?? sunYear(place.latDeg, options.dayLength)),
    usualSoil: soils.usual,
    pressurePa: options.pressurePa ?? BIOCHEMISTRY_PA,
    basis: airOf(options.pressurePa),
  };
}

function columnOf(
  params: PftParams,
  soils: WaterColumn['soils'],
  meanTempC: number,
  { irrigation }: BepsOptions,
): WaterColumn {
  return {
    soils,
    depths: depthsOf(params.depth3),
    roots: rootShares(params.rootBeta),
    group: params.group,
    melt: params.melt,
    airMs: params.smooth ? SMOOTH_AIR : ROUGH_AIR,
    meanTempC,
    irrigation: irrigation && params.group === 'crop',
  };
}

/** Missing texture is the usual one; the deeper two layers share theirs. */
function soilsOf({ topsoil, subsoil }: Place): {
  layers: readonly [Hydraulics, Hydraulics, Hydraulics];
  usual: boolean;
} {
  const usual = isNoTexture(topsoil.clay, topsoil.silt) || isNoTexture(subsoil.clay, subsoil.silt);
  const of = ({ clay, silt }: Texture) => (usual ? USUAL_TEXTURE : { clay, silt });
  const top = of(topsoil);
  const sub = of(subsoil);
  const deep = hydraulicsOf(sub.clay, sub.silt);
  return { layers: [hydraulicsOf(top.clay, top.silt), deep, deep], usual };
}

/** The sun of a latitude over a year. @param form of the length of the day */
export function sunYear(latDeg: number, form: BepsOptions['dayLength'] = 'rec'): SunYear {
  const length = DAY_LENGTHS[form];
  const byDoy = (value: (doy: number) => number) =>
    Float64Array.from({ length: YEAR_DAYS + 1 }, (_, doy) => value(doy));
  return {
    dayHours: byDoy((doy) => length(latDeg, doy)),
    cosMean: byDoy((doy) => Math.cos(meanZenith(noonZenith(latDeg, doy)))),
    cosNoon: byDoy((doy) => Math.max(LOWEST_COS_ZENITH, Math.cos(noonZenith(latDeg, doy)))),
  };
}

/** Seconds of light. */
export const daylightSeconds = ({ dayHours }: Tile, doy: number): number => dayHours[doy]! * HOUR_S;

/** The state of a tile before its first day: soil at field capacity, no snow, no carbon. */
export function firstState({ column }: Tile): Float64Array {
  const state = new Float64Array(STATE_LENGTH);
  column.soils.forEach(({ fieldCapacity }, i) => {
    state[AT.theta + i] = fieldCapacity;
  });
  return state;
}
