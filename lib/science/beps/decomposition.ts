/** Nine pools of modified CENTURY (Parton et al. 1993; spec beps.md 6.1, 6.2, 6.4). */
import type { PftParams } from '../pft.ts';
import { SOIL_POOLS, type SoilPool } from './state.ts';

/** Base of lignin: 0.242/(0.15 + 0.018 × 0.6 × 34). */
const LIGNIN_BASE = 0.242 / (0.15 + 0.018 * 0.6 * 34);

/** Rates at the best of soils, d-1: CENTURY's maxima, but wood and slow. */
const MAXIMUM = {
  ssd: 0.010685,
  smd: 0.0405479,
  fsd: 0.0131517,
  fmd: 0.05068493,
  cd: 0.009863,
  sm: 0.0164384,
  m: 0.02,
  s: 0.25 / 365,
  p: 0.0045 / 365,
} as const;

/** Floor of the share of slow carbon that becomes passive. */
const LEAST_PASSIVE = 4e-5;

/** Flow from slow to passive: CENTURY's share, or the public code's floor of 1e-4 a day that is always active (Q10). */
export type SlowToPassive = 'century' | 'code';

/** Daily rates from pool to pool at factor 1, d-1; `A` goes to the air. */
export interface Rates {
  readonly ssdA: number;
  readonly ssdSm: number;
  readonly ssdS: number;
  readonly smdA: number;
  readonly smdSm: number;
  readonly fsdA: number;
  readonly fsdM: number;
  readonly fsdS: number;
  readonly fmdA: number;
  readonly fmdM: number;
  readonly cdA: number;
  readonly cdM: number;
  readonly cdS: number;
  readonly smA: number;
  readonly smS: number;
  readonly mA: number;
  readonly mP: number;
  readonly mS: number;
  readonly sA: number;
  readonly sP: number;
  readonly sM: number;
  readonly pA: number;
  readonly pM: number;
}

/** Lignin of leaves and fine roots, and of wood, 1. */
export const ligninOf = ({ ligninLeaf, ligninWood }: PftParams): { leaf: number; wood: number } => ({
  leaf: ligninLeaf * LIGNIN_BASE,
  wood: ligninWood,
});

/**
 * Rates of a tile.
 *
 * @param clay, silt shares of the fine earth, 1
 * @see spec beps.md 6.2, V17
 */
export function ratesOf(
  pft: PftParams,
  clay: number,
  silt: number,
  slowToPassive: SlowToPassive = 'century',
): Rates {
  return { ...litterRates(pft), ...humusRates(pft.decay, clay, silt, slowToPassive) };
}

function litterRates(pft: PftParams) {
  const { leaf, wood } = ligninOf(pft);
  const ssd = MAXIMUM.ssd * Math.exp(-3 * leaf) * pft.decay;
  const fsd = MAXIMUM.fsd * Math.exp(-3 * leaf) * pft.decay;
  const cd = MAXIMUM.cd * Math.exp(-3 * wood) * pft.decay;
  const smd = MAXIMUM.smd * pft.decay;
  const fmd = MAXIMUM.fmd * pft.decay;
  return {
    ssdA: ssd * (0.6 * (1 - leaf) + 0.3 * leaf),
    ssdSm: ssd * 0.4 * (1 - leaf),
    ssdS: ssd * 0.7 * leaf,
    smdA: smd * 0.6,
    smdSm: smd * 0.4,
    fsdA: fsd * (0.55 * (1 - leaf) + 0.3 * leaf),
    fsdM: fsd * 0.45 * (1 - leaf),
    fsdS: fsd * 0.7 * leaf,
    fmdA: fmd * 0.5,
    fmdM: fmd * 0.5,
    cdA: cd * (0.55 * (1 - wood) + 0.45 * wood),
    cdM: cd * 0.45 * (1 - wood),
    cdS: cd * 0.55 * wood,
  };
}

function humusRates(decay: number, clay: number, silt: number, slowToPassive: SlowToPassive) {
  const fine = clay + silt;
  const m = MAXIMUM.m * (1 - 0.75 * fine) * decay;
  const leached = (5 / 18) * (0.01 + 0.04 * (1 - fine)); // stays where it is
  const mA = m * (0.85 - 0.68 * fine);
  const mP = m * (0.003 + 0.032 * clay);
  const sm = MAXIMUM.sm * decay;
  const s = MAXIMUM.s * decay;
  const share = 0.003 - 0.009 * clay;
  const sP =
    slowToPassive === 'code' ? Math.max(s * share, 1e-4 * decay) : s * Math.max(share, LEAST_PASSIVE);
  const p = MAXIMUM.p * decay;
  return {
    smA: sm * 0.6,
    smS: sm * 0.4,
    mA,
    mP,
    mS: m * (1 - leached) - mA - mP,
    sA: s * 0.55,
    sP,
    sM: s * 0.45 - sP,
    pA: p * 0.5,
    pM: p * 0.5,
  };
}

