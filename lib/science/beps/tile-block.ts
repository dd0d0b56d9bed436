/** Tiles of many columns, and what is wanted of their days. */
import type { Tile } from './tile.ts';

export interface TileBlock {
  readonly tiles: readonly Tile[];
  /** Column of the forcing in which each tile stands; tiles of a column stand at one place. */
  readonly columns: ArrayLike<number>;
  /** `[tile][STATE_LENGTH]`, updated. */
  readonly states: Float64Array;
}

/** Fluxes and scalars that a run sums: gC m-2, mm, or 1 a day. */
export const BLOCK_SERIES = [
  'gpp',
  'ar',
  'npp',
  'hr',
  'nep',
  'et',
  'runoff',
  'waterScalar',
  'decomposition',
  'irrigation',
] as const;

export type BlockSeries = (typeof BLOCK_SERIES)[number];

/** What is wanted of a run; arrays that are not given are not filled. */
export interface BlockOutputs {
  /**
   * Period that each day of the forcing is added to: its own number for daily outputs, its month's, 0 for one sum. A day
   * with a gap makes the sum of its period NaN.
   */
  readonly periods: ArrayLike<number>;
  /** `[period][tile]`, added to. */
  readonly sums: Readonly<Partial<Record<BlockSeries, Float64Array>>>;
  /** Flags of a period's days together, `[period][tile]`. */
  readonly flags?: Uint8Array;
  /** State at the end of each day, `[day][tile][STATE_LENGTH]`. */
  readonly states?: Float64Array;
}

/** Periods of daily outputs. */
export const dayNumbers = (days: number): Uint32Array => Uint32Array.from({ length: days }, (_, day) => day);

export interface BlockOptions {
  /** Days `from` to `to` (exclusive) of the forcing; all of them unless given. */
  readonly from?: number;
  readonly to?: number;
  /** Light and water alone: pools stay as they are, leaves at the C:N they start with. */
  readonly carbon?: boolean;
  /** The soil is at field capacity every morning. */
  readonly moist?: boolean;
}
