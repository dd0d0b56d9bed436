/** A tower's table: rows in order of time, read from CSV. */
import papaparse from 'papaparse';
import { CorruptInput } from '../../errors.ts';
import { daysFromCivil, daysInMonth } from '../../grid/calendar.ts';

export interface SiteTable {
  /** Of the file, for messages. */
  readonly name?: string;
  readonly heads: readonly string[];
  /** Start of each row, days since 1970-01-01 as the table's clock has it. */
  readonly time: Float64Array;
  /** Values by column, NaN where missing. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** The first cell of a column that is no number and does not mean "missing": letters of quality, or a mistake. */
  readonly words?: Readonly<Record<string, { readonly row: number; readonly cell: string }>>;
}

/** Heads under which the time of a row stands, in order of preference. */
const TIME_HEADS = ['TIMESTAMP_START', 'TIMESTAMP', 'time', 'date', 'datetime', 'DateTime'];

/** Cells that mean "missing". −9999 is FLUXNET's. */
const MISSING = /^(|-|NA|NaN|nan|null|-9999(\.0*)?|-6999(\.0*)?)$/;

/** Line of the file that row n of a table stands on, when no line is empty. */
export const lineOf = (row: number): number => row + 2;

/** `DE-Tha.csv, line 12`. */
export const placeOf = ({ name = 'forcing' }: Pick<SiteTable, 'name'>, row: number): string =>
  `${name}, line ${lineOf(row)}`;

/**
 * Reads CSV with a head line; commas, semicolons or tabs, quotes around cells allowed.
 *
 * @param text of the file
 * @param name for messages
 * @throws CorruptInput that names file, line and column
 */
export function readSiteTable(text: string, name = 'forcing'): SiteTable {
  const { data } = papaparse.parse<string[]>(text, { skipEmptyLines: 'greedy' });
  const heads = (data[0] ?? []).map((head) => head.trim());
  const timeAt = TIME_HEADS.map((head) => heads.indexOf(head)).find((at) => at >= 0);
  if (timeAt === undefined)
    throw new CorruptInput(`${name}: no column of time. Name one of them ${TIME_HEADS.join(', ')}.`);
  const twice = heads.find((head, i) => heads.indexOf(head) !== i);
  if (twice !== undefined) throw new CorruptInput(`${name}: two columns are named "${twice}".`);
  const rows = data.length - 1;
  if (rows < 1) throw new CorruptInput(`${name}: a head line and no rows.`);
  const time = new Float64Array(rows);
  const values = heads.map(() => new Float64Array(rows));
  const words: Record<string, { row: number; cell: string }> = {};
  for (let row = 0; row < rows; row++) {
    const found = data[row + 1]!.map((cell) => cell.trim());
    if (found.length !== heads.length)
      throw new CorruptInput(`${placeOf({ name }, row)}: ${found.length} cells under ${heads.length} heads.`);
    time[row] = parseTime(found[timeAt]!, placeOf({ name }, row));
    if (row > 0 && !(time[row]! > time[row - 1]!))
      throw new CorruptInput(`${placeOf({ name }, row)}: ${found[timeAt]} is not after the row before.`);
    found.forEach((cell, i) => {
      const value = i === timeAt || MISSING.test(cell) ? Number.NaN : Number(cell);
      values[i]![row] = value;
      if (i !== timeAt && Number.isNaN(value) && !MISSING.test(cell)) words[heads[i]!] ??= { row, cell };
    });
  }
  return {
    name,
    heads,
    time,
    values: Object.fromEntries(heads.map((head, i) => [head, values[i]!])),
    words,
  };
}

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?Z?)?$/;
const PACKED = /^(\d{4})(\d{2})(\d{2})?(?:(\d{2})(\d{2}))?$/;

/** `2014-01-31`, `2014-01-31 10:30`, `20140131`, `201401311030`; `201401` is the first of the month. */
export function parseTime(written: string, where: string): number {
  const match = WRITTEN.exec(written) ?? PACKED.exec(written);
  const [year, month, day = 1, hour = 0, minute = 0] = (match ?? [])
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (!match || month! < 1 || month! > 12 || day < 1 || day > daysInMonth(year!, month!) || hour > 24)
    throw new CorruptInput(
      `${where}: "${written}" is no date or time. Write 2014-01-31 or 2014-01-31 10:30.`,
    );
  return daysFromCivil(year!, month!, day) + hour / 24 + minute / 1440;
}
