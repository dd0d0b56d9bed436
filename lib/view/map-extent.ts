import { BadRequest } from '../errors.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { type Bounds, type FrameSpace, frameSpace } from './map-frame.ts';
import type { Outline } from './outline.ts';

/** Share of the extent that stays free around what is shown. */
const MARGIN = 0.02;

/** Points along the border of a grid, clockwise from its top left corner, as columns and rows. */
export function gridBorder(
  { height, width }: Pick<GeoGrid, 'height' | 'width'>,
  points = 32,
): [number, number][] {
  const along = Array.from({ length: points }, (_, i) => i / points);
  return [
    ...along.map((t): [number, number] => [t * width, 0]),
    ...along.map((t): [number, number] => [width, t * height]),
    ...along.map((t): [number, number] => [(1 - t) * width, height]),
    ...along.map((t): [number, number] => [0, (1 - t) * height]),
  ];
}

/** What a map is cut to: the zones (default where there are any), where there are values, or the whole grid. */
export type Extent = 'data' | 'zones' | 'grid';

export interface ExtentInput {
  readonly grid: GeoGrid;
  readonly zones?: readonly Outline[];
  readonly extent?: Extent;
}

/**
 * The part of the Earth that a map shows, in the coordinates of its `frameSpace`.
 * @throws BadRequest when no part of the grid lies on the Earth
 */
export function mapBounds(
  { grid, zones = [], ...input }: ExtentInput,
  fields: readonly ArrayLike<number>[],
): Bounds {
  const space = frameSpace(grid);
  const extent = input.extent ?? (zones.length > 0 ? 'zones' : 'data');
  const whole = gridBounds(space, grid);
  const wanted = extent === 'zones' ? outlineBounds(space, zones) : undefined;
  // Where zones reach far beyond the grid, the map stays with the grid.
  const seen = wanted && whole && overlap(wanted, grow(whole));
  const bounds = seen ?? (extent === 'grid' ? whole : valueBounds(space, grid, fields));
  const known = bounds ?? whole;
  if (known) return known;
  throw new BadRequest('grid', `a grid on ${grid.crs.name} has no place on the Earth`);
}

/** The whole grid in the frame's coordinates. */
const gridBounds = (space: FrameSpace, grid: GeoGrid): Bounds | undefined =>
  boundsOf(gridBorder(grid).map(([col, row]) => space.fromGrid(col, row)));

/** Where one of the fields has values, with a small margin; undefined when none has. */
function valueBounds(
  space: FrameSpace,
  grid: GeoGrid,
  fields: readonly ArrayLike<number>[],
): Bounds | undefined {
  const points: [number, number][] = [];
  for (let row = 0; row < grid.height; row++) {
    for (const values of fields) {
      const [first, last] = rowEnds(values, row * grid.width, grid.width);
      if (first > last) continue;
      for (const y of [row, row + 1]) points.push(space.fromGrid(first, y), space.fromGrid(last + 1, y));
    }
  }
  const bounds = boundsOf(points);
  const whole = gridBounds(space, grid);
  return bounds && whole && clip(grow(bounds), whole);
}

function outlineBounds(space: FrameSpace, outlines: readonly Outline[]): Bounds | undefined {
  const points = outlines.flatMap(({ rings }) => rings.flat());
  const bounds = boundsOf(points.map(([lon, lat]) => space.fromLonLat(lon, lat)));
  return bounds && grow(bounds);
}

function rowEnds(values: ArrayLike<number>, start: number, width: number): [first: number, last: number] {
  let [first, last] = [0, width - 1];
  while (first < width && !Number.isFinite(values[start + first]!)) first++;
  while (last >= first && !Number.isFinite(values[start + last]!)) last--;
  return [first, last];
}

function boundsOf(points: readonly (readonly [number, number])[]): Bounds | undefined {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    left = Math.min(left, x);
    right = Math.max(right, x);
    bottom = Math.min(bottom, y);
    top = Math.max(top, y);
  }
  return right > left && top > bottom ? [left, bottom, right, top] : undefined;
}

function grow([left, bottom, right, top]: Bounds): Bounds {
  const margin = MARGIN * Math.max(right - left, top - bottom);
  return [left - margin, bottom - margin, right + margin, top + margin];
}

const overlap = (a: Bounds, b: Bounds): Bounds | undefined => {
  const common = clip(a, b);
  return common[0] < common[2] && common[1] < common[3] ? common : undefined;
};

const clip = (a: Bounds, b: Bounds): Bounds => [
  Math.max(a[0], b[0]),
  Math.max(a[1], b[1]),
  Math.min(a[2], b[2]),
  Math.min(a[3], b[3]),
];
