/**
 * `x = a·col + b·row + c`, `y = d·col + e·row + f`: the coordinates of a pixel's outer corner, in the order of
 * GeoZarr's `spatial:transform` and of rasterio.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export function apply(t: Affine, col: number, row: number): [x: number, y: number] {
  return [t[0] * col + t[1] * row + t[2], t[3] * col + t[4] * row + t[5]];
}

/** @throws RangeError when the pixels have no area */
export function invert([a, b, c, d, e, f]: Affine): Affine {
  const det = a * e - b * d;
  if (!Number.isFinite(1 / det)) throw new RangeError(`affine [${[a, b, c, d, e, f]}] has no inverse`);
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det];
}

/** The affine of a grid whose pixels are `fy × fx` of these. */
export function coarsen([a, b, c, d, e, f]: Affine, fy: number, fx: number): Affine {
  return [a * fx, b * fy, c, d * fx, e * fy, f];
}

/** The affine of a window that starts at (`row`, `col`). */
export function shift(t: Affine, row: number, col: number): Affine {
  const [x, y] = apply(t, col, row);
  return [t[0], t[1], x, t[3], t[4], y];
}

export const isNorthUp = (t: Affine): boolean => t[1] === 0 && t[3] === 0 && t[0] > 0 && t[4] < 0;
