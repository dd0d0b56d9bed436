import type { GeoGrid } from '../grid/geo-grid.ts';
import { type Legend, paint } from './legend.ts';
import { gridBorder } from './map-extent.ts';
import type { MapFrame } from './map-frame.ts';
import { pngUri } from './png.ts';
import { sampleFrame } from './sample-frame.ts';
import { el, LINE, pathData } from './svg.ts';

/** How cells of a field are brought to a picture: fluxes are averaged, classes are not. */
export const samplingOf = (legend: Legend): 'mean' | 'nearest' =>
  legend.kind === 'ramp' ? 'mean' : 'nearest';

/** The field itself: ground where the grid has no data, paper where there is no grid, and its frame. */
export function mapPanel(frame: MapFrame, grid: GeoGrid, values: ArrayLike<number>, legend: Legend): string {
  const { width, height } = frame;
  const shown = sampleFrame(frame, grid, values, samplingOf(legend));
  return [
    ground(frame, grid, legend.nodata.color),
    el('image', { x: 0, y: 0, width, height, href: pngUri(paint(shown, legend), width, height) }),
  ].join('');
}

function ground(frame: MapFrame, grid: GeoGrid, fill: string): string {
  const { width, height } = frame;
  const border = gridBorder(grid).map(([col, row]) => frame.fromGrid(col, row));
  // The corners of a world map lie outside its projection; then all of the frame counts as grid.
  const onPaper = border.every(([x, y]) => Number.isFinite(x + y));
  return onPaper
    ? el('path', { d: pathData(border, true), fill })
    : el('rect', { x: 0, y: 0, width, height, fill });
}

export const frameLine = ({ width, height }: MapFrame): string =>
  el('rect', {
    x: -0.5,
    y: -0.5,
    width: width + 1,
    height: height + 1,
    fill: 'none',
    stroke: LINE,
    'stroke-width': 1,
  });
