/**
 * Photosynthesis of a leaf at a given conductance: kinetics, and the closed forms of Farquhar's two limits
 * (spec beps.md 3.1 to 3.3). Pressures in Pa, on a basis of 1e5 Pa unless another is given.
 */
import { expOf, lnOf } from './beps/powers.ts';

/** Gas constant, J mol-1 K-1. */
export const GAS_CONSTANT = 8.314;
export const KELVIN = 273.15;

/** Pressure of the biochemistry, Pa, and the share of oxygen in air. */
export const BIOCHEMISTRY_PA = 1e5;
const OXYGEN_SHARE = 0.21;

/** Leaf C:N that a tile starts with, kgC kgN-1. */
export const LEAF_CN = 34;

/** Kinetics of a leaf, filled again for every day and leaf class. */
export interface Kinetics {
  /** Kc (1 + O/Ko), Pa. */
  kPa: number;
  /** CO2 compensation point, Pa. */
  gammaPa: number;
  /** Rubisco capacity, umol m-2 s-1. */
  vm: number;
  /** Capacity of electron transport, umol m-2 s-1. */
  jMax: number;
  /** Dark respiration, umol m-2 s-1. */
  rd: number;
}

export const makeKinetics = (): Kinetics => ({
  kPa: Number.NaN,
  gammaPa: Number.NaN,
  vm: Number.NaN,
  jMax: Number.NaN,
  rd: Number.NaN,
});

/** Kc, Pa. @see Collatz et al. 1991; spec beps.md 3.1 */
export const michaelisCo2Pa = (tempC: number): number => 30 * 2.1 ** ((tempC - 25) / 10);
/** Ko, Pa. */
export const michaelisO2Pa = (tempC: number): number => 30_000 * 1.2 ** ((tempC - 25) / 10);
/** Γ*, Pa. */
export const compensationPa = (tempC: number): number => 4.02 * 1.75 ** ((tempC - 25) / 10);
/** Heat and cold brake of Rubisco, 0..1: 0.957 at 25 degC. @see Bonan 1995 */
export function rubiscoBrake(tempC: number, gasConstant: number = GAS_CONSTANT): number {
  const tempK = tempC + KELVIN;
  return 1 / (1 + expOf((-220_000 + 712 * tempK) / (gasConstant * tempK)));
}

/** Nitrogen scalar of Rubisco, 0.45..1. @param criticalCn C:N below which it is 1 @see spec beps.md 3.1 */
export const nitrogenScalar = (leafCn: number, criticalCn: number): number =>
  Math.min(1, Math.max(0.45, criticalCn / leafCn));

const LN_KC = Math.log(2.1) / 10;
const LN_KO = Math.log(1.2) / 10;
const LN_GAMMA = Math.log(1.75) / 10;
const LN_VM = Math.log(2.4) / 10;

/**
 * Kinetics at leaf temperature.
 *
 * @param tempC −50..45 degC
 * @param vm25 Rubisco capacity at 25 degC times the nitrogen scalar, umol m-2 s-1
 */
export function kineticsAt(
  tempC: number,
  vm25: number,
  out: Kinetics,
  gasConstant: number = GAS_CONSTANT,
  pressurePa: number = BIOCHEMISTRY_PA,
): void {
  const above25 = tempC - 25;
  const kc = 30 * expOf(LN_KC * above25);
  const ko = 30_000 * expOf(LN_KO * above25);
  out.kPa = kc * (1 + (OXYGEN_SHARE * pressurePa) / ko);
  out.gammaPa = 4.02 * expOf(LN_GAMMA * above25);
  out.vm = vm25 * expOf(LN_VM * above25) * rubiscoBrake(tempC, gasConstant);
  out.jMax = 29.1 + 1.64 * out.vm;
  out.rd = 0.015 * out.vm;
}

/** Electron transport, umol m-2 s-1. @param ppfd on the leaf, umol m-2 s-1 @see Woodward et al. 1995 eq. 11 */
export function electronTransport(ppfd: number, jMax: number): number {
  const light = 0.24 * ppfd;
  const ratio = light / jMax;
  return light / Math.sqrt(1 + ratio * ratio);
}

/** Partial pressure of CO2 in air, Pa. @param co2Ppm 250..1000 */
export const co2Pressure = (co2Ppm: number, pressurePa: number = BIOCHEMISTRY_PA): number =>
  (pressurePa / 1e6) * co2Ppm;

/**
 * One limit of photosynthesis, A = α (Ci − Γ*)/(Ci + β) − Rd: Rubisco α = Vm, β = K; light α = J/4.5, β = 7/3 Γ*.
 * `h`, `s` and `r` are what the closed forms want of it.
 */
