import { describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { StoreFailure } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import { watchedStore } from '../helpers/watched-store.ts';
import { appOver, COUNTRY, countryStore, post } from './served.ts';

const { west, north, rows, cols, pixel } = COUNTRY;
const [east, south] = [west + cols * pixel, north - rows * pixel];
const star = (lon: number, lat: number, r: number) => {
  const ring = Array.from({ length: 9 }, (_, k) => {
    const turn = (2 * Math.PI * k) / 9;
    return [lon + r * (0.7 + 0.3 * Math.cos(3 * turn)) * Math.cos(turn), lat + r * Math.sin(turn)];
  });
  return { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
};
const SET = {
  type: 'FeatureCollection',
  features: [
    star(11.7, 46.3, 1.6),
    star(10.9, 47.1, 0.4),
    star(12.9, 45.2, 0.9),
    star(50, 10, 1),
    {
      type: 'Polygon',
      coordinates: [
        [
          [west - 1, south - 1],
          [east + 1, south - 1],
          [east + 1, north + 1],
          [west - 1, north + 1],
          [west - 1, south - 1],
        ],
      ],
    },
  ].map((geometry, i) => ({ type: 'Feature', properties: { id: `z${i}`, colour: 'red' }, geometry })),
};
const PATH = '/products/tiny/reductions';
const OPEN = { auth: { loopback: true } };

const zonesOf = async (app: Api, body: object): Promise<object[]> => {
  const response = await app.request(PATH, post({ variables: ['npp_a', 'nep_a'], ...body }));
  expect(response.status, await response.clone().text()).toBe(200);
  return ((await response.json()) as { zones: object[] }).zones;
};
const put = (app: Api, set: object = SET) =>
  app.request('/products/tiny/zones/parts', { method: 'PUT', body: JSON.stringify(set) });

describe('the weights of stored zones', () => {
  it('are made once when the zones are stored, and give the very numbers of the polygons', async () => {
    const store = await countryStore();
    const app = appOver(store, OPEN);
    expect((await put(app)).status).toBe(200);
    for (const more of [
      {},
      { path: 'pixels' },
      { statistics: ['mean', 'std', 'quantiles'] },
      { over: 'sum' },
    ]) {
      expect(await zonesOf(app, { set: 'parts', ...more })).toEqual(
        await zonesOf(app, { zones: SET, ...more }),
      );
    }
    expect(await zonesOf(app, { set: 'parts', weights: 'centre' })).toEqual(
      await zonesOf(app, { zones: SET, weights: 'centre' }),
    );
  });

  it('are used without a look at the polygons', async () => {
    const store = await countryStore();
    await put(appOver(store, OPEN));
    const watched = watchedStore(store);
    await zonesOf(appOver(watched.store), { set: 'parts' });
    const asked = watched.take();
    expect(asked.filter((request) => request.includes('zones.geojson'))).toEqual([
      'head products/tiny/zones/parts/zones.geojson',
    ]);
    expect(
      asked.some((request) => /get products\/tiny\/zones\/parts\/weights\/\w+\/\d+\/\d+$/.test(request)),
    ).toBe(true);
    expect(asked.filter((request) => request.startsWith('put'))).toEqual([]);
  });

  it('are made by the first who asks where they are not there yet, and made anew for other polygons', async () => {
    const store = await countryStore();
    await store.put('products/tiny/zones/parts/zones.geojson', Buffer.from(JSON.stringify(SET)));
    const app = appOver(store, OPEN);
    const first = await zonesOf(app, { set: 'parts' });
    const keys = async () => {
      const found: string[] = [];
      for await (const { key } of store.list('products/tiny/zones/parts/weights/')) found.push(key);
      return found;
    };
    const made = await keys();
    expect(made.filter((key) => key.endsWith('index.json'))).toHaveLength(1);
    expect(await zonesOf(app, { set: 'parts' })).toEqual(first);
    const other = { ...SET, features: SET.features.slice(1, 3) };
    await put(app, other);
    expect(await zonesOf(app, { set: 'parts' })).toEqual(await zonesOf(app, { zones: other }));
    expect((await keys()).some((key) => made.includes(key))).toBe(false);
    await app.request('/products/tiny/zones/parts', { method: 'DELETE' });
    expect(await keys()).toEqual([]);
  });

  it('come with the polygons where those are sent back', async () => {
    const store = await countryStore();
    const app = appOver(store, OPEN);
    await put(app);
    const response = await app.request(`${PATH}?set=parts&variable=npp_a`, {
      headers: { Accept: 'application/geo+json' },
    });
    const { features } = (await response.json()) as {
      features: { geometry: unknown; properties: { colour: string } }[];
    };
    expect(features.map(({ geometry }) => geometry)).toEqual(SET.features.map(({ geometry }) => geometry));
    expect(features[0]!.properties.colour).toBe('red');
  });

  it('are done without where the store takes nothing', async () => {
    const store = await countryStore();
    await store.put('products/tiny/zones/parts/zones.geojson', Buffer.from(JSON.stringify(SET)));
    const closed: Store = { ...store, put: () => Promise.reject(new StoreFailure('read only', false)) };
    expect(await zonesOf(appOver(closed), { set: 'parts' })).toEqual(
      await zonesOf(appOver(store), { zones: SET }),
    );
  });
});
