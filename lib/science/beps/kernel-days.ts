/** A block's days in the BEPS kernel: two tiles to a vector, four pairs at once, sixty-four days at a time. */

import { KernelCode, KernelMemory, memoryBytes } from '../../kernels/kernel.ts';
import { BEPS_WASM } from '../kernels/compiled/beps.wasm.ts';
import { GAS_CONSTANT } from '../leaf.ts';
import { makeWeather, type Weather } from './day.ts';
import {
  type BlockForcing,
  columnOf,
  countRepairs,
  FLAG,
  type Forcing,
  makeRepairs,
  type Repairs,
} from './forcing.ts';
import {
  countAlike,
  fromLane,
  LANES,
  type Lanes,
  laneAt,
  shareAir,
  stateOf,
  tileOf,
  toLane,
} from './kernel-lanes.ts';
import { layDay, tileRow, WEATHER_NUMBERS } from './kernel-rows.ts';
import { STATE_LENGTH } from './state.ts';
import type { Tile } from './tile.ts';
import { BLOCK_SERIES, type BlockOptions, type BlockOutputs, type TileBlock } from './tile-block.ts';

const CODE = new KernelCode<{
  airDays(
    days: number,
    from: number,
    to: number,
    leafQ10: number,
    woodQ10: number,
    offset: number,
    nitrogen: number,
    caPerPpm: number,
    metresPerKelvin: number,
  ): void;
  tileDays(
    days: number,
    pairs: number,
    tiles: number,
    states: number,
    rows: number,
    periods: number,
    sums: number,
    carbon: number,
    moist: number,
    dailyStates: number,
  ): void;
}>(BEPS_WASM);

/** Days of a stretch: their air stays in the second cache. */
const STRETCH = 64;
const TILE_NUMBERS = 117;
const AIR_NUMBERS = 48;
/** Sums of the kernel: those of a block, and the days on which NPP/GPP was held. */
const SUMS = BLOCK_SERIES.length + 1;
const CLAMPED = BLOCK_SERIES.length;

/** Doubles that lie in the kernel's memory. It takes days in pairs: weather and air have room for one more. */
const DOUBLES = {
  weather: (STRETCH + 1) * WEATHER_NUMBERS,
  air: LANES * (STRETCH + 1) * AIR_NUMBERS,
  tiles: LANES * TILE_NUMBERS,
  states: LANES * STATE_LENGTH,
  sums: STRETCH * LANES * SUMS,
  daily: STRETCH * LANES * STATE_LENGTH,
} as const;

/** Whether the kernel knows all options of a tile. */
export const isForKernel = ({ options }: Tile): boolean =>
  options.leaf === 'exact' && options.diurnal === 'daily';

/** The kernel, its memory and what lies in it: made once, used for any number of blocks. */
export class BepsKernel {
  readonly #code: ReturnType<typeof CODE.on>;
  readonly #weather: Float64Array;
  readonly #air: Float64Array;
  readonly #tiles: Float64Array;
  readonly #states: Float64Array;
  readonly #sums: Float64Array;
  readonly #daily: Float64Array;
  readonly #rows: Int32Array;
  readonly #slots: Int32Array;
  /** Period of each slot of a stretch; weather's flags, `[lane][day]`. */
  readonly #periods = new Int32Array(STRETCH);
  readonly #flags = new Uint8Array(LANES * STRETCH);
  /** The first lane that stands where each lane stands. */
  readonly #twins = new Int32Array(LANES);
  readonly #today: Weather = makeWeather();

  /** @throws TypeError where the runtime lacks WebAssembly SIMD */
  constructor() {
    const bytes = [...Object.values(DOUBLES).map((length) => 8 * length), 4 * LANES, 4 * STRETCH];
    const memory = new KernelMemory(memoryBytes(bytes));
    this.#weather = memory.float64(DOUBLES.weather);
    this.#air = memory.float64(DOUBLES.air);
    this.#tiles = memory.float64(DOUBLES.tiles);
    this.#states = memory.float64(DOUBLES.states);
    this.#sums = memory.float64(DOUBLES.sums);
    this.#daily = memory.float64(DOUBLES.daily);
    this.#rows = memory.int32(LANES);
    this.#slots = memory.int32(STRETCH);
    this.#code = CODE.on(memory);
  }

  /** Whether this runtime has what the kernel needs. */
  static get isSupported(): boolean {
    return CODE.isSupported;
  }

  /** As `runBlock`, for tiles of `isForKernel`. */
  run(block: TileBlock, forcing: BlockForcing, outputs: BlockOutputs, options: BlockOptions): Repairs {
    const repairs = makeRepairs();
    const { from = 0, to = forcing.days } = options;
    for (let first = 0; first < block.tiles.length; ) {
      const count = countAlike(block.tiles, first);
      const lanes = { block, forcing, outputs, first, count, width: count + (count % 2) };
      this.#load(lanes, options.carbon ?? true);
      for (let day = from; day < to; day += STRETCH)
        this.#runStretch(lanes, day, Math.min(STRETCH, to - day), options, repairs);
      this.#unload(lanes);
      first += count;
    }
    return repairs;
  }