/** Carbon or nitrogen of litter that falls on a day, g m-2. */
export interface Litter {
  leaf: number;
  froot: number;
  /** Stems and coarse roots. */
  wood: number;
}

/**
 * One day of decomposition, everything at the values of the day before. Nitrogen moves with carbon at its donor's C:N
 * and so by the same rates.
 *
 * @param pools nine pools from `at` on, g m-2, updated
 * @param metabolic share of leaf and root litter
 * @param factor from `decompositionFactor`, 0..1
 * @returns what goes to the air (of carbon) or becomes mineral (of nitrogen), g m-2 d-1
 * @see spec beps.md 6.4
 */
export function decompose(
  pools: Float64Array,
  at: number,
  litter: Litter,
  metabolic: number,
  rates: Rates,
  factor: number,
): number {
  const ssd = pools[at]! * factor;
  const smd = pools[at + 1]! * factor;
  const fsd = pools[at + 2]! * factor;
  const fmd = pools[at + 3]! * factor;
  const cd = pools[at + 4]! * factor;
  const sm = pools[at + 5]! * factor;
  const m = pools[at + 6]! * factor;
  const s = pools[at + 7]! * factor;
  const p = pools[at + 8]! * factor;
  const r = rates;
  pools[at]! += (1 - metabolic) * litter.leaf - ssd * (r.ssdA + r.ssdSm + r.ssdS);
  pools[at + 1]! += metabolic * litter.leaf - smd * (r.smdA + r.smdSm);
  pools[at + 2]! += (1 - metabolic) * litter.froot - fsd * (r.fsdA + r.fsdM + r.fsdS);
  pools[at + 3]! += metabolic * litter.froot - fmd * (r.fmdA + r.fmdM);
  pools[at + 4]! += litter.wood - cd * (r.cdA + r.cdM + r.cdS);
  pools[at + 5]! += ssd * r.ssdSm + smd * r.smdSm - sm * (r.smA + r.smS);
  pools[at + 6]! += fsd * r.fsdM + fmd * r.fmdM + cd * r.cdM + s * r.sM + p * r.pM - m * (r.mA + r.mP + r.mS);
  pools[at + 7]! +=
    ssd * r.ssdS + fsd * r.fsdS + cd * r.cdS + sm * r.smS + m * r.mS - s * (r.sA + r.sP + r.sM);
  pools[at + 8]! += m * r.mP + s * r.sP - p * (r.pA + r.pM);
  return (
    ssd * r.ssdA +
    smd * r.smdA +
    fsd * r.fsdA +
    fmd * r.fmdA +
    cd * r.cdA +
    sm * r.smA +
    m * r.mA +
    s * r.sA +
    p * r.pA
  );
}

const POOLS = SOIL_POOLS.length;

/** The same as a matrix at factor 1, d-1: dx/dt = A x + b; what goes to the air is −1ᵀA x. Row-major 9 × 9. */
export function rateMatrix(rates: Rates): Float64Array {
  const matrix = new Float64Array(POOLS * POOLS);
  for (const [name, rate] of Object.entries(rates)) {
    const [from, to] = flowOf(name);
    matrix[from * POOLS + from]! -= rate;
    if (to >= 0) matrix[to * POOLS + from]! += rate;
  }
  return matrix;
}

/** Pools that a rate's name joins, `fsdM` from fsd to m; −1 is the air. */
function flowOf(name: string): [from: number, to: number] {
  const [, from, to] = /^([a-z]+)([A-Z][a-z]*)$/.exec(name)!;
  const index = (pool: string) => SOIL_POOLS.indexOf(pool as SoilPool);
  return [index(from!), index(to!.toLowerCase())];
}

/** Share of each pool that goes to the air at factor 1, d-1. */
export const airRates = (r: Rates): readonly number[] => [
  r.ssdA,
  r.smdA,
  r.fsdA,
  r.fmdA,
  r.cdA,
  r.smA,
  r.mA,
  r.sA,
  r.pA,
];
