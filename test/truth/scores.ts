/** Scores of the tower runs, by site and season. */
import { type Agreement, agreement } from '../../lib/science/validation/regression.ts';
import { runSite, type Season, SITES, type TowerMonth } from './towers.ts';

export const PERIODS = ['year', 'winter', 'spring', 'summer', 'autumn'] as const;

export type Period = (typeof PERIODS)[number];

export interface SiteScores {
  readonly site: string;
  readonly months: number;
  /** Months left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly npp: Readonly<Record<Period, Agreement>>;
  readonly nep: Readonly<Record<Period, Agreement>>;
}

function dropped(months: readonly TowerMonth[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { dropped: reason } of months) if (reason) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Months of a period that are judged. */
const of = (months: readonly TowerMonth[], period: Period): TowerMonth[] =>
  months.filter((month) => !month.dropped && (period === 'year' || month.season === (period as Season)));

function byPeriod(
  months: readonly TowerMonth[],
  measured: (month: TowerMonth) => number,
  modelled: (month: TowerMonth) => number,
): Record<Period, Agreement> {
  const one = (period: Period) => {
    const judged = of(months, period);
    return agreement(judged.map(measured), judged.map(modelled));
  };
  return Object.fromEntries(PERIODS.map((period) => [period, one(period)])) as Record<Period, Agreement>;
}

export function scoreSites(): SiteScores[] {
  return SITES.map((site) => {
    const months = runSite(site);
    return {
      site: site.id,
      months: months.length,
      dropped: dropped(months),
      npp: byPeriod(
        months,
        (m) => m.halfGpp,
        (m) => m.npp,
      ),
      nep: byPeriod(
        months,
        (m) => m.measuredNep,
        (m) => m.nep,
      ),
    };
  });
}
