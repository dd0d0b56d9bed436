import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import type { Store } from '../../lib/store/store.ts';
import {
  type Answer,
  askOf,
  box,
  collection,
  east,
  feature,
  LARGE,
  near,
  PATH,
  SMALL,
  south,
  type Zone,
} from './asked.ts';
import { appOver, bytesOf, COUNTRY, countryStore, post, serveCountry } from './served.ts';

let app: Api;
let store: Store;
beforeAll(async () => {
  ({ app, store } = await serveCountry());
});

const { west, north } = COUNTRY;
const ask = (body: unknown, from: Api = app): Promise<Answer> => askOf(from, body);

describe('its forms', () => {
  const body = {
    zones: collection(
      feature(SMALL, { id: 's', colour: 'red' }),
      feature(LARGE, { id: 'l', name: 'Large, "all"' }),
      feature(null, { id: 'x' }),
    ),
    variables: ['npp_a', 'rh_a'],
    time: '2022',
  };

  it('says the same numbers as JSON, GeoJSON, CSV, Parquet and a stream', async () => {
    const { zones } = await ask(body);
    const form = async (f: string) => app.request(`${PATH}?f=${f}`, post({ ...body, f }));
    const means = zones.slice(0, 2).map(({ periods }) => periods[0]!.variables.npp_a!.mean);

    const geojson = (await (await form('geojson')).json()) as {
      features: { geometry: unknown; properties: { colour?: string; reduction: Zone } }[];
    };
    expect(geojson.features[0]!.geometry).toEqual(SMALL);
    expect(geojson.features[0]!.properties.colour).toBe('red');
    expect(
      geojson.features
        .slice(0, 2)
        .map(({ properties }) => properties.reduction.periods[0]!.variables.npp_a!.mean),
    ).toEqual(means);

    const lines = (await (await form('csv')).text()).split('\r\n');
    const at = lines[0]!.split(',').indexOf('npp_a_mean_gC_m2_yr');
    expect(Number(lines[1]!.split(',')[at])).toBe(means[0]);
    expect(lines[2]).toContain('"Large, ""all"""');
    expect(lines[3]).toContain('invalid');

    const stream = (await (await form('ndjson')).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(stream[0]!.type).toBe('method');
    expect(stream.at(-1)).toMatchObject({ type: 'end', zones: 3 });
    const streamed = stream
      .filter(({ type }) => type === 'zone')
      .sort((a, b) => Number(a.index) - Number(b.index)) as unknown as Zone[];
    expect(streamed.slice(0, 2).map(({ periods }) => periods[0]!.variables.npp_a!.mean)).toEqual(means);

    const parquet = await bytesOf(await form('parquet'));
    expect([
      Buffer.from(parquet.subarray(0, 4)).toString(),
      Buffer.from(parquet.subarray(-4)).toString(),
    ]).toEqual(['PAR1', 'PAR1']);
  });

  it('puts a failure on the way into the last line of a stream', async () => {
    const broken: Store = {
      ...store,
      get: (key, options) =>
        /npp_a\/c\//.test(key) ? Promise.reject(new Error('gone')) : store.get(key, options),
    };
    const lines = (await (await appOver(broken).request(PATH, post({ ...body, f: 'ndjson' }))).text())
      .trim()
      .split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'error', error: { status: 500 } });
  });

  it('stops reading, down to the store, when its time is up or its client is gone', async () => {
    const slow = () => {
      const state = { asked: 0, stopped: 0 };
      const own: Store = {
        ...store,
        get: (key, options) => {
          if (!/npp_a\/c\//.test(key)) return store.get(key, options);
          state.asked++;
          return new Promise((_, fail) => {
            options?.signal?.addEventListener('abort', () => {
              state.stopped++;
              fail(options.signal!.reason);
            });
          });
        },
      };
      return { state, own };
    };
    const late = slow();
    const response = await appOver(late.own, { limits: { timeoutMs: 200 } }).request(PATH, post(body));
    expect(response.status).toBe(504);
    expect(((await response.json()) as { detail: string }).detail).toContain('/reductions/runs');
    expect(late.state.asked).toBeGreaterThan(0);
    expect(late.state.stopped).toBe(late.state.asked);

    const gone = slow();
    const client = new AbortController();
    const asked = appOver(gone.own).request(
      new Request(`http://x${PATH}`, { ...post(body), signal: client.signal }),
    );
    await expect.poll(() => gone.state.asked).toBeGreaterThan(0);
    client.abort();
    await asked;
    expect(gone.state.stopped).toBe(gone.state.asked);
  });

  it('keeps stored zones and reduces over them by name', async () => {
    const own = appOver(await countryStore(), { auth: { loopback: true } });
    const stored = await own.request('/products/tiny/zones/parts', {
      method: 'PUT',
      body: JSON.stringify(collection(feature(SMALL, { id: 's' }), feature(LARGE, { id: 'l' }))),
    });
    expect(await stored.json()).toEqual({ set: 'parts', zones: 2 });
    const { zones } = await ask({ set: 'parts', variables: ['npp_a'] }, own);
    expect(zones.map(({ id }) => id)).toEqual(['s', 'l']);
    expect((await own.request(PATH, post({ set: 'nope' }))).status).toBe(404);
    const refused = await own.request('/products/tiny/zones/bad', {
      method: 'PUT',
      body: JSON.stringify(collection(feature(SMALL), feature(null))),
    });
    expect(await refused.json()).toMatchObject({ status: 400, field: 'features[1]' });
  });

  it('refuses what it cannot do, by the name of the field', async () => {
    const field = async (body: unknown) =>
      ((await (await app.request(PATH, post(body))).json()) as { field?: string }).field;
    expect(await field({ zones: SMALL, variables: ['npp', 'rh_a'] })).toBe('variables');
    expect(await field({ zones: SMALL, variables: ['flag_a'] })).toBe('variables');
    expect(await field({ variables: ['npp'] })).toBe('zones');
    expect(await field({ zones: SMALL, bbox: [1, 2, 3, 4] })).toBe('zones');
    expect(await field({ zones: SMALL, time: '2050' })).toBe('time');
    expect(await field({ zones: SMALL, quantiles: [2] })).toBe('quantiles.0');
    expect(await field({ zones: { type: 'FeatureCollection', features: [] } })).toBe('zones.features');
    expect(await field([1])).toBe('body');
    expect((await app.request(PATH, { method: 'POST', body: '{' })).status).toBe(400);
  });
});