  #load(lanes: Lanes, carbon: boolean): void {
    const { tiles, states } = lanes.block;
    for (let lane = 0; lane < lanes.width; lane++) {
      const tile = tileOf(lanes, lane);
      toLane(tileRow(tiles[tile]!, carbon), this.#tiles, lane);
      toLane(stateOf(states, tile), this.#states, lane);
      let twin = 0;
      while (!shareAir(lanes.block, tile, tileOf(lanes, twin))) twin++;
      this.#twins[lane] = twin;
      this.#rows[lane] = this.#air.byteOffset + 8 * twin * (STRETCH + 1) * AIR_NUMBERS;
    }
  }

  #unload({ block, first, count }: Lanes): void {
    for (let lane = 0; lane < count; lane++)
      fromLane(this.#states, lane, stateOf(block.states, first + lane));
  }

  #runStretch(
    lanes: Lanes,
    day: number,
    days: number,
    { carbon = true, moist = false }: BlockOptions,
    repairs: Repairs,
  ): void {
    const slots = this.#numberPeriods(lanes.outputs.periods, day, days);
    this.#sums.fill(0, 0, slots * lanes.width * SUMS);
    this.#breathe(lanes, day, days);
    this.#code.tileDays(
      days,
      lanes.width / 2,
      this.#tiles.byteOffset,
      this.#states.byteOffset,
      this.#rows.byteOffset,
      this.#slots.byteOffset,
      this.#sums.byteOffset,
      Number(carbon),
      Number(moist),
      lanes.outputs.states ? this.#daily.byteOffset : 0,
    );
    this.#addSums(lanes, slots, repairs);
    this.#addFlags(lanes, day, days, repairs);
    if (lanes.outputs.states) this.#copyStates(lanes, day, days);
  }

  /** Numbers the periods of a stretch from 0 on. @returns how many */
  #numberPeriods(periods: ArrayLike<number>, day: number, days: number): number {
    let slot = -1;
    for (let d = 0; d < days; d++) {
      const period = periods[day + d]!;
      if (slot < 0 || period !== this.#periods[slot]) this.#periods[++slot] = period;
      this.#slots[d] = slot;
    }
    return slot + 1;
  }

  /** The air of every lane's place; lanes that stand in one share it. */
  #breathe(lanes: Lanes, day: number, days: number): void {
    const { tiles, columns } = lanes.block;
    const flagsOf = (lane: number) => this.#flags.subarray(lane * STRETCH, (lane + 1) * STRETCH);
    for (let lane = 0; lane < lanes.width; lane++) {
      const tile = tileOf(lanes, lane);
      const twin = this.#twins[lane]!;
      if (twin < lane) flagsOf(lane).set(flagsOf(twin));
      else
        this.#breatheIn(
          tiles[tile]!,
          columnOf(lanes.forcing, columns[tile]!),
          day,
          days,
          lane,
          flagsOf(lane),
        );
    }
  }

  #breatheIn(tile: Tile, forcing: Forcing, day: number, days: number, lane: number, flags: Uint8Array): void {
    for (let d = 0; d < days; d++)
      flags[d] = layDay(forcing, day + d, tile, this.#today, this.#weather, d * WEATHER_NUMBERS);
    const { lnLeafQ10, lnWoodQ10 } = tile.maintenance;
    this.#code.airDays(
      days,
      this.#weather.byteOffset,
      this.#rows[lane]!,
      lnLeafQ10 / 10,
      lnWoodQ10 / 10,
      tile.options.lloydTaylorOffset,
      Number(tile.options.nitrogen === 'full'),
      tile.pressurePa / 1e6,
      GAS_CONSTANT / tile.basis.pressurePa,
    );
  }

  #addSums({ block, outputs, first, count, width }: Lanes, slots: number, repairs: Repairs): void {
    const sums = this.#sums;
    for (let n = 0; n < CLAMPED; n++) {
      const series = outputs.sums[BLOCK_SERIES[n]!];
      if (!series) continue;
      for (let slot = 0; slot < slots; slot++) {
        const to = this.#periods[slot]! * block.tiles.length + first;
        for (let lane = 0; lane < count; lane++)
          series[to + lane]! += sums[laneAt(slot * width + lane, SUMS) + 2 * n]!;
      }
    }
    for (let slot = 0; slot < slots; slot++)
      for (let lane = 0; lane < count; lane++) {
        const clamped = sums[laneAt(slot * width + lane, SUMS) + 2 * CLAMPED]!;
        repairs.clamped += clamped;
        if (clamped > 0 && outputs.flags)
          outputs.flags[this.#periods[slot]! * block.tiles.length + first + lane]! |= FLAG.clamped;
      }
  }

  /** Counts and keeps what was done to the weather; most stretches need no repair. */
  #addFlags({ block, outputs, first, count }: Lanes, day: number, days: number, repairs: Repairs): void {
    for (let lane = 0; lane < count; lane++) {
      const flags = this.#flags.subarray(lane * STRETCH, lane * STRETCH + days);
      if (flags.every((flag) => flag === 0)) {
        repairs.days += days;
        continue;
      }
      for (let d = 0; d < days; d++) {
        countRepairs(flags[d]!, repairs);
        if (outputs.flags)
          outputs.flags[outputs.periods[day + d]! * block.tiles.length + first + lane]! |= flags[d]!;
      }
    }
  }

  #copyStates({ block, outputs, first, count, width }: Lanes, day: number, days: number): void {
    const tiles = block.tiles.length;
    for (let d = 0; d < days; d++) {
      const daily = this.#daily.subarray(d * width * STATE_LENGTH);
      for (let lane = 0; lane < count; lane++)
        fromLane(daily, lane, stateOf(outputs.states!, (day + d) * tiles + first + lane));
    }
  }
}
