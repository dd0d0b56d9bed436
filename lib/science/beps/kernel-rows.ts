/** What the BEPS kernel reads of a tile and of a day, in the order of its layout (kernels/assembly/beps/layout.ts). */

import { HIGHEST_LAI, LOWEST_LAI } from '../canopy.ts';
import { LEAF_CN, nitrogenScalar } from '../leaf.ts';
import { DRIEST, HOUR_S } from '../sun.ts';
import type { Weather } from './day.ts';
import type { Rates } from './decomposition.ts';
import { FLAG, type Forcing, RULES, readDay } from './forcing.ts';
import type { Tile } from './tile.ts';
import { baseflowRatio, irrigatedFrom, WET_LEAF } from './water-day.ts';

/** Rates of the kernel, and what each pool loses in all. */
const RATES = [
  ['ssdA', 'ssdSm', 'ssdS'],
  ['smdA', 'smdSm'],
  ['fsdA', 'fsdM', 'fsdS'],
  ['fmdA', 'fmdM'],
  ['cdA', 'cdM', 'cdS'],
  ['smA', 'smS'],
  ['mA', 'mP', 'mS'],
  ['sA', 'sP', 'sM'],
  ['pA', 'pM'],
] as const satisfies readonly (readonly (keyof Rates)[])[];

/**
 * Everything of a tile that no day changes, as numbers.
 *
 * @param carbon whether pools live; without, leaves keep the C:N they start with
 */
export function tileRow(tile: Tile, carbon: boolean): number[] {
  const { pft, options } = tile;
  return [
    pft.vcmax25,
    pft.criticalCn,
    pft.vcmax25 * nitrogenScalar(LEAF_CN, pft.criticalCn),
    Number(carbon && options.nitrogen === 'full'),
    pft.ballBerry,
    tile.clumping,
    tile.column.airMs,
    tile.column.melt,
    ...waterRow(tile),
    ...carbonRow(tile),
    1 + tile.column.airMs / WET_LEAF,
    ...tile.column.depths.map((depth) => 1 / depth),
    ...tile.column.soils.map(({ wiltingPoint }) => 0.5 * wiltingPoint),
  ];
}

function waterRow({ column, curves, layers }: Tile): number[] {
  const { soils, group } = column;
  const [top] = soils;
  const ratio = baseflowRatio(column.meanTempC);
  return [
    ...soils.map(({ porosity }) => porosity),
    ...soils.map(({ fieldCapacity }) => fieldCapacity),
    ...soils.map(({ wiltingPoint }) => wiltingPoint),
    ...column.depths,
    ...column.roots,
    ...soils.map(({ fieldCapacity, wiltingPoint }) => 1 / (fieldCapacity - wiltingPoint)),
    ...soils.map(({ fieldCapacity, porosity }) => 0.25 / (porosity - fieldCapacity)),
    ...soils.map(({ conductivity }, i) => (i === 2 ? ratio : 1) * conductivity),
    ...soils.map(({ b }, i) => (i === 2 ? 2.4 : 2) * b + 3),
    Number(group === 'tree'),
    Number(group === 'crop'),
    1 / (top.porosity - top.wiltingPoint),
    ...soils.map(({ porosity }) => 1 / porosity),
    ...soils.map((soil) => (column.irrigation ? irrigatedFrom(soil) : -1)),
    ...curves.map(({ m }) => m),
    ...curves.map(({ atOptimum }) => atOptimum),
    ...curves.map(({ span }) => span),
    ...curves.map(({ lnAtEnds }) => lnAtEnds),
    ...layers,
  ];
}

function carbonRow({ pft, maintenance, turnover, rates, options }: Tile): number[] {
  const { allocation } = pft;
  const linear = maintenance.sapwoodHalf === null;
  const [least, most] = options.nppClamp ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return [
    1000 * maintenance.leaf,
    (linear ? 1 : 1000) * maintenance.stem, // of stem carbon in g: kg × 1000 g kg-1, or a share
    1000 * maintenance.croot,
    1000 * maintenance.froot,
    linear ? 0 : 1000 * maintenance.sapwoodHalf!,
    Number(linear),
    least,
    most,
    turnover.stem,
    turnover.croot,
    turnover.leaf,
    turnover.froot,
    turnover.firstDoy,
    turnover.lastDoy,
    allocation.stem,
    allocation.croot,
    allocation.leaf,
    allocation.froot,
    pft.metabolic,
    ...RATES.map((names) => names.reduce((sum, name) => sum + rates[name], 0)),
    ...RATES.flat().map((name) => rates[name]),
  ];
}

/** Numbers of a day's weather that the kernel reads, and from day to day. */
export const WEATHER_NUMBERS = 12;

/**
 * Lays day t at `at`; one with a gap is NaN throughout. Most days need no repair, which one look tells.
 *
 * @param today to work on
 * @returns flag as of `readDay`
 */
export function layDay(
  forcing: Forcing,
  t: number,
  tile: Tile,
  today: Weather,
  out: Float64Array,
  at: number,
): number {
  const doy = forcing.doy[t]!;
  out[at + 8] = tile.dayHours[doy]! * HOUR_S;
  out[at + 9] = tile.cosMean[doy]!;
  out[at + 10] = doy;
  if (layWhole(forcing, t, out, at)) return 0;
  const flag = readDay(forcing, t, today);
  if (flag & FLAG.gap) out.fill(Number.NaN, at, at + 8);
  else {
    out[at] = today.tempMinC;
    out[at + 1] = today.tempMaxC;
    out[at + 2] = today.shortwaveMJ;
    out[at + 3] = today.humidity;
    out[at + 4] = today.rainMm;
    out[at + 5] = today.lai;
    out[at + 6] = today.co2Ppm;
    out[at + 7] = today.extraDeposition;
  }
  return flag;
}

/** Lays a day whose values all lie within the model's ranges. @returns whether they do */
function layWhole(forcing: Forcing, t: number, out: Float64Array, at: number): boolean {
  const from = forcing.offset + t * forcing.stride;
  const low = forcing.tempMinC[from]!;
  const high = forcing.tempMaxC[from]!;
  const light = forcing.shortwaveMJ[from]!;
  const humidity = forcing.humidity[from]!;
  const rain = forcing.rainMm[from]!;
  const lai = forcing.lai[from]!;
  const co2 = forcing.co2Ppm[t]!;
  const deposition = forcing.extraDeposition[from]!;
  out[at] = low;
  out[at + 1] = high;
  out[at + 2] = light;
  out[at + 3] = humidity;
  out[at + 4] = rain;
  out[at + 5] = lai;
  out[at + 6] = co2;
  out[at + 7] = deposition;
  return (
    low >= COLDEST &&
    low <= high &&
    high <= HOTTEST &&
    light >= DIMMEST &&
    light <= BRIGHTEST &&
    humidity >= DRIEST &&
    humidity <= 1 &&
    rain >= 0 &&
    rain <= WETTEST &&
    lai >= LOWEST_LAI &&
    lai <= HIGHEST_LAI &&
    co2 > 0 &&
    !Number.isNaN(deposition)
  );
}

const [COLDEST, HOTTEST] = RULES.tempMinC.range;
const [DIMMEST, BRIGHTEST] = RULES.shortwaveMJ.range;
const [, WETTEST] = RULES.rainMm.range;
