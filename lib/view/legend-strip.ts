import type { ClassLegendTable, Legend, RampLegend } from './legend.ts';
import { paint } from './legend.ts';
import { pngUri } from './png.ts';
import { el, INK, LINE, pathData, SOFT_INK } from './svg.ts';
import { fitText, text, textWidth } from './text.ts';
import { STATE_SWATCHES } from './tile-image.ts';

export interface Strip {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** How far a label reaches beyond the left edge. */
  readonly overhang: number;
}

const BAR_HEIGHT = 14;
const ARROW = 11;
const SWATCH = 14;
const SIZE = 13;
const TICK_SIZE = 12;
const ROW = 22;
const GAP = 26;
const NOTE_GAP = 12;

/** The legend in at most `width` pixels, its top left corner at 0, 0. */
export const legendStrip = (legend: Legend, width: number): Strip =>
  legend.kind === 'ramp' ? rampStrip(legend, width) : classStrip(legend, width);

function rampStrip(legend: RampLegend, width: number): Strip {
  const nodataWidth = SWATCH + 7 + textWidth(legend.nodata.label, TICK_SIZE);
  const bar = Math.max(160, Math.min(440, width - nodataWidth - GAP - 2 * ARROW));
  const x = legend.below ? ARROW : 0;
  const top = 20;
  const end = x + bar + (legend.above ? ARROW : 0);
  const parts = [
    ...heading(legend, width),
    colourBar(legend, x, top, bar),
    ...barTicks(legend, x, top, bar),
    swatch(end + GAP, top, legend.nodata.color, legend.nodata.label),
  ];
  const [first] = legend.ticks;
  const overhang = first
    ? Math.max(0, textWidth(first.label, TICK_SIZE) / 2 - tickPlace(legend, first.value, x, bar))
    : 0;
  return { svg: parts.join(''), width: end + GAP + nodataWidth, height: top + BAR_HEIGHT + 22, overhang };
}

/** What is shown, its unit, and what its sign means, in one line of at most `width`. */
function heading({ title, units, note }: Legend, width: number): string[] {
  const rest = note ? textWidth(note, TICK_SIZE) + NOTE_GAP : 0;
  const name = fitText(units ? `${title}, ${units}` : title, SIZE, width - rest, true);
  const parts = [text(0, 10, name, { size: SIZE, bold: true })];
  if (note) {
    parts.push(text(textWidth(name, SIZE, true) + NOTE_GAP, 10, note, { size: TICK_SIZE, fill: SOFT_INK }));
  }
  return parts;
}

/** The colours themselves, pixel by pixel, and arrows where values lie beyond the ends. */
function colourBar(legend: RampLegend, x: number, y: number, width: number): string {
  const { range, colors, below, above } = legend;
  const cells = Math.round(width);
  const values = Array.from(
    { length: cells },
    (_, i) => range[0] + ((i + 0.5) / cells) * (range[1] - range[0]),
  );
  const row = paint(values, legend);
  const rgba = new Uint8Array(row.length * BAR_HEIGHT);
  for (let r = 0; r < BAR_HEIGHT; r++) rgba.set(row, r * row.length);
  const middle = y + BAR_HEIGHT / 2;
  const bottom = y + BAR_HEIGHT;
  const right = x + cells;
  const outline = pathData(
    [
      [x, y],
      [right, y],
      ...(above ? [[right + ARROW, middle] as [number, number]] : []),
      [right, bottom],
      [x, bottom],
      ...(below ? [[x - ARROW, middle] as [number, number]] : []),
    ],
    true,
  );
  const arrow = (tip: number, base: number, fill: string): string =>
    el('path', {
      d: pathData(
        [
          [base, y],
          [tip, middle],
          [base, bottom],
        ],
        true,
      ),
      fill,
    });
  return [
    el('image', { x, y, width: cells, height: BAR_HEIGHT, href: pngUri(rgba, cells, BAR_HEIGHT) }),
    below ? arrow(x - ARROW, x, colors[0]!) : '',
    above ? arrow(right + ARROW, right, colors.at(-1)!) : '',
    el('path', { d: outline, fill: 'none', stroke: LINE, 'stroke-width': 1 }),
  ].join('');
}

const tickPlace = ({ range }: RampLegend, value: number, x: number, width: number): number =>
  x + ((value - range[0]) / (range[1] - range[0])) * width;

function barTicks(legend: RampLegend, x: number, y: number, width: number): string[] {
  const bottom = y + BAR_HEIGHT;
  return legend.ticks.flatMap(({ value, label }) => {
    const at = tickPlace(legend, value, x, width);
    return [
      el('path', {
        d: pathData([
          [at, bottom],
          [at, bottom + 4],
        ]),
        stroke: LINE,
        'stroke-width': 1,
      }),
      text(at, bottom + 17, label, { size: TICK_SIZE, fill: INK, anchor: 'middle' }),
    ];
  });
}

function swatch(x: number, y: number, color: string, label: string): string {
  return (
    el('rect', { x, y, width: SWATCH, height: SWATCH, fill: color, stroke: LINE, 'stroke-width': 1 }) +
    text(x + SWATCH + 7, y + SWATCH - 2.5, label, { size: TICK_SIZE, fill: INK })
  );
}

/** The stripes of what is not there, in one line. */
export function stateStrip(): Strip {
  const parts: string[] = [];
  let x = 0;
  for (const { color, label } of STATE_SWATCHES) {
    parts.push(
      stripes(x, 0, color),
      text(x + SWATCH + 7, SWATCH - 2.5, label, { size: TICK_SIZE, fill: INK }),
    );
    x += SWATCH + 7 + textWidth(label, TICK_SIZE) + GAP;
  }
  return { svg: parts.join(''), width: x - GAP, height: SWATCH + 4, overhang: 0 };
}

function stripes(x: number, y: number, color: string): string {
  const lines = [5, 12, 19].map((at) => {
    const from = Math.max(0, at - SWATCH);
    const to = Math.min(at, SWATCH);
    return pathData([
      [x + from, y + to],
      [x + to, y + from],
    ]);
  });
  return (
    el('path', { d: lines.join(''), stroke: color, 'stroke-width': 2.6, fill: 'none' }) +
    el('rect', { x, y, width: SWATCH, height: SWATCH, fill: 'none', stroke: LINE, 'stroke-width': 1 })
  );
}

/** Swatches in rows, as many in a row as fit. */
function classStrip(legend: ClassLegendTable, width: number): Strip {
  const entries = [...legend.classes, legend.nodata];
  const parts = heading(legend, width);
  let [x, y, widest] = [0, 20, 0];
  for (const { color, label } of entries) {
    const needed = SWATCH + 7 + textWidth(label, TICK_SIZE);
    if (x > 0 && x + needed > width) {
      x = 0;
      y += ROW;
    }
    parts.push(swatch(x, y, color, label));
    widest = Math.max(widest, x + needed);
    x += needed + GAP;
  }
  return { svg: parts.join(''), width: widest, height: y + SWATCH + 4, overhang: 0 };
}
