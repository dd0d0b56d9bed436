import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../../lib/grid/affine.ts';
import { cellAreas } from '../../lib/grid/area.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { centresInZones, compareIds, type Zone, zonesOnGrid } from '../../lib/grid/zone.ts';

type Point = readonly [number, number];

const grid = (name: string, transform: Affine, height: number, width: number): GeoGrid => ({
  crs: crsByName(name),
  transform,
  height,
  width,
});

/** One degree is 100 pixels; (10, 50) is the upper left corner, so pixel (c, r) begins at (10 + c/100, 50 - r/100). */
const PLAIN = grid('EPSG:4326', [0.01, 0, 10, 0, -0.01, 50], 50, 60);
const WHOLE = { y0: 0, y1: 50, x0: 0, x1: 60 };
const at = (col: number, row: number): [number, number] => [10 + col / 100, 50 - row / 100];
/** Coordinates that are exact in binary: an eighth of a degree a pixel. */
const EXACT = grid('EPSG:4326', [0.125, 0, 10, 0, -0.125, 50], 16, 16);
const ALL = { y0: 0, y1: 16, x0: 0, x1: 16 };
const exact = (col: number, row: number): [number, number] => [10 + col / 8, 50 - row / 8];

const closed = (ring: readonly Point[]): Point[] => [...ring, ring[0]!];
const feature = (id: string | number, rings: readonly (readonly Point[])[]) => ({
  type: 'Feature',
  properties: { id, name: `zone ${id}` },
  geometry: { type: 'Polygon', coordinates: rings.map(closed) },
});
const collection = (...features: object[]) => ({ type: 'FeatureCollection', features });
const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((a, b) => a + b, 0);
const rectangle = (place: typeof at, c0: number, r0: number, c1: number, r1: number): Point[] => [
  place(c0, r0),
  place(c1, r0),
  place(c1, r1),
  place(c0, r1),
];

/** Area of a ring inside one pixel, by cutting it along the pixel's four sides one after the other. */
function clippedArea(ring: readonly Point[], x: number, y: number): number {
  let points = [...ring];
  const sides = [
    { inside: (p: Point) => p[0] - x },
    { inside: (p: Point) => x + 1 - p[0] },
    { inside: (p: Point) => p[1] - y },
    { inside: (p: Point) => y + 1 - p[1] },
  ];
  for (const { inside } of sides) {
    const next: Point[] = [];
    for (const [k, p] of points.entries()) {
      const q = points[(k + 1) % points.length]!;
      const [a, b] = [inside(p), inside(q)];
      if (a >= 0) next.push(p);
      if (a < 0 !== b < 0)
        next.push([p[0] + (a / (a - b)) * (q[0] - p[0]), p[1] + (a / (a - b)) * (q[1] - p[1])]);
    }
    points = next;
  }
  return Math.abs(shoelace(points));
}

const shoelace = (points: readonly Point[]): number =>
  sum(
    points.map(
      (p, k) => (p[0] * points[(k + 1) % points.length]![1] - points[(k + 1) % points.length]![0] * p[1]) / 2,
    ),
  );

/** A star-shaped ring about a centre, in pixels. */
const star = fc
  .record({
    col: fc.double({ min: -5, max: 65, noNaN: true }),
    row: fc.double({ min: -5, max: 55, noNaN: true }),
    radii: fc.array(fc.double({ min: 0.05, max: 30, noNaN: true }), { minLength: 3, maxLength: 17 }),
  })
  .map(({ col, row, radii }) =>
    radii.map((r, k): Point => {
      const angle = (2 * Math.PI * k) / radii.length;
      return [col + r * Math.cos(angle), row + r * Math.sin(angle)];
    }),
  );

