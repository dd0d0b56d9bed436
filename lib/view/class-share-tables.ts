import type { ClassShares, ZoneShares } from './class-shares.ts';
import { csv } from './csv.ts';
import { decimalsFor, fixed } from './numbers.ts';
import { type Column, type TableOptions, textTable } from './text-table.ts';

const KM2 = 1e6;

const shareOf = ({ areas, validArea }: ZoneShares, name: string): number => (areas[name] ?? 0) / validArea;

/** Shares of classes in zones as a table for the terminal, percent of the area that has a class. */
export function shareTable(shares: ClassShares, options: TableOptions = {}): string {
  const { zones, classes, title, area } = shares;
  const labels = [...new Set(zones.map(({ period }) => period.label))];
  const decimals = decimalsFor(zones.map(({ polygonArea }) => polygonArea / KM2));
  const columns: Column<ZoneShares>[] = [
    { head: 'zone', align: 'left', text: ({ name }) => name },
    ...(labels.length > 1
      ? [{ head: 'period', align: 'left' as const, text: ({ period }: ZoneShares) => period.label }]
      : []),
    ...classes.map((name) => ({
      head: name,
      unit: '%',
      text: (row: ZoneShares) => fixed(100 * shareOf(row, name), 1),
    })),
    { head: 'valid', unit: '%', text: (row) => fixed((100 * row.validArea) / row.polygonArea, 1) },
    { head: 'area', unit: 'km2', text: (row) => fixed(row.polygonArea / KM2, decimals) },
  ];
  const head = labels.length === 1 ? `${title}, ${labels[0]}` : title;
  return [
    head,
    textTable(columns, zones, options),
    'Shares of the area that has a class; valid: the share of the polygon that has one',
    `${area.charAt(0).toUpperCase()}${area.slice(1)}`,
  ].join('\n');
}

/** The same as CSV (RFC 4180), a row a zone, period and class. */
export function shareCsv({ zones, classes }: ClassShares): string {
  const header = [
    'zone_id',
    'zone_name',
    'period',
    'class',
    'area_m2',
    'share',
    'valid_area_m2',
    'polygon_area_m2',
  ];
  const rows = zones.flatMap((row) =>
    classes.map((name) => [
      row.id,
      row.name,
      row.period.label,
      name,
      row.areas[name] ?? 0,
      shareOf(row, name),
      row.validArea,
      row.polygonArea,
    ]),
  );
  return csv(header, rows);
}

/** The same as JSON. */
export const shareJson = (shares: ClassShares): string => `${JSON.stringify(shares, null, 2)}\n`;
