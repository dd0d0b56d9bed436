import type { Product, Variable } from '../api/product.ts';
import { headline } from '../api/reductions.ts';
import type { Period, ZoneTotals } from '../api/totals.ts';
import { h } from '../view/dom.ts';
import { area, changeText, type Mass, massUnit, number, percent, stepName } from '../view/format.ts';
import type { Session } from '../view/session.ts';
import { isCarbon, isOfBalance, prettyUnits, said, shortName } from '../view/variables.ts';
import { coverReading } from './cover-reading.ts';
import { charts, type Found, figure, trouble } from './reading.ts';

/** The total of the shown step with its flag, means and areas, and the means through time. */
export function tellZone(
  session: Session,
  product: Product,
  found: Extract<Found, { kind: 'zone' }>,
): HTMLElement[] {
  const { zone, variables } = found;
  const { time, variable: shown, against } = session.view;
  const period = zone.periods.find((one) => one.period === time);
  if (!period)
    return [trouble(zone.reason ? `No totals: ${zone.reason}.` : 'There are no totals for this time.')];
  const main = headline(variables, shown)!;
  const other = against === undefined ? undefined : zone.periods.find((one) => one.period === against);
  return [
    headFigure(main, period, time),
    ...(other ? beside(main, period, other) : []),
    facts(zone, period, variables),
    ...(zone.status === 'ok' || !zone.reason ? [] : [trouble(`${zone.status}: ${zone.reason}.`)]),
    ...coverReading(session, product, found),
    ...charts(
      session,
      product,
      variables,
      ({ name }) => zone.periods.map(({ variables: v }) => v[name]?.mean ?? null),
      zone.periods.map((one) => one.period),
      session.view.chosen?.kind === 'polygon' ? 'Mean of the polygon' : 'Mean of the zone',
    ),
  ];
}

/** Grams of carbon of a variable; undefined where its sum is no carbon. */
const gramsOf = ({ variables }: Period, variable: Variable): number | null | undefined => {
  const total = variables[variable.name]?.total;
  return total && isCarbon(variable) ? total.gC : undefined;
};

const scaled = (grams: number | null, { perGram }: Mass): number | null =>
  grams === null ? null : grams * perGram;

function headFigure(main: Variable, period: Period, time: string): HTMLElement {
  const { ratio } = period;
  const grams = gramsOf(period, main);
  if (grams === undefined) {
    const mean = period.variables[main.name]?.mean;
    const name = `Mean ${shortName(main.name)}`;
    return figure(name, said(main, mean), prettyUnits(main), stepName(time), mean);
  }
  const mass = massUnit([grams]);
  const name = `Total ${shortName(main.name)}`;
  const made = figure(name, said(main, scaled(grams, mass)), mass.unit, stepName(time), grams);
  const flag =
    ratio &&
    isOfBalance(main) &&
    h('span', { class: `flag flag-${ratio.balance.replaceAll(' ', '-')}` }, ratio.balance);
  if (flag) made.querySelector('.figure-label')?.append(flag);
  return made;
}

/** The date on the other side of the swipe, in the unit of this one. */
function beside(main: Variable, period: Period, other: Period): HTMLElement[] {
  const grams = [period, other].map((one) => gramsOf(one, main));
  const isTotal = grams.every((one) => one !== undefined);
  const mass = massUnit(grams.map((one) => one ?? null));
  const unit = isTotal ? mass.unit : prettyUnits(main);
  const [value, there] = [period, other].map((one, i) =>
    isTotal ? scaled(grams[i]!, mass) : one.variables[main.name]?.mean,
  );
  const change = changeText([period.period, value], [other.period, there], unit);
  return [`${stepName(other.period)}: ${said(main, there)} ${unit}`, change].flatMap((text) =>
    text === undefined ? [] : [h('p', { class: 'beside' }, text)],
  );
}

function facts(zone: ZoneTotals, period: Period, variables: readonly Variable[]): HTMLElement {
  return h(
    'div',
    { class: 'facts' },
    ...factTables(period, variables),
    h(
      'dl',
      {},
      ...pair('RH / NPP', period.ratio && number(period.ratio.rhOverNpp)),
      ...pair('Area', area(zone.polygonArea)),
      ...pair('With data', percent(period.validShare), period.lowCoverage),
    ),
  );
}

/** A table a unit, since a column has one. */
function factTables(period: Period, variables: readonly Variable[]): HTMLElement[] {
  const byUnit = Map.groupBy(variables, prettyUnits);
  return [...byUnit].map(([unit, together]) => {
    const carbon = together.some((variable) => gramsOf(period, variable) !== undefined);
    const mass = massUnit(together.map((variable) => gramsOf(period, variable) ?? null));
    const co2 = mass.unit === 'KtC' ? 'kt CO₂e' : 't CO₂e';
    const heads = ['', unit === '' ? 'mean' : `mean, ${unit}`, ...(carbon ? [mass.unit, co2] : [])];
    const head = heads.map((text) => (text === '' ? h('td') : h('th', { scope: 'col' }, text)));
    const rows = together.map((variable) => factRow(variable, period, carbon ? mass : undefined));
    return h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows));
  });
}

function factRow(variable: Variable, period: Period, mass: Mass | undefined): HTMLElement {
  const { mean = null, total } = period.variables[variable.name] ?? {};
  const grams = gramsOf(period, variable);
  const tonnes = total?.tCO2e ?? null;
  const inMass = mass && grams !== undefined ? said(variable, scaled(grams, mass)) : '';
  const inCo2 =
    mass && grams !== undefined && tonnes !== null
      ? said(variable, tonnes / (mass.unit === 'KtC' ? 1000 : 1))
      : '';
  return h(
    'tr',
    {},
    h('th', { scope: 'row', title: variable.title }, shortName(variable.name)),
    h('td', {}, said(variable, mean)),
    ...(mass ? [h('td', {}, inMass), h('td', {}, inCo2)] : []),
  );
}

const pair = (term: string, text: string | undefined, warn = false): HTMLElement[] =>
  text === undefined
    ? []
    : [h('div', {}, h('dt', {}, term), h('dd', { class: warn ? 'warn' : undefined }, text))];
