import { UnsupportedInput } from '../errors.ts';
import { type Crs, crsByName, makeCrs, sameCrs } from './crs.ts';
import { DEFINITIONS } from './crs-table.ts';
import { ellipsoidOf, parseProj, withoutUtm } from './proj-string.ts';
import {
  LCC_1SP,
  LCC_2SP,
  MERCATOR_A,
  MERCATOR_B,
  METHODS,
  type Method,
  POLAR_A,
  POLAR_B,
} from './projection-methods.ts';
import { writeWkt } from './wkt-write.ts';

/** A CRS that a file spells out: method, numbers in degrees and metres, axes of the ellipsoid. */
export interface UserDefined {
  /** Absent for longitudes and latitudes. */
  readonly method?: Method;
  /** By proj4's names. */
  readonly parameters: ReadonlyMap<string, number>;
  readonly a: number;
  /** Inverse flattening; 0 for a sphere. */
  readonly rf: number;
  /** Helmert shift to WGS 84: 3 or 7 numbers, position vector; absent when the datum counts as WGS 84. */
  readonly toWgs84?: readonly number[];
  /** Metres of one unit of the coordinates. */
  readonly toMeter: number;
  readonly name: string;
}

const WGS84 = { a: 6378137, rf: 298.257223563 };

/**
 * @throws UnsupportedInput when the ellipsoid is an old one and no shift says where its datum lies, or when a number
 * is out of range
 */
export function crsFromUser(user: UserDefined): Crs {
  checkDatum(user);
  const proj4 = writeProj(user);
  const crs = makeCrs(user.name, { proj4 }, writeWkt(user));
  return knownTwin(user, crs) ?? crs;
}

/** The definition of the table, or the UTM zone, that has the same coordinates. */
function knownTwin({ method, parameters }: UserDefined, crs: Crs): Crs | undefined {
  if (!method) return undefined;
  for (const name of Object.keys(DEFINITIONS)) {
    const known = crsByName(name);
    if (!known.geographic && sameCrs(known, crs)) return known;
  }
  const zone = (parameters.get('lon_0')! + 183) / 6;
  if (method.proj !== 'tmerc' || !Number.isInteger(zone) || zone < 1 || zone > 60) return undefined;
  const south = parameters.get('y_0') === 10_000_000;
  const utm = crsByName(`EPSG:${(south ? 32_700 : 32_600) + zone}`);
  const onWgs84 = Math.abs(crs.ellipsoid.b - utm.ellipsoid.b) < 1e-6;
  return onWgs84 && sameCrs(utm, crs) ? utm : undefined;
}

/** Spheres take latitudes as they are; WGS 84 and GRS 80 count as one; any other ellipsoid must say its shift. */
function checkDatum({ a, rf, toWgs84, name }: UserDefined): void {
  if (!(a > 6.3e6 && a < 6.4e6 && (rf === 0 || (rf > 250 && rf < 350)))) {
    throw new UnsupportedInput(
      `CRS "${name}" has an ellipsoid of ${a} m, 1/${rf}, which is not the Earth's.`,
    );
  }
  const modern = Math.abs(a - WGS84.a) < 0.01 && Math.abs(rf - WGS84.rf) < 1e-4;
  if (rf === 0 || modern || toWgs84) return;
  throw new UnsupportedInput(
    `CRS "${name}" is on an ellipsoid of ${a} m, 1/${rf}, without saying how its datum lies to WGS 84. ` +
      'Reproject the file to a CRS with a code, such as EPSG:4326.',
  );
}

function writeProj({ method, parameters, a, rf, toWgs84, toMeter, name }: UserDefined): string {
  const words = [`+proj=${method?.proj ?? 'longlat'}`];
  const poleSide = method === POLAR_B ? new Map([['lat_0', Math.sign(parameters.get('lat_ts')!) * 90]]) : [];
  for (const [key, value] of [...poleSide, ...parameters]) {
    const limit = key.startsWith('lat') ? 90 : key.startsWith('lon') ? 360 : 1e9;
    if (!(Math.abs(value) <= limit) || (key === 'k_0' && !(value > 0))) {
      throw new UnsupportedInput(`CRS "${name}" gives ${value} as ${key}.`);
    }
    words.push(`+${key}=${value}`);
  }
  if (method?.proj === 'sinu' && (parameters.get('x_0') || parameters.get('y_0'))) {
    throw new UnsupportedInput(`CRS "${name}" is sinusoidal with a false origin; shift it into the affine.`);
  }
  words.push(rf === 0 ? `+R=${a}` : `+a=${a} +rf=${rf}`);
  if (toWgs84) words.push(`+towgs84=${toWgs84.join(',')}`);
  else if (rf !== 0) words.push('+towgs84=0,0,0,0,0,0,0');
  if (method) words.push(toMeter === 1 ? '+units=m' : `+to_meter=${toMeter}`);
  return `${words.join(' ')} +no_defs`;
}

/**
 * Spells a CRS out: the way back from `crsFromUser`.
 *
 * @throws UnsupportedInput when its projection is not among the methods, as for the Swiss grid
 */
export function describeCrs(crs: Crs): UserDefined {
  const proj = withoutUtm(parseProj(crs.proj4));
  const method = crs.geographic ? undefined : methodOf(proj, crs.name);
  const { a, b } = ellipsoidOf(proj);
  const parameters = new Map<string, number>();
  for (const p of method?.parameters ?? []) {
    const written = proj.get(p.proj) ?? (p.proj === 'k_0' ? proj.get('k') : undefined);
    parameters.set(p.proj, Number(written ?? p.otherwise ?? 0));
  }
  const shift = proj.get('towgs84')?.split(',').map(Number);
  const rf = a === b ? 0 : Number(proj.get('rf') ?? inverseFlattening(a, b));
  const toMeter = Number(proj.get('to_meter') ?? 1);
  const toWgs84 = shift?.some((s) => s !== 0) ? { toWgs84: shift } : {};
  return { ...(method ? { method } : {}), parameters, a, rf, ...toWgs84, toMeter, name: crs.name };
}

/** To ten digits, which give back the defining number. */
const inverseFlattening = (a: number, b: number): number => Number((a / (a - b)).toPrecision(12));

function methodOf(proj: ReadonlyMap<string, string>, name: string): Method {
  const kind = proj.get('proj');
  if (kind === 'stere') return proj.has('lat_ts') ? POLAR_B : POLAR_A;
  if (kind === 'lcc') return proj.has('lat_2') ? LCC_2SP : LCC_1SP;
  if (kind === 'merc') return proj.has('lat_ts') ? MERCATOR_B : MERCATOR_A;
  const method = METHODS.find((m) => m.proj === kind);
  if (method) return method;
  throw new UnsupportedInput(`CRS ${name} cannot be spelled out by its parameters.`);
}
