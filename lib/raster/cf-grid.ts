import { CorruptInput, FluxError, UnsupportedInput } from '../errors.ts';
import { type Affine, shift } from '../grid/affine.ts';
import { type Crs, crsByName, crsFromEpsg } from '../grid/crs.ts';
import { crsFromWkt } from '../grid/wkt.ts';
import { numbers } from './cf.ts';
import type { RegularAxis } from './cf-axes.ts';
import { brief, type Json } from './json.ts';

/** The attributes that may say where an array lies, the most particular first. */
export interface GeoAttributes {
  readonly array: Json;
  readonly group: Json;
  /** Of the variable that `grid_mapping` names. */
  readonly mapping?: Json;
  /** Names and attributes of the coordinates of rows and columns. */
  readonly yName: string;
  readonly xName: string;
  readonly y?: Json;
  readonly x?: Json;
}

/**
 * The CRS by GeoZarr (`proj:code`, `proj:wkt2`), CF (`crs_wkt`, `spatial_ref`), GDAL (`_CRS`), or EPSG:4326 when the
 * coordinates are longitude and latitude and nothing else is said.
 * @throws UnsupportedInput when no CRS is said, or one without a tested definition
 */
export function crsOf(geo: GeoAttributes, title: string): Crs {
  const told = named(geo.array) ?? mappingCrs(geo.mapping) ?? named(geo.group);
  try {
    const crs = told?.();
    if (crs) return crs;
  } catch (cause) {
    if (cause instanceof FluxError) throw new UnsupportedInput(`${title}: ${cause.message}`, { cause });
    throw cause;
  }
  if (isLatitude(geo.yName, geo.y) && isLongitude(geo.xName, geo.x)) return crsFromEpsg(4326);
  const mapping = geo.mapping?.grid_mapping_name;
  throw new UnsupportedInput(
    mapping
      ? `${title}: grid mapping "${String(mapping)}" comes without crs_wkt; write the CRS as WKT.`
      : `${title}: no CRS (grid_mapping with crs_wkt, proj:code, or latitude and longitude in degrees); say which it is, such as crs: EPSG:4326.`,
  );
}

type Told = (() => Crs) | undefined;

function named(attributes: Json): Told {
  const code = attributes['proj:code'] ?? attributes['proj:epsg'];
  const wkt = attributes['proj:wkt2'];
  const crs = attributes._CRS as Json | undefined;
  const projjson = (attributes['proj:projjson'] ?? crs?.projjson) as { id?: Json } | undefined;
  if (typeof wkt === 'string') return () => crsFromWkt(wkt);
  if (typeof code === 'string') return () => crsByName(code);
  if (typeof code === 'number') return () => crsFromEpsg(code);
  if (typeof crs?.wkt === 'string') return () => crsFromWkt(String(crs.wkt));
  const epsg = /EPSG\/[\d.]+\/(\d+)$/.exec(String(crs?.url ?? ''))?.[1];
  if (epsg) return () => crsFromEpsg(Number(epsg));
  const id = projjson?.id;
  return id ? () => crsByName(`${String(id.authority)}:${String(id.code)}`) : undefined;
}

function mappingCrs(mapping: Json | undefined): Told {
  const wkt = mapping?.crs_wkt ?? mapping?.spatial_ref;
  if (typeof wkt === 'string' && wkt) return () => (/^\w+:\w+$/.test(wkt) ? crsByName(wkt) : crsFromWkt(wkt));
  // A latitude-longitude mapping without WKT differs from WGS 84 by its datum alone, which it does not tell.
  return mapping?.grid_mapping_name === 'latitude_longitude' ? () => crsFromEpsg(4326) : undefined;
}

const isLatitude = (name: string, coordinate: Json | undefined): boolean =>
  coordinate?.standard_name === 'latitude' ||
  /^degrees?_?n(orth)?$/i.test(String(coordinate?.units)) ||
  (coordinate?.units === undefined && /^lat(itude)?$/i.test(name));

const isLongitude = (name: string, coordinate: Json | undefined): boolean =>
  coordinate?.standard_name === 'longitude' ||
  /^degrees?_?e(ast)?$/i.test(String(coordinate?.units)) ||
  (coordinate?.units === undefined && /^lon(g|gitude)?$/i.test(name));

/**
 * The affine of an array as stored (rows may run upwards). The coordinates rule, because software that cuts a window
 * leaves old transforms behind; a transform that agrees with them is taken, being exact.
 * @throws UnsupportedInput when neither tells the place
 */
export function affineOf(
  axes: { readonly y?: RegularAxis | undefined; readonly x?: RegularAxis | undefined },
  geo: GeoAttributes,
  title: string,
): Affine {
  const stated = statedAffine(geo, title);
  const { y, x } = axes;
  if (!y || !x) {
    if (stated) return stated;
    throw new UnsupportedInput(
      `${title}: no coordinates of at least two ${y ? 'columns' : 'rows'}, and no spatial:transform or GeoTransform.`,
    );
  }
  const own: Affine = [x.step, 0, x.first - x.step / 2, 0, y.step, y.first - y.step / 2];
  return stated && agrees(stated, own) ? stated : own;
}

function statedAffine(geo: GeoAttributes, title: string): Affine | undefined {
  const spatial = geo.array['spatial:transform'] ?? geo.group['spatial:transform'];
  if (spatial !== undefined) {
    const t = numbers(spatial, `${title}: spatial:transform`);
    if (t.length < 6 || !t.every(Number.isFinite)) {
      throw new CorruptInput(`${title}: spatial:transform ${brief(spatial)} is not six numbers.`);
    }
    const affine = t.slice(0, 6) as unknown as Affine;
    const registration = geo.array['spatial:registration'] ?? geo.group['spatial:registration'];
    return registration === 'node' ? shift(affine, -0.5, -0.5) : affine;
  }
  const g = String(geo.mapping?.GeoTransform ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  return g.length === 6 && g.every(Number.isFinite) ? [g[1]!, g[2]!, g[0]!, g[4]!, g[5]!, g[3]!] : undefined;
}

/** Same corner within 5 % of a cell and same cell within 0.1 %. */
const agrees = (a: Affine, b: Affine): boolean =>
  Math.abs(a[2] - b[2]) <= 0.05 * Math.abs(b[0]) &&
  Math.abs(a[5] - b[5]) <= 0.05 * Math.abs(b[4]) &&
  Math.abs(a[0] / b[0] - 1) <= 1e-3 &&
  Math.abs(a[4] / b[4] - 1) <= 1e-3 &&
  a[1] === 0 &&
  a[3] === 0;
