/** The leaf as a whole: the one stomatal conductance at which Ball–Berry and photosynthesis agree (spec beps.md 3.5). */
import {
  assimilationAt,
  co2Pressure,
  DIURNAL_SHAPE,
  dailyAssimilation,
  electronTransport,
  type Kinetics,
  type Limit,
  lightLimit,
  logExcess,
  makeLimit,
  rubiscoLimit,
} from '../leaf.ts';
import {
  type AirBasis,
  BOUNDARY,
  CUTICLE,
  co2OfWater,
  LEAST_CONDUCTANCE,
  leafConductance,
  metresOfMole,
} from './conductance.ts';

/** Mean over the diurnal course of conductance (Chen et al. 1999), or the value at one conductance. */
export type Diurnal = 'daily' | 'inst';

/** A leaf class on a day. Made once and filled again and again. */
export interface Leaf {
  /** Net photosynthesis, umol m-2 s-1; its two limits at the same conductance. */
  assimilation: number;
  byRubisco: number;
  byLight: number;
  /** Stomatal conductance to water, mol m-2 s-1. */
  stomatalMol: number;
  /** Leaf conductance to water, m s-1, and to CO2, umol m-2 s-1 Pa-1. */
  waterMs: number;
  co2: number;
  readonly rubisco: Limit;
  readonly light: Limit;
}

export const makeLeaf = (): Leaf => ({
  assimilation: Number.NaN,
  byRubisco: Number.NaN,
  byLight: Number.NaN,
  stomatalMol: Number.NaN,
  waterMs: Number.NaN,
  co2: Number.NaN,
  rubisco: makeLimit(),
  light: makeLimit(),
});

/** Air and soil around a leaf, the same for both classes. */
export interface LeafAir {
  tempC: number;
  co2Ppm: number;
  /** Ball–Berry slope × relative humidity × soil-water scalar / CO2: mol of conductance per umol of photosynthesis. */
  slope: number;
  /** Pressure of the biochemistry, Pa, and basis of the conductance; the usual ones unless given. */
  readonly pressurePa?: number;
  readonly basis?: AirBasis;
}

/** Slope of Ball–Berry. @param m 8 or 10 @param humidity 1, 0.15..1 @param waterScalar 1, 0..1 */
export const ballBerrySlope = (m: number, humidity: number, waterScalar: number, co2Ppm: number): number =>
  (m * humidity * waterScalar) / co2Ppm;

/** Steps at most. */
const MOST_STEPS = 100;
/** A step smaller than this, relative to the conductance, is the last: convergence is quadratic. */
const SETTLED = 1e-6;
/** Mean over A of the first guess. */
const USUAL_MEAN = 0.9;

/**
 * The root of F(gs) = g0 + slope A(gs) − gs between g0 and `widest`. F is concave and not negative at g0, so there is one.
 * Each step puts a hyperbola P gs/(Q + gs) through value and slope of A and takes its root, a quadratic's: A is nearly
 * one, and two or three steps settle. The bracket takes over should a step leave it.
 */
function settle(widest: number, limit: Limit, air: LeafAir, diurnal: Diurnal): number {
  const metres = metresOfMole(air.tempC, air.basis);
  const toCo2 = co2OfWater(air.tempC);
  const { h, s, r, perR } = limit;
  let low = LEAST_CONDUCTANCE;
  let high = widest;
  let here = firstGuess(limit, air.slope, 1 / (air.slope * metres * toCo2), low, high);
  for (let step = 0; step < MOST_STEPS; step++) {
    // `leafConductance`, `assimilationAt` and `dailyAssimilation`, which share terms with the slopes
    const stomatal = here * metres;
    const share = BOUNDARY / (BOUNDARY + CUTICLE + stomatal);
    const hg = h * (CUTICLE + stomatal) * share * toCo2;
    const apart = hg - s;
    const root = Math.sqrt(apart * apart + 4 * hg * (s - r));
    const a = (2 * r * hg) / (hg + s + root);
    let mean = a;
    let rise: number; // of the mean by ln g
    if (diurnal === 'daily') {
      const excess = logExcess(a * perR, (hg * r) / (a * (s - a)));
      mean = DIURNAL_SHAPE * (a - (0.5 * a * a + (s - r) * r * excess) / hg);
      rise = DIURNAL_SHAPE * a - mean;
    } else rise = (hg * (r - a)) / root;
    if (LEAST_CONDUCTANCE + air.slope * mean < here) high = here;
    else low = here;
    const next = hyperbolaRoot(here, mean, (rise * share * stomatal) / (CUTICLE + stomatal), air.slope);
    if (!(Math.abs(next - here) > SETTLED * here)) return next;
    here = next > low && next < high ? next : 0.5 * (low + high);
  }
  return here;
}

