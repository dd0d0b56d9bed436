import { UnsupportedInput } from '../errors.ts';
import { type Crs, crsByName } from './crs.ts';
import { LCC_1SP, LCC_2SP, METHODS, type Method, POLAR_A, POLAR_B } from './projection-methods.ts';
import { crsFromUser, type UserDefined } from './user-crs.ts';
import { child, children, numberAt, parseWkt, textAt, type WktNode } from './wkt-tree.ts';

const MERIDIANS_ZERO = 1e-12;

/**
 * The CRS of a WKT text (WKT 1 of GDAL and ESRI, WKT 2). A code that the text gives for the whole CRS is looked up in
 * the table of tested definitions; without one, or with one that is not in the table, its parameters are taken.
 *
 * @throws UnsupportedInput naming what is not read
 */
export function crsFromWkt(wkt: string): Crs {
  const whole = parseWkt(wkt);
  const root = horizontal(whole);
  const byCode = codeOf(root);
  if (byCode) {
    try {
      return crsByName(byCode);
    } catch (error) {
      if (!(error instanceof UnsupportedInput)) throw error;
    }
  }
  const user = /^GEO/.test(root.word) ? geographic(root) : projected(root);
  if (!user) return crsByName('EPSG:3857');
  const toWgs84 = boundShift(whole);
  return crsFromUser(toWgs84 ? { ...user, toWgs84 } : user);
}

const SHIFT_NAMES = [
  'xaxistranslation',
  'yaxistranslation',
  'zaxistranslation',
  'xaxisrotation',
  'yaxisrotation',
  'zaxisrotation',
];

/** The Helmert shift that a bound CRS carries, position vector: metres, arc seconds, parts per million. */
function boundShift(whole: WktNode): number[] | undefined {
  const node = child(whole, 'ABRIDGEDTRANSFORMATION');
  if (!node) return undefined;
  const method = textAt(child(node, 'METHOD') ?? node, 0);
  const given = new Map(children(node, /^PARAMETER$/).map((p) => [plain(textAt(p, 0)), numberAt(p, 1)]));
  if (!given.has('xaxistranslation')) {
    throw new UnsupportedInput(`WKT datum shift "${method}" is not read: only Helmert shifts are.`);
  }
  const turn = /coordinateframe/.test(plain(method)) ? -1 : 1;
  const shift = SHIFT_NAMES.map((name, k) => (k < 3 ? 1 : turn) * (given.get(name) ?? 0));
  const scale = given.get('scaledifference');
  const isZero = scale === undefined && shift.slice(3).every((n) => n === 0);
  return isZero ? shift.slice(0, 3) : [...shift, Number((((scale ?? 1) - 1) * 1e6).toFixed(6))];
}

/** A compound CRS is read by its horizontal part, a bound one by its source. */
function horizontal(root: WktNode): WktNode {
  if (/^(PROJCS|PROJCRS|PROJECTEDCRS|GEOGCS|GEOGCRS|GEOGRAPHICCRS|GEODCRS|GEODETICCRS)$/.test(root.word))
    return root;
  if (root.word === 'BOUNDCRS')
    return horizontal(child(child(root, 'SOURCECRS') ?? root, /CRS$/) ?? unread(root));
  if (/^COMPD_CS$|^COMPOUNDCRS$/.test(root.word))
    return horizontal(child(root, /^(PROJ|GEO)/) ?? unread(root));
  return unread(root);
}

function unread(node: WktNode): never {
  throw new UnsupportedInput(`WKT ${node.word}["${textAt(node, 0)}"] is not a geographic or projected CRS.`);
}

function codeOf(root: WktNode): string | undefined {
  const id = children(root, /^(AUTHORITY|ID)$/)[0];
  if (!id) return undefined;
  return `${textAt(id, 0)}:${textAt(id, 1) || numberAt(id, 1)}`;
}

function geographic(root: WktNode): UserDefined {
  checkAngles(root);
  return { ...ellipsoid(root), parameters: new Map(), toMeter: 1, name: textAt(root, 0) || 'user-defined' };
}

