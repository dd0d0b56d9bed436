/** Leaf area of a site from a table of its own: composites of a satellite, or campaigns with a ruler. */
import { CorruptInput, MissingInput } from '../../errors.ts';
import { findColumns } from './site-columns.ts';
import { placeOf, type SiteTable } from './site-table.ts';

/**
 * Leaf area of any day. Before the first date and after the last it is that of the first and the last.
 *
 * @param table with a column `lai`; dates without a value are skipped
 * @param form held from a date to the next, or along a line between them
 * @returns by day since 1970-01-01, m2 m-2
 * @throws MissingInput without a column or a value of leaf area, CorruptInput for words in it
 */
export function laiOfTable(table: SiteTable, form: 'hold' | 'linear' = 'hold'): (day: number) => number {
  const { lai } = findColumns(table.heads);
  if (!lai)
    throw new MissingInput(`${table.name}: the table has no column "lai". It has ${table.heads.join(', ')}.`);
  const word = table.words?.[lai.column];
  if (word)
    throw new CorruptInput(
      `${placeOf(table, word.row)}, column "${lai.column}": "${word.cell}" is no number.`,
    );
  const known = Array.from(table.time, (time, row) => ({
    day: Math.floor(time),
    value: table.values[lai.column]![row]!,
  })).filter(({ value }) => value >= 0 && value <= MOST_LAI);
  const [first] = known;
  if (!first) throw new MissingInput(`${table.name}: the table has no value of leaf area.`);
  return (day) => {
    const after = known.findIndex((one) => one.day > day);
    if (after === 0) return first.value;
    const before = known.at(after < 0 ? -1 : after - 1)!;
    if (after < 0 || form === 'hold') return before.value;
    const next = known[after]!;
    return before.value + ((next.value - before.value) * (day - before.day)) / (next.day - before.day);
  };
}

/** Above it a value is a fill. */
const MOST_LAI = 25;
