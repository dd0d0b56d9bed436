/** The soil as a column of three layers: hydraulics from texture, roots, and how water limits plants (spec beps.md 4). */
import type { PlantGroup } from './pft.ts';

/** Thickness of the first two layers, m; the third is the type's. */
export const DEPTH_1 = 0.15;
export const DEPTH_2 = 0.45;

/** Hydraulic properties of a layer. */
export interface Hydraulics {
  /** Porosity, field capacity, wilting point, m3 m-3. */
  readonly porosity: number;
  readonly fieldCapacity: number;
  readonly wiltingPoint: number;
  /** Suction at saturation, m. */
  readonly suctionM: number;
  /** Exponent of Campbell's retention, 1. */
  readonly b: number;
  /** Conductivity at saturation, m d-1. */
  readonly conductivity: number;
  /** Shares of the fine earth, 1. */
  readonly clay: number;
  readonly silt: number;
}

/** Texture where there is none, %. */
export const USUAL_TEXTURE = Object.freeze({ clay: 30, silt: 30 });

const LEAST_TEXTURE = 2;
const MOST_TEXTURE = 90;

const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/**
 * Whether a texture says nothing: missing, or no clay and no silt at all (sea, ice, fill).
 */
export const isNoTexture = (clayPct: number, siltPct: number): boolean =>
  !(clayPct >= 0 && siltPct >= 0 && clayPct + siltPct > 0 && clayPct + siltPct <= 100);

/**
 * Hydraulics from texture; clay and silt clipped to 2..90 %, sand is the rest (at least 2 %).
 *
 * @param clayPct, siltPct % of the fine earth
 * @see the public code's fits; spec beps.md 4.1
 */
export function hydraulicsOf(clayPct: number, siltPct: number): Hydraulics {
  const clay = clip(clayPct, LEAST_TEXTURE, MOST_TEXTURE);
  const silt = clip(siltPct, LEAST_TEXTURE, MOST_TEXTURE);
  const sand = Math.max(LEAST_TEXTURE, 100 - clay - silt);
  const porosity = Math.max(0.3, (1.05 * (50.5 - 0.142 * sand + 0.037 * clay)) / 100);
  const a1 = -5.99 + 0.0544 * sand + 0.0451 * silt;
  const a2 = 11.43 - 0.1034 * sand - 0.0687 * silt;
  const wiltingPoint = Math.max(0.06, porosity * (a1 / -1500) ** (1 / a2));
  const field = Math.max(0.12, porosity * (a1 / -15) ** (1 / a2));
  return {
    porosity,
    fieldCapacity: Math.min(porosity - 0.01, Math.max(wiltingPoint + 0.01, field)),
    wiltingPoint,
    suctionM: Math.max(0.025, 9.8e-4 * Math.exp(3 * (1.54 - 0.0095 * sand + 0.0063 * silt))),
    b: Math.max(2.5, 3.1 + 0.157 * clay - 0.003 * sand),
    conductivity: clip(clay > 5 ? 0.051 * (clay / 100) ** -2.03 : 0.102 * 0.05 ** -2.03, 0.1, 4),
    clay: clay / 100,
    silt: silt / 100,
  };
}

/** A number for each layer, from the surface down. */
export type Layers = [number, number, number];

/** Share of the roots in each layer, 1. @param rootBeta β of β^(depth in cm) @see Jackson et al. 1996 */
export function rootShares(rootBeta: number): Layers {
  const below1 = rootBeta ** (100 * DEPTH_1);
  const below2 = rootBeta ** (100 * (DEPTH_1 + DEPTH_2));
  return [1 - below1, below1 - below2, 1 - (1 - below1) - (below1 - below2)];
}

const LEAST_WATER_SCALAR = 0.01;

/**
 * How freely a layer gives its water, 0.01..1: 1 at field capacity.
 *
 * @param theta water, m3 m-3
 * @see Chen et al. 2003; Ju et al. 2006; spec beps.md 4.4
 */
export function layerScalar(theta: number, soil: Hydraulics, group: PlantGroup): number {
  const { wiltingPoint, fieldCapacity, porosity } = soil;
  if (theta <= wiltingPoint) return LEAST_WATER_SCALAR;
  if (theta > fieldCapacity)
    return Math.max(LEAST_WATER_SCALAR, 1 - (0.25 * (theta - fieldCapacity)) / (porosity - fieldCapacity));
  const x = (theta - wiltingPoint) / (fieldCapacity - wiltingPoint);
  return Math.max(LEAST_WATER_SCALAR, group === 'crop' ? 2 * x - x * x : x);
}

/** Water as plants see it. Made once and filled again and again. */
export interface WaterStress {
  /** Scalar ψ on Ball–Berry's slope, 0..1. */
  scalar: number;
  /** Of each layer: its scalar, and its share of the uptake. */
  readonly byLayer: Layers;
  readonly uptake: Layers;
}

export const makeWaterStress = (): WaterStress => ({
  scalar: Number.NaN,
  byLayer: [Number.NaN, Number.NaN, Number.NaN],
  uptake: [Number.NaN, Number.NaN, Number.NaN],
});

/**
 * Soil-water scalar and shares of the uptake; trees shift it to wet layers.
 *
 * @param theta1, theta2, theta3 water of the layers at the start of the day, m3 m-3
 * @see Ju et al. 2006 eq. 14; Chen et al. 2012; spec beps.md 4.4
 */
export function waterStress(
  theta1: number,
  theta2: number,
  theta3: number,
  soils: readonly [Hydraulics, Hydraulics, Hydraulics],
  roots: Layers,
  group: PlantGroup,
  out: WaterStress,
): void {
  const { byLayer, uptake } = out;
  byLayer[0] = layerScalar(theta1, soils[0], group);
  byLayer[1] = layerScalar(theta2, soils[1], group);
  byLayer[2] = layerScalar(theta3, soils[2], group);
  const shifted = group === 'tree';
  const sum = shifted ? roots[0] * byLayer[0] + roots[1] * byLayer[1] + roots[2] * byLayer[2] : 1;
  for (let i = 0; i < 3; i++) uptake[i] = (roots[i]! * (shifted ? byLayer[i]! : 1)) / sum;
  const scalar = uptake[0] * byLayer[0] + uptake[1] * byLayer[1] + uptake[2] * byLayer[2];
  out.scalar = Math.min(1, Math.max(0, scalar));
}
