import { saveFile } from '../api/download.ts';
import { button, h } from '../view/dom.ts';
import { number, shortStep } from '../view/format.ts';
import type { ChartOptions } from './chart.ts';
import { csvOf } from './series-csv.ts';

/** So many rows at once; a daily series of decades has thousands. */
const MOST_ROWS = 400;

/** The numbers of a chart: for those who cannot see its lines, and to be taken away. */
export function chartTable(options: ChartOptions): HTMLElement {
  const box = h('details', { class: 'chart-table' }, h('summary', {}, 'Numbers'));
  const fill = (): void => {
    if (box.open && box.childElementCount === 1) box.append(...rowsOf(options));
  };
  box.addEventListener('toggle', fill);
  return box;
}

function rowsOf(options: ChartOptions): HTMLElement[] {
  const { steps, lines, unit, title } = options;
  const head = ['Time', ...lines.map(({ label }) => label)].map((text) => h('th', { scope: 'col' }, text));
  const rows = steps.slice(-MOST_ROWS).map((step, i) => {
    const at = Math.max(0, steps.length - MOST_ROWS) + i;
    const cells = lines.map(({ values }) => h('td', {}, number(values[at], 4)));
    return h('tr', {}, h('th', { scope: 'row' }, shortStep(step)), ...cells);
  });
  const left = steps.length - rows.length;
  const save = button('Save as CSV', () => saveFile(`${fileName(title)}.csv`, 'text/csv', csvOf(options)), {
    class: 'plain-button',
  });
  return [
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Numbers of the chart' },
      h(
        'table',
        {},
        h('caption', {}, left > 0 ? `${unit}; the last ${rows.length} steps, the CSV has all` : unit),
        h('thead', {}, h('tr', {}, ...head)),
        h('tbody', {}, ...rows),
      ),
    ),
    save,
  ];
}

const fileName = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
