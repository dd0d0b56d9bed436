import { BadRequest } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { graticule } from './graticule.ts';
import { type Legend, type LegendOptions, type LegendVariable, legendOf } from './legend.ts';
import { legendStrip } from './legend-strip.ts';
import { type ExtentInput, mapBounds } from './map-extent.ts';
import { frameSpace, layOut, type MapFrame } from './map-frame.ts';
import { frameLine, mapPanel } from './map-panel.ts';
import type { Outline } from './outline.ts';
import { outlineLayer } from './outline-layer.ts';
import { rasterise } from './png.ts';
import { drawScaleBar, scaleBar } from './scale-bar.ts';
import { footer, header, MARGIN, type Titles } from './sheet.ts';
import { el, group, svgDocument } from './svg.ts';
import { textWidth } from './text.ts';

export interface MapInput extends Titles, LegendOptions, ExtentInput {
  /** Cells of the grid, row-major, NaN = no data. */
  readonly values: ArrayLike<number>;
  readonly variable: LegendVariable;
  /** Pixels of the whole picture; 1400 when absent. */
  readonly maxWidth?: number;
}

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly legend: Legend;
  /** Where the (first) map lies on the sheet, in pixels. */
  readonly map: { readonly x: number; readonly y: number; readonly frame: MapFrame };
}

/** A map as PNG. @throws BadRequest when the values are not the grid's */
export const drawMap = (input: MapInput): Uint8Array => rasterise(mapPicture(input).svg);

const LEFT = MARGIN + 46;
const AXIS = 34;
const LEAST_WIDTH = 620;
/** A small map is drawn larger, so that its pixels can be seen and its legend fits. */
const LEAST_BOX = { width: 720, height: 600 };
const MOST_HEIGHT = 880;

/** A map with its legend, scale and degrees as SVG. @throws BadRequest when the values are not the grid's */
export function mapPicture(input: MapInput): Picture {
  const { values, grid, variable, zones = [] } = input;
  checkCells(values, grid);
  const legend = legendOf(variable, [values], input);
  const frame = frameOf(input);
  const inner = Math.max(frame.width, LEAST_WIDTH);
  const width = LEFT + inner + MARGIN;
  const top = header(input, LEFT, inner);
  const y = Math.ceil(top.height);
  const below = y + frame.height + AXIS + 10;
  const strip = stripOf(legend, frame, inner);
  const bottom = below + strip.height;
  const foot = footer(input, LEFT, bottom, inner);
  const height = Math.ceil(bottom + foot.height + MARGIN - 8);
  const parts = [
    ...top.parts,
    group(LEFT, y, mapLayers(frame, grid, values, legend, zones)),
    group(LEFT, below, [strip.svg]),
    ...foot.parts,
  ];
  return { svg: svgDocument(width, height, parts), width, height, legend, map: { x: LEFT, y, frame } };
}

export function checkCells(values: ArrayLike<number>, { height, width }: GeoGrid): void {
  if (values.length === height * width) return;
  throw new BadRequest('values', `${values.length} cells do not fill a grid of ${height} x ${width}`);
}

function mapLayers(
  frame: MapFrame,
  grid: GeoGrid,
  values: ArrayLike<number>,
  legend: Legend,
  zones: readonly Outline[],
): string[] {
  const lines = graticule(frame);
  const borders = outlineLayer(frame, zones);
  const { width, height } = frame;
  const clip = el('clipPath', { id: 'frame' }, el('rect', { x: 0, y: 0, width, height }));
  const inside = [mapPanel(frame, grid, values, legend), lines.lines, borders.lines, borders.labels];
  return [clip, el('g', { 'clip-path': 'url(#frame)' }, inside.join('')), frameLine(frame), lines.labels];
}

function stripOf(legend: Legend, frame: MapFrame, inner: number): { svg: string; height: number } {
  const bar = scaleBar(frame, 170);
  const barRoom = bar ? Math.max(bar.length, textWidth('1000 km', 12)) + 40 : 0;
  const strip = legendStrip(legend, inner - barRoom);
  return { svg: strip.svg + (bar ? drawScaleBar(bar, inner, 29) : ''), height: strip.height };
}

function frameOf(input: MapInput): MapFrame {
  const { grid, maxWidth = 1400 } = input;
  const space = frameSpace(grid);
  const bounds = mapBounds(input, [input.values]);
  const width = Math.max(LEAST_WIDTH, maxWidth - LEFT - MARGIN);
  const [leftCol] = space.toGrid(bounds[0], (bounds[1] + bounds[3]) / 2);
  const [rightCol] = space.toGrid(bounds[2], (bounds[1] + bounds[3]) / 2);
  const native = Math.abs(rightCol - leftCol) || grid.width;
  const most = { width: Math.min(width, Math.max(LEAST_BOX.width, native)), height: MOST_HEIGHT };
  return layOut(space, bounds, {
    width: most.width,
    height: native < LEAST_BOX.width ? LEAST_BOX.height : most.height,
  });
}
