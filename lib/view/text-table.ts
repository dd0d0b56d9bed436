import Table from 'cli-table3';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

export interface Column<Row> {
  /** Lines of the header; the unit stands on its own line. */
  readonly head: string;
  readonly unit?: string;
  readonly align?: 'left' | 'right';
  /** Characters that the column may be cut to where the table is too wide, from the middle as paths are. */
  readonly shrinkTo?: number;
  readonly text: (row: Row) => string;
}

export interface TableOptions {
  /** Escape codes for bold; only for a terminal. */
  readonly colour?: boolean;
  /** Rows that have a line above them, as sums have. */
  readonly ruleAbove?: readonly number[];
  /** Characters of a line. A wider table is cut where its columns allow it, and else goes on below itself. */
  readonly width?: number;
}

const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const GAP = 2;

/**
 * A plain table: header with units, a rule, numbers to the right. Plain text unless `colour` is asked for. Where it is
 * wider than `width` the rest of its columns stands below, beside the first column once more.
 */
export function textTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions = {},
): string {
  const filled = fitted(columns.map(fillWith(rows)), options.width);
  const panels = panelsOf(filled, options.width);
  return panels.map((panel) => panelText(panel, rows.length, options)).join('\n\n');
}

/** A column with its cells as they will stand. */
interface Filled {
  readonly head: string;
  readonly unit?: string;
  readonly align: 'left' | 'right';
  readonly shrinkTo?: number;
  readonly cells: readonly string[];
}

const fillWith =
  <Row>(rows: readonly Row[]) =>
  ({ align = 'right', text, ...column }: Column<Row>): Filled => ({
    ...column,
    align,
    cells: rows.map((row) => text(row)),
  });

const widthOf = ({ head, unit = '', cells }: Filled): number =>
  [head, unit, ...cells].reduce((most, text) => Math.max(most, stringWidth(text)), 0);

const widthOfAll = (columns: readonly Filled[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column) + GAP, -GAP);

/** Columns cut as far as they allow it, if that makes the table fit; else each to what fits beside the first. */
function fitted(columns: readonly Filled[], width = Number.POSITIVE_INFINITY): readonly Filled[] {
  const least = columns.map((column) =>
    Math.min(widthOf(column), column.shrinkTo ?? Number.POSITIVE_INFINITY),
  );
  const narrowest = least.reduce((sum, room) => sum + room + GAP, -GAP);
  if (narrowest <= width) return shrunk(columns, width);
  const room = width - widthOf(columns[0]!) - GAP;
  return columns.map((column) => (column.shrinkTo ? cutTo(column, Math.max(column.shrinkTo, room)) : column));
}

/** Takes what is too much from the widest column that may give, then from the next. */
function shrunk(columns: readonly Filled[], width: number): readonly Filled[] {
  const excess = widthOfAll(columns) - width;
  const givers = columns.filter((column) => widthOf(column) > (column.shrinkTo ?? Number.POSITIVE_INFINITY));
  const widest = givers.toSorted((a, b) => widthOf(b) - widthOf(a))[0];
  if (excess <= 0 || !widest) return columns;
  const cut = cutTo(widest, Math.max(widest.shrinkTo!, widthOf(widest) - excess));
  return shrunk(
    columns.map((column) => (column === widest ? cut : column)),
    width,
  );
}

const cutTo = (column: Filled, room: number): Filled => ({
  ...column,
  cells: column.cells.map((text) => cliTruncate(text, room, { position: 'middle' })),
});

/** Columns by panels that fit, the first column in each of them. */
function panelsOf([key, ...others]: readonly Filled[], width = Number.POSITIVE_INFINITY): Filled[][] {
  if (!key) return [];
  const panels: Filled[][] = [[key]];
  for (const column of others) {
    const last = panels.at(-1)!;
    const fits = last.length === 1 || widthOfAll([...last, column]) <= width;
    if (fits) last.push(column);
    else panels.push([key, column]);
  }
  return panels;
}

function panelText(
  columns: readonly Filled[],
  rows: number,
  { colour, ruleAbove = [] }: TableOptions,
): string {
  const table = new Table({
    chars: NO_FRAME,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ align }) => align),
  });
  const withUnits = columns.some(({ unit }) => unit);
  table.push(columns.map(({ head, unit = '' }) => (withUnits ? `${head}\n${unit}` : head)));
  for (let row = 0; row < rows; row++) table.push(columns.map(({ cells }) => cells[row]!));
  const lines = table.toString().split('\n');
  const headLines = withUnits ? 2 : 1;
  const rule = '─'.repeat(widthOfAll(columns));
  const bold = (line: string): string => (colour ? `\u001b[1m${line}\u001b[22m` : line);
  const body = lines.slice(headLines).flatMap((line, i) => (ruleAbove.includes(i) ? [rule, line] : [line]));
  const trim = (line: string): string => line.trimEnd();
  return [...lines.slice(0, headLines).map(trim).map(bold), rule, ...body.map(trim)].join('\n');
}
