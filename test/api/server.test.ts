import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { COUNTRY, post, serveCountry } from './served.ts';

const python = pythonWith('xarray', 'zarr', 'aiohttp');

let server: RunningServer;
let store: Store;
beforeAll(async () => {
  const { app, store: own } = await serveCountry();
  store = own;
  server = await listen(app.fetch, '127.0.0.1', 0);
});
afterAll(() => server.close());

describe('a real server on loopback', () => {
  it('serves pictures, ranges and HEAD as in memory', async () => {
    const tile = await fetch(`${server.url}/products/tiny/preview/64x64.png`);
    expect([tile.status, tile.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await tile.arrayBuffer()).byteLength).toBe(Number(tile.headers.get('content-length')));
    const part = await fetch(`${server.url}/products/tiny/zarr/zarr.json`, {
      headers: { Range: 'bytes=0-9' },
    });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    const head = await fetch(`${server.url}/products/tiny/zarr/zarr.json`, { method: 'HEAD' });
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(1000);
  });

  it('makes links with the name that it was asked by, and that of a proxy before it', async () => {
    const self = async (headers: Record<string, string> = {}) =>
      (
        (await (await fetch(`${server.url}/products/tiny`, { headers })).json()) as {
          links: { href: string }[];
        }
      ).links[0]!.href;
    expect(await self()).toBe(`${server.url}/products/tiny`);
    expect(await self({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'flux.example.org' })).toBe(
      'https://flux.example.org/products/tiny',
    );
  });

  it('streams zones line by line', async () => {
    const zone = (x: number) => ({
      type: 'Feature',
      properties: { id: `z${x}` },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [x, 46],
            [x + 0.4, 46],
            [x + 0.4, 46.4],
            [x, 46],
          ],
        ],
      },
    });
    const body = {
      zones: { type: 'FeatureCollection', features: [10.1, 11.1, 12.1].map(zone) },
      variables: ['npp_a'],
      f: 'ndjson',
    };
    const response = await fetch(`${server.url}/products/tiny/reductions`, post(body));
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const types = (await response.text())
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['method', 'zone', 'zone', 'zone', 'end']);
  });

  it('goes on serving after clients that hang up', async () => {
    const gone = Array.from({ length: 20 }, async () => {
      const stop = new AbortController();
      const answer = fetch(`${server.url}/products/tiny/preview/900x900.png`, { signal: stop.signal }).catch(
        () => undefined,
      );
      setTimeout(() => stop.abort(), 1);
      return answer;
    });
    await Promise.all(gone);
    expect((await fetch(`${server.url}/products/tiny/preview/64x64.png`)).status).toBe(200);
  });

  it('refuses a port that is taken, and says so', async () => {
    const { app } = await serveCountry();
    const port = Number(new URL(server.url).port);
    await expect(listen(app.fetch, '127.0.0.1', port)).rejects.toThrow(/cannot listen on 127\.0\.0\.1/);
  });

  it.skipIf(!python)(
    `opens in xarray over HTTP with the very cells of the store (${python ? 'zarr-python' : PYTHON_HINT})`,
    async () => {
      const script = [
        'import json, sys, xarray as xr',
        'cells = xr.open_zarr(sys.argv[1], consolidated=True)["npp_a"].isel(year=1).values',
        'print(json.dumps([None if v != v else float(v) for v in cells.ravel()]))',
      ].join('\n');
      const { stdout } = await promisify(execFile)(
        python!,
        ['-c', script, `${server.url}/products/tiny/zarr/0`],
        { timeout: 60_000 },
      );
      const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
      const { cells } = await layer.read({ t0: 1, t1: 2, y0: 0, y1: COUNTRY.rows, x0: 0, x1: COUNTRY.cols });
      expect(JSON.parse(stdout)).toEqual(Array.from(cells, (value) => (Number.isNaN(value) ? null : value)));
    },
    90_000,
  );
});
