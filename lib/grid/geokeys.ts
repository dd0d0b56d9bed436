import { UnsupportedInput } from '../errors.ts';
import { type Crs, crsFromEpsg } from './crs.ts';
import { METHODS, type Method, POLAR_A, POLAR_B } from './projection-methods.ts';
import { crsFromUser, describeCrs, type UserDefined } from './user-crs.ts';
import { crsFromWkt } from './wkt.ts';

/** GeoTIFF keys by number, as the key directory gives them. */
export type GeoKeys = Record<number, number | string | number[]>;

const MODEL_TYPE = 1024;
const RASTER_TYPE = 1025;
const CITATION = 1026;
const GEOGRAPHIC = 2048;
const GEOGRAPHIC_CITATION = 2049;
const DATUM = 2050;
const PRIME_MERIDIAN = 2051;
const ANGULAR_UNITS = 2054;
const ELLIPSOID = 2056;
const SEMI_MAJOR = 2057;
const SEMI_MINOR = 2058;
const INVERSE_FLATTENING = 2059;
const MERIDIAN_LONGITUDE = 2061;
const TO_WGS84 = 2062;
const PROJECTED = 3072;
const PROJECTED_CITATION = 3073;
const PROJECTION = 3074;
const METHOD = 3075;
const LINEAR_UNITS = 3076;
const LINEAR_UNIT_SIZE = 3077;

const NAMES: Readonly<Record<number, string>> = {
  [MODEL_TYPE]: 'GTModelTypeGeoKey',
  [GEOGRAPHIC]: 'GeographicTypeGeoKey',
  [DATUM]: 'GeogGeodeticDatumGeoKey',
  [PRIME_MERIDIAN]: 'GeogPrimeMeridianGeoKey',
  [ANGULAR_UNITS]: 'GeogAngularUnitsGeoKey',
  [ELLIPSOID]: 'GeogEllipsoidGeoKey',
  [SEMI_MAJOR]: 'GeogSemiMajorAxisGeoKey',
  [MERIDIAN_LONGITUDE]: 'GeogPrimeMeridianLongGeoKey',
  [TO_WGS84]: 'GeogTOWGS84GeoKey',
  [PROJECTED]: 'ProjectedCSTypeGeoKey',
  [PROJECTION]: 'ProjectionGeoKey',
  [METHOD]: 'ProjCoordTransGeoKey',
  [LINEAR_UNITS]: 'ProjLinearUnitsGeoKey',
  [LINEAR_UNIT_SIZE]: 'ProjLinearUnitSizeGeoKey',
};

const USER_DEFINED = 32_767;
const METRE = 9001;
const DEGREE = 9102;
const GREENWICH = 8901;

const METRES: Readonly<Record<number, number>> = { [METRE]: 1, 9002: 0.3048, 9003: 1200 / 3937 };

/** Axes by EPSG code of a geographic CRS (4xxx), datum (6xxx) or ellipsoid (7xxx). */
const WGS84 = { a: 6378137, rf: 298.257223563 };
const GRS80 = { a: 6378137, rf: 298.257222101 };
const AXES: Readonly<Record<number, { a: number; rf: number }>> = {
  4326: WGS84,
  6326: WGS84,
  7030: WGS84,
  4258: GRS80,
  4269: GRS80,
  4283: GRS80,
  4490: GRS80,
  4674: GRS80,
  6258: GRS80,
  6269: GRS80,
  6283: GRS80,
  6674: GRS80,
  7019: GRS80,
  4047: { a: 6371007, rf: 0 },
  6047: { a: 6371007, rf: 0 },
  7048: { a: 6371007, rf: 0 },
};

/**
 * The CRS of a GeoTIFF. Codes come from the table of tested definitions; a projection that the file spells out is
 * taken by its parameters. Nothing is guessed.
 *
 * @throws UnsupportedInput naming the key that is missing or not read
 * @see OGC GeoTIFF 1.1 (19-008r4), 7.4
 */
export function crsFromGeoKeys(keys: GeoKeys): Crs {
  const model = number(keys, MODEL_TYPE) ?? (PROJECTED in keys ? 1 : GEOGRAPHIC in keys ? 2 : undefined);
  if (model === 1) return projected(keys);
  if (model === 2) return geographic(keys);
  throw model === undefined
    ? new UnsupportedInput('the file names no CRS: it has no GTModelTypeGeoKey (1024).')
    : unread(keys, MODEL_TYPE, 'write projected or geographic coordinates');
}

function geographic(keys: GeoKeys): Crs {
  const code = number(keys, GEOGRAPHIC);
  if (code !== undefined && code !== USER_DEFINED) return named(keys, GEOGRAPHIC, code);
  return crsFromUser({ ...base(keys), parameters: new Map(), toMeter: 1, name: title(keys) });
}

