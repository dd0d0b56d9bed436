import { csv } from '../../../../../lib/view/csv.ts';

/** Values of some quantities through time, in one unit. */
export interface SeriesTable {
  readonly unit: string;
  readonly steps: readonly string[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
}

/** Every digit that the server gave; what is missing is empty. */
export const csvOf = ({ steps, lines, unit }: SeriesTable): string =>
  csv(
    ['time', ...lines.map(({ label }) => `${label} (${unit})`)],
    steps.map((step, i) => [step, ...lines.map(({ values }) => values[i])]),
  );
