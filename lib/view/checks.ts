import { unitsInText } from './carbon-units.ts';
import type { Reduction, ZoneReduction } from './zone-reduction.ts';

/** Where the means of zones should lie, in the unit of the variable, ends included; of all zones unless some are named. */
export interface RangeCheck {
  readonly variable: string;
  readonly zones?: readonly string[] | undefined;
  readonly between: readonly [number, number];
}

/** Zones whose means should come in this order, the highest first. */
export interface OrderCheck {
  readonly variable: string;
  readonly falling: readonly string[];
}

export type MeanCheck = RangeCheck | OrderCheck;

export interface Checked {
  /** Checks whose variable was reduced. */
  readonly looked: number;
  /** What does not hold, a sentence each. */
  readonly wrong: readonly string[];
}

/** Of a zone it is that of its totals. */
const RATIO = 'ratio_a';

/**
 * Holds the means of zones against what a person expects of them. A mean that is not there does not hold either.
 *
 * @param fields names in the reduction by variable; variables that were not reduced are not looked at
 * @see spec casa.md 7.2
 */
export function checkMeans(
  reduction: Reduction,
  fields: Readonly<Record<string, string>>,
  checks: readonly MeanCheck[],
): Checked {
  const wrong: string[] = [];
  let looked = 0;
  for (const check of checks) {
    const read = readerOf(reduction, fields, check.variable);
    if (!read) continue;
    looked++;
    wrong.push(
      ...('falling' in check ? outOfOrder(reduction, read, check) : outOfRange(reduction, read, check)),
    );
  }
  return { looked, wrong };
}

interface Reader {
  value(row: ZoneReduction): number;
  readonly unit: string;
}

function readerOf(
  { method }: Reduction,
  fields: Readonly<Record<string, string>>,
  variable: string,
): Reader | undefined {
  if (variable === RATIO && fields.npp_a && fields.rh_a)
    return { value: ({ ratio }) => ratio ?? Number.NaN, unit: '' };
  const field = fields[variable];
  if (field === undefined) return undefined;
  const unit = unitsInText(method.variables[field]!.units);
  return { value: (row) => row.fields[field]?.mean ?? Number.NaN, unit: unit === '1' ? '' : ` ${unit}` };
}

const outOfRange = (
  { zones: rows }: Reduction,
  { value, unit }: Reader,
  { variable, zones, between: [low, high] }: RangeCheck,
): string[] =>
  rows.flatMap((row) => {
    const mean = value(row);
    if ((zones && !zones.includes(row.id)) || (mean >= low && mean <= high)) return [];
    return [`${titleOf(row)}: ${variable} is ${said(mean, unit)}, expected ${low} to ${high}`];
  });

function outOfOrder(
  { zones: rows }: Reduction,
  { value, unit }: Reader,
  { variable, falling }: OrderCheck,
): string[] {
  const periods = [...new Set(rows.map(({ period }) => period.label))];
  return periods.flatMap((label) => {
    const order = falling.flatMap(
      (id) => rows.find((row) => row.id === id && row.period.label === label) ?? [],
    );
    return order.slice(1).flatMap((row, i) => {
      const above = order[i]!;
      if (value(above) > value(row)) return [];
      return [
        `${titleOf(row)}: ${variable} is ${said(value(row), unit)}, expected below the ${said(value(above), '')} of ${above.name}`,
      ];
    });
  });
}

const titleOf = ({ name, period }: ZoneReduction): string =>
  period.label ? `${name}, ${period.label}` : name;

const said = (mean: number, unit: string): string =>
  Number.isNaN(mean) ? 'missing' : `${Number(mean.toPrecision(4))}${unit}`;
