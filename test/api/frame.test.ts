import { sign } from 'hono/jwt';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { publicText, STATUS } from '../../functions/api/errors.ts';
import { StoreFailure } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import { appOver, countryStore, post, serveCountry } from './served.ts';

let app: Api;
let store: Store;
beforeAll(async () => {
  ({ app, store } = await serveCountry());
});

const problemOf = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('what everybody meets first', () => {
  it('tells on its landing page where everything is, and every link leads somewhere', async () => {
    const landing = (await (await app.request('/')).json()) as { links: { href: string }[] };
    expect(landing.links.length).toBeGreaterThan(5);
    for (const { href } of landing.links) expect((await app.request(href)).status, href).toBe(200);
  });

  it('describes every route as OpenAPI 3.1 with an example for every path parameter', async () => {
    const document = (await (await app.request('/api')).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { parameters?: { in: string; required?: boolean; schema?: { example?: unknown } }[] }>
      >;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/products/{product}/tiles/{tms}/{z}/{x}/{y}');
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const { parameters = [] } of Object.values(operations)) {
        const inPath = parameters.filter((parameter) => parameter.in === 'path');
        expect(inPath.length, path).toBe((path.match(/\{/g) ?? []).length);
        for (const parameter of inPath) expect(parameter.required, path).toBe(true);
      }
    }
  });

  it('is a page to read too, with every path and nothing from elsewhere', async () => {
    const answer = await app.request('/api.html');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await answer.text();
    const { paths } = (await (await app.request('/api')).json()) as { paths: object };
    for (const path of Object.keys(paths)) expect(html).toContain(`<code>${path}</code>`);
    expect(html).not.toMatch(/<script|src=|https?:/);
  });

  it('answers browsers of other origins, preflight and all', async () => {
    const preflight = await app.request('/products', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://x.org',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'Range',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(
      (await app.request('/products', { headers: { Origin: 'https://x.org' } })).headers.get(
        'access-control-expose-headers',
      ),
    ).toContain('ETag');
  });

  it('answers HEAD as GET, without the body', async () => {
    const [get, head] = await Promise.all([
      app.request('/products/tiny'),
      app.request('/products/tiny', { method: 'HEAD' }),
    ]);
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(head.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength));
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it('says 304 to whoever has it already', async () => {
    const etag = (await app.request('/products/tiny')).headers.get('etag')!;
    const again = await app.request('/products/tiny', { headers: { 'If-None-Match': `"old", ${etag}` } });
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
    expect((await app.request('/products/tiny', { headers: { 'If-None-Match': '"old"' } })).status).toBe(200);
  });
});

describe('errors', () => {
  it('names the field and the nearest variable', async () => {
    const response = await app.request('/products/tiny/info?variable=npp_b');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await problemOf(response)).toMatchObject({
      code: 'BadRequest',
      field: 'variable',
      detail: expect.stringContaining('did you mean "npp'),
    });
  });

  it('has a status for every class of error', () => {
    expect(Object.values(STATUS).every((status) => status >= 400 && status < 600)).toBe(true);
    expect(STATUS).toMatchObject({ BadRequest: 400, NotFound: 404, TooLarge: 413, StoreFailure: 503 });
  });

  it('tells which method is meant instead', async () => {
    const response = await app.request('/products', { method: 'POST' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toContain('GET');
    expect((await app.request('/nothing/here')).status).toBe(404);
  });

  it('leaks neither the place of a store nor its own words when it fails', async () => {
    const broken: Store = {
      ...store,
      name: 'folder /data/secret',
      head: () => Promise.reject(new StoreFailure('EACCES /data/secret/products', false)),
    };
    const response = await appOver(broken).request('/products/tiny');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.text()).not.toContain('secret');
    expect(publicText({ store: broken, inputs: broken }, 'x is not in folder /data/secret')).toBe(
      'x is not in the store',
    );
  });

  it('says 500 in plain words when it is our own fault', async () => {
    const broken: Store = {
      ...store,
      head: () => Promise.reject(new TypeError('undefined is not a function')),
    };
    const response = await appOver(broken).request('/products/tiny');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('undefined');
  });

  it('refuses ways out of the store', async () => {
    for (const path of [
      '/products/..%2F..%2Fetc',
      '/products/tiny/zarr/..%2Fproduct.json',
      '/products/tiny/zarr/%2e%2e/product.json',
      '/products/tiny/zarr/0/npp/../../../product.json',
    ]) {
      expect((await app.request(path)).status, path).toBe(404);
    }
  });
});

describe('limits', () => {
  it('names the limit that a request is over, and what was asked', async () => {
    const small = appOver(store, { limits: { imagePixels: 1000, features: 1, bodyBytes: 2000 } });
    const picture = await small.request('/products/tiny/preview/100x100.png');
    expect(picture.status).toBe(413);
    expect(await problemOf(picture)).toMatchObject({
      limit: { name: 'imagePixels', allowed: 1000, asked: 10_000 },
    });
    const square = {
      type: 'Feature',
      properties: {},
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [10, 46],
            [11, 46],
            [11, 47],
            [10, 46],
          ],
        ],
      },
    };
    const two = await small.request(
      '/products/tiny/reductions',
      post({ type: 'FeatureCollection', features: [square, square] }),
    );
    expect(await problemOf(two)).toMatchObject({
      status: 413,
      limit: { name: 'features', allowed: 1, asked: 2 },
    });
    const long = await small.request(
      '/products/tiny/reductions',
      post({ zones: 'x'.repeat(3000) }, { 'Content-Length': '3100' }),
    );
    expect(await problemOf(long)).toMatchObject({ status: 413, limit: { name: 'bodyBytes' } });
  });

  it('sends those away that find no room to wait, and serves the others', async () => {
    let open = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow: Store = { ...store, head: async (key, options) => held.then(() => store.head(key, options)) };
    const busy = appOver(slow, { limits: { concurrent: 1, waiting: 1 } });
    const first = busy.request('/products/tiny');
    const second = busy.request('/products/tiny');
    const third = await busy.request('/products/tiny');
    expect(third.status).toBe(503);
    expect(third.headers.get('retry-after')).toBe('1');
    expect((await busy.request('/healthz')).status).toBe(200);
    open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect((await busy.request('/products/tiny')).status).toBe(200);
  });

  it('stops work down to the store when the time is up', async () => {
    let stopped = false;
    const hanging: Store = {
      ...store,
      head: (_key, options) =>
        new Promise((_, fail) => {
          options?.signal?.addEventListener('abort', () => {
            stopped = true;
            fail(options.signal!.reason);
          });
        }),
    };
    const response = await appOver(hanging, { limits: { timeoutMs: 30 } }).request('/products/tiny');
    expect(response.status).toBe(504);
    expect(await problemOf(response)).toMatchObject({ code: 'TimedOut' });
    expect(stopped).toBe(true);
  });
});

