/** A strip of cells through a year: every tile of every cell, its days summed and weighed into what the product writes. */
import type { Counts, Inputs, Outputs, Shape, State } from '../model.ts';
import type { VegetatedPft } from '../pft.ts';
import { dayNumbers, runBlock } from './block.ts';
import { makeWeather } from './day.ts';
import { type BlockForcing, columnOf, FLAG, makeRepairs, type Repairs, readDay } from './forcing.ts';
import { extraDepositionOf, forcingOf, isLeafless, meanTemperature } from './grid-forcing.ts';
import { FLUXES, type Flux, POOLS, QA, SUFFIX } from './grid-outputs.ts';
import { type GridParams, VEGETATED } from './grid-params.ts';
import { addTile, fillColumn, makeFluxSums, periodsOf, SERIES_OF, writeColumn } from './grid-sums.ts';
import { cellShares, GROUP, stateRow, tileMaker } from './grid-tiles.ts';
import { AT, biomassCarbon, nitrogenOf, STATE_LENGTH, soilCarbon } from './state.ts';
import { firstState, type Tile } from './tile.ts';

/** Runs a strip. @returns what was done to the days of its tiles */
export function runStrip(
  shape: Shape,
  input: Inputs,
  params: GridParams,
  state: State,
  output: Outputs,
): Counts {
  const strip = makeStrip(shape, input, params, state, output);
  let group: Standing[] = [];
  const flush = () => {
    if (group.length > 0) runGroup(strip, group);
    group = [];
  };
  for (let cell = 0; cell < shape.cells; cell++) {
    group.push(...tilesOf(strip, cell));
    if (group.length >= GROUP) flush();
  }
  flush();
  for (let cell = 0; cell < shape.cells; cell++) writeCell(strip, cell);
  return countsOf(strip.repairs);
}

const countsOf = ({ days, gaps, clipped, swapped, noLai, clamped }: Repairs): Counts => ({
  tileDays: days,
  gaps,
  clipped,
  swapped,
  noLai,
  clamped,
});

type Strip = ReturnType<typeof makeStrip>;

function makeStrip(
  { steps, cells }: Shape,
  input: Inputs,
  params: GridParams,
  state: State,
  output: Outputs,
) {
  const periods = periodsOf(steps);
  const { days } = periods;
  const deposition = input.nDeposition as Float64Array | undefined;
  const extra = extraDepositionOf(days, cells, deposition, state.referenceDeposition!);
  const forcing = forcingOf(days, cells, input, params, input.co2 as Float64Array, extra);
  if (params.spinUp === null) setMeanTemperature(input, forcing, state);
  return {
    cells,
    params,
    state,
    output,
    periods,
    /** Types that the product does not run. */
    others: VEGETATED.filter((pft) => !params.tiles.types.includes(pft)),
    shares: cellShares(cells, input, params),
    makeTileAt: tileMaker(input, params, state),
    forcing,
    sums: makeFluxSums(days * cells),
    /** Weighted means of the pools, `[pool][cell]`. */
    pools: new Float64Array(POOL_OUTPUTS.length * cells),
    /** `[month][cell]` */
    flags: new Uint8Array(periods.months * cells),
    repairs: makeRepairs(),
  };
}

/** Without a spin-up it is that of the first year. */
function setMeanTemperature(input: Inputs, forcing: BlockForcing, { meanTemperature: means }: State): void {
  for (let cell = 0; cell < forcing.columns; cell++)
    if (Number.isNaN(means![cell]!)) means![cell] = meanTemperature(input, forcing, cell);
}

/** Pools of a tile at the end of the year, with the names of their outputs. */
const POOL_OUTPUTS: readonly (readonly [name: string, of: (state: Float64Array, tile: Tile) => number])[] = [
  ['water_a', waterMm],
  ['biomass_a', biomassCarbon],
  ['soil_a', soilCarbon],
  ['nitrogen_a', nitrogenOf],
  ...POOLS.map((pool, i) => [`${pool}_a`, (state: Float64Array) => state[AT.biomass + i]!] as const),
];

function waterMm(state: Float64Array, { column }: Tile): number {
  let water = state[AT.snow]!;
  for (let i = 0; i < 3; i++) water += state[AT.theta + i]! * column.depths[i]!;
  return 1000 * water;
}

/** A tile that waits for its year. */
interface Standing {
  readonly cell: number;
  readonly pft: VegetatedPft;
  readonly share: number;
  readonly tile: Tile;
  /** Of the chunk's state. */
  readonly row: Float64Array;
}

/** The tiles of a cell; what follows without running any is written at once. */
function tilesOf(strip: Strip, cell: number): Standing[] {
  const { params, shares, state, others, output } = strip;
  const known = shares.read(cell);
  const leafless = isLeafless(strip.forcing, params, cell);
  const standing: Standing[] = [];
  let planted = false;
  for (const pft of others) emptyType(strip, cell, pft);
  for (const [k, pft] of params.tiles.types.entries()) {
    emptyType(strip, cell, pft);
    const share = known ? shares.weights[k]! : Number.NaN;
    const shareOut = output[`share${tailOf(pft)}`];
    if (shareOut) shareOut[cell] = share;
    if (!(share > 0)) continue;
    planted = true;
    const tile = strip.makeTileAt(cell, pft);
    const row = stateRow(state, params, cell, k);
    if (params.spinUp === null && Number.isNaN(row[0]!)) row.set(firstState(tile));
    if (tile.usualSoil) addFlag(strip, cell, QA.usualSoil);
    if (leafless) emptyCell(strip, cell, QA.noLai);
    else if (Number.isNaN(row[0]!)) emptyCell(strip, cell, QA.noState);
    else standing.push({ cell, pft, share, tile, row });
  }
  if (!known) emptyCell(strip, cell, QA.noCover);
  else if (!planted) runBare(strip, cell);
  return standing;
}

