import { UnsupportedInput } from '../errors.ts';

/** Semi-major axis, m, and inverse flattening. */
const ELLIPSOIDS: Readonly<Record<string, readonly [a: number, rf: number]>> = {
  WGS84: [6378137, 298.257223563],
  GRS80: [6378137, 298.257222101],
  airy: [6377563.396, 299.3249646],
  bessel: [6377397.155, 299.1528128],
  intl: [6378388, 297],
};

/** The parameters of `+proj=aea +lat_1=50 …`; a flag such as `+south` has the value ''. */
export function parseProj(definition: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const word of definition.trim().split(/\s+/)) {
    const [key = '', value = ''] = word.replace(/^\+/, '').split('=');
    parameters.set(key, value);
  }
  return parameters;
}

/** UTM is transverse Mercator with these numbers. */
export function withoutUtm(parameters: Map<string, string>): Map<string, string> {
  if (parameters.get('proj') !== 'utm') return parameters;
  const { zone, south, ...others } = Object.fromEntries(parameters);
  const numbers = { proj: 'tmerc', lon_0: 6 * Number(zone) - 183, k: 0.9996, x_0: 500_000 };
  const origin = south === undefined ? {} : { y_0: 10_000_000 };
  return new Map(
    Object.entries({ ...others, ...numbers, ...origin }).map(([key, value]) => [key, String(value)]),
  );
}

/** Semi-axes of a definition, m. */
export function ellipsoidOf(parameters: ReadonlyMap<string, string>): { a: number; b: number } {
  const radius = parameters.get('R');
  if (radius !== undefined) return { a: Number(radius), b: Number(radius) };
  const name = parameters.get('ellps') ?? parameters.get('datum');
  if (name !== undefined) {
    const known = ELLIPSOIDS[name];
    if (!known) throw new UnsupportedInput(`ellipsoid "${name}" is not known; give its axes as +a and +b.`);
    return { a: known[0], b: known[0] * (1 - 1 / known[1]) };
  }
  const a = Number(parameters.get('a'));
  const rf = parameters.get('rf');
  return { a, b: rf === undefined ? Number(parameters.get('b')) : a * (1 - 1 / Number(rf)) };
}
