import type { Product, Variable } from '../api/product.ts';
import type { Series } from '../api/reductions.ts';
import type { ZoneTotals } from '../api/totals.ts';
import { h } from '../view/dom.ts';
import type { Session } from '../view/session.ts';
import { baseName, prettyUnits, shortName } from '../view/variables.ts';
import { fluxChart } from './chart.ts';

/** What was read of a place, or added up over a zone or polygon: all steps. */
export type Found =
  | { readonly kind: 'place'; readonly series: readonly Series[]; readonly variables: readonly Variable[] }
  | { readonly kind: 'zone'; readonly zone: ZoneTotals; readonly variables: readonly Variable[] };

/** One number, large; the exact one stands in its `value`. */
export function figure(
  label: string,
  said: string,
  unit: string,
  time: string,
  exact: number | null | undefined,
): HTMLElement {
  return h(
    'div',
    { class: 'figure' },
    h('p', { class: 'figure-label' }, h('span', {}, `${label}, ${time}`)),
    h(
      'p',
      { class: 'figure-value' },
      h('data', { value: exact === null || exact === undefined ? '' : String(exact) }, said),
      h('span', { class: 'unit' }, unit),
    ),
  );
}

/** One chart a unit: fluxes of carbon together, water and leaf area each for itself. */
export function charts(
  session: Session,
  product: Product,
  variables: readonly Variable[],
  valuesOf: (variable: Variable, index: number) => readonly (number | null)[],
  steps: readonly string[],
  title: string,
): HTMLElement[] {
  const drawn = variables.map((variable, i) => ({ variable, i })).filter(({ variable: { flags } }) => !flags);
  const byUnit = Map.groupBy(drawn, ({ variable }) => prettyUnits(variable));
  return [...byUnit].map(([unit, together]) =>
    fluxChart({
      title: byUnit.size > 1 ? `${title}: ${listed(together.map(({ variable }) => variable))}` : title,
      unit,
      steps,
      current: session.view.time,
      onPick: (time) => session.view.product === product.info.id && session.set({ time }),
      lines: together.map(({ variable, i }) => ({
        label: shortName(variable.name),
        tone: toneOf(variable),
        values: valuesOf(variable, i),
        bars: baseName(variable.name) === 'nep',
      })),
    }),
  );
}

const listed = (variables: readonly Variable[]): string =>
  variables.length > 2 ? 'carbon' : variables.map(({ name }) => shortName(name)).join(', ');

/** Quantities that theme.css has a colour for; the others share one. */
const TONES: Readonly<Record<string, string>> = { ar: 'ra', hr: 'rh', nee: 'nep', nbp: 'nep' };
const OWN_TONE = new Set(['npp', 'gpp', 'rh', 'ra', 'nep', 'et', 'lai']);
const toneOf = ({ name }: Variable): string => {
  const base = TONES[baseName(name)] ?? baseName(name);
  return OWN_TONE.has(base) ? base : 'accent';
};

export const trouble = (message: string, ...more: HTMLElement[]): HTMLElement =>
  h('div', { class: 'trouble', role: 'status' }, h('p', {}, message), ...more);
