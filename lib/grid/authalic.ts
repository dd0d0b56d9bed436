/** Semi-axes, m; equal for a sphere. */
export interface Ellipsoid {
  readonly a: number;
  readonly b: number;
}

/** The sphere of the MODIS grids; it has the area of the WGS 84 ellipsoid (spec casa.md 1.2). */
export const MODIS_SPHERE: Ellipsoid = { a: 6371007.181, b: 6371007.181 };

const RAD = Math.PI / 180;

/**
 * Area between the equator and a parallel for one radian of longitude, m2; negative in the south.
 *
 * @see Snyder 1987, eq. 3-12, times a²/2
 */
export function areaToParallel(latDeg: number, { a, b }: Ellipsoid): number {
  const s = Math.sin(Math.max(-90, Math.min(90, latDeg)) * RAD);
  if (a === b) return a * a * s;
  const e2 = 1 - (b * b) / (a * a);
  const e = Math.sqrt(e2);
  const inner = s / (1 - e2 * s * s) + Math.atanh(e * s) / e;
  return (b * b * inner) / 2;
}

/** Area between two parallels for one radian of longitude, m2, ≥ 0. Latitudes beyond the poles count as the poles. */
export function areaBetweenParallels(lat1: number, lat2: number, ellipsoid: Ellipsoid): number {
  if (ellipsoid.a !== ellipsoid.b) {
    return Math.abs(areaToParallel(lat2, ellipsoid) - areaToParallel(lat1, ellipsoid));
  }
  const [south, north] = [Math.max(-90, Math.min(lat1, lat2)), Math.min(90, Math.max(lat1, lat2))];
  if (!(north > south)) return 0;
  // The difference of two sines of nearby angles, without losing digits.
  const mean = Math.cos(((north + south) / 2) * RAD);
  return ellipsoid.a ** 2 * 2 * mean * Math.sin(((north - south) / 2) * RAD);
}

/** Radius of the sphere with the ellipsoid's area, m. */
export const authalicRadius = (ellipsoid: Ellipsoid): number => Math.sqrt(areaToParallel(90, ellipsoid));

/** Sine of the authalic latitude: the sphere's parallel that cuts off the same area as the ellipsoid's. */
export const sinAuthalic = (
  latDeg: number,
  ellipsoid: Ellipsoid,
  pole = areaToParallel(90, ellipsoid),
): number => Math.max(-1, Math.min(1, areaToParallel(latDeg, ellipsoid) / pole));