function addFlag({ flags, cells, periods }: Strip, cell: number, flag: number): void {
  for (let m = 0; m < periods.months; m++) flags[m * cells + cell]! |= flag;
}

function emptyCell(strip: Strip, cell: number, flag: number): void {
  fillColumn(strip.sums, strip.cells, cell, Number.NaN);
  for (let at = cell; at < strip.pools.length; at += strip.cells) strip.pools[at] = Number.NaN;
  addFlag(strip, cell, flag);
}

/** Land without plants has no flux, and is missing where its weather is. */
function runBare({ forcing, sums, cells, periods, flags }: Strip, cell: number): void {
  const weather = makeWeather();
  const column = columnOf(forcing, cell);
  for (let d = 0; d < periods.days; d++) {
    const flag = readDay(column, d, weather);
    flags[periods.monthOf[d]! * cells + cell]! |= flag;
    if (flag & FLAG.gap) for (const flux of FLUXES) sums[flux][d * cells + cell] = Number.NaN;
  }
}

/** Fluxes that mean something only after a spin-up. */
const OF_POOLS: readonly Flux[] = ['ra', 'npp', 'rh', 'nep'];

function runGroup(strip: Strip, group: readonly Standing[]): void {
  const { periods, params, cells, repairs } = strip;
  const { days } = periods;
  const n = group.length;
  const states = new Float64Array(n * STATE_LENGTH);
  for (const [i, { row }] of group.entries()) states.set(row, i * STATE_LENGTH);
  const sums = makeFluxSums(days * n);
  const flags = new Uint8Array(days * n);
  const block = { tiles: group.map(({ tile }) => tile), columns: group.map(({ cell }) => cell), states };
  const series = Object.fromEntries(FLUXES.map((flux) => [SERIES_OF[flux], sums[flux]]));
  const done = runBlock(block, strip.forcing, { periods: dayNumbers(days), sums: series, flags });
  for (const key of Object.keys(repairs) as (keyof Repairs)[]) repairs[key] += done[key];
  if (params.spinUp === null) for (const flux of OF_POOLS) sums[flux].fill(Number.NaN);
  for (const [i, standing] of group.entries()) {
    const { cell, pft, share, tile, row } = standing;
    row.set(states.subarray(i * STATE_LENGTH, (i + 1) * STATE_LENGTH));
    addTile(strip.sums, sums, periods, { cell, cells, tile: i, tiles: n }, share);
    for (let d = 0; d < days; d++) strip.flags[periods.monthOf[d]! * cells + cell]! |= flags[d * n + i]!;
    addPools(strip, cell, share, row, tile);
    writeColumn(strip.output, tailOf(pft), sums, periods, { column: i, columns: n, cell, cells });
    writeTypePools(strip, standing);
  }
}

/** Without a spin-up only water means something. */
function addPools(
  { pools, cells, params }: Strip,
  cell: number,
  share: number,
  row: Float64Array,
  tile: Tile,
): void {
  for (const [p, [, of]] of POOL_OUTPUTS.entries())
    pools[p * cells + cell]! += params.spinUp || of === waterMm ? share * of(row, tile) : Number.NaN;
}

function writeCell({ output, sums, pools, periods, flags, cells }: Strip, cell: number): void {
  writeColumn(output, '', sums, periods, { column: cell, columns: cells, cell, cells });
  for (const [p, [name]] of POOL_OUTPUTS.entries()) {
    const out = output[name];
    if (out) out[cell] = pools[p * cells + cell]!;
  }
  let year = 0;
  for (let m = 0; m < periods.months; m++) {
    const month = flags[m * cells + cell]!;
    year |= month;
    if (output.qa) output.qa[m * cells + cell] = month;
  }
  if (output.qa_a) output.qa_a[cell] = year;
}

/** What a product may want to know of one type. */
const TYPE_POOLS = [
  ['biomass', biomassCarbon],
  ['soil', soilCarbon],
] as const;

const tailOf = (pft: VegetatedPft): string => `_${pft.toLowerCase()}`;

function writeTypePools({ output, params }: Strip, { cell, pft, row }: Standing): void {
  for (const [name, of] of TYPE_POOLS) {
    const out = output[name + SUFFIX.year + tailOf(pft)];
    if (out) out[cell] = params.spinUp ? of(row) : Number.NaN;
  }
}

/** A type that the cell does not have is missing there, not 0. */
function emptyType({ output, cells, periods }: Strip, cell: number, pft: VegetatedPft): void {
  const tail = tailOf(pft);
  for (const flux of FLUXES) {
    const monthly = output[flux + tail];
    if (monthly) for (let m = 0; m < periods.months; m++) monthly[m * cells + cell] = Number.NaN;
    const yearly = output[flux + SUFFIX.year + tail];
    if (yearly) yearly[cell] = Number.NaN;
  }
  for (const name of [`share${tail}`, ...TYPE_POOLS.map(([pool]) => pool + SUFFIX.year + tail)]) {
    const out = output[name];
    if (out) out[cell] = Number.NaN;
  }
}
