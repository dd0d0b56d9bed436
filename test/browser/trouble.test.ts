import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, openPage, type Watched, WHERE } from './chromium.ts';
import { type ServedPage, servePage } from './served-page.ts';

const SLOWLY = { timeout: 20_000 };
/** Fewer than the whole country has in a month. */
const CELLS = 60;
const KEY = { 'X-API-Key': 'sesame' };

describe.skipIf(!CHROMIUM)(
  `the map page in trouble ${WHERE}`,
  () => {
    let server: ServedPage;
    let browser: Browser;
    let watched: Watched;
    let page: Page;

    beforeAll(async () => {
      const auth = { readKeys: ['sesame'], writeKeys: ['sesame'] };
      [server, browser] = await Promise.all([servePage({ auth, limits: { cells: CELLS } }, KEY), launch()]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    const brought = (...features: object[]) =>
      JSON.stringify({
        type: 'FeatureCollection',
        features: features.map((f) => ({ type: 'Feature', ...f })),
      });
    const box = (west: number, south: number, east: number, north: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    });
    async function bring(text: string): Promise<void> {
      await page.getByRole('button', { name: /^Bring zones/ }).click();
      await page.getByLabel('Corners or GeoJSON').fill(text);
      await page.getByRole('button', { name: 'Show on the map' }).click();
    }

    it('asks for a key, and says when it is none', async () => {
      watched = await openPage(
        browser,
        `${server.url}/#product=tiny&variable=nep&time=2021-07`,
        {},
        'stopped',
      );
      ({ page } = watched);
      for (const [key, words] of [
        ['abracadabra', 'It did not take the one that you gave'],
        ['sesame', undefined],
      ] as const) {
        await page.getByLabel('Key').fill(key);
        await page.getByRole('button', { name: 'Open' }).click();
        if (words) await page.getByText(words).waitFor();
        else await page.locator('#app[data-state=ready]').waitFor();
      }
      expect(await page.locator('#product-select').inputValue()).toBe('tiny');
    });

    it('tells what is wrong with single zones of a file, and totals of the others', async () => {
      await bring(
        brought(
          { properties: { name: 'Good' }, geometry: box(11, 46, 11.5, 46.5) },
          { properties: { name: 'Nowhere' }, geometry: box(-20, 0, -19, 1) },
          { properties: { name: 'Bad' }, geometry: { type: 'Point', coordinates: [11, 46] } },
        ),
      );
      const row = (name: string) => page.getByRole('row', { name });
      await row('Good').waitFor();
      expect(await row('Good').textContent()).toMatch(/\d/);
      expect(await row('Nowhere').textContent()).toContain('outside: it lies outside the grid');
      expect(await row('Bad').textContent()).toContain('invalid');
      expect(await page.getByRole('heading', { name: '3 zones, July 2021' }).count()).toBe(1);
    });

    it('keeps them on the server when asked, so that a link finds them', async () => {
      await bring(brought({ properties: { name: 'Mine' }, geometry: box(11, 46, 11.5, 46.5) }));
      await page.getByRole('row', { name: 'Mine' }).waitFor();
      await page.getByRole('button', { name: 'Keep on the server' }).click();
      await page.getByText('The server keeps these zones as “my-zones”').waitFor();
      await page.getByRole('button', { name: 'Mine' }).click();
      await expect.poll(() => new URL(page.url()).hash, SLOWLY).toContain('set=my-zones&zone=1');
      const stored = await fetch(`${server.url}/products/tiny/zones/my-zones`, { headers: KEY });
      expect(await stored.json()).toMatchObject({ features: [{ properties: { id: '1', name: 'Mine' } }] });
    });

    it('says what is too large for one request, and has it done behind the page', async () => {
      await bring(brought({ properties: { name: 'All' }, geometry: box(10.1, 45.1, 13.1, 47.8) }));
      await page.getByText(`is more than the limit cells = ${CELLS}`).waitFor();
      await page.getByRole('button', { name: 'Compute in the background' }).click();
      const row = page.getByRole('row', { name: 'All' });
      await row.waitFor(SLOWLY);
      expect(await row.textContent()).toMatch(/\d/);
    });

    it('says when a zone of a link is none', async () => {
      await page.evaluate((to) => {
        Object.assign(globalThis, { location: to });
      }, '#product=tiny&variable=nep&time=2021-07&zone=atlantis');
      await page.getByText('have no zone “atlantis”').waitFor();
    });

    it('says when a place of a link lies outside', async () => {
      await page.evaluate((to) => {
        Object.assign(globalThis, { location: to });
      }, '#product=tiny&variable=nep&time=2021-07&place=-20,0');
      await page.getByText('This place lies outside the product').waitFor();
    });

    it('says that the server is away, asks again by itself, and goes on when it is back', async () => {
      const { length } = watched.problems;
      await server.pause();
      await page.getByText('The server cannot be reached').first().waitFor(SLOWLY);
      await page.getByText(/Trying again in \d+ s/).waitFor();
      await server.resume();
      await page.getByRole('button', { name: 'Try now' }).click();
      await page.getByText('The server cannot be reached').first().waitFor({ state: 'hidden' });
      await page.getByText('The server answers again').waitFor();
      watched.problems.splice(length); // a browser notes refused connections on its own
    });

    it('shows how far an update is while it runs', async () => {
      await page.getByRole('tab', { name: 'State' }).click();
      await server.beginRun({ done: 3, of: 16 });
      await page.getByText('computing, 3 of 16 places').waitFor(SLOWLY);
      expect(await page.getByRole('progressbar').getAttribute('value')).toBe('3');
    });

    it('says which chunk failed, and why', async () => {
      await server.failChunk({ t: 1, y: 0, x: 2 }, 'ndvi_2022001.tif is cut off: fetch it again.');
      await page.getByText('Why chunks are not there').click(SLOWLY);
      await page.getByText('ndvi_2022001.tif is cut off: fetch it again.').waitFor();
      expect(await page.locator('.troubled li strong').textContent()).toBe('2022, chunk 0/2');
      expect(await page.locator('.state-list li', { hasText: 'failed' }).textContent()).toBe('failed1');
    });

    it('puts no failure of its own on the console', () => {
      const refusals = /40[13]|413|404|Failed to load resource/; // a browser notes every refused request
      expect(watched.problems.filter((text) => !refusals.test(text))).toEqual([]);
    });
  },
  60_000,
);
