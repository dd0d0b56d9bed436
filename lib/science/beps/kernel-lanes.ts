/** Tiles of a block as lanes of the BEPS kernel: which fit together, and how rows lie in pairs. */
import type { BlockForcing } from './forcing.ts';
import { STATE_LENGTH } from './state.ts';
import type { Tile } from './tile.ts';
import type { BlockOutputs, TileBlock } from './tile-block.ts';

/** Tiles that are advanced together, the lanes of four pairs. */
export const LANES = 8;

/** A run of some tiles of a block that fit the lanes. */
export interface Lanes {
  readonly block: TileBlock;
  readonly forcing: BlockForcing;
  readonly outputs: BlockOutputs;
  /** The first tile and how many; lanes are filled up with the last. */
  readonly first: number;
  readonly count: number;
  readonly width: number;
}

/** How many tiles from `first` on fill the lanes and are alike in whether they have nitrogen. */
export function countAlike(tiles: readonly Tile[], first: number): number {
  const { nitrogen } = tiles[first]!.options;
  let count = 1;
  while (count < LANES && tiles[first + count]?.options.nitrogen === nitrogen) count++;
  return count;
}

export const tileOf = ({ first, count }: Lanes, lane: number): number => first + Math.min(lane, count - 1);

export const stateOf = (states: Float64Array, n: number): Float64Array =>
  states.subarray(n * STATE_LENGTH, (n + 1) * STATE_LENGTH);

/** Where a lane's row starts among rows of pairs; its numbers lie two apart. */
export const laneAt = (lane: number, length: number): number => (lane >> 1) * 2 * length + (lane & 1);

export function toLane(row: ArrayLike<number>, lanes: Float64Array, lane: number): void {
  const at = laneAt(lane, row.length);
  for (let n = 0; n < row.length; n++) lanes[at + 2 * n] = row[n]!;
}

export function fromLane(lanes: Float64Array, lane: number, row: Float64Array): void {
  const at = laneAt(lane, row.length);
  for (let n = 0; n < row.length; n++) row[n] = lanes[at + 2 * n]!;
}

/** Whether two tiles stand at one place, under one sun and with one kind of respiration. */
export function shareAir({ tiles, columns }: TileBlock, one: number, other: number): boolean {
  if (one === other) return true;
  const [a, b] = [tiles[one]!, tiles[other]!];
  return (
    columns[one] === columns[other] &&
    a.meanTempC === b.meanTempC &&
    a.options.lloydTaylorOffset === b.options.lloydTaylorOffset &&
    a.options.pressurePa === b.options.pressurePa &&
    (a.dayHours === b.dayHours || isSameYear(a.dayHours, b.dayHours)) &&
    (a.cosMean === b.cosMean || isSameYear(a.cosMean, b.cosMean))
  );
}

const isSameYear = (a: Float64Array, b: Float64Array): boolean => a.every((value, doy) => value === b[doy]);
