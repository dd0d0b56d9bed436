/** From nothing to a tile at rest in a climate that repeats (spec beps.md 6.5). */
import { BadRequest } from '../../errors.ts';
import { daytimeTemp, nightTemp } from '../sun.ts';
import { dayNumbers, runBlock, type TileBlock } from './block.ts';
import { maintenanceAt } from './carbon-day.ts';
import { DAY_S, makeWeather } from './day.ts';
import { setSteadyBiomass, steadyInput, steadySoil } from './equilibrium.ts';
import {
  type BlockForcing,
  checkForcing,
  checkWholeYears,
  columnOf,
  FLAG,
  type Forcing,
  readDay,
} from './forcing.ts';
import { startNitrogen } from './nitrogen.ts';
import { netProduction, temperatureFactor } from './respiration.ts';
import { AT, STATE_LENGTH } from './state.ts';
import { daylightSeconds, firstState, type Tile, YEAR_DAYS } from './tile.ts';

/** Rounds in which NPP and pools are made to fit each other, and how much of each step is taken. */
const ROUNDS = 10;
const RELAXATION = 0.5;

/** NPP that the rounds start from, as a share of GPP. */
const FIRST_NPP = 0.5;

/** Years of the repeated climate that are run at least. */
export const RELAXATION_YEARS = 30;
/** A decade whose mean NEP is below this is at rest, gC m-2 yr-1. */
export const AT_REST = 2;
/** Years after which a tile counts as never at rest. */
const MOST_YEARS = 500;
const DECADE = 10;

export interface SpinUp {
  readonly state: Float64Array;
  /** Years run after the linear solution, and mean NEP of their last decade, gC m-2 yr-1. */
  readonly years: number;
  readonly lastDecadeNep: number;
  readonly atRest: boolean;
  /** NPP of a year at the linear solution, gC m-2 yr-1. */
  readonly npp: number;
}

export interface SpinUpOptions {
  readonly relaxationYears?: number;
  readonly mostYears?: number;
}

/** Tiles and the columns of the climate in which they stand. */
export type Standing = Pick<TileBlock, 'tiles' | 'columns'>;

/**
 * Tiles at rest, each by itself: how long one takes does not depend on the others.
 *
 * 1. The cycle is run twice for water alone: leaf area is given, so that GPP and the factor on decomposition do not
 *    look at carbon. 2. NPP with the respiration of the pools, and pools from NPP, ten times, half a step each.
 * 3. Soil pools by A x + b = 0 at the mean factor. 4. The whole model for thirty years of the cycle and on, cycle by
 *    cycle, until mean NEP of a decade is below 2 gC m-2 yr-1.
 *
 * @param cycle whole years of 365 days without gaps, repeated
 * @returns a result for each tile
 * @throws BadRequest for a cycle of other days or with gaps
 * @see spec beps.md 6.5; the semi-analytical step is Xia et al. 2012
 */
export function spinUpBlock(standing: Standing, cycle: BlockForcing, options: SpinUpOptions = {}): SpinUp[] {
  const { tiles, columns } = standing;
  for (const column of new Set(Array.from(columns))) checkCycle(columnOf(cycle, column));
  const block = { ...standing, states: firstStates(tiles) };
  const physics = runWater(block, cycle);
  const relaxing: Relaxing[] = tiles.map((tile, i) => {
    const state = block.states.subarray(i * STATE_LENGTH, (i + 1) * STATE_LENGTH);
    const npp = settleCarbon(
      tile,
      climateOf(tile, columnOf(cycle, columns[i]!), physics, i, tiles.length),
      state,
    );
    if (npp <= 0) state.fill(0, AT.biomass, STATE_LENGTH); // where nothing grows, there is no carbon and no nitrogen
    return { tile, column: columns[i]!, state, npp, nep: [] };
  });
  relax(
    relaxing.filter(({ npp }) => npp > 0),
    cycle,
    options,
  );
  return relaxing.map(({ state, npp, nep }) => {
    const lastDecadeNep = npp > 0 ? lastDecade(nep, cycle) : 0;
    return {
      state,
      npp: Math.max(0, npp),
      years: nep.length,
      lastDecadeNep,
      atRest: isAtRest(lastDecadeNep),
    };
  });
}

/** One tile at rest. @param cycle see `spinUpBlock` */
export const spinUp = (tile: Tile, cycle: Forcing, options: SpinUpOptions = {}): SpinUp =>
  spinUpBlock({ tiles: [tile], columns: [cycle.offset] }, { ...cycle, columns: cycle.stride }, options)[0]!;

function checkCycle(cycle: Forcing): void {
  checkForcing(cycle);
  checkWholeYears(cycle);
  const weather = makeWeather();
  for (let day = 0; day < cycle.days; day++)
    if (readDay(cycle, day, weather) & FLAG.gap)
      throw new BadRequest(
        'forcing',
        `day ${day} of the spin-up climate has no value of temperature, light, humidity, rain or CO2. Fill it, or spin up with other years.`,
      );
}

function firstStates(tiles: readonly Tile[]): Float64Array {
  const states = new Float64Array(tiles.length * STATE_LENGTH);
  tiles.forEach((tile, i) => {
    states.set(firstState(tile), i * STATE_LENGTH);
  });
  return states;
}

/** GPP and the factor on decomposition by day and tile. */
interface DailyPhysics {
  readonly gpp: Float64Array;
  readonly decomposition: Float64Array;
}

