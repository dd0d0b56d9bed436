import { apply } from '../grid/affine.ts';
import { prepareBilinear } from '../grid/bilinear.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { locator, type Position } from '../grid/locator.ts';
import { prepareNearest } from '../grid/nearest.ts';
import { type PixelWindow, roughWindow, sourceWindow, warpWindow } from '../grid/warp.ts';

/** Which level of a pyramid a picture is drawn from, and which of its pixels it needs. */
export interface TargetPlan {
  readonly level: number;
  /** Undefined when the picture shows nothing of the grid. */
  readonly window: PixelWindow | undefined;
  /** The part of the picture that may show something of it: the rest is not looked at. */
  readonly shown: PixelWindow;
  /** Bound on the error of places, pixels of the level. */
  readonly maxError: number;
}

export type Resampling = 'nearest' | 'bilinear';

/** Places of a target at which its pixels are measured, as shares of its sides. */
const PROBES = [0.02, 0.25, 0.5, 0.75, 0.98];
/** A picture never reads more pixels of the source than this; it takes a coarser level then. */
const MOST_SOURCE_PIXELS = 9_000_000;

/** A tenth of a pixel of the picture is not seen, however many pixels of the source that is. */
const SEEN = 0.1;
const LEAST_ERROR = 0.05;

/** Plans a picture: the level whose pixels are nearest in size to the picture's own. */
export function planTarget(target: GeoGrid, grids: readonly GeoGrid[], resampling: Resampling): TargetPlan {
  const ratio = pixelRatio(target, grids[0]!);
  const shown = shownPart(target, grids.at(-1)!);
  let level = Math.max(0, Math.min(grids.length - 1, Math.round(Math.log2(ratio))));
  const maxErrorAt = (l: number): number => Math.max(LEAST_ERROR, (SEEN * ratio) / 2 ** l);
  if (!shown) return { level, window: undefined, shown: NOTHING, maxError: maxErrorAt(level) };
  for (; ; level++) {
    const window = sourceWindow(target, shown, grids[level]!, resampling === 'bilinear' ? 2 : 1);
    const pixels = window ? (window.x1 - window.x0) * (window.y1 - window.y0) : 0;
    if (pixels <= MOST_SOURCE_PIXELS || level === grids.length - 1)
      return { level, window, shown, maxError: maxErrorAt(level) };
  }
}

const NOTHING: PixelWindow = { y0: 0, y1: 0, x0: 0, x1: 0 };

/**
 * Where the source lies in the picture; a world in one tile is not searched for one country. Outlines of the source
 * find what is small; but one that crosses the picture's own seam, or goes where its CRS ends, has no place there, and
 * a pole lies on no outline. Those are found by looking from the picture.
 */
function shownPart(target: GeoGrid, source: GeoGrid): PixelWindow | undefined {
  const whole = { y0: 0, y1: source.height, x0: 0, x1: source.width };
  const step = Math.max(LOOK, Math.ceil(Math.max(target.width, target.height) / MOST_LOOKS));
  return union(roughWindow(source, whole, target, LOOK), seenPart(target, source, step));
}

/** Pixels between the places of a picture from which it looks for the source, and how many there are along a side. */
const LOOK = 8;
const MOST_LOOKS = 64;

/** The box of those places of a lattice that lie on the source, and a step around it. */
function seenPart(target: GeoGrid, source: GeoGrid, step: number): PixelWindow | undefined {
  const { locate, period, wrapFrom } = locator(target, source);
  const at: Position = { col: 0, row: 0 };
  const box = { y0: Infinity, y1: -Infinity, x0: Infinity, x1: -Infinity };
  for (let j = 0; j < target.height + step; j += step) {
    for (let i = 0; i < target.width + step; i += step) {
      const [x, y] = [Math.min(i, target.width), Math.min(j, target.height)];
      locate(x, y, at);
      const col = period > 0 ? at.col - period * Math.floor((at.col - wrapFrom) / period) : at.col;
      if (!(col >= 0 && col <= source.width && at.row >= 0 && at.row <= source.height)) continue;
      box.x0 = Math.min(box.x0, x - step);
      box.x1 = Math.max(box.x1, x + step);
      box.y0 = Math.min(box.y0, y - step);
      box.y1 = Math.max(box.y1, y + step);
    }
  }
  if (box.x0 > box.x1) return undefined;
  return {
    y0: Math.max(0, box.y0),
    y1: Math.min(target.height, box.y1),
    x0: Math.max(0, box.x0),
    x1: Math.min(target.width, box.x1),
  };
}

function union(a: PixelWindow | undefined, b: PixelWindow | undefined): PixelWindow | undefined {
  if (!a || !b) return a ?? b;
  return {
    y0: Math.min(a.y0, b.y0),
    y1: Math.max(a.y1, b.y1),
    x0: Math.min(a.x0, b.x0),
    x1: Math.max(a.x1, b.x1),
  };
}

