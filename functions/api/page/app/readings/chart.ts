import uPlot from 'uplot';
import { h } from '../view/dom.ts';
import { number, shortStep, signed } from '../view/format.ts';
import { secondsOf } from '../view/steps.ts';
import { onThemeChange } from '../view/theme.ts';
import { halfStep, timeAxis, valueAxis } from './chart-axes.ts';
import { drawZero, markStep, seriesOf } from './chart-marks.ts';
import { chartTable } from './chart-table.ts';

export interface Line {
  readonly label: string;
  /** Name of a colour in theme.css: `npp` is `--npp`. */
  readonly tone: string;
  readonly values: readonly (number | null)[];
  /** Bars stand on zero, and show the sign. */
  readonly bars?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  readonly unit: string;
  readonly steps: readonly string[];
  readonly lines: readonly Line[];
  readonly current: string;
  readonly onPick: (step: string) => void;
}

const HEIGHT = 176;
/** A pointer that moved further than this between press and release drew a span, and picked nothing, CSS pixels. */
const CLICK_PX = 4;

/** Fluxes through time. Its key is also its reading: the values of the step under the pointer, else of the current one. */
export function fluxChart(options: ChartOptions): HTMLElement {
  const { title, unit } = options;
  const at = Math.max(0, options.steps.indexOf(options.current));
  const key = h('div', { class: 'chart-key' });
  const read = (index: number): void => key.replaceChildren(...keyOf(options, index));
  const label = `${title}: ${describe(options, at)}. The numbers are in the table below.`;
  const plot = h('div', {
    class: 'chart-plot',
    role: 'img',
    'aria-label': label,
    title: 'Click shows a step on the map; drag looks closer, double-click goes back',
  });
  read(at);
  whenPlaced(plot, (width) => draw(plot, width, options, at, read));
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, h('span', {}, title), h('span', { class: 'unit' }, unit)),
    key,
    plot,
    chartTable(options),
  );
}

/** Once the element has a width; again whenever it has another. */
function whenPlaced(plot: HTMLElement, make: (width: number) => uPlot): void {
  let made: uPlot | undefined;
  const stop = new AbortController();
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry!.contentRect.width);
    if (!plot.isConnected) {
      observer.disconnect();
      stop.abort();
      made?.destroy();
    } else if (width > 0 && made) made.setSize({ width, height: HEIGHT });
    else if (width > 0) {
      made = make(width);
      onThemeChange(() => made?.redraw(false), stop.signal);
    }
  });
  observer.observe(plot);
}

function draw(
  plot: HTMLElement,
  width: number,
  { steps, lines, onPick }: ChartOptions,
  at: number,
  read: (index: number) => void,
): uPlot {
  const times = steps.map(secondsOf);
  const half = halfStep(times);
  const chart = new uPlot(
    {
      width,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      padding: [8, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: times.length > 2, y: false } },
      scales: {
        x: { range: (_, low, high) => [low - half, high + half] },
        y: { range: (_, low, high) => uPlot.rangeNum(Math.min(0, low), Math.max(0, high), 0.08, true) },
      },
      axes: [timeAxis(times), valueAxis()],
      series: [{}, ...lines.map((line) => seriesOf(line, times.length))],
      hooks: {
        drawClear: [(u) => markStep(u, times[at]!, half)],
        drawAxes: [drawZero],
        setCursor: [({ cursor: { idx } }) => read(idx ?? at)],
      },
    },
    [times, ...lines.map(({ values }) => [...values])],
    plot,
  );
  pickOnClick(chart, (index) => onPick(steps[index]!));
  return chart;
}

function pickOnClick(chart: uPlot, onPick: (index: number) => void): void {
  let pressed = 0;
  chart.over.addEventListener('pointerdown', ({ clientX }) => {
    pressed = clientX;
  });
  chart.over.addEventListener('click', ({ clientX }) => {
    const { idx } = chart.cursor;
    if (Math.abs(clientX - pressed) < CLICK_PX && typeof idx === 'number') onPick(idx);
  });
}

function keyOf({ steps, lines }: ChartOptions, index: number): HTMLElement[] {
  return [
    h('span', { class: 'chart-step' }, shortStep(steps[index]!)),
    ...lines.map(({ label, tone: name, values, bars }) =>
      h(
        'span',
        { class: `key-item ${bars ? 'key-bar' : 'key-line'}`, style: `--tone: var(--${name})` },
        h('span', { class: 'key-label' }, label),
        h('span', { class: 'key-value' }, bars ? signed(values[index]) : number(values[index])),
      ),
    ),
  ];
}

const describe = ({ steps, lines, unit }: ChartOptions, at: number): string =>
  `${steps.length} steps from ${shortStep(steps[0] ?? '')}; ${shortStep(steps[at] ?? '')}: ${lines
    .map(({ label, values }) => `${label} ${number(values[at])}`)
    .join(', ')} ${unit}`;