/** @returns undefined for web Mercator, which no parameters describe */
function projected(root: WktNode): UserDefined | undefined {
  const base = child(root, /^(GEOGCS|BASEGEOGCRS|BASEGEODCRS)$/);
  if (!base) throw new UnsupportedInput(`WKT PROJCS["${textAt(root, 0)}"] has no geographic CRS below it.`);
  checkAngles(base);
  const conversion = child(root, /^(CONVERSION|DERIVINGCONVERSION)$/) ?? root;
  const methodName = textAt(child(conversion, /^(PROJECTION|METHOD)$/) ?? root, 0);
  const axes = ellipsoid(base);
  if (/pseudomercator|auxiliarysphere/.test(plain(methodName))) {
    if (axes.a === 6378137) return undefined;
    throw new UnsupportedInput(`WKT projection "${methodName}" is only read on WGS 84.`);
  }
  const toMeter = lengthUnit(root);
  const given = readParameters(conversion, toMeter);
  const method = chooseMethod(methodName, given);
  const name = textAt(root, 0) || 'user-defined';
  return { ...axes, method, parameters: pick(method, given, name), toMeter, name };
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function chooseMethod(name: string, given: ReadonlyMap<string, number>): Method {
  const key = plain(name);
  const method = METHODS.find((m) => m.names.includes(key));
  if (method === LCC_2SP && key === 'lambertconformalconic' && !given.has('standardparallel2'))
    return LCC_1SP;
  if (method === POLAR_A) {
    const lat = given.get('latitudeoforigin') ?? given.get('latitudeofnaturalorigin');
    if (lat === undefined || Math.abs(lat) === 90) return POLAR_A;
    if (key === 'polarstereographic') return POLAR_B;
    throw new UnsupportedInput(
      `WKT projection "${name}" at latitude ${lat} is not read; only the poles are.`,
    );
  }
  if (method) return method;
  throw new UnsupportedInput(
    `WKT projection "${name}" is not among those tested against PROJ. Reproject the file, for example to EPSG:4326.`,
  );
}

/** All parameters in degrees and metres. */
function readParameters(conversion: WktNode, toMeter: number): Map<string, number> {
  const given = new Map<string, number>();
  for (const node of children(conversion, /^PARAMETER$/)) {
    const name = plain(textAt(node, 0));
    const unit = child(node, /^(LENGTHUNIT|ANGLEUNIT|SCALEUNIT|UNIT)$/);
    if (unit?.word === 'ANGLEUNIT') checkDegree(unit);
    const isLength = /easting|northing/.test(name);
    const factor = isLength ? (unit ? numberAt(unit, 1) : toMeter) : 1;
    given.set(name, numberAt(node, 1) * factor);
  }
  return given;
}

function pick(method: Method, given: ReadonlyMap<string, number>, name: string): Map<string, number> {
  const parameters = new Map<string, number>();
  for (const p of method.parameters) {
    const key = p.names.find((n) => given.has(n));
    const value = key === undefined ? p.otherwise : given.get(key);
    if (value === undefined)
      throw new UnsupportedInput(`WKT of CRS "${name}" lacks the parameter "${p.wkt}".`);
    parameters.set(p.proj, value);
  }
  return parameters;
}

function lengthUnit(root: WktNode): number {
  const own =
    child(root, /^(LENGTHUNIT|UNIT)$/) ?? child(child(root, /^AXIS$/) ?? root, /^(LENGTHUNIT|UNIT)$/);
  return own ? numberAt(own, 1) : 1;
}

function checkAngles(base: WktNode): void {
  const meridian = child(base, /^(PRIMEM|PRIMEMERIDIAN)$/);
  if (meridian && Math.abs(numberAt(meridian, 1)) > MERIDIANS_ZERO) {
    throw new UnsupportedInput(
      `WKT prime meridian "${textAt(meridian, 0)}" is not read: count from Greenwich.`,
    );
  }
  for (const unit of children(base, /^(UNIT|ANGLEUNIT)$/)) checkDegree(unit);
}

function checkDegree(unit: WktNode): void {
  if (Math.abs(numberAt(unit, 1) - Math.PI / 180) < 1e-9) return;
  throw new UnsupportedInput(`WKT angle unit "${textAt(unit, 0)}" is not read: use degrees.`);
}

function ellipsoid(base: WktNode): Pick<UserDefined, 'a' | 'rf' | 'toWgs84'> {
  const datum = child(base, /^(DATUM|GEODETICDATUM|TRF|ENSEMBLE)$/);
  const node = datum && child(datum, /^(SPHEROID|ELLIPSOID)$/);
  if (!node) throw new UnsupportedInput(`WKT of CRS "${textAt(base, 0)}" has no ellipsoid.`);
  const unit = child(node, /^LENGTHUNIT$/);
  const axes = { a: numberAt(node, 1) * (unit ? numberAt(unit, 1) : 1), rf: numberAt(node, 2) };
  const shift = child(datum, /^TOWGS84$/)?.items.map(Number);
  return shift?.some((s) => s !== 0) ? { ...axes, toWgs84: shift } : axes;
}