export interface Limit {
  alpha: number;
  betaPa: number;
  /** Ca + β, Pa. */
  h: number;
  /** α − Rd: net photosynthesis at endless CO2. */
  s: number;
  /** Net photosynthesis at Ci = Ca, that is at endless conductance, and its inverse. */
  r: number;
  perR: number;
}

export const makeLimit = (): Limit => ({
  alpha: Number.NaN,
  betaPa: Number.NaN,
  h: Number.NaN,
  s: Number.NaN,
  r: Number.NaN,
  perR: Number.NaN,
});

function setLimit(alpha: number, betaPa: number, kinetics: Kinetics, caPa: number, out: Limit): void {
  out.alpha = alpha;
  out.betaPa = betaPa;
  out.h = caPa + betaPa;
  out.s = alpha - kinetics.rd;
  out.r = (alpha * (caPa - kinetics.gammaPa)) / out.h - kinetics.rd;
  out.perR = 1 / out.r;
}

/** Limit by Rubisco. @param caPa CO2 in air, Pa */
export const rubiscoLimit = (kinetics: Kinetics, caPa: number, out: Limit): void =>
  setLimit(kinetics.vm, kinetics.kPa, kinetics, caPa, out);

/** Limit by light. @param electrons J, umol m-2 s-1 */
export const lightLimit = (kinetics: Kinetics, electrons: number, caPa: number, out: Limit): void =>
  setLimit(electrons / 4.5, (10.5 / 4.5) * kinetics.gammaPa, kinetics, caPa, out);

/** Net photosynthesis at a given CO2 inside, umol m-2 s-1. @see Farquhar et al. 1980 */
export const farquhar = ({ alpha, betaPa }: Limit, { gammaPa, rd }: Kinetics, ciPa: number): number =>
  (alpha * (ciPa - gammaPa)) / (ciPa + betaPa) - rd;

/** Discriminant D(g) = (h g − s)² + 4 h g d of the quadratic in A, all terms positive; d = s − r > 0. */
function discriminant(hg: number, s: number, d: number): number {
  const apart = hg - s;
  return apart * apart + 4 * hg * d;
}

/**
 * Net photosynthesis at a conductance, where A = g (Ca − Ci) meets the limit; 0 where it would be negative.
 *
 * @param g leaf conductance to CO2, umol m-2 s-1 Pa-1
 * @returns umol m-2 s-1, 0..r
 * @see Chen et al. 1999; spec beps.md 3.2, the form without cancellation
 */
export function assimilationAt(g: number, { h, s, r }: Limit): number {
  if (s <= 0 || r <= 0) return 0;
  const hg = h * g;
  return (2 * r * hg) / (hg + s + Math.sqrt(discriminant(hg, s, s - r)));
}

/** Half-sine over triangle: how far the mean of a day lies above the mean over conductances. */
export const DIURNAL_SHAPE = 4 / Math.PI;

/** Coefficients 1/n of the series of −ln(1 − x) − x. */
const [C2, C3, C4, C5, C6, C7, C8] = [1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8] as const;
const [C9, C10, C11, C12, C13, C14, C15] = [1 / 9, 1 / 10, 1 / 11, 1 / 12, 1 / 13, 1 / 14, 1 / 15] as const;

/** −ln(1 − x) − x for 0 ≤ x < 1, given both x and 1/(1 − x); by its series where the difference would lose digits. */
export function logExcess(x: number, perLeft: number): number {
  if (x > 0.125) return lnOf(perLeft) - x;
  const x2 = x * x;
  const x4 = x2 * x2;
  const low = C2 + C3 * x + x2 * (C4 + C5 * x) + x4 * (C6 + C7 * x + x2 * (C8 + C9 * x));
  const high = C10 + C11 * x + x2 * (C12 + C13 * x) + x4 * (C14 + C15 * x);
  return x2 * (low + x4 * x4 * high);
}

/**
 * Mean photosynthesis of a day, (4/π) (1/g) ∫₀^g A dg', where conductance rises and falls between 0 and its noon.
 *
 * With A itself as the variable, g = A (s − A)/(h (r − A)) and so, by parts,
 * ∫₀^g A dg' = g A − [A²/2 + d r (−ln(1 − A/r) − A/r)]/h, d = s − r: no term larger than the first, no cancellation
 * at any g, and 1 − A/r = A (s − A)/(h g r) has all its digits.
 *
 * @param a photosynthesis at g, from `assimilationAt`
 * @returns umol m-2 s-1; up to 1.27 r
 * @see Chen et al. 1999; spec beps.md 3.3, of which this is the same integral
 */
export function dailyAssimilation(g: number, a: number, { h, s, r, perR }: Limit): number {
  if (g <= 0 || a <= 0) return 0;
  const hg = h * g;
  const excess = logExcess(a * perR, (hg * r) / (a * (s - a)));
  return DIURNAL_SHAPE * (a - (0.5 * a * a + (s - r) * r * excess) / hg);
}
