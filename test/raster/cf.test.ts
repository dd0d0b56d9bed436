import { describe, expect, it } from 'vitest';
import { CorruptInput, UnsupportedInput } from '../../lib/errors.ts';
import { cellFacts } from '../../lib/raster/cf.ts';
import { regularAxis, roleOf } from '../../lib/raster/cf-axes.ts';
import { affineOf, crsOf, type GeoAttributes } from '../../lib/raster/cf-grid.ts';
import type { ArrayMeta, JsonNumber, ZarrType } from '../../lib/raster/zarr-meta.ts';

const meta = (
  type: ZarrType,
  attributes: Record<string, unknown>,
  fill: JsonNumber | null = null,
  format: 2 | 3 = 2,
): ArrayMeta => ({
  format,
  shape: [2, 2],
  type,
  chunk: [2, 2],
  keys: { style: 'v2', separator: '.' },
  codecs: [{ name: 'bytes' }],
  fill,
  attributes,
});
const facts = (...args: Parameters<typeof meta>) => cellFacts(meta(...args), 'file/var');

describe('attributes of cells', () => {
  it('reads packing, units and names, nodata as stored', () => {
    const attributes = {
      scale_factor: 0.0001,
      add_offset: 2,
      units: ' kg m-2 ',
      long_name: 'carbon',
      standard_name: 'x',
      _FillValue: -3000,
      missing_value: [-2000, -3000],
      valid_range: [-2000, 10_000],
    };
    expect(facts('int16', attributes)).toEqual({
      dtype: 'int16',
      scale: 0.0001,
      offset: 2,
      units: 'kg m-2',
      longName: 'carbon',
      standardName: 'x',
      nodata: [-3000, -2000],
      validRange: [-2000, 10_000],
    });
  });

  it('reads the base64 that xarray writes for fill values of floats in Zarr v3', () => {
    const base64 = Buffer.alloc(8);
    base64.writeDoubleLE(-9999);
    expect(facts('float32', { _FillValue: base64.toString('base64') }, 0, 3).nodata).toEqual([-9999]);
    expect(facts('float32', { _FillValue: 'AAAAAAAA+H8=' }, 0, 3).nodata).toBeUndefined(); // NaN
  });

  it('takes a fill value to the cell type, where 1e20 is another number', () => {
    expect(facts('float32', { _FillValue: 1e20 }).nodata).toEqual([Math.fround(1e20)]);
    expect(facts('float64', { _FillValue: 1e20 }).nodata).toEqual([1e20]);
  });

  it('takes the fill value of v2 for nodata, and a 0 of v3 only for what unwritten chunks hold', () => {
    expect(facts('int16', {}, -1, 2).nodata).toEqual([-1]);
    expect(facts('int16', {}, 0, 2).nodata).toEqual([0]);
    expect(facts('int16', {}, 0, 3).nodata).toBeUndefined();
    expect(facts('int16', {}, -1, 3).nodata).toEqual([-1]);
  });

  it('presents integers marked _Unsigned as unsigned, with fill and range', () => {
    const found = facts('int8', { _Unsigned: 'true', _FillValue: -1 });
    expect(found).toMatchObject({ dtype: 'uint8', nodata: [255] });
  });

  it('drops a nodata value that no cell can have', () => {
    expect(facts('uint8', { _FillValue: -9999, missing_value: 300 }).nodata).toBeUndefined();
  });

  it('opens a one-sided range to the other side', () => {
    expect(facts('float32', { valid_min: 0 }).validRange).toEqual([0, Number.MAX_VALUE]);
  });

  it('presents booleans as bytes and 64-bit integers as doubles', () => {
    expect(facts('bool', {}).dtype).toBe('uint8');
    expect(facts('int64', {}).dtype).toBe('float64');
  });

  it('refuses a scale of 0 and attributes that are no numbers', () => {
    expect(() => facts('int16', { scale_factor: 0 })).toThrow(CorruptInput);
    expect(() => facts('int16', { _FillValue: 'none' })).toThrow(
      'file/var: _FillValue is "none", not a number.',
    );
    expect(() => facts('int16', { add_offset: { a: 1 } })).toThrow(UnsupportedInput);
  });
});

