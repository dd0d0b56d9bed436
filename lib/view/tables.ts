import { FLAG } from '../science/balance/nep.ts';
import { unitsInName, unitsInText } from './carbon-units.ts';
import { type CsvValue, csv } from './csv.ts';
import { decimalsFor, fixed } from './numbers.ts';
import { type Column, type TableOptions, textTable } from './text-table.ts';
import type { Reduction, ZoneReduction } from './zone-reduction.ts';

const FIELD_ORDER = ['npp', 'rh', 'nep'];
const KM2 = 1e6;

const BALANCE: Readonly<Record<number, string>> = {
  [FLAG.sink]: 'sink',
  [FLAG.risk]: 'at risk',
  [FLAG.source]: 'source',
  [FLAG.undefined]: 'undefined',
};

const BALANCE_RULE = 'Balance: sink, RH up to 80 % of NPP; at risk, 80 to 100 %; source, RH at or above NPP';

/** Pixels that are counted whole reach so far beyond the polygon that it is worth a word. */
const WIDE_COVERAGE = 1.1;

const heading = (field: string): string => (FIELD_ORDER.includes(field) ? field.toUpperCase() : field);

function fieldsOf({ method }: Reduction): string[] {
  const names = Object.keys(method.variables);
  return [
    ...FIELD_ORDER.filter((name) => names.includes(name)),
    ...names.filter((n) => !FIELD_ORDER.includes(n)),
  ];
}

/**
 * Zones as a table for the terminal: means with their unit, totals in KtC, ratio, class, valid share. Notes, and
 * what the numbers mean, stand under it.
 */
export function zoneTable(reduction: Reduction, options: TableOptions = {}): string {
  const rows = withTotals(reduction);
  const sums = [...rows.keys()].filter((i) => reduction.totals.includes(rows[i]!));
  // After a sum the next period begins.
  const ruleAbove = sums.flatMap((i) => [i, i + 1]);
  const table = textTable(zoneColumns(reduction, rows), rows, { ...options, ruleAbove });
  const period = commonPeriod(rows);
  const { over } = reduction.method;
  const title = period ? [`Zones, ${over === 'each' ? '' : `${over} of `}${period}`] : [];
  return [...title, table, ...remarks(reduction)].join('\n');
}

/** Period by period its zones, and their sum where there is more than one. */
function withTotals({ zones, totals }: Reduction): ZoneReduction[] {
  const each = zones.length / totals.length;
  if (each === 1) return [...zones];
  return totals.flatMap((total, i) => [...zones.slice(i * each, (i + 1) * each), total]);
}

/** The period of all rows; undefined when they differ. */
function commonPeriod(rows: readonly ZoneReduction[]): string | undefined {
  const labels = new Set(rows.map((row) => row.period.label));
  return labels.size > 1 ? undefined : [...labels][0];
}

function zoneColumns(reduction: Reduction, rows: readonly ZoneReduction[]): Column<ZoneReduction>[] {
  const fields = fieldsOf(reduction);
  const columns: Column<ZoneReduction>[] = [{ head: 'zone', align: 'left', text: (row) => row.name }];
  if (commonPeriod(rows) === undefined) {
    columns.push({ head: 'period', align: 'left', text: (row) => row.period.label });
  }
  for (const field of fields) {
    const means = rows.map((row) => row.fields[field]?.mean ?? NaN);
    const decimals = decimalsFor(means);
    const unit = unitsInText(reduction.method.variables[field]?.units ?? '');
    columns.push({
      head: `${heading(field)} mean`,
      unit,
      text: (row) => fixed(row.fields[field]?.mean, decimals),
    });
  }
  for (const field of fields.filter((name) => rows.some((row) => row.fields[name]?.total))) {
    const decimals = decimalsFor(rows.map((row) => row.fields[field]?.total?.KtC ?? NaN));
    const text = (row: ZoneReduction): string => fixed(row.fields[field]?.total?.KtC, decimals);
    columns.push({ head: `${heading(field)} total`, unit: 'KtC', text });
  }
  if (rows.some((row) => row.ratio !== undefined)) {
    columns.push({ head: 'RH/NPP', unit: '1', text: (row) => fixed(row.ratio, 3) });
    columns.push({
      head: 'balance',
      align: 'left',
      text: (row) => BALANCE[row.flag ?? FLAG.undefined] ?? '',
    });
  }
  columns.push({
    head: 'valid',
    unit: '%',
    text: (row) => fixed(100 * row.coverage, 1) + (row.lowCoverage ? '!' : ' '),
  });
  columns.push({
    head: 'area',
    unit: 'km2',
    text: (row) => fixed(row.polygonArea / KM2, areaDecimals(rows)),
  });
  return columns;
}

