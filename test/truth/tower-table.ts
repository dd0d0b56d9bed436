/** The tower table of docs/science.md, as Markdown. */
import type { Agreement } from '../../lib/science/validation/regression.ts';
import { PERIODS, type SiteScores } from './scores.ts';

const fixed = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−');

const cells = ({ r, bias, rmse }: Agreement): string =>
  `${fixed(r, 2)} | ${fixed(bias, 1)} | ${fixed(rmse, 1)}`;

/** A line a site and season, and a line a site on what was left out. */
export function towerTable(scores: readonly SiteScores[]): string[] {
  const rows = scores.flatMap(({ site, npp, nep }) =>
    PERIODS.map((of) => `| ${site} | ${of} | ${npp[of].n} | ${cells(npp[of])} | ${cells(nep[of])} |`),
  );
  const notes = scores.map(({ site, months, dropped, npp }) => {
    const reasons = Object.entries(dropped).map(([reason, n]) => `${n} ${reason}`);
    return `- ${site}: ${months} months, ${npp.year.n} judged; left out: ${reasons.join(', ') || 'none'}.`;
  });
  const head = '| site | season | n | NPP r | bias | RMSE | NEP r | bias | RMSE |';
  return [head, '|---|---|---|---|---|---|---|---|---|', ...rows, '', ...notes];
}
