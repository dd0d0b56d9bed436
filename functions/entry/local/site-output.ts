import type { SiteResult } from '../../../lib/science/beps/site.ts';
import { drawSeries } from '../../../lib/view/draw-series.ts';

/** Sums of the months that have every day, as lines and bars. */
export function siteChart(result: SiteResult, title: string, place: string): Uint8Array {
  const months = [...new Set(result.dates.map((date) => date.slice(0, 7)))];
  const series = (name: 'gpp' | 'npp' | 'hr' | 'nep'): number[] | undefined => {
    const sums = new Map(months.map((month) => [month, 0]));
    result.dates.forEach((date, i) => {
      const month = date.slice(0, 7);
      sums.set(month, sums.get(month)! + result[name][i]!);
    });
    const values = months.map((month) => sums.get(month)!);
    return values.some(Number.isFinite) ? values : undefined;
  };
  const [gpp, npp, rh, nep] = [series('gpp'), series('npp'), series('hr'), series('nep')];
  return drawSeries({
    title,
    subtitle: `${place}, BEPS, sums of the months`,
    labels: months,
    ...(gpp && { gpp }),
    ...(npp && { npp }),
    ...(rh && { rh }),
    ...(nep && { nep }),
    units: 'g m-2 month-1',
  });
}

/** Years, and what was assumed, as a person reads it. */
export function siteSummary({ years, notes }: SiteResult): string {
  const fluxes = ['gpp', 'npp', 'hr', 'nep'] as const;
  const lines = years.map((year) => {
    const sums = fluxes
      .filter((name) => !Number.isNaN(year[name]))
      .map((name) => `${name.toUpperCase()} ${year[name].toFixed(0).padStart(4)}`);
    return `${year.year}  ${sums.join('  ')} gC m-2 yr-1  ET ${year.et.toFixed(0).padStart(4)} mm  (${year.days} days)`;
  });
  return [...lines, ...notes.map((note) => `- ${note}`)].join('\n');
}
