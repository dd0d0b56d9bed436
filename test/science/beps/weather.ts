/** Seeded weather and places for tests: nothing here is measured. */
import { dayNumbers, runBlock } from '../../../lib/science/beps/block.ts';
import {
  type BlockForcing,
  COLUMN_SERIES,
  type Forcing,
  type Repairs,
} from '../../../lib/science/beps/forcing.ts';
import type { BepsOptions } from '../../../lib/science/beps/params.ts';
import { bepsParams } from '../../../lib/science/beps/params.ts';
import { makeTile, type Place, type Tile, YEAR_DAYS } from '../../../lib/science/beps/tile.ts';
import type { BlockOptions, BlockSeries } from '../../../lib/science/beps/tile-block.ts';
import type { Pft } from '../../../lib/science/pft.ts';

/** Uniform numbers in 0..1, the same for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Climate {
  readonly years: number;
  readonly meanC?: number;
  readonly swingC?: number;
  readonly seed?: number;
  /** CO2 of each year, ppm. */
  readonly co2?: (year: number) => number;
}

/** Days with seasons of the north, rain on a third of them, leaves in summer. */
export function madeForcing({ years, meanC = 8, swingC = 12, seed = 1, co2 = () => 380 }: Climate): Forcing {
  const days = years * YEAR_DAYS;
  const random = randomOf(seed);
  const series = (of: (season: number, t: number) => number) =>
    Float64Array.from({ length: days }, (_, t) => {
      const season = -Math.cos((2 * Math.PI * ((t % YEAR_DAYS) - 14)) / YEAR_DAYS);
      return of(season, t);
    });
  const tempMinC = series((season) => meanC + swingC * season - 5 + 6 * (random() - 0.5));
  return {
    days,
    offset: 0,
    stride: 1,
    tempMinC,
    tempMaxC: tempMinC.map((low) => low + 3 + 12 * random()),
    shortwaveMJ: series((season) => (11 + 8 * season) * (0.3 + 0.9 * random())),
    humidity: series(() => 0.4 + 0.6 * random()),
    rainMm: series(() => (random() < 0.35 ? -7 * Math.log(1 - random()) : 0)),
    lai: series((season) => Math.max(0.3, 2.5 + 2 * season)),
    doy: Uint16Array.from({ length: days }, (_, t) => (t % YEAR_DAYS) + 1),
    co2Ppm: series((_, t) => co2(Math.floor(t / YEAR_DAYS))),
    extraDeposition: new Float64Array(days),
  };
}

/** Columns side by side, `[day][column]`. */
export function sideBySide(columns: readonly Forcing[]): BlockForcing {
  const { days, doy, co2Ppm } = columns[0]!;
  const series = COLUMN_SERIES.map((name) => [
    name,
    Float64Array.from(
      { length: days * columns.length },
      (_, at) => columns[at % columns.length]![name][Math.floor(at / columns.length)]!,
    ),
  ]);
  return { days, doy, co2Ppm, columns: columns.length, ...Object.fromEntries(series) };
}

export const LOAM_PLACE: Place = {
  latDeg: 50,
  meanTempC: 8,
  topsoil: { clay: 25, silt: 35 },
  subsoil: { clay: 30, silt: 30 },
  clumping: 0.7,
};

export const optionsOf = (options: Partial<Record<keyof BepsOptions, unknown>> = {}): BepsOptions =>
  bepsParams.parse({ beps: options }).beps;

export const tileOf = (
  pft: Pft,
  options: Partial<Record<keyof BepsOptions, unknown>> = {},
  place: Partial<Place> = {},
): Tile => makeTile({ ...LOAM_PLACE, ...place }, pft, optionsOf(options))!;

/**
 * Runs one tile over days of its forcing, each day into its place of the series that are given.
 *
 * @param state updated
 */
export function runTile(
  tile: Tile,
  forcing: Forcing,
  state: Float64Array,
  { flag, ...series }: Partial<Record<BlockSeries, Float64Array>> & { readonly flag?: Uint8Array },
  options: BlockOptions = {},
): Repairs {
  return runBlock(
    { tiles: [tile], columns: [forcing.offset], states: state },
    { ...forcing, columns: forcing.stride },
    { periods: dayNumbers(forcing.days), sums: series, ...(flag && { flags: flag }) },
    options,
  );
}
