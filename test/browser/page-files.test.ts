import { beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApp } from '../../functions/api/app.ts';
import { builtPage } from '../../functions/api/page/build-page.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { tinyWorld } from '../helpers/tiny-product.ts';

const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('the files of the map page', () => {
  let app: Api;
  const get = async (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });

  beforeAll(() => {
    const auth = { readKeys: ['secret'] };
    app = createApp(tinyWorld(memoryStore('nothing')), { page: builtPage(), auth });
  });

  it('are the page for browsers and the landing page for everybody else', async () => {
    const page = await get('/', BROWSER);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('vary')).toContain('Accept');
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5']) {
      const landing = await get('/', { Accept: accept, 'X-API-Key': 'secret' });
      expect(landing.headers.get('content-type')).toBe('application/json');
    }
  });

  it('are all there that the page names, and name nothing outside', async () => {
    const html = await (await get('/', BROWSER)).text();
    const named = [...html.matchAll(/(?:src|href)="(?!#)([^"]+)"/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(3);
    for (const name of [...named, 'page/worker.js', 'page/countries-10m.json']) {
      expect(name).toMatch(/^page\//);
      expect((await get(`/${name}`)).status).toBe(200);
    }
    expect((await get('/page/no.js', { 'X-API-Key': 'secret' })).status).toBe(404);
  });

  it('need no key, while the data behind them do', async () => {
    expect((await get('/', BROWSER)).status).toBe(200);
    expect((await get('/products')).status).toBe(401);
  });

  it('are sent packed where the browser can, and not again when it has them', async () => {
    const [plain, packed] = [
      await get('/page/main.js'),
      await get('/page/main.js', { 'Accept-Encoding': 'gzip' }),
    ];
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const size = async (response: Response) => (await response.arrayBuffer()).byteLength;
    expect(await size(packed)).toBeLessThan(0.4 * (await size(plain)));
    const etag = packed.headers.get('etag')!;
    expect(etag).not.toBe(plain.headers.get('etag'));
    const again = await get('/page/main.js', { 'Accept-Encoding': 'gzip', 'If-None-Match': etag });
    expect(again.status).toBe(304);
  });

  it('allow the browser to reach their own server only', async () => {
    const policy = (await get('/', BROWSER)).headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
  });
});
