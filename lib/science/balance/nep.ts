/** Net ecosystem production and its year (spec casa.md 4). Positive is uptake by land. */

/** NPP of a year at or below this, gC m-2 a-1, has no ratio. */
export const NO_PRODUCTION = 1e-6;

/** "At risk" above this share of respiration. @see Wang & Liu 2025 */
export const RISK_RATIO = 0.8;

export const FLAG = Object.freeze({ sink: 0, risk: 1, source: 2, undefined: 255 });

/** Months that `scaled` needs of a year. */
export const SCALED_MIN_MONTHS = 10;

export type AnnualPolicy = 'strict' | 'scaled';

/** NEP = NPP − RH, in the unit of both. @see spec casa.md eq. 8 */
export const netEcosystemProduction = (npp: number, rh: number): number => npp - rh;

/** RH/NPP of annual values or totals; NaN without production. @see spec casa.md 4 */
export const respirationRatio = (npp: number, rh: number): number =>
  npp > NO_PRODUCTION ? rh / npp : Number.NaN;

/**
 * 0 sink, 1 at risk (above 80 %), 2 source (100 % and more, or respiration without production), 255 undefined.
 * @see Wang & Liu 2025 for the threshold; spec casa.md 4 for the codes
 */
export function respirationFlag(npp: number, rh: number): number {
  if (Number.isNaN(npp + rh)) return FLAG.undefined;
  if (!(npp > NO_PRODUCTION)) return rh > 0 ? FLAG.source : FLAG.undefined;
  const ratio = rh / npp;
  if (ratio >= 1) return FLAG.source;
  return ratio > RISK_RATIO ? FLAG.risk : FLAG.sink;
}

/** What the sum of the valid months is multiplied by; NaN when the policy does not take the year. */
export function annualFactor(months: number, policy: AnnualPolicy): number {
  if (months === 12) return 1;
  return policy === 'scaled' && months >= SCALED_MIN_MONTHS ? 12 / months : Number.NaN;
}