/**
 * Where the search begins: without g0 and boundary layer, Ball–Berry fixes the drop of CO2 across the stomata,
 * Ca − Ci = 1/slope in Pa, and with it photosynthesis.
 *
 * @param dropPa that drop for a mean equal to A
 */
function firstGuess({ h, s, r }: Limit, slope: number, dropPa: number, low: number, high: number): number {
  const drop = dropPa / USUAL_MEAN;
  const inside = h - drop; // Ci + β
  const a = inside > 0 ? s - ((s - r) * h) / inside : 0;
  const guess = low + slope * USUAL_MEAN * a;
  return guess > low && guess < high ? guess : low + 0.3 * (high - low);
}

/**
 * Root of g0 + slope·P x/(Q + x) = x, with the hyperbola that has value A at `here` and there rises by `rise` per e-fold.
 *
 * @param rise dA/d ln x, between 0 and A
 */
function hyperbolaRoot(here: number, a: number, rise: number, slope: number): number {
  const perFlat = 1 / (a - rise);
  const half = rise * here * perFlat;
  const b = LEAST_CONDUCTANCE + slope * a * a * perFlat - half;
  return 0.5 * (b + Math.sqrt(b * b + 4 * LEAST_CONDUCTANCE * half));
}

const photosynthesis = (g: number, limit: Limit, diurnal: Diurnal): number => {
  const a = assimilationAt(g, limit);
  return diurnal === 'daily' ? dailyAssimilation(g, a, limit) : a;
};

/**
 * Photosynthesis and conductance of a leaf class, where both agree: the only root, see `settle`. The root of the
 * smaller of two falling functions is the smaller of their roots: the limit that binds where stomata are widest is
 * solved first, and the other only if it binds at that root.
 *
 * @param kinetics at the air's temperature
 * @param ppfd on the leaf, umol m-2 s-1
 * @param leaf filled
 * @see Chen et al. 1999; Ball & Berry 1987 as in spec beps.md 3.4, 3.5
 */
export function coupleLeaf(
  kinetics: Kinetics,
  ppfd: number,
  air: LeafAir,
  leaf: Leaf,
  diurnal: Diurnal = 'daily',
): void {
  const caPa = co2Pressure(air.co2Ppm, air.pressurePa);
  const { rubisco, light } = leaf;
  rubiscoLimit(kinetics, caPa, rubisco);
  lightLimit(kinetics, electronTransport(ppfd, kinetics.jMax), caPa, light);
  const most = Math.min(rubisco.r, light.r);
  if (most <= 0) {
    openStomata(LEAST_CONDUCTANCE, air, leaf, diurnal);
    return;
  }
  const widest = LEAST_CONDUCTANCE + air.slope * DIURNAL_SHAPE * most;
  const lightFirst = light.r <= rubisco.r;
  openStomata(settle(widest, lightFirst ? light : rubisco, air, diurnal), air, leaf, diurnal);
  const otherBinds = lightFirst ? leaf.byRubisco < leaf.byLight : leaf.byLight < leaf.byRubisco;
  if (!otherBinds) return;
  openStomata(settle(leaf.stomatalMol, lightFirst ? rubisco : light, air, diurnal), air, leaf, diurnal);
}

/** Sets everything of a leaf that follows from its stomatal conductance. */
export function openStomata(stomatalMol: number, air: LeafAir, leaf: Leaf, diurnal: Diurnal): void {
  leaf.stomatalMol = stomatalMol;
  leaf.waterMs = leafConductance(stomatalMol * metresOfMole(air.tempC, air.basis));
  leaf.co2 = leaf.waterMs * co2OfWater(air.tempC);
  leaf.byRubisco = photosynthesis(leaf.co2, leaf.rubisco, diurnal);
  leaf.byLight = photosynthesis(leaf.co2, leaf.light, diurnal);
  leaf.assimilation = Math.max(0, Math.min(leaf.byRubisco, leaf.byLight));
}
