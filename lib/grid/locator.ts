import { type Affine, apply, invert } from './affine.ts';
import { sameCrs } from './crs.ts';
import type { GeoGrid } from './geo-grid.ts';
import { transformer } from './projection.ts';

/** Position on a source grid, pixels from its outer corner. */
export interface Position {
  col: number;
  row: number;
}

/** Finds where places of a target grid lie on a source grid. */
export interface Locator {
  /** @param x column of the target, counted from the outer corner of its first pixel; `out` is written */
  locate(x: number, y: number, out: Position): void;
  /** Set when grids share a CRS: the position is this affine of the place. */
  readonly linear?: Affine;
  /** Source columns of a turn of longitude; 0 when its columns are not longitudes. */
  readonly period: number;
  /** Columns are brought to [wrapFrom, wrapFrom + period). */
  readonly wrapFrom: number;
}

/** Grids of one CRS with pixels of one size are one lattice when their origins agree to this part of a pixel. */
const SAME_LATTICE = 1e-6;

export function locator(target: GeoGrid, source: GeoGrid): Locator {
  const inverse = invert(source.transform);
  const alongLongitude = source.crs.geographic && source.transform[1] === 0 && source.transform[3] === 0;
  const period = alongLongitude ? Math.abs(360 / source.transform[0]) : 0;
  const wrapFrom = (source.width - period) / 2;
  if (sameCrs(target.crs, source.crs)) {
    const linear = onLattice(compose(inverse, target.transform));
    const locate = (x: number, y: number, out: Position): void => {
      [out.col, out.row] = apply(linear, x, y);
    };
    return { locate, linear, period, wrapFrom };
  }
  const transform = transformer(target.crs, source.crs);
  const turn = target.crs.epsg === WEB_MERCATOR ? 2 * Math.PI * target.crs.ellipsoid.a : 0;
  const locate = (x: number, y: number, out: Position): void => {
    const [px, py] = apply(target.transform, x, y);
    [out.col, out.row] = apply(inverse, ...transform(withinTurn(px, turn), py));
  };
  return { locate, period, wrapFrom };
}

const WEB_MERCATOR = 3857;
/** A picture in Web Mercator may go on beyond the dateline. */
const withinTurn = (x: number, turn: number): number =>
  turn > 0 && Math.abs(x) > turn / 2 ? x - turn * Math.round(x / turn) : x;

/** First `inner`, then `outer`. */
function compose([a, b, c, d, e, f]: Affine, [p, q, r, s, t, u]: Affine): Affine {
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
}

/** A copy of a pixel must not be blurred by the last digits of two origins. */
function onLattice(affine: Affine): Affine {
  const near = affine.map((n) => Math.round(n)) as unknown as Affine;
  const isUnit = near[0] === 1 && near[1] === 0 && near[3] === 0 && near[4] === 1;
  const tolerance = [1e-10, 1e-10, SAME_LATTICE, 1e-10, 1e-10, SAME_LATTICE];
  return isUnit && affine.every((n, k) => Math.abs(n - near[k]!) < tolerance[k]!) ? near : affine;
}

/** The same column in the turn that is nearest to another. */
export const nearTurn = (col: number, other: number, period: number): number =>
  period > 0 ? col - period * Math.round((col - other) / period) : col;

/** A source spans the circle when its columns fill a turn to within this part of a pixel. */
const TURN_TOLERANCE = 0.01;

export const spansTurn = ({ width }: GeoGrid, period: number): boolean =>
  period > 0 && Math.abs(width - period) < TURN_TOLERANCE;