/** Step 1: two cycles; the second is kept. */
function runWater(block: TileBlock, cycle: BlockForcing): DailyPhysics {
  const series = () => new Float64Array(cycle.days * block.tiles.length);
  const sums = { gpp: series(), decomposition: series() };
  const options = { carbon: false };
  runBlock(block, cycle, { periods: new Uint8Array(cycle.days), sums: {} }, options);
  runBlock(block, cycle, { periods: dayNumbers(cycle.days), sums }, options);
  return sums;
}

/** What the rounds need of a climate, by day. */
interface Climate {
  readonly years: number;
  readonly gpp: Float64Array;
  readonly leafFactor: Float64Array;
  readonly woodFactor: Float64Array;
  readonly meanDecomposition: number;
}

function climateOf(
  tile: Tile,
  cycle: Forcing,
  { gpp, decomposition }: DailyPhysics,
  i: number,
  tiles: number,
): Climate {
  const { days } = cycle;
  const weather = makeWeather();
  const { lnLeafQ10, lnWoodQ10 } = tile.maintenance;
  const climate = {
    years: days / YEAR_DAYS,
    gpp: Float64Array.from({ length: days }, (_, day) => gpp[day * tiles + i]!),
    leafFactor: new Float64Array(days),
    woodFactor: new Float64Array(days),
    meanDecomposition: 0,
  };
  for (let day = 0; day < days; day++) {
    climate.meanDecomposition += decomposition[day * tiles + i]! / days;
    readDay(cycle, day, weather);
    const dayC = daytimeTemp(0.5 * (weather.tempMinC + weather.tempMaxC), weather.tempMaxC);
    const nightC = nightTemp(dayC, weather.tempMinC);
    const daylight = daylightSeconds(tile, weather.doy) / DAY_S;
    climate.leafFactor[day] = temperatureFactor(lnLeafQ10, dayC, nightC, daylight);
    climate.woodFactor[day] = temperatureFactor(lnWoodQ10, dayC, nightC, daylight);
  }
  return climate;
}

/** Steps 2 and 3. @returns NPP, gC m-2 yr-1 */
function settleCarbon(tile: Tile, climate: Climate, state: Float64Array): number {
  const gpp = sumOf(climate.gpp) / climate.years;
  let npp = FIRST_NPP * gpp;
  for (let round = 0; round < ROUNDS; round++) {
    setSteadyBiomass(tile.pft, npp, state);
    npp += RELAXATION * (annualNpp(tile, climate, state) - npp);
  }
  if (!(npp > 0)) return 0;
  setSteadyBiomass(tile.pft, npp, state);
  state.set(steadySoil(tile.rates, climate.meanDecomposition, steadyInput(tile.pft, npp)), AT.soil);
  startNitrogen(state, npp, tile.pft.allocation);
  return npp;
}

/** NPP of a mean year if the pools stayed as they are, gC m-2 yr-1. */
function annualNpp(tile: Tile, { years, gpp, leafFactor, woodFactor }: Climate, state: Float64Array): number {
  let sum = 0;
  for (let day = 0; day < gpp.length; day++) {
    const maintenance = maintenanceAt(tile, state, leafFactor[day]!, woodFactor[day]!);
    sum += netProduction(gpp[day]!, maintenance, tile.options.nppClamp);
  }
  return sum / years;
}

/** A tile on its way, and its NEP of each year so far. */
interface Relaxing {
  readonly tile: Tile;
  readonly column: number;
  readonly state: Float64Array;
  readonly npp: number;
  readonly nep: number[];
}

/** Step 4: cycle by cycle, those that are not yet at rest. */
function relax(all: readonly Relaxing[], cycle: BlockForcing, options: SpinUpOptions): void {
  const { relaxationYears = RELAXATION_YEARS, mostYears = MOST_YEARS } = options;
  const periods = Uint16Array.from({ length: cycle.days }, (_, day) => Math.floor(day / YEAR_DAYS));
  const goesOn = ({ nep }: Relaxing) =>
    nep.length < mostYears && !(nep.length >= relaxationYears && isAtRest(lastDecade(nep, cycle)));
  for (let left = all.filter(goesOn); left.length > 0; left = left.filter(goesOn))
    runCycle(left, cycle, periods);
}

function runCycle(left: readonly Relaxing[], cycle: BlockForcing, periods: Uint16Array): void {
  const years = cycle.days / YEAR_DAYS;
  const n = left.length;
  const states = new Float64Array(n * STATE_LENGTH);
  left.forEach(({ state }, i) => {
    states.set(state, i * STATE_LENGTH);
  });
  const nep = new Float64Array(years * n);
  const block = { tiles: left.map(({ tile }) => tile), columns: left.map(({ column }) => column), states };
  runBlock(block, cycle, { periods, sums: { nep } });
  left.forEach((one, i) => {
    one.state.set(states.subarray(i * STATE_LENGTH, (i + 1) * STATE_LENGTH));
    for (let year = 0; year < years; year++) one.nep.push(nep[year * n + i]!);
  });
}

/** Mean NEP of the last decade, or of the last cycle where that is longer; 0 before the first year. */
function lastDecade(nep: readonly number[], { days }: BlockForcing): number {
  const last = nep.slice(-Math.max(DECADE, days / YEAR_DAYS));
  return last.length === 0 ? 0 : sumOf(last) / last.length;
}

const isAtRest = (nep: number): boolean => Math.abs(nep) < AT_REST;

const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
};
