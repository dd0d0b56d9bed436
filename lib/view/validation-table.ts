import { fixed } from './numbers.ts';
import { textTable } from './text-table.ts';
import type { Spread, Validation } from './validate.ts';

const FLUX = 'gC m-2 yr-1';

/** Scores with their spread over seeds, the land cover of the drawn points, and what to keep in mind. */
export function validationTable(
  { agreement, spread, candidates, notes, side }: Validation,
  classes: readonly { readonly name: string; readonly share: number }[] = [],
): string {
  const rows: [name: string, unit: string, value: number, over: Spread | undefined, decimals: number][] = [
    ['R2', '1', agreement.r2, spread.r2, 3],
    ['RMSE', FLUX, agreement.rmse, spread.rmse, 1],
    ['bias', FLUX, agreement.bias, spread.bias, 1],
    ['MAE', FLUX, agreement.mae, undefined, 1],
    ['slope', '1', agreement.slope, undefined, 3],
    ['intercept', FLUX, agreement.intercept, undefined, 1],
    ['mean of reference', FLUX, agreement.meanX, undefined, 1],
    ['mean of product', FLUX, agreement.meanY, undefined, 1],
  ];
  const over = (pick: (spread: Spread) => number) => (row: (typeof rows)[number]) =>
    row[3] ? fixed(pick(row[3]), row[4]) : '';
  const table = textTable(
    [
      { head: 'score', align: 'left', text: ([name]) => name },
      { head: 'unit', align: 'left', text: ([, unit]) => unit },
      { head: 'sample', text: ([, , value, , decimals]) => fixed(value, decimals) },
      { head: 'mean', text: over(({ mean }) => mean) },
      { head: 'std', text: over(({ std }) => std) },
      { head: 'min', text: over(({ min }) => min) },
      { head: 'max', text: over(({ max }) => max) },
    ],
    rows,
  );
  const cover = classes.map(({ name, share }) => `${name} ${fixed(100 * share, 1)} %`).join(', ');
  return [
    `${agreement.n} points of ${candidates} pixels, each of ${side} x ${side} of the product's; mean to max over ${spread.seeds} seeds`,
    '',
    table,
    '',
    ...(cover ? [`Land cover of the sample: ${cover}.`] : []),
    ...notes.map((note) => `Note: ${note}.`),
  ].join('\n');
}
