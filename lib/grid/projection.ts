import proj4 from 'proj4';
import { type Crs, sameCrs } from './crs.ts';
import { parseProj } from './proj-string.ts';

/** Coordinates in one CRS to coordinates in another; NaN where the point lies outside either domain. */
export type Transform = (x: number, y: number) => [x: number, y: number];

interface Point {
  x: number;
  y: number;
}
type Step = (p: Point) => Point | null | undefined;

const RAD = Math.PI / 180;
/** A point is in a projection's domain when it comes back to within this, radians (6 m). */
const COMES_BACK = 1e-6;

/**
 * The transformation between two CRSs through their own longitudes and latitudes, with a Helmert shift where a
 * definition carries one. Longitudes may be given in any turn (0..360) and come out in -180..180. Where PROJ uses a
 * grid for a datum (NAD27, OSGB36) the result differs by metres: docs/adr/0005.
 *
 * @returns a function that never throws; NaN, NaN outside the domain, such as beyond the edge of a sinusoidal world
 */
export function transformer(from: Crs, to: Crs): Transform {
  if (sameCrs(from, to))
    return from.geographic ? (x, y) => (isLatitude(y) ? [wrap(x), y] : outside()) : (x, y) => [x, y];
  const unproject = inverse(from);
  const shift = datumShift(from, to);
  const project = forward(to);
  return (x, y) => {
    const geographic = Number.isFinite(x) && Number.isFinite(y) ? unproject({ x, y }) : undefined;
    const shifted = geographic && shift ? shift(geographic) : geographic;
    const p = shifted && project(shifted);
    return p ? [p.x, p.y] : outside();
  };
}

/** Coordinates to longitude and latitude, degrees, on the CRS's own datum; NaN outside the domain. */
export function unprojection(crs: Crs): Transform {
  const unproject = inverse(crs);
  return (x, y) => {
    const p = Number.isFinite(x) && Number.isFinite(y) ? unproject({ x, y }) : undefined;
    return p ? [p.x / RAD, p.y / RAD] : outside();
  };
}

const outside = (): [number, number] => [Number.NaN, Number.NaN];
const isLatitude = (degrees: number): boolean => Math.abs(degrees) <= 90 * (1 + 1e-12);
/** To -180..180 degrees; what is there already stays as it is. */
const wrap = (degrees: number): number =>
  Math.abs(degrees) <= 180 ? degrees : degrees - 360 * Math.floor((degrees + 180) / 360);

/** Coordinates to radians on the CRS's own datum. */
function inverse(crs: Crs): Step {
  if (crs.geographic) {
    return (p) => (isLatitude(p.y) ? { x: wrap(p.x) * RAD, y: p.y * RAD } : undefined);
  }
  const { project, unproject, toMeter, a } = engine(crs);
  return ({ x, y }) => {
    const p = finite(unproject({ x: x * toMeter, y: y * toMeter }));
    const back = p && finite(project({ x: p.x, y: p.y }));
    if (!back || !p) return undefined;
    const off = Math.hypot(back.x - x * toMeter, back.y - y * toMeter);
    return off <= COMES_BACK * a ? p : undefined;
  };
}

/** Radians on the CRS's own datum to coordinates. */
function forward(crs: Crs): Step {
  if (crs.geographic) return (p) => ({ x: wrap(p.x / RAD), y: p.y / RAD });
  const { project, unproject, toMeter } = engine(crs);
  return (geographic) => {
    const { x: lon, y: lat } = geographic;
    const p = finite(project({ x: lon, y: lat }));
    const back = p && finite(unproject({ x: p.x, y: p.y }));
    if (!back || !p) return undefined;
    const dLon = Math.abs(Math.sin((back.x - lon) / 2)) * 2 * Math.cos(lat);
    return dLon <= COMES_BACK && Math.abs(back.y - lat) <= COMES_BACK
      ? { x: p.x / toMeter, y: p.y / toMeter }
      : undefined;
  };
}

/** No projection here puts a point of use so far away, m; a cone's far pole comes out finite by rounding. */
const NOWHERE = 1e9;

const finite = (p: Point | null | undefined): Point | undefined =>
  p && Math.abs(p.x) < NOWHERE && Math.abs(p.y) < NOWHERE ? p : undefined;

/** proj4's projection without its wrapper, which copies and checks every point anew. */
function engine(crs: Crs): { project: Step; unproject: Step; toMeter: number; a: number } {
  // Some of proj4's projections give NaN without a false origin; of two words the later counts.
  const projection = new proj4.Proj(`+x_0=0 +y_0=0 ${crs.proj4}`) as unknown as {
    forward: Step;
    inverse: Step;
    to_meter?: number;
    a: number;
  };
  return {
    project: (p) => projection.forward(p),
    unproject: (p) => projection.inverse(p),
    toMeter: projection.to_meter ?? 1,
    a: projection.a,
  };
}

/** Only definitions with a Helmert shift leave their datum; the others count as one. */
function datumShift(from: Crs, to: Crs): Step | undefined {
  const [source, target] = [geographicPart(from), geographicPart(to)];
  if (source === target) return undefined;
  const converter = proj4(source, target);
  return (p) => {
    const [x, y] = converter.forward([p.x / RAD, p.y / RAD]);
    return { x: x! * RAD, y: y! * RAD };
  };
}

function geographicPart(crs: Crs): string {
  const shift = parseProj(crs.proj4).get('towgs84') ?? '';
  if (!shift.split(',').some((s) => Number(s) !== 0)) return '+proj=longlat +datum=WGS84 +no_defs';
  return `+proj=longlat +a=${crs.ellipsoid.a} +b=${crs.ellipsoid.b} +towgs84=${shift} +no_defs`;
}
