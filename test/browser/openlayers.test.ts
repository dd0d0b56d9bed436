import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { decode } from 'fast-png';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import type { Cells } from '../../lib/grid/cells.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { COUNTRY, serveCountry } from '../api/served.ts';
import { CHROMIUM, launch, WHERE } from './chromium.ts';

const { rows, cols } = COUNTRY;
const SIDE = 420;
const HTML = `<!doctype html><title>Map</title><body style="margin:0"><div id="map" style="width:${SIDE}px;height:${SIDE}px"></div><script type="module" src="/map.js"></script>`;

interface Shown {
  readonly cells: readonly (number | null)[];
}

/** A page of somebody else's, at another address than the data. */
async function servePage(): Promise<RunningServer> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('openlayers-map.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'error',
  });
  const answer = ({ url }: Request): Response =>
    new URL(url).pathname === '/map.js'
      ? new Response(outputFiles[0]!.contents as Uint8Array<ArrayBuffer>, {
          headers: { 'Content-Type': 'text/javascript' },
        })
      : new Response(HTML, { headers: { 'Content-Type': 'text/html' } });
  return listen(answer, '127.0.0.1', 0);
}

describe.skipIf(!CHROMIUM)(`OpenLayers over a product's Zarr ${WHERE}`, () => {
  let data: RunningServer;
  let site: RunningServer;
  let browser: Browser;
  let page: Page;
  let expected: Cells;
  let shown: Shown;
  const problems: string[] = [];
  const asked: URL[] = [];

  beforeAll(async () => {
    const { app, store } = await serveCountry();
    [data, site, browser] = await Promise.all([listen(app.fetch, '127.0.0.1', 0), servePage(), launch()]);
    const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
    expected = (await layer.read({ t0: 1, t1: 2, y0: 0, y1: rows, x0: 0, x1: cols })).cells;
    page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } });
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => asked.push(new URL(request.url())));
    const view = { address: `${data.url}/products/tiny/zarr`, variable: 'npp_a', index: 1, ...COUNTRY };
    await page.goto(`${site.url}/#${encodeURIComponent(JSON.stringify(view))}`);
    shown = (await (
      await page.waitForFunction('globalThis.shown', null, { timeout: 60_000 })
    ).jsonValue()) as Shown;
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([data?.close(), site?.close()]);
  });

  it('reads it from another address than its own, and has nothing to complain of', () => {
    expect(problems).toEqual([]);
    const files = asked.filter(({ origin }) => origin === data.url).map(({ pathname }) => pathname);
    expect(files).toContain('/products/tiny/zarr/zarr.json');
    expect(files.some((path) => /\/npp_a\/c\//.test(path))).toBe(true);
  });

  it('has the very cells of the store under each place, and none where there is no data', () => {
    expect(shown.cells).toEqual(Array.from(expected, (cell) => (Number.isNaN(cell) ? null : cell)));
    expect(shown.cells.filter((cell) => cell !== null).length).toBeGreaterThan(rows);
  });

  it('draws them where they lie, and leaves the rest clear', async () => {
    const { data: pixels, channels } = decode(await page.locator('#map').screenshot());
    const side = SIDE / cols; // the country is wider than high, and centred
    const top = (SIDE - rows * side) / 2;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < cols; x++) {
        const at = Math.floor(top + (y + 0.5) * side) * SIDE + Math.floor((x + 0.5) * side);
        const [r, g, b] = pixels.subarray(at * channels);
        expect([y, x, r, g, b]).toEqual([
          y,
          x,
          ...(Number.isNaN(expected[y * cols + x]!) ? [255, 255, 255] : [0, 128, 0]),
        ]);
      }
    }
  });
});
