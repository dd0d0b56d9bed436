import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedInput } from '../../lib/errors.ts';
import { crsByName, crsFromEpsg, sameCrs } from '../../lib/grid/crs.ts';
import { DEFINITIONS } from '../../lib/grid/crs-table.ts';
import { transformer } from '../../lib/grid/projection.ts';
import points from '../fixtures/proj/points.json' with { type: 'json' };
import utmWkt from '../fixtures/proj/utm-wkt.json' with { type: 'json' };

const LON_LAT = crsByName('EPSG:4326');
const METRES_PER_DEGREE = 111_320;
const fixtures = Object.entries(points.crs as Record<string, { lon_lat_x_y: number[][] }>);

/** Worst distance to PROJ in metres: just above what is reached, by method. */
function tolerance(proj4: string): { forward: number; inverse: number } {
  if (proj4.includes('+ellps=airy')) return { forward: 5e-5, inverse: 1.5e-3 };
  if (/\+ellps=(bessel|intl)/.test(proj4)) return { forward: 2e-8, inverse: 1.5e-3 };
  if (proj4.includes('+proj=laea')) return { forward: 2e-8, inverse: 2.5e-3 };
  return { forward: 1e-7, inverse: 2e-6 };
}

describe('projections against PROJ 9.5.1', () => {
  it('tests every definition of the table', () => {
    for (const name of Object.keys(DEFINITIONS)) expect(Object.keys(points.crs)).toContain(name);
  });

  it.each(fixtures)('reproduces %s both ways', (name, { lon_lat_x_y }) => {
    const crs = crsByName(name);
    const [project, unproject] = [transformer(LON_LAT, crs), transformer(crs, LON_LAT)];
    const worst = { forward: 0, inverse: 0 };
    for (const [lon, lat, x, y] of lon_lat_x_y as [number, number, number, number][]) {
      const [px, py] = project(lon, lat);
      const scale = crs.geographic ? METRES_PER_DEGREE : 1;
      worst.forward = Math.max(worst.forward, Math.hypot(px - x, py - y) * scale);
      const [ix, iy] = unproject(x, y);
      const turns = Math.round((ix - lon) / 360);
      const east = (ix - lon - 360 * turns) * Math.cos((lat * Math.PI) / 180);
      worst.inverse = Math.max(worst.inverse, Math.hypot(east, iy - lat) * METRES_PER_DEGREE);
    }
    const { forward, inverse } = tolerance(crs.proj4);
    expect(worst.forward).toBeLessThanOrEqual(forward);
    expect(worst.inverse).toBeLessThanOrEqual(inverse);
  });
});

