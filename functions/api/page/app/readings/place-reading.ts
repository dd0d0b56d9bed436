import type { Product, Variable } from '../api/product.ts';
import { h } from '../view/dom.ts';
import { changeText, stepName } from '../view/format.ts';
import type { Session } from '../view/session.ts';
import { prettyUnits, said, shortName } from '../view/variables.ts';
import { charts, type Found, figure, trouble } from './reading.ts';

/** The value of the shown step, and the series. */
export function tellPlace(
  session: Session,
  product: Product,
  { series, variables }: Extract<Found, { kind: 'place' }>,
): HTMLElement[] {
  const { variable: shown, time, against } = session.view;
  const at = Math.max(
    0,
    variables.findIndex(({ name }) => name === shown),
  );
  const [variable, { times, values, states }] = [variables[at]!, series[at]!];
  const step = times.indexOf(time);
  const state = states[step];
  const value = values[step];
  const unit = variable.flags ? '' : prettyUnits(variable);
  const other = against === undefined ? -1 : times.indexOf(against);
  const name = shortName(variable.name);
  const change =
    other < 0 || variable.flags ? undefined : changeText([time, value], [against!, values[other]], unit);
  return [
    figure(name, textOf(variable, value), unit, stepName(time), value),
    ...(other < 0
      ? []
      : [figure(name, textOf(variable, values[other]), unit, stepName(against!), values[other])]),
    ...(change === undefined ? [] : [h('p', { class: 'beside' }, change)]),
    ...(state && state !== 'computed' ? [trouble(stateText(state))] : []),
    ...charts(session, product, variables, (_, i) => series[i]!.values, times, 'Series of this place'),
  ];
}

const STATES: Readonly<Record<string, string>> = {
  'all-nodata': 'Nothing is mapped here: the whole chunk is without data, as its inputs are.',
  'missing-input':
    'The chunk here waits for an input that is missing. It is computed when the input arrives.',
  failed: 'The chunk here failed; “chunkflux status” says why.',
  unrecorded: 'The chunk here is not computed yet.',
};
const stateText = (state: string): string => STATES[state] ?? `The chunk here is ${state}.`;

const textOf = (variable: Variable, value: number | null | undefined): string =>
  variable.flags ? flagText(variable, value) : said(variable, value);

/** Flags of a value: its meaning, or all those whose bit is set. */
function flagText({ flags }: Variable, value: number | null | undefined): string {
  if (value === null || value === undefined || !flags) return 'no data';
  const plain = (text: string | undefined): string => (text ?? String(value)).replaceAll('_', ' ');
  if (flags.values) return plain(flags.meanings[flags.values.indexOf(value)]);
  const set = flags.meanings.filter((_, i) => (value & (flags.masks?.[i] ?? 0)) !== 0);
  return set.length > 0 ? set.map(plain).join(', ') : 'nothing to report';
}
