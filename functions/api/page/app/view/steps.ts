import type { StepKind } from '../api/product.ts';

/** Steps that the field thinks in, the widest first; others come after them under their own name. */
const KINDS = ['year', 'month', 'day'];

export const byWidth = (kinds: Iterable<StepKind>): readonly StepKind[] =>
  [...new Set(kinds)].sort((a, b) => place(a) - place(b));

function place(kind: StepKind): number {
  const at = KINDS.indexOf(kind);
  return at < 0 ? KINDS.length : at;
}

/** `Months` of `month`. */
export const kindName = (kind: StepKind): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}s`;

/** The step that is nearest to a name: July 2021 in years is 2021, 2021 in months its July, and in days a day of it. */
export function nearestStep(labels: readonly string[], wanted: string): string {
  if (labels.includes(wanted)) return wanted;
  for (const length of [7, 4]) {
    const span = labels.filter(
      (label) => label.startsWith(wanted.slice(0, length)) && wanted.length >= length,
    );
    if (span.length > 0) return span[Math.floor(span.length / 2)]!;
  }
  const before = labels.filter((label) => label < wanted).at(-1);
  return before ?? labels[0] ?? wanted;
}

export interface YearOfSteps {
  readonly year: string;
  readonly first: number;
}

/** Where each year begins among some steps. */
export function yearsOf(labels: readonly string[]): readonly YearOfSteps[] {
  const years: YearOfSteps[] = [];
  for (const [first, label] of labels.entries()) {
    const year = label.slice(0, 4);
    if (years.at(-1)?.year !== year) years.push({ year, first });
  }
  return years;
}

/** First moment of a step, s since 1970: what a chart's axis counts in. */
export function secondsOf(label: string): number {
  const [year = '1970', month = '01', day = '01'] = label.split('-');
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
}