describe('domain', () => {
  const sinusoidal = crsByName('modis-sinusoidal');
  const toLonLat = transformer(sinusoidal, LON_LAT);

  it('gives NaN beyond the edge of a sinusoidal world', () => {
    expect(toLonLat(20_000_000, 5_000_000)).toEqual([Number.NaN, Number.NaN]);
    expect(toLonLat(0, 10_100_000)).toEqual([Number.NaN, Number.NaN]);
    expect(toLonLat(10_000_000, 5_000_000)[1]).toBeCloseTo(44.966, 3);
  });

  it.each([
    ['EPSG:3857', 20_100_000, 0],
    ['EPSG:6933', 0, 7_400_000],
    ['EPSG:3035', 4_321_000, 16_500_000],
    ['EPSG:5070', 0, 30_000_000],
    ['EPSG:4326', 10, 90.5],
    ['EPSG:32633', Number.NaN, 0],
    ['EPSG:32633', Number.POSITIVE_INFINITY, 0],
    ['EPSG:32633', 1e12, 1e12],
  ])('gives NaN for a point of %s that is nowhere: %d, %d', (name, x, y) => {
    const to = name === 'EPSG:4326' ? sinusoidal : LON_LAT;
    expect(transformer(crsByName(name), to)(x, y)).toEqual([Number.NaN, Number.NaN]);
  });

  it.each([
    ['EPSG:32633', 105, 10],
    ['EPSG:3035', -170, -52],
    ['EPSG:2154', 3, -90],
    ['EPSG:3857', 0, 90],
  ])('gives NaN in %s for %d, %d, which it cannot show', (name, lon, lat) => {
    expect(transformer(LON_LAT, crsByName(name))(lon, lat)).toEqual([Number.NaN, Number.NaN]);
  });

  it('takes longitudes of any turn and gives -180 to 180', () => {
    const project = transformer(LON_LAT, crsByName('EPSG:3031'));
    const [x, y] = project(290, -75);
    expect(project(-70, -75)[0]).toBeCloseTo(x, 6);
    expect(project(650, -75)[1]).toBeCloseTo(y, 6);
    expect(transformer(LON_LAT, crsByName('EPSG:4258'))(359, 10)).toEqual([-1, 10]);
  });

  it('never throws and always comes back or says NaN', () => {
    const names = fixtures.map(([name]) => name);
    const number = fc.oneof(fc.double(), fc.double({ min: -3e7, max: 3e7 }));
    fc.assert(
      fc.property(fc.constantFrom(...names), number, number, (name, x, y) => {
        const crs = crsByName(name);
        if (crs.geographic) return;
        const [lon, lat] = transformer(crs, LON_LAT)(x, y);
        expect(Number.isNaN(lon)).toBe(Number.isNaN(lat));
        if (Number.isNaN(lon)) return;
        expect(Math.abs(lon)).toBeLessThanOrEqual(180);
        const [bx, by] = transformer(LON_LAT, crs)(lon, lat);
        if (!Number.isNaN(bx)) expect(Math.hypot(bx - x, by - y)).toBeLessThan(10);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the table', () => {
  it('writes the WKT2 that PROJ writes for any UTM zone', () => {
    for (const [name, wkt] of Object.entries(utmWkt)) expect(crsByName(name).wkt).toBe(wkt);
  });

  it('holds ASCII WKT2 that names its own code', () => {
    for (const [name] of fixtures) {
      const { wkt, epsg } = crsByName(name);
      expect(wkt).toMatch(/^(PROJCRS|GEOGCRS)\["[ -~]+\]$/);
      if (epsg) expect(wkt.endsWith(`ID["EPSG",${epsg}]]`)).toBe(true);
    }
  });

  it.each([
    ['EPSG:3857', 3857],
    ['epsg:4326', 4326],
    ['OGC:CRS84', 4326],
    ['EPSG:900913', 3857],
    ['EPSG:32633', 32633],
  ])('knows %s', (name, epsg) => expect(crsByName(name).epsg).toBe(epsg));

  it('knows the MODIS grid by its names and an ESRI code by its number', () => {
    expect(crsByName('modis-sinusoidal')).toEqual(crsByName('MODIS sinusoidal'));
    expect(crsByName('SR-ORG:6974').ellipsoid).toEqual({ a: 6371007.181, b: 6371007.181 });
    expect(crsFromEpsg(102001).name).toBe('ESRI:102001');
  });

  it.each([4267, 5514, 32600, 32661, 26924, 0, 1.5, Number.NaN])(
    'refuses the untested code %d with a remedy',
    (code) => {
      expect(() => crsFromEpsg(code)).toThrow(UnsupportedInput);
      expect(() => crsFromEpsg(code)).toThrow(/EPSG:.*Reproject/);
    },
  );

  it.each(['constructor', '', 'EPSG:', '__proto__', 'EPSG:99999999999999999999'])('refuses "%s"', (name) => {
    expect(() => crsByName(name)).toThrow(UnsupportedInput);
  });

  it('knows equal-area grids and the axes of the ellipsoid', () => {
    expect(crsByName('EPSG:3035').equalArea).toBe(true);
    expect(crsByName('EPSG:3857').equalArea).toBe(false);
    expect(crsByName('EPSG:3857').ellipsoid.b).toBeCloseTo(6356752.314245, 6);
    expect(crsByName('EPSG:27700').ellipsoid.b).toBeCloseTo(6356256.909, 3);
  });

  it('calls two CRSs the same when their coordinates are, however they are written', () => {
    expect(sameCrs(crsFromEpsg(25832), { ...crsFromEpsg(32632), name: 'another' })).toBe(true);
    expect(sameCrs(crsFromEpsg(32632), crsFromEpsg(32633))).toBe(false);
    expect(sameCrs(crsFromEpsg(32632), crsFromEpsg(32732))).toBe(false);
    expect(sameCrs(crsFromEpsg(4326), crsFromEpsg(4258))).toBe(true);
    expect(sameCrs(crsFromEpsg(3857), crsFromEpsg(3395))).toBe(false);
    const swiss = crsFromEpsg(2056);
    const unshifted = { ...swiss, name: 'x', proj4: swiss.proj4.replace(/\+towgs84=\S+/, '') };
    expect(sameCrs(swiss, unshifted)).toBe(false);
  });
});