function projected(keys: GeoKeys): Crs {
  const code = number(keys, PROJECTED);
  const toMeter = metresPerUnit(keys);
  if (code !== undefined && code !== USER_DEFINED) {
    // Every projected CRS of the table is in metres.
    if (toMeter !== 1) throw unread(keys, LINEAR_UNITS, `EPSG:${code} is in metres`);
    return named(keys, PROJECTED, code);
  }
  const utm = toMeter === 1 ? utmOf(keys) : undefined;
  if (utm) return utm;
  const pe = /^ESRI PE String = (.*)$/s.exec(text(keys, PROJECTED_CITATION) ?? text(keys, CITATION) ?? '');
  if (number(keys, METHOD) === undefined && pe) return crsFromWkt(pe[1]!);
  const method = methodOf(keys);
  return crsFromUser({
    ...base(keys),
    method,
    parameters: parametersOf(keys, method, toMeter),
    toMeter,
    name: title(keys),
  });
}

function named(keys: GeoKeys, key: number, code: number): Crs {
  try {
    return crsFromEpsg(code);
  } catch (cause) {
    if (!(cause instanceof UnsupportedInput)) throw cause;
    throw new UnsupportedInput(`${label(key)} = ${keys[key]}: ${cause.message}`, { cause });
  }
}

/** Projections 16001..16060 and 16101..16160 are the UTM zones, north and south, on whatever datum. */
function utmOf(keys: GeoKeys): Crs | undefined {
  const code = (number(keys, PROJECTION) ?? 0) - 16_000;
  const zone = code % 100;
  if (zone < 1 || zone > 60 || code > 160) return undefined;
  const south = code > 100;
  const first = { 4326: 32_600, 4269: 26_900, 4258: 25_800 }[number(keys, GEOGRAPHIC) ?? 0];
  if (first === 32_600 || (first && !south)) return crsFromEpsg(first + code);
  const numbers = { lat_0: 0, lon_0: 6 * zone - 183, k_0: 0.9996, x_0: 500_000, y_0: south ? 10_000_000 : 0 };
  const parameters = new Map(Object.entries(numbers));
  const method = METHODS.find((m) => m.proj === 'tmerc')!;
  return crsFromUser({ ...base(keys), method, parameters, toMeter: 1, name: title(keys) });
}

function methodOf(keys: GeoKeys): Method {
  const code = number(keys, METHOD);
  if (code === undefined) throw missing(METHOD);
  if (code === POLAR_A.geoCode) {
    // As GDAL reads it: a latitude off the pole is the parallel of true scale.
    const lat = number(keys, 3081);
    if (lat === undefined) throw missing(3081);
    const scaled = (number(keys, 3092) ?? 1) !== 1;
    if (Math.abs(lat) !== 90 && scaled)
      throw unread(keys, 3092, 'a standard parallel leaves no room for a scale factor');
    return Math.abs(lat) === 90 ? POLAR_A : POLAR_B;
  }
  const candidates = METHODS.filter((m) => m.geoCode === code);
  // Mercator comes with a parallel or with a scale factor: the first method all of whose keys are there.
  const method = candidates.find((m) =>
    m.parameters.every((p) => p.otherwise !== undefined || found(keys, p.geoKeys)),
  );
  if (method ?? candidates[0]) return (method ?? candidates[0])!;
  throw unread(keys, METHOD, 'reproject the file, for example to EPSG:4326');
}

const found = (keys: GeoKeys, ids: readonly number[]): boolean =>
  ids.some((id) => number(keys, id) !== undefined);

function parametersOf(keys: GeoKeys, method: Method, toMeter: number): Map<string, number> {
  const parameters = new Map<string, number>();
  for (const p of method.parameters) {
    const id = p.geoKeys.find((k) => number(keys, k) !== undefined);
    const value = id === undefined ? p.otherwise : number(keys, id);
    if (value === undefined) throw missing(p.geoKeys[0]!, p.wkt);
    parameters.set(p.proj, p.kind === 'length' ? value * toMeter : value);
  }
  return parameters;
}

function metresPerUnit(keys: GeoKeys): number {
  const unit = number(keys, LINEAR_UNITS) ?? METRE;
  const size = unit === USER_DEFINED ? number(keys, LINEAR_UNIT_SIZE) : METRES[unit];
  if (size === undefined || !(size > 0)) throw unread(keys, LINEAR_UNITS, 'use metres');
  return size;
}