describe('axes', () => {
  it.each([
    ['z', { axis: 'Y' }, 'y'],
    ['a', { standard_name: 'projection_x_coordinate' }, 'x'],
    ['b', { units: 'degrees_north' }, 'y'],
    ['c', { units: 'degree_E' }, 'x'],
    ['d', { units: 'hours since 1900-01-01' }, 't'],
    ['valid_time', undefined, 't'],
    ['Latitude', undefined, 'y'],
    ['longitude', {}, 'x'],
    ['level', { units: 'hPa', axis: 'Z' }, undefined],
    ['x', { axis: 'Y' }, 'y'],
  ])('takes %s with %o for %s', (name, attributes, role) => {
    expect(roleOf(name, attributes)).toBe(role);
  });

  it('allows 2 percent of a cell, no more', () => {
    expect(regularAxis([0, 1.015, 2, 3], 'x')).toEqual({ first: 0, step: 1 });
    expect(() => regularAxis([0, 1.03, 2, 3], 'x')).toThrow('x: not evenly spaced: entry 1 is 1.03');
    expect(() => regularAxis([5, 5, 5], 'x')).toThrow('not evenly spaced');
    expect(() => regularAxis([0, Number.NaN, 2], 'x')).toThrow('entry 1 is NaN');
    expect(regularAxis([7], 'x')).toBeUndefined();
  });
});

describe('place on the ground', () => {
  const geo = (more: Partial<GeoAttributes>): GeoAttributes => ({
    array: {},
    group: {},
    yName: 'y',
    xName: 'x',
    ...more,
  });
  const axes = { y: { first: 95, step: -10 }, x: { first: 5, step: 10 } };

  it.each([
    ['proj:code', geo({ array: { 'proj:code': 'EPSG:3857' } }), 3857],
    ['proj:code of the group', geo({ group: { 'proj:code': 'EPSG:3857' } }), 3857],
    ['spatial_ref as a code', geo({ mapping: { spatial_ref: 'EPSG:32650' } }), 32_650],
    ['_CRS of GDAL', geo({ array: { _CRS: { url: 'http://www.opengis.net/def/crs/EPSG/0/3035' } } }), 3035],
    [
      'projjson with a code',
      geo({ array: { 'proj:projjson': { id: { authority: 'EPSG', code: 3857 } } } }),
      3857,
    ],
    ['a latitude-longitude mapping', geo({ mapping: { grid_mapping_name: 'latitude_longitude' } }), 4326],
    ['units of degrees', geo({ y: { units: 'degrees_north' }, x: { units: 'degrees_east' } }), 4326],
    ['names alone', geo({ yName: 'lat', xName: 'lon' }), 4326],
  ])('takes the CRS from %s', (_, attributes, epsg) => {
    expect(crsOf(attributes, 'file/var').epsg).toBe(epsg);
  });

  it('refuses a projection that was never tested, and one without WKT, by name', () => {
    expect(() => crsOf(geo({ array: { 'proj:code': 'EPSG:99999' } }), 'file/var')).toThrow(
      /file\/var: .*99999/,
    );
    expect(() => crsOf(geo({ mapping: { grid_mapping_name: 'geostationary' } }), 'v')).toThrow(
      '"geostationary" comes without crs_wkt',
    );
    expect(() =>
      crsOf(geo({ yName: 'lat', xName: 'lon', y: { units: 'm' }, x: { units: 'm' } }), 'v'),
    ).toThrow('no CRS');
  });

  it('lets coordinates rule over a transform that a cut window left behind', () => {
    const stale = geo({ array: { 'spatial:transform': [10, 0, -400, 0, -10, 900] } });
    expect(affineOf(axes, stale, 'v')).toEqual([10, 0, 0, 0, -10, 100]);
  });

  it('takes the exact transform where it agrees with rounded coordinates', () => {
    const exact = [10.0001, 0, 0.01, 0, -10.0001, 100.01];
    expect(affineOf(axes, geo({ array: { 'spatial:transform': exact } }), 'v')).toEqual(exact);
    const text = geo({ mapping: { GeoTransform: '0.01 10.0001 0 100.01 0 -10.0001' } });
    expect(affineOf(axes, text, 'v')).toEqual(exact);
  });

  it('places a single row or column by the transform, or says what is missing', () => {
    const one = { y: undefined, x: { first: 5, step: 10 } };
    expect(affineOf(one, geo({ array: { 'spatial:transform': [10, 0, 0, 0, -10, 100] } }), 'v')[4]).toBe(-10);
    const node = { 'spatial:transform': [10, 0, 5, 0, -10, 95], 'spatial:registration': 'node' };
    expect(affineOf(one, geo({ group: node }), 'v')).toEqual([10, 0, 0, 0, -10, 100]);
    expect(() => affineOf(one, geo({}), 'v')).toThrow('v: no coordinates of at least two rows');
    expect(() => affineOf(one, geo({ array: { 'spatial:transform': [1, 2] } }), 'v')).toThrow(CorruptInput);
  });
});
