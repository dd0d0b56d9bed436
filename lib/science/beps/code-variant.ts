/**
 * The leaf of the public global code, for replication (spec beps.md 3.5, 3.6, 15 Q3 to Q6): rounded constants, Jarvis's
 * conductance as a start, and five steps towards agreement. Wrong digits are the point of this file.
 */
import { co2Pressure, electronTransport, type Kinetics } from '../leaf.ts';
import { CODE_AIR, co2OfWater, LEAST_CONDUCTANCE, leafConductance, metresOfMole } from './conductance.ts';
import type { Leaf, LeafAir } from './coupling.ts';

/** Their 4/π, steps, and seven numbers of the light limit. */
const SHAPE = 1.27;
export const PICARD_STEPS = 5;

/** Their gas constants: of Rubisco's brake, and between water and CO2. */
export const CODE_BRAKE_GAS = 8.32;
const CODE_CO2_GAS = 8.3143;

/** √D = √(h² g² + b g + s²), with a middle coefficient that need not fit the others. */
export interface CodeLimit {
  readonly h: number;
  readonly b: number;
  readonly s: number;
}

export function codeRubiscoLimit({ vm, kPa, gammaPa, rd }: Kinetics, caPa: number): CodeLimit {
  const h = caPa + kPa;
  return { h, b: 2 * vm * (2 * gammaPa + kPa - caPa) + 2 * h * rd, s: vm - rd };
}

/** Light limit with 0.4, 4.3, 0.22 and 2.33 for 2/4.5, 13/3, 1/4.5 and 7/3. */
export function codeLightLimit({ gammaPa, rd }: Kinetics, electrons: number, caPa: number): CodeLimit {
  const h = caPa + 2.33 * gammaPa;
  return { h, b: 0.4 * electrons * (4.3 * gammaPa - caPa) + 2 * h * rd, s: 0.22 * electrons - rd };
}

/** 1.27 (1/g) ∫₀^g A dg' for such a limit. @param g above 0 @see Chen et al. 1999 as in the public code */
export function codeDailyAssimilation(g: number, { h, b, s }: CodeLimit): number {
  const a = h * h;
  const root = Math.sqrt(a * g * g + b * g + s * s);
  const ratio = (2 * a * g + b + 2 * h * root) / (b + 2 * h * s);
  const area =
    ((2 * a * g + b) * root - b * s) / (4 * a) + ((4 * a * s * s - b * b) / (8 * h ** 3)) * Math.log(ratio);
  return (SHAPE * ((h * g * g) / 2 + s * g - area)) / (2 * g);
}

/**
 * Jarvis's stomatal conductance, m s-1.
 *
 * @param ppfdNoon on the leaf at noon, umol m-2 s-1
 * @param vpdKPa daytime vapour pressure deficit, kPa
 * @param most the type's largest conductance, m s-1
 * @param meanTempC mean of many years, degC
 * @see spec beps.md 3.6
 */
export function jarvisConductance(
  ppfdNoon: number,
  tempC: number,
  vpdKPa: number,
  waterScalar: number,
  most: number,
  meanTempC: number,
): number {
  const light = (0.01 * ppfdNoon) / (1 + 0.01 * ppfdNoon);
  return most * light * jarvisTemp(tempC, meanTempC) * jarvisDryness(vpdKPa, meanTempC) * waterScalar;
}

function jarvisTemp(tempC: number, meanTempC: number): number {
  const best = Math.max(22.5, 22.5 + 0.25 * meanTempC);
  const hottest = Math.max(36, 36 + 0.25 * meanTempC);
  if (tempC < 0 || tempC > hottest) return 0;
  if (tempC < best) return Math.log(tempC + 1) / Math.log(best + 1);
  return Math.cos((Math.PI * (tempC - best)) / (2 * (hottest - best)));
}

function jarvisDryness(vpdKPa: number, meanTempC: number): number {
  const open = Math.max(0, 0.01 * meanTempC);
  const closed = Math.max(3, 3 + 0.02 * meanTempC);
  if (vpdKPa < open) return 1;
  return vpdKPa > closed ? 0.001 : (closed - vpdKPa) / (closed - open);
}

/** What the code knows of a leaf besides. */
export interface CodeLeafAir extends LeafAir {
  /** Jarvis's conductance, the start, m s-1. */
  start: number;
}

/**
 * Five steps A → gs → G → A from Jarvis; the last A, and the G computed after it.
 *
 * @param kinetics with `CODE_BRAKE_GAS`
 * @see spec beps.md 3.5, V09b
 */
export function iterateLeaf(
  kinetics: Kinetics,
  ppfd: number,
  air: CodeLeafAir,
  leaf: Leaf,
  steps: number = PICARD_STEPS,
): void {
  const caPa = co2Pressure(air.co2Ppm);
  const rubisco = codeRubiscoLimit(kinetics, caPa);
  const light = codeLightLimit(kinetics, electronTransport(ppfd, kinetics.jMax), caPa);
  leaf.waterMs = leafConductance(air.start);
  for (let step = 0; step < steps; step++) {
    const g = leaf.waterMs * co2OfWater(air.tempC, CODE_CO2_GAS);
    leaf.co2 = g;
    leaf.byRubisco = codeDailyAssimilation(g, rubisco);
    leaf.byLight = codeDailyAssimilation(g, light);
    leaf.assimilation = Math.max(0, Math.min(leaf.byRubisco, leaf.byLight));
    leaf.stomatalMol = LEAST_CONDUCTANCE + air.slope * leaf.assimilation;
    leaf.waterMs = leafConductance(leaf.stomatalMol * metresOfMole(air.tempC, CODE_AIR));
  }
}
