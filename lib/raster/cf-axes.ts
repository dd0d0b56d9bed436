import { UnsupportedInput } from '../errors.ts';
import type { Json } from './json.ts';
import type { ArrayMeta } from './zarr-meta.ts';

export type Role = 't' | 'y' | 'x';

/** Which stored dimension is time, row and column, and the index at which the others are held. */
export interface Axes {
  readonly t?: number;
  readonly y: number;
  readonly x: number;
  /** Index on each stored dimension that is none of the three; 0 on those that are. */
  readonly fixed: readonly number[];
}

const NAMES: Readonly<Record<Role, RegExp>> = {
  t: /^(time|valid_time|date|datetime|month)$/i,
  y: /^(y|yc|lat|latitude|northing|y_?dim|rows?)$/i,
  x: /^(x|xc|lon|long|longitude|easting|x_?dim|cols?|columns?)$/i,
};
const STANDARD_NAMES: Readonly<Record<Role, readonly string[]>> = {
  t: ['time'],
  y: ['latitude', 'projection_y_coordinate'],
  x: ['longitude', 'projection_x_coordinate'],
};
const UNITS: Readonly<Record<Role, RegExp>> = {
  t: /\ssince\s/i,
  y: /^degrees?_?n(orth)?$/i,
  x: /^degrees?_?e(ast)?$/i,
};

/** The role of a dimension by CF: its coordinate's `axis`, standard name, units; or its name. */
export function roleOf(dimension: string, coordinate: Json | undefined): Role | undefined {
  const roles: readonly Role[] = ['t', 'y', 'x'];
  const { axis, standard_name: standardName, units } = coordinate ?? {};
  return (
    roles.find((role) => String(axis).toLowerCase() === role) ??
    roles.find((role) => STANDARD_NAMES[role].includes(String(standardName))) ??
    roles.find((role) => UNITS[role].test(String(units))) ??
    roles.find((role) => NAMES[role].test(dimension))
  );
}

/**
 * Finds time, row and column among an array's dimensions.
 * @param coordinates attributes of the coordinate variable of each dimension that has one
 * @param select index on dimensions that are none of the three
 * @throws UnsupportedInput naming the dimension and the remedy
 */
export function findAxes(
  meta: ArrayMeta,
  coordinates: ReadonlyMap<string, Json>,
  select: Readonly<Record<string, number>>,
  title: string,
): Axes {
  const dims = meta.dims ?? spatialDims(meta);
  if (!dims) {
    throw new UnsupportedInput(
      `${title}: its dimensions have no names (dimension_names, _ARRAY_DIMENSIONS), so rows and columns are unknown.`,
    );
  }
  const roles = dims.map((dim) => (dim === null ? undefined : roleOf(dim, coordinates.get(dim))));
  const [t, y, x] = (['t', 'y', 'x'] as const).map((role) => roles.indexOf(role)) as [number, number, number];
  if (y < 0 || x < 0) {
    throw new UnsupportedInput(
      `${title}: no ${y < 0 ? 'row (y, latitude)' : 'column (x, longitude)'} among its dimensions ${dims.join(', ')}.`,
    );
  }
  const fixed = dims.map((dim, i) =>
    [t, y, x].includes(i) ? 0 : heldAt(dim, meta.shape[i]!, select, title),
  );
  return { ...(t >= 0 && { t }), y, x, fixed };
}

/** GeoZarr names the two spatial dimensions even of an array whose own have no names. */
function spatialDims(meta: ArrayMeta): readonly string[] | undefined {
  const dims = meta.attributes['spatial:dimensions'];
  return Array.isArray(dims) && dims.length === meta.shape.length ? dims.map(String) : undefined;
}

function heldAt(
  dim: string | null,
  size: number,
  select: Readonly<Record<string, number>>,
  title: string,
): number {
  const index = select[dim ?? ''];
  if (index === undefined && size === 1) return 0;
  if (index === undefined) {
    throw new UnsupportedInput(
      `${title}: dimension "${dim}" has ${size} entries; say which one: select: { ${dim}: 0 }.`,
    );
  }
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new UnsupportedInput(`${title}: select ${dim}: ${index} lies outside 0..${size - 1}.`);
  }
  return index;
}

/** Largest distance of a coordinate from its place on a regular axis, in cells: float32 degrees reach 0.004. */
const IRREGULAR = 0.02;

/** A regular axis: centre of its first cell, and the step to the next, which may be negative. */
export interface RegularAxis {
  readonly first: number;
  readonly step: number;
}

/**
 * Checks that coordinates are evenly spaced (within 2 % of a cell).
 * @param period 360 for longitudes: a jump at the date line or at Greenwich is unrolled
 * @returns undefined for a single coordinate, which has no step
 * @throws UnsupportedInput naming the coordinate and the first that is off
 */
export function regularAxis(
  values: ArrayLike<number>,
  title: string,
  period?: number,
): RegularAxis | undefined {
  const count = values.length;
  const unrolled = period ? unroll(values, period) : Array.from(values);
  const first = unrolled[0]!;
  if (count < 2) return undefined;
  const step = (unrolled[count - 1]! - first) / (count - 1);
  const off = unrolled.findIndex((v, i) => !(Math.abs(v - (first + i * step)) <= IRREGULAR * Math.abs(step)));
  if (off >= 0 || step === 0) {
    throw new UnsupportedInput(
      `${title}: not evenly spaced: entry ${Math.max(0, off)} is ${values[Math.max(0, off)]}. ` +
        'Regrid the file to a regular grid.',
    );
  }
  return { first, step };
}

function unroll(values: ArrayLike<number>, period: number): number[] {
  const out = Array.from(values);
  for (let i = 1; i < out.length; i++) {
    const jump = out[i]! - out[i - 1]!;
    if (Math.abs(jump) > period / 2) out[i] = out[i]! - period * Math.round(jump / period);
  }
  return out;
}
