/** The first state of a strip: every tile of every cell at rest in a climate that repeats (spec beps.md 6.5). */
import { type Inputs, MODEL_YEAR_DAYS, type Rested, type Shape, type State } from '../model.ts';
import { makeWeather } from './day.ts';
import { type BlockForcing, columnOf, FLAG, readDay } from './forcing.ts';
import { forcingOf, isLeafless, meanTemperature } from './grid-forcing.ts';
import type { GridParams } from './grid-params.ts';
import { cellShares, GROUP, stateRow, tileMaker } from './grid-tiles.ts';
import { spinUpBlock } from './spin-up.ts';
import type { Tile } from './tile.ts';

interface Resting {
  readonly cell: number;
  readonly tile: Tile;
  readonly row: Float64Array;
}

/**
 * Sets the state of a strip, some cells at a time, from `from` on. CO2 and nitrogen deposition stay at what they were in
 * the first of the years. A cell with a gap in them, or whose cover is not known, has no state: NaN.
 *
 * @param shape with the months of whole years
 */
export function* spinUpStrip(
  { steps, cells }: Shape,
  input: Inputs,
  params: GridParams,
  state: State,
  from: number,
): Generator<Rested> {
  const days = (steps.length / 12) * MODEL_YEAR_DAYS;
  const co2 = new Float64Array(days).fill((input.co2 as Float64Array)[0]!);
  const cycle = forcingOf(days, cells, input, params, co2);
  const shares = cellShares(cells, input, params);
  const makeTileAt = tileMaker(input, params, state);
  let counts = makeCounts();
  let group: Resting[] = [];
  const addTiles = (cell: number) => {
    for (const [k, pft] of params.tiles.types.entries())
      if (shares.weights[k]! > 0)
        group.push({ cell, tile: makeTileAt(cell, pft), row: stateRow(state, params, cell, k) });
  };
  for (let cell = from; cell < cells; cell++) {
    state.meanTemperature![cell] = meanTemperature(input, cycle, cell);
    state.referenceDeposition![cell] = (input.nDeposition as Float64Array | undefined)?.[cell] ?? 0;
    if (shares.read(cell)) {
      if (isLeafless(cycle, params, cell)) counts.leaflessCells++;
      else if (hasGap(cycle, cell)) counts.cellsWithGap++;
      else addTiles(cell);
    }
    if (group.length < GROUP && cell < cells - 1) continue;
    restGroup(group, cycle, params, counts);
    yield { cells: cell + 1, counts };
    group = [];
    counts = makeCounts();
  }
}

const makeCounts = () => ({
  tiles: 0,
  years: 0,
  notAtRest: 0,
  noGrowth: 0,
  cellsWithGap: 0,
  leaflessCells: 0,
});

function restGroup(
  group: readonly Resting[],
  cycle: BlockForcing,
  { spinUp }: GridParams,
  counts: ReturnType<typeof makeCounts>,
): void {
  if (group.length === 0) return;
  const { years: relaxationYears, most: mostYears } = spinUp!;
  const standing = { tiles: group.map(({ tile }) => tile), columns: group.map(({ cell }) => cell) };
  for (const [i, rested] of spinUpBlock(standing, cycle, { relaxationYears, mostYears }).entries()) {
    group[i]!.row.set(rested.state);
    counts.tiles++;
    counts.years += rested.years;
    if (!rested.atRest) counts.notAtRest++;
    if (rested.npp <= 0) counts.noGrowth++;
  }
}

function hasGap(cycle: BlockForcing, cell: number): boolean {
  const weather = makeWeather();
  const climate = columnOf(cycle, cell);
  for (let day = 0; day < climate.days; day++) if (readDay(climate, day, weather) & FLAG.gap) return true;
  return false;
}
