import type { ZoneTotals } from '../api/totals.ts';
import { button, h } from '../view/dom.ts';
import type { Column } from './zone-columns.ts';

interface Rows {
  readonly order: { readonly name: string; readonly rising: boolean };
  /** Zone that is chosen. */
  readonly current: string | undefined;
  readonly onSort: (column: string) => void;
  readonly onOpen: (zone: string) => void;
}

/** A table of zones whose heads sort it and whose names open a zone. */
export function zoneRows(columns: readonly Column[], zones: readonly ZoneTotals[], rows: Rows): HTMLElement {
  const heads = columns.map((column) => headOf(column, rows));
  const lines = zones.map((zone) => lineOf(columns, zone, rows));
  return h(
    'div',
    { class: 'scroll' },
    h('table', { class: 'zone-table' }, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines)),
  );
}

const BALANCES = [
  ['sink', 'RH up to 80 % of NPP'],
  ['at risk', '80 to 100 %'],
  ['source', 'RH at or above NPP'],
] as const;

/** What the dots beside ratios mean, and how pixels are counted. */
export function zoneKey(columns: readonly Column[]): HTMLElement {
  const entries = BALANCES.map(([name, meaning]) =>
    h('li', {}, dotOf(name), h('span', {}, `${name}: ${meaning}`)),
  );
  return h(
    'div',
    { class: 'zone-key' },
    columns.some(({ flag }) => flag) && h('ul', {}, ...entries),
    h('p', {}, 'Pixels count by the share of their area inside a zone.'),
  );
}

const dotOf = (balance: string, label?: string): HTMLElement =>
  h('span', {
    class: `dot flag-${balance.replaceAll(' ', '-')}`,
    ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }),
  });

function headOf({ name, label, unit }: Column, { order, onSort }: Rows): HTMLElement {
  const sorting = order.name === name ? (order.rising ? 'ascending' : 'descending') : 'none';
  const sort = button('', () => onSort(name), { 'data-column': name });
  sort.append(h('span', { class: 'sort-name' }, label));
  if (unit) sort.append(h('small', {}, unit));
  return h('th', { scope: 'col', 'aria-sort': sorting }, sort);
}

function lineOf(columns: readonly Column[], zone: ZoneTotals, { current, onOpen }: Rows): HTMLElement {
  const { id, name, status, reason = '' } = zone;
  const open = button(name, () => onOpen(id), { class: 'zone-name' });
  const wrong = status !== 'ok' && h('small', { class: 'zone-status' }, `${status}: ${reason}`);
  const cells = columns.slice(1).map((column) => cellOf(column, zone));
  return h(
    'tr',
    { 'aria-current': current === id || undefined },
    h('th', { scope: 'row' }, open, wrong),
    ...cells,
  );
}

function cellOf({ text, flag }: Column, zone: ZoneTotals): HTMLElement {
  const said = flag?.(zone);
  if (said === undefined) return h('td', {}, text(zone));
  return h('td', {}, h('span', { class: 'ratio', title: said }, text(zone), dotOf(said, said)));
}
