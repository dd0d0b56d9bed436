import { BadRequest } from '../errors.ts';
import { unitsInPicture } from './carbon-units.ts';
import { rasterise } from './png.ts';
import { lutColors, lutOf } from './ramp.ts';
import { footer, header, MARGIN, type Titles } from './sheet.ts';
import { el, group, INK, LINE, pathData, SOFT_INK, svgDocument } from './svg.ts';
import { text, textWidth } from './text.ts';
import { niceScale, tickLabels } from './ticks.ts';

export interface SeriesInput extends Titles {
  /** Names of the steps along the bottom: `Jan`, `2021-03`. */
  readonly labels: readonly string[];
  /** Means of a zone, one a step; NaN = no data. */
  readonly gpp?: readonly number[];
  readonly npp?: readonly number[];
  readonly rh?: readonly number[];
  readonly nep?: readonly number[];
  /** As stored: `g m-2 month-1`. */
  readonly units: string;
  readonly width?: number;
  readonly height?: number;
}

const COLORS = {
  gpp: lutColors(lutOf('production'))[110]!,
  npp: lutColors(lutOf('production'))[190]!,
  rh: lutColors(lutOf('respiration'))[170]!,
};
const UPTAKE = lutColors(lutOf('balance'))[195]!;
const RELEASE = lutColors(lutOf('balance'))[60]!;

/** Production, respiration and balance through the year as PNG: lines, and bars up for uptake and down for release. */
export const drawSeries = (input: SeriesInput): Uint8Array => rasterise(seriesSvg(input));

/** So that the two lines differ without colour too. */
const DASH = '7 3';
const BAR_OPACITY = 0.75;

interface Plot {
  readonly width: number;
  readonly height: number;
  /** Middle of a step. */
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
  readonly step: number;
  readonly ticks: readonly number[];
}

const LEFT = MARGIN + 44;
const KEY = 44;
const AXIS = 30;

/** The same as SVG. @throws BadRequest when a series has not one value a step */
export function seriesSvg(input: SeriesInput): string {
  const { labels, gpp, npp, rh, nep, width = 900, height = 460 } = input;
  for (const [name, values] of Object.entries({ gpp, npp, rh, nep })) {
    if (!values || values.length === labels.length) continue;
    throw new BadRequest(name, `${values.length} values for ${labels.length} steps`);
  }
  const top = header(input, LEFT, width - LEFT - MARGIN);
  const footHeight = footer(input, LEFT, 0, width - LEFT - MARGIN).height;
  const y = Math.ceil(top.height + KEY + 12);
  const plot = plotOf(input, width - LEFT - MARGIN, height - y - AXIS - footHeight - MARGIN + 8);
  const parts = [
    ...top.parts,
    group(LEFT, top.height, [key(input)]),
    group(LEFT, y, [
      ...grid(plot, input.units),
      nep ? bars(plot, nep) : '',
      gpp ? line(plot, gpp, COLORS.gpp) : '',
      rh ? line(plot, rh, COLORS.rh, DASH) : '',
      npp ? line(plot, npp, COLORS.npp) : '',
      ...stepLabels(plot, labels),
    ]),
    ...footer(input, LEFT, y + plot.height + AXIS - 6, width - LEFT - MARGIN).parts,
  ];
  return svgDocument(width, height, parts);
}

function plotOf(
  { labels, gpp = [], npp = [], rh = [], nep = [] }: SeriesInput,
  width: number,
  height: number,
): Plot {
  const values = [...gpp, ...npp, ...rh, ...nep].filter(Number.isFinite);
  const { range, ticks } = niceScale(Math.min(0, ...values), Math.max(0, ...values, 1e-9), 6);
  const step = width / labels.length;
  return {
    width,
    height,
    step,
    ticks,
    x: (i) => (i + 0.5) * step,
    y: (value) => height * (1 - (value - range[0]) / (range[1] - range[0])),
  };
}

