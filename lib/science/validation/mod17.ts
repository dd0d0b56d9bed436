/** MOD17A3HGF annual NPP, and CASA on its grid (spec casa.md 1.6, 6). */

const LOWEST = -30_000;
const HIGHEST = 32_700;

/** `Npp_500m` counts 0.0001 kgC; as gC. */
const GRAMS = 0.1;

/**
 * @param raw `Npp_500m`, int16; above 32 700 are fills (32 762 built-up, 32 766 water, …)
 * @returns gC m-2 a-1, NaN for fills
 */
export const decodeMod17 = (raw: number): number =>
  raw > HIGHEST || raw < LOWEST ? Number.NaN : raw * GRAMS;

/** Valid 250 m cells that a 500 m cell needs. */
export const MIN_CHILDREN = 3;

/** Mean of the valid nested cells; NaN below `minChildren`. */
export function meanOfChildren(children: ArrayLike<number>, minChildren = MIN_CHILDREN): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < children.length; i++) {
    if (Number.isNaN(children[i]!)) continue;
    sum += children[i]!;
    n++;
  }
  return n < minChildren ? Number.NaN : sum / n;
}