describe('carbon by land cover', () => {
  interface Cover {
    readonly zones: {
      status: string;
      periods: {
        classes: { name: string; area: number; total: { gC: number }; share: number }[];
        total: { gC: number };
        dropped: { area: number; total: { gC: number } };
        unclassified: { total: { gC: number } };
      }[];
    }[];
  }
  const cover = async (init?: RequestInit): Promise<Cover> => {
    const response = await app.request('/products/tiny/landcover?variable=npp_a&time=2022', init);
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as Cover;
  };

  it('adds up to the whole: classes, what was dropped, and what has no class', async () => {
    const [period] = (await cover()).zones[0]!.periods;
    const { zones } = await ask({ zones: box(west, south, east, north), variables: ['npp_a'], time: '2022' });
    const parts = period!.total.gC + period!.dropped.total.gC + period!.unclassified.total.gC;
    near(parts, zones[0]!.periods[0]!.variables.npp_a!.total!.gC);
    expect(period!.classes.filter(({ area }) => area > 0).length).toBeGreaterThan(1);
    near(
      period!.classes.reduce((sum, { share }) => sum + (share ?? 0), 0),
      1,
    );
    expect(period!.classes.map(({ name }) => name)).not.toContain('water');
  });

  it('weighs the pixels of a polygon by their share', async () => {
    const answer = await cover(post(collection(feature(SMALL), feature(null))));
    const { zones } = await ask({ zones: SMALL, variables: ['npp_a'], time: '2022' });
    const [period] = answer.zones[0]!.periods;
    near(
      period!.total.gC + period!.dropped.total.gC + period!.unclassified.total.gC,
      zones[0]!.periods[0]!.variables.npp_a!.total!.gC,
    );
    expect(answer.zones[1]!.status).toBe('invalid');
  });
});