function grid({ ticks, y, width }: Plot, units: string): string[] {
  const labels = tickLabels(ticks);
  const lines = ticks.flatMap((tick, i) => {
    const at = y(tick);
    const d = pathData([
      [0, at],
      [width, at],
    ]);
    const [stroke, weight] = tick === 0 ? [SOFT_INK, 1.1] : ['#e3e7ea', 1];
    return [
      el('path', { d, stroke, 'stroke-width': weight }),
      text(-9, at + 4, labels[i]!, { size: 12, fill: SOFT_INK, anchor: 'end' }),
    ];
  });
  return [...lines, text(-44, -14, unitsInPicture(units), { size: 12, fill: SOFT_INK })];
}

function bars({ x, y, step }: Plot, values: readonly number[]): string {
  const width = Math.min(34, step * 0.56);
  return values
    .map((value, i) => {
      if (!Number.isFinite(value)) return '';
      const [from, to] = [Math.min(y(0), y(value)), Math.max(y(0), y(value))];
      const fill = value >= 0 ? UPTAKE : RELEASE;
      return el('rect', {
        x: x(i) - width / 2,
        y: from,
        width,
        height: to - from,
        fill,
        'fill-opacity': BAR_OPACITY,
      });
    })
    .join('');
}

/** A step without data breaks the line. */
function line({ x, y }: Plot, values: readonly number[], color: string, dash?: string): string {
  const points = values.map((value, i): [number, number] => [x(i), y(value)]);
  const dots = points
    .filter(([, at]) => Number.isFinite(at))
    .map(([cx, cy]) => el('circle', { cx, cy, r: 3, fill: color, stroke: '#ffffff', 'stroke-width': 1 }));
  const style = { fill: 'none', stroke: color, 'stroke-width': 2.2, 'stroke-linejoin': 'round' };
  return el('path', { d: pathData(points), ...style, 'stroke-dasharray': dash }) + dots.join('');
}

/** As many names as fit side by side, the first among them. */
/** Steps between two labels, at least so many: where months are labelled, a part or a multiple of a year. */
const spacing = (least: number): number =>
  [1, 2, 3, 4, 6].find((every) => every >= least) ?? 12 * Math.ceil(least / 12);

function stepLabels({ x, height, step, width }: Plot, labels: readonly string[]): string[] {
  const widest = Math.max(...labels.map((label) => textWidth(label, 12)));
  const every = spacing(Math.ceil((widest + 10) / step));
  const axis = el('path', {
    d: pathData([
      [0, height],
      [width, height],
    ]),
    stroke: LINE,
    'stroke-width': 1,
  });
  const names = labels.flatMap((label, i) =>
    i % every === 0 ? text(x(i), height + 18, label, { size: 12, fill: INK, anchor: 'middle' }) : [],
  );
  return [axis, ...names];
}

function key({ gpp, npp, rh, nep }: SeriesInput): string {
  const entries: { name: string; width: number; mark: (x: number) => string }[] = [];
  const stroke = (color: string, dash?: string) => (x: number) => {
    const d = pathData([
      [x, 6],
      [x + 26, 6],
    ]);
    return el('path', { d, stroke: color, 'stroke-width': 2.6, 'stroke-dasharray': dash });
  };
  const block = (fill: string) => (x: number) =>
    el('rect', { x, y: -1, width: 14, height: 14, fill, 'fill-opacity': BAR_OPACITY });
  if (gpp) entries.push({ name: 'GPP', width: 26, mark: stroke(COLORS.gpp) });
  if (npp) entries.push({ name: 'NPP', width: 26, mark: stroke(COLORS.npp) });
  if (rh) entries.push({ name: 'RH', width: 26, mark: stroke(COLORS.rh, DASH) });
  if (nep?.some((v) => v >= 0)) entries.push({ name: 'NEP, uptake', width: 14, mark: block(UPTAKE) });
  if (nep?.some((v) => v < 0)) entries.push({ name: 'NEP, release', width: 14, mark: block(RELEASE) });
  let x = 0;
  const parts = entries.map(({ name, width, mark }) => {
    const at = x;
    x += width + 7 + textWidth(name, 13) + 26;
    return mark(at) + text(at + width + 7, 10.5, name, { size: 13 });
  });
  return parts.join('');
}
