import { describe, expect, it } from 'vitest';
import { UnsupportedInput } from '../../lib/errors.ts';
import { type Crs, crsByName, sameCrs } from '../../lib/grid/crs.ts';
import { DEFINITIONS } from '../../lib/grid/crs-table.ts';
import { crsFromGeoKeys, geoKeysFromCrs } from '../../lib/grid/geokeys.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { crsFromWkt } from '../../lib/grid/wkt.ts';
import user from '../fixtures/proj/user-defined.json' with { type: 'json' };

interface Case {
  proj4: string;
  wkt: Record<string, string>;
  lon_lat_x_y: number[][];
}
const cases = Object.entries(user.crs as Record<string, Case>);
const LON_LAT = crsByName('EPSG:4326');

/** Metres between our coordinates and PROJ's, the worst of the points. */
function worst(crs: Crs, rows: number[][]): number {
  const project = transformer(LON_LAT, crs);
  const scale = crs.geographic ? 111_320 : 1;
  return Math.max(
    ...rows.map(([lon, lat, x, y]) => {
      const [px, py] = project(lon!, lat!);
      return Math.hypot(px - x!, py - y!) * scale;
    }),
  );
}

describe('CRS from WKT', () => {
  const texts = cases.flatMap(([name, { wkt, lon_lat_x_y }]) =>
    Object.entries(wkt).map(([form, text]) => [name, form, text, lon_lat_x_y] as const),
  );

  it.each(texts)('projects "%s" from %s as PROJ does', (name, _form, text, rows) => {
    const tolerance = name === 'Helmert shift' ? 1e-3 : 1e-6;
    expect(worst(crsFromWkt(text), rows)).toBeLessThan(tolerance);
  });

  it.each(Object.keys(DEFINITIONS))('knows %s from the WKT2 that it writes', (name) => {
    expect(crsFromWkt(crsByName(name).wkt)).toEqual(crsByName(name));
  });

  it('reads back every CRS that it spells out', () => {
    for (const [name, { wkt }] of cases) {
      const crs = crsFromWkt(wkt.WKT1_GDAL!);
      expect(sameCrs(crsFromWkt(crs.wkt), crs), name).toBe(true);
      expect(crs.wkt).toMatch(/^[ -~]+$/);
    }
  });

  it('finds UTM and the MODIS grid by their numbers', () => {
    const text = (name: string): string => (user.crs as Record<string, Case>)[name]!.wkt.WKT1_GDAL!;
    expect(crsFromWkt(text('UTM 33 S by its numbers')).epsg).toBe(32733);
    expect(crsFromWkt(text('sinusoidal sphere')).name).toBe('MODIS sinusoidal');
    expect(crsFromWkt(text('Albers China')).epsg).toBeUndefined();
  });

  it('reads the horizontal part of a compound CRS and the source of a bound one', () => {
    const { wkt } = crsByName('EPSG:3035');
    expect(crsFromWkt(`COMPOUNDCRS["with height",${wkt},VERTCRS["EGM2008"]]`).epsg).toBe(3035);
    expect(crsFromWkt(`BOUNDCRS[SOURCECRS[${wkt}],TARGETCRS[GEOGCRS["WGS 84"]]]`).epsg).toBe(3035);
  });

  it('falls back to the parameters when it does not know the code', () => {
    const { wkt } = (user.crs as Record<string, Case>)['Albers China']!;
    const coded = wkt.WKT1_GDAL!.replace(/\]$/, ',AUTHORITY["EPSG","99123"]]');
    expect(sameCrs(crsFromWkt(coded), crsFromWkt(wkt.WKT1_GDAL!))).toBe(true);
  });

  it.each([
    ['', /ends too early/],
    ['PROJCS', /not well-formed/],
    ['PROJCS["a"', /lacks a comma or a bracket/],
    ['PROJCS["a",', /ends too early/],
    ['PROJCS["a"] x', /goes on/],
    ['PROJCS["a"]', /no geographic CRS/],
    ['GEOGCS["a"]', /no ellipsoid/],
    ['LOCAL_CS["engineering"]', /LOCAL_CS\["engineering"\]/],
    ['GEOGCS["NAD27",DATUM["d",SPHEROID["Clarke 1866",6378206.4,294.9786982138982]]]', /NAD27.*datum lies/],
    ['GEOGCS["Paris",DATUM["d",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Paris",2.33]]', /"Paris"/],
    ['GEOGCS["g",DATUM["d",SPHEROID["WGS 84",6378137,298.257223563]],UNIT["grad",0.0157]]', /grad/],
    [
      'PROJCS["p",GEOGCS["g",DATUM["d",SPHEROID["WGS 84",6378137,298.257223563]]],PROJECTION["Krovak"]]',
      /"Krovak".*Reproject/,
    ],
    [
      'PROJCS["p",GEOGCS["g",DATUM["d",SPHEROID["WGS 84",6378137,298.257223563]]],PROJECTION["Albers"],PARAMETER["central_meridian",5]]',
      /lacks the parameter/,
    ],
    ['A['.repeat(5000), /well-formed/],
    ['x'.repeat(200_000), /characters/],
  ])('refuses %j, saying why', (text, message) => {
    expect(() => crsFromWkt(text)).toThrow(UnsupportedInput);
    expect(() => crsFromWkt(text)).toThrow(message);
  });
});

