import fc from 'fast-check';
import type { Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../functions/api/page/app/api/problem.ts';
import type { ZoneTotals } from '../../functions/api/page/app/api/totals.ts';
import { boundsOf } from '../../functions/api/page/app/map/shapes.ts';
import { csvOf } from '../../functions/api/page/app/readings/series-csv.ts';
import { rounded } from '../../functions/api/page/app/view/view.ts';
import { linesOfRing, readZones } from '../../functions/api/page/app/zones/read-zones.ts';
import { columnsOf, sorted } from '../../functions/api/page/app/zones/zone-columns.ts';
import { setName, zoneId, zoneName } from '../../functions/api/page/app/zones/zones.ts';

const RING = [
  [113, 22.8],
  [113.6, 22.8],
  [113.3, 23.3],
  [113, 22.8],
];
const SQUARE = { type: 'Polygon', coordinates: [RING] };
const named = { type: 'Feature', properties: { name: 'A' }, geometry: SQUARE };

describe('zones that somebody brings', () => {
  it('are corners a line, longitude before latitude, closed or not', () => {
    const ring = [
      [113, 22.8],
      [113.6, 22.8],
      [113.3, 23.3],
    ];
    for (const text of ['113, 22.8\n113.6 22.8\n113.3\t23.3', '113,22.8; 113.6,22.8; 113.3,23.3; 113,22.8'])
      expect(readZones(text)).toEqual({ kind: 'polygon', ring });
  });

  it('come back from their own text to the last digit', () => {
    const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true }).map(rounded);
    const corner = fc
      .tuple(degrees(180), degrees(90))
      .map(([lon, lat]): [number, number] => [lon + 0, lat + 0]);
    fc.assert(
      fc.property(fc.uniqueArray(corner, { minLength: 3, maxLength: 40, selector: String }), (ring) => {
        expect(readZones(linesOfRing(ring))).toEqual({ kind: 'polygon', ring });
      }),
    );
  });

  it('are one polygon that a link can hold where they are no more than that, else a set', () => {
    expect(readZones(JSON.stringify(SQUARE))).toMatchObject({ kind: 'polygon' });
    expect(readZones(JSON.stringify({ ...named, properties: null }))).toMatchObject({ kind: 'polygon' });
    expect(readZones(JSON.stringify(named))).toEqual({ kind: 'set', features: [named] });
    const holed = { type: 'Polygon', coordinates: [RING, RING] };
    expect(readZones(JSON.stringify(holed))).toMatchObject({ kind: 'set' });
    const many = { type: 'FeatureCollection', features: [named, { type: 'Feature', geometry: null }] };
    expect(readZones(JSON.stringify(many))).toEqual({ kind: 'set', features: many.features });
  });

  it('are refused in words that help', () => {
    const refusals: readonly [string, RegExp][] = [
      ['', /nothing in it yet/],
      ['{"type": "Polygon"', /no JSON/],
      ['[1, 2]', /begins with an object/],
      ['{"type":"Point","coordinates":[1,2]}', /has no area/],
      ['{"type":"FeatureCollection","features":[]}', /no feature/],
      ['1,2\n3,4', /three corners or more/],
      ['1,2\nhere\n5,6', /Line 2 is no corner/],
      ['23.1, 113.3\n1,2\n3,4', /the wrong way round/],
    ];
    for (const [text, words] of refusals) expect(() => readZones(text)).toThrow(words);
  });

  it('have the ids and names that the API gives them', () => {
    const feature = (properties: Record<string, unknown>, id?: string) =>
      ({ type: 'Feature', properties, geometry: SQUARE, ...(id && { id }) }) as const;
    expect(zoneId(feature({ id: 7 }), 0)).toBe('7');
    expect(zoneId(feature({}, 'x'), 0)).toBe('x');
    expect(zoneName(feature({ name: 'B', name_en: 'A' }), 0)).toBe('A');
    expect(zoneName(feature({}), 4)).toBe('Zone 5');
    expect(setName('Meine Zonen (2).GeoJSON')).toBe('meine-zonen-2');
    expect(setName('世界')).toBe('my-zones');
  });

  it('have a box around them', () => {
    expect(boundsOf(SQUARE as Polygon)).toEqual([113, 22.8, 113.6, 23.3]);
    expect(boundsOf({ type: 'FeatureCollection', features: [] })).toBeUndefined();
  });
});

describe('the table of zones', () => {
  const zone = (name: string, gC: number | null): ZoneTotals => ({
    index: 0,
    id: name,
    name,
    status: 'ok',
    periods: [
      {
        period: '2021',
        validArea: 1,
        validShare: 1,
        lowCoverage: false,
        variables: { npp_a: { mean: 1, total: { gC, tC: null, KtC: null, tCO2e: null } } },
      },
    ],
  });
  const npp = { name: 'npp_a', title: 'NPP', units: 'g m-2 year-1', step: 'year' };
  const rows = [zone('Zone 10', 2e9), zone('Zone 9', null), zone('Zone 2', 5e9)];
  const [names, totals] = columnsOf([npp], rows);

  it('sorts numbers in names as numbers, and keeps what has no value last either way', () => {
    const order = (...said: Parameters<typeof sorted>) => sorted(...said).map(({ name }) => name);
    expect(order(rows, names!, true)).toEqual(['Zone 2', 'Zone 9', 'Zone 10']);
    expect(order(rows, totals!, true)).toEqual(['Zone 10', 'Zone 2', 'Zone 9']);
    expect(order(rows, totals!, false)).toEqual(['Zone 2', 'Zone 10', 'Zone 9']);
  });

  it('has a ratio only where a product has NPP and RH', () => {
    expect(columnsOf([npp], rows).map(({ name }) => name)).toEqual(['zone', 'npp_a']);
    const rh = { ...npp, name: 'rh_a' };
    expect(columnsOf([npp, rh], rows).map(({ name }) => name)).toEqual(['zone', 'npp_a', 'rh_a', 'ratio']);
  });
});

describe('what the page says', () => {
  it('names a remedy for what the server cannot do', () => {
    expect(describeProblem(0, {})).toMatch(/cannot be reached. Look whether/);
    expect(describeProblem(413, { detail: '9 is more than the limit. Ask for fewer zones' })).toBe(
      '9 is more than the limit. Ask for fewer zones.',
    );
    expect(describeProblem(504, { detail: 'It took too long.' })).toMatch(/^It took too long. Ask for less/);
    expect(describeProblem(418, {})).toBe('The server answered 418.');
  });

  it('gives a series away with every digit', () => {
    const lines = [
      { label: 'NPP', tone: 'npp', values: [0.1 + 0.2, null] },
      { label: 'RH, NEP', tone: 'rh', values: [-1e-12, 3] },
    ];
    expect(csvOf({ steps: ['2021-01', '2021-02'], lines, unit: 'g C m⁻²' })).toBe(
      'time,NPP (g C m⁻²),"RH, NEP (g C m⁻²)"\r\n2021-01,0.30000000000000004,-1e-12\r\n2021-02,,3\r\n',
    );
  });
});
