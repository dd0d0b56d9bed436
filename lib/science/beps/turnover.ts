/** When and how much of each biomass pool dies (spec beps.md 5.3). */
import type { PftParams } from '../pft.ts';

/** No more than this share of a pool outlives a year of full turnover. */
const LEAST_LEFT = 1e-4;

/** Share that dies on a day, when `yearly` dies within so many days. */
const perDay = (yearly: number, days: number): number => 1 - Math.max(LEAST_LEFT, 1 - yearly) ** (1 / days);

/** Days of shedding, and their exponent. The southern autumn has 60 days with the exponent of 65 (Q12). */
const SEASONS = {
  evergreen: { days: 90, north: [60, 149], south: [240, 329] },
  deciduous: { days: 65, north: [300, 364], south: [120, 179] },
} as const;

/** Daily turnover of a tile. */
export interface Turnover {
  readonly stem: number;
  readonly croot: number;
  /** On days of shedding; 0 on others. */
  readonly leaf: number;
  readonly froot: number;
  readonly firstDoy: number;
  readonly lastDoy: number;
}

/** @param latDeg above 0 sheds in the northern season */
export function turnoverOf({ turnover, evergreen }: PftParams, latDeg: number): Turnover {
  const season = evergreen ? SEASONS.evergreen : SEASONS.deciduous;
  const [firstDoy, lastDoy] = latDeg > 0 ? season.north : season.south;
  return {
    stem: perDay(turnover.stem, 365),
    croot: perDay(turnover.croot, 365),
    leaf: perDay(turnover.leaf, season.days),
    froot: perDay(turnover.froot, season.days),
    firstDoy,
    lastDoy,
  };
}

/** Whether leaves and fine roots die on a day of the year. */
export const isShedding = ({ firstDoy, lastDoy }: Turnover, doy: number): boolean =>
  doy >= firstDoy && doy <= lastDoy;