describe('keys', () => {
  const put = (headers: Record<string, string> = {}): RequestInit => ({
    method: 'PUT',
    body: JSON.stringify(ZONE),
    headers,
  });
  const ZONE = {
    type: 'Polygon',
    coordinates: [
      [
        [10, 46],
        [11, 46],
        [11, 47],
        [10, 46],
      ],
    ],
  };
  const path = '/products/tiny/zones/mine';

  it('lets anybody read and nobody write unless told otherwise', async () => {
    expect((await app.request('/products')).status).toBe(200);
    expect((await app.request(path, put())).status).toBe(403);
    const local = appOver(store, { auth: { loopback: true } });
    expect((await local.request(path, put())).status).toBe(200);
    expect(await (await local.request('/products/tiny/zones')).json()).toEqual({ sets: ['mine'] });
    expect((await local.request(path, { method: 'DELETE' })).status).toBe(204);
    expect((await local.request(path)).status).toBe(404);
  });

  it('asks for a key to write, and for one to read where the operator wants it', async () => {
    const guarded = appOver(store, { auth: { writeKeys: ['w1'], readKeys: ['r1'], loopback: true } });
    const statuses = async (init: RequestInit, at = path) => (await guarded.request(at, init)).status;
    expect(await statuses(put())).toBe(401);
    expect(await statuses(put({ 'X-API-Key': 'r1' }))).toBe(401);
    expect(await statuses(put({ 'X-API-Key': 'w1' }))).toBe(200);
    expect(await statuses({}, '/products')).toBe(401);
    expect(await statuses({ headers: { Authorization: 'Bearer r1' } }, '/products')).toBe(200);
    expect(await statuses({ headers: { 'X-API-Key': 'w1' } }, '/products')).toBe(200);
    expect(await statuses({}, '/healthz')).toBe(200);
    const cached = await guarded.request('/products', { headers: { 'X-API-Key': 'r1' } });
    expect(cached.headers.get('cache-control')).toContain('private');
  });

  it('takes a signed token with the scope, and no forged, expired or narrow one', async () => {
    const guarded = appOver(store, { auth: { jwt: { secret: 'secret' } } });
    const bearer = async (claims: Record<string, unknown>, secret = 'secret') =>
      put({ Authorization: `Bearer ${await sign(claims, secret, 'HS256')}` });
    const status = async (init: RequestInit) => (await guarded.request(path, init)).status;
    expect(await status(await bearer({ scope: 'write', exp: 4e9 }))).toBe(200);
    expect(await status(await bearer({ scope: 'read', exp: 4e9 }))).toBe(401);
    expect(await status(await bearer({ scope: 'write', exp: 1 }))).toBe(401);
    expect(await status(await bearer({ scope: 'write', exp: 4e9 }, 'other'))).toBe(401);
    expect(await status(put())).toBe(401);
  });

  it('takes tokens of its issuer, for its audience, and of no other', async () => {
    const jwt = { secret: 'secret', issuer: 'https://id.example.org', audience: 'flux' };
    const guarded = appOver(store, { auth: { jwt } });
    const status = async (claims: Record<string, unknown>) => {
      const token = await sign({ scope: 'write', exp: 4e9, ...claims }, 'secret', 'HS256');
      return (await guarded.request(path, put({ Authorization: `Bearer ${token}` }))).status;
    };
    expect(await status({ iss: jwt.issuer, aud: 'flux' })).toBe(200);
    expect(await status({ iss: jwt.issuer, aud: ['other', 'flux'] })).toBe(200);
    expect(await status({ iss: 'https://elsewhere.example.org', aud: 'flux' })).toBe(401);
    expect(await status({ iss: jwt.issuer, aud: 'other' })).toBe(401);
    expect(await status({})).toBe(401);
  });
});

describe('a store that changes', () => {
  it('is seen changed at the next request', async () => {
    const own = await countryStore();
    const fresh = appOver(own);
    const state = async () =>
      (await (await fresh.request('/products/tiny/state')).json()) as {
        complete: boolean;
        chunks: Record<string, number>;
      };
    expect(await state()).toMatchObject({ complete: true, chunks: { unrecorded: 0 } });
    await own.delete('products/tiny/records/0/0/0/0.json');
    expect(await state()).toMatchObject({ complete: false, chunks: { unrecorded: 1 } });
  });
});
