/** A block's days in plain TypeScript, tile by tile: for what the kernel does not do, and its oracle. */
import { LEAF_CN } from '../leaf.ts';
import { type Fluxes, makeFluxes, tileDay } from './carbon-day.ts';
import { makePhysics, makeWeather, type Physics, physicsDay, type Weather } from './day.ts';
import {
  type BlockForcing,
  columnOf,
  countRepairs,
  FLAG,
  makeRepairs,
  type Repairs,
  readDay,
} from './forcing.ts';
import { AT, STATE_LENGTH } from './state.ts';
import type { Tile } from './tile.ts';
import { BLOCK_SERIES, type BlockOptions, type BlockOutputs, type TileBlock } from './tile-block.ts';
import { evapotranspiration } from './water-day.ts';

/** What days are worked out on: made once, used for all of them. */
interface Bench {
  readonly weather: Weather;
  readonly physics: Physics;
  readonly fluxes: Fluxes;
}

/** As `runBlock`, which checks what this is given. */
export function runBlockDays(
  block: TileBlock,
  forcing: BlockForcing,
  outputs: BlockOutputs,
  options: BlockOptions,
): Repairs {
  const repairs = makeRepairs();
  const bench = { weather: makeWeather(), physics: makePhysics(), fluxes: makeFluxes() };
  for (let i = 0; i < block.tiles.length; i++) runTile(i, block, forcing, outputs, options, bench, repairs);
  return repairs;
}

/** One tile through its days. */
function runTile(
  i: number,
  { tiles, columns, states }: TileBlock,
  forcing: BlockForcing,
  outputs: BlockOutputs,
  { from = 0, to = forcing.days, carbon = true, moist = false }: BlockOptions,
  { weather, physics, fluxes }: Bench,
  repairs: Repairs,
): void {
  const tile = tiles[i]!;
  const column = columnOf(forcing, columns[i]!);
  const state = states.subarray(i * STATE_LENGTH, (i + 1) * STATE_LENGTH);
  for (let t = from; t < to; t++) {
    const at = outputs.periods[t]! * tiles.length + i;
    let flag = readDay(column, t, weather);
    if (flag & FLAG.gap) addGap(outputs.sums, at);
    else {
      if (moist) moisten(tile, state);
      if (carbon) tileDay(tile, weather, state, physics, fluxes);
      else physicsDay(tile, weather, LEAF_CN, state, physics);
      if (carbon && fluxes.clamped) flag |= FLAG.clamped;
      add(outputs.sums, at, physics, carbon ? fluxes : undefined);
    }
    countRepairs(flag, repairs);
    if (outputs.flags) outputs.flags[at]! |= flag;
    outputs.states?.set(state, (t * tiles.length + i) * STATE_LENGTH);
  }
}

function moisten({ column }: Tile, state: Float64Array): void {
  for (let layer = 0; layer < 3; layer++) state[AT.theta + layer] = column.soils[layer]!.fieldCapacity;
}

function add(sums: BlockOutputs['sums'], at: number, physics: Physics, fluxes: Fluxes | undefined): void {
  if (sums.gpp) sums.gpp[at]! += physics.gpp;
  if (sums.et) sums.et[at]! += 1000 * evapotranspiration(physics.water);
  if (sums.runoff) sums.runoff[at]! += 1000 * (physics.water.runoff + physics.water.baseflow);
  if (sums.irrigation) sums.irrigation[at]! += 1000 * physics.water.irrigation;
  if (sums.waterScalar) sums.waterScalar[at]! += physics.stress.scalar;
  if (sums.decomposition) sums.decomposition[at]! += physics.decomposition;
  if (!fluxes) return;
  if (sums.ar) sums.ar[at]! += fluxes.ar;
  if (sums.npp) sums.npp[at]! += fluxes.npp;
  if (sums.hr) sums.hr[at]! += fluxes.hr;
  if (sums.nep) sums.nep[at]! += fluxes.nep;
}

function addGap(sums: BlockOutputs['sums'], at: number): void {
  for (const name of BLOCK_SERIES) {
    const series = sums[name];
    if (series) series[at] = Number.NaN;
  }
}