/** Source pixels along a side of a target pixel: the least of some places, so that no place is blurred. */
function pixelRatio(target: GeoGrid, source: GeoGrid): number {
  const { locate } = locator(target, source);
  const at: Position = { col: 0, row: 0 };
  const place = (x: number, y: number): [number, number] => {
    locate(x, y, at);
    return [at.col, at.row];
  };
  let least = Infinity;
  for (const [x, y] of probesOf(target, source)) {
    const [[c, r], [cx, rx], [cy, ry]] = [place(x, y), place(x + 1, y), place(x, y + 1)];
    const area = Math.abs((cx - c) * (ry - r) - (cy - c) * (rx - r));
    if (area > 0 && isNear(c, r, source)) least = Math.min(least, Math.sqrt(area));
  }
  return Number.isFinite(least) ? least : 1;
}

/** Places all over the target, and the one that is nearest to the middle of the source. */
function probesOf(target: GeoGrid, source: GeoGrid): [x: number, y: number][] {
  const spread = PROBES.flatMap((v) =>
    PROBES.map((u): [number, number] => [u * target.width, v * target.height]),
  );
  const middle: Position = { col: 0, row: 0 };
  locator(source, target).locate(source.width / 2, source.height / 2, middle);
  const within = (n: number, most: number): number => Math.max(0, Math.min(most - 1, n));
  if (!Number.isFinite(middle.col + middle.row)) return spread;
  return [...spread, [within(middle.col, target.width), within(middle.row, target.height)]];
}

/** On the source, or within its own size of it: further off it is not looked at. */
const isNear = (col: number, row: number, { width, height }: GeoGrid): boolean =>
  col > -width && col < 2 * width && row > -height && row < 2 * height;

/** For each pixel of the target, the pixel of the read window that holds its centre; -1 where there is none. */
export function nearestIndex(
  target: GeoGrid,
  source: GeoGrid,
  { window, shown, maxError }: TargetPlan,
): Int32Array {
  const out = new Int32Array(target.height * target.width).fill(-1);
  if (!window) return out;
  const row = prepareNearest(warpWindow(target, shown, source, { maxError }), window);
  for (let y = shown.y0; y < shown.y1; y++) {
    const at = y * target.width;
    row(y, out.subarray(at + shown.x0, at + shown.x1));
  }
  return out;
}

/** The very values of the source. @param index as `nearestIndex` gives it */
export function takeNearest(index: Int32Array, cells: Float32Array): Float32Array {
  const out = new Float32Array(index.length);
  for (let i = 0; i < index.length; i++) {
    const k = index[i]!;
    out[i] = k >= 0 ? cells[k]! : Number.NaN;
  }
  return out;
}

/** Values between those of the source; a pixel next to nodata keeps what its other neighbours say. */
export function takeBilinear(
  target: GeoGrid,
  source: GeoGrid,
  { window, shown, maxError }: TargetPlan,
  cells: Float32Array,
): Float32Array {
  const out = new Float32Array(target.height * target.width).fill(Number.NaN);
  if (!window) return out;
  const strips = prepareBilinear(warpWindow(target, shown, source, { maxError }), source, window, {
    coastDegrees: 0,
  });
  const width = shown.x1 - shown.x0;
  const strip = new Float32Array(width * strips.stripRows);
  for (let y = shown.y0; y < shown.y1; y += strips.stripRows) {
    const rows = Math.min(strips.stripRows, shown.y1 - y);
    strips.prepare(y, rows);
    strips.apply(cells, strip);
    for (let r = 0; r < rows; r++) {
      out.set(strip.subarray(r * width, (r + 1) * width), (y + r) * target.width + shown.x0);
    }
  }
  return out;
}

/** Column and row of a place on a grid; NaN where its CRS cannot show it. */
export function pixelAt(
  from: GeoGrid['crs'],
  x: number,
  y: number,
  grid: GeoGrid,
): [col: number, row: number] {
  const point = { crs: from, transform: [1, 0, x, 0, 1, y] as const, height: 1, width: 1 };
  const at: Position = { col: 0, row: 0 };
  const { locate, period, wrapFrom } = locator(point, grid);
  locate(0, 0, at);
  const turns = period > 0 ? Math.floor((at.col - wrapFrom) / period) : 0;
  return [at.col - period * turns, at.row];
}

/** West, south, east and north of a grid in its own coordinates. */
export function nativeBounds({ transform, height, width }: GeoGrid): [number, number, number, number] {
  const corners = [0, width].flatMap((col) => [0, height].map((row) => apply(transform, col, row)));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
