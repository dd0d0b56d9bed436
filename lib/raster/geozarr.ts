import { type Affine, apply } from '../grid/affine.ts';
import type { Crs } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { Json } from './json.ts';

/*
 * The attributes that make an array georeferenced for every reader: CF (xarray, rioxarray, GDAL >= 3.9), GeoZarr
 * v0.1 (rio-tiler, OpenLayers, zarr-layer, GDAL >= 3.13) and `_CRS` (older GDAL). The conventions are proposals:
 * only this file knows their spelling.
 */

const convention = (name: string, uuid: string, description: string) => ({
  uuid,
  schema_url: `https://raw.githubusercontent.com/zarr-conventions/${name}/refs/tags/v0.1/schema.json`,
  spec_url: `https://github.com/zarr-conventions/${name}/blob/v0.1/README.md`,
  name,
  description,
});

const MULTISCALES = convention(
  'multiscales',
  'd35379db-88df-4056-af3a-620245f8e347',
  'Multiscale layout of zarr datasets',
);
const PROJ = convention(
  'proj',
  'f17cb550-5864-4468-aeb7-f3180cfb622f',
  'Coordinate reference system information for geospatial data',
);
const SPATIAL = convention(
  'spatial',
  '689b58e2-cf7b-45e0-9fff-9cfc0883d6b4',
  'Spatial coordinate information',
);

/** `proj:` and `spatial:` of an array or of a level's group. */
export function spatialAttributes(grid: GeoGrid): Json {
  return {
    zarr_conventions: [PROJ, SPATIAL],
    ...commonAttributes(grid),
    'spatial:transform_type': 'affine',
    'spatial:transform': grid.transform,
    'spatial:shape': [grid.height, grid.width],
    'spatial:registration': 'pixel',
  };
}

/** The same of the group of all levels, each of which has a transform and shape of its own. */
export function pyramidAttributes(grids: readonly GeoGrid[]): Json {
  return {
    zarr_conventions: [MULTISCALES, PROJ, SPATIAL],
    ...commonAttributes(grids[0]!),
    multiscales: multiscalesOf(grids),
  };
}

const commonAttributes = (grid: GeoGrid): Json => ({
  ...projOf(grid.crs),
  'spatial:dimensions': ['y', 'x'],
  'spatial:bbox': bboxOf(grid),
});

/** Exactly one of the two: readers of the older schema want no more. */
const projOf = ({ name, wkt }: Crs): Json =>
  /^[A-Z]+:[0-9]+$/.test(name) ? { 'proj:code': name } : { 'proj:wkt2': wkt };

/** Levels that each halve the one before. */
function multiscalesOf(grids: readonly GeoGrid[]): Json {
  const layout = grids.map((grid, level) => ({
    asset: String(level),
    ...(level > 0 && { derived_from: String(level - 1) }),
    transform: { scale: level > 0 ? [2, 2] : [1, 1], translation: [0, 0] },
    ...(level > 0 && { resampling_method: 'average' }),
    'spatial:shape': [grid.height, grid.width],
    'spatial:transform': grid.transform,
  }));
  return { layout, resampling_method: 'average' };
}

/** Attributes of a data array that say where it lies. `coordinates` lets plain `xr.open_zarr` find the CRS. */
export function georeference(grid: GeoGrid): Json {
  const { epsg, wkt } = grid.crs;
  return {
    grid_mapping: 'spatial_ref',
    coordinates: 'spatial_ref',
    _CRS: { ...(epsg && { url: `http://www.opengis.net/def/crs/EPSG/0/${epsg}` }), wkt },
    ...spatialAttributes(grid),
  };
}

/** Attributes of the scalar `spatial_ref`. @see CF conventions 1.11, appendix F */
export function gridMapping({ crs, transform: [a, b, c, d, e, f] }: GeoGrid): Json {
  return {
    ...projectionParameters(crs),
    semi_major_axis: crs.ellipsoid.a,
    // Web Mercator lies on a sphere, whatever its datum.
    semi_minor_axis: Number(/\+b=(\S+)/.exec(crs.proj4)?.[1] ?? crs.ellipsoid.b),
    crs_wkt: crs.wkt,
    spatial_ref: crs.wkt,
    GeoTransform: [c, a, b, f, d, e].join(' '),
  };
}