describe('coverage', () => {
  it('is each pixel cut by the polygon, whatever the polygon', () => {
    fc.assert(
      fc.property(star, (ring) => {
        const [zone] = zonesOnGrid(feature(1, [ring.map(([c, r]) => at(c, r))]), PLAIN);
        const shares = zone!.coverage(WHOLE);
        let worst = 0;
        for (let k = 0; k < shares.length; k++) {
          worst = Math.max(worst, Math.abs(shares[k]! - clippedArea(ring, k % 60, Math.floor(k / 60))));
        }
        expect(worst).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('adds up to the area of the polygon to 1e-9, with a hole taken out', () => {
    fc.assert(
      fc.property(star, (ring) => {
        const outline = rectangle((c, r) => [c, r], 1.3, 1.7, 58.9, 48.2);
        // The star, drawn to fit into the rectangle.
        const hole = ring.map(([c, r]): Point => [30 + (c - ring[0]![0]) / 3, 25 + (r - ring[0]![1]) / 3]);
        const rings = [outline, hole].map((points) => points.map(([c, r]) => at(c, r)));
        const [zone] = zonesOnGrid(feature(1, rings), PLAIN);
        const expected = Math.abs(shoelace(outline)) - Math.abs(shoelace(hole));
        expect(sum(zone!.coverage(WHOLE)) / expected - 1).toBeCloseTo(0, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('of a partition adds up to one in every pixel, and centres count once', () => {
    const jitter = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 50, maxLength: 50 });
    const snap = fc.constantFrom(1, 2, 1000);
    fc.assert(
      fc.property(jitter, snap, (moves, parts) => {
        // 4 x 4 zones between 25 corners; outer corners stay on the border of the grid's 2..14 square.
        const corner = (i: number, j: number): Point => {
          const k = 5 * j + i;
          const c = 2 + 3 * i + (i > 0 && i < 4 ? moves[2 * k]! * 0.5 : 0);
          const r = 2 + 3 * j + (j > 0 && j < 4 ? moves[2 * k + 1]! * 0.5 : 0);
          return exact(Math.round(c * parts) / parts, Math.round(r * parts) / parts);
        };
        const zones = zonesOnGrid(
          collection(
            ...Array.from({ length: 16 }, (_, k) => {
              const [i, j] = [k % 4, Math.floor(k / 4)];
              const ring = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
              return feature(k, [k % 3 ? ring : [...ring].reverse()]);
            }),
          ),
          EXACT,
        );
        const shares = zones.map((zone) => zone.coverage(ALL));
        const members = zones.map((zone) => zone.membership(ALL));
        for (let k = 0; k < 256; k++) {
          const inside = k % 16 >= 2 && k % 16 < 14 && k >= 32 && k < 224;
          expect(sum(shares.map((s) => s[k]!))).toBeCloseTo(inside ? 1 : 0, 12);
          expect(sum(members.map((m) => m[k]!))).toBe(inside ? 1 : 0);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('knows a polygon inside one pixel, half a pixel and none of the grid', () => {
    const zones = zonesOnGrid(
      collection(
        feature('dot', [rectangle(at, 7.25, 3.5, 7.75, 3.75)]),
        feature('triangle', [[at(20, 10), at(21, 10), at(20, 11)]]),
        feature('far', [rectangle(at, 100, 100, 110, 110)]),
      ),
      PLAIN,
    ) as [Zone, Zone, Zone];
    expect(zones[0].window).toEqual({ y0: 3, y1: 4, x0: 7, x1: 8 });
    expect(zones[0].coverage(zones[0].window!)[0]).toBeCloseTo(0.125, 9);
    expect(zones[1].coverage({ y0: 10, y1: 11, x0: 20, x1: 21 })[0]).toBeCloseTo(0.5, 9);
    expect(zones[2].window).toBeUndefined();
    expect(sum(zones[2].coverage(WHOLE)) + sum(zones[2].membership(WHOLE))).toBe(0);
  });

  it('is told the same by whole runs and parts, each pixel once', () => {
    const ring = [at(3.3, 4.4), at(44.1, 2.2), at(50.5, 40.4), at(20.2, 30.3), at(8.8, 45.5)];
    const [zone] = zonesOnGrid(feature(1, [ring]), PLAIN);
    for (const window of [WHOLE, { y0: 7, y1: 33, x0: 11, x1: 38 }]) {
      const shares = zone!.coverage(window);
      const told = new Float64Array(shares.length);
      const placeOf = (row: number, col: number): number =>
        (row - window.y0) * (window.x1 - window.x0) + col - window.x0;
      let whole = 0;
      zone!.eachShare(window, {
        part: (row, col, share) => {
          expect(share).toBeLessThan(1);
          told[placeOf(row, col)]! += share;
        },
        run: (row, from, to) => {
          for (let col = from; col < to; col++) told[placeOf(row, col)]! += 1;
          whole += to - from;
        },
      });
      expect(whole).toBeGreaterThan(200);
      expect(told).toEqual(shares);
    }
  });

  it('is the same pixel by pixel as at once', () => {
    const ring = [at(3.3, 4.4), at(44.1, 2.2), at(50.5, 40.4), at(20.2, 30.3), at(8.8, 45.5)];
    const [zone] = zonesOnGrid(feature(1, [ring]), PLAIN);
    const [shares, members] = [zone!.coverage(WHOLE), zone!.membership(WHOLE)];
    for (let k = 0; k < shares.length; k += 7) {
      const [x, y] = [k % 60, Math.floor(k / 60)];
      const pixel = { y0: y, y1: y + 1, x0: x, x1: x + 1 };
      expect(zone!.coverage(pixel)[0]).toBeCloseTo(shares[k]!, 12);
      expect(zone!.membership(pixel)[0]).toBe(members[k]);
    }
  });
});

describe('membership by centre', () => {
  it('gives a centre exactly on a shared edge to the lower id, in any order of the file', () => {
    // The edge runs through the centres of column 4, and the corner (4.5, 8.5) is a centre.
    const left = feature(10, [rectangle(exact, 1, 1, 4.5, 8.5)]);
    const right = feature(9, [rectangle(exact, 4.5, 1, 9, 8.5)]);
    const below = feature(11, [rectangle(exact, 1, 8.5, 9, 12)]);
    for (const order of [
      [left, right, below],
      [below, right, left],
    ]) {
      const zones = zonesOnGrid(collection(...order), EXACT);
      const of = (id: string): Uint8Array => zones.find((z) => z.id === id)!.membership(ALL);
      const pixel = (row: number, col: number): number[] =>
        ['9', '10', '11'].map((id) => of(id)[16 * row + col]!);
      expect(pixel(5, 4)).toEqual([1, 0, 0]);
      expect(pixel(8, 4)).toEqual([1, 0, 0]);
      expect(pixel(8, 2)).toEqual([0, 1, 0]);
      expect(pixel(5, 3)).toEqual([0, 1, 0]);
      expect(pixel(9, 4)).toEqual([0, 0, 1]);
    }
    expect(['10', '9', 'b', 'a', '-1'].sort(compareIds)).toEqual(['-1', '9', '10', 'a', 'b']);
  });

  it('keeps a centre on the outer edge, and leaves out the inside of a hole', () => {
    const [zone] = zonesOnGrid(
      feature(1, [rectangle(exact, 2.5, 2.5, 12.5, 12.5), rectangle(exact, 5.5, 5.5, 9.5, 9.5)]),
      EXACT,
    );
    const members = zone!.membership(ALL);
    const row = (r: number): string => [...members.subarray(16 * r, 16 * r + 16)].join('');
    expect(row(2)).toBe('0011111111111000');
    expect(row(12)).toBe('0011111111111000');
    expect(row(5)).toBe('0011111111111000');
    expect(row(7)).toBe('0011110001111000');
    expect(row(13)).toBe('0000000000000000');
  });

  it('lets an enclave and the hole that holds it count every centre once', () => {
    const ring = rectangle(exact, 5.5, 5.5, 9.5, 9.5);
    const zones = zonesOnGrid(
      collection(feature(2, [rectangle(exact, 1, 1, 14, 14), ring]), feature(1, [ring])),
      EXACT,
    );
    const both = zones.map((zone) => zone.membership(ALL));
    expect(sum(both[0]!) + sum(both[1]!)).toBe(169);
    expect(sum(both[1]!)).toBe(25);
    expect(sum(centresInZones(zones, ALL))).toBe(169);
  });

  it('takes a single vertex that is a centre, once', () => {
    const [zone] = zonesOnGrid(feature(1, [[exact(4.5, 4.5), exact(7.3, 9.2), exact(2.2, 9.2)]]), EXACT);
    expect(zone!.membership(ALL)[16 * 4 + 4]).toBe(1);
    const [peak] = zonesOnGrid(feature(1, [[exact(2.2, 2.2), exact(7.3, 2.2), exact(4.5, 6.5)]]), EXACT);
    expect(peak!.membership(ALL)[16 * 6 + 4]).toBe(1);
  });
});

describe('straight edges in longitude and latitude on other grids', () => {
  // A band of 30 degrees: its sides along parallels are curved in conic and azimuthal projections.
  const band = feature(1, [
    [
      [-5, 45],
      [25, 45],
      [25, 60],
      [-5, 60],
    ],
  ]);

  it.each([
    ['EPSG:3035', [5000, 0, 2.6e6, 0, -5000, 4.6e6], 700, 600],
    ['modis-sinusoidal', [4633.127165693847, 0, -6e5, 0, -4633.127165693847, 7e6], 500, 700],
    ['EPSG:6933', [9000, 0, -1e6, 0, -9000, 6.8e6], 300, 500],
    ['EPSG:5070', [90000, 0, 2e6, 0, -90000, 9.6e6], 120, 120],
  ])(
    'stay true on %s: shares times pixel area give the polygon area to 1e-5',
    (name, transform, height, width) => {
      const g = grid(name, transform as unknown as Affine, height, width);
      const [zone] = zonesOnGrid(band, g);
      const shares = zone!.coverage(zone!.window!);
      const areas = cellAreas(g, zone!.window!);
      const total = sum(shares.map((share, k) => share * areas[k]!));
      expect(Math.abs(total / zone!.polygonArea - 1)).toBeLessThan(1e-5);
    },
  );

  it('have the true area of a quadrangle of parallels and meridians', () => {
    const [zone] = zonesOnGrid(band, PLAIN);
    const degrees = grid('EPSG:4326', [30, 0, -5, 0, -15, 60], 1, 1);
    expect(zone!.polygonArea / cellAreas(degrees, { y0: 0, y1: 1, x0: 0, x1: 1 })[0]! - 1).toBeCloseTo(0, 12);
  });

  it('lie across the seam of a grid that counts longitudes from 0 to 360', () => {
    const world = grid('EPSG:4326', [0.5, 0, 0, 0, -0.5, 90], 360, 720);
    const [zone] = zonesOnGrid(
      feature(1, [
        [
          [-3, 10],
          [4, 10],
          [4, 12],
          [-3, 12],
        ],
      ]),
      world,
    );
    const members = zone!.membership({ y0: 0, y1: 360, x0: 0, x1: 720 });
    expect(sum(members)).toBe(14 * 4);
    expect(members[720 * 156 + 719]).toBe(1);
    expect(members[720 * 156]).toBe(1);
    expect(members[720 * 156 + 360]).toBe(0);
    expect(sum(zone!.coverage({ y0: 0, y1: 360, x0: 0, x1: 720 }))).toBeCloseTo(56, 9);
  });

  it('may hold a whole world or a pole', () => {
    const world = grid('EPSG:4326', [1, 0, -180, 0, -1, 90], 180, 360);
    const [zone] = zonesOnGrid(
      feature(1, [
        [
          [-180, -90],
          [180, -90],
          [180, 90],
          [-180, 90],
        ],
      ]),
      world,
    );
    expect(sum(zone!.membership({ y0: 0, y1: 180, x0: 0, x1: 360 }))).toBe(64_800);
    expect(zone!.polygonArea / 5.100656217240886e14 - 1).toBeCloseTo(0, 9);
    const arctic = grid('EPSG:6931', [50_000, 0, -4e6, 0, -50_000, 4e6], 160, 160);
    const [cap] = zonesOnGrid(
      feature(1, [
        [
          [-180, 70],
          [180, 70],
          [180, 90],
          [-180, 90],
        ],
      ]),
      arctic,
    );
    const total = sum(cap!.coverage({ y0: 0, y1: 160, x0: 0, x1: 160 })) * 2.5e9;
    expect(Math.abs(total / cap!.polygonArea - 1)).toBeLessThan(1e-5);
  });
});

describe('zones that are refused, with the feature and the cause', () => {
  const square: Point[] = rectangle(at, 1, 1, 9, 9);
  const polygon = (coordinates: unknown, type = 'Polygon') => ({
    type: 'Feature',
    properties: { name: 'Here' },
    geometry: { type, coordinates },
  });

  it.each([
    ['no JSON', '{', /zones: not JSON/],
    ['no object', [], /not a GeoJSON object/],
    ['no features', collection(), /no feature/],
    ['a list that is none', { type: 'FeatureCollection' }, /list of features/],
    ['a topology', { type: 'Topology' }, /geometry is a Topology/],
    ['a point', polygon([1, 2], 'Point'), /features\[0\] \(Here\).*Point/],
    ['no geometry', { type: 'Feature', properties: null, geometry: null }, /no geometry/],
    ['an empty multipolygon', polygon([], 'MultiPolygon'), /empty/],
    ['an empty polygon', polygon([]), /no ring/],
    [
      'a ring of three',
      polygon([
        [
          [1, 2],
          [3, 4],
          [1, 2],
        ],
      ]),
      /ring 1.*four positions/,
    ],
    ['a ring that is open', polygon([square]), /not closed/],
    [
      'a text for a number',
      polygon([
        [
          [1, '2'],
          [1, 3],
          [2, 3],
          [1, '2'],
        ],
      ]),
      /position 1 is \[1,"2"\]/,
    ],
    ['a null', polygon([[[1, 2], null, [2, 3], [1, 2]]]), /position 2 is null/],
    [
      'a longitude of 190',
      polygon([
        closed([
          [170, 0],
          [190, 0],
          [190, 5],
        ]),
      ]),
      /position 2 is \[190,0\]/,
    ],
    [
      'projected coordinates',
      polygon([
        closed([
          [5e5, 4e6],
          [6e5, 4e6],
          [6e5, 5e6],
        ]),
      ]),
      /not a longitude/,
    ],
    [
      'a dateline crossing',
      polygon([
        closed([
          [170, 0],
          [-170, 0],
          [-170, 5],
          [170, 5],
        ]),
      ]),
      /dateline.*split/,
    ],
    [
      'another CRS',
      { ...collection(feature(1, [square])), crs: { properties: { name: 'urn:ogc:def:crs:EPSG::3857' } } },
      /EPSG::3857/,
    ],
    [
      'an id twice',
      collection(feature(1, [square]), feature('1', [rectangle(at, 20, 1, 30, 9)])),
      /"1" is there twice/,
    ],
    [
      'a bow tie',
      feature(7, [[at(1, 1), at(9, 9), at(9, 1), at(1, 9)]]),
      /zone 7.*crosses itself at longitude 10.05, latitude 49.95/,
    ],
    ['a hole across the outline', feature(7, [square, rectangle(at, 5, 5, 15, 8)]), /crosses itself/],
    ['a hole outside', feature(7, [square, rectangle(at, 15, 5, 18, 8)]), /hole of polygon 1 lies outside/],
    [
      'a polygon inside another',
      polygon([[closed(square)], [closed(rectangle(at, 3, 3, 5, 5))]], 'MultiPolygon'),
      /polygon 2 lies inside polygon 1/,
    ],
    ['a ring without area', feature(7, [[at(1, 1), at(5, 5), at(3, 3)]]), /no area/],
    [
      'zones that overlap',
      collection(feature('a', [square]), feature('b', [rectangle(at, 8.9, 1, 20, 9)])),
      /zone a and zone b overlap by 1.25 %/,
    ],
  ])('%s', (_, geojson, message) => {
    expect(() => zonesOnGrid(geojson, PLAIN)).toThrow(message);
    expect(() => zonesOnGrid(geojson, PLAIN)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
  });

  it('a zone that the grid cannot show', () => {
    const conic = grid('EPSG:2154', [1000, 0, 0, 0, -1000, 7e6], 10, 10);
    expect(() =>
      zonesOnGrid(
        feature(7, [
          [
            [0, -89.9],
            [10, -90],
            [10, 40],
          ],
        ]),
        conic,
      ),
    ).toThrow(/zone 7.*EPSG:2154 cannot show/);
  });

  it('but not zones that overlap by less than a thousandth, touch, or lie around each other', () => {
    const zones = collection(
      feature('a', [rectangle(at, 1, 1, 9, 9)]),
      feature('b', [rectangle(at, 8.995, 1, 20, 9)]),
    );
    expect(zonesOnGrid(zones, PLAIN)).toHaveLength(2);
    const ring = rectangle(at, 2, 2, 8, 8);
    const lake = collection(feature('a', [square, ring]), feature('b', [ring]));
    expect(zonesOnGrid(lake, PLAIN)).toHaveLength(2);
  });

  it('takes ids and names from the properties that it is told', () => {
    const of = {
      type: 'Feature',
      id: 'f',
      properties: { code: 440100, title: 'T', name_en: 'Guangzhou' },
      geometry: { type: 'Polygon', coordinates: [closed(square)] },
    };
    const named = (options?: object): string[] =>
      zonesOnGrid(of, PLAIN, options).map((z) => `${z.id} ${z.name}`);
    expect(named()).toEqual(['f Guangzhou']);
    expect(named({ idProperty: 'code', nameProperty: 'title' })).toEqual(['440100 T']);
    expect(() => named({ idProperty: 'adcode' })).toThrow(/no property "adcode"/);
    expect(zonesOnGrid(of.geometry, PLAIN)[0]).toMatchObject({ id: '1', name: '1' });
  });
});

const PRD = new URL('../../../shared/data/boundaries/prd/', import.meta.url);

describe.skipIf(!existsSync(PRD))(
  'the nine cities of the Pearl River Delta (skipped without ../shared/data)',
  () => {
    const TILE = 1111950.5197665233;
    const modis = grid(
      'modis-sinusoidal',
      [TILE / 2400, 0, 10 * TILE, 0, -TILE / 2400, 3 * TILE],
      2400,
      2400,
    );
    const features = existsSync(PRD)
      ? readdirSync(PRD)
          .filter((f) => f.endsWith('.geojson'))
          .flatMap((f) => JSON.parse(readFileSync(new URL(f, PRD), 'utf8')).features)
      : [];

    it('have shares on the MODIS grid that add up to their areas, about 56 000 km2', () => {
      const zones = zonesOnGrid(collection(...features), modis);
      expect(zones).toHaveLength(9);
      let total = 0;
      for (const zone of zones) {
        const area = sum(zone.coverage(zone.window!)) * (TILE / 2400) ** 2;
        expect(Math.abs(area / zone.polygonArea - 1)).toBeLessThan(2e-5);
        const members = sum(zone.membership(zone.window!)) * (TILE / 2400) ** 2;
        expect(Math.abs(members / zone.polygonArea - 1)).toBeLessThan(2e-3);
        total += zone.polygonArea / 1e6;
      }
      expect(total).toBeGreaterThan(55_000);
      expect(total).toBeLessThan(57_000);
    });
  },
);
