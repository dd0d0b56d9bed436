import { parquetWriteBuffer } from 'hyparquet-writer';
import { unitsInName } from '../../../lib/view/carbon-units.ts';
import { type CsvValue, csv } from '../../../lib/view/csv.ts';
import { toJson } from '../reply.ts';
import type { FieldAnswer, PeriodAnswer, ZoneAnswer } from './answer.ts';

/** What names of columns say of the method: the units of each variable. */
export interface TableMethod {
  readonly variables: Readonly<Record<string, { readonly units: string }>>;
}

type Cell = { readonly zone: ZoneAnswer; readonly period: PeriodAnswer | undefined };
type Column = readonly [
  name: string,
  type: 'STRING' | 'DOUBLE' | 'INT32' | 'BOOLEAN',
  value: (cell: Cell) => CsvValue,
];

/** A row a zone and period; one without numbers for a zone that has none. */
function cellsOf(zones: readonly ZoneAnswer[]): Cell[] {
  return zones.flatMap((zone): Cell[] =>
    zone.periods.length > 0
      ? zone.periods.map((period) => ({ zone, period }))
      : [{ zone, period: undefined }],
  );
}

function columnsOf(cells: readonly Cell[], { variables }: TableMethod): Column[] {
  const shown = cells.find(({ period }) => period)?.period;
  const fields = Object.keys(shown?.variables ?? {});
  return [
    ['index', 'INT32', ({ zone }) => zone.index],
    ['zone_id', 'STRING', ({ zone }) => zone.id],
    ['zone_name', 'STRING', ({ zone }) => zone.name],
    ['status', 'STRING', ({ zone }) => zone.status],
    ['reason', 'STRING', ({ zone }) => zone.reason],
    ['period', 'STRING', ({ period }) => period?.period],
    ['pixels', 'INT32', ({ period }) => period?.pixels],
    ['n_valid', 'INT32', ({ period }) => period?.n],
    ['valid_area_m2', 'DOUBLE', ({ period }) => period?.validArea],
    ['polygon_area_m2', 'DOUBLE', ({ zone }) => zone.polygonArea],
    ['valid_share', 'DOUBLE', ({ period }) => period?.validShare],
    ['low_coverage', 'BOOLEAN', ({ period }) => period?.lowCoverage],
    ...fields.flatMap((name) => fieldColumns(name, shown!.variables[name]!, variables[name]?.units ?? '')),
    ...(shown?.ratio
      ? ([
          ['rh_npp_ratio', 'DOUBLE', ({ period }) => period?.ratio?.rhOverNpp],
          ['balance_flag', 'INT32', ({ period }) => period?.ratio?.flag],
        ] satisfies Column[])
      : []),
  ];
}

function fieldColumns(name: string, shown: FieldAnswer, units: string): Column[] {
  const per = unitsInName(units) ? `_${unitsInName(units)}` : '';
  const column = (suffix: string, value: (field: FieldAnswer) => number | undefined): Column => [
    `${name}_${suffix}`,
    'DOUBLE',
    ({ period }) => period && value(period.variables[name]!),
  ];
  const plain = (['min', 'max', 'std'] as const).filter((key) => shown[key] !== undefined);
  return [
    column(`mean${per}`, (field) => field.mean),
    ...(shown.share === undefined ? [] : [column('share', (field) => field.share)]),
    ...(shown.total
      ? (['gC', 'tC', 'KtC', 'tCO2e'] as const).map((unit) =>
          column(`total_${unit}`, (field) => field.total?.[unit]),
        )
      : []),
    ...plain.map((key) => column(`${key}${per}`, (field) => field[key])),
    ...Object.keys(shown.quantiles ?? {}).map((key) =>
      column(`${key}${per}`, (field) => field.quantiles?.[key]),
    ),
  ];
}

export function toCsv(zones: readonly ZoneAnswer[], method: TableMethod): string {
  const cells = cellsOf(zones);
  const columns = columnsOf(cells, method);
  return csv(
    columns.map(([name]) => name),
    cells.map((cell) => columns.map(([, , value]) => value(cell))),
  );
}

/** @param method goes into the file's own metadata */
export function toParquet(zones: readonly ZoneAnswer[], method: TableMethod): Uint8Array {
  const cells = cellsOf(zones);
  const columnData = columnsOf(cells, method).map(([name, type, value]) => ({
    name,
    type,
    nullable: true,
    data: cells.map((cell) => defined(value(cell))),
  }));
  const kvMetadata = [{ key: 'chunkflux:method', value: toJson(method) }];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));
}

const defined = (value: CsvValue): string | number | boolean | null =>
  value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : value;

/** The features as they were sent, by their places, with their numbers in `properties.reduction`. */
export function toGeoJson(
  zones: readonly ZoneAnswer[],
  sentAt: (index: number) => Readonly<Record<string, unknown>> | undefined,
  method: object,
): object {
  const features = zones.map((zone) => {
    const sent = sentAt(zone.index) ?? {};
    const properties = typeof sent.properties === 'object' && sent.properties !== null ? sent.properties : {};
    const { index: _, id, name: __, ...reduction } = zone;
    return { type: 'Feature', id, geometry: sent.geometry ?? null, properties: { ...properties, reduction } };
  });
  return { type: 'FeatureCollection', features, method };
}
