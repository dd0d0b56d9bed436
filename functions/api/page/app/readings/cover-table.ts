import type { LandCoverClass, Variable } from '../api/product.ts';
import type { ZoneTotals } from '../api/totals.ts';
import { h } from '../view/dom.ts';
import { massUnit, number, percent } from '../view/format.ts';
import { prettyUnits, said, shortName } from '../view/variables.ts';

/** One step of a zone told apart by land cover. */
export interface Cover {
  readonly classes: readonly LandCoverClass[];
  /** In the order of the classes. */
  readonly zones: readonly ZoneTotals[];
  readonly variables: readonly Variable[];
  /** The flux whose bars are drawn. */
  readonly shown: Variable;
}

interface Row extends LandCoverClass {
  /** m2, with and without a value. */
  readonly area: number;
  readonly share: number;
  readonly zone: ZoneTotals;
}

/** What a table tells of a class: as the API has it, and how much of that a shown unit is. */
interface Quantity {
  readonly title: string;
  readonly scale: number;
  of(zone: ZoneTotals, variable: Variable): number | null | undefined;
}

/** A bar of areas, and what each class takes up and gives off: totals, and means below them. */
export function coverTable(cover: Cover): HTMLElement[] {
  const rows = rowsOf(cover);
  if (rows.length === 0) return [h('p', { class: 'faint' }, 'No class of land cover lies in it.')];
  const totals = cover.variables.flatMap((variable) => rows.map(({ zone }) => gramsOf(zone, variable)));
  const { unit, perGram } = massUnit(totals);
  return [
    areaBar(rows),
    table(cover, rows, { title: `Total, ${unit}`, scale: perGram, of: gramsOf }),
    table(cover, rows, { title: `Mean, ${prettyUnits(cover.shown)}`, scale: 1, of: meanOf }),
    ...note(rows),
  ];
}

function rowsOf({ classes, zones }: Cover): Row[] {
  const areas = zones.map(({ polygonArea }) => polygonArea ?? 0);
  const all = areas.reduce((sum, one) => sum + one, 0);
  return classes
    .map((one, i) => ({ ...one, area: areas[i]!, share: areas[i]! / all, zone: zones[i]! }))
    .filter(({ area }) => area > 0);
}

const gramsOf = ({ periods }: ZoneTotals, { name }: Variable): number | null =>
  periods[0]?.variables[name]?.total?.gC ?? null;

const meanOf = ({ periods }: ZoneTotals, { name }: Variable): number | null =>
  periods[0]?.variables[name]?.mean ?? null;

/** What is there is never 0 %. */
const shareText = (share: number): string => (share < 0.005 ? '< 1 %' : percent(share));

/** Names and shares stand in the table: the bar is for the eye alone. */
const areaBar = (rows: readonly Row[]): HTMLElement =>
  h(
    'div',
    { class: 'cover-areas', 'aria-hidden': 'true' },
    ...rows.map(({ color, area, name, share }) =>
      h('span', { style: `--class: ${color}; flex-grow: ${area}`, title: `${name}, ${shareText(share)}` }),
    ),
  );

function table(cover: Cover, rows: readonly Row[], quantity: Quantity): HTMLElement {
  const { variables, shown } = cover;
  const most = Math.max(...rows.map(({ zone }) => Math.abs(quantity.of(zone, shown) ?? 0)));
  const heads = ['area', ...variables.map(({ name }) => shortName(name))];
  const line = (row: Row): HTMLElement =>
    h(
      'tr',
      { class: row.dropped ? 'dropped' : undefined },
      h('th', { scope: 'row', style: `--class: ${row.color}` }, row.name),
      h('td', {}, h('data', { value: row.area }, shareText(row.share))),
      ...variables.map((variable) => cell(row, variable, quantity, variable === shown ? most : 0)),
    );
  return h(
    'table',
    { class: 'cover-table' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', class: 'cover-title' }, quantity.title),
        ...heads.map((text) => h('th', { scope: 'col' }, text)),
      ),
    ),
    h('tbody', {}, ...rows.map(line)),
  );
}

/** @param most the largest of the column, where bars are drawn; 0 where none are */
function cell(row: Row, variable: Variable, { of, scale }: Quantity, most: number): HTMLElement {
  const exact = of(row.zone, variable) ?? null;
  if (exact === null) return h('td', {}, row.dropped ? '' : number(null));
  const text = h('data', { value: exact }, said(variable, exact * scale));
  if (most === 0) return h('td', {}, text);
  const side = exact < 0 ? 'loss' : 'gain';
  const bar = h('span', { class: `cover-bar ${side}`, style: `width: ${(50 * Math.abs(exact)) / most}%` });
  return h('td', { class: 'with-bar' }, text, h('span', { class: 'cover-axis', 'aria-hidden': 'true' }, bar));
}

function note(rows: readonly Row[]): HTMLElement[] {
  const dropped = rows.filter((row) => row.dropped);
  if (dropped.length === 0) return [];
  const names = dropped.map(({ name, area }) => `${name} ${number(area / 1e6)} km²`).join(', ');
  return [h('p', { class: 'faint' }, `In no share of carbon: ${names}.`)];
}
