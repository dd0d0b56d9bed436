import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { type Answer, askOf, collection, feature, LARGE, polygon, SMALL } from './asked.ts';
import { appOver, countryStore, serveCountry } from './served.ts';

let app: Api;
beforeAll(async () => {
  ({ app } = await serveCountry());
});

const ask = (body: unknown, from: Api = app): Promise<Answer> => askOf(from, body);

describe('many polygons at once', () => {
  const bowTie = polygon([10, 45], [11, 46], [10, 46], [11, 45]);
  const POISON: [unknown, string, RegExp][] = [
    [feature(bowTie), 'invalid', /crosses itself/],
    [feature(null), 'invalid', /no geometry/],
    [feature({ type: 'Point', coordinates: [10, 46] }), 'invalid', /Point/],
    [feature(polygon([0, 0], [1, 0], [1, 1])), 'outside', /outside the grid/],
    [
      feature({
        type: 'Polygon',
        coordinates: [
          [
            [10, 46],
            [11, 46],
            [11, 47],
          ],
        ],
      }),
      'invalid',
      /four positions/,
    ],
    [feature(polygon([10, 95], [11, 95], [11, 96])), 'invalid', /latitude/],
    [feature(polygon([170, 10], [-170, 10], [-170, 20])), 'invalid', /dateline/],
    ['nonsense', 'invalid', /geometry/],
  ];

  it('says of each wrong one what is wrong, and gives the others their numbers', async () => {
    const good = Array.from({ length: 20 }, (_, i) =>
      feature(polygon([10.2 + 0.1 * i, 45.5], [10.5 + 0.1 * i, 45.5], [10.3 + 0.1 * i, 47]), { id: `g${i}` }),
    );
    const mixed = POISON.flatMap(([bad], i) => [good[2 * i]!, bad, good[2 * i + 1]!]);
    const { zones, counts } = await ask({ zones: collection(...mixed), variables: ['nep_a'], time: '2022' });
    const alone = await ask({
      zones: collection(...good.slice(0, 2 * POISON.length)),
      variables: ['nep_a'],
      time: '2022',
    });
    expect(counts).toEqual({ ok: 2 * POISON.length, invalid: 7, outside: 1 });
    for (const [i, [, status, reason]] of POISON.entries()) {
      const zone = zones[3 * i + 1]!;
      expect([zone.index, zone.status]).toEqual([3 * i + 1, status]);
      expect(zone.reason).toMatch(reason);
    }
    expect(zones.filter(({ status }) => status === 'ok').map(({ periods }) => periods)).toEqual(
      alone.zones.map(({ periods }) => periods),
    );
  });

  it('keeps two of one name apart, and as many rows as features', async () => {
    const { zones } = await ask({
      zones: collection(feature(SMALL, { id: 'a' }), feature(LARGE, { id: 'a' })),
      variables: ['npp_a'],
    });
    expect(zones.map(({ id, index }) => [id, index])).toEqual([
      ['a', 0],
      ['a', 1],
    ]);
    expect(zones[1]!.polygonArea).toBeGreaterThan(zones[0]!.polygonArea);
  });

  it('tells what is missing under a polygon instead of leaving it out in silence', async () => {
    const own = await countryStore();
    await own.delete('products/tiny/records/0/1/1/1.json');
    const other = appOver(own);
    for (const path of ['auto', 'pixels']) {
      const { zones } = await ask({ zones: LARGE, variables: ['npp_a'], path }, other);
      expect([zones[0]!.status, zones[0]!.reason]).toEqual([
        'partial',
        'chunks that are not there: 1 unrecorded',
      ]);
    }
  });

  it('says which polygons hold no value', async () => {
    const tinyOne = polygon([11.01, 46.01], [11.02, 46.01], [11.02, 46.02]);
    const byCentre = await ask({ zones: tinyOne, weights: 'centre', variables: ['npp_a'] });
    expect([byCentre.zones[0]!.status, byCentre.zones[0]!.reason]).toEqual([
      'empty',
      'no pixel centre lies in it; weigh by coverage to get a value',
    ]);
    const byShare = await ask({ zones: tinyOne, variables: ['npp_a'], time: '2022' });
    expect(['ok', 'empty']).toContain(byShare.zones[0]!.status);
    expect(byShare.zones[0]!.periods[0]!.pixels).toBe(1);
  });
});
