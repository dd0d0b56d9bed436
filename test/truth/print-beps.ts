/** Prints the tables of docs/science-beps.md: node test/truth/print-beps.ts */

import { bepsParams } from '../../lib/science/beps/params.ts';
import type { Agreement } from '../../lib/science/validation/regression.ts';
import { beVie, frPue, frPueMonths, runPoint, SEASONS, type Season, scoreGpp } from './beps-sites.ts';

const fixed = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−');

const row = (head: string, { n, meanX, meanY, bias, rmse, r2 }: Agreement): string =>
  `| ${head} | ${n} | ${fixed(meanX, 2)} | ${fixed(meanY, 2)} | ${fixed(bias, 2)} | ${fixed(rmse, 2)} | ${fixed(r2, 2)} |`;

console.log(
  '| site | season | days | measured | modelled | bias | RMSE | r² |\n|---|---|---|---|---|---|---|---|',
);
const runs = [
  beVie(),
  { ...frPue(), id: 'FR-Pue' },
  { ...frPue(bepsParams.parse({ beps: { nitrogen: 'fixed' } }).beps), id: 'FR-Pue, N0' },
];
for (const run of runs)
  for (const season of Object.keys(SEASONS) as Season[])
    console.log(row(`${run.id} | ${season}`, scoreGpp(run, season)));

for (const run of runs) {
  console.log(`\n${run.id}: ${JSON.stringify(run.result.repairs)} ${run.result.notes.join(' ')}`);
  for (const { year, gpp, npp, nep, et } of run.result.years)
    console.log(`${year} GPP ${fixed(gpp, 0)} NPP ${fixed(npp, 0)} NEP ${fixed(nep, 0)} ET ${fixed(et, 0)}`);
}

console.log('\nFR-Pue by month');
for (const [name, scores] of Object.entries(frPueMonths())) console.log(row(name, scores));

for (const id of ['p1', 'p2', 'p3'] as const) {
  const { result, givenNpp } = runPoint(id);
  const [{ gpp, npp, hr, nep, et }] = result.years as [(typeof result.years)[number]];
  console.log(
    `${id}: GPP ${fixed(gpp, 0)} NPP ${fixed(npp, 0)} (file: ${givenNpp}) HR ${fixed(hr, 0)} NEP ${fixed(nep, 1)} ET ${fixed(et, 0)}`,
    JSON.stringify(result.repairs),
    result.spunUp?.years,
  );
}
