import type { Variable } from '../api/product.ts';
import type { ZoneTotals } from '../api/totals.ts';
import { massUnit, number } from '../view/format.ts';
import { baseName, isCarbon, prettyUnits, said, shortName } from '../view/variables.ts';

type Value = number | string | null;

/** A column of the table of zones. */
export interface Column {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly value: (zone: ZoneTotals) => Value;
  readonly text: (zone: ZoneTotals) => string;
  /** `sink`, `at risk` or `source`, beside the text. */
  readonly flag?: (zone: ZoneTotals) => string | undefined;
}

const first = ({ periods }: ZoneTotals, { name }: Variable) => periods[0]?.variables[name];
const gramsOf = (zone: ZoneTotals, variable: Variable) => first(zone, variable)?.total?.gC ?? null;

/** Names, totals of carbon in one unit, means of what has no total, and the ratio where a product has one. */
export function columnsOf(variables: readonly Variable[], rows: readonly ZoneTotals[]): Column[] {
  const carbon = variables.filter(isCarbon);
  const { unit, perGram } = massUnit(rows.flatMap((zone) => carbon.map((one) => gramsOf(zone, one))));
  const column = (variable: Variable): Column => {
    const total = isCarbon(variable);
    const value = (zone: ZoneTotals): number | null => {
      const found = total ? gramsOf(zone, variable) : (first(zone, variable)?.mean ?? null);
      return found === null ? null : found * (total ? perGram : 1);
    };
    const { name } = variable;
    const text = (zone: ZoneTotals) => said(variable, value(zone));
    return { name, label: shortName(name), unit: total ? unit : prettyUnits(variable), value, text };
  };
  const hasRatio = ['npp', 'rh'].every((base) => variables.some(({ name }) => baseName(name) === base));
  return [
    { name: 'zone', label: 'Zone', value: ({ name }) => name, text: ({ name }) => name },
    ...variables.map(column),
    ...(hasRatio ? [RATIO] : []),
  ];
}

const RATIO: Column = {
  name: 'ratio',
  label: 'RH / NPP',
  value: (zone) => zone.periods[0]?.ratio?.rhOverNpp ?? null,
  text: ({ periods }) => number(periods[0]?.ratio?.rhOverNpp),
  flag: ({ periods }) => periods[0]?.ratio?.balance,
};

/** What has no value comes last, whichever way. */
export function sorted(
  rows: readonly ZoneTotals[],
  { value }: Column,
  rising: boolean,
): readonly ZoneTotals[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const order =
      typeof x === 'string' ? x.localeCompare(String(y), undefined, { numeric: true }) : x - Number(y);
    return rising ? order : -order;
  });
}
