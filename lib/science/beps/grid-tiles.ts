/** Which tiles a cell has, and what share of its flux each of them is (mode E: shares weigh, they do not exchange). */
import type { Inputs, State } from '../model.ts';
import { pftIndex, type VegetatedPft } from '../pft.ts';
import { shareName } from './grid-inputs.ts';
import { type GridParams, overridesOf } from './grid-params.ts';
import { STATE_LENGTH } from './state.ts';
import { makeTile, type SunYear, sunYear, type Tile } from './tile.ts';

/** Shares of cells by type of `tiles.types`: what is left to 1 has no plants. */
export interface CellShares {
  /** One number a type, of the last cell that `read` was called for. */
  readonly weights: Float64Array;
  /** @returns whether anything is known of the cell's cover */
  read(cell: number): boolean;
}

export function cellShares(cells: number, input: Inputs, { tiles }: GridParams): CellShares {
  const layers = tiles.types.map((pft) => {
    if (tiles.shares === 'layers') return input[shareName(pft)] as Float64Array | undefined;
    const from = pftIndex(pft) * cells;
    return (input.landcover as Float64Array).subarray(from, from + cells);
  });
  const bare = tiles.shares === 'map' ? bareShares(cells, input) : undefined;
  const weights = new Float64Array(tiles.types.length);
  return {
    weights,
    read(cell) {
      let known = false;
      for (let k = 0; k < weights.length; k++) {
        const share = layers[k]?.[cell] ?? Number.NaN;
        if (!Number.isNaN(share)) known = true;
        weights[k] = share > 0 ? share : 0;
      }
      if (!known) return false;
      spreadSmall(weights, tiles.least, bare?.[cell]);
      return true;
    },
  };
}

/** Share without plants; what plants that are not run have is theirs that are. */
function bareShares(cells: number, input: Inputs): Float64Array {
  const from = pftIndex('NVG') * cells;
  return (input.landcover as Float64Array).subarray(from, from + cells);
}

/**
 * Takes out what is below the least share and gives its place to the others, in proportion. Where all are small the
 * largest stays.
 *
 * @param bare share without plants, where the map tells it
 */
function spreadSmall(weights: Float64Array, least: number, bare: number | undefined): void {
  let [all, kept, largest] = [0, 0, 0];
  for (let k = 0; k < weights.length; k++) {
    all += weights[k]!;
    if (weights[k]! > weights[largest]!) largest = k;
  }
  if (all === 0) return;
  const smallest = Math.min(least, weights[largest]!);
  for (let k = 0; k < weights.length; k++) {
    if (weights[k]! < smallest) weights[k] = 0;
    kept += weights[k]!;
  }
  const planted = bare === undefined ? Math.min(1, all) : Math.max(0, 1 - bare);
  for (let k = 0; k < weights.length; k++) weights[k]! *= planted / kept;
}

/** Tiles that are run at once: their days, or the years that they spin up in, take a few megabytes. */
export const GROUP = 64;

/** The numbers of one tile in a strip's state. @param k place of the type in `tiles.types` */
export function stateRow(state: State, { tiles }: GridParams, cell: number, k: number): Float64Array {
  const from = (cell * tiles.types.length + k) * STATE_LENGTH;
  return state.tiles!.subarray(from, from + STATE_LENGTH);
}

/** Makes the tiles of a strip; those of a row share their sun. */
export function tileMaker(
  input: Inputs,
  params: GridParams,
  state: State,
): (cell: number, pft: VegetatedPft) => Tile {
  const value = (name: string, cell: number) =>
    (input[name] as Float64Array | undefined)?.[cell] ?? Number.NaN;
  const { beps, spinUp } = params;
  // pools that are not there limit nothing
  const options = spinUp ? beps : { ...beps, nitrogen: 'fixed' as const };
  const overrides = overridesOf(params);
  let last: { readonly latDeg: number; readonly sun: SunYear } | undefined;
  return (cell, pft) => {
    const latDeg = value('latitude', cell);
    if (last?.latDeg !== latDeg) last = { latDeg, sun: sunYear(latDeg, beps.dayLength) };
    const topsoil = { clay: value('clay', cell), silt: value('silt', cell) };
    const deeper = { clay: value('subsoilClay', cell), silt: value('subsoilSilt', cell) };
    const clumping = value('clumping', cell);
    const place = {
      latDeg,
      sun: last.sun,
      meanTempC: state.meanTemperature![cell]!,
      topsoil,
      subsoil: Number.isNaN(deeper.clay + deeper.silt) ? topsoil : deeper,
      ...(Number.isNaN(clumping) ? {} : { clumping }),
    };
    return makeTile(place, pft, options, overrides)!;
  };
}