describe('CRS from GeoTIFF keys', () => {
  it.each(Object.keys(DEFINITIONS))('reads back the keys it writes for %s', (name) => {
    const crs = crsByName(name);
    expect(crsFromGeoKeys(geoKeysFromCrs(crs))).toEqual(crs);
  });

  it.each(cases)('spells out "%s" and reads it back with PROJ\'s numbers', (name, { wkt, lon_lat_x_y }) => {
    const crs = crsFromWkt(wkt.WKT1_GDAL!);
    const keys = geoKeysFromCrs({ ...crs, name: 'unnamed', epsg: undefined } as unknown as Crs);
    expect(worst(crsFromGeoKeys(keys), lon_lat_x_y)).toBeLessThan(name === 'Helmert shift' ? 1e-3 : 1e-6);
  });

  it('reads the MODIS sinusoidal grid as GDAL writes it', () => {
    const keys = {
      1024: 1,
      1025: 1,
      1026: 'unnamed',
      2048: 32767,
      2050: 32767,
      2054: 9102,
      2056: 32767,
      2057: 6371007.181,
    };
    const projection = { 3072: 32767, 3074: 32767, 3075: 24, 3076: 9001, 3082: 0, 3083: 0, 3088: 0 };
    for (const sphere of [{ 2058: 6371007.181 }, { 2059: 0 }]) {
      expect(crsFromGeoKeys({ ...keys, ...sphere, ...projection })).toEqual(crsByName('modis-sinusoidal'));
    }
  });

  it('reads UTM from its projection code and ESRI text from a citation', () => {
    expect(crsFromGeoKeys({ 1024: 1, 2048: 4326, 3072: 32767, 3074: 16150 }).epsg).toBe(32750);
    expect(crsFromGeoKeys({ 1024: 1, 2048: 4258, 3072: 32767, 3074: 16032 }).epsg).toBe(25832);
    const unnamedDatum = { 2048: 32767, 2050: 32767, 2056: 7030, 2057: 6378137, 2059: 298.257223563 };
    expect(crsFromGeoKeys({ 1024: 1, ...unnamedDatum, 3072: 32767, 3074: 16052 }).epsg).toBe(32652);
    expect(() => crsFromGeoKeys({ 1024: 1, 2048: 4267, 3072: 32767, 3074: 16052 })).toThrow(
      /\(2048\) = 4267/,
    );
    const { wkt } = (user.crs as Record<string, Case>)['Albers China']!;
    const crs = crsFromGeoKeys({ 1024: 1, 3072: 32767, 3073: `ESRI PE String = ${wkt.WKT1_ESRI}|` });
    expect(sameCrs(crs, crsFromWkt(wkt.WKT1_GDAL!))).toBe(true);
  });

  const albers = {
    1024: 1,
    2048: 4326,
    3072: 32767,
    3074: 32767,
    3075: 11,
    3078: 25,
    3079: 47,
    3080: 105,
    3081: 0,
  };

  it('takes keys in feet to metres', () => {
    const feet = crsFromGeoKeys({ ...albers, 3076: 9003, 3082: 3_280_833.333_333_3 });
    const metres = crsFromGeoKeys({ ...albers, 3082: 1_000_000 });
    const [x, y] = transformer(LON_LAT, metres)(110, 30);
    const [fx, fy] = transformer(LON_LAT, feet)(110, 30);
    expect(fx * (1200 / 3937)).toBeCloseTo(x, 4);
    expect(fy * (1200 / 3937)).toBeCloseTo(y, 4);
  });

  it.each([
    [{}, /GTModelTypeGeoKey \(1024\)/],
    [{ 1024: 3 }, /GTModelTypeGeoKey \(1024\) = 3/],
    [{ 1024: 2 }, /GeographicTypeGeoKey \(2048\) is missing/],
    [{ 1024: 2, 2048: 4267 }, /GeographicTypeGeoKey \(2048\) = 4267.*EPSG:4267/],
    [{ 1024: 1 }, /ProjCoordTransGeoKey \(3075\) is missing/],
    [{ 1024: 1, 3072: 5514 }, /ProjectedCSTypeGeoKey \(3072\) = 5514/],
    [{ 1024: 1, 3072: 32633, 3076: 9003 }, /ProjLinearUnitsGeoKey \(3076\) = 9003/],
    [{ ...albers, 3075: 18 }, /ProjCoordTransGeoKey \(3075\) = 18/],
    [{ ...albers, 3078: undefined }, /3078/],
    [{ ...albers, 3079: Number.NaN }, /3079/],
    [{ ...albers, 3081: 95 }, /95 as lat_0/],
    [{ ...albers, 2054: 9105 }, /GeogAngularUnitsGeoKey \(2054\) = 9105/],
    [{ ...albers, 2051: 8903 }, /GeogPrimeMeridianGeoKey \(2051\) = 8903/],
    [{ ...albers, 3076: 9036 }, /ProjLinearUnitsGeoKey \(3076\) = 9036/],
    [{ ...albers, 2048: 4267 }, /GeographicTypeGeoKey \(2048\) = 4267/],
    [{ ...albers, 2048: 32767, 2056: 7008 }, /GeogEllipsoidGeoKey \(2056\) = 7008/],
    [{ ...albers, 2048: 32767, 2057: 6378206.4, 2059: 294.9786982 }, /datum lies/],
    [{ ...albers, 2048: 32767, 2057: 6378206.4 }, /2059/],
    [{ ...albers, 2048: 32767, 2057: 3_396_190, 2059: 169.9 }, /not the Earth/],
    [{ ...albers, 3075: 24, 3082: 5 }, /false origin/],
  ])('refuses %j, naming the key', (keys, message) => {
    expect(() => crsFromGeoKeys(keys as never)).toThrow(UnsupportedInput);
    expect(() => crsFromGeoKeys(keys as never)).toThrow(message);
  });
});