const areaDecimals = (rows: readonly ZoneReduction[]): number =>
  decimalsFor(rows.map((row) => row.polygonArea / KM2));

function remarks({ zones, method }: Reduction): string[] {
  const lines: string[] = [];
  for (const { name, period, note } of zones) {
    if (note) lines.push(`${name}${period.label ? ` ${period.label}` : ''}: ${note}`);
  }
  if (zones.some((row) => row.lowCoverage)) {
    lines.push(`! valid pixels cover less than ${100 * method.coverageWarningBelow} % of the polygon`);
  }
  if (zones.some((row) => row.coverage > WIDE_COVERAGE)) {
    lines.push(
      'valid above 100 %: the pixels counted reach beyond the polygon, which is small for them; weights by coverage count their shares',
    );
  }
  if (zones.some((row) => row.ratio !== undefined)) lines.push(BALANCE_RULE);
  if (method.variables.nep) lines.push(method.sign);
  return [...lines, ...[method.weights, method.area, method.mask].map(capital)];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Zones as CSV (RFC 4180) with units in the names of the columns: `nep_mean_gC_m2_yr`, `nep_total_gC`. */
export function zoneCsv(reduction: Reduction): string {
  const fields = fieldsOf(reduction);
  const columns: [string, (row: ZoneReduction) => CsvValue][] = [
    ['zone_id', (row) => row.id],
    ['zone_name', (row) => row.name],
    ['period', (row) => row.period.label],
    ['pixels', (row) => row.pixels],
    ['n_valid', (row) => row.n],
    ['valid_area_m2', (row) => row.validArea],
    ['polygon_area_m2', (row) => row.polygonArea],
    ['coverage', (row) => row.coverage],
    ['low_coverage', (row) => row.lowCoverage],
    ...fields.flatMap((field) => fieldColumns(reduction, field)),
    ['rh_npp_ratio', (row) => row.ratio],
    ['balance_flag', (row) => row.flag],
    ['note', (row) => row.note],
  ];
  const rows = [...reduction.zones, ...reduction.totals];
  return csv(
    columns.map(([name]) => name),
    rows.map((row) => columns.map(([, value]) => value(row))),
  );
}

function fieldColumns(reduction: Reduction, field: string): [string, (row: ZoneReduction) => CsvValue][] {
  const unit = unitsInName(reduction.method.variables[field]?.units ?? '');
  const suffix = unit && unit !== '1' ? `_${unit}` : '';
  const columns: [string, (row: ZoneReduction) => CsvValue][] = [
    [`${field}_mean${suffix}`, (row) => row.fields[field]?.mean],
    [`${field}_min${suffix}`, (row) => row.fields[field]?.min],
    [`${field}_max${suffix}`, (row) => row.fields[field]?.max],
  ];
  if (!reduction.zones.some((row) => row.fields[field]?.total)) return columns;
  return [
    ...columns,
    [`${field}_total_gC`, (row) => row.fields[field]?.total?.gC],
    [`${field}_total_tC`, (row) => row.fields[field]?.total?.tC],
    [`${field}_total_KtC`, (row) => row.fields[field]?.total?.KtC],
    [`${field}_share`, (row) => row.fields[field]?.share],
  ];
}

/** Zones with their method as JSON; what is not a number is null. */
export const zoneJson = (reduction: Reduction): string =>
  `${JSON.stringify(reduction, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value), 2)}\n`;
