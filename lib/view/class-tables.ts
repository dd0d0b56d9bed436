import { unitsInName, unitsInText } from './carbon-units.ts';
import { type CsvValue, csv } from './csv.ts';
import type { ClassReduction } from './land-cover.ts';
import { decimalsFor, fixed } from './numbers.ts';
import { type TableOptions, textTable } from './text-table.ts';

interface Line {
  readonly name: string;
  readonly area: number;
  readonly gC: number;
  readonly mean?: number;
  readonly share?: number;
}

/** Carbon by land-cover class as a table for the terminal; what is in no class stands below the sum. */
export function classTable(reduction: ClassReduction, options: TableOptions = {}): string {
  const { classes, total, units, period, by } = reduction;
  const lines: Line[] = classes.map((row) => ({ ...row, gC: row.total.gC }));
  const area = classes.reduce((sum, row) => sum + row.area, 0);
  lines.push({ name: 'All classes', area, gC: total.gC, mean: total.gC / area });
  const [means, totals] = [lines.map((line) => line.mean ?? NaN), lines.map((line) => line.gC / 1e9)];
  const areaDecimals = decimalsFor(lines.map((line) => line.area / 1e6));
  const columns = [
    { head: `class by ${by}`, align: 'left' as const, text: (line: Line) => line.name },
    { head: 'mean', unit: unitsInText(units), text: (line: Line) => fixed(line.mean, decimalsFor(means)) },
    { head: 'total', unit: 'KtC', text: (line: Line) => fixed(line.gC / 1e9, decimalsFor(totals)) },
    { head: 'share', unit: '%', text: (line: Line) => fixed(line.share && 100 * line.share, 1) },
    { head: 'area', unit: 'km2', text: (line: Line) => fixed(line.area / 1e6, areaDecimals) },
  ];
  const title = [reduction.title, period.label].filter(Boolean).join(', ');
  return [
    title,
    textTable(columns, lines, { ...options, ruleAbove: [classes.length] }),
    ...remarks(reduction),
  ].join('\n');
}

function remarks({ dropped, unclassified, classes }: ClassReduction): string[] {
  const missing = classes.reduce((sum, row) => sum + row.missingArea, 0);
  const part = (what: string, { area, total }: ClassReduction['dropped']): string[] =>
    area > 0
      ? [`${what}: ${fixed(total.KtC, decimalsFor([total.KtC]))} KtC on ${fixed(area / 1e6, 1)} km2`]
      : [];
  return [
    ...part('Dropped as water or snow', dropped),
    ...part('Without a class', unclassified),
    ...(missing > 0 ? [`Classes without a flux value: ${fixed(missing / 1e6, 1)} km2, counted nowhere`] : []),
  ];
}

/** Carbon by class as CSV (RFC 4180); dropped and unclassified parts are rows of their own. */
export function classCsv({ classes, dropped, unclassified, units, period, by }: ClassReduction): string {
  const header = [
    'class',
    'by',
    'period',
    `mean_${unitsInName(units)}`,
    'total_gC',
    'total_KtC',
    'share',
    'area_m2',
  ];
  const rows: CsvValue[][] = classes.map(({ name, mean, total, share, area, missingArea }) => {
    return [name, by, period.label, mean, total.gC, total.KtC, share, area, missingArea];
  });
  for (const [name, part] of [
    ['(dropped)', dropped],
    ['(unclassified)', unclassified],
  ] as const) {
    rows.push([
      name,
      by,
      period.label,
      undefined,
      part.total.gC,
      part.total.KtC,
      undefined,
      part.area,
      undefined,
    ]);
  }
  return csv([...header, 'missing_area_m2'], rows);
}
