import { BadRequest } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { checkCells, type Picture } from './draw-map.ts';
import { graticule } from './graticule.ts';
import { type Legend, type LegendOptions, type LegendVariable, legendOf } from './legend.ts';
import { legendStrip } from './legend-strip.ts';
import { type ExtentInput, mapBounds } from './map-extent.ts';
import { frameSpace, layOut, type MapFrame } from './map-frame.ts';
import { frameLine, mapPanel } from './map-panel.ts';
import { outlineLayer } from './outline-layer.ts';
import { rasterise } from './png.ts';
import { footer, header, MARGIN, type Titles } from './sheet.ts';
import { el, group, svgDocument } from './svg.ts';
import { text } from './text.ts';

export interface YearInput extends Titles, LegendOptions, ExtentInput {
  /** One map each, in order. Cells row-major, NaN = no data. */
  readonly panels: readonly { readonly label: string; readonly values: ArrayLike<number> }[];
  readonly variable: LegendVariable;
  /** Pixels of the whole picture; 1400 when absent. */
  readonly maxWidth?: number;
}

const fieldsOf = ({ panels }: YearInput): ArrayLike<number>[] => panels.map(({ values }) => values);

/** Small maps of the months side by side, all with one legend, as PNG. @throws BadRequest */
export const drawYear = (input: YearInput): Uint8Array => rasterise(yearPicture(input).svg);

const GAP = 18;
const LABEL = 24;
const MOST_HEIGHT = 1500;

/** The same as SVG. @throws BadRequest without panels, or when a panel's values are not the grid's */
export function yearPicture(input: YearInput): Picture {
  const { panels, grid, variable, zones = [], maxWidth = 1400 } = input;
  if (panels.length === 0) throw new BadRequest('panels', 'a picture of a year needs at least one map');
  for (const { values } of panels) checkCells(values, grid);
  const legend = legendOf(variable, fieldsOf(input), input);
  const { frame, columns } = arrange(input, maxWidth - 2 * MARGIN);
  const inner = columns * frame.width + (columns - 1) * GAP;
  const top = header(input, MARGIN, inner);
  const [stepX, stepY] = [frame.width + GAP, frame.height + LABEL + GAP];
  const lines =
    graticule(frame, { labels: false }).lines +
    outlineLayer(frame, zones, { labels: false, weight: 0.65 }).lines;
  const maps = panels.map(({ label, values }, i) =>
    group(MARGIN + (i % columns) * stepX, top.height + Math.floor(i / columns) * stepY, [
      text(0, 13, label, { size: 14, bold: true }),
      group(0, LABEL - 3, panelLayers(frame, grid, values, legend, lines)),
    ]),
  );
  const below = Math.ceil(top.height + Math.ceil(panels.length / columns) * stepY + 6);
  const strip = legendStrip(legend, inner);
  const bottom = below + strip.height;
  const width = inner + 2 * MARGIN;
  const foot = footer(input, MARGIN, bottom, inner);
  const height = Math.ceil(bottom + foot.height + MARGIN - 8);
  const clip = el(
    'clipPath',
    { id: 'frame' },
    el('rect', { x: 0, y: 0, width: frame.width, height: frame.height }),
  );
  const parts = [clip, ...top.parts, ...maps, group(MARGIN, below, [strip.svg]), ...foot.parts];
  const map = { x: MARGIN, y: top.height + LABEL - 3, frame };
  return { svg: svgDocument(width, height, parts), width, height, legend, map };
}

function panelLayers(
  frame: MapFrame,
  grid: GeoGrid,
  values: ArrayLike<number>,
  legend: Legend,
  lines: string,
): string[] {
  const map = mapPanel(frame, grid, values, legend);
  return [el('g', { 'clip-path': 'url(#frame)' }, map + lines), frameLine(frame)];
}

/** Three columns for wide maps, four for others, six for tall ones; fewer when there are fewer maps. */
function arrange(input: YearInput, room: number): { frame: MapFrame; columns: number } {
  const { grid, panels } = input;
  const space = frameSpace(grid);
  const bounds = mapBounds(input, fieldsOf(input));
  const [left, bottom, right, top] = bounds;
  const aspect = ((right - left) * space.aspect(bounds)) / (top - bottom);
  const columns = Math.min(panels.length, aspect > 1.25 ? 3 : aspect > 0.55 ? 4 : 6);
  const rows = Math.ceil(panels.length / columns);
  const box = {
    width: Math.min(560, Math.floor((room - (columns - 1) * GAP) / columns)),
    height: MOST_HEIGHT / rows - LABEL - GAP,
  };
  return { frame: layOut(space, bounds, box), columns };
}