/** Ellipsoid and datum of the geographic CRS below. */
function base(keys: GeoKeys): Pick<UserDefined, 'a' | 'rf' | 'toWgs84'> {
  if ((number(keys, ANGULAR_UNITS) ?? DEGREE) !== DEGREE) throw unread(keys, ANGULAR_UNITS, 'use degrees');
  if ((number(keys, PRIME_MERIDIAN) ?? GREENWICH) !== GREENWICH && number(keys, MERIDIAN_LONGITUDE) !== 0) {
    throw unread(keys, PRIME_MERIDIAN, 'count longitudes from Greenwich');
  }
  const shift = keys[TO_WGS84];
  const toWgs84 = Array.isArray(shift) && shift.some((s) => s !== 0) ? { toWgs84: shift } : {};
  const a = number(keys, SEMI_MAJOR);
  if (a !== undefined) return { a, rf: flattening(keys, a), ...toWgs84 };
  for (const key of [GEOGRAPHIC, DATUM, ELLIPSOID]) {
    const code = number(keys, key);
    if (code === undefined || code === USER_DEFINED) continue;
    const axes = AXES[code];
    if (!axes) throw unread(keys, key, 'reproject the file to a datum that counts as WGS 84');
    return { ...axes, ...toWgs84 };
  }
  throw missing(GEOGRAPHIC);
}

function flattening(keys: GeoKeys, a: number): number {
  const rf = number(keys, INVERSE_FLATTENING);
  if (rf !== undefined) return rf;
  const b = number(keys, SEMI_MINOR);
  if (b === undefined) throw missing(INVERSE_FLATTENING, 'or GeogSemiMinorAxisGeoKey (2058)');
  return a === b ? 0 : a / (a - b);
}

function number(keys: GeoKeys, key: number): number | undefined {
  const value = keys[key];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'number' && Number.isFinite(first) ? first : undefined;
}

const text = (keys: GeoKeys, key: number): string | undefined => {
  const value = keys[key];
  return typeof value === 'string' ? value.replace(/[|\0]+$/, '') : undefined;
};

const title = (keys: GeoKeys): string =>
  text(keys, PROJECTED_CITATION) || text(keys, CITATION) || text(keys, GEOGRAPHIC_CITATION) || 'user-defined';

const label = (key: number): string => `${NAMES[key] ?? 'geokey'} (${key})`;

const unread = (keys: GeoKeys, key: number, remedy: string): UnsupportedInput =>
  new UnsupportedInput(`${label(key)} = ${keys[key]} is not read: ${remedy}.`);

const missing = (key: number, what = 'reproject the file to a CRS with an EPSG code'): UnsupportedInput =>
  new UnsupportedInput(`the CRS is not complete: ${label(key)} is missing (${what}).`);

/**
 * The keys of a GeoTIFF in a CRS, for pixels that are areas.
 *
 * @throws UnsupportedInput for a CRS without an EPSG code that GeoTIFF cannot spell out
 */
export function geoKeysFromCrs(crs: Crs): GeoKeys {
  const kind = { [MODEL_TYPE]: crs.geographic ? 2 : 1, [RASTER_TYPE]: 1, [CITATION]: crs.name };
  if (crs.epsg !== undefined) {
    return crs.geographic
      ? { ...kind, [GEOGRAPHIC]: crs.epsg, [ANGULAR_UNITS]: DEGREE }
      : { ...kind, [PROJECTED]: crs.epsg, [LINEAR_UNITS]: METRE };
  }
  const user = describeCrs(crs);
  const keys: GeoKeys = { ...kind, ...baseKeys(user) };
  if (!user.method) return keys;
  Object.assign(keys, {
    [PROJECTED]: USER_DEFINED,
    [PROJECTION]: USER_DEFINED,
    [METHOD]: user.method.geoCode,
  });
  for (const p of user.method.parameters) {
    const value = user.parameters.get(p.proj)!;
    keys[p.geoKeys[0]!] = p.kind === 'length' ? value / user.toMeter : value;
  }
  if (user.method === POLAR_B) keys[3092] = 1;
  if (user.toMeter === 1) keys[LINEAR_UNITS] = METRE;
  else Object.assign(keys, { [LINEAR_UNITS]: USER_DEFINED, [LINEAR_UNIT_SIZE]: user.toMeter });
  return keys;
}

function baseKeys({ a, rf, toWgs84 }: UserDefined): GeoKeys {
  const angles = { [ANGULAR_UNITS]: DEGREE };
  if (!toWgs84 && a === WGS84.a && rf === WGS84.rf) return { [GEOGRAPHIC]: 4326, ...angles };
  const axes = { [SEMI_MAJOR]: a, ...(rf === 0 ? { [SEMI_MINOR]: a } : { [INVERSE_FLATTENING]: rf }) };
  const user = { [GEOGRAPHIC]: USER_DEFINED, [DATUM]: USER_DEFINED, [ELLIPSOID]: USER_DEFINED };
  return { ...user, ...angles, ...axes, ...(toWgs84 ? { [TO_WGS84]: [...toWgs84] } : {}) };
}