/** CF's name and parameters of a projection, by those of proj4. */
const CF_NAMES: Readonly<Record<string, string>> = {
  longlat: 'latitude_longitude',
  sinu: 'sinusoidal',
  utm: 'transverse_mercator',
  tmerc: 'transverse_mercator',
  merc: 'mercator',
  laea: 'lambert_azimuthal_equal_area',
  aea: 'albers_conical_equal_area',
  lcc: 'lambert_conformal_conic',
  cea: 'lambert_cylindrical_equal_area',
  stere: 'polar_stereographic',
};

const CF_PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sinu: { lon_0: 'longitude_of_projection_origin' },
  tmerc: {
    lon_0: 'longitude_of_central_meridian',
    lat_0: 'latitude_of_projection_origin',
    k: 'scale_factor_at_central_meridian',
  },
  merc: { lon_0: 'longitude_of_projection_origin', k: 'scale_factor_at_projection_origin' },
  laea: { lon_0: 'longitude_of_projection_origin', lat_0: 'latitude_of_projection_origin' },
  aea: { lon_0: 'longitude_of_central_meridian', lat_0: 'latitude_of_projection_origin' },
  lcc: { lon_0: 'longitude_of_central_meridian', lat_0: 'latitude_of_projection_origin' },
  cea: { lon_0: 'longitude_of_central_meridian', lat_ts: 'standard_parallel' },
  stere: {
    lon_0: 'straight_vertical_longitude_from_pole',
    lat_0: 'latitude_of_projection_origin',
    lat_ts: 'standard_parallel',
  },
};

function projectionParameters({ proj4 }: Crs): Json {
  const terms = [...proj4.matchAll(/\+(\w+)(?:=(\S+))?/g)].map(
    ([, key, value]) => [key!, value ?? ''] as const,
  );
  const given = new Map(terms);
  const projection = given.get('proj') ?? '';
  const name = CF_NAMES[projection];
  if (!name) return {};
  if (projection === 'longlat') return { grid_mapping_name: name, longitude_of_prime_meridian: 0 };
  const number = (key: string): number =>
    Number(given.get(key) ?? (key === 'k' ? (given.get('k_0') ?? 1) : 0));
  const offsets = { false_easting: number('x_0'), false_northing: number('y_0') };
  if (projection === 'utm')
    return { grid_mapping_name: name, ...utmParameters(number('zone'), given.has('south')) };
  const parameters = Object.entries(CF_PARAMETERS[projection] ?? {}).map(([key, cf]) => [cf, number(key)]);
  const parallels = ['aea', 'lcc'].includes(projection)
    ? { standard_parallel: [number('lat_1'), number('lat_2')] }
    : {};
  return { grid_mapping_name: name, ...Object.fromEntries(parameters), ...parallels, ...offsets };
}

const utmParameters = (zone: number, south: boolean): Json => ({
  longitude_of_central_meridian: 6 * zone - 183,
  latitude_of_projection_origin: 0,
  scale_factor_at_central_meridian: 0.9996,
  false_easting: 500_000,
  false_northing: south ? 10_000_000 : 0,
});

/** Attributes of the coordinate variables `x` and `y`. */
export function axisAttributes(axis: 'x' | 'y', { geographic }: Crs): Json {
  const isX = axis === 'x';
  const names = geographic
    ? { standard_name: isX ? 'longitude' : 'latitude', long_name: isX ? 'longitude' : 'latitude' }
    : { standard_name: `projection_${axis}_coordinate`, long_name: `${axis} coordinate of projection` };
  const units = geographic ? (isX ? 'degrees_east' : 'degrees_north') : 'm';
  return { ...names, units, axis: axis.toUpperCase() };
}

/** Coordinates of the cell centres along one axis of a north-up grid. */
export function cellCentres(
  axis: 'x' | 'y',
  { transform: [a, , c, , e, f], height, width }: GeoGrid,
): Float64Array {
  const [start, step, count] = axis === 'x' ? [c, a, width] : [f, e, height];
  return Float64Array.from({ length: count }, (_, i) => start + (i + 0.5) * step);
}

function bboxOf({ transform, height, width }: GeoGrid): [number, number, number, number] {
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ].map(([col, row]) => apply(transform as Affine, col!, row!));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** xarray reads a v3 float's `_FillValue` from base64 of a little-endian double, and an integer's as it is. */
export function fillAttribute(dtype: string, value: number): string | number {
  if (!dtype.startsWith('float')) return value;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString('base64');
}
