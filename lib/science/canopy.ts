/** Two leaf classes, sunlit and shaded, and the radiation on them (spec beps.md 2.3 to 2.5). */
import { expOf, shareToPower } from './beps/powers.ts';
import { diffuseFraction, LOWEST_COS_ZENITH } from './sun.ts';

/** PPFD of shortwave on a leaf, umol J-1: half of it is PAR, of 4.55 umol J-1. */
const PPFD_OF_SHORTWAVE = 4.55 * 0.5;

const STEFAN_BOLTZMANN = 5.67e-8;
const KELVIN = 273.15;
const LEAF_EMISSIVITY = 0.98;
const GROUND_EMISSIVITY = 0.95;
const LEAF_ABSORPTION = 0.75;
const GROUND_ABSORPTION = 0.8;

/** The floor of LAI, m2 m-2: below it, and where it is missing. */
export const LOWEST_LAI = 0.01;
export const HIGHEST_LAI = 10;

/**
 * Sunlit leaf area.
 *
 * @param lai one-sided, m2 m-2, 0.01..10
 * @param clumping 1, 0.4..1
 * @param cosZenith of the mean zenith angle; below 0.01 no leaf is sunlit
 * @returns m2 m-2, 0..lai
 * @see Peng et al. 2025 eq. 3; Norman 1982; spec beps.md 2.3
 */
export function sunlitLai(lai: number, clumping: number, cosZenith: number): number {
  if (cosZenith < LOWEST_COS_ZENITH) return 0;
  return 2 * cosZenith * (1 - expOf((-0.5 * clumping * lai) / cosZenith));
}

/** Radiation in a canopy; W m-2 of leaf or ground, mean over daylight. Made once and filled again and again. */
export interface CanopyLight {
  laiSun: number;
  laiShade: number;
  diffuseShare: number;
  direct: number;
  diffuse: number;
  /** Diffuse light below the canopy. */
  under: number;
  /** Direct light scattered on to shaded leaves. */
  scattered: number;
  /** Shortwave on a sunlit and on a shaded leaf. */
  onSun: number;
  onShade: number;
  /** Net radiation of leaves and ground, and its longwave parts. */
  netSun: number;
  netShade: number;
  netGround: number;
  longwaveLeaf: number;
  longwaveGround: number;
}

export const makeCanopyLight = (): CanopyLight => ({
  laiSun: Number.NaN,
  laiShade: Number.NaN,
  diffuseShare: Number.NaN,
  direct: Number.NaN,
  diffuse: Number.NaN,
  under: Number.NaN,
  scattered: Number.NaN,
  onSun: Number.NaN,
  onShade: Number.NaN,
  netSun: Number.NaN,
  netShade: Number.NaN,
  netGround: Number.NaN,
  longwaveLeaf: Number.NaN,
  longwaveGround: Number.NaN,
});

/**
 * Leaf area and shortwave of both leaf classes.
 *
 * @param shortwave mean over daylight, W m-2
 * @see Chen et al. 1999; Norman 1982; spec beps.md 2.4
 */
export function lightLeaves(
  shortwave: number,
  cosZenith: number,
  lai: number,
  clumping: number,
  light: CanopyLight,
): void {
  if (cosZenith < LOWEST_COS_ZENITH) {
    darken(lai, light);
    return;
  }
  light.laiSun = sunlitLai(lai, clumping, cosZenith);
  light.laiShade = lai - light.laiSun;
  light.diffuseShare = diffuseFraction(shortwave, cosZenith);
  light.diffuse = shortwave * light.diffuseShare;
  light.direct = shortwave - light.diffuse;
  light.under = light.diffuse * expOf((-0.5 * clumping * lai) / (0.537 + 0.025 * lai));
  light.scattered = 0.07 * clumping * light.direct * (1.1 - 0.1 * lai) * expOf(-cosZenith);
  light.onShade = (light.diffuse - light.under) / lai + light.scattered;
  light.onSun = (0.5 * light.direct) / cosZenith + light.onShade;
}

/** Polar night: all leaves shaded, no light. */
function darken(lai: number, light: CanopyLight): void {
  light.laiSun = 0;
  light.laiShade = lai;
  light.diffuseShare = 0;
  light.direct = 0;
  light.diffuse = 0;
  light.under = 0;
  light.scattered = 0;
  light.onShade = 0;
  light.onSun = 0;
}

/** Photon flux on a leaf, umol m-2 s-1. @param shortwave on the leaf, W m-2 */
export const leafPpfd = (shortwave: number): number => PPFD_OF_SHORTWAVE * shortwave;

/** PAR that the canopy takes in, W m-2 of ground: a diagnostic. */
export const absorbedParOf = ({ onSun, onShade, laiSun, laiShade }: CanopyLight): number =>
  0.5 * (onSun * laiSun + onShade * laiShade);

/**
 * Net radiation of leaves and ground, all at air temperature. Wants `lightLeaves` first.
 *
 * @param tempC daytime air temperature, degC
 * @param vapourKPa vapour pressure, kPa
 * @see Brutsaert 1975 for the sky; spec beps.md 2.5
 */
export function netRadiation(
  tempC: number,
  vapourKPa: number,
  cosZenith: number,
  lai: number,
  clumping: number,
  light: CanopyLight,
): void {
  const tempK = tempC + KELVIN;
  const black = STEFAN_BOLTZMANN * tempK * tempK * tempK * tempK;
  const sky = Math.min(1, 1.72 * shareToPower(vapourKPa / tempK, 1 / 7)) * black;
  const leaf = LEAF_EMISSIVITY * black;
  const ground = GROUND_EMISSIVITY * black;
  const gap = expOf((-0.5 * lai * clumping) / (0.573 + 0.025 * lai));
  light.longwaveLeaf = lai <= LOWEST_LAI ? 0 : ((sky + ground - 2 * leaf) * (1 - gap)) / lai;
  light.longwaveGround = sky * gap + leaf * (1 - gap) - ground;
  const fromLeaves = 0.25 * clumping * light.direct * (1.1 - 0.1 * lai) * expOf(-cosZenith);
  const shade = (light.diffuse - light.under) / lai + fromLeaves;
  const beam = light.direct * expOf((-0.5 * clumping * lai) / Math.max(cosZenith, 0.05));
  light.netSun = LEAF_ABSORPTION * light.onSun + shade + light.longwaveLeaf;
  light.netShade = shade + light.longwaveLeaf;
  light.netGround = GROUND_ABSORPTION * (beam + light.under) + light.longwaveGround;
}
